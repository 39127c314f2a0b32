"""Rows that are only ever added: intake, journal, outbox, dead letters, shipment lines, histories of lots, recalls, as
COPY takes them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Final

from lotstream import __version__
from lotstream.domain.model import RowKey
from lotstream.domain.slots import slot
from lotstream.store.codec import encode_days, encode_headers
from lotstream.store.rows import (
    Batch,
    DeadLetterRow,
    IntakeRow,
    JournalRow,
    LotHistoryRow,
    OutboxRow,
    RecallRunRow,
    Row,
    ShipmentLineRow,
)

_PLACE: Final = ("log", "partition", "offset")

COLUMNS: Final = {
    "intake": (*_PLACE, "recorded_at", "outcome", "source", "message_id", "type", "owner", "code", "field", "message"),
    "journal": (*_PLACE, "index", "recorded_at", "owner", "source", "order", "type", "today", "hash", "body", "code"),
    "outbox": (*_PLACE, "index", "recorded_at", "id", "topic", "type", "key", "headers", "value"),
    "dead_letter": (*_PLACE, "recorded_at", "code", "field", "message", "key", "headers", "value"),
    "shipment_line": (
        *(*_PLACE, "index", "shipped_at", "quantity", "expires", "slot", "owner", "shipment", "source", "order"),
        *("line", "sku", "lot", "customer", "person", "city", "postcode", "country", "sign"),
        *("site", "location", "status", "region", "cost", "weight_g"),
    ),
    "lot_history": (
        *(*_PLACE, "index", "at", "recorded_at", "quantity", "slot", "owner", "sku", "lot", "kind", "site", "location"),
        *("status", "to_site", "to_location", "to_status", "document", "number", "line", "source", "order", "by"),
        *("reason", "code", "weight_g"),
    ),
    # When it was listed is said by the table itself.
    "recall_run": (
        *(*_PLACE, "index", "asked_at", "lots", "units_held", "units_left", "orders", "customers", "consignees"),
        *("slot", "drill", "owner", "recall"),
    ),
}
"""Columns by table, in the order of the tuples below."""


def added_rows(batch: Batch) -> dict[str, list[Row]]:
    """Return what a batch adds, by table, as tuples. Tables without rows are left out."""
    log = {part.after.partition: part.after.log for part in batch.partitions}
    rows = {
        "intake": [_intake(log[row.partition], row) for row in batch.intake],
        "journal": _journal(log, batch.journal),
        "outbox": [_outbox(log[row.partition], row) for row in batch.outbox],
        "dead_letter": [_dead_letter(log[row.partition], row) for row in batch.dead_letters],
        "shipment_line": [shipment_line_row(log[row.partition], row) for row in batch.shipment_lines],
        "lot_history": [lot_history_row(log[row.partition], row) for row in batch.lot_history],
        "recall_run": [recall_run_row(log[row.partition], row) for row in batch.recall_runs],
    }
    return {table: tuples for table, tuples in rows.items() if tuples}


def _intake(log: int, row: IntakeRow) -> Row:
    return (
        log,
        row.partition,
        row.offset,
        row.recorded_at,
        row.outcome,
        row.source,
        row.message_id,
        row.type,
        row.owner,
        row.code,
        row.field,
        row.message,
    )


def _journal(log: dict[int, int], rows: Iterable[JournalRow]) -> list[Row]:
    days = _days_once()
    return [_journal_row(log[row.partition], row, days(row.today)) for row in rows]


def _journal_row(log: int, row: JournalRow, today: str) -> Row:
    source, order = row.order or (None, None)
    return (
        log,
        row.partition,
        row.offset,
        row.index,
        row.recorded_at,
        row.owner,
        source,
        order,
        row.type,
        today,
        row.hash,
        row.body.decode(),
        __version__,
    )


def _days_once() -> Callable[[dict[str, date]], str]:
    """Return a function that writes days as text and remembers the last: rows of a partition share them."""
    last: tuple[dict[str, date], str] = ({}, "{}")

    def text(days: dict[str, date]) -> str:
        nonlocal last
        if days != last[0]:
            last = dict(days), encode_days(days)
        return last[1]

    return text


def _outbox(log: int, row: OutboxRow) -> Row:
    return (
        log,
        row.partition,
        row.offset,
        row.index,
        row.recorded_at,
        row.id,
        row.topic,
        row.type,
        row.key,
        encode_headers(row.headers),
        row.value,
    )


def _dead_letter(log: int, row: DeadLetterRow) -> Row:
    headers = encode_headers(row.headers)
    return (
        *(log, row.partition, row.offset, row.recorded_at, row.code, row.field, row.message, row.key, headers),
        row.value,
    )


def shipment_line_row(log: int, row: ShipmentLineRow) -> Row:
    """Return what left for an order line as the columns of ``shipment_line``."""
    return (
        log,
        row.partition,
        row.offset,
        row.index,
        row.shipped_at,
        row.quantity,
        row.expires,
        slot(row.owner.encode()),
        row.owner,
        row.shipment,
        row.source,
        row.order,
        row.line,
        row.sku,
        row.lot,
        row.customer,
        row.person,
        row.city,
        row.postcode,
        row.country,
        row.sign,
        row.site,
        row.location,
        row.status,
        row.region,
        row.cost,
        row.weight_g,
    )


def lot_history_row(log: int, row: LotHistoryRow) -> Row:
    """Return what became of a lot as the columns of ``lot_history``."""
    move = row.move
    return (
        *(log, row.partition, row.offset, row.index, row.at, row.recorded_at, move.quantity, slot(row.owner.encode())),
        *(row.owner, move.sku, move.lot, move.kind.value, *_stands(move.row), *_stands(move.to)),
        *(row.document or (move.document, move.number)),
        *(move.line, *(row.order or (None, None)), row.by, move.reason, move.code, move.weight_g or None),
    )


def recall_run_row(log: int, row: RecallRunRow) -> Row:
    """Return a recall or a drill as the columns of ``recall_run``."""
    return (
        *(log, row.partition, row.offset, row.index, row.asked_at, row.lots, row.units_held, row.units_left),
        *(row.orders, row.customers, row.consignees, slot(row.owner.encode()), row.drill, row.owner, row.recall),
    )


def _stands(row: RowKey | None) -> Row:
    return (None, None, None) if row is None else (row.site, row.location, row.status)
