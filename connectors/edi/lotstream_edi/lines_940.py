"""The lines of a 940: W01 with what stands under it, as lines of an order."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final

from lotstream_edi import dates, lots
from lotstream_edi.decimals import read_decimal
from lotstream_edi.findings import Finding, FindingCode, error, warning
from lotstream_edi.items_940 import GTIN_DIGITS, ProductIds, product_ids
from lotstream_edi.lots import LotPlace
from lotstream_edi.options import Partner
from lotstream_edi.segment import Segment
from lotstream_edi.shape_940 import Item, Level, Loop

LINE_ID: Final = "LI"
SERIAL: Final = "SE"
SERIAL_PAIR: Final = "SN"
LOT_PLACE: Final = 13

_READ_OR_REFUSED = frozenset({"G62", "SDQ", "LS", "LX", "LE"})
_UNUSED_IN_W01 = (8, 9, 10, 11, 12, 14)


@dataclass(slots=True)
class Lines:
    """The lines of an order as values of its message."""

    values: list[dict[str, Any]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    #: What is understood and has no place in an order, and how often it came.
    unused: Counter[str] = field(default_factory=Counter)

    @property
    def total(self) -> Decimal:
        """Return the sum of the quantities, whatever their units: what W7601 counts."""
        return sum((line["quantity"] for line in self.values), Decimal(0))


def read_lines(loops: list[Loop], *, partner: Partner, written: date | None) -> Lines:
    """Read every W01 of a 940."""
    lines = Lines()
    for loop in loops:
        if not loop.items:
            lines.findings.append(_no_item(loop))
        _refuse_unsupported(loop.level, lines)
        lines.unused.update(segment.id for segment in loop.level.segments if segment.id not in _READ_OR_REFUSED)
        for place, item in enumerate(loop.items, start=1):
            line_id = _line_id(item, loop, place, len(lines.values) + 1)
            lines.values.append(_read_item(item, line_id=line_id, partner=partner, written=written, lines=lines))
    _refuse_repeated_ids(lines, loops)
    return lines


def _read_item(item: Item, *, line_id: str, partner: Partner, written: date | None, lines: Lines) -> dict[str, Any]:
    w01, findings = item.w01, lines.findings
    ids = product_ids(w01, sku_qualifiers=partner.item_qualifiers, findings=findings)
    lot = lots.lot_of(
        _lot_places(item, ids, findings),
        gtins=ids.gtins,
        may_be_date=partner.lot_may_be_date,
        findings=findings,
    )
    expires = _expires(item.level, written=written, findings=findings)
    _refuse_unsupported(item.level, lines)
    _note_unused(item, ids, lines, sku_qualifiers=partner.item_qualifiers)
    return {
        "line": line_id,
        "sku": ids.sku,
        "gtin": ids.gtin,
        "quantity": _quantity(w01, findings),
        "unit": _unit(w01, partner, findings),
        "lot": lot,
        "serial": _serial(item, ids),
        "expires_exact": expires,
    }


def _line_id(item: Item, loop: Loop, place: int, counter: int) -> str:
    """Return N9*LI, else LX01 (with the W01's place when the LX has several), else a counter."""
    said = next((n9.element(2) for n9 in item.level.all("N9") if n9.element(1) == LINE_ID and n9.element(2)), None)
    if said is not None:
        return said
    number = loop.lx.element(1) if loop.lx else ""
    if not number:
        return str(counter)
    return number if len(loop.items) == 1 else f"{number}.{place}"


def _quantity(w01: Segment, findings: list[Finding]) -> Decimal:
    """Return W0101; what is no quantity is refused, and zero stands for it then."""
    written = w01.element(1)
    quantity = read_decimal(written)
    if quantity is None or quantity <= 0:
        findings.append(
            error(
                FindingCode.QUANTITY_INVALID if quantity is None else FindingCode.QUANTITY_NOT_POSITIVE,
                f"W0101 holds {written[:40]!r}, a quantity above zero was expected.",
                at=w01,
                element=1,
                value=written,
                expected="a quantity above zero",
            )
        )
    return quantity or Decimal(0)


def _unit(w01: Segment, partner: Partner, findings: list[Finding]) -> str | None:
    """Return the unit's name; one that no table has goes on as it is written, and the ledger holds the order."""
    code = w01.element(2)
    name = partner.unit(code)
    if name is None and code:
        findings.append(
            warning(
                FindingCode.UNIT_UNKNOWN,
                f"W0102 holds the unit {code!r}, which has no name in the partner's profile; it goes on as "
                f"{code.lower()!r}, and the order is held unless the item has a unit of that name.",
                at=w01,
                element=2,
                value=code,
                expected="a unit of the profile",
            )
        )
    return name or code.lower() or None


def _lot_places(item: Item, ids: ProductIds, findings: list[Finding]) -> list[LotPlace]:
    places = []
    if value := item.w01.element(LOT_PLACE):
        places.append(LotPlace(value, item.w01, LOT_PLACE))
    if lots.LOT in ids.pairs:
        places.append(LotPlace(ids.pairs[lots.LOT][0], item.w01, ids.pairs[lots.LOT][1]))
    for n9 in item.level.all("N9"):
        if n9.element(1) != lots.LOT:
            continue
        if n9.element(2):
            places.append(LotPlace(n9.element(2), n9, 2))
        else:
            findings.append(_empty_lot(n9))
    return places


def _serial(item: Item, ids: ProductIds) -> str | None:
    if SERIAL_PAIR in ids.pairs:
        return ids.pairs[SERIAL_PAIR][0]
    return next((n9.element(2) for n9 in item.level.all("N9") if n9.element(1) == SERIAL and n9.element(2)), None)


def _expires(level: Level, *, written: date | None, findings: list[Finding]) -> date | None:
    """Return the expiration date a line asks for: G62*36 or G62*BJ under its W01."""
    said = dates.read_dates(
        (segment for segment in level.all("G62") if segment.element(1) in dates.EXPIRES), written=written
    )
    findings += said.findings
    return next(iter(said.by_qualifier.values()), None)


def _refuse_unsupported(level: Level, lines: Lines) -> None:
    """Refuse by name what would change what is shipped, when, or to whom, and is not read yet."""
    for segment in level.segments:
        is_date = segment.id == "G62" and segment.element(1) not in dates.EXPIRES
        if segment.id in {"SDQ", "LS"} or is_date:
            what = (
                "A date of a single line (G62)" if is_date else f"A division of lines over destinations ({segment.id})"
            )
            lines.findings.append(
                error(
                    FindingCode.NOT_SUPPORTED,
                    f"{what} is not supported yet; send it as an order of its own.",
                    at=segment,
                )
            )
    for party in level.parties:
        if party.code in {"ST", "CN"}:
            message = (
                f"An address of a single line (N1*{party.code}) is not supported yet; send it as an order of its own."
            )
            lines.findings.append(error(FindingCode.NOT_SUPPORTED, message, at=party.n1))
        else:
            lines.unused[f"N1*{party.code}"] += 1


def _note_unused(item: Item, ids: ProductIds, lines: Lines, *, sku_qualifiers: tuple[str, ...]) -> None:
    read = {lots.LOT, LINE_ID, SERIAL}
    for segment in item.level.segments:
        if segment.id == "N9":
            if segment.element(1) not in read:
                lines.unused[f"N9*{segment.element(1)}"] += 1
        elif segment.id not in _READ_OR_REFUSED:
            lines.unused[segment.id] += 1
    lines.unused.update(f"W01{place:02}" for place in _UNUSED_IN_W01 if item.w01.element(place))
    used = {lots.LOT, SERIAL_PAIR, *sku_qualifiers, *GTIN_DIGITS}
    lines.unused.update(f"W01 pair {qualifier}" for qualifier in ids.pairs if qualifier not in used)


def _refuse_repeated_ids(lines: Lines, loops: list[Loop]) -> None:
    seen: set[str] = set()
    w01s = [item.w01 for loop in loops for item in loop.items]
    for value, w01 in zip(lines.values, w01s, strict=True):
        if value["line"] in seen:
            lines.findings.append(
                error(
                    FindingCode.LINE_ID_REPEATED,
                    f"The line id {value['line']!r} (N9*LI, else LX01) stands twice in this order.",
                    at=w01,
                    value=value["line"],
                )
            )
        seen.add(value["line"])


def _no_item(loop: Loop) -> Finding:
    return warning(
        FindingCode.SEGMENT_MISSING, "An LX without a W01 under it was passed over.", at=loop.lx, expected="W01"
    )


def _empty_lot(n9: Segment) -> Finding:
    return error(
        FindingCode.ELEMENT_SHIFTED,
        f"N9*LT has no lot in N902{f', N903 holds {n9.element(3)!r}' if n9.element(3) else ''}: is an element missing "
        "or added?",
        at=n9,
        element=2,
        value="",
        expected="a lot number",
    )
