"""The order of use, trait by trait: what comes first by each policy and tie break, and what parts level rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from itertools import permutations

import pytest

from lotstream.domain.candidate import Candidate
from lotstream.domain.model import Lot, Policy, RowKey, StockRow
from lotstream.domain.order_of_use import use_key
from lotstream.domain.places import Place

MAY, JUNE = date(2027, 5, 1), date(2027, 6, 1)
EVERY_POLICY = tuple(Policy)


@dataclass(frozen=True)
class Row:
    """A stock row in everything that its place in the order of use hangs on."""

    lot: str | None = "L1"
    expires: date | None = JUNE
    received: date | None = MAY
    location: str = "A-01"
    sequence: int = 5
    tier: int = 1
    rest: dict[str, object] = field(default_factory=dict)
    free: int = 7

    def candidate(self) -> Candidate:
        """Return it as allocation sees it."""
        key = RowKey("SOAP", self.lot, "TOR", self.location, **self.rest)  # type: ignore[arg-type]
        lot = None if self.lot is None else Lot("SOAP", self.lot, expires=self.expires, received=self.received)
        place = Place((self.location,), pickable=True, sequence=self.sequence, tier=self.tier)
        made = Candidate(StockRow(key, received=self.received), lot, place, lot_tracked=True)
        made.free_seen = self.free
        return made


def used(rows: tuple[Row, ...], policy: Policy, *tie_break: str) -> list[Row]:
    """Return rows in the order of use."""
    return sorted(rows, key=lambda row: use_key(row.candidate(), policy, tie_break))


def in_order(policy: Policy, *rows: Row, tie_break: tuple[str, ...] = ()) -> None:
    """Fail unless rows are used in this order, whatever order they come in."""
    for mixed in permutations(rows):
        assert used(mixed, policy, *tie_break) == list(rows)


@pytest.mark.parametrize("policy", [Policy.FEFO, Policy.MIN_PACKAGES])
def test_what_expires_first_is_used_first(policy: Policy) -> None:
    """However it was received; a lot whose expiry is not known comes after all others."""
    in_order(policy, Row(expires=MAY, received=JUNE), Row(expires=JUNE, received=MAY), Row(expires=None, received=None))


def test_what_came_first_is_used_first() -> None:
    """FIFO: by the day of receipt, and on one day by expiry; a day that is not known comes last."""
    in_order(
        Policy.FIFO,
        Row(received=MAY, expires=MAY, lot="L9"), Row(received=MAY, expires=JUNE, lot="L1"),
        Row(received=JUNE, expires=MAY), Row(received=None, expires=MAY),
    )  # fmt: skip


def test_what_came_last_is_used_first() -> None:
    """LIFO: the newest receipt first; one whose day is not known comes last."""
    in_order(Policy.LIFO, Row(received=JUNE), Row(received=MAY), Row(received=None))


def test_what_lives_longest_is_used_first() -> None:
    """NEWEST_EXPIRY: the latest day first; a lot whose expiry is not known comes last."""
    in_order(Policy.NEWEST_EXPIRY, Row(expires=JUNE), Row(expires=MAY), Row(expires=None))


def test_what_lies_nearest_is_used_first() -> None:
    """CLOSEST: by the bins' sequence, and by their names where that is the same, whatever expires when."""
    in_order(
        Policy.CLOSEST,
        Row(sequence=1, location="Z", expires=JUNE), Row(sequence=2, location="A", expires=JUNE),
        Row(sequence=2, location="B", expires=MAY),
    )  # fmt: skip


@pytest.mark.parametrize("policy", EVERY_POLICY)
def test_tiers_come_before_all_else_and_stock_without_a_lot_after_all_with_one(policy: Policy) -> None:
    """A smaller tier is used first, and within it what has a lot, under every policy."""
    best, worst = Row(received=MAY, expires=MAY, sequence=1), Row(received=None, expires=None, sequence=9)
    last_of_first = Row(lot=None, tier=1, received=MAY, sequence=0)
    in_order(policy, best, worst, last_of_first, Row(tier=2, received=MAY, expires=MAY, sequence=0))


@pytest.mark.parametrize(
    ("name", "first", "second"),
    [
        ("received", Row(received=MAY, lot="L2"), Row(received=JUNE, lot="L1")),
        ("lot", Row(lot="L1", received=JUNE), Row(lot="L2", received=MAY)),
        ("location", Row(sequence=1, location="B", received=JUNE), Row(sequence=2, location="A", received=MAY)),
        ("location", Row(sequence=1, location="A", received=JUNE), Row(sequence=1, location="B", received=MAY)),
        ("smallest_qty", Row(free=6, received=JUNE), Row(free=7, received=MAY)),
    ],
)
def test_a_tie_break_parts_what_the_policy_does_not(name: str, first: Row, second: Row) -> None:
    """Asked for by name it comes before the usual order of level rows, and after the policy."""
    in_order(Policy.FEFO, first, second, tie_break=(name,))
    in_order(Policy.FEFO, Row(expires=MAY, lot="L9", received=None, sequence=9, free=9), first, tie_break=(name,))


def test_tie_breaks_count_in_the_order_in_which_they_are_named() -> None:
    """The second parts what the first leaves level."""
    level = (Row(free=1, lot="L2"), Row(free=1, lot="L3"), Row(free=2, lot="L1"))
    in_order(Policy.FEFO, *level, tie_break=("smallest_qty", "lot"))
    in_order(Policy.FEFO, level[2], level[0], level[1], tie_break=("lot", "smallest_qty"))


LEVEL = (
    (Row(received=MAY, lot="L2"), Row(received=JUNE, lot="L1")),
    (Row(lot="L1", sequence=9), Row(lot="L2", sequence=1)),
    (Row(sequence=1, location="B"), Row(sequence=2, location="A")),
    (Row(location="A", rest={"package": "P-1"}), Row(location="B")),
    (Row(rest={"pack_size": 6}), Row(rest={"package": "P-1"})),
    (Row(rest={"package": "P-1", "pack_size": 6}), Row(rest={"package": "P-2"})),
    (Row(rest={"status": "worn"}), Row(rest={"pack_size": 1})),
    (Row(rest={"pack_size": 6, "status": "worn"}), Row(rest={"pack_size": 12})),
    (Row(rest={"status": "good", "returned": True}), Row(rest={"status": "worn"})),
    (Row(), Row(rest={"returned": True})),
)
"""Pairs that differ in one trait, and the other way round in one that counts less."""


@pytest.mark.parametrize(("first", "second"), LEVEL)
def test_two_rows_never_stand_level(first: Row, second: Row) -> None:
    """What no policy parts is parted by the row itself, trait by trait, the smaller first."""
    in_order(Policy.FEFO, first, second)
