"""Every choice of a story made once more by the plain reference: what a line got, and why it did not get other stock.

Only what a decision left is known here, so stock is given back decision by decision, the last one first. Decisions that
also took stock away from somebody are passed over, and so are choices with a search of their own: the fewest packages,
zones of whole bins and packs, several lots of packed goods (`tests/property/test_choice.py` has some).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from lotstream.domain.commands import Command, ReserveStock
from lotstream.domain.events import (
    BalanceOpened,
    ClockSet,
    CustomerDefined,
    DayContinued,
    DiscrepancyNoted,
    Event,
    GoodsReturned,
    HoldLifted,
    ItemDefined,
    LineDecision,
    OrderAllocated,
    OrderChanged,
    OrderRecorded,
    StockReceived,
)
from lotstream.domain.kits import anything_shipped, promised_kits
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import (
    Customer,
    HoldKind,
    LifeFrom,
    Lot,
    Order,
    OrderLine,
    PackRule,
    Policy,
    Reservation,
    RowKey,
    Serial,
    SerialState,
    ShipPolicy,
    Tracking,
    ZoneUse,
)
from lotstream.domain.sums import promised
from tests.property.reference import FAR_AWAY, Row, Wish, by_zones, covered, few_lots, taken, use_order

#: After these nobody has less than before.
ONLY_GIVING = (
    BalanceOpened, ClockSet, CustomerDefined, DayContinued, DiscrepancyNoted, GoodsReturned, HoldLifted, ItemDefined,
    OrderAllocated, OrderChanged, OrderRecorded, StockReceived,
)  # fmt: skip
#: Reasons that lie in the quantities, and not in the stock.
OF_QUANTITY = {"reserved", "pack_size", "lot_too_small", "lot_limit", "zone"}


def check_choices(
    ledger: Ledger, command: Command, events: Sequence[Event], serials: Mapping[tuple[str, str], Serial]
) -> int:
    """Check every decision that can be made once more; returns how many there were.

    ``serials`` are the units that have numbers, by number and SKU.
    """
    if isinstance(command, ReserveStock) or not all(isinstance(event, ONLY_GIVING) for event in events):
        return 0
    if any(isinstance(event, OrderChanged) and event.freed for event in events):
        return 0
    free = {key: row.on_hand - row.promised_elsewhere - row.reserved for key, row in ledger.stock.items()}
    checked = 0
    for order, decision in reversed(list(decisions_of(ledger, events))):
        for part in decision.reserved:
            free[part.row] += part.quantity
        checked += _check(ledger, order, decision, free, serials)
    return checked


def decisions_of(ledger: Ledger, events: Sequence[Event]) -> Iterator[tuple[Order, LineDecision]]:
    """Yield the decisions of a message, each with its order as it is afterwards."""
    for event in events:
        if isinstance(event, OrderRecorded | OrderChanged | OrderAllocated):
            key = event.key if isinstance(event, OrderAllocated) else event.order.key
            order = ledger.orders.get(key)
            yield from ((order, decision) for decision in event.decisions if order is not None)


class Wanted:
    """What a line asks for, found at the narrowest place that says it."""

    def __init__(self, ledger: Ledger, order: Order, line: OrderLine) -> None:
        item, customer = ledger.items[line.sku], ledger.customers.get(order.customer or "")
        settings, theirs = ledger.settings, customer or Customer("nobody")
        assert order.site is not None
        site = ledger.sites.sites[order.site]
        self.item, self.line, self.customer, self.site = item, line, theirs, order.site
        self.today = ledger.sites.today[order.site]
        self.ship = max(self.today, line.ship_date or order.ship_date or self.today)
        policies = (line.policy, order.policy, theirs.policy, item.policy, site.policy)
        self.policy = next((policy for policy in policies if policy is not None), settings.policy)
        days = (line.min_days_left, theirs.min_days_left_by_sku.get(line.sku), theirs.min_days_left, item.min_days_left)
        self.days = _first(*days, settings.min_days_left)
        percents = (line.min_pct_left, theirs.min_pct_left_by_sku.get(line.sku), theirs.min_pct_left, item.min_pct_left)
        self.percent = _first(*percents, settings.min_pct_left)
        self.transit = 0
        if theirs.life_from is LifeFrom.DELIVERY and (self.days is not None or self.percent is not None):
            self.transit = theirs.transit_days
        limits = [1 if line.single_lot else line.max_lots, 1 if theirs.single_lot else theirs.max_lots]
        self.lots_max = min((most for most in limits if most is not None), default=None)
        self.multiple = line.unit_factor if settings.whole_unit and line.unit != item.base_unit else 1
        self.source = line.source_location or order.source_location
        self.followed: date | None = None
        if theirs.no_older_than_last_shipped:
            last = (theirs.last_shipped_expiry.get(line.sku), ledger.last_shipped.get((theirs.id, line.sku)))
            self.followed = max((day for day in last if day is not None), default=None)


def _first(*found: object) -> object:
    return next((one for one in found if one is not None), None)


def _check(
    ledger: Ledger,
    order: Order,
    decision: LineDecision,
    free: dict[RowKey, int],
    serials: Mapping[tuple[str, str], Serial],
) -> int:
    line = next(one for one in order.lines if one.line == decision.line)
    nothing_of_all = order.ship_policy is ShipPolicy.COMPLETE and not decision.reserved
    if order.site is None or nothing_of_all:
        return 0
    got = {part.row: part.quantity for part in decision.reserved}
    expected: dict[RowKey, int] | None
    if line.serial is not None:
        assert {number for part in decision.reserved for number in part.serials} <= {line.serial}
        expected = _of_unit(ledger, Wanted(ledger, order, line), decision, free, serials.get((line.serial, line.sku)))
    elif line.parts:
        expected = _of_kit(ledger, order, line, decision, free)
    else:
        wanted = Wanted(ledger, order, line)
        assert decision.policy == wanted.policy
        rows = {key: free[key] for key in ledger.stock if (key.sku, key.site) == (line.sku, order.site)}
        _check_reasons(ledger, decision, wanted, rows)
        expected = _of_goods(ledger, decision, wanted, rows)
    assert expected is None or got == expected, (order.key, line.line, expected, got)
    return 0 if expected is None else 1


def _of_goods(
    ledger: Ledger, decision: LineDecision, wanted: Wanted, rows: dict[RowKey, int]
) -> dict[RowKey, int] | None:
    """Return what the reference gives a line of goods; None where it has no way of its own to choose them."""
    settings, line = ledger.settings, wanted.line
    reserved = sum(part.quantity for part in decision.reserved)
    covers = settings.pack_rule is PackRule.COVER
    units = decision.backordered + reserved
    if covers and not decision.backordered:
        # Packs that cover go over what is wanted.
        units = line.ordered - line.cancelled - line.shipped - promised(line) + reserved
    have = line.ordered - line.cancelled - units
    if have % wanted.multiple or wanted.policy is Policy.MIN_PACKAGES:
        return None
    broken = settings.pack_rule is PackRule.PARTIAL_PACKS
    usable = {
        _row(ledger, key, units, wanted, broken=broken): key
        for key, units in rows.items()
        if not objections(ledger, key, wanted)
    }
    wish = Wish(units, wanted.multiple, wanted.policy, settings.tie_break, one_lot=wanted.lots_max == 1)
    takes = _takes(ledger, usable, wish, lots_max=wanted.lots_max, have=have)
    if takes is None:
        return None
    expected = {usable[row]: many for row, many in takes}
    return {} if not settings.allow_partial and sum(expected.values()) < units else expected


def _takes(
    ledger: Ledger, usable: dict[Row, RowKey], wish: Wish, *, lots_max: int | None, have: int
) -> list[tuple[Row, int]] | None:
    settings = ledger.settings
    if settings.zone_rules:
        plain = lots_max is None and settings.pack_rule is not PackRule.COVER
        if not plain or any(rule.rule is not ZoneUse.DEFAULT for rule in settings.zone_rules):
            return None
        zones = [
            [row for row, key in usable.items() if rule.zone in around(ledger, key)] for rule in settings.zone_rules
        ]
        return by_zones(zones, wish)
    if settings.pack_rule is PackRule.COVER:
        return covered(usable, wish) if lots_max is None and wish.multiple == 1 else None
    if lots_max is None or (lots_max == 1 and have == 0):
        return taken(usable, wish)
    loose = wish.multiple == 1 and have == 0 and all(row.pack is None for row in usable)
    return few_lots(usable, wish, lots_max) if loose else None


def _of_kit(
    ledger: Ledger, order: Order, line: OrderLine, decision: LineDecision, free: dict[RowKey, int]
) -> dict[RowKey, int] | None:
    """Return what the reference gives a line of kits of which it has nothing yet: assembled ones, then components."""
    units, base, settings = line.ordered - line.cancelled, line.parts[0].kit, ledger.settings
    new = sum(part.quantity for part in decision.reserved) == sum(part.quantity for part in line.reservations)
    all_of_it = new and decision.backordered + promised_kits(line) == units
    whole = all_of_it and line.unit == ledger.items[line.sku].base_unit
    pinned = line.lot is not None or line.pack_size is not None or line.expires_exact is not None
    if not whole or pinned or anything_shipped(line) or settings.zone_rules or settings.pack_rule is PackRule.COVER:
        return None
    lines = [line, *(replace(line, sku=part.sku) for part in line.parts)]
    wishes = [Wanted(ledger, order, one) for one in lines]
    usable = [_usable(ledger, wanted, free) for wanted in wishes]
    if any(row.pack for rows in usable for row in rows) or any(
        wanted.lots_max is not None or wanted.policy is Policy.MIN_PACKAGES for wanted in wishes
    ):
        return None
    there = [sum(max(row.units, 0) for row in rows) for rows in usable]
    own = min(units, there[0] - there[0] % base)
    made = min([many // part.each for many, part in zip(there[1:], line.parts, strict=True)] + [(units - own) // base])
    if not settings.allow_partial and own + made * base < units:
        return {}
    amounts = [own, *(made * part.each for part in line.parts)]
    return {
        rows[row]: many
        for rows, wanted, amount in zip(usable, wishes, amounts, strict=True)
        for row, many in taken(rows, Wish(amount, 1, wanted.policy, settings.tie_break))
    }


def _of_unit(
    ledger: Ledger, wanted: Wanted, decision: LineDecision, free: dict[RowKey, int], unit: Serial | None
) -> dict[RowKey, int]:
    """Return what the reference gives a line that names a unit: that one, where nobody else has it, and no other."""
    line, settings, one = wanted.line, ledger.settings, 10**wanted.item.decimals
    reserved = sum(part.quantity for part in decision.reserved)
    units = decision.backordered + reserved
    if unit is None or unit.state is not SerialState.IN_STOCK or unit.row.site != wanted.site or unit.holds:
        return {}
    before = [part for part in line.reservations if part not in decision.reserved]
    if units < one or _held_by_others(ledger, unit, wanted.line, before):
        return {}
    if units > one and (wanted.lots_max == 1 or not settings.allow_partial):
        return {}
    if (line.ordered - line.cancelled - units + one) % wanted.multiple:
        return {}
    seen = ledger.stock.get(unit.row)
    keys = [unit.row] if seen is not None and seen.on_hand > 0 else _of_lot(ledger, wanted, unit.row.lot, free)
    usable = (key for key in keys if not objections(ledger, key, wanted) and key.pack_size in (None, one))
    return next(({key: one} for key in usable if free[key] >= one), {})


def _held_by_others(ledger: Ledger, unit: Serial, line: OrderLine, before: Sequence[Reservation]) -> bool:
    """Tell whether somebody had a unit by its number before a line was decided: another line, or this one itself."""
    theirs = (other for order in ledger.orders.values() for other in order.lines if other is not line)
    parts = [*(part for other in theirs for part in other.reservations), *before]
    return any(unit.key.number in part.serials and part.row.sku == unit.key.sku for part in parts)


def _of_lot(ledger: Ledger, wanted: Wanted, lot: str | None, free: dict[RowKey, int]) -> list[RowKey]:
    """Return the rows of a lot at a site in the order in which they are used."""
    rows = {
        _row(ledger, key, free[key], wanted, broken=False): key
        for key in ledger.stock
        if (key.sku, key.site, key.lot) == (wanted.line.sku, wanted.site, lot)
    }
    wish = Wish(0, 1, wanted.policy, ledger.settings.tie_break)
    return [rows[row] for row in sorted(rows, key=lambda row: use_order(row, wish))]


def _usable(ledger: Ledger, wanted: Wanted, free: dict[RowKey, int]) -> dict[Row, RowKey]:
    place, broken = (wanted.line.sku, wanted.site), ledger.settings.pack_rule is PackRule.PARTIAL_PACKS
    keys = [key for key in ledger.stock if (key.sku, key.site) == place and not objections(ledger, key, wanted)]
    return {_row(ledger, key, free[key], wanted, broken=broken): key for key in keys}


def _check_reasons(ledger: Ledger, decision: LineDecision, wanted: Wanted, free: dict[RowKey, int]) -> None:
    """Check that each reason that was recorded for a row is true of one that is so called."""
    for record in decision.considered:
        if record.reason is None:
            continue
        called = [key for key in free if (key.lot, key.location) == (record.lot, record.location)]
        reasons = {reason for key in called for reason in objections(ledger, key, wanted)}
        if not called:
            # It was empty, and has been forgotten.
            continue
        assert record.reason in reasons | OF_QUANTITY, (decision.line, record, reasons)


def _row(ledger: Ledger, key: RowKey, free: int, wanted: Wanted, *, broken: bool) -> Row:
    lot, row = ledger.lots.get((key.sku, key.lot or "")), ledger.stock[key]
    place = ledger.sites.locations.get((key.site, key.location))
    sequence = None if place is None else place.sequence
    return Row(
        key.lot,
        key.location,
        FAR_AWAY if sequence is None else sequence,
        free,
        expires=None if lot is None else lot.expires,
        received=row.received if lot is None else lot.received,
        pack=None if broken else key.pack_size,
        tier=0 if place is None else place.tier,
        package=f"{key.package or ''}/{key.pack_size or 0:09}" if broken else key.package,
        returned=key.returned,
        tracked=wanted.item.tracking is not Tracking.NONE,
    )


def objections(ledger: Ledger, key: RowKey, wanted: Wanted) -> set[str]:
    """Return everything that speaks against a row for a line, in the codes of the rules."""
    lot, line = ledger.lots.get((key.sku, key.lot or "")), wanted.line
    found = set(_shut(ledger, key, lot, wanted))
    if line.lot not in (None, key.lot) or line.expires_exact not in (None, lot and lot.expires):
        found.add("other_lot")
    if line.pack_size not in (None, key.pack_size):
        found.add("pack_size")
    if wanted.source is not None and wanted.source not in around(ledger, key):
        found.add("other_location")
    if wanted.customer.exclude_returned and key.returned:
        found.add("returned")
    if not _papered(lot, {*wanted.item.documents, *wanted.customer.documents}, wanted.ship):
        found.add("document_missing")
    expires = None if lot is None else lot.expires
    found.update(_too_short(lot, expires, wanted, expired_ok=ledger.settings.expired_ok))
    if wanted.followed is not None:
        if expires is None:
            found.add("unknown_life")
        elif expires < wanted.followed:
            found.add("older_than_last_shipped")
    return found


def _papered(lot: Lot | None, types: set[str], ship: date) -> bool:
    papers = () if lot is None or lot.more is None else lot.more.documents
    return types <= {one.type for one in papers if one.expires is None or one.expires >= ship}


def _shut(ledger: Ledger, key: RowKey, lot: Lot | None, wanted: Wanted) -> Iterator[str]:
    codes = {HoldKind.HOLD: "hold", HoldKind.QUARANTINE: "quarantine", HoldKind.RECALL: "recalled"}
    if key.status != "good":
        yield {"sample": "quarantine"}.get(key.status, key.status)
    yield from (codes[hold.kind] for hold in (lot.holds if lot is not None else ()))
    for known in ledger.settings.holds:
        if known.supplier in (None, lot.supplier if lot is not None else None):
            yield codes[known.hold.kind]
    shut = (ledger.sites.locations.get((key.site, place)) for place in around(ledger, key))
    excluded = any(place in ledger.settings.exclude_locations for place in around(ledger, key))
    closed = any(place.hold or place.holds or not place.pickable for place in shut if place is not None)
    if excluded or closed or key.location.split("/")[0] in {"STAGING", "TRANSIT"}:
        yield "location_not_pickable"


def around(ledger: Ledger, key: RowKey) -> list[str]:
    """Return the bin of a row, and the areas around it."""
    chain: list[str] = []
    at: str | None = key.location
    while at is not None and at not in chain:
        chain.append(at)
        known = ledger.sites.locations.get((key.site, at))
        at = None if known is None else known.parent
    return chain


def _too_short(lot: Lot | None, expires: date | None, wanted: Wanted, *, expired_ok: bool) -> Iterator[str]:
    if expires is not None and expires < wanted.ship and not expired_ok:
        yield "expired"
    days, percent = wanted.days or 0, wanted.percent or Decimal(0)
    assert isinstance(days, int)
    assert isinstance(percent, Decimal)
    if not days and not percent and not wanted.transit:
        return
    if expires is None or (percent and (lot is None or lot.made is None)):
        yield "unknown_life"
        return
    left = expires - wanted.ship - timedelta(days=wanted.transit)
    whole = expires - lot.made if lot is not None and lot.made is not None else timedelta()
    if left < timedelta(days=days) or left.days * 100 < percent * whole.days:
        yield "short_life"
