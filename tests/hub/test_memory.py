"""Which owners stay in memory, and how a poll is cut so that what it needs fits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lotstream.contracts.decode import Decoded
from lotstream.domain.ledger import Ledger, Sites
from lotstream.domain.model import RowKey, StockRow
from lotstream.hub.app import build_app, ledger_store
from lotstream.hub.ledgers import LedgerStore
from lotstream.hub.portions import OWNERS_SHARE, portions
from lotstream.hub.records import Entry
from lotstream.hub.weight import OWNER_BYTES, STOCK_BYTES
from lotstream.ops.metrics import OWNERS_DROPPED, OWNERS_LOADED, Gone
from lotstream.settings import Settings
from lotstream.store.rows import OwnerSize
from lotstream.store.seam import Store

SITES = Sites()
#: What an owner of these tests takes by its rows.
ROWS = {"small": 10, "large": 1_000, "huge": 100_000}
AN_ENTRY = Entry(0, 0, datetime(2026, 1, 1, tzinfo=UTC), None, None, ())


class Postgres:
    """Owners whose names say how many rows they have, and what was asked for."""

    def __init__(self) -> None:
        self.counted: list[str] = []
        self.loads: list[set[str]] = []
        #: Looks at what is in memory while owners are loaded, and what it saw.
        self.beside: Callable[[], set[str]] = set
        self.seen: list[set[str]] = []

    async def owner_sizes(self, owners: list[str]) -> dict[str, OwnerSize]:
        self.counted += owners
        return {owner: OwnerSize(stock=_rows(owner)) for owner in owners}

    async def ledgers(self, owners: Mapping[str, Sites]) -> dict[str, Ledger]:
        self.loads.append(set(owners))
        self.seen.append(self.beside())
        return {owner: _ledger(owner, sites) for owner, sites in owners.items()}


@pytest.fixture
def postgres() -> Postgres:
    """A database that has every owner it is asked for."""
    return Postgres()


@pytest.fixture
def ledgers() -> LedgerStore:
    """A worker's memory without a worker."""
    app = build_app(Settings())
    app.finalize()
    return ledger_store(app)


async def needed(ledgers: LedgerStore, postgres: Postgres, *owners: str) -> None:
    """Load what memory lacks of owners for a batch that is not over."""
    await ledgers.need(dict.fromkeys(owners, SITES), source=cast(Store, postgres))


async def used(ledgers: LedgerStore, postgres: Postgres, *owners: str) -> None:
    """Use owners in a batch of their own and let it be committed."""
    await needed(ledgers, postgres, *owners)
    for owner in owners:
        assert ledgers[owner].owner == owner
    ledgers.settled(owners)
    ledgers.shrink()


@pytest.mark.limit("ledger_bytes_max")
async def test_the_least_recently_used_go_first(ledgers: LedgerStore, postgres: Postgres) -> None:
    """With room for two large owners the third takes the place of the one that was used longest ago."""
    ledgers.bytes_max = 2 * weight("large-1")
    for owner in ("large-1", "large-2", "large-1", "large-3"):
        await used(ledgers, postgres, owner)
    assert set(ledgers) == {"large-1", "large-3"}
    assert ledgers.bytes == 2 * weight("large-1")


async def test_owners_of_a_batch_under_way_stay(ledgers: LedgerStore, postgres: Postgres) -> None:
    """What a batch changed and Postgres does not have yet is never forgotten, however little room there is."""
    ledgers.bytes_max = weight("large-1")
    await needed(ledgers, postgres, "large-1")
    await needed(ledgers, postgres, "large-2")
    ledgers.shrink()
    assert set(ledgers) == {"large-1", "large-2"}
    ledgers.settled(["large-1"])
    ledgers.shrink()
    assert set(ledgers) == {"large-2"}


async def test_an_owner_needed_by_two_batches_stays_until_both_are_over(
    ledgers: LedgerStore, postgres: Postgres
) -> None:
    """A batch that is decided while the one before it commits keeps the owner that both of them use."""
    ledgers.bytes_max = 1
    for _ in range(2):
        await needed(ledgers, postgres, "large-1", "small-1")
    ledgers.settled(["large-1", "small-1"])
    ledgers.shrink()
    assert set(ledgers) == {"large-1", "small-1"}


async def test_one_owner_above_the_bound_is_kept_while_it_is_the_one_in_use(
    ledgers: LedgerStore, postgres: Postgres
) -> None:
    """A huge owner is loaded once for batch after batch of its own, and goes as soon as another one is used."""
    ledgers.bytes_max = weight("large-1")
    for _ in range(3):
        await used(ledgers, postgres, "huge-1")
    assert postgres.loads == [{"huge-1"}]
    await used(ledgers, postgres, "small-1")
    assert set(ledgers) == {"small-1"}


async def test_room_is_made_before_loading(ledgers: LedgerStore, postgres: Postgres) -> None:
    """Owners are counted in Postgres and others dropped first, so that old and new are never in memory together."""
    ledgers.bytes_max = 3 * weight("large-1")
    await used(ledgers, postgres, "large-1", "large-2", "large-3")
    postgres.beside = lambda: set(ledgers)
    await needed(ledgers, postgres, "large-4", "large-5")
    assert postgres.seen[-1] == {"large-3"}


@pytest.mark.limit("ledger_load_bytes_max")
async def test_so_much_is_read_at_once(ledgers: LedgerStore, postgres: Postgres) -> None:
    """Owners are read in groups within the bound on one reading; a huge one is a group of its own."""
    ledgers.load_bytes_max = 2 * weight("large-1")
    await needed(ledgers, postgres, "large-1", "large-2", "large-3", "huge-1")
    assert postgres.loads == [{"large-1", "large-2"}, {"large-3"}, {"huge-1"}]


async def test_each_owner_is_counted_once(ledgers: LedgerStore, postgres: Postgres) -> None:
    """Cutting a poll and loading its owners asks for their sizes once; those in memory are not asked for at all."""
    owners = ["small-1", "large-1"]
    weights = await ledgers.weights(owners, source=cast(Store, postgres))
    await needed(ledgers, postgres, *owners)
    assert await ledgers.weights(owners, source=cast(Store, postgres)) == weights
    assert postgres.counted == owners


async def test_what_a_rebalance_leaves_is_not_loaded_again(ledgers: LedgerStore, postgres: Postgres) -> None:
    """When partitions go, their owners are dropped and counted as revoked; the others stay and are not read again."""
    owners = [f"small-{number}" for number in range(64)]
    await used(ledgers, postgres, *owners)
    loaded, revoked = OWNERS_LOADED._value.get(), OWNERS_DROPPED.labels(Gone.REVOKED)._value.get()
    ledgers.drop_partitions({0, 1, 2, 3}, of=8)
    gone = set(owners) - set(ledgers)
    assert 0 < len(gone) < len(owners)
    await used(ledgers, postgres, *ledgers)
    assert OWNERS_LOADED._value.get() == loaded
    assert OWNERS_DROPPED.labels(Gone.REVOKED)._value.get() == revoked + len(gone)
    assert ledgers.bytes == sum(weight(owner) for owner in ledgers)


async def test_a_failed_batch_leaves_no_count_behind(ledgers: LedgerStore, postgres: Postgres) -> None:
    """Owners dropped after a failed batch weigh nothing and are held by nobody, and are read again when needed."""
    await needed(ledgers, postgres, "large-1")
    ledgers.drop(["large-1"])
    assert (len(ledgers), ledgers.bytes) == (0, 0)
    await used(ledgers, postgres, "large-1")
    ledgers.bytes_max = 1
    await used(ledgers, postgres, "small-1")
    assert set(ledgers) == {"small-1"}


async def test_growth_is_noticed_when_a_batch_is_over(ledgers: LedgerStore, postgres: Postgres) -> None:
    """An owner that has grown in memory is weighed again once its batch is committed."""
    await needed(ledgers, postgres, "small-1")
    ledgers["small-1"].stock.update(_ledger("large-1", SITES).stock)
    ledgers.settled(["small-1"])
    assert ledgers.bytes == weight("small-1") + (ROWS["large"] - ROWS["small"]) * STOCK_BYTES
    assert ledgers.sizes()["stock"] == ROWS["large"]


@given(
    st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 50)), max_size=40),
    st.fixed_dictionaries({owner: st.integers(1, 100) for owner in "abcdef"}),
    st.integers(1, 200),
    st.integers(1, 200),
)
def test_a_poll_is_cut_in_order_and_within_its_bounds(
    records: list[tuple[str, int]], weights: dict[str, int], owners_max: int, batch_max: int
) -> None:
    """The parts together are the poll in its order, none is empty, and each keeps both bounds or is one record."""
    entries = [entry(number, owner, size) for number, (owner, size) in enumerate(records)]
    parts = list(portions(entries, weights, owners_bytes_max=owners_max, batch_bytes_max=batch_max))
    assert [e for part in parts for e in part] == entries
    for part in parts:
        assert part
        owners = {e.decoded.owner for e in part if e.decoded}
        loaded = sum(weights[owner] for owner in owners if owner)
        bytes_ = sum(len(e.value or b"") for e in part)
        if len(owners) > 1:
            assert loaded <= owners_max // OWNERS_SHARE
        assert len(part) == 1 or bytes_ <= batch_max


@pytest.mark.limit("batch_bytes_max")
def test_a_poll_of_more_than_batch_bytes_max_is_cut() -> None:
    """Records of more bytes than one batch may hold together are decided in several, in their order."""
    entries = [entry(number, "a", 10) for number in range(3)]
    limit = Settings(batch_bytes_max=2048).batch_bytes_max - 2023
    assert list(portions(entries, {"a": 5}, owners_bytes_max=10, batch_bytes_max=limit)) == [entries[:2], entries[2:]]


def test_what_fits_is_one_batch() -> None:
    """Records without an owner cost no owner's memory, and a poll that fits is not cut."""
    broadcast = replace(AN_ENTRY, value=b"{}")
    entries = [entry(0, "a", 10), broadcast, entry(1, "a", 10)]
    assert list(portions(entries, {"a": 5}, owners_bytes_max=10, batch_bytes_max=22)) == [entries]


def entry(offset: int, owner: str, size: int) -> Entry:
    """Return a record of an owner with a value of some size."""
    decoded: Any = object.__new__(Decoded)
    object.__setattr__(decoded, "owner", owner)
    return replace(AN_ENTRY, offset=offset, value=b"x" * size, decoded=decoded)


def weight(owner: str) -> int:
    """Return the estimated bytes of an owner of these tests."""
    return OWNER_BYTES + _rows(owner) * STOCK_BYTES


def _rows(owner: str) -> int:
    return ROWS[owner.partition("-")[0]]


def _ledger(owner: str, sites: Sites) -> Ledger:
    ledger = Ledger(owner, sites)
    for number in range(_rows(owner)):
        key = RowKey("SKU-1", None, "NORTH", f"A-{number}")
        ledger.stock[key] = StockRow(key, 1)
    return ledger
