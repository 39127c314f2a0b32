from __future__ import annotations

import io
import sys
from datetime import date, datetime, timedelta, timezone

import pytest

from lotstream.cli.output import colored, print_json, progress, table


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_no_color_is_obeyed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal gets colour, and none when NO_COLOR is set."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b" in colored("OK", "green", stream=Terminal())
    monkeypatch.setenv("NO_COLOR", "1")
    assert colored("OK", "green", stream=Terminal()) == "OK"


def test_a_pipe_gets_no_colour() -> None:
    """What is not a terminal gets plain text."""
    assert colored("OK", "green", stream=io.StringIO()) == "OK"


def test_progress_is_for_a_person_at_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Progress goes to stderr when that is a terminal, and nowhere otherwise."""
    for stream, heard in ((Terminal(), "… Starting Kafka\n"), (io.StringIO(), "")):
        monkeypatch.setattr(sys, "stderr", stream)
        progress("Starting Kafka")
        assert stream.getvalue() == heard


def test_a_table_is_as_wide_as_its_cells(capsys: pytest.CaptureFixture[str]) -> None:
    """Columns line up, None is empty, and no line ends in blanks."""
    table(("sku", "lot"), [("CER-001", "L24A"), ("OAT-2", None)])

    assert capsys.readouterr().out == "sku      lot\n-------  ----\nCER-001  L24A\nOAT-2\n"


def test_a_cell_is_written_as_people_read_it(capsys: pytest.CaptureFixture[str]) -> None:
    """Moments to the minute in UTC, yes and no, and what has parts as its parts."""
    at = datetime(2026, 9, 1, 8, 12, 30, tzinfo=timezone(timedelta(hours=-4)))
    table(("at", "so", "not", "parts", "list"), [(at, True, False, {"moisture": "11.5", "ok": True}, ["S-1", "S-2"])])

    assert capsys.readouterr().out.splitlines()[-1] == "2026-09-01 12:12  yes  no   moisture 11.5, ok yes  S-1, S-2"


def test_json_has_dates_as_text(capsys: pytest.CaptureFixture[str]) -> None:
    """A date is written as its ISO text."""
    print_json({"expires": date(2027, 6, 1)})

    assert capsys.readouterr().out == '{\n  "expires": "2027-06-01"\n}\n'
