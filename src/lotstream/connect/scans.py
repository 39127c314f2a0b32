"""From what a label says to a line of a receipt or the scan of a pick, as canonical messages have them.

A label names goods by their trade item number (GTIN), the hub by the owner's SKU: `sku_of` finds one by the other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from lotstream.connect.canonical import body_of
from lotstream.connect.delivery import DeliveryCode, Message, Refused
from lotstream.contracts.inbound_floor import PickConfirmed, PickScanned
from lotstream.contracts.inbound_goods import StockReceivedLine
from lotstream.contracts.quantities import decimal_text
from lotstream.standards.gs1 import gtin_14
from lotstream.standards.scan import Scan

#: Units in which a label's net weight is the quantity: the word, and the code of UN/ECE Recommendation 20.
KILOGRAMS: Final = frozenset({"kg", "KG", "KGM"})
#: Decimals of a weight that was converted from pounds; a milligram.
_WEIGHT_DECIMALS: Final = 6
#: What goods are weighed in.
_GRAM: Final = Decimal("0.001")
#: Identifiers that say who gets or has something: names, streets, postcodes, phones. They are not kept with goods.
_OF_PERSONS: Final = re.compile(r"42[01]|43[01]\d|725\d")


def skus_by_gtin(items: Iterable[tuple[str, Iterable[str]]]) -> dict[str, str]:
    """Return SKUs by trade item number in 14 digits, from each SKU with its item's ``gtins`` however written."""
    return {gtin_14(gtin): sku for sku, gtins in items for gtin in gtins}


def sku_of(scan: Scan, skus: Mapping[str, str]) -> str:
    """Return the SKU of the goods on a label; a pallet's is that of its content.

    Raises `Refused` with ``field_missing`` when the label names no goods, ``unknown_item`` when nobody's SKU has them.
    """
    gtin = goods_of(scan)
    if gtin not in skus:
        message = f"No item has the trade item number {gtin}; add it to the gtins of its item and scan again."
        raise Refused(DeliveryCode.UNKNOWN_ITEM, "gtin", message)
    return skus[gtin]


def goods_of(scan: Scan) -> str:
    """Return the trade item number of the goods on a label; a pallet's is that of its content.

    Raises `Refused` with ``field_missing`` when the label names no goods.
    """
    if scan.item_gtin is None:
        message = f"The label {scan.printed} names no goods, (01) or (02); scan the label of the goods."
        raise Refused(DeliveryCode.FIELD_MISSING, "gtin", message)
    return scan.item_gtin


def receipt_line(
    scan: Scan,
    *,
    line: str,
    sku: str | None,
    unit: str | None = None,
    quantity: Decimal | None = None,
    numbered: bool = False,
    weighed: bool = False,
    more: Mapping[str, Any] | None = None,
) -> StockReceivedLine:
    """Return the line of ``stock.received`` that one label of goods is.

    Without a ``sku`` the hub finds the item by the number of the label. The lot is the supplier's number and ours. The
    quantity is what the label counts, (30) or (37), else one, of ``unit``: that of the goods whose number the label
    has, a case or a piece; the net weight where the unit is kilograms; or ``quantity``. ``numbered``: the item's units
    have serial numbers, and (21) is this one's; otherwise it is a detail. ``weighed``: the item is weighed
    (``catch_weight``), and the label's net weight is what these weigh; otherwise it is a detail. ``more`` are further
    fields of the line: location, supplier, reason.
    Raises `Refused` where the label leaves the quantity open, or the line is none that the contract takes.
    """
    if quantity is None:
        quantity = _quantity(scan, unit, weighed=weighed)
    values: dict[str, Any] = {
        "line": line, "sku": sku, "quantity": quantity, "unit": unit, "lot": scan.lot, "supplier_lot": scan.lot,
        "made": scan.made, "expires": scan.last_day, "package": scan.sscc,
    }  # fmt: skip
    if sku is None:
        values["gtin"] = goods_of(scan)
    if numbered and scan.serial is not None:
        values["serials"] = [scan.serial]
    if weighed and scan.weight_kg is not None:
        values["weight_kg"] = in_grams(scan.weight_kg)
    details = dict(_details(scan, numbered=numbered, weighed=weighed))
    return body_of(StockReceivedLine, {**values, "details": details, **(more or {})}, thing="scan")


@dataclass(frozen=True, slots=True)
class ScannedTask:
    """What a picker stands before with a scanner: one task, or one line, of an order or a wave."""

    owner: str
    site: str
    #: False: may this lot be taken? True: it is in the picker's hand.
    happened: bool
    #: Which scanner, as source of the message, and its own number of this scan: the same number again is a copy.
    scanner: str
    number: str
    source: str | None = None
    order: str | None = None
    wave: str | None = None
    task: str | None = None
    line: str | None = None
    #: The lot that the task names.
    expected: str | None = None
    location: str | None = None
    quantity: Decimal | None = None
    unit: str | None = None
    by: str | None = None
    occurred_at: datetime | None = None
    #: Trade item numbers of the task's item, however written; empty: the label's is not compared.
    gtins: tuple[str, ...] = ()
    #: The item's units have serial numbers, and that of the label is the unit's.
    numbered: bool = False


def pick_scanned(scan: Scan, task: ScannedTask) -> Message:
    """Return the message of a label that was scanned for a task.

    What goods the label is of goes along, and the hub compares it with the task's item.
    Raises `Refused` with ``field_missing`` when the label has no lot, ``wrong_item`` when it is one of other goods.
    """
    check_goods(scan, task)
    if scan.lot is None:
        raise label_lacks(scan, "lot, (10)", "scanned")
    values = {
        "owner": task.owner, "site": task.site, "happened": task.happened, "by": task.by,
        "occurred_at": task.occurred_at, "source": task.source, "order": task.order, "wave": task.wave,
        "task": task.task, "line": task.line, "expected": task.expected, "scanned": scan.lot,
        "location": task.location, "quantity": task.quantity, "unit": task.unit, "gtin": scan.item_gtin,
    }  # fmt: skip
    body = body_of(PickScanned, values, thing="scan")
    return Message("pick.scanned", body, source=task.scanner, message_id=f"pick.scanned/{task.number}")


def check_goods(scan: Scan, task: ScannedTask) -> None:
    """Raise `Refused` with ``wrong_item`` for a label of other goods than the task's, where those are known."""
    gtin = scan.item_gtin
    if task.gtins and gtin is not None and gtin not in map(gtin_14, task.gtins):
        message = f"The label is one of {gtin}, and the task wants {', '.join(task.gtins)}; take the task's goods."
        raise Refused(DeliveryCode.WRONG_ITEM, "gtin", message)


def pick_confirmed(scan: Scan, task: ScannedTask, *, weighed: bool = False) -> Message:
    """Return the message that the goods of a label were taken for a task: one, or as many as are counted, of its lot.

    Of a ``numbered`` item it is the unit with the label's serial number, whose lot the hub knows.
    ``weighed``: the item is weighed, and the label's net weight is what they weigh.
    Raises `Refused` with ``field_missing`` when the label has no lot, of a numbered item no serial number, or leaves
    the quantity open, ``wrong_item`` when it is one of other goods.
    """
    check_goods(scan, task)
    if scan.lot is None and not task.numbered:
        raise label_lacks(scan, "lot, (10)", "scanned")
    if scan.serial is None and task.numbered:
        raise label_lacks(scan, "serial number, (21)", "serials")
    quantity = _quantity(scan, task.unit, weighed=weighed) if task.quantity is None else task.quantity
    line: dict[str, Any] = {
        "task": task.task, "line": task.line, "lot": scan.lot, "location": task.location, "quantity": quantity,
        "unit": task.unit, "weight_kg": in_grams(scan.weight_kg) if weighed and scan.weight_kg is not None else None,
    }  # fmt: skip
    if task.numbered:
        line["serials"] = [scan.serial]
    names = ("owner", "site", "happened", "by", "occurred_at", "source", "order", "wave")
    values = {name: getattr(task, name) for name in names} | {"lines": [line]}
    body = body_of(PickConfirmed, values, thing="scan")
    return Message("pick.confirmed", body, source=task.scanner, message_id=f"pick.confirmed/{task.number}")


def label_lacks(scan: Scan, what: str, field: str) -> Refused:
    """Return the refusal of a label that has not what is needed of it."""
    message = f"The label {scan.printed} has no {what}; scan the one that has it."
    return Refused(DeliveryCode.FIELD_MISSING, field, message)


def in_grams(weight_kg: Decimal) -> Decimal:
    """Return a label's weight in whole grams, as goods are weighed: half a gram counts as one.

    Pounds were converted exactly, with 0.45359237 kg each; nothing is rounded before this.
    """
    return weight_kg.quantize(_GRAM, rounding=ROUND_HALF_UP)


def _quantity(scan: Scan, unit: str | None, *, weighed: bool = False) -> Decimal:
    if scan.weight_kg is not None and unit in KILOGRAMS:
        return round(scan.weight_kg, _WEIGHT_DECIMALS)
    if scan.weight_kg is not None and unit is None and not weighed:
        # The base unit may be the kilogram, and one of it would be another quantity than one piece.
        message = f"The label has a weight, {decimal_text(scan.weight_kg)} kg; say the unit, kg or that of the pieces."
        raise Refused(DeliveryCode.FIELD_MISSING, "unit", message)
    counted = scan.content_count if scan.content_gtin is not None or scan.content_count is not None else scan.count
    if scan.content_gtin is not None and counted is None:
        message = f"The label {scan.printed} has no count of its content, (37); count it and say the quantity."
        raise Refused(DeliveryCode.FIELD_MISSING, "quantity", message)
    if counted == 0:
        message = f"The label {scan.printed} counts nothing; count the goods and say the quantity."
        raise Refused(DeliveryCode.NOT_POSITIVE, "quantity", message)
    return Decimal(1 if counted is None else counted)


def _details(scan: Scan, *, numbered: bool, weighed: bool) -> Iterator[tuple[str, str]]:
    """Yield what a label says and a line has no field for."""
    days = {"best_before": scan.best_before, "sell_by": scan.sell_by, "packed": scan.packed, "due": scan.due}
    yield from ((name, day.isoformat()) for name, day in days.items() if day is not None)
    if scan.expires is None and scan.last_day is not None:
        yield "expires_from", "best_before" if scan.best_before is not None else "sell_by"
    if scan.weight_kg is not None and not weighed:
        yield "weight_kg", decimal_text(scan.weight_kg)
    if scan.origin is not None:
        yield "origin", scan.origin
    if scan.serial is not None and not numbered:
        yield "serial", scan.serial
    if scan.accepted:
        yield "scan_accepted", ", ".join(scan.accepted)
    yield from ((f"gs1_{ai}", value) for ai, value in scan.other.items() if ai.isdigit() and not _OF_PERSONS.match(ai))
