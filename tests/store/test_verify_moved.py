"""A verification of owners that went to another partition when the topic was resized."""

from __future__ import annotations

from dataclasses import replace

import asyncpg
import msgspec

from lotstream.domain.events import CustomerDefined, Event, ItemDefined
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import Customer, Item
from lotstream.domain.slots import partition_of
from lotstream.hub.verify import Scope, verify
from lotstream.store.claim import Claim, Log
from lotstream.store.connection import SCHEMA
from lotstream.store.logs import Logs, Start, Why
from lotstream.store.postgres import PostgresStore
from lotstream.store.rows import Batch
from tests.store.build import PARTITIONS, T0, batch, claim, empty_ledger, intake, write

LATER = 4 * PARTITIONS
OWNER = "zenith"
OLD, NEW = (partition_of(OWNER.encode(), count) for count in (PARTITIONS, LATER))


def _decided(before: Claim, ledger: Ledger, event: Event) -> Batch:
    """Return a batch of one record, whole as the hub writes it."""
    written = batch(before, ledger=ledger, events=[event])
    # The hash of a row covers neither its owner nor the days: no site was told of here.
    written.journal = [msgspec.structs.replace(row, owner=OWNER, today={}) for row in written.journal]
    seen = intake(before.next_offset, f"m-{before.log}-{before.next_offset}", partition=before.partition)
    written.intake = [msgspec.structs.replace(seen, owner=OWNER)]
    part = written.partitions[0]
    part.after = replace(part.after, last_message_id=seen.message_id)
    return written


async def _moved(store: PostgresStore, url: str) -> None:
    """Decide one event of an owner in its first partition, resize, and decide another in its second."""
    ledger = empty_ledger(OWNER)
    ledger.items["TEA"] = Item("TEA")
    ledger.touched.items.add("TEA")
    first = await write(store, _decided(await claim(store, OLD), ledger, ItemDefined(Item("TEA"))))
    async with Logs(url, app="test", timeout_s=5.0) as logs:
        starts = [Start(p, *((first.next_offset, T0, "m-1-0") if p == OLD else ())) for p in range(LATER)]
        await logs.begin(Log(2, LATER), starts, after=Log(1, PARTITIONS), epochs={}, why=Why.RESIZED)
    ledger = empty_ledger(OWNER)
    ledger.customers["C-1"] = Customer("C-1")
    ledger.touched.customers.add("C-1")
    await write(store, _decided(await claim(store, NEW), ledger, CustomerDefined(Customer("C-1"))))


async def test_an_owner_is_followed_from_partition_to_partition(store: PostgresStore, database_url: str) -> None:
    """What an owner had decided in two partitions makes one ledger, whether all of it or one owner is looked at."""
    assert OLD != NEW
    await _moved(store, database_url)
    for scope in (Scope(), Scope(owner=OWNER), Scope(partition=NEW)):
        verified = await verify(database_url, scope)
        assert [str(difference) for difference in verified.differences] == []
        assert (verified.owners, verified.journal_rows) == (1, 2)


async def test_what_was_decided_before_the_move_counts(store: PostgresStore, database_url: str) -> None:
    """A row that goes back to the partition before is missed when it is deleted."""
    await _moved(store, database_url)
    connection = await asyncpg.connect(database_url, server_settings={"search_path": SCHEMA})
    await connection.execute("DELETE FROM item")
    await connection.close()
    [difference] = (await verify(database_url)).differences
    assert (difference.table, dict(difference.key)) == ("item", {"owner": OWNER, "sku": "TEA"})
