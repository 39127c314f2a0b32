"""What lots and items were called before: whoever still uses an old name means the goods that have another one now.

A lot that was corrected or merged keeps its old numbers, an item that was renamed its old SKUs. They are put right in
one place before anything is decided (`lotstream.domain.decide`), and in what was written under an old name when it is
read again; everything behind that knows present names only.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import fields, is_dataclass, replace
from functools import cache
from typing import Any, Final, TypeVar, cast

from lotstream.domain.commands import (
    CorrectLot,
    CorrectReceipt,
    ImportShipment,
    MergeLots,
    PackPackage,
    ReleaseTitle,
    ScanLot,
    ShippedOrder,
    ShipTransfer,
    SplitLot,
)
from lotstream.domain.lot_papers import content_of_lots, content_of_receipt
from lotstream.domain.model import Item, Lot, LotName, LotShipped, Order
from lotstream.domain.moved_content import content_of_import, content_of_title, content_of_transfer
from lotstream.domain.packages import content_of_package
from lotstream.domain.shipments import content_of

T = TypeVar("T")

#: Fields that are lots by themselves; everywhere else a lot is called ``lot``.
_LOTS: Final[dict[type, tuple[str, ...]]] = {ScanLot: ("scanned", "expected")}
#: Fields whose keys are SKUs.
_BY_SKU: Final = frozenset(
    {"kit", "recipe", "min_days_left_by_sku", "min_pct_left_by_sku", "last_shipped_expiry", "to_skus"}
)
#: Whatever is known by a hash of what was told of it keeps the hash of what was told, by whatever names.
_CONTENT: Final[dict[type, Callable[[Any], str]]] = {
    ShippedOrder: content_of,
    PackPackage: content_of_package,
    CorrectLot: content_of_lots,
    ShipTransfer: content_of_transfer,
    ReleaseTitle: content_of_title,
    CorrectReceipt: content_of_receipt,
    MergeLots: content_of_lots,
    SplitLot: content_of_lots,
    ImportShipment: content_of_import,
}


class Names:
    """Former SKUs and former numbers of lots, and what they are now."""

    __slots__ = ("_called", "_known", "_lots", "_skus")

    def __init__(self, items: Mapping[str, Item], lots: Mapping[tuple[str, str], Lot]) -> None:
        self._known = lots
        self._skus = {former: item.sku for item in items.values() for former in item.former}
        self._lots: dict[tuple[str, str], str] = {}
        #: Present names of lots by former numbers.
        self._called: dict[str, list[LotName]] = {}
        for lot in lots.values():
            for alias in () if lot.more is None or lot.more.into is not None else lot.more.aliases:
                self._lots[lot.sku, alias] = lot.lot
                self._called.setdefault(alias, []).append(LotName(lot.sku, lot.lot))

    @classmethod
    def of(cls, called: Mapping[LotName, LotName]) -> Names:
        """Return the names of lots that are called otherwise from now on, and of nothing else."""
        names = cls({}, {})
        for was, now in called.items():
            if was.sku != now.sku:
                names._skus[was.sku] = now.sku
            names._lots[now.sku, was.lot] = now.lot
        return names

    def __bool__(self) -> bool:
        """Tell whether anything was called otherwise before."""
        return bool(self._skus or self._lots)

    def sku(self, sku: str) -> str:
        """Return what an item is called now."""
        return self._skus.get(sku, sku)

    def lot(self, sku: str, lot: str | None) -> tuple[str, str | None]:
        """Return what a lot is called now, as SKU and number; goods without a lot have none."""
        sku = self.sku(sku)
        return sku, lot if lot is None else self._lots.get((sku, lot), lot)

    def lot_name(self, name: LotName) -> LotName:
        """Return what a lot is called now."""
        sku = self.sku(name.sku)
        return LotName(sku, self._lots.get((sku, name.lot), name.lot))

    def of_number(self, number: str) -> str:
        """Return what a lot of which only the number is said is called now; the number itself where that is not sure.

        A number that some lot has now means that lot too.
        """
        found = {name.lot for name in self._called.get(number, ())}
        theirs = (self._known.get((name.sku, number)) for name in self._called.get(number, ()))
        mine = [lot for lot in theirs if lot is not None and (lot.more is None or lot.more.into is None)]
        return found.pop() if len(found) == 1 and not mine else number

    def now(self, thing: T) -> T:
        """Return a command, a document or an order with present names; the same object when it has no others."""
        changed: T = self._now(thing)
        return changed

    def _now(self, thing: Any) -> Any:  # noqa: ANN401 - whatever the fields of the ledger's records are
        kind = type(thing)
        if kind is tuple or kind is list:
            parts = [self._now(part) for part in thing]
            same = all(map(_is, parts, thing))
            return thing if same else kind(parts)
        if kind is dict:
            values = {key: self._now(value) for key, value in thing.items()}
            return thing if all(map(_is, values.values(), thing.values())) else values
        names = _fields(cast(Hashable, kind))
        if not names:
            return thing
        changes = {name: now for name in names if (now := self._field(thing, name)) is not getattr(thing, name)}
        changes |= self._own(thing, names)
        if not changes:
            return thing
        if kind in _CONTENT:
            changes["content"] = _CONTENT[kind](thing)
        return cast(Any, thing)._replace(**changes) if issubclass(kind, tuple) else replace(thing, **changes)

    def _field(self, thing: Any, name: str) -> Any:  # noqa: ANN401 - any field
        value = getattr(thing, name)
        if name == "lots":
            return self._pairs(value)
        if name in _BY_SKU and type(value) is dict:
            now = {self.sku(key): one for key, one in value.items()}
            return value if now.keys() == value.keys() else now
        return self._now(value)

    def _pairs(self, value: Any) -> Any:  # noqa: ANN401 - lots in any form
        """Return lots that are said as pairs of SKU, or None, and number; others as `_now` does."""
        if type(value) is not tuple or not all(type(pair) is tuple for pair in value):
            return self._now(value)
        now = tuple([(None, self.of_number(lot)) if sku is None else self.lot(sku, lot) for sku, lot in value])
        return value if now == value else now

    def _own(self, thing: Any, names: tuple[str, ...]) -> dict[str, Any]:  # noqa: ANN401 - any record
        """Return what a record itself says of an item and a lot, where that is called otherwise now."""
        named = ("sku", "lot", *_LOTS.get(type(thing), ()))
        said = {name: value for name in named if name in names and isinstance(value := getattr(thing, name), str)}
        sku = said.pop("sku", None)
        now = {name: self.of_number(lot) if sku is None else self.lot(sku, lot)[1] for name, lot in said.items()}
        if sku is not None:
            said["sku"], now["sku"] = sku, self.sku(sku)
        changed = {name: value for name, value in now.items() if said[name] != value}
        if changed and "label" in names and thing.label is None:
            changed["label"] = f"{thing.sku or ''}/{thing.lot or ''}"
        return changed


def names_had(item: Item | None, lot: Lot) -> list[LotName]:
    """Return what a lot is called and was called before, under each SKU that its item has and had."""
    skus = (lot.sku, *(() if item is None else item.former))
    numbers = (lot.lot, *(() if lot.more is None else lot.more.aliases))
    return [LotName(sku, number) for sku in skus for number in numbers]


def order_now(names: Names, order: Order) -> Order:
    """Return an order with present names; what left for a line of lots that are one by now is said once."""
    now = names.now(order)
    for line in now.lines if now is not order else ():
        line.lots_shipped = one_each(line.lots_shipped)
    return now


def one_each(shipped: tuple[LotShipped, ...]) -> tuple[LotShipped, ...]:
    """Return what left and came back by lot, each lot once."""
    found: dict[tuple[str, str | None], LotShipped] = {}
    for one in shipped:
        known = found.get((one.sku, one.lot), one._replace(quantity=0, returned=0))
        quantity, returned = known.quantity + one.quantity, known.returned + one.returned
        found[one.sku, one.lot] = one._replace(quantity=quantity, returned=returned)
    return tuple(found.values())


def _is(one: object, other: object) -> bool:
    return one is other


@cache
def _fields(kind: Hashable) -> tuple[str, ...]:
    """Return the names of the fields of a record; none for what is no record."""
    kind = cast(type, kind)
    if issubclass(kind, tuple):
        return getattr(kind, "_fields", ())
    return tuple(field.name for field in fields(kind)) if is_dataclass(kind) else ()
