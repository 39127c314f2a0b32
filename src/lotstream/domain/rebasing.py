"""An item is counted in another unit: whatever counts it is multiplied by one exact factor, or nothing is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Context, Decimal, Inexact
from fractions import Fraction
from math import gcd
from typing import Final

from lotstream.domain.codes import Code, Refused, called, stop_if
from lotstream.domain.commands import Moment, RebaseItem
from lotstream.domain.draft import Draft
from lotstream.domain.events import Event, ItemRebased, Recounted
from lotstream.domain.facts import DECIMALS_MAX, check_version
from lotstream.domain.gtins import gtin_14
from lotstream.domain.kit_facts import check_kit
from lotstream.domain.kits import skus_of
from lotstream.domain.ledger import Ledger
from lotstream.domain.letting_go import let_go
from lotstream.domain.model import Item, NotWhole, Order, Rebase, StockRow, Tracking, Uneven
from lotstream.domain.quantities import QUANTITY_MAX
from lotstream.domain.recounting import Factor, restated, row_now
from lotstream.domain.relotting import orders_of_item
from lotstream.domain.shelves import derived_of, is_empty
from lotstream.domain.waiting import GTIN, SKU, queue_key

_EXACT: Final = Context(prec=60, traps=[Inexact])
"""Digits enough for any quantity of an item; one that would need more does not come out."""


def rebase_item(ledger: Ledger, command: RebaseItem, moment: Moment) -> tuple[Event, ...]:
    """Decide item.rebased; told again it changes nothing.

    Refused while anything of it is promised, or somebody waits for it in a kit: the floor was told in the old unit. And
    unless every quantity comes out, of what is there as of whatever was ever moved.
    """
    item = ledger.items.get(command.sku)
    if item is None:
        raise Refused(Code.UNKNOWN_ITEM, "sku", f"{command.sku} is not defined; check the item.")
    if _is_so(item, command):
        return ()
    _check_command(item, command)
    _check_promises(ledger, item.sku)
    factor = _factor(command)
    orders = sorted(orders_of_item(ledger, item.sku), key=lambda order: order.key)
    _check_whole(ledger, item, command, orders)
    _check_past(ledger, command)
    at = command.occurred_at or moment.recorded_at
    told = replace(command, occurred_at=at)
    items = _items_after(ledger, item, told, factor, moment.arrival)
    rows = tuple(_recounted(row, factor) for row in _rows(ledger, item.sku))
    keys = tuple(order.key for order in orders)
    event = ItemRebased(items[0], command.by, at, command.reason, rows, keys, items[1:])
    draft = Draft(ledger, moment)
    draft.items.update((one.sku, one) for one in items)
    return event, *_let_go(draft, items[0], factor)


def _let_go(draft: Draft, item: Item, factor: Factor) -> Iterator[Event]:
    """Yield what becomes of orders that were held in a unit which is one now; goods they get with the next part.

    What lies there counts in the old unit until the event is applied.
    """
    facts = [(SKU, item.sku), *((GTIN, gtin_14(gtin)) for gtin in item.gtins)]
    held = [draft.ledger.orders[key] for key in derived_of(draft.ledger).waiting.held_for(facts)]
    for order in sorted(held, key=queue_key):
        yield from let_go(draft, restated(order, {item.sku: factor}.get), served=False)


def asked_of_past(ledger: Ledger, command: RebaseItem) -> tuple[Uneven, ...]:
    """Return what has to be known of the past: whether all that was ever moved comes out, under any SKU it had."""
    item, units = ledger.items.get(command.sku), _shortened(command)
    if item is None or units is None or units[1] == 1:
        return ()
    return tuple(Uneven(sku, *units) for sku in (item.sku, *item.former))


def _shortened(command: RebaseItem) -> tuple[int, int] | None:
    """Return the factor in its shortest form; None for what is none."""
    if command.numerator <= 0 or command.denominator <= 0:
        return None
    common = gcd(command.numerator, command.denominator)
    return command.numerator // common, command.denominator // common


def _factor(command: RebaseItem) -> Factor:
    numerator, denominator = _shortened(command) or (1, 1)
    return Factor(numerator, denominator, command.base_unit, 10**command.decimals)


def _is_so(item: Item, command: RebaseItem) -> bool:
    """Tell whether an item was rebased like that last."""
    last = item.rebased[-1] if item.rebased else Rebase(0, 1, 1)
    counted = (item.version, item.base_unit, item.decimals)
    said = (command.version, command.base_unit, command.decimals)
    return counted == said and (last.numerator, last.denominator) == _shortened(command)


def _check_command(item: Item, command: RebaseItem) -> None:
    for name in ("numerator", "denominator"):
        said = getattr(command, name)
        if said <= 0:
            raise Refused(Code.NOT_POSITIVE, name, f"The {name} is {said}; send a whole number above zero.")
        if said > QUANTITY_MAX:
            raise Refused(Code.TOO_LARGE, name, f"The {name} is above {QUANTITY_MAX}; send the factor shortened.")
    if not 0 <= command.decimals <= DECIMALS_MAX:
        message = f"{command.decimals} decimals are too few or too many; send 0 to {DECIMALS_MAX}."
        raise Refused(Code.FIELD_INVALID, "decimals", message)
    with called("item.version", sent_as="version"):
        stop_if(check_version("item", item.sku, new=command.version, old=item.version))
    if item.tracking is Tracking.SERIAL:
        message = f"{item.sku} is tracked by serial number; one number is one {item.base_unit}, which has to stay."
        raise Refused(Code.FIELD_INVALID, "sku", message)
    _check_known_unit(item, command)


def _check_known_unit(item: Item, command: RebaseItem) -> None:
    """Refuse a factor that contradicts what is known of the new base unit."""
    unit = command.base_unit
    each = Decimal(1) if unit == item.base_unit else item.units.get(unit)
    if each is None or _ratio(item, command) * Fraction(each) == 1:
        return
    message = (
        f"One {unit} is {each:f} {item.base_unit}, which is not what {command.numerator} to {command.denominator} "
        "makes of it; send the factor that follows from it."
    )
    raise Refused(Code.FIELD_INVALID, "numerator", message)


def _ratio(item: Item, command: RebaseItem) -> Fraction:
    """Return the new base units in one old base unit."""
    return Fraction(command.numerator * 10**item.decimals, command.denominator * 10**command.decimals)


def _check_promises(ledger: Ledger, sku: str) -> None:
    for order in sorted(orders_of_item(ledger, sku), key=lambda order: order.key):
        number = order.key.order
        for line in order.lines:
            if any(part.row.sku == sku for part in line.reservations):
                message = f"{sku} is promised to order {number}; ship or unreserve it first, or cancel the order."
                raise Refused(Code.NOT_AVAILABLE, "sku", message)
            if line.parts and sku in skus_of(line):
                message = f"Order {number} is open for a kit with {sku}; close or cancel it first."
                raise Refused(Code.NOT_AVAILABLE, "sku", message)


def _rows(ledger: Ledger, sku: str) -> list[StockRow]:
    derived = derived_of(ledger)
    rows = [row for site in derived.sites_of.get(sku, ()) for row in derived.rows.get((sku, site), {}).values()]
    return sorted([row for row in rows if not is_empty(row)], key=lambda row: [str(part) for part in row.key])


def _recounted(row: StockRow, factor: Factor) -> Recounted:
    return Recounted(row.key, row_now(row.key, factor), row.on_hand, factor.times(row.on_hand))


def _check_whole(ledger: Ledger, item: Item, command: RebaseItem, orders: list[Order]) -> None:
    """Refuse a factor with which something in memory does not come out, or becomes too much to be counted."""
    factor = _factor(command)
    unit = factor.denominator * 10**command.decimals
    for units, what in _counted(ledger, item.sku, orders):
        if not factor.is_exact(units):
            raise _uneven(f"{what} would come to {Fraction(units * factor.numerator, unit)} {command.base_unit}")
        if abs(factor.times(units)) > QUANTITY_MAX:
            message = f"{what} would be too large in {command.base_unit} to be counted; send fewer decimals."
            raise Refused(Code.TOO_LARGE, "numerator", message)


def _uneven(what: str) -> Refused:
    message = f"{what}; send more decimals or another factor, or put it right first."
    return Refused(Code.NOT_A_MULTIPLE, "numerator", message)


def _counted(ledger: Ledger, sku: str, orders: list[Order]) -> Iterator[tuple[int, str]]:
    """Yield every count of an item's smallest units that memory has, and what it is."""
    for row in _rows(ledger, sku):
        where = f"{'stock' if row.key.lot is None else f'lot {row.key.lot}'} in {row.key.location}"
        yield row.on_hand, f"The {where}"
        yield row.promised_elsewhere, f"What others have promised of the {where}"
        yield row.key.pack_size or 0, f"A pack of the {where}"
    for lot in ledger.lots.values():
        if lot.sku == sku and lot.more is not None:
            yield lot.more.cost_units, f"What lot {lot.lot} has cost is known of a quantity that"
    for order in orders:
        for line in order.lines:
            what = f"Line {line.line} of order {order.key.order}"
            yield from ((units, what) for units in (line.ordered, line.cancelled, line.pack_size or 0))


def _check_past(ledger: Ledger, command: RebaseItem) -> None:
    asked = asked_of_past(ledger, command)
    lines = sum(ledger.answer(question, NotWhole).lines for question in asked)
    if lines:
        raise _uneven(f"{lines} lines of its history and shipments would not come out")


def _items_after(ledger: Ledger, item: Item, command: RebaseItem, factor: Factor, arrival: int) -> tuple[Item, ...]:
    """Return the item as it is then, first, and the items that say something in its units."""
    ratio = _ratio(item, command)
    after = _item_after(ledger, item, command, factor, ratio=ratio, arrival=arrival)
    items = [after]
    counted = {"base_unit": after.base_unit, "decimals": after.decimals, "rebased": after.rebased}
    items += [replace(ledger.items[sku], **counted) for sku in item.former]  # type: ignore[arg-type]
    for other in sorted(ledger.items.values(), key=lambda one: one.sku):
        made_of_it = item.sku in other.kit or item.sku in (other.recipe or {})
        user = _user_after(other, after, ratio) if made_of_it else other
        items += [user] if made_of_it else []
    return tuple(items)


def _item_after(
    ledger: Ledger, item: Item, command: RebaseItem, factor: Factor, *, ratio: Fraction, arrival: int
) -> Item:
    changes: dict[str, Decimal | None] = {}
    for name in ("reorder_point", "daily_use"):
        said = getattr(item, name)
        changes[name] = None if said is None else _scaled(said, ratio)
        if said is not None and changes[name] is None:
            raise _uneven(f"Its {name} of {said:f} {item.base_unit} does not come out")
    made_of: dict[str, dict[str, Decimal] | None] = {}
    for name in ("kit", "recipe"):
        said = getattr(item, name)
        scaled = {sku: _scaled(quantity, 1 / ratio) for sku, quantity in (said or {}).items()}
        whole = {sku: one for sku, one in scaled.items() if one is not None}
        uneven = next((sku for sku in scaled if sku not in whole), None)
        if uneven is not None:
            raise _uneven(f"What of {uneven} is in it does not come out")
        made_of[name] = None if said is None else whole
    last = Rebase(arrival, factor.numerator, factor.denominator, item.base_unit, item.decimals, command.occurred_at)
    after = replace(
        item, version=command.version, base_unit=command.base_unit, decimals=command.decimals,
        units=_units_after(item, command, ratio), rebased=(*(_later(one, factor) for one in item.rebased), last),
        reorder_point=changes["reorder_point"], daily_use=changes["daily_use"], kit=made_of["kit"] or {},
        recipe=made_of["recipe"],
    )  # fmt: skip
    if check_kit(ledger, after) is not None:
        raise _uneven("What is in one of it does not come out")
    return after


def _user_after(user: Item, item: Item, ratio: Fraction) -> Item:
    """Return an item that is made of another which is counted in another unit."""
    changes: dict[str, dict[str, Decimal]] = {}
    for name in ("kit", "recipe"):
        said: dict[str, Decimal] = getattr(user, name) or {}
        if item.sku in said:
            scaled = _scaled(said[item.sku], ratio)
            whole = scaled is not None and (name == "recipe" or _is_whole(scaled, item.decimals))
            if scaled is None or not whole:
                raise _uneven(f"What {user.sku} is made of it does not come out")
            changes[name] = {**said, item.sku: scaled}
    return replace(user, **changes)  # type: ignore[arg-type]


def _later(rebase: Rebase, factor: Factor) -> Rebase:
    """Return how it was counted before, in the units of today."""
    numerator, denominator = rebase.numerator * factor.numerator, rebase.denominator * factor.denominator
    common = gcd(numerator, denominator)
    return replace(rebase, numerator=numerator // common, denominator=denominator // common)


def _units_after(item: Item, command: RebaseItem, ratio: Fraction) -> dict[str, Decimal]:
    """Return the other units; one that is no whole number of smallest units is none any more."""
    said = {item.base_unit: Decimal(1), **item.units}
    scaled = {unit: _scaled(each, ratio) for unit, each in said.items() if unit != command.base_unit}
    return {unit: each for unit, each in scaled.items() if each is not None and _is_whole(each, command.decimals)}


def _is_whole(quantity: Decimal, decimals: int) -> bool:
    units = quantity.scaleb(decimals)
    return units >= 1 and units == units.to_integral_value()


def _scaled(quantity: Decimal, ratio: Fraction) -> Decimal | None:
    """Return a decimal times a ratio; None when that is no decimal."""
    exact = Fraction(quantity) * ratio
    try:
        return _EXACT.divide(Decimal(exact.numerator), Decimal(exact.denominator))
    except Inexact:
        return None
