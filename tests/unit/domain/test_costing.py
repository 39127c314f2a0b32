"""What goods cost: sums per lot, so that the order in which goods came in never matters."""

from __future__ import annotations

from decimal import Decimal

from lotstream.domain.costing import add_cost, cost_of, shares, told_cost, total_of
from lotstream.domain.model import Lot

LOT = Lot("CUP", "C1")


def test_a_lot_costs_what_came_in_together() -> None:
    """The cost of some units is their share of all that was paid, whatever came first; what is unknown is told so."""
    first, then = (add_cost(add_cost(LOT, *one), *other) for one, other in (_PAID, _PAID[::-1]))
    assert first == then
    assert cost_of(first, 6) == Decimal("4.8")
    assert cost_of(LOT, 6) is None
    assert cost_of(None, 6) is None


_PAID = ((Decimal("5.00"), 10), (Decimal("7.00"), 5))


def test_what_nobody_said_is_unknown() -> None:
    """A cost that is not known leaves a lot as it is, and makes every sum unknown: it is never too low."""
    assert add_cost(LOT, None, 5) == LOT
    assert add_cost(LOT, Decimal(5), 0) == LOT
    assert total_of([Decimal(1), None]) is None
    assert total_of([Decimal(1), Decimal("2.5")]) == Decimal("3.5")


def test_a_share_that_never_ends_is_cut() -> None:
    """A third of a price is cut at the ninth digit, half to even."""
    assert cost_of(add_cost(LOT, Decimal(10), 3), 1) == Decimal("3.333333333")


def test_people_are_told_six_digits() -> None:
    """The cost of one base unit, half to even; nothing where it is not known."""
    assert told_cost(add_cost(LOT, Decimal(10), 30), decimals=1) == Decimal("3.333333")
    assert told_cost(LOT, decimals=0) is None


def test_a_cost_is_shared_out_to_the_last_digit() -> None:
    """Shares add up to what is shared, whatever their sizes; nothing is shared among none."""
    parts = shares(Decimal(10), [Decimal(1), Decimal(1), Decimal(1)])
    assert parts == [Decimal("3.333333333"), Decimal("3.333333333"), Decimal("3.333333334")]
    assert shares(Decimal(10), []) == []
