"""Counts that differ much wait for somebody else to count: nothing is booked, and no promise lost, before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from lotstream.domain.codes import Code, Refused, granted
from lotstream.domain.commands import ApproveCount, SecondCount
from lotstream.domain.costing import cost_of
from lotstream.domain.draft import Draft
from lotstream.domain.events import CountSettled
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import (
    COUNT_PENDING,
    CountApproval,
    CountedLine,
    CountPending,
    CountsSince,
    CountState,
    Lot,
    ReceiptKey,
    Since,
)
from lotstream.domain.names import names_had
from lotstream.domain.quantities import in_base_units, smallest, unit_factor
from lotstream.domain.told_late import counts_asked


def pending_key(count: str) -> ReceiptKey:
    """Return the key of a count that waits."""
    return ReceiptKey(COUNT_PENDING, count)


def since_counted(ledger: Ledger, pending: CountPending) -> list[Since | CountsSince]:
    """Return what has to be known of the bins of a count that waited before it is booked, line by line."""
    lines = [
        Since(line.sku, line.lot, pending.site, line.location, line.status, pending.as_of) for line in pending.lines
    ]
    moved = [question for line in lines for question in since(ledger, line)]
    return [*moved, *(one for line in lines for one in counts_asked(ledger, line.sku, line.lot, pending.as_of))]


def since(ledger: Ledger, asked: Since) -> list[Since]:
    """Return what has to be known of a bin, by each name that the goods in it had before: they left under that one."""
    item = ledger.items.get(asked.sku)
    lot = ledger.lots.get((asked.sku, asked.lot or "")) or Lot(asked.sku, asked.lot or "")
    return [asked._replace(sku=name.sku, lot=asked.lot and name.lot) for name in names_had(item, lot)]


def has_to_wait(draft: Draft, rule: CountApproval, lines: Iterable[tuple[CountedLine, int]]) -> bool:
    """Tell whether any line differs by as much as the owner says; each comes with what was known to be there."""
    return any(_differs(draft, rule, line, known) for line, known in lines)


def _differs(draft: Draft, rule: CountApproval, line: CountedLine, known: int) -> bool:
    off = abs(line.difference)
    if off == 0:
        return False
    units = in_base_units(draft.known_item(line.sku), off)
    cost = cost_of(draft.lot(line.sku, line.lot), off)
    return (
        (rule.units is not None and units >= rule.units)
        or (rule.percent is not None and 100 * off >= rule.percent * max(known, 0))
        or (rule.value is not None and cost is not None and cost >= rule.value)
    )


def check_second(ledger: Ledger, command: ApproveCount, pending: CountPending | None) -> CountPending:
    """Return the count that waits; raises `Refused` for a second by nobody, by who counted first, or that differs."""
    if pending is None or pending.state is not CountState.WAITING:
        message = f"No count {command.count} waits for a second counter; check its number."
        raise Refused(Code.NOT_AVAILABLE, "count", message)
    if command.by is None:
        raise Refused(Code.FIELD_MISSING, "by", "It is not said who counted; send the second counter.")
    if command.by == pending.by:
        message = f"{command.by} has counted it first; somebody else has to count."
        raise Refused(Code.FIELD_INVALID, "by", message)
    known = {line.line: line for line in pending.lines}
    for index, said in enumerate(command.lines if command.approved else ()):
        _compare(ledger, said, known.get(said.line), f"lines.{index}")
    return pending


def _compare(ledger: Ledger, said: SecondCount, known: CountedLine | None, path: str) -> None:
    if known is None:
        raise Refused(Code.FIELD_INVALID, f"{path}.line", f"The count has no line {said.line}; send those it has.")
    factor = unit_factor(ledger.items[known.sku], said.unit)
    if factor is None:
        raise Refused(Code.UNKNOWN_UNIT, f"{path}.unit", f"{known.sku} has no unit {said.unit}; send one it has.")
    counted = granted(smallest(said.counted, factor, f"{path}.counted", positive=False))
    if counted != known.counted:
        message = f"Line {said.line} was counted otherwise at first; count once more, or reject the first count."
        raise Refused(Code.CONFLICTING_CONTENT, f"{path}.counted", message)


def settled(command: ApproveCount, pending: CountPending, at: datetime) -> CountSettled:
    """Return what has become of a count that waited."""
    state = CountState.APPROVED if command.approved else CountState.REJECTED
    after = replace(pending, state=state, second=command.by)
    return CountSettled(command.site, command.count, command.by, at, after)
