"""Which lots a line gets: the same as by the plain reference, whatever the rows and the order they came in."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from lotstream.domain.codes import NotUsed
from lotstream.domain.commands import (
    ChangeSettings,
    DefineItem,
    DefineLocation,
    GoodsLine,
    LineWanted,
    OpenBalance,
    PlaceOrder,
)
from lotstream.domain.events import LineDecision, OrderRecorded
from lotstream.domain.model import HoldKind, Item, Location, OrderKey, Policy, Settings
from lotstream.domain.order_of_use import TIE_BREAKS
from lotstream.testing.scenarios_domain import DomainWarehouse
from lotstream.testing.scenarios_messages import SITE
from tests.property.reference import Row, Wish, allocate

TODAY = date(2026, 9, 1)
BINS = {"BIN-1": 3, "BIN-2": 1, "BIN-3": 2, "CAGE": 4}
FACTS = {
    lot: (expires, made, received)
    for lot, expires, made, received in [
        ("L1", TODAY + timedelta(days=30), TODAY - timedelta(days=30), date(2026, 8, 3)),
        ("L2", TODAY, TODAY - timedelta(days=90), date(2026, 8, 1)),
        ("L3", TODAY - timedelta(days=1), TODAY - timedelta(days=9), date(2026, 8, 2)),
        ("L4", None, None, date(2026, 7, 1)),
        ("L5", TODAY + timedelta(days=30), None, date(2026, 8, 3)),
        ("L6", TODAY + timedelta(days=10), TODAY - timedelta(days=30), date(2026, 8, 9)),
    ]
}
HELD = "L6"


@st.composite
def row(draw: st.DrawFn) -> Row:
    """A stock row; what its lot says is the same wherever the lot lies."""
    lot = draw(st.sampled_from([*FACTS, None]))
    location = draw(st.sampled_from(list(BINS)))
    expires, made, received = FACTS.get(lot or "", (None, None, date(2026, 8, 1)))
    return Row(
        lot,
        location,
        BINS[location],
        draw(st.integers(-5, 20)),
        draw(st.sampled_from([0, 0, 0, 4])),
        expires,
        made,
        received,
        draw(st.sampled_from([None, None, None, 4])),
        held=lot == HELD,
        pickable=location != "CAGE",
    )


def one_of_each(rows: list[Row]) -> list[Row]:
    """Rows of the same key are one row; the reference is given them apart."""
    return list({(one.lot, one.location, one.pack): one for one in rows}.values())


rows_found = st.lists(row(), max_size=12).map(one_of_each)
wishes = st.builds(
    Wish,
    st.integers(1, 30),
    st.sampled_from([1, 1, 6]),
    st.sampled_from([policy for policy in Policy if policy is not Policy.MIN_PACKAGES]),
    st.permutations(TIE_BREAKS).flatmap(lambda names: st.integers(0, 4).map(lambda many: tuple(names[:many]))),
    st.sampled_from([TODAY, TODAY, TODAY + timedelta(days=1)]),
    st.sampled_from([0, 0, 10, 30]),
    st.sampled_from([Decimal(0), Decimal(0), Decimal(25), Decimal(50)]),
    st.sampled_from([None, None, None, "L1", "L9"]),
    st.sampled_from([False, False, False, True]),
)


def decided(rows: list[Row], wish: Wish) -> LineDecision:
    """What the ledger decides for one order of one line."""
    warehouse = DomainWarehouse(TODAY)
    warehouse.tell(ChangeSettings(Settings(tie_break=wish.tie_break)))
    warehouse.tell(DefineItem(Item("A", units={"case": Decimal(6)})))
    for location, sequence in BINS.items():
        warehouse.tell(DefineLocation(Location(SITE, location, sequence=sequence, pickable=location != "CAGE")))
    lines = tuple(
        GoodsLine(
            str(line), "A", Decimal(one.units), None, one.location, lot=one.lot, made=one.made, expires=one.expires,
            received=one.received, pack_size=None if one.pack is None else Decimal(one.pack),
            hold=HoldKind.HOLD if one.held else None, promised_elsewhere=Decimal(one.promised),
        )
        for line, one in enumerate(rows)
    )  # fmt: skip
    assert not lines or warehouse.tell(OpenBalance(SITE, None, None, "B", lines)) is None
    units, unit = (wish.units * 6, "case") if wish.multiple == 6 else (wish.units, None)
    line = LineWanted(
        "1", "A", Decimal(units) / wish.multiple, unit, lot=wish.lot, min_days_left=wish.days or None,
        min_pct_left=wish.percent or None, single_lot=wish.one_lot, policy=wish.policy,
    )  # fmt: skip
    told = warehouse.hear(
        PlaceOrder(OrderKey("shop", "#1"), None, None, None, None, (line,), "content", ship_date=wish.ship)
    )
    assert isinstance(told, tuple)
    (recorded,) = told
    assert isinstance(recorded, OrderRecorded)
    return recorded.decisions[0]


def in_units(wish: Wish) -> Wish:
    """The wish as the reference counts it: in units, in whole multiples."""
    units = wish.units * 6 if wish.multiple == 6 else wish.units
    return Wish(
        units, wish.multiple, wish.policy, wish.tie_break, wish.ship, wish.days, wish.percent, wish.lot, wish.one_lot
    )


@given(rows_found, wishes)
def test_lots_are_those_of_the_reference(rows: list[Row], wish: Wish) -> None:
    """A line gets exactly what the plain reference gives it, and wants exactly the rest."""
    decision = decided(rows, wish)
    got: Counter[tuple[str | None, str, int | None]] = Counter()
    for part in decision.reserved:
        got[part.row.lot, part.row.location, part.row.pack_size] += part.quantity
    assert got == allocate(rows, in_units(wish))
    assert sum(got.values()) + decision.backordered == in_units(wish).units


@given(rows_found, wishes, st.randoms(use_true_random=False))
def test_order_of_rows_does_not_matter(rows: list[Row], wish: Wish, chance: object) -> None:
    """However the rows of stock are shuffled, a line gets the same of each, and for the same reasons."""
    shuffled = list(rows)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = decided(rows, wish), decided(shuffled, wish)
    assert [(part.row, part.quantity) for part in one.reserved] == [
        (part.row, part.quantity) for part in other.reserved
    ]
    assert one.considered == other.considered
    assert one.not_used == other.not_used


@given(rows_found, wishes)
def test_no_lot_is_passed_over_without_a_reason(rows: list[Row], wish: Wish) -> None:
    """Every row with goods that stands before the last one taken was taken, or is counted under a reason."""
    decision = decided(rows, wish)
    taken = {(part.row.lot, part.row.location, part.row.pack_size) for part in decision.reserved}
    wanted = in_units(wish)
    for reason, count in decision.not_used.items():
        assert count > 0
        assert reason in set(NotUsed)
    passed_over = [one for one in rows if one.units > 0 and (one.lot, one.location, one.pack) not in taken]
    if decision.backordered and not wanted.one_lot and wanted.multiple == 1:
        assert sum(decision.not_used.values()) == len(passed_over)
    assert sum(decision.not_used.values()) <= len(rows)
