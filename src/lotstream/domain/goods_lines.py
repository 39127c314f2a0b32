"""Lines of goods that come in: what can be counted, and what is kept of a line that cannot."""

from __future__ import annotations

from decimal import Decimal
from typing import Final, NamedTuple

from lotstream.domain.codes import Code, Refusal
from lotstream.domain.commands import GoodsLine
from lotstream.domain.costing import paid_for
from lotstream.domain.events import DiscrepancyNoted
from lotstream.domain.model import Item, Status
from lotstream.domain.quantities import QUANTITY_MAX, smallest
from lotstream.domain.wording import in_words

_STATUSES: Final = frozenset(Status)
#: What is kept of goods that cannot be counted.
_FACTS: Final = (
    "line", "sku", "gtin", "unit", "lot", "location", "package", "pack_size", "expires", "made", "supplier",
    "supplier_lot", "origin", "facility", "cost", "weight_kg", "status", "reason", "serials",
)  # fmt: skip


class Amounts(NamedTuple):
    """A line's quantities in smallest units."""

    quantity: int
    promised: int
    pack: int | None


def check_lines(lines: tuple[GoodsLine, ...]) -> Refusal | None:
    """Refuse a document without lines."""
    return None if lines else Refusal(Code.FIELD_MISSING, "lines", "There are no lines; send at least one.")


def check_line(line: GoodsLine, path: str) -> Refusal | None:
    """Refuse a line that could not be booked whatever had happened, however much it is of."""
    return check_status(line.status, f"{path}.status")


def check_status(status: str, field: str) -> Refusal | None:
    """Refuse what is no condition of stock."""
    if status in _STATUSES:
        return None
    message = f"{status} is no status of stock; send one of {', '.join(sorted(_STATUSES))}."
    return Refusal(Code.FIELD_INVALID, field, message)


def check_cost(cost: Decimal | None, field: str) -> Refusal | None:
    """Refuse what nothing can cost."""
    if cost is None or (cost.is_finite() and 0 <= cost <= QUANTITY_MAX):
        return None
    if cost.is_finite() and cost > 0:
        return Refusal(Code.TOO_LARGE, field, f"What goods cost is above {QUANTITY_MAX} a unit; check it.")
    return Refusal(Code.FIELD_INVALID, field, f"What goods cost is {cost}; send a number from 0 on, or nothing.")


def cost_of_line(line: GoodsLine) -> Decimal | None:
    """Return what all of a line has cost; None where it does not say."""
    return None if line.cost is None else paid_for(line.cost, line.quantity)


def amounts_of(line: GoodsLine, item: Item, factor: int, path: str, *, positive: bool) -> Amounts | Refusal:
    """Return a line's quantities; refuses what is no whole number of smallest units."""
    quantity = smallest(line.quantity, factor, f"{path}.quantity", positive=positive)
    if isinstance(quantity, Refusal):
        return quantity
    promised = smallest(line.promised_elsewhere, factor, f"{path}.promised_elsewhere", positive=False)
    if isinstance(promised, Refusal):
        return promised
    if promised < 0:
        message = f"{line.promised_elsewhere} promised elsewhere is below 0: more would be free than is there."
        return Refusal(Code.FIELD_INVALID, f"{path}.promised_elsewhere", message)
    if line.pack_size is None:
        return Amounts(quantity, promised, None)
    pack = smallest(line.pack_size, 10**item.decimals, f"{path}.pack_size")
    return pack if isinstance(pack, Refusal) else Amounts(quantity, promised, pack)


def why_uncountable(line: GoodsLine, item: Item | None, path: str) -> Refusal:
    """Return why goods of an item or a unit that nobody has defined, or of no item, cannot be counted."""
    if not line.sku and not line.gtin:
        return Refusal(Code.FIELD_MISSING, f"{path}.sku", "The line names no goods; send their sku or gtin.")
    if item is not None:
        message = f"{item.sku} has no unit {line.unit}; define the item with it and send this again."
        return Refusal(Code.UNKNOWN_UNIT, f"{path}.unit", message)
    name, goods = ("sku", line.sku) if line.sku else ("gtin", f"GTIN {line.gtin}")
    return Refusal(Code.UNKNOWN_ITEM, f"{path}.{name}", f"{goods} is not defined; define the item and send this again.")


def kept_whole(line: GoodsLine, why: Refusal, *, document: str, site: str) -> DiscrepancyNoted:
    """Return the discrepancy in which goods are kept that cannot be counted, with everything that a line says."""
    facts = {name: getattr(line, name) for name in _FACTS} | {"document": document, "site": site}
    about = {fact: text for fact, value in facts.items() if (text := in_words(value))}
    return DiscrepancyNoted(why.code.value, why.message, about, line.quantity)
