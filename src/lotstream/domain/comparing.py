"""Somebody else's books are held against ours: what is equal is counted, what differs is told line by line."""

from __future__ import annotations

from decimal import Decimal
from typing import Final, NamedTuple

from lotstream.domain.codes import Code, Refused, granted, stop_if
from lotstream.domain.commands import ComparedLine, Covers, Moment, RecordComparison
from lotstream.domain.events import ComparisonRecorded, Differing, Event
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import COMPARISON, Notice, ReceiptKey, Status
from lotstream.domain.notices import content_of
from lotstream.domain.quantities import check_quantity, in_base_units, smallest, unit_factor
from lotstream.domain.snapshots import on_hand

DIFFERENCES_MAX: Final = 10_000
"""Differences that one comparison tells; it counts all of them."""


class _Name(NamedTuple):
    """A lot in one condition, or in whatever condition, as a line of a comparison names it."""

    sku: str
    #: Empty: goods without a lot.
    lot: str
    #: Empty: whatever condition.
    status: str


def record_comparison(ledger: Ledger, command: RecordComparison, moment: Moment) -> tuple[Event, ...]:
    """Decide comparison.recorded: what they have and what we have of each lot at a site; nothing is booked by it."""
    key = ReceiptKey(COMPARISON, command.comparison)
    content = content_of((command.site, command.covers.value, [tuple(map(str, _said(line))) for line in command.lines]))
    known = ledger.document(key, Notice)
    if known is not None and known.content == content:
        return ()
    _check(ledger, command, known)
    theirs = _theirs(ledger, command)
    ours = _ours(ledger, command, theirs)
    skus = {line.sku: line.unit for line in command.lines}
    whole = command.covers is Covers.SITE
    left_out = (name for name in ours if whole or (command.covers is Covers.SKUS and name.sku in skus))
    names = sorted({*theirs, *left_out})
    pairs = [(name, ours.get(name, Decimal(0)), theirs.get(name, Decimal(0))) for name in names]
    differing = [
        _differing(ledger, name, mine, yours, unit=skus.get(name.sku)) for name, mine, yours in pairs if mine != yours
    ]
    recorded = ComparisonRecorded(
        Notice(key, content), command.site, command.occurred_at or moment.recorded_at, len(pairs) - len(differing),
        len(differing), tuple(differing[:DIFFERENCES_MAX]), command.by,
    )  # fmt: skip
    return (recorded,)


def _said(line: ComparedLine) -> tuple[object, ...]:
    return line.sku, line.lot, line.status, line.unit, f"{line.quantity.normalize():f}"


def _check(ledger: Ledger, command: RecordComparison, known: Notice | None) -> None:
    if known is not None:
        message = f"Comparison {command.comparison} was told with other lines; send these under a number of its own."
        raise Refused(Code.CONFLICTING_CONTENT, "comparison", message)
    if command.site not in ledger.sites.sites:
        raise Refused(Code.FIELD_INVALID, "site", f"Site {command.site} is not defined; define it.")


def _theirs(ledger: Ledger, command: RecordComparison) -> dict[_Name, Decimal]:
    """Return what they have by name, in base units; what they have of an item nobody knows is in units of theirs."""
    theirs: dict[_Name, Decimal] = {}
    for index, line in enumerate(command.lines):
        units = _base_units(ledger, line, f"lines.{index}")
        name = _Name(line.sku, line.lot or "", line.status or "")
        if any(other in theirs for other in _otherwise(name)):
            message = f"{line.sku} is named both in one condition and in whatever condition; say one of them."
            raise Refused(Code.FIELD_INVALID, f"lines.{index}.status", message)
        theirs[name] = theirs.get(name, Decimal(0)) + units
    return theirs


def _otherwise(name: _Name) -> list[_Name]:
    """Return the names that would count some of the same goods again."""
    return [name._replace(status="")] if name.status else [name._replace(status=one.value) for one in Status]


def _base_units(ledger: Ledger, line: ComparedLine, path: str) -> Decimal:
    item = ledger.items.get(line.sku)
    if item is None:
        stop_if(check_quantity(line.quantity, f"{path}.quantity", positive=False))
        return line.quantity
    factor = unit_factor(item, line.unit)
    if factor is None:
        message = f"{line.sku} has no unit {line.unit}; define the item with it and send this again."
        raise Refused(Code.UNKNOWN_UNIT, f"{path}.unit", message)
    units = granted(smallest(line.quantity, factor, f"{path}.quantity", positive=False))
    return in_base_units(item, units)


def _ours(ledger: Ledger, command: RecordComparison, theirs: dict[_Name, Decimal]) -> dict[_Name, Decimal]:
    """Return what we have at the site by name: by condition, but where they name a lot in whatever condition.

    What is on the way there nobody can have counted.
    """
    ours: dict[_Name, Decimal] = {}
    for there in on_hand(ledger, command.site):
        if there.in_transit:
            continue
        item = ledger.items[there.sku]
        any_status = _Name(there.sku, there.lot or "", "")
        name = any_status if any_status in theirs else any_status._replace(status=there.status)
        ours[name] = ours.get(name, Decimal(0)) + in_base_units(item, there.quantity)
    return ours


def _differing(ledger: Ledger, name: _Name, ours: Decimal, theirs: Decimal, *, unit: str | None) -> Differing:
    item = ledger.items.get(name.sku)
    counted_in = item.base_unit if item is not None else unit or "each"
    return Differing(name.sku, name.lot or None, name.status or None, ours, theirs, counted_in)
