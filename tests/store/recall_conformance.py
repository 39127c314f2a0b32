"""What every store has to say of lots that have left: how far they have come, and who got any of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, timedelta
from random import Random
from typing import Any

import msgspec
import pytest

from lotstream.domain.ledger import Ledger, Sites
from lotstream.domain.model import (
    DEPARTURES_TOLD,
    TITLE_OUT,
    Departure,
    Departures,
    LeftFor,
    LookedBack,
    LotGot,
    LotName,
    OrderKey,
    Reach,
    Reached,
    ReceiptKey,
    SoldLot,
    Title,
    TitleLine,
    WentWith,
)
from lotstream.domain.move import Move, MoveKind
from lotstream.store import recalls
from lotstream.store.rows import LotHistoryRow, PersonRow, ShipmentLineRow
from lotstream.store.seam import Store
from lotstream.testing.reach import BackLine, LeftLine, look_back
from tests.store.build import OWNER, ROW, T0, batch, claim

LOTS = (LotName("CER-001", "L24A"), LotName("BAG", "B1"))
LINE = ShipmentLineRow(
    owner=OWNER, shipment="S-1", partition=0, offset=0, index=0, source="edi", order="1", line="1", sku="CER-001",
    lot="L24A", expires=None, quantity=12, customer="C-7", person="p-1", city="Columbus", postcode="43085",
    country="US", shipped_at=T0, region="OH",
)  # fmt: skip
BACK = LotHistoryRow(
    OWNER, 0, 0, 0, T0, T0, Move(MoveKind.RETURNED, "CER-001", "L24A", ROW, 5), None, OrderKey("edi", "1"), None
)


def lines(*others: dict[str, Any]) -> list[ShipmentLineRow]:
    """The first line, and others like it."""
    return [LINE, *(msgspec.structs.replace(LINE, index=index, **other) for index, other in enumerate(others, 1))]


async def ship(store: Store, left: Iterable[ShipmentLineRow], back: Iterable[LotHistoryRow] = ()) -> None:
    """Write what has left and what came back, with one person."""
    written = batch(await claim(store))
    written.shipment_lines, written.lot_history = [*left], [*back]
    written.persons = [PersonRow(OWNER, "p-1", b'{"name":"Ann"}'), PersonRow("other", "p-2", b'{"name":"Bob"}')]
    await store.commit(written)


async def ask(store: Store, *, after: str = "", persons: bool = False) -> LookedBack:
    """Ask how far the lots have come."""
    question = Reach(LOTS, after, persons)
    answer = (await store.history(OWNER, [question]))[question]
    assert isinstance(answer, LookedBack)
    return answer


class RecallConformance:
    """Recalls: units, orders and customers, and everybody who got any of it with his address."""

    async def test_nothing_has_left(self, store: Store) -> None:
        """Of lots that never left nobody has any; without lots nobody asks."""
        assert await ask(store) == LookedBack(Reached(), (), more=False, persons={})
        nothing = Reach((), "", True)
        assert (await store.history(OWNER, [nothing]))[nothing] == LookedBack(Reached(), (), more=False, persons={})

    async def test_who_got_any_of_it(self, store: Store) -> None:
        """One for each customer and address, with his lots, what came back of them, and orders; voids left nothing."""
        left = lines(
            {"order": "2", "quantity": 3}, {"order": "2", "quantity": 1, "sign": -1},
            {"order": "2", "sku": "BAG", "lot": "B1", "quantity": 7},
            {"order": "3", "customer": "C-8", "person": None, "city": None, "quantity": 5},
            {"order": "3", "customer": "C-8", "person": None, "city": None, "quantity": 5, "sign": -1},
            {"order": "4", "customer": None, "person": None, "quantity": 1, "region": None},
            {"order": "5", "lot": "L24B", "customer": "C-9"}, {"order": "6", "lot": None}, {"owner": "other"},
        )  # fmt: skip
        await ship(store, left, [BACK])
        found = await ask(store, persons=True)
        by_customer = {one.customer: one for one in found.recipients}
        assert by_customer.keys() == {"C-7", None}
        mine = by_customer["C-7"]
        assert mine.lots == (LotGot("BAG", "B1", 7, 0), LotGot("CER-001", "L24A", 14, 5))
        assert (mine.orders, mine.orders_count) == ((OrderKey("edi", "1"), OrderKey("edi", "2")), 2)
        assert mine[1:7] == ("C-7", "p-1", "Columbus", "OH", "43085", "US")
        assert by_customer[None][1:7] == (None, None, "Columbus", None, "43085", "US")
        assert found.persons == {"p-1": b'{"name":"Ann"}'}
        units, of_all = {"BAG": 7, "CER-001": 15}, {"BAG": 7, "CER-001": 39}
        assert found.reached == Reached(units, of_all, 3, 5, 2, 3, 2)
        assert (await ask(store)).persons == {}

    async def test_an_address_is_the_last_one_an_order_left_for(self, store: Store) -> None:
        """Whatever was taken back since, and whatever of it is not said."""
        later = T0 + timedelta(hours=1)
        await ship(store, lines({"city": None, "shipped_at": later}, {"sign": -1, "city": "X", "shipped_at": later}))
        assert [one.city for one in (await ask(store)).recipients] == [None]

    async def test_a_letter_names_the_first_orders(self, store: Store) -> None:
        """Sorted, and how many there are."""
        await ship(store, lines(*({"order": f"{number:03}"} for number in range(2, 30))))
        (one,) = (await ask(store)).recipients
        assert (len(one.orders), one.orders_count, one.orders[0].order) == (recalls.ORDERS_NAMED_MAX, 29, "002")

    async def test_a_long_list_comes_in_parts(self, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
        """Each after the last of the one before, in the order of their ids; how many there are is always said."""
        monkeypatch.setattr(recalls, "RECIPIENTS_MAX", 2)
        await ship(store, lines({"order": "2", "customer": "C-8"}, {"order": "3", "customer": "C-9"}))
        first = await ask(store)
        rest = await ask(store, after=first.recipients[-1].id)
        assert (len(first.recipients), first.more, len(rest.recipients), rest.more) == (2, True, 1, False)
        ids = [one.id for one in (*first.recipients, *rest.recipients)]
        assert ids == sorted(set(ids))
        assert (first.reached, first.reached.recipients) == (rest.reached, 3)

    async def test_with_which_orders_goods_left_for_a_customer(self, store: Store) -> None:
        """The last one first, of one lot or of all of an item; what was taken back did not leave, others got others."""
        later = T0 + timedelta(hours=1)
        left = lines(
            {"order": "2", "shipped_at": later}, {"order": "3", "shipped_at": later}, {"order": "4", "lot": "L24B"},
            {"order": "5"}, {"order": "5", "sign": -1}, {"order": "6", "customer": "C-8"},
            {"order": "7", "customer": None}, {"order": "8", "sku": "BAG"}, {"order": "9", "owner": "other"},
        )  # fmt: skip
        await ship(store, left)
        lot, item = LeftFor("C-7", "CER-001", "L24A"), LeftFor("C-7", "CER-001", None)
        got = await store.history(OWNER, [lot, item])
        orders = {question: [key.order for key in answer.orders] for question, answer in got.items()}  # type: ignore[union-attr]
        assert orders == {lot: ["2", "3", "1"], item: ["2", "3", "1", "4"]}

    async def test_with_which_shipments_lots_left(self, store: Store) -> None:
        """The last one first, each order and lot by itself, with the address of the last line; voids left nothing."""
        later, day = T0 + timedelta(hours=1), date(2027, 6, 1)
        left = lines(
            {"shipment": "S-2", "shipped_at": later, "quantity": 3, "expires": day},
            {"shipment": "S-2", "shipped_at": later, "line": "2", "quantity": 4, "city": None},
            {"shipment": "S-2", "shipped_at": later, "line": "2", "quantity": 2, "sign": -1, "city": "X"},
            {"shipment": "S-2", "shipped_at": later, "order": "2", "sku": "BAG", "lot": "B1"},
            {"shipment": "S-3", "order": "3"}, {"shipment": "S-3", "order": "3", "sign": -1},
            {"lot": "L24B"}, {"lot": None}, {"owner": "other"},
        )  # fmt: skip
        await ship(store, left)
        asked, nothing = WentWith(LOTS), WentWith(())
        answers = await store.history(OWNER, [asked, nothing])
        to = ("C-7", "Columbus", "OH", "43085", "US")
        other = Departure(later, "S-2", OrderKey("edi", "2"), "BAG", "B1", 12, None, *to)
        mine = Departure(later, "S-2", OrderKey("edi", "1"), "CER-001", "L24A", 5, day, "C-7", None, *to[2:])
        first = Departure(T0, "S-1", OrderKey("edi", "1"), "CER-001", "L24A", 12, None, *to)
        assert answers == {asked: Departures((other, mine, first), 3), nothing: Departures((), 0)}

    async def test_what_was_sold_to_other_owners_is_told_by_owner(self, store: Store) -> None:
        """Of these lots alone, added up, and by lot as he calls it; what came from others was not sold."""
        ledger, key = Ledger(OWNER, Sites()), ReceiptKey(TITLE_OUT, "acme/T-1")
        called = (TitleLine("1", ROW, 7, "CER-9"),)
        ledger.receipts[key] = Title(key, "TOR", "zenith", "", called)
        ledger.touched.receipts.add(key)
        written = batch(await claim(store), ledger=ledger)
        moves = [
            Move(MoveKind.TITLE_RELEASED, "CER-001", lot, ROW._replace(lot=lot), -quantity)
            for lot, quantity in (("L24A", 5), ("L24A", 2), ("L24B", 9))
        ]
        written.lot_history = [
            LotHistoryRow(OWNER, 0, 0, index, T0, T0, move, key, None, None) for index, move in enumerate(moves)
        ]
        await store.commit(written)
        found = await ask(store)
        assert found.reached == Reached(sold={"zenith": {"CER-001": 7}})
        assert found.sold == (SoldLot("zenith", "CER-001", "L24A", "CER-9", 7),)

    async def test_a_message_names_the_last_departures(self, store: Store) -> None:
        """So many at most, and how many there are of all."""
        await ship(store, lines(*({"order": f"{number:03}"} for number in range(2, 130))))
        question = WentWith(LOTS)
        found = (await store.history(OWNER, [question]))[question]
        assert isinstance(found, Departures)
        assert (len(found.of), found.total, found.of[0].order.order) == (DEPARTURES_TOLD, 129, "129")

    async def test_it_is_what_the_lines_add_up_to(self, store: Store) -> None:
        """The same as when it is worked out line by line, whatever left and came back."""
        chance = Random(6)
        left = [LINE, *(anything(chance, index) for index in range(1, 300))]
        back = [_back(chance, index) for index in range(60)]
        await ship(store, left, back)
        mine = [_left(row) for row in left if row.owner == OWNER]
        came = [BackLine(_order(row), row.move.sku, row.move.lot, row.move.quantity) for row in back if row.order]
        found, wanted = await ask(store), look_back(LOTS, mine, came)
        assert found.reached == wanted.reached
        assert found == wanted


def anything(chance: Random, index: int) -> ShipmentLineRow:
    """A line of anything that may leave."""
    return msgspec.structs.replace(
        LINE, index=index, order=str(chance.randint(1, 30)), sku=chance.choice(("CER-001", "CER-001", "BAG")),
        lot=chance.choice(("L24A", "L24A", "B1", "L24B", None)), quantity=chance.randint(1, 9),
        sign=chance.choice((1, 1, 1, -1)), customer=chance.choice((None, "C-7", "C-8")),
        person=chance.choice((None, "p-1")), city=chance.choice((None, "Columbus", "Zürich")),
        region=chance.choice((None, "OH")), owner=chance.choice((OWNER, OWNER, "other")),
        shipped_at=T0 + timedelta(seconds=chance.randint(0, 9) / 4),
    )  # fmt: skip


def _back(chance: Random, index: int) -> LotHistoryRow:
    lot, kind = chance.choice(("L24A", "B1", None)), chance.choice((MoveKind.RETURNED, MoveKind.PICKED))
    move = Move(kind, chance.choice(("CER-001", "BAG")), lot, ROW, chance.randint(1, 4))
    order = OrderKey("edi", str(chance.randint(1, 30))) if kind is MoveKind.RETURNED else None
    return msgspec.structs.replace(BACK, index=index, move=move, order=order)


def _order(row: LotHistoryRow) -> OrderKey:
    assert row.order is not None
    return row.order


def _left(row: ShipmentLineRow) -> LeftLine:
    to = (row.customer, row.person, row.city, row.region, row.postcode, row.country)
    at = row.shipped_at.astimezone(UTC).strftime("%Y%m%d%H%M%S%f")
    return LeftLine(OrderKey(row.source, row.order), row.sku, row.lot, row.sign * row.quantity, at, to)
