"""What every store of the hub has to do: one suite for PostgreSQL and for any double of it."""

# Long because: what one store must do is read as one list, and every store passes all of it.

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

import msgspec
import pytest

from lotstream.domain.changed import Touched
from lotstream.domain.events import Event, LocationDefined, OrderChanged, OrderRecorded, SiteDefined
from lotstream.domain.ledger import Sites
from lotstream.domain.model import (
    SHIPMENT,
    Gone,
    Item,
    Left,
    Location,
    Mixing,
    Named,
    OrderKey,
    OrdersFound,
    OrderState,
    PersonsFrom,
    PersonsOf,
    ReceiptKey,
    Referenced,
    Site,
    StockRow,
    Tracking,
)
from lotstream.errors import ClaimLost, ConstraintViolated, InstanceTaken
from lotstream.store import commit
from lotstream.store.claim import Claim, Log
from lotstream.store.claims import SEAL_BYTES
from lotstream.store.codec import encode_text
from lotstream.store.journal import GENESIS
from lotstream.store.rows import Batch, DeadLetterRow, Outcome, OwnerSize, PersonRow, ShipmentLineRow
from lotstream.store.seam import Store
from tests.store.build import (
    LOOSE,
    MORE,
    ORDER,
    OWNER,
    PARTITIONS,
    ROW,
    T0,
    TODAY,
    after,
    batch,
    claim,
    empty_ledger,
    full_ledger,
    intake,
    message,
    order,
    record,
    with_order,
    with_stock,
    write,
)
from tests.store.kpi_conformance import KpiConformance
from tests.store.recall_conformance import RecallConformance
from tests.store.recounted_conformance import RecountedConformance
from tests.store.since_conformance import SinceConformance
from tests.store.told_conformance import BroadcastConformance, OpenStore, ToldConformance


class ClaimConformance:
    """Claims: one holder, one epoch, one place to go on from."""

    async def test_log_is_begun_once(self, store: Store) -> None:
        """A log that is begun keeps its partition count, whatever is asked for later."""
        assert await store.begin_log(2 * PARTITIONS) == Log(number=1, partitions=PARTITIONS)
        assert await store.log() == Log(number=1, partitions=PARTITIONS)

    async def test_the_seal_is_made_once(self, store: Store) -> None:
        """Every worker seals with the same key, of the length it is to have."""
        seal = await store.seal()
        assert len(seal) == SEAL_BYTES
        await store.begin_log(PARTITIONS)
        assert await store.seal() == seal

    async def test_now_is_aware(self, store: Store) -> None:
        """The clock says its time zone and does not go backwards."""
        first, second = await store.now(), await store.now()
        assert first.tzinfo is not None
        assert first <= second

    async def test_claim_begins_at_nothing(self, store: Store) -> None:
        """A partition nobody has claimed begins at offset 0, epoch 0, with an empty chain."""
        fresh = (await store.claims([3, 3]))[3]
        assert (fresh.next_offset, fresh.epoch, fresh.holder, fresh.relay_position) == (0, 0, None, 0)
        assert (fresh.chain, fresh.today, fresh.broadcast_seen, fresh.append_time) == (GENESIS, {}, 0, None)

    async def test_one_of_two_rivals_takes_a_claim(self, store: Store, open_store: OpenStore) -> None:
        """Two workers that read the same claim and take it at once: one has it, the other gets None."""
        rival = await open_store()
        read = (await store.claims([0]))[0]
        taken = await asyncio.gather(store.take_claim(read, holder="a"), rival.take_claim(read, holder="b"))
        winner = [one for one in taken if one is not None]
        assert len(winner) == 1
        assert winner[0] == (await store.claims([0]))[0]
        assert winner[0].epoch == read.epoch + 1

    async def test_commit_moves_the_claim(self, store: Store) -> None:
        """What a commit says of its claim is what is read back, to the last field."""
        mine = await claim(store)
        written = batch(mine, records=3)
        written.partitions[0].after = replace(after(written), today=TODAY, broadcast_seen=4, relay_position=2)
        await store.commit(written)
        assert (await store.claims([0]))[0] == after(written)

    async def test_old_epoch_cannot_commit(self, store: Store, open_store: OpenStore) -> None:
        """After another took the partition over, the former holder's commit is refused and nothing of it stays."""
        mine = await claim(store)
        other = await open_store()
        theirs = await claim(other, holder="worker-2")
        late = batch(mine, ledger=with_stock(StockRow(ROW, 5)))
        late.intake = [intake(0, "m-0")]
        with pytest.raises(ClaimLost):
            await store.commit(late)
        await _assert_nothing_written(store)
        await write(other, batch(theirs))

    async def test_another_holder_cannot_commit(self, store: Store) -> None:
        """The epoch alone is not enough: the holder's name must be the one that took the claim."""
        mine = await claim(store)
        with pytest.raises(ClaimLost):
            await store.commit(batch(replace(mine, holder="worker-2")))

    async def test_the_own_name_under_an_older_epoch_is_another(self, store: Store) -> None:
        """The holder's name alone is not enough: under an epoch of before it writes, notes and gives back nothing."""
        old = await claim(store)
        mine = await write(store, batch(await claim(store), records=5))
        late = replace(mine, epoch=old.epoch)
        with pytest.raises(ClaimLost):
            await store.commit(batch(late))
        await store.note_relay_position(late, 5)
        assert not await store.release_claim(late, relay_position=5)
        assert (await store.claims([0]))[0] == mine

    async def test_another_name_or_log_under_the_same_epoch_is_another(self, store: Store) -> None:
        """The epoch alone is not enough: under another name or log nothing is noted and nothing given back."""
        mine = await write(store, batch(await claim(store), records=5))
        for other in (replace(mine, holder="worker-2"), replace(mine, log=mine.log + 1)):
            await store.note_relay_position(other, 5)
            assert not await store.release_claim(other, relay_position=5)
        assert (await store.claims([0]))[0] == mine

    async def test_a_claim_that_is_no_longer_as_it_was_read_is_not_taken(self, store: Store) -> None:
        """A claim is taken as it was read: not when its epoch has risen since, nor when it counts in another log."""
        read = (await store.claims([0]))[0]
        mine = await claim(store)
        assert await store.take_claim(read, holder="worker-2") is None
        assert await store.take_claim(replace(mine, log=mine.log + 1), holder="worker-2") is None
        assert (await store.claims([0]))[0] == mine

    async def test_wrong_next_offset_cannot_commit(self, store: Store) -> None:
        """A batch decided from another offset than the claim's is refused."""
        mine = await claim(store)
        await write(store, batch(mine))
        with pytest.raises(ClaimLost):
            await store.commit(batch(mine))
        assert (await store.claims([0]))[0].next_offset == 1

    async def test_another_log_cannot_commit(self, store: Store) -> None:
        """A batch read from another log than the claim counts in is refused."""
        mine = await claim(store)
        with pytest.raises(ClaimLost):
            await store.commit(batch(replace(mine, log=mine.log + 1)))

    async def test_one_lost_claim_refuses_all(self, store: Store) -> None:
        """A batch over two partitions of which one was lost writes nothing for either."""
        kept, lost = await claim(store, 0), await claim(store, 1)
        await claim(store, 1, holder="worker-2")
        both = batch(kept)
        both.partitions += batch(lost).partitions
        with pytest.raises(ClaimLost):
            await store.commit(both)
        assert (await store.claims([0]))[0] == kept

    async def test_release_is_ours_alone(self, store: Store) -> None:
        """A claim is given back under the epoch it was taken with, and not after somebody else took it."""
        mine = await write(store, batch(await claim(store), records=5))
        assert await store.release_claim(mine, relay_position=5)
        released = (await store.claims([0]))[0]
        assert (released.released, released.relay_position) == (True, 5)
        theirs = await claim(store, holder="worker-2")
        assert not theirs.released
        assert not await store.release_claim(mine, relay_position=5)

    async def test_nothing_is_written_under_a_claim_given_back(self, store: Store) -> None:
        """A commit under a released claim is refused: its next holder does not fence, and would publish it too."""
        mine = await write(store, batch(await claim(store), records=5))
        assert await store.release_claim(mine, relay_position=5)
        with pytest.raises(ClaimLost):
            await store.commit(batch(mine))

    async def test_relay_position_is_never_lowered(self, store: Store) -> None:
        """Copies of the relay position only go up: noted, committed or released."""
        mine = await write(store, batch(await claim(store), records=5))
        await store.note_relay_position(mine, 4)
        await store.note_relay_position(mine, 2)
        mine = await write(store, batch(mine))
        assert (await store.claims([0]))[0].relay_position == 4
        await store.release_claim(mine, relay_position=1)
        assert (await store.claims([0]))[0].relay_position == 4

    async def test_lost_claim_notes_no_position(self, store: Store) -> None:
        """The former holder of a partition cannot move its relay position."""
        mine = await write(store, batch(await claim(store), records=5))
        await claim(store, holder="worker-2")
        await store.note_relay_position(mine, 5)
        assert (await store.claims([0]))[0].relay_position == 0


class StateConformance:
    """State: what is committed is what is loaded."""

    async def test_ledger_comes_back_as_it_was(self, store: Store) -> None:
        """One of everything, committed and loaded, is equal to what was in memory: exact decimals, nulls and all."""
        ledger = full_ledger()
        await write(store, batch(await claim(store), ledger=ledger))
        loaded = (await store.ledgers({OWNER: ledger.sites}))[OWNER]
        assert loaded.settings == ledger.settings
        assert loaded.items == ledger.items
        assert loaded.customers == ledger.customers
        assert loaded.last_shipped == ledger.last_shipped
        assert loaded.lots == ledger.lots
        assert loaded.stock == ledger.stock
        assert loaded.weights == ledger.weights
        assert loaded.orders == ledger.orders
        assert loaded.cancels == ledger.cancels
        assert loaded.sites is ledger.sites

    async def test_a_batch_of_very_many_rows_comes_back_as_it_was(
        self, store: Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A batch that is written by several statements for each table is the same as one written by one each."""
        monkeypatch.setattr(commit, "ROWS_MAX", 1)
        ledger = full_ledger()
        written = batch(await claim(store), records=3, ledger=ledger)
        written.outbox = [message(offset) for offset in range(3)]
        await write(store, written)
        loaded = (await store.ledgers({OWNER: ledger.sites}))[OWNER]
        assert (len(loaded.stock), loaded.stock, loaded.orders) == (2, ledger.stock, ledger.orders)
        assert [row.offset for row in await store.outbox(0, log=1, offset=0, below=3, limit=9)] == [0, 1, 2]

    async def test_receipts_are_read_by_key(self, store: Store) -> None:
        """What was booked under a document comes back by its key and as its kind; None says that there is none."""
        ledger = full_ledger()
        await write(store, batch(await claim(store), ledger=ledger))
        key, unknown = (OWNER, ReceiptKey("receipt", "R-55")), (OWNER, ReceiptKey("balance", "R-55"))
        left = (OWNER, ReceiptKey(SHIPMENT, "SH-1"))
        found = await store.receipts([key, unknown, left])
        assert found == {key: ledger.receipts[key[1]], unknown: None, left: ledger.receipts[left[1]]}
        assert await store.receipts([]) == {}

    async def test_serial_numbers_are_read_by_number(self, store: Store) -> None:
        """The units of a number come back by SKU, nothing where nobody has seen it; those of open orders at once."""
        ledger = full_ledger()
        ledger.items["PUMP"] = Item("PUMP", tracking=Tracking.SERIAL)
        ledger.touched.items.add("PUMP")
        next(iter(ledger.orders.values())).lines[0].serial = "SN-1"
        await write(store, batch(await claim(store), ledger=ledger))
        assert await store.serials([(OWNER, "SN-1"), (OWNER, "SN-2"), ("nobody", "SN-1")]) == {
            (OWNER, "SN-1"): ledger.serials["SN-1"], (OWNER, "SN-2"): {}, ("nobody", "SN-1"): {},
        }  # fmt: skip
        assert await store.serials([]) == {}
        assert (await store.ledgers({OWNER: ledger.sites}))[OWNER].serials == ledger.serials

    async def test_unknown_owner_is_an_empty_ledger(self, store: Store) -> None:
        """An owner nobody has defined is loaded as an empty ledger, not left out."""
        assert await store.ledgers({OWNER: empty_ledger().sites}) == {OWNER: empty_ledger()}

    async def test_owners_do_not_mix(self, store: Store) -> None:
        """Loading one owner brings nothing of another."""
        await write(store, batch(await claim(store), ledger=full_ledger()))
        other = (await store.ledgers({"other": Sites()}))["other"]
        assert other == empty_ledger("other")

    async def test_an_owners_size_is_known_before_it_is_loaded(self, store: Store) -> None:
        """Rows of each kind are counted, open orders with their bytes; closed ones and unknown owners count nothing."""
        mine = await write(store, batch(await claim(store), ledger=full_ledger()))
        await write(store, batch(mine, ledger=with_order(order("#1", state=OrderState.SHIPPED), closed=True)))
        sizes = await store.owner_sizes([OWNER, "nobody"])
        size = sizes[OWNER]
        assert (size.stock, size.lots, size.items, size.orders) == (2, 2, 2, 1)
        assert size.order_bytes > len(ORDER.order)
        assert size.lot_bytes == len(encode_text(MORE))
        assert sizes["nobody"] == OwnerSize()

    async def test_changed_rows_replace(self, store: Store) -> None:
        """A row committed again is the later one; rows that were not touched stay."""
        ledger = full_ledger()
        mine = await write(store, batch(await claim(store), ledger=ledger))
        await write(store, batch(mine, ledger=with_stock(StockRow(ROW, on_hand=100, reserved=100))))
        loaded = (await store.ledgers({OWNER: Sites()}))[OWNER]
        assert loaded.stock == {**ledger.stock, ROW: StockRow(ROW, on_hand=100, reserved=100)}

    async def test_a_weight_that_is_gone_is_forgotten(self, store: Store) -> None:
        """What weighs nothing has no row; another weight replaces the one that was there."""
        ledger = full_ledger()
        mine = await write(store, batch(await claim(store), ledger=ledger))
        ledger = full_ledger()
        ledger.touched = Touched(weights=set(ledger.weights))
        ledger.weights = {ROW: 5}
        await write(store, batch(mine, ledger=ledger))
        assert (await store.ledgers({OWNER: Sites()}))[OWNER].weights == {ROW: 5}

    async def test_empty_stock_is_pruned(self, store: Store) -> None:
        """Stock rows at zero go, the others stay, and goods may come back to one that went."""
        mine = await write(store, batch(await claim(store), ledger=with_stock(StockRow(ROW))))
        mine = await write(store, batch(mine, ledger=with_stock(StockRow(LOOSE, promised_elsewhere=1))))
        assert await store.prune_empty_stock() == 1
        assert await store.prune_empty_stock() == 0
        await write(store, batch(mine, ledger=with_stock(StockRow(ROW, 7))))
        promised = StockRow(LOOSE, promised_elsewhere=1)
        assert (await store.ledgers({OWNER: Sites()}))[OWNER].stock == {ROW: StockRow(ROW, 7), LOOSE: promised}

    async def test_empty_stock_is_not_loaded(self, store: Store) -> None:
        """A stock row that came down to zero is not loaded again, and can be filled again."""
        mine = await write(store, batch(await claim(store), ledger=with_stock(StockRow(ROW, 5))))
        mine = await write(store, batch(mine, ledger=with_stock(StockRow(ROW))))
        assert (await store.ledgers({OWNER: Sites()}))[OWNER].stock == {}
        await write(store, batch(mine, ledger=with_stock(StockRow(ROW, 7))))
        assert (await store.ledgers({OWNER: Sites()}))[OWNER].stock == {ROW: StockRow(ROW, 7)}

    async def test_order_is_recorded_and_changed(self, store: Store) -> None:
        """An order is loaded as it was recorded, and after a change as it was changed, by whatever event."""
        mine = await record(store, await claim(store), order())
        assert (await store.ledgers({OWNER: Sites()}))[OWNER].orders == {ORDER: order()}
        changed = replace(order(), version="3", state=OrderState.HELD, held="unknown_item")
        mine = await write(store, batch(mine, ledger=with_order(changed), events=[OrderChanged(changed)]))
        assert (await store.ledgers({OWNER: Sites()}))[OWNER].orders == {ORDER: changed}
        picked = replace(changed, state=OrderState.PICKED)
        await write(store, batch(mine, ledger=with_order(picked)))
        assert (await store.ledgers({OWNER: Sites()}))[OWNER].orders == {ORDER: picked}

    async def test_order_recorded_and_changed_in_one_batch(self, store: Store) -> None:
        """What is stored of an order is how the batch leaves it, not how its first event had it."""
        mine, first = await claim(store), order()
        last = replace(first, state=OrderState.CANCELLED)
        written = batch(mine, ledger=with_order(last), events=[OrderRecorded(first), OrderChanged(last)])
        await store.commit(written)
        assert (await store.ledgers({OWNER: Sites()}))[OWNER].orders == {ORDER: last}

    async def test_closed_order_is_read_by_key(self, store: Store) -> None:
        """A closed order is no part of the ledger; it is read by key, and None says that there is no such order."""
        mine = await record(store, await claim(store), order())
        mine = await record(store, mine, order("#1002"))
        shipped = order(state=OrderState.CLOSED)
        await write(store, batch(mine, ledger=with_order(shipped, closed=True)))
        closed, unknown, is_open = ORDER, OrderKey(ORDER.source, "#9"), OrderKey(ORDER.source, "#1002")
        assert set((await store.ledgers({OWNER: Sites()}))[OWNER].orders) == {is_open}
        found = await store.closed_orders([(OWNER, closed), (OWNER, unknown), (OWNER, is_open), ("other", closed)])
        assert found == {(OWNER, closed): shipped, (OWNER, unknown): None, ("other", closed): None}

    async def test_order_recorded_twice_is_refused(self, store: Store) -> None:
        """The second wall: an order recorded under a key that exists is refused, and nothing of the batch stays."""
        mine = await record(store, await claim(store), order())
        twice = batch(mine, ledger=with_order(order(state=OrderState.HELD)), events=[OrderRecorded(order())])
        twice.intake = [intake(1, "m-1")]
        with pytest.raises(ConstraintViolated) as refused:
            await store.commit(twice)
        assert not refused.value.check
        assert await store.seen([("shopify:acme", "m-1")]) == set()
        assert (await store.ledgers({OWNER: Sites()}))[OWNER].orders == {ORDER: order()}

    async def test_early_cancel_is_forgotten(self, store: Store) -> None:
        """A cancellation that overtook its order is remembered until the order comes."""
        ledger = full_ledger()
        mine = await write(store, batch(await claim(store), ledger=ledger))
        gone = empty_ledger()
        gone.touched.cancels.update(ledger.cancels)
        await write(store, batch(mine, ledger=gone))
        assert (await store.ledgers({OWNER: Sites()}))[OWNER].cancels == {}

    async def test_what_has_left_of_lots_is_counted(self, store: Store) -> None:
        """Units, orders and customers of each lot, but for what was taken back; zero for no lines."""
        line = ShipmentLineRow(
            owner=OWNER, shipment="S-1", partition=0, offset=0, index=0, source="edi", order="1", line="1",
            sku="CER-001", lot="L24A", expires=None, quantity=12, customer="C-7", person="p-1", city=None,
            postcode=None, country=None, shipped_at=T0,
        )  # fmt: skip
        others: list[dict[str, Any]] = [
            {"order": "2", "quantity": 3}, {"order": "2", "quantity": 1, "sign": -1},
            {"order": "3", "customer": None}, {"order": "4", "customer": None, "person": None},
            {"order": "5", "customer": "C-8"}, {"order": "5", "customer": "C-8", "sign": -1},
            {"lot": "L24B"}, {"lot": None}, {"sku": "CER-002"}, {"owner": "other"},
        ]  # fmt: skip
        written = batch(await claim(store))
        written.shipment_lines = [line] + [
            msgspec.structs.replace(line, index=index, **other) for index, other in enumerate(others, 1)
        ]
        await store.commit(written)
        asked = [Left("CER-001", "L24A"), Left("CER-001", "L24B"), Left("CER-001", "X")]
        answers = await store.history(OWNER, asked)
        assert answers == dict(zip(asked, [Gone(38, 4, 3), Gone(12, 1, 1), Gone(0, 0, 0)], strict=True))
        assert await store.history(OWNER, []) == {}

    @pytest.mark.parametrize("customer", ["C-7", 'C "7" \\ \t é \u2028', "%"])
    async def test_persons_of_a_customer_are_found(self, store: Store, customer: str) -> None:
        """Of open and closed orders, those of former versions too, sorted; whatever the customer is called."""
        mine = await claim(store)
        for number, (whose, persons, closed) in enumerate([
            (customer, ("p-2",), False), (customer, ("p-3", "p-1"), True), (customer, (), False),
            ("C-70", ("p-4",), False), (None, ("p-5",), True),
        ]):  # fmt: skip
            placed = order(f"#{number}")
            placed.customer, placed.person, placed.persons_before = whose, next(iter(persons), None), persons[1:]
            placed.references = {"customer": customer}
            mine = await write(store, batch(mine, ledger=with_order(placed, closed=closed)))
        asked = [PersonsOf(customer), PersonsOf("C-9"), PersonsOf("C-70")]
        named = [Named(("p-1", "p-2", "p-3")), Named(()), Named(("p-4",))]
        assert await store.history(OWNER, asked) == dict(zip(asked, named, strict=True))
        assert await store.history("other", asked[:1]) == {asked[0]: Named(())}

    async def test_persons_of_a_source_are_found(self, store: Store) -> None:
        """Of open and closed orders, those of former versions too, sorted; of no other source."""
        mine = await claim(store)
        for number, (source, persons, closed) in enumerate([
            ("shop", ("p-2",), False), ("shop", ("p-3", "p-1"), True), ("shop", (), True), ("shop2", ("p-4",), False),
        ]):  # fmt: skip
            placed = order(f"#{number}")
            placed.key = OrderKey(source, placed.key.order)
            placed.person, placed.persons_before = next(iter(persons), None), persons[1:]
            mine = await write(store, batch(mine, ledger=with_order(placed, closed=closed)))
        asked = [PersonsFrom("shop"), PersonsFrom("sho"), PersonsFrom("shop2")]
        named = [Named(("p-1", "p-2", "p-3")), Named(()), Named(("p-4",))]
        assert await store.history(OWNER, asked) == dict(zip(asked, named, strict=True))
        assert await store.history("other", asked[:1]) == {asked[0]: Named(())}

    async def test_orders_are_found_by_what_others_call_them(self, store: Store) -> None:
        """Open and closed ones of the owner and the source, by the whole number; several may be called alike."""
        mine = await claim(store)
        for number, references in enumerate([{"id": "77"}, {"id": "77", "po": "x"}, {"id": "777"}, {"po": "77"}]):
            placed = order(f"#{number}")
            placed.references = references
            mine = await write(store, batch(mine, ledger=with_order(placed, closed=number == 1)))
        source = order("#0").key.source
        asked = [Referenced(source, "id", "77"), Referenced(source, "id", "9"), Referenced("far", "id", "77")]
        keys = (order("#0").key, order("#1").key)
        found = [OrdersFound(keys), OrdersFound(()), OrdersFound(())]
        assert await store.history(OWNER, asked) == dict(zip(asked, found, strict=True))
        assert await store.history("other", asked[:1]) == {asked[0]: OrdersFound(())}

    async def test_sites_are_each_partitions_own(self, store: Store) -> None:
        """A partition knows the sites and locations it has committed, as it last committed them, and its own today."""
        mine = await claim(store)
        location = Location(
            "TOR", "TOR-A-01", parent="TOR-A", sequence=3, tier=1, storage=("cold",), hazards=("3", "8"),
            mixing=Mixing.ONE_SKU,
        )  # fmt: skip
        events: list[Event] = [SiteDefined(Site("TOR")), SiteDefined(Site("DET")), LocationDefined(location)]
        mine = await write(store, batch(mine, events=events))
        newer = Site("TOR", time_zone="America/Toronto", version=2)
        mine = await write(store, batch(mine, events=[SiteDefined(newer)]))
        known = await store.sites(replace(mine, today=TODAY))
        assert known == Sites({"TOR": newer, "DET": Site("DET")}, {("TOR", "TOR-A-01"): location}, TODAY)
        assert await store.sites(await claim(store, 1)) == Sites()


class WallConformance:
    """The second wall: what memory must never let through, the database refuses."""

    async def test_reserved_above_on_hand_is_refused(self, store: Store) -> None:
        """A stock row promised beyond what is there violates a CHECK, and nothing of the batch stays."""
        over = batch(await claim(store), ledger=with_stock(StockRow(ROW, on_hand=5, reserved=6)))
        over.intake = [intake(0, "m-0")]
        with pytest.raises(ConstraintViolated) as refused:
            await store.commit(over)
        assert refused.value.check
        assert refused.value.constraint == "stock_reserved_within_on_hand"
        await _assert_nothing_written(store)

    @pytest.mark.parametrize("row", [StockRow(ROW, on_hand=-1, reserved=1), StockRow(ROW, on_hand=5, reserved=-1)])
    async def test_reserved_from_a_deficit_is_refused(self, store: Store, row: StockRow) -> None:
        """Nothing is promised from a deficit, and nothing negative is promised."""
        with pytest.raises(ConstraintViolated) as refused:
            await store.commit(batch(await claim(store), ledger=with_stock(row)))
        assert refused.value.check

    async def test_message_done_twice_is_refused(self, store: Store) -> None:
        """A message id that is done is refused a second time; no CHECK, so that the guilty record can be found."""
        first = batch(await claim(store))
        first.intake = [intake(0, "m-0")]
        second = batch(await write(store, first), ledger=with_stock(StockRow(ROW, 5)))
        second.intake = [intake(1, "m-0", outcome=Outcome.REFUSED)]
        with pytest.raises(ConstraintViolated) as refused:
            await store.commit(second)
        assert not refused.value.check
        assert (await store.ledgers({OWNER: Sites()}))[OWNER].stock == {}
        assert (await store.claims([0]))[0] == after(first)

    @pytest.mark.parametrize(
        "unfit", ["nul \x00 character", "half \ud83d a character", Random(1).randbytes(5_000).hex()]
    )
    async def test_value_no_column_holds_is_refused(self, store: Store, unfit: str) -> None:
        """Text the database cannot hold is refused like a violated constraint, since the message is at fault."""
        written = batch(await claim(store))
        written.intake = [intake(0, unfit)]
        with pytest.raises(ConstraintViolated) as refused:
            await store.commit(written)
        assert not refused.value.check
        assert (await store.claims([0]))[0].next_offset == 0

    async def test_number_no_column_holds_is_refused(self, store: Store) -> None:
        """A quantity beyond 64 bits is refused like a violated constraint, and the session can be used further."""
        mine = await claim(store)
        with pytest.raises(ConstraintViolated) as refused:
            await store.commit(batch(mine, ledger=with_stock(StockRow(ROW, on_hand=2**63))))
        assert not refused.value.check
        await store.commit(batch(mine))

    async def test_seen_is_what_was_done_or_refused(self, store: Store) -> None:
        """Messages done or refused are seen; copies and dead letters are not, so that they may come again."""
        written = batch(await claim(store), records=4)
        written.intake = [intake(number, f"m-{number}", outcome=outcome) for number, outcome in enumerate(Outcome)]
        await store.commit(written)
        asked = [("shopify:acme", f"m-{number}") for number in range(5)] + [("edi", "m-0")]
        done = {("shopify:acme", f"m-{n}") for n, outcome in enumerate(Outcome) if outcome in {"done", "refused"}}
        assert await store.seen(asked) == done
        assert await store.seen([]) == set()

    async def test_a_person_comes_twice(self, store: Store) -> None:
        """The same person in two batches, and twice in one, is no conflict."""
        first = batch(await claim(store))
        first.persons = [PersonRow(OWNER, "p-1", b'{"name":"A"}')] * 2
        second = batch(await write(store, first))
        second.persons = first.persons
        await store.commit(second)

    async def test_a_person_is_forgotten_as_often_as_told(self, store: Store) -> None:
        """Forgetting somebody who is there, is not, or came with the same batch is no conflict."""
        first = batch(await claim(store))
        first.persons = [PersonRow(OWNER, "p-1", b"{}"), PersonRow(OWNER, "p-2", None), PersonRow(OWNER, "p-1", None)]
        second = batch(await write(store, first))
        second.persons = [PersonRow(OWNER, "p-1", None), PersonRow(OWNER, "p-1", b"{}")]
        third = batch(await write(store, second))
        third.persons = [PersonRow(OWNER, "p-1", None)] * 2
        await store.commit(third)


class OutboxConformance:
    """The outbox: read back as stored, in order, and pruned only where asked."""

    async def test_messages_come_back_byte_for_byte(self, store: Store) -> None:
        """Outgoing messages are read back in order of offset and index with the very bytes that were stored."""
        written = batch(await claim(store), records=3)
        value = bytes(range(256)) * 40
        headers = (("ce_id", b"\x00\xff"), ("ce_id", b""))
        dead = msgspec.structs.replace(message(2, value=None), key=None, headers=headers)
        written.outbox = [message(0, 1, value=value), dead, message(0, 0), message(1)]
        written.dead_letters = [DeadLetterRow(0, 2, None, value, headers, "not_json", None, "No JSON.", T0)]
        await store.commit(written)
        rows = await store.outbox(0, log=1, offset=0, below=3, limit=9)
        assert rows == [message(0, 0), message(0, 1, value=value), message(1), dead]

    async def test_only_what_is_asked_for_is_read(self, store: Store) -> None:
        """Offsets from one to below another, one partition, one log, and no more than the limit."""
        await store.commit(_sent(await claim(store), 4))
        await store.commit(_sent(await claim(store, 1), 4))
        assert [row.offset for row in await store.outbox(0, log=1, offset=1, below=3, limit=9)] == [1, 2]
        assert [row.offset for row in await store.outbox(0, log=1, offset=0, below=4, limit=2)] == [0, 1]
        assert {row.partition for row in await store.outbox(1, log=1, offset=0, below=4, limit=9)} == {1}
        assert await store.outbox(0, log=2, offset=0, below=4, limit=9) == []

    async def test_reading_back_stops_at_so_many_bytes(self, store: Store) -> None:
        """The row that brings what is read back to the limit of bytes is the last; one row always comes."""
        written = batch(await claim(store), records=4)
        sizes = (100, 0, 100, 100)
        written.outbox = [message(offset, value=bytes(size)) for offset, size in enumerate(sizes)]
        await store.commit(written)
        read = {
            most: await store.outbox(0, log=1, offset=0, below=4, limit=9, bytes_max=most) for most in (1, 101, 999)
        }
        assert {most: [row.offset for row in rows] for most, rows in read.items()} == {
            1: [0], 101: [0, 1, 2], 999: [0, 1, 2, 3],
        }  # fmt: skip

    async def test_prune_leaves_what_is_not_published_or_young(self, store: Store) -> None:
        """Messages go when they are below the offset and recorded before the time; a second call finds none."""
        await store.commit(_sent(await claim(store), 4))
        assert await store.prune_outbox(0, below=4, before=T0) == 0
        later = T0 + timedelta(seconds=1)
        assert await store.prune_outbox(0, below=2, before=later) == 2
        assert await store.prune_outbox(0, below=2, before=later) == 0
        assert [row.offset for row in await store.outbox(0, log=1, offset=0, below=4, limit=9)] == [2, 3]

    async def test_oldest_is_what_waits_longest(self, store: Store) -> None:
        """The oldest message at or above its partition's position counts; None when all are published."""
        await store.commit(_sent(await claim(store), 2))
        assert await store.outbox_oldest({0: 1, 1: 0}, log=1) == T0
        assert await store.outbox_oldest({0: 2}, log=1) is None


class IntakeConformance:
    """The intake: its oldest rows go, without gaps."""

    async def test_old_intake_is_forgotten_without_gaps(self, store: Store) -> None:
        """Rows recorded before a time go up to the first that is young; the last record's row stays; ids come again."""
        mine = await claim(store)
        written = batch(mine, records=5)
        times = [T0, T0, T0 + timedelta(days=9), T0, T0]
        written.intake = [
            msgspec.structs.replace(intake(offset, f"m-{offset}"), recorded_at=time)
            for offset, time in enumerate(times)
        ]
        mine = await write(store, written)
        assert await store.prune_intake(0, before=T0) == 0
        assert await store.prune_intake(0, before=T0 + timedelta(days=1)) == 2
        assert await store.prune_intake(0, before=T0 + timedelta(days=1)) == 0
        keys = [("shopify:acme", f"m-{offset}") for offset in range(5)]
        assert await store.seen(keys) == set(keys[2:])
        assert await store.prune_intake(0, before=T0 + timedelta(days=99)) == 2
        assert await store.seen(keys) == {keys[4]}
        again = batch(mine)
        again.intake = [intake(5, "m-0")]
        await store.commit(again)
        assert await store.seen(keys) == {keys[0], keys[4]}

    async def test_old_dead_letters_are_forgotten(self, store: Store) -> None:
        """Dead letters recorded before a time go, and young ones stay."""
        written = batch(await claim(store), records=2)
        old, young = (
            DeadLetterRow(0, offset, b"acme", b"no JSON", (), "not_json", "", "Not JSON.", T0 + timedelta(days=offset))
            for offset in range(2)
        )
        written.dead_letters = [old, young]
        await write(store, written)
        assert await store.prune_dead_letters(before=T0 + timedelta(days=1)) == 1
        assert await store.prune_dead_letters(before=T0 + timedelta(days=1)) == 0
        assert await store.prune_dead_letters(before=T0 + timedelta(days=9)) == 1


class InstanceConformance:
    """The instance lock: one live process per instance id."""

    async def test_lock_excludes_a_second(self, store: Store, open_store: OpenStore) -> None:
        """A second process with the same instance id is refused; one with another id is not."""
        await store.lock_instance("lotstream/w-1", timeout_s=0.2)
        rival = await open_store()
        with pytest.raises(InstanceTaken):
            await rival.lock_instance("lotstream/w-1", timeout_s=0.2)
        await rival.lock_instance("lotstream/w-2", timeout_s=0.2)


class StoreConformance(
    RecallConformance,
    ClaimConformance,
    StateConformance,
    WallConformance,
    OutboxConformance,
    BroadcastConformance,
    InstanceConformance,
    IntakeConformance,
    KpiConformance,
    SinceConformance,
    RecountedConformance,
    ToldConformance,
):
    """Everything; a test class inherits it and brings the fixtures ``store`` and ``open_store``."""


def _sent(before: Claim, records: int) -> Batch:
    written = batch(before, records=records)
    partition = written.partitions[0].before.partition
    written.outbox = [message(offset, partition=partition) for offset in range(records)]
    return written


async def _assert_nothing_written(store: Store) -> None:
    assert await store.seen([("shopify:acme", "m-0")]) == set()
    assert (await store.claims([0]))[0].next_offset == 0
    assert (await store.ledgers({OWNER: Sites()}))[OWNER].stock == {}
