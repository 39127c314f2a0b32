"""The Faust table `ledgers` (owner → `Ledger`), backed by Postgres instead of a changelog topic.

The unit of loading is the whole owner: 200,000 rows took 1.4 s from Postgres and 71 s from a changelog. Memory is
bounded by the estimated bytes of the owners in it (`lotstream.hub.weight`): the least recently used go, and only after
their commit. An owner above the bound by itself is still loaded and decided, alone.
"""

from __future__ import annotations

import logging
import sys
from collections import Counter, OrderedDict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, cast

from faust import Table
from faust.stores.base import Store as FaustStore
from faust.tables.manager import TableManager
from faust.types import TP

from lotstream.domain.ledger import Ledger, Sites
from lotstream.domain.slots import partition_of
from lotstream.hub.weight import Weight, expected_bytes, weigh
from lotstream.ops.limits import reached, used
from lotstream.ops.metrics import OWNERS_DROPPED, OWNERS_LOADED, Gone
from lotstream.store.seam import Store

LEDGERS = "ledgers"
#: Faust's services log how they start and stop; that is Faust's talk, not a worker's.
FAUST_LOGGER = logging.getLogger("faust")


class LedgerStore(FaustStore[str, Ledger]):
    """Owners in memory, loaded from Postgres by need and dropped when their partition goes."""

    logger = FAUST_LOGGER

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        #: Least recently used first.
        self._ledgers: OrderedDict[str, Ledger] = OrderedDict()
        self._weights: dict[str, Weight] = {}
        #: What owners that were asked for and not loaded yet will take.
        self._expected: dict[str, int] = {}
        #: Owners of batches that are not settled yet, and in how many of these.
        self._held: Counter[str] = Counter()
        #: Bounds, set by the hub from its settings: all owners in memory, and what one reading brings.
        self.bytes_max = sys.maxsize
        self.load_bytes_max = sys.maxsize
        #: Estimated bytes of all owners in memory.
        self.bytes = 0

    def __getitem__(self, owner: str) -> Ledger:
        ledger = self._ledgers[owner]
        self._ledgers.move_to_end(owner)
        return ledger

    def __setitem__(self, owner: str, ledger: Ledger) -> None:
        self._ledgers[owner] = ledger
        self._weigh(owner)

    def __delitem__(self, owner: str) -> None:
        del self._ledgers[owner]
        self.bytes -= self._weights.pop(owner).bytes

    def __iter__(self) -> Iterator[str]:
        return iter(self._ledgers)

    def __len__(self) -> int:
        return len(self._ledgers)

    def __contains__(self, owner: object) -> bool:
        return owner in self._ledgers

    async def weights(self, owners: Collection[str], *, source: Store) -> dict[str, int]:
        """Return the estimated bytes of owners; those that memory lacks are counted in Postgres, in one query."""
        found = {owner: self._bytes_of(owner) for owner in owners}
        unknown = [owner for owner, bytes_ in found.items() if bytes_ is None]
        if unknown:
            sizes = await source.owner_sizes(unknown)
            # An answer of its own: a batch that is being written meanwhile may make room and forget what was expected.
            counted = {owner: expected_bytes(size) for owner, size in sizes.items()}
            self._expected.update(counted)
            found.update(counted)
        return {owner: bytes_ for owner, bytes_ in found.items() if bytes_ is not None}

    def _bytes_of(self, owner: str) -> int | None:
        return self._weights[owner].bytes if owner in self._ledgers else self._expected.get(owner)

    def has_room_beside(self, owners: Iterable[str | None]) -> bool:
        """Tell whether owners, weighed before, fit into the bound beside those of a batch that is being written."""
        held = self._held.keys() & self._ledgers.keys()
        more = {owner for owner in owners if owner is not None} - held
        taken = sum(self._weights[owner].bytes for owner in held)
        return not held or taken + sum(self._bytes_of(owner) or 0 for owner in more) <= self.bytes_max

    async def need(self, owners: Mapping[str, Sites], *, source: Store) -> None:
        """Load those owners that memory lacks and show all their partition's own state; they stay until `settled`.

        An owner may have stayed in memory while the state of its partition was read again. Room is made first, so that
        what is loaded and what it replaces are never in memory together.
        """
        self._held.update(owners.keys())
        for owner in owners.keys() & self._ledgers.keys():
            self._ledgers[owner].sites = owners[owner]
        missing = [owner for owner in owners if owner not in self._ledgers]
        weights = await self.weights(missing, source=source)
        chunks = list(_chunks(weights, self.load_bytes_max))
        if len(chunks) > 1:
            reached("ledger_load_bytes_max")
        for chunk in chunks:
            bytes_ = sum(weights[owner] for owner in chunk)
            used("ledger_load_bytes_max", bytes_)
            self._make_room(bytes_)
            for owner, ledger in (await source.ledgers({owner: owners[owner] for owner in chunk})).items():
                self[owner] = ledger
                self._expected.pop(owner, None)
            OWNERS_LOADED.inc(len(chunk))

    def settled(self, owners: Iterable[str]) -> None:
        """Take note that a batch which needed these owners is in Postgres: nothing of it is only in memory."""
        for owner in owners:
            if owner in self._ledgers and not self._weights[owner].still_fits(self._ledgers[owner]):
                self._weigh(owner)
            self._held[owner] -= 1
            if self._held[owner] <= 0:
                del self._held[owner]

    def drop(self, owners: Iterable[str], *, why: Gone = Gone.FAILED) -> None:
        """Forget owners, so that they are read again: after a failed batch memory is not to be trusted."""
        for owner in owners:
            self._held.pop(owner, None)
            self._expected.pop(owner, None)
            if owner in self._ledgers:
                del self[owner]
                OWNERS_DROPPED.labels(why).inc()

    def drop_partitions(self, partitions: Collection[int], *, of: int) -> None:
        """Forget the owners of partitions that are no longer this worker's."""
        gone = [o for o in {*self._ledgers, *self._expected} if partition_of(o.encode(), of) in partitions]
        self.drop(gone, why=Gone.REVOKED)

    def shrink(self) -> None:
        """Forget the least recently used owners until the bound is kept; the one used last may be above it alone."""
        self._expected.clear()
        last = next(reversed(self._ledgers), None)
        self._make_room(0, keep=last)

    def sizes(self) -> dict[str, int]:
        """Return how many rows of each kind are in memory."""
        weights = self._weights.values()
        return {
            "stock": sum(weight.stock for weight in weights),
            "orders": sum(weight.orders for weight in weights),
            "lots": sum(weight.lots for weight in weights),
            "items": sum(weight.items for weight in weights),
        }

    def _make_room(self, wanted: int, *, keep: str | None = None) -> None:
        """Forget owners that no batch holds, the least recently used first, until so many bytes fit in."""
        if self.bytes + wanted <= self.bytes_max:
            return
        reached("ledger_bytes_max")
        for owner in [owner for owner in self._ledgers if owner not in self._held and owner != keep]:
            if self.bytes + wanted <= self.bytes_max:
                return
            self.drop([owner], why=Gone.MEMORY)

    def _weigh(self, owner: str) -> None:
        before = self._weights.get(owner)
        now = self._weights[owner] = weigh(self._ledgers[owner])
        self.bytes += now.bytes - (before.bytes if before else 0)

    async def on_rebalance(
        self, assigned: set[TP], revoked: set[TP], newly_assigned: set[TP], generation_id: int = 0
    ) -> None:
        """Drop the owners of revoked partitions; what stays is not loaded again."""
        count = cast(Any, self.app).hub.log.partitions
        self.drop_partitions({tp.partition for tp in revoked}, of=count)

    async def need_active_standby_for(self, tp: TP) -> bool:
        """Return False: Postgres is the standby."""
        return False

    def persisted_offset(self, tp: TP) -> int | None:
        """Return None: the offset is in the claim row."""
        return None

    def apply_changelog_batch(self, batch: Iterable[Any], to_key: Any, to_value: Any) -> None:
        """Refuse: there is no changelog."""
        raise NotImplementedError("The ledgers table has no changelog; Postgres holds it.")

    async def backup_partition(self, tp: Any, *args: Any, **kwargs: Any) -> None:
        """Refuse: back up Postgres instead."""
        raise NotImplementedError("The ledgers table is backed up with Postgres.")

    def restore_backup(self, tp: Any, *args: Any, **kwargs: Any) -> None:
        """Refuse: restore Postgres instead."""
        raise NotImplementedError("The ledgers table is restored with Postgres.")

    def reset_state(self) -> None:
        """Forget every owner."""
        self.drop(list(self._ledgers), why=Gone.REVOKED)


def _chunks(weights: Mapping[str, int], bytes_max: int) -> Iterator[list[str]]:
    """Yield owners in groups that are read at once; one above the bound is a group of its own."""
    chunk: list[str] = []
    bytes_ = 0
    for owner, weight in weights.items():
        if chunk and bytes_ + weight > bytes_max:
            yield chunk
            chunk, bytes_ = [], 0
        chunk.append(owner)
        bytes_ += weight
    if chunk:
        yield chunk


class LedgerTable(Table[str, Ledger]):
    """A Faust table without a changelog: what is set here is written by the commit of the batch."""

    logger = FAUST_LOGGER

    async def on_start(self) -> None:
        """Start the store; there is no changelog topic to declare."""
        await self.add_runtime_dependency(self.data)

    def on_key_set(self, key: Any, value: Any) -> None:
        """Do nothing: the commit writes what changed."""

    def on_key_del(self, key: Any) -> None:
        """Do nothing: forgetting an owner deletes nothing."""


class LedgerTables(TableManager):
    """A table manager that subscribes to no changelog."""

    logger = FAUST_LOGGER

    def add(self, table: Any) -> Any:
        """Register a table without a changelog topic."""
        self[table.name] = table
        return table

    async def on_start(self) -> None:
        """Start at once; stock Faust waits a second for late tables."""
        await self._update_channels()
        await self.recovery.start()

    async def _update_channels(self) -> None:
        self._tables_finalized.set()
        for table in self.values():
            await table.maybe_start()
        self._tables_registered.set()
