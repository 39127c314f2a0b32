"""The commit: everything a batch has decided, in one transaction that holds only while its claims do.

First the claims move forward, each only from where its holder last saw it; a row that does not match ends the
transaction before anything is written. Rows that are only added go by COPY; state goes by one statement per table over
arrays, sorted by key. All values are made before the transaction begins, so that it waits for nothing but the disk.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from lotstream.errors import ClaimLost
from lotstream.store.added import added_rows
from lotstream.store.codec import encode_days
from lotstream.store.connection import Database
from lotstream.store.rows import Batch, PartitionBatch
from lotstream.store.sql import queries
from lotstream.store.state import state_rows

if TYPE_CHECKING:
    from lotstream.store.connection import Connection

SQL = queries("commit")

Row = tuple[Any, ...]


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
        added, state = added_rows(batch), state_rows(batch)
        async with self._database.transaction() as connection:
            await write_claims(connection, batch.partitions)
            for table, (columns, rows) in added.items():
                await connection.copy_records_to_table(table, records=rows, columns=columns)
            for query, values in state.items():
                await connection.execute(SQL[query], *zip(*values, strict=True))


async def write_claims(connection: Connection, partitions: Sequence[PartitionBatch]) -> None:
    """Move claims forward; raises `ClaimLost` unless every one is as its holder last saw it."""
    rows = [_claim(part) for part in sorted(partitions, key=lambda part: part.after.partition)]
    moved = {row["partition"] for row in await connection.fetch(SQL["claims"], *zip(*rows, strict=True))}
    lost = [part.after.partition for part in partitions if part.after.partition not in moved]
    if lost:
        raise ClaimLost(f"Partitions {sorted(lost)} are no longer as this worker last wrote them; nothing was written.")


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
        after.relay_position,
    )
