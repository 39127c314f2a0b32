"""Quantities of then are read in the units of today, wherever they are read."""

from __future__ import annotations

from dataclasses import fields, is_dataclass

from lotstream.domain.model import DOCUMENT_CLASSES, Order
from lotstream.domain.recounting import _RESTATED
from lotstream.store.sql import files, queries

#: Statements that read rows as they were written, to compare or show them as such, one that only counts lines, and one
#: that asks only whether anything is gone.
AS_WRITTEN = {
    *(("verify", "shipment_line"), ("verify", "lot_history"), ("records", "shipped"), ("moves", "count_plan")),
    ("persons", "left_for"),
}
#: Classes of documents that count no goods.
COUNT_NOTHING = {"NextNumber", "Wave", "Notice", "Supplier"}


def test_whoever_reads_quantities_of_the_past_converts_them() -> None:
    """A statement that is new, and reads a quantity of a history or of what left, has to join `recounted`."""
    reading = {
        (file, name): text
        for file in files()
        for name, text in queries(file).items()
        if ("lot_history" in text or "shipment_line" in text) and "quantity" in text
    }
    assert {name for name, text in reading.items() if "recounted" not in text} == AS_WRITTEN


def test_every_document_says_by_which_unit_it_counts() -> None:
    """A class of documents that is new has to say how it is converted, or that it counts nothing."""
    named = {kind.__name__ for kind in DOCUMENT_CLASSES}
    assert {kind.__name__ for kind in _RESTATED} == named - COUNT_NOTHING | {Order.__name__}
    for kind in _RESTATED:
        assert is_dataclass(kind)
        assert "rebased" in {field.name for field in fields(kind)}
