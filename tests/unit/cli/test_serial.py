"""What the command line says of the unit of a serial number."""

from __future__ import annotations

from lotstream.cli.serial import in_words, shown
from lotstream.domain.model import RowKey, Serial, SerialKey, SerialState

ROW = RowKey("PUMP", "L1", "TOR", "A-02")


def test_a_unit_that_is_gone_says_by_which_document() -> None:
    """Scrapped, sent back, taken off the books or lost: its state, the document, and where it was last."""
    gone = Serial(SerialKey("SN-1", "PUMP"), SerialState.SENT_BACK, ROW, gone_by=("return_inspection", "RI-7"))
    told = shown("acme", gone)
    assert (told["state"], told["document"], told["number"]) == ("sent_back", "return_inspection", "RI-7")
    assert in_words(told) == [
        "Serial SN-1 of PUMP, lot L1, of acme: sent back",
        "  by return inspection RI-7, last in A-02",
    ]


def test_a_unit_that_is_there_says_where() -> None:
    """No document has taken it off the books."""
    told = shown("acme", Serial(SerialKey("SN-1", "PUMP"), SerialState.IN_STOCK, ROW))
    assert (told["document"], told["number"]) == (None, None)
    assert in_words(told)[1] == "  last seen in A-02 at TOR (good)"
