"""What commands print fits the terminal it is printed on, and does nothing to it."""

from __future__ import annotations

import re

import pytest

from lotstream.cli.output import WIDTH_MIN, complain, say, table

NAMES = ("sku", "lot", "expires", "on_hand", "promised", "reason", "unit")
ROWS = [
    ("SKU-0001", "LOT-2026-000017-A", "2027-01-31", "1,234,567.125", None, "Somebody dropped it at the dock", "each"),
    ("SKU-0002", "L1", None, "0", None, None, "each"),
]
WORDS = {word for row in ROWS for cell in row if cell for word in cell.split()}


@pytest.fixture
def columns(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> int:
    """How wide the terminal is."""
    monkeypatch.setenv("COLUMNS", str(request.param))
    return int(request.param)


@pytest.mark.parametrize("columns", [200, 120, 100, 80, 60, 40], indirect=True)
def test_a_table_is_no_wider_than_the_terminal(columns: int, capsys: pytest.CaptureFixture[str]) -> None:
    """At any width, with every word and number whole."""
    table(NAMES, ROWS)
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= columns
    assert {word for line in lines for word in line.split()} >= WORDS


@pytest.mark.parametrize("columns", [80], indirect=True)
def test_empty_columns_go_first_and_texts_are_folded(columns: int, capsys: pytest.CaptureFixture[str]) -> None:
    """Numbers stay on their line, and a text goes on below itself."""
    table(NAMES, ROWS)
    assert capsys.readouterr().out == (
        "sku       lot                expires     on hand        reason              unit\n"
        "--------  -----------------  ----------  -------------  ------------------  ----\n"
        "SKU-0001  LOT-2026-000017-A  2027-01-31  1,234,567.125  Somebody dropped    each\n"
        "                                                        it at the dock\n"
        "SKU-0002  L1                             0                                  each\n"
    )
    assert columns == 80


@pytest.mark.parametrize("columns", [40], indirect=True)
def test_rows_that_cannot_fit_stand_by_themselves(columns: int, capsys: pytest.CaptureFixture[str]) -> None:
    """A line per cell that says something, with its heading before it."""
    table(NAMES, ROWS)
    assert capsys.readouterr().out.split("\n\n")[1] == (
        "sku      SKU-0002\nlot      L1\non hand  0\nunit     each\n"
    )  # fmt: skip
    assert columns == 40


def test_what_goes_into_a_file_is_as_wide_as_it_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a terminal, and without a width that is asked for, every column is there on one line."""
    monkeypatch.delenv("COLUMNS", raising=False)
    table(NAMES, ROWS)
    heading, _, *rows = capsys.readouterr().out.splitlines()
    assert (len(rows), re.split(r"  +", heading)) == (2, [name.replace("_", " ") for name in NAMES])


@pytest.mark.parametrize("columns", [60, 3], indirect=True)
def test_sentences_are_folded_between_words(columns: int, capsys: pytest.CaptureFixture[str]) -> None:
    """On stdout and stderr alike; what goes on is indented, and hardly any terminal is narrower than a word."""
    say("    10 each ← SKU-0001 lot LOT-2026-000017-A: 35 each on hand, 2 each shipped, expires 2027-10-23")
    complain("The lot LOT-2026-000017-A of SKU-0001 is not known to anybody in this house.", "Check its number.")
    told = capsys.readouterr()
    for line in (told.out + told.err).splitlines():
        assert len(line) <= max(columns, WIDTH_MIN) or " " not in line.strip()
    assert all(line.startswith("    ") for line in told.out.splitlines())


@pytest.mark.parametrize("text", ["a\x1b[31mb", "a\nb", "a\u202eb", "a\u2028b", "a\x00b"])
def test_texts_from_outside_do_nothing_to_the_terminal(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    """No colour, no other line, no other direction: a sign or a space in their place; letters of any script stay."""
    table(("name",), [(text,), ("Zoë 東京 ẞ",)])
    *_, said, other = capsys.readouterr().out.splitlines()
    assert (said[0], said[-1], other) == ("a", "b", "Zoë 東京 ẞ")
    assert said.isprintable()


def test_letters_that_are_two_wide_line_up(capsys: pytest.CaptureFixture[str]) -> None:
    """A terminal shows them so, and marks on letters take no room."""
    table(("sku", "lot"), [("東京", "L1"), ("Zoe\u0308", "L2"), ("SALT", "L3")])
    assert capsys.readouterr().out == "sku   lot\n----  ---\n東京  L1\nZoe\u0308   L2\nSALT  L3\n"


def test_a_table_of_nothing_has_its_headings(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """However narrow the terminal is, whoever sees no rows sees what there would have been, folded."""
    monkeypatch.setenv("COLUMNS", "30")
    table(NAMES, [])
    assert capsys.readouterr().out.split()[:2] == ["sku", "lot"]
