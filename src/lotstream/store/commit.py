"""The commit: everything a batch has decided, in one transaction that holds only while its claims do.

First the claims move forward, each only from where its holder last saw it; a row that does not match ends the
transaction before anything is written. Rows that are only added come in by COPY. State comes in by one statement per
table over arrays, sorted by key; stock rows, of which a batch has most, by COPY into a staging table of the session and
from there, because COPY costs the worker a quarter of what arrays cost. All values are made before the transaction
begins, so that it waits for nothing but the server.

What one call may last is meant for so many rows. A batch of more, as when a recall moves what tens of thousands of
orders were promised, is written by more statements, and its transaction may last as many calls.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from lotstream.errors import ClaimLost
from lotstream.ops.crash import CrashPoint, crash_point
from lotstream.store import added, state
from lotstream.store.codec import encode_days, encode_numbers
from lotstream.store.connection import Database
from lotstream.store.rows import Batch, PartitionBatch, Row, StateRows
from lotstream.store.sql import queries

if TYPE_CHECKING:
    from lotstream.store.connection import Connection

SQL = queries("commit")

ROWS_MAX: Final = 20_000
"""Rows that one statement writes at most."""


class Commits:
    """The one way anything is written."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def commit(self, batch: Batch) -> None:
        """Write a batch in one transaction.

        Raises `ClaimLost` when a claim is no longer as expected and `ConstraintViolated` when the database refuses a
        row; nothing is written then. After `PostgresUnreachable` it is not known whether the batch was written: read
        the claims.
        """
        rows, changed = added.added_rows(batch), batch.state
        replaced = {**state.shared_rows(batch), **changed.replaced, "sales_order": changed.changed}
        async with self._database.transaction(calls=_calls(rows, changed, replaced)) as connection:
            await write_claims(connection, batch.partitions)
            for table, tuples in rows.items():
                await add(connection, table, tuples, columns=added.COLUMNS[table])
            await add(connection, "sales_order", changed.recorded, columns=state.ORDER_COLUMNS)
            await replace_stock(connection, changed.stock)
            for query, tuples in replaced.items():
                await replace(connection, query, tuples)
            crash_point(CrashPoint.INSIDE_TRANSACTION)


async def create_staging(connection: Connection) -> None:
    """Make the staging table of a session."""
    await connection.execute(SQL["create_staging"])


async def write_claims(connection: Connection, partitions: Sequence[PartitionBatch]) -> None:
    """Move claims forward; raises `ClaimLost` unless every one is as its holder last saw it."""
    rows = [_claim(part) for part in sorted(partitions, key=lambda part: part.after.partition)]
    moved = {row["partition"] for row in await connection.fetch(SQL["claims"], *zip(*rows, strict=True))}
    lost = [part.after.partition for part in partitions if part.after.partition not in moved]
    if lost:
        raise ClaimLost(f"Partitions {sorted(lost)} are no longer as this worker last wrote them; nothing was written.")


async def add(connection: Connection, table: str, rows: Sequence[Row], *, columns: tuple[str, ...]) -> None:
    """Add rows to a table."""
    for piece in _pieces(rows):
        await connection.copy_records_to_table(table, records=piece, columns=columns)


async def replace(connection: Connection, query: str, rows: Sequence[Row]) -> None:
    """Put rows in the place of those with the same key."""
    for piece in _pieces(rows):
        await connection.execute(SQL[query], *zip(*piece, strict=True))


async def replace_stock(connection: Connection, rows: Sequence[Row]) -> None:
    """Put stock rows in the place of those with the same key."""
    for number, piece in enumerate(_pieces(rows)):
        if number:
            await connection.execute(SQL["empty_staging"])
        await add(connection, "stock_in", piece, columns=state.STOCK_COLUMNS)
        await connection.execute(SQL["stock"])


def _pieces(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    if len(rows) <= ROWS_MAX:
        return iter((rows,) if rows else ())
    return (rows[first : first + ROWS_MAX] for first in range(0, len(rows), ROWS_MAX))


def _calls(added: Mapping[str, Sequence[Row]], changed: StateRows, replaced: Mapping[str, Sequence[Row]]) -> int:
    """Return how many calls a transaction may last: one for each so many rows."""
    counts = (*map(len, added.values()), *map(len, replaced.values()), len(changed.stock), len(changed.recorded))
    return 1 + sum(counts) // ROWS_MAX


def _claim(part: PartitionBatch) -> Row:
    before, after = part.before, part.after
    return (
        before.partition,
        before.log,
        before.epoch,
        before.holder,
        before.next_offset,
        after.next_offset,
        encode_days(after.today),
        after.chain,
        after.broadcast_seen,
        after.append_time,
        after.last_append_time,
        after.last_message_id,
        encode_numbers(after.turned),
        after.broadcast_answered,
        after.relay_position,
    )
