from __future__ import annotations

import re
import shlex
import sys
from pathlib import Path
from typing import Any

import pytest

from lotstream.cli.app import main
from lotstream.standards.scan import ScanFault

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "how-to" / "scan.md").read_text()
SHOWN = re.findall(r"```console\n\$ lotstream (.+)\n((?:.*\n)+?)```", PAGE)
FAULTS = re.findall(r"^\| `(\w+)` \| `(\S+)` \|", PAGE, re.MULTILINE)
FORMS = re.findall(r"^\| .+ \| `([^`]*L24A[^`]*)` \|$", PAGE, re.MULTILINE)


def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Run ``lotstream`` with arguments; returns what it printed."""
    monkeypatch.setattr(sys, "argv", ["lotstream", *arguments])
    with pytest.raises(SystemExit):
        main()
    return "".join(capsys.readouterr())


@pytest.mark.parametrize(("command", "printed"), SHOWN)
def test_the_page_shows_what_the_command_prints(
    command: str, printed: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each command of the page prints what stands below it."""
    assert run(monkeypatch, capsys, *shlex.split(command)) == printed


@pytest.mark.parametrize(("fault", "text"), FAULTS)
def test_each_fault_of_the_page_is_the_one_its_example_has(
    fault: str, text: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The table's examples are refused by the name they stand beside."""
    assert run(monkeypatch, capsys, "scan", text).startswith(f"Fault: {fault}\n")


def test_the_page_has_every_fault_and_form(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """No fault is without an example, and the forms of one label print the same."""
    assert {fault for fault, _ in FAULTS} == set(ScanFault)
    printed = {tuple(run(monkeypatch, capsys, "scan", text).splitlines()[2:]) for text in FORMS}
    assert (len(SHOWN), len(FORMS), len(printed)) == (3, 3, 1)


def test_the_program_of_the_page_runs() -> None:
    """The example makes a line with lot and expiry, and a message that names the lot."""
    (program,) = re.findall(r"```python\n(.+?)```", PAGE, re.DOTALL)
    made: dict[str, Any] = {}
    exec(program, made)

    assert (made["line"].sku, made["line"].lot, str(made["line"].expires)) == ("CER-001", "L24A", "2027-12-31")
    assert made["message"].body.scanned == "L24A"
