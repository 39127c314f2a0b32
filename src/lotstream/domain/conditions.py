"""Goods were kept too warm, were dropped, or stood in the wet: the lots that were there wait until somebody has looked.

What was recorded is a fact whatever follows from it. Lots are held and not the place: what is brought there afterwards
is as good as it was. Which goods were there is known as of now; who moved them meanwhile names the lot instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Final

from lotstream.domain.codes import Code, NotUsed, Refusal, Refused, stop_if
from lotstream.domain.commands import Moment, RecordCondition
from lotstream.domain.draft import Draft
from lotstream.domain.events import ConditionRecorded, DiscrepancyNoted, Event, HoldPlaced
from lotstream.domain.goods import site_unknown
from lotstream.domain.holds import find_lot
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import (
    CONDITION,
    ConditionKind,
    Hold,
    HoldKind,
    Item,
    Lot,
    LotName,
    Notice,
    ReceiptKey,
    RowKey,
)
from lotstream.domain.moving import move_off
from lotstream.domain.notices import content_of
from lotstream.domain.places import place_of

DEGREES: Final = (Decimal("-273.15"), Decimal(1000))
"""Between which goods are kept, and temperatures of them recorded, in degrees Celsius."""

VALUE_MAX: Final = Decimal(1_000_000)
"""Most that is recorded of a shock, or of something else."""

RANGES: Final = {ConditionKind.TEMPERATURE: DEGREES, ConditionKind.HUMIDITY: (Decimal(0), Decimal(100))}
"""What can be read of some kinds of conditions."""

NAMED_MAX: Final = 20
"""Items without lots that a discrepancy names."""


@dataclass(frozen=True, slots=True)
class _Found:
    """The goods that a record is about."""

    lots: tuple[LotName, ...]
    #: Items of which goods without a lot are among them.
    lotless: tuple[str, ...] = ()


def record_condition(ledger: Ledger, command: RecordCondition, moment: Moment) -> tuple[Event, ...]:
    """Decide condition.recorded; the same record told again changes nothing.

    The lots at risk are put on hold, in quarantine, under the number of the record: all that it is about where it says
    so, none where it says not, else those whose item must not be kept at the temperature that was recorded. What is
    promised of them moves to other goods in the same decision.
    """
    key, content = ReceiptKey(CONDITION, command.condition), content_of(_said(command))
    known = ledger.document(key, Notice)
    if known is not None:
        return () if known.content == content else _other_content(command)
    _check_target(command)
    _check_value(command)
    noted: list[DiscrepancyNoted] = []
    refused = site_unknown(ledger, command.site, noted=noted if command.happened else None)
    found = refused or _goods(ledger, command)
    if isinstance(found, Refusal):
        if not command.happened:
            stop_if(found)
        noted.append(_discrepancy(found.code, found.message, command))
        found = _Found(())
    at = command.occurred_at or moment.recorded_at
    at_risk = [name for name in found.lots if _is_at_risk(ledger.items[name.sku], command)]
    concerned = found.lots if command.location is None else tuple(at_risk)
    noted += _not_held(ledger, found.lotless, command)
    recorded = ConditionRecorded(
        Notice(key, content), command.site, command.kind, command.value, command.location, command.package, concerned,
        tuple(at_risk), command.from_at, command.until, command.reason, command.by, at,
    )  # fmt: skip
    return recorded, *_held(ledger, at_risk, command, moment, at=at), *noted


def _check_target(command: RecordCondition) -> None:
    """Refuse what names no place, lot or package, or several of them: nobody can tell what it is about."""
    named = [name for name in ("location", "lot", "package") if getattr(command, name) is not None]
    if len(named) == 1:
        return
    if not named:
        raise Refused(Code.FIELD_MISSING, "location", "It names no place, lot or package; say what it is about.")
    message = f"It names {' and '.join(named)}; send one message for each."
    raise Refused(Code.FIELD_INVALID, named[1], message)


def _check_value(command: RecordCondition) -> None:
    """Refuse what no instrument can have read, whether it is said to have happened or not."""
    low, high = RANGES.get(command.kind, (Decimal(0), VALUE_MAX))
    if command.value is None or low <= command.value <= high:
        return
    message = f"{command.kind.value.capitalize()} is from {low:f} to {high:f}; send what was read."
    raise Refused(Code.FIELD_INVALID, "value", message)


def _held(
    ledger: Ledger, at_risk: list[LotName], command: RecordCondition, moment: Moment, *, at: datetime
) -> Iterator[Event]:
    """Yield the holds on lots at risk, and what moves because of them; a lot that has the hold already has it once."""
    draft = Draft(ledger, moment)
    mine = set[tuple[str, str]]()
    for name in at_risk:
        # Goods may lie there under a number of which nobody said anything else.
        lot = ledger.lots.get(name) or Lot(name.sku, name.lot)
        hold = Hold(command.condition, HoldKind.QUARANTINE, _why(ledger.items[name.sku], command), command.by, at)
        if all(known.id != hold.id for known in lot.holds):
            draft.know_lot(replace(lot, holds=(*lot.holds, hold)))
            mine.add(name)
            yield HoldPlaced(lot.sku, lot.lot, hold)
    yield from (
        move_off(draft, mine, lambda part: NotUsed.QUARANTINE if (part.row.sku, part.row.lot) in mine else None)
        if mine
        else ()
    )


def _goods(ledger: Ledger, command: RecordCondition) -> _Found | Refusal:
    """Return what a record is about: a lot wherever it lies, or what stands on a package or in a place."""
    if command.lot is not None:
        lot = find_lot(ledger, command.sku, command.lot)
        return lot if isinstance(lot, Refusal) else _Found((LotName(lot.sku, lot.lot),))
    rows = [row.key for row in ledger.stock.values() if row.on_hand > 0 and row.key.site == command.site]
    if command.package is not None:
        found = [key for key in rows if key.package == command.package]
        if not found:
            message = f"Nothing stands on {command.package} at {command.site}; check its number."
            return Refusal(Code.NOT_AVAILABLE, "package", message)
        return _lots_of(found)
    place = command.location or ""
    found = [key for key in rows if place in place_of(ledger.sites, key.site, key.location).chain]
    if not found and (command.site, place) not in ledger.sites.locations:
        message = f"{place} of {command.site} is not known, and nothing lies there; check its name."
        return Refusal(Code.UNKNOWN_LOCATION, "location", message)
    return _lots_of(found)


def _lots_of(rows: Iterable[RowKey]) -> _Found:
    named = [(key.sku, key.lot) for key in rows]
    lots = sorted({LotName(sku, lot) for sku, lot in named if lot is not None})
    return _Found(tuple(lots), tuple(sorted({sku for sku, lot in named if lot is None})))


def _is_at_risk(item: Item, command: RecordCondition) -> bool:
    if command.hold is not None:
        return command.hold
    value = command.value
    if command.kind is not ConditionKind.TEMPERATURE or value is None:
        return False
    low, high = item.keep_from_c, item.keep_to_c
    return (low is not None and value < low) or (high is not None and value > high)


def _why(item: Item, command: RecordCondition) -> str:
    if command.reason is not None:
        return command.reason
    what = command.kind.value.capitalize()
    if command.kind is not ConditionKind.TEMPERATURE or command.value is None:
        return f"{what} was recorded; look at the goods."
    limits = [_degrees("from", item.keep_from_c), _degrees("to", item.keep_to_c)]
    allowed = " ".join(limit for limit in limits if limit)
    return f"It was kept at {command.value:f} °C{f', {item.sku} is kept {allowed}' if allowed else ''}."


def _degrees(word: str, limit: Decimal | None) -> str:
    return "" if limit is None else f"{word} {limit:f} °C"


def _not_held(ledger: Ledger, skus: tuple[str, ...], command: RecordCondition) -> Iterator[DiscrepancyNoted]:
    """Yield that goods without a lot are at risk, which no hold can name; a person looks at them."""
    at_risk = [sku for sku in skus if _is_at_risk(ledger.items[sku], command)]
    if at_risk:
        more = f" and {len(at_risk) - NAMED_MAX} more" if len(at_risk) > NAMED_MAX else ""
        names = f"{', '.join(at_risk[:NAMED_MAX])}{more}"
        message = f"Goods without a lot were there that cannot be held by it: {names}; change their status."
        yield _discrepancy(Code.FIELD_MISSING, message, command)


def _said(command: RecordCondition) -> tuple[object, ...]:
    # Not the lot, which may have another number when this is told again.
    value = None if command.value is None else f"{command.value:f}"
    return command.site, command.kind.value, value, command.location, command.package, command.reason, command.hold


def _other_content(command: RecordCondition) -> tuple[Event, ...]:
    message = f"Condition {command.condition} was told with other content; send this one under a number of its own."
    if not command.happened:
        raise Refused(Code.CONFLICTING_CONTENT, "condition", message)
    return (_discrepancy(Code.CONFLICTING_CONTENT, message, command),)


def _discrepancy(code: Code, message: str, command: RecordCondition) -> DiscrepancyNoted:
    facts = {
        "condition": command.condition, "site": command.site, "location": command.location, "sku": command.sku,
        "lot": command.lot, "package": command.package,
    }  # fmt: skip
    return DiscrepancyNoted(code.value, message, {name: fact for name, fact in facts.items() if fact is not None})
