"""Receipts are closed: what came is told once, beside what was announced."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from lotstream.domain.checks import Verdicts
from lotstream.domain.codes import Code, Refused, stop_if
from lotstream.domain.commands import CloseReceipt, Moment
from lotstream.domain.draft import Draft
from lotstream.domain.events import Event, ReceiptClosed
from lotstream.domain.goods import RECEIPT, site_unknown
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import Booked, Expected, Receipt, ReceiptKey, RowKey, expected_key
from lotstream.domain.receipt_comparing import Supplied, came_of, compare, short_of, supplied


def close_receipt(ledger: Ledger, command: CloseReceipt, moment: Moment) -> tuple[Event, ...]:
    """Decide receipt.closed: what came on a receipt is told once, beside what was announced.

    Without a receipt the rest of an announcement is given up: what did not come is told as short.
    """
    verdicts = Verdicts(command.happened)
    stop_if(site_unknown(ledger, command.site, noted=verdicts.noted if command.happened else None))
    at = command.occurred_at or moment.recorded_at
    draft = Draft(ledger, moment)
    if command.receipt is None:
        closed = _given_up(draft, command, verdicts, at)
    else:
        closed = _closed(draft, command, command.receipt, verdicts, at)
    return (*closed, *verdicts.noted)


def _closed(draft: Draft, command: CloseReceipt, number: str, verdicts: Verdicts, at: datetime) -> tuple[Event, ...]:
    ledger = draft.ledger
    known = ledger.receipt(ReceiptKey(RECEIPT, number))
    about = {"receipt": number, "expected": command.expected}
    if known is None:
        message = f"Nothing was booked under receipt {number}; check its number."
        verdicts.object(Code.NOT_AVAILABLE, "receipt", message, about)
        return ()
    expected = known.expected or command.expected
    if command.expected not in (None, expected):
        message = f"Receipt {number} is of {expected}, not of {command.expected}; check the number."
        verdicts.object(Code.CONFLICTING_CONTENT, "expected", message, about)
    if known.told:
        return ()
    return (closing(draft, number, known, expected=expected, by=command.by, at=at),)


def _given_up(draft: Draft, command: CloseReceipt, verdicts: Verdicts, at: datetime) -> tuple[Event, ...]:
    name = command.expected
    if name is None:
        raise Refused(Code.FIELD_MISSING, "receipt", "Nothing is named; send the receipt, or what was expected.")
    known = draft.ledger.document(expected_key(name), Expected)
    if known is None or not known.announced:
        message = f"Nobody has announced {name}; check the number."
        verdicts.object(Code.NOT_AVAILABLE, "expected", message, {"expected": name})
        return ()
    if known.closed:
        return ()
    lines = tuple(short_of(line, known.left(line)) for line in known.lines if known.left(line))
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
    weights: Mapping[str, int] | None = None,
) -> ReceiptClosed:
    """Return how a receipt is closed, with ``lines`` where what is booked on it changes in this decision.

    ``weights`` are those of these lines.
    """
    booked = receipt.lines if lines is None else lines
    known = None if expected is None else draft.ledger.document(expected_key(expected), Expected)
    wanted = () if known is None else known.lines
    left = {line.line: known.left(line, but_for=number) for line in wanted} if known is not None else {}
    weighed = receipt.weights if weights is None else weights
    comparison = compare(wanted, left, came_of(booked, lambda row: _supplied(draft, row, known), weighed))
    complete = bool(wanted) and not any(comparison.left.values())
    return ReceiptClosed(
        receipt.site, number, expected, None if known is None else known.supplier, by, at,
        tuple(comparison.told), comparison.counted, complete, receipt.told + 1,
    )  # fmt: skip


def _supplied(draft: Draft, row: RowKey, announced: Expected | None) -> Supplied:
    lot = draft.lot(row.sku, row.lot)
    return Supplied() if lot is None else supplied(announced, lot.supplier, lot.supplier_lot)
