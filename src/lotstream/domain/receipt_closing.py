"""Receipts are closed: what came is compared with what was announced, lot by lot.

A line of an announcement that names a lot is of that lot, or of the supplier's lot; one that names none takes any lot
of its SKU. What is more than awaited counts as over on the last line it belongs to. What of a SKU nobody announced, or
of another lot than the announced one, is unannounced.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from lotstream.domain.checks import Verdicts
from lotstream.domain.codes import Code, Refusal
from lotstream.domain.commands import CloseReceipt, Moment
from lotstream.domain.draft import Draft
from lotstream.domain.events import Event, ReceiptClosed, ReceiptLineTold
from lotstream.domain.goods import RECEIPT, site_unknown
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import Booked, Expected, ExpectedLine, Receipt, ReceiptKey, Status, expected_key


@dataclass(slots=True)
class Came:
    """What came of one lot, by its condition, as far as it is not told yet."""

    sku: str
    lot: str | None
    supplier_lot: str | None
    good: int = 0
    damaged: int = 0
    quarantined: int = 0
    #: Where in the list of lines the last of it is told.
    told_at: int | None = None

    @property
    def units(self) -> int:
        """Return how much is not told yet."""
        return self.good + self.damaged + self.quarantined

    def take(self, line: str | None, quantity: int, *, expected: int) -> ReceiptLineTold:
        """Tell so much of it, good goods first."""
        good = min(self.good, quantity)
        quarantined = min(self.quarantined, quantity - good)
        damaged = quantity - good - quarantined
        self.good, self.damaged, self.quarantined = (
            self.good - good, self.damaged - damaged, self.quarantined - quarantined,
        )  # fmt: skip
        return ReceiptLineTold(line, self.sku, self.lot, expected, quantity, damaged, quarantined)


@dataclass(slots=True)
class _Comparison:
    """Lines of an announcement, and what came against them."""

    left: dict[str, int]
    told: list[ReceiptLineTold] = field(default_factory=list)
    counted: dict[str, int] = field(default_factory=dict)

    def match(self, line: ExpectedLine, came: Came) -> None:
        """Count what came against a line, as far as both go."""
        units = min(self.left[line.line], came.units)
        if units:
            came.told_at = len(self.told)
            self.told.append(came.take(line.line, units, expected=units))
            self.left[line.line] -= units
            self.counted[line.line] = self.counted.get(line.line, 0) + units

    def lack(self, line: ExpectedLine) -> None:
        """Tell what did not come of a line, beside what came last of it."""
        units = self.left[line.line]
        mine = [at for at, one in enumerate(self.told) if one.line == line.line]
        if units and mine:
            self.told[mine[-1]] = replace(self.told[mine[-1]], expected=self.told[mine[-1]].expected + units)
        elif units:
            self.told.append(_short(line, units))

    def rest(self, came: Came, lines: tuple[ExpectedLine, ...]) -> None:
        """Tell what is more than awaited: over on the last line it belongs to, or unannounced."""
        if not came.units:
            return
        if came.told_at is not None:
            one = self.told[came.told_at]
            more = came.take(one.line, came.units, expected=0)
            self.told[came.told_at] = replace(
                one, received=one.received + more.received, damaged=one.damaged + more.damaged,
                quarantined=one.quarantined + more.quarantined,
            )  # fmt: skip
            return
        mine = [line for line in lines if line.sku == came.sku and (_is_of(line, came) or _is_any(line))]
        self.told.append(came.take(mine[-1].line if mine else None, came.units, expected=0))


def close_receipt(ledger: Ledger, command: CloseReceipt, moment: Moment) -> tuple[Event, ...] | Refusal:
    """Decide receipt.closed: what came on a receipt is told once, beside what was announced.

    Without a receipt the rest of an announcement is given up: what did not come is told as short.
    """
    verdicts = Verdicts(command.happened)
    refused = site_unknown(ledger, command.site, noted=verdicts.noted if command.happened else None)
    if refused is not None:
        return refused
    at = command.occurred_at or moment.recorded_at
    draft = Draft(ledger, moment)
    if command.receipt is None:
        closed = _given_up(draft, command, verdicts, at)
    else:
        closed = _closed(draft, command, command.receipt, verdicts, at)
    return closed if isinstance(closed, Refusal) else (*closed, *verdicts.noted)


def _closed(
    draft: Draft, command: CloseReceipt, number: str, verdicts: Verdicts, at: datetime
) -> tuple[Event, ...] | Refusal:
    ledger = draft.ledger
    known = ledger.receipt(ReceiptKey(RECEIPT, number))
    about = {"receipt": number, "expected": command.expected}
    if known is None:
        message = f"Nothing was booked under receipt {number}; check its number."
        return verdicts.object(Code.NOT_AVAILABLE, "receipt", message, about) or ()
    expected = known.expected or command.expected
    if command.expected not in (None, expected):
        message = f"Receipt {number} is of {expected}, not of {command.expected}; check the number."
        refused = verdicts.object(Code.CONFLICTING_CONTENT, "expected", message, about)
        if refused is not None:
            return refused
    if known.told:
        return ()
    return (closing(draft, number, known, expected=expected, by=command.by, at=at),)


def _given_up(draft: Draft, command: CloseReceipt, verdicts: Verdicts, at: datetime) -> tuple[Event, ...] | Refusal:
    name = command.expected
    if name is None:
        return Refusal(Code.FIELD_MISSING, "receipt", "Nothing is named; send the receipt, or what was expected.")
    known = draft.ledger.document(expected_key(name), Expected)
    if known is None or not known.announced:
        message = f"Nobody has announced {name}; check the number."
        return verdicts.object(Code.NOT_AVAILABLE, "expected", message, {"expected": name}) or ()
    if known.closed:
        return ()
    lines = tuple(_short(line, known.left(line)) for line in known.lines if known.left(line))
    return (ReceiptClosed(known.site, None, name, known.supplier, command.by, at, lines, complete=True),)


def closing(
    draft: Draft,
    number: str,
    receipt: Receipt,
    *,
    expected: str | None,
    by: str | None,
    at: datetime,
    lines: Mapping[str, Booked] | None = None,
) -> ReceiptClosed:
    """Return how a receipt is closed, with ``lines`` where what is booked on it changes in this decision."""
    booked = receipt.lines if lines is None else lines
    known = None if expected is None else draft.ledger.document(expected_key(expected), Expected)
    wanted = () if known is None else known.lines
    left = {line.line: known.left(line, but_for=number) for line in wanted} if known is not None else {}
    comparison, came = _Comparison(left), _came(draft, booked)
    for line in wanted:
        for one in came:
            if _is_of(line, one):
                comparison.match(line, one)
    for line in wanted:
        for one in came:
            if one.sku == line.sku and _is_any(line):
                comparison.match(line, one)
    for one in came:
        comparison.rest(one, wanted)
    for line in wanted:
        comparison.lack(line)
    complete = bool(wanted) and not any(comparison.left.values())
    return ReceiptClosed(
        receipt.site, number, expected, None if known is None else known.supplier, by, at,
        tuple(comparison.told), comparison.counted, complete, receipt.told + 1,
    )  # fmt: skip


def _came(draft: Draft, booked: Mapping[str, Booked]) -> list[Came]:
    came: dict[tuple[str, str | None], Came] = {}
    for row, quantity in booked.values():
        lot = draft.lot(row.sku, row.lot)
        one = came.setdefault((row.sku, row.lot), Came(row.sku, row.lot, None if lot is None else lot.supplier_lot))
        if row.status == Status.DAMAGED:
            one.damaged += quantity
        elif row.status == Status.QUARANTINE:
            one.quarantined += quantity
        else:
            one.good += quantity
    return list(came.values())


def _is_of(line: ExpectedLine, came: Came) -> bool:
    """Tell whether goods are of the very lot that a line announces."""
    if line.sku != came.sku:
        return False
    if line.lot is not None and line.lot == came.lot:
        return True
    return line.supplier_lot is not None and line.supplier_lot in (came.supplier_lot, came.lot)


def _is_any(line: ExpectedLine) -> bool:
    return line.lot is None and line.supplier_lot is None


def _short(line: ExpectedLine, units: int) -> ReceiptLineTold:
    return ReceiptLineTold(
        line.line, line.sku, line.lot, units, 0, supplier_lot=line.supplier_lot, made=line.made, expires=line.expires
    )
