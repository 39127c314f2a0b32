"""Which lots went into which, at any depth and in circles."""

from __future__ import annotations

from collections.abc import Iterable

from lotstream.domain.genealogy import descendants, made_of
from lotstream.domain.ledger import Ledger, Sites
from lotstream.domain.model import Lot, LotName, RowKey


def ledger(*made: tuple[str, str]) -> Ledger:
    """Lots of one SKU, each made of the lots that its second word names."""
    lots = {("X", name): made_of(Lot("X", name), rows(parents)) for name, parents in made}
    return Ledger("acme", Sites(), lots=lots)


def rows(lots: str) -> list[RowKey]:
    """Rows of some lots, whose names have one letter."""
    return [RowKey("X", lot, "TOR", "BIN") for lot in lots]


def names(lots: Iterable[str]) -> tuple[LotName, ...]:
    """Lots by their letters."""
    return tuple(LotName("X", lot) for lot in lots)


def test_lots_are_followed_to_any_depth() -> None:
    """Each lot is found once however many ways lead to it, and those that were asked for are left out."""
    house = ledger(("A", ""), ("B", "A"), ("C", "AB"), ("D", "C"), ("E", ""))
    assert descendants(house, names("A")) == names("BCD")
    assert descendants(house, names("AC")) == names("BD")
    assert descendants(house, names("E?")) == ()


def test_circles_end() -> None:
    """What is worked over into a lot that it came from is followed once round, and ends."""
    house = ledger(("A", "C"), ("B", "A"), ("C", "B"))
    assert descendants(house, names("A")) == names("BC")


def test_no_lot_is_its_own_parent() -> None:
    """Re-work of a lot into itself, and goods without a lot, leave no parent; parents are added, each once."""
    lot = made_of(Lot("X", "A"), [*rows("AB"), RowKey("X", None, "TOR", "BIN")])
    more = made_of(lot, rows("CB")).more
    assert more is not None
    assert more.made_from == names("BC")
