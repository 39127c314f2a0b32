"""Facts of lots as a corrected line of a receipt says them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from lotstream.domain.codes import Code
from lotstream.domain.commands import GoodsLine, LineWrong
from lotstream.domain.complete import missing_fact, supplier_named, too_short
from lotstream.domain.draft import Draft
from lotstream.domain.expiry import made_too_late
from lotstream.domain.goods import RECEIPT
from lotstream.domain.inspecting import await_inspection
from lotstream.domain.lot_facts import FACILITY, ORIGIN, Conflict, contradiction, learn
from lotstream.domain.marks import of_another_day
from lotstream.domain.model import (
    PLAIN,
    Lot,
    RowKey,
    Status,
)
from lotstream.domain.receipt_lines import Correction, LineMeant
from lotstream.domain.weights import FIELD

#: Facts of a lot, by the names that a line has for them.
_FACTS: Final = ("made", "expires", "supplier", "supplier_lot")


_MORE: Final = (ORIGIN, FACILITY)


def lot_after(work: Correction, meant: LineMeant) -> tuple[Lot | None, bool]:
    """Return the facts of the lot that a line is of now, and whether its goods must not be stock."""
    draft, row = work.draft, meant.row
    if row.lot is None:
        return None, False
    old, known = draft.lot(*meant.before.row[:2]), draft.lot(row.sku, row.lot)
    said = _facts_said(meant.said)
    line = _line(meant, said)
    if known is None:
        lot = _of_old(old, row, said, line, work)
    elif known == old and not (known.more or PLAIN).several and (known.more or PLAIN).came is not None:
        lot = _with_facts(draft, known, said)
    else:
        conflict = contradiction(known, line)
        if conflict is not None:
            message = f"{conflict.message} Other goods of the lot say otherwise: give these another lot."
            work.object(Code.CONFLICTING_CONTENT, f"{meant.path}.{conflict.field}", message, meant.said)
            return (known, True)
        lot = learn(known, line, sku=row.sku, lot=row.lot, received=work.paper.at.date(), hold=None, came=RECEIPT)
    if made_too_late(lot.made, lot.expires):
        message = f"Lot {lot.lot} would be made on {lot.made}, after its expiry {lot.expires}; correct both."
        work.object(Code.FIELD_INVALID, f"{meant.path}.made", message, meant.said)
        return (known or old, True)
    if meant.said.made is not None and lot.received is not None and meant.said.made > lot.received:
        message = f"Lot {lot.lot} came on {lot.received}, before {meant.said.made}; it was made before that."
        work.object(Code.FIELD_INVALID, f"{meant.path}.made", message, meant.said)
        return (known or old, True)
    before = old if known is None else known
    lot = await_inspection(lot, before, meant.item, at=draft.moment.recorded_at)
    if old is not None and not {hold.id for hold in old.holds} <= {hold.id for hold in lot.holds}:
        message = f"Lot {old.lot} is on hold, and {lot.lot} is not under all of it; have the holds lifted first."
        work.object(Code.ON_HOLD, f"{meant.path}.lot", message, meant.said)
        return (lot, True)
    return _fit(work, meant, lot)


def _fit(work: Correction, meant: LineMeant, lot: Lot) -> tuple[Lot | None, bool]:
    """Object to good stock that lacks what its item needs, where the line is said to be good by now."""
    unweighed = meant.item.catch_weight and not (meant.weight_g or work.receipt.weights.get(meant.said.line))
    becomes = meant.row.sku != meant.before.row.sku and meant.row.status == Status.GOOD
    if meant.said.status != Status.GOOD and not (unweighed and becomes):
        return lot, False
    draft = work.draft
    today = draft.moment.today.get(meant.row.site) or draft.moment.recorded_at.date()
    supplier = supplier_named(draft.ledger, meant.said.supplier)
    missing = missing_fact(meant.item, lot, today=today)
    lacks = None if missing is None else Conflict(Code.FIELD_MISSING, *missing)
    if lacks is None and unweighed:
        lacks = Conflict(Code.FIELD_MISSING, FIELD, f"{meant.item.sku} is weighed; send what the line weighs.")
    expired_ok = draft.ledger.settings.expired_ok
    lacks = lacks or too_short(_line(meant, {}), lot, today=today, supplier=supplier, expired_ok=expired_ok)
    if lacks is None:
        return lot, False
    work.object(lacks.code, f"{meant.path}.{lacks.field}", lacks.message, meant.said)
    return (lot, True)


def _facts_said(said: LineWrong) -> dict[str, Any]:
    return {name: value for name in (*_FACTS, *_MORE) if (value := getattr(said, name)) is not None}


def _line(meant: LineMeant, facts: Mapping[str, Any]) -> GoodsLine:
    """Return a line of goods that says these facts of its lot."""
    return GoodsLine(meant.said.line, meant.row.sku, Decimal(0), None, meant.row.location, lot=meant.row.lot, **facts)


def _of_old(old: Lot | None, row: RowKey, said: dict[str, Any], line: GoodsLine, work: Correction) -> Lot:
    """Return a lot that nobody knew: what the line's lot was known to be, but for what is said now."""
    day = work.paper.at.date() if old is None or old.received is None else old.received
    lot = learn(None, line, sku=row.sku, lot=row.lot or "", received=day, hold=None, came=RECEIPT)
    if old is None:
        return lot
    facts = {name: getattr(old, name) for name in _FACTS if name not in said}
    # Goods that wait for an inspection, or are recalled, are what they were: a correction does not wash holds off.
    kept = replace(lot, holds=old.holds, **facts)
    more = old.more or PLAIN
    return _with_facts(work.draft, kept, {name: getattr(more, name) for name in _MORE if name not in said})


def _with_facts(draft: Draft, lot: Lot, said: Mapping[str, Any]) -> Lot:
    """Return a lot with other facts; whom it was told of when it expires is told again of the new day."""
    facts = {name: value for name, value in said.items() if name in _FACTS}
    more: dict[str, Any] = {name: value for name, value in said.items() if name in _MORE}
    if facts.get("expires", lot.expires) != lot.expires:
        lot = of_another_day(draft, lot, facts["expires"])
    after = replace(lot, **facts)
    return after if not more else replace(after, more=replace(after.more or PLAIN, **more))
