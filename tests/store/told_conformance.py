"""Who is behind what every partition was told, and when whoever told it may be answered: for every store of the hub."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from lotstream.domain.ledger import Ledger, Sites
from lotstream.domain.model import Lot, OrderKey, OwnerClock
from lotstream.domain.progress import Progress, Scope, Walk
from lotstream.domain.slots import partition_of, slot
from lotstream.store.rows import BroadcastOutcome, ClockDue, IntakeRow, Outcome, OwnerPart, TitleRow
from lotstream.store.seam import Store
from tests.store.build import PARTITIONS, T0, after, batch, claim, empty_ledger, order, write

HUB = "lotstream"
DAY = "lotstream.day.opened.v1"
OLD = timedelta(days=99)


OpenStore = Callable[[], Awaitable[Store]]
"""Opens another session on the same database; its log is begun and nothing else is in it."""


async def hear(store: Store, number: int, *partitions: int) -> None:
    """Let partitions decide a broadcast after which promises may have to move; all of them when none is named."""
    for partition in partitions or range(PARTITIONS):
        written = batch(await claim(store, partition))
        written.partitions[0].after = replace(after(written), turned={"TOR": number}, broadcast_seen=number)
        await store.commit(written)


def in_partition(partition: int) -> str:
    """Return an owner of a partition."""
    names = (f"owner-{number}" for number in range(1000))
    return next(name for name in names if partition_of(name.encode(), PARTITIONS) == partition)


def with_order(owner: str, name: str = "#1", *, closed: bool = False) -> Ledger:
    """Return an owner that has touched one order."""
    ledger, placed = empty_ledger(owner), order(name)
    (ledger.closed if closed else ledger.orders)[placed.key] = placed
    ledger.touched.orders.add(placed.key)
    return ledger


def told(offset: int, message_id: str, outcome: Outcome = Outcome.DONE, *why: str) -> IntakeRow:
    """Return what became of something that a partition was told."""
    return IntakeRow(0, offset, HUB, message_id, DAY, None, outcome, T0, *why)


async def with_lots(store: Store, owner: str, days: Iterable[int | None]) -> None:
    """Give an owner lots that expire so many days after the first; None: that never do."""
    ledger = empty_ledger(owner)
    for number, day in enumerate(days):
        lot = Lot("TEA", f"L{number}", expires=None if day is None else T0.date() + timedelta(days=day))
        ledger.lots[lot.sku, lot.lot] = lot
        ledger.touched.lots.add((lot.sku, lot.lot))
    await write(store, batch(await claim(store, partition_of(owner.encode(), PARTITIONS)), ledger=ledger))


async def with_clock(store: Store, owner: str, clock: OwnerClock) -> OwnerPart:
    """Say when an owner without orders is to be looked at next; returns it as one that is behind."""
    ledger = empty_ledger(owner)
    ledger.clock, ledger.touched.clock = clock, True
    await write(store, batch(await claim(store, partition_of(owner.encode(), PARTITIONS)), ledger=ledger))
    return OwnerPart(owner, slot(owner.encode()), 0)


async def with_open_order(
    store: Store, owner: str, progress: Progress | None = None, *, name: str = "#1", clock: OwnerClock | None = None
) -> OwnerPart:
    """Give an owner an open order, and say how far it is; returns it as one that is behind."""
    ledger = with_order(owner, name)
    if clock is not None:
        ledger.clock, ledger.touched.clock = clock, True
    if progress is not None:
        ledger.progress, ledger.touched.progress = progress, True
    await write(store, batch(await claim(store, partition_of(owner.encode(), PARTITIONS)), ledger=ledger))
    return OwnerPart(owner, slot(owner.encode()), 0 if progress is None else progress.step)


class BroadcastConformance:
    """Broadcasts: numbered once per business key, without gaps."""

    async def test_same_key_has_one_number(self, store: Store) -> None:
        """A command said again gets the number it has and keeps its first body; another key gets the next number."""
        assert await store.add_broadcast("day.opened", key="TOR/2026-09-01", body=b"1") == 1
        assert await store.add_broadcast("day.opened", key="TOR/2026-09-02", body=b"2") == 2
        assert await store.add_broadcast("day.opened", key="TOR/2026-09-01", body=b"other") == 1
        assert await store.add_broadcast("site.defined", key="TOR/2026-09-01", body=b"3") == 3
        assert [(b.number, b.body) for b in await store.broadcasts(after=1, limit=9)] == [(2, b"2"), (3, b"3")]
        assert [b.number for b in await store.broadcasts(after=0, limit=2)] == [1, 2]

    async def test_rivals_number_without_gaps(self, store: Store, open_store: OpenStore) -> None:
        """Two processes that add the same ten commands at once number ten, from one to ten."""
        other = await open_store()
        numbers = await asyncio.gather(
            *(one.add_broadcast("t", key=str(key), body=b"") for key in range(10) for one in (store, other))
        )
        assert numbers[::2] == numbers[1::2]
        assert sorted(numbers[::2]) == list(range(1, 11))


class ToldConformance:
    """Owners that are behind, and broadcasts that all have passed."""

    async def test_progress_comes_back_as_it_was(self, store: Store) -> None:
        """How far an owner is, with a walk under way and what is due after it, is read back to the last field."""
        at = datetime(2026, 9, 1, 8, 30, 0, 123456, UTC)
        walk = Walk(Scope(("TOR",), ("A",), ("C",)), 9, 4, (-2, at, 7, OrderKey("shop", "#1")))
        for progress in (Progress(3, 5, walk, Scope(everything=True)), Progress(9, 6)):
            ledger = empty_ledger()
            ledger.progress, ledger.touched.progress = progress, True
            await write(store, batch(await claim(store), ledger=ledger))
            assert (await store.ledgers({"acme": Sites()}))["acme"].progress == progress

    async def test_turns_and_answers_come_back_with_the_claim(self, store: Store) -> None:
        """What a partition was told last per site, and what was answered last, are part of its claim."""
        written = batch(await claim(store))
        written.partitions[0].after = replace(after(written), turned={"TOR": 7, "DET": 3}, broadcast_answered=5)
        await store.commit(written)
        read = (await store.claims([0]))[0]
        assert (read.turned, read.broadcast_answered) == ({"TOR": 7, "DET": 3}, 5)
        assert ((await store.sites(read)).turned, (await store.sites(read)).turn) == ({"TOR": 7, "DET": 3}, 7)

    async def test_broadcasts_are_read_by_their_numbers(self, store: Store) -> None:
        """Numbers that were given come with their words; those that were not are left out."""
        for name in ("a", "b", "c"):
            await store.add_broadcast(DAY, key=name, body=name.encode())
        found = await store.broadcasts_numbered({1, 3, 9, 10**18 - 1})
        assert {number: (row.type, row.key, row.body) for number, row in found.items()} == {
            1: (DAY, "a", b"a"),
            3: (DAY, "c", b"c"),
        }

    async def test_who_is_due_is_found_in_its_partition(self, store: Store) -> None:
        """Owners with something noted are found, in order and only so many; those of other partitions are not."""
        names = [f"owner-{number}" for number in range(12)]
        for name in names:
            await with_open_order(store, name, Progress(0, 2, None, Scope(skus=("A",))))
        await with_open_order(store, "idle", Progress(0, 3))
        mine = sorted(name for name in names if partition_of(name.encode(), PARTITIONS) in (1, 2))
        found = await store.owners_due([1, 2], limit=50)
        assert found == [OwnerPart(name, slot(name.encode()), 2) for name in mine]
        assert await store.owners_due([1, 2], limit=1) == found[:1]
        assert await store.owners_due([], limit=9) == []

    async def test_who_has_open_orders_is_behind_until_it_is_through(self, store: Store) -> None:
        """Behind is who has open orders and is not through with its partition's turn; never touched counts as 0."""
        late = await with_open_order(store, "late")
        half = await with_open_order(store, "half", Progress(4, 7))
        await with_open_order(store, "done", Progress(5, 9))
        closed = with_order("closed", closed=True)
        await write(store, batch(await claim(store, partition_of(b"closed", PARTITIONS)), ledger=closed))
        turns = dict.fromkeys(range(PARTITIONS), 5)
        assert await store.owners_behind(turns, since="", limit=9) == [half, late]
        assert await store.owners_behind(turns, since="", limit=1) == [half]
        assert await store.owners_behind(turns, since="half", limit=9) == [half, late]
        assert await store.owners_behind(turns, since="half ", limit=9) == [late]
        assert await store.owners_behind(turns | {partition_of(b"half", PARTITIONS): 4}, since="", limit=9) == [late]
        assert await store.owners_behind({}, since="", limit=9) == []

    async def test_who_tells_what_may_be_sold_is_behind_without_orders(self, store: Store) -> None:
        """Owners that are watched are behind like those with open orders, and once; those no longer watched are not."""
        both = await with_open_order(store, "both", clock=OwnerClock(watched=True))
        await with_clock(store, "over", OwnerClock(tick=4))
        sells = await with_clock(store, "sells", OwnerClock(T0, 2, watched=True))
        turns = dict.fromkeys(range(PARTITIONS), 5)
        assert await store.owners_behind(turns, since="", limit=9) == [both, sells]
        assert await store.owners_behind(turns, since="", limit=1) == [both]
        assert await store.owners_behind(turns, since="both ", limit=9) == [sells]
        await hear(store, 5)
        assert await store.broadcasts_passed() == 0

    async def test_whose_lots_expire_is_behind_without_orders(self, store: Store) -> None:
        """Owners whose lots expire are behind like those with open orders, once, in order; nobody waits for them."""
        both = await with_open_order(store, "both")
        for owner, days in (("both", (1,)), ("dated", (1, 2, 3)), ("never", (None,)), ("zoo", (9,))):
            await with_lots(store, owner, days)
        dated, zoo = (OwnerPart(owner, slot(owner.encode()), 0) for owner in ("dated", "zoo"))
        turns = dict.fromkeys(range(PARTITIONS), 5)
        assert await store.owners_behind(turns, since="", limit=9) == [both, dated, zoo]
        assert await store.owners_behind(turns, since="", limit=2) == [both, dated]
        assert await store.owners_behind(turns, since="dated ", limit=9) == [zoo]
        mine = {partition_of(b"zoo", PARTITIONS): 5}
        assert await store.owners_behind(mine, since="c", limit=9) in ([zoo], [dated, zoo])

    async def test_whose_time_has_come_is_found_in_its_partition(self, store: Store) -> None:
        """Owners are found by the database's clock from the moment they are due, the longest first, only so many."""
        now = await store.now()
        names = [f"owner-{number}" for number in range(12)]
        due_at = [now - timedelta(seconds=tick // 4) for tick in range(len(names))]
        for tick, name in enumerate(names):
            await with_clock(store, name, OwnerClock(due_at[tick], tick, watched=True))
        await with_clock(store, "later", OwnerClock(now + OLD, 1, watched=True))
        await with_clock(store, "never", OwnerClock(None, 1, watched=True))
        mine = [name for name in names if partition_of(name.encode(), PARTITIONS) in (1, 2)]
        mine.sort(key=lambda name: (-(names.index(name) // 4), name))
        ticks = [names.index(name) for name in mine]
        wanted = [
            ClockDue(name, slot(name.encode()), tick, due_at[tick]) for name, tick in zip(mine, ticks, strict=True)
        ]
        assert await store.clocks_due([1, 2], limit=50) == wanted
        assert await store.clocks_due([1, 2], limit=1) == wanted[:1]
        assert await store.clocks_due([], limit=9) == []

    async def test_what_owners_have_to_be_told_of_goods_is_found_in_their_partition(self, store: Store) -> None:
        """A sale is found by the buyer's partition until it is told; noted twice it is there once."""
        mine, other = in_partition(1), in_partition(2)
        written = batch(await claim(store))
        written.titles = [TitleRow("acme/T-2", mine, b"{}"), TitleRow("acme/T-1", mine, b"[1]")]
        written.titles += [TitleRow("acme/T-3", other, b"{}")]
        await store.commit(written)
        told = [("acme/T-1", mine, slot(mine.encode()), b"[1]"), ("acme/T-2", mine, slot(mine.encode()), b"{}")]
        assert await store.titles_due([1], limit=9) == told
        assert await store.titles_due([1], limit=1) == told[:1]
        assert await store.titles_due([], limit=9) == []
        written = batch(after(written))
        written.titles = [TitleRow("acme/T-1", mine, None), TitleRow("acme/T-9", mine, None)]
        written.titles += [TitleRow("acme/T-2", mine, b"[2]")]
        await store.commit(written)
        assert await store.titles_due([1], limit=9) == told[1:]

    async def test_what_was_told_comes_back_as_it_was(self, store: Store) -> None:
        """When an owner is due and what it told last is read back; figures of nothing are the same as none."""
        ledger = empty_ledger()
        ledger.clock, ledger.touched.clock = OwnerClock(T0 + timedelta(microseconds=5), 7, watched=True), True
        ledger.told = {("TEA", "TOR", "shop"): 5, ("TEA", "TOR", "b"): 0}
        ledger.touched.told |= ledger.told.keys()
        await write(store, batch(await claim(store), ledger=ledger))
        read = (await store.ledgers({"acme": Sites()}))["acme"]
        assert (read.clock, read.told) == (ledger.clock, {("TEA", "TOR", "shop"): 5})
        ledger.told["TEA", "TOR", "shop"] = 0
        await write(store, batch(await claim(store), ledger=ledger))
        assert (await store.ledgers({"acme": Sites()}))["acme"].told == {}

    async def test_many_orders_make_an_owner_no_more_behind(self, store: Store) -> None:
        """An owner is found once, however many open orders it has."""
        late = [await with_open_order(store, "late", name=f"#{number}") for number in range(5)]
        assert await store.owners_behind(dict.fromkeys(range(PARTITIONS), 1), since="", limit=9) == late[:1]

    async def test_those_behind_come_in_the_order_of_their_names(self, store: Store) -> None:
        """Whoever asks for a few of many gets the first of them, so that it can go on from there."""
        names = sorted(f"{number * 7919 % 40:02d}-owner" for number in range(40))
        for name in reversed(names):
            await with_open_order(store, name)
        turns = dict.fromkeys(range(PARTITIONS), 1)
        found = [part.owner for part in await store.owners_behind(turns, since="", limit=7)]
        assert found == names[:7]
        assert [part.owner for part in await store.owners_behind(turns, since=found[-1], limit=3)] == names[6:9]

    async def test_a_broadcast_is_passed_by_all_or_by_none(self, store: Store) -> None:
        """What was passed is the least of what partitions have decided, one nobody has claimed yet included."""
        assert await store.broadcasts_passed() == 0
        await hear(store, 3, *range(PARTITIONS - 1))
        assert await store.broadcasts_passed() == 0
        await hear(store, 2, PARTITIONS - 1)
        assert await store.broadcasts_passed() == 2

    async def test_a_broadcast_is_not_passed_while_an_owner_is_behind(self, store: Store) -> None:
        """An owner with open orders holds up what it is not through with, and nothing once it is."""
        await with_open_order(store, "late", Progress(2, 1))
        await hear(store, 4)
        assert await store.broadcasts_passed() == 2
        await with_open_order(store, "late", Progress(4, 2), name="#2")
        assert await store.broadcasts_passed() == 4

    async def test_outcomes_are_those_of_one_partition(self, store: Store) -> None:
        """What a partition made of broadcasts comes in order, with the reason of a refusal; unread ones have none."""
        for number in range(1, 5):
            await store.add_broadcast(DAY, key=str(number), body=b"{}")
        mine = await claim(store)
        written = batch(mine, records=3)
        refused = told(1, "2/0", Outcome.REFUSED, "field_invalid", "site", "No.")
        written.intake = [told(0, "1/0"), refused, told(2, "3/1")]
        await store.commit(written)
        found = await store.broadcast_outcomes(after=0, through=3, source=HUB, partition=0)
        assert found == [
            BroadcastOutcome(1, DAY, Outcome.DONE),
            BroadcastOutcome(2, DAY, Outcome.REFUSED, "field_invalid", "site", "No."),
            BroadcastOutcome(3, DAY),
        ]
        assert await store.broadcast_outcomes(after=3, through=3, source=HUB, partition=0) == []

    async def test_what_a_sender_will_be_answered_with_is_not_forgotten(self, store: Store) -> None:
        """The first partition keeps its intake from the first broadcast that is not answered on, however old it is."""
        for number in (1, 2, 3):
            await store.add_broadcast(DAY, key=str(number), body=b"{}")
        written = batch(await claim(store), records=5)
        unread = told(2, "2/0", Outcome.DEAD_LETTERED)
        written.intake = [told(0, "1/0"), told(1, "elsewhere"), unread, told(3, "3/0"), told(4, "last")]
        written.partitions[0].after = replace(after(written), broadcast_seen=3, broadcast_answered=1)
        mine = await write(store, written)
        assert await store.prune_intake(0, before=T0 + OLD) == 3
        assert await store.prune_intake(0, before=T0 + OLD) == 0
        found = await store.broadcast_outcomes(after=1, through=3, source=HUB, partition=0)
        assert found == [BroadcastOutcome(2, DAY), BroadcastOutcome(3, DAY, Outcome.DONE)]
        answered = batch(mine)
        answered.intake = [told(5, "3")]
        answered.partitions[0].after = replace(after(answered), broadcast_answered=3)
        await store.commit(answered)
        assert await store.prune_intake(0, before=T0 + OLD) == 2
