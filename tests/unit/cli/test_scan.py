from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable

import pytest

from lotstream.errors import ExitCode
from tests.unit.cli.conftest import Ran

Lotstream = Callable[..., Ran]
LABEL = "(01)09506000134352(10)L1(17)271231(240)RED"


def test_a_label_is_shown_line_by_line(lotstream: Lotstream) -> None:
    """Each thing on the label has a line, in a person's words."""
    ran = lotstream("scan", LABEL)

    assert (ran.code, ran.err) == (ExitCode.OK, "")
    assert [line.split("  ")[0] for line in ran.out.splitlines()] == [
        "human readable", "-----------------", "trade item (GTIN)", "lot", "last day of use", "(240)",
    ]  # fmt: skip


def test_a_scan_may_come_from_stdin(lotstream: Lotstream, monkeypatch: pytest.MonkeyPatch) -> None:
    """A scanner that types into the terminal needs no quoting of its separators."""
    monkeypatch.setattr(sys, "stdin", io.StringIO("]C1010950600013435210L1\x1d17271231\r\n"))

    read = json.loads(lotstream("scan", "-", "--json").out)

    assert read == {
        "form": "element_string", "gtin": "09506000134352", "lot": "L1", "expires": "2027-12-31", "other": {},
        "accepted": [], "printed": "(01)09506000134352(10)L1(17)271231",
    }  # fmt: skip


def test_a_fault_is_named_with_what_to_do(lotstream: Lotstream) -> None:
    """The fault, both readings, the sentence and the next step go to stderr."""
    ran = lotstream("scan", "]C1010950600013435210ABC12317271231")

    assert (ran.code, ran.out) == (ExitCode.INPUT, "")
    assert ran.err.splitlines()[:3] == [
        "Fault: swallowed",
        "As it stands:  (01)09506000134352(10)ABC12317271231",
        "Perhaps meant: (01)09506000134352(10)ABC123(17)271231",
    ]
    assert "lotstream: (10) ABC12317271231 seems to be ABC123" in ran.err
    assert "→ Set the scanner to send FNC1" in ran.err


def test_a_fault_can_be_read_by_a_program(lotstream: Lotstream) -> None:
    """With --json the fault and its readings are on stdout, and the exit code is the same."""
    ran = lotstream("scan", "(01)09506000134352(17)271200", "--json")
    refused = json.loads(ran.out)

    assert ran.code == ExitCode.INPUT
    assert (refused["fault"], refused["ai"], refused["value"]) == ("day_zero", "17", "271200")
    assert (refused["reading"]["expires"], refused["meant"]) == ("2027-12-31", None)


def test_what_is_not_certain_can_be_accepted(lotstream: Lotstream) -> None:
    """An accepted fault is taken and told; a name that is none is refused with those there are."""
    label = "(01)09506000134352(17)271200"

    assert json.loads(lotstream("scan", label, "--accept", "day_zero", "--json").out)["accepted"] == ["day_zero"]
    wrong = lotstream("scan", label, "--accept", "day_0")
    assert wrong.code == ExitCode.INPUT
    assert "There is no fault day_0." in wrong.err
    assert "day_zero" in wrong.err
