"""Order lines as the sender wrote them become order lines as the ledger counts them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from lotstream.domain.codes import Code, Refusal
from lotstream.domain.commands import LineWanted
from lotstream.domain.draft import Draft
from lotstream.domain.kit_lines import parts_named, parts_of
from lotstream.domain.kits import keep_shipped
from lotstream.domain.model import Item, OrderLine
from lotstream.domain.quantities import check_quantity, smallest, unit_factor
from lotstream.domain.serials import check_line

_PERCENT_MAX = Decimal(100)

#: Code and sentence of what keeps an order from going on.
Held = tuple[str, str]


def build_lines(draft: Draft, wanted: Sequence[LineWanted]) -> tuple[list[OrderLine], Held | None] | Refusal:
    """Return the lines of an order and what holds it up, if an item or a unit is unknown; or refuse the order."""
    if not wanted:
        return Refusal(Code.FIELD_MISSING, "lines", "The order has no lines; send at least one.")
    lines: list[OrderLine] = []
    seen: set[str] = set()
    held: Held | None = None
    for index, line in enumerate(wanted):
        if line.line in seen:
            message = f"Line {line.line} is there twice; give each line an id of its own."
            return Refusal(Code.FIELD_INVALID, f"lines.{index}.line", message)
        seen.add(line.line)
        built = _build(draft, line, f"lines.{index}")
        if isinstance(built, Refusal):
            return built
        if built.quantity_sent is not None and held is None:
            held = why_unresolved(draft, built)
        lines.append(built)
    return lines, held


def _build(draft: Draft, wanted: LineWanted, field: str) -> OrderLine | Refusal:
    refused = _check(wanted, field)
    if refused is not None:
        return refused
    item = draft.find_item(wanted.sku, wanted.gtin)
    factor = None if item is None else unit_factor(item, wanted.unit)
    parts = () if item is None or not item.kit else parts_of(draft, item)
    if item is None or factor is None or isinstance(parts, Refusal):
        refused = check_quantity(wanted.quantity, f"{field}.quantity")
        line = _line(wanted, wanted.sku or "", unit=wanted.unit or "", sent=True)
        line.parts = () if item is None else parts_named(item)
        return line if refused is None else refused
    ordered = smallest(wanted.quantity, factor, f"{field}.quantity")
    if isinstance(ordered, Refusal):
        return ordered
    line = _line(wanted, item.sku, unit=wanted.unit or item.base_unit, sent=False)
    refused = check_line(item, wanted.serial, ordered, field)
    if refused is not None:
        return refused
    line.ordered, line.unit_factor, line.parts = ordered, factor, parts
    if wanted.pack_size is not None:
        pack = smallest(wanted.pack_size, 10**item.decimals, f"{field}.pack_size")
        if isinstance(pack, Refusal):
            return pack
        line.pack_size = pack
    return line


def _line(wanted: LineWanted, sku: str, *, unit: str, sent: bool) -> OrderLine:
    return OrderLine(
        wanted.line,
        sku,
        unit,
        0,
        0,
        wanted.lot,
        wanted.serial,
        wanted.expires_exact,
        wanted.min_days_left,
        wanted.min_pct_left,
        wanted.single_lot,
        wanted.max_lots,
        wanted.policy,
        None,
        wanted.source_location,
        gtin=wanted.gtin,
        quantity_sent=wanted.quantity if sent else None,
        pack_size_sent=wanted.pack_size if sent else None,
        ship_date=wanted.ship_date,
    )


def _check(wanted: LineWanted, field: str) -> Refusal | None:
    plain = wanted.max_lots is None
    if plain and wanted.sku and wanted.min_days_left is None and wanted.min_pct_left is None:
        return None
    if not wanted.sku and not wanted.gtin:
        return Refusal(Code.FIELD_MISSING, f"{field}.sku", "The line names no goods; send sku or gtin.")
    if wanted.max_lots is not None and (refused := check_lots(wanted.max_lots, field)) is not None:
        return refused
    return check_minimum(wanted.min_days_left, wanted.min_pct_left, field)


def check_lots(most: int, field: str) -> Refusal | None:
    """Refuse a lot limit that leaves no lot."""
    if most > 0:
        return None
    return Refusal(Code.FIELD_INVALID, f"{field}.max_lots", "A lot limit below 1 leaves no lot; send 1 or more.")


def check_ahead(days: int | None, field: str) -> Refusal | None:
    """Refuse a horizon in the past."""
    if days is None or days >= 0:
        return None
    return Refusal(Code.FIELD_INVALID, field, "Days ahead are below 0; send 0 or more.")


def check_minimum(days: int | None, percent: Decimal | None, field: str) -> Refusal | None:
    """Refuse a minimum life that no lot could be measured by."""
    if days is not None and days < 0:
        return Refusal(Code.FIELD_INVALID, f"{field}.min_days_left", "Minimum days are below 0; send 0 or more.")
    if percent is not None and not 0 <= percent <= _PERCENT_MAX:
        return Refusal(
            Code.FIELD_INVALID, f"{field}.min_pct_left", "A percentage lies between 0 and 100; send such a one."
        )
    return None


def why_unresolved(draft: Draft, line: OrderLine) -> Held:
    """Return why a line cannot be counted yet."""
    item = draft.find_item(line.sku or None, line.gtin)
    if item is None:
        goods = line.sku or f"GTIN {line.gtin}"
        return Code.UNKNOWN_ITEM.value, f"Line {line.line} wants {goods}, which is not defined; define the item."
    if unit_factor(item, line.unit or None) is not None and isinstance(parts := parts_of(draft, item), Refusal):
        return parts.code.value, f"Line {line.line}: {parts.message}"
    message = f"Line {line.line} is in {line.unit}, a unit that {item.sku} does not have; define the item with it."
    return Code.UNKNOWN_UNIT.value, message


def resolve(draft: Draft, line: OrderLine) -> Held | None:
    """Count a line whose item or unit was unknown, changing it; returns what still is in the way."""
    if line.quantity_sent is None:
        return None
    item = draft.find_item(line.sku or None, line.gtin)
    factor = None if item is None else unit_factor(item, line.unit or None)
    parts = () if item is None else parts_of(draft, item)
    if item is None or factor is None or isinstance(parts, Refusal):
        keep_shipped(line, () if item is None else parts_named(item))
        return why_unresolved(draft, line)
    ordered = smallest(line.quantity_sent, factor, f"lines.{line.line}.quantity")
    if isinstance(ordered, Refusal):
        return ordered.code.value, ordered.message
    refused = check_line(item, line.serial, ordered, f"lines.{line.line}")
    if refused is not None:
        return refused.code.value, refused.message
    pack = _resolved_pack(line, item)
    if isinstance(pack, Refusal):
        return pack.code.value, pack.message
    line.sku, line.unit, line.unit_factor = item.sku, line.unit or item.base_unit, factor
    line.ordered, line.pack_size = ordered, pack
    keep_shipped(line, parts)
    line.quantity_sent = line.pack_size_sent = None
    return None


def _resolved_pack(line: OrderLine, item: Item) -> int | Refusal | None:
    if line.pack_size_sent is None:
        return None
    return smallest(line.pack_size_sent, 10**item.decimals, f"lines.{line.line}.pack_size")
