"""Another lot is scanned for a task of a wave: the promises of as many of its orders are swapped as may have it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from lotstream.domain.by_lot import is_by_lot
from lotstream.domain.codes import Code, Refusal
from lotstream.domain.commands import ScanLot
from lotstream.domain.kit_lines import as_part
from lotstream.domain.model import OrderKey
from lotstream.domain.scan_plans import Scan, unpicked
from lotstream.domain.scanning import counted, not_granted, swap, swapped
from lotstream.domain.wave_parts import WavePart
from lotstream.domain.wave_work import Outcome, Work, check_line


def scan_for_wave(work: Work, said: ScanLot) -> Outcome:
    """Decide pick.scanned of a task of a wave; one that has happened and cannot be granted is noted."""
    refused = check_line(said.line, said.task, "") if said.line is not None else None
    if refused is not None:
        return replace(refused, field="line")
    outcome = _swap(work, said)
    if isinstance(outcome, Refusal) and said.happened and outcome.code not in _SAID_WRONG:
        return not_granted(said, outcome, work.wave)
    return outcome


_SAID_WRONG = (Code.UNKNOWN_UNIT, Code.NOT_A_MULTIPLE, Code.NOT_POSITIVE, Code.TOO_LARGE)
"""What is wrong with a scan as it was told, whether it has happened or not."""


def _swap(work: Work, said: ScanLot) -> Outcome:
    """Swap promises of a task for the scanned lot, whoever comes first first; who may not have it keeps the old one."""
    scans = list(_scans(work, said))
    if not scans:
        expected = "stock" if said.expected is None else f"lot {said.expected}"
        message = f"No {expected} is promised by wave {work.wave} and not picked; scan for what its tasks say."
        return Refusal(Code.NOT_RESERVED, "expected", message)
    if work.draft.ledger.sites.lot_tasks:
        work.draft.orders.update(work.orders)
    wanted, refusals, done = _wanted(scans), list[Refusal](), list[Scan]()
    if isinstance(wanted, Refusal):
        return wanted
    for scan in scans:
        work.draft.orders[scan.order.key] = scan.order
        scan.losses, scan.tasks, scan.kept = scans[0].losses, scans[0].tasks, scans[0].kept
        scan.wanted = min(scan.wanted, wanted)
        refused = _not_held(scan) or swap(scan)
        if refused is not None and scan.changes:
            # A part of it was brought to the bin already, which has to be undone.
            return refused
        if refused is None:
            done.append(scan)
            wanted -= sum(part.quantity for part in scan.taken) or scan.wanted
        else:
            refusals.append(refused)
        if wanted <= 0:
            break
    return refusals[0] if refusals and not any(scan.taken for scan in done) else swapped(done)


def _scans(work: Work, said: ScanLot) -> Iterator[Scan]:
    """Yield a scan for each line that the task serves."""
    parts = [
        one
        for one in work.parts(said.task)
        if one.part.quantity > one.part.picked
        and said.expected in (None, one.part.row.lot)
        and (said.location in (None, one.part.row.location) or is_by_lot(one.task))
    ]
    keeping = frozenset(one.order.key for one in parts)
    lines: dict[tuple[OrderKey, str, str], list[WavePart]] = {}
    for one in parts:
        lines.setdefault((one.order.key, one.line.line, one.part.row.sku), []).append(one)
    for (key, _, sku), mine in lines.items():
        line = mine[0].line
        meant = as_part(work.draft, line, sku) if line.parts else line
        promises = [one.part for one in mine]
        command = replace(said, key=key)
        yield Scan(work.draft, command, mine[0].order, meant, promises, unpicked(promises), keeping)


def _wanted(scans: list[Scan]) -> int | Refusal:
    """Return how much the scan is for in all."""
    everything, first = sum(scan.wanted for scan in scans), replace(scans[0])
    first.wanted = everything
    return counted(first) or first.wanted


def _not_held(scan: Scan) -> Refusal | None:
    if scan.order.held is None:
        return None
    message = f"Order {scan.order.key.order} is held ({scan.order.held}); have it released first."
    return Refusal(Code.ON_HOLD, "task", message)
