"""What was written while an item was counted in another unit says the same in the unit of today."""

# ruff: noqa: ANN401 - the words of a test pass on whatever the messages take.

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from lotstream.domain.codes import Code
from lotstream.domain.commands import (
    CorrectReceipt,
    CorrectShipment,
    DefineItem,
    DefineSite,
    LineWrong,
    LotAnswered,
    PackedLine,
    RebaseItem,
    ReceiveTransfer,
    RenameItem,
    RoadLine,
    ShippedLine,
    ShippedOrder,
    VoidShipment,
)
from lotstream.domain.events import (
    GoodsReturned,
    ShipmentVoided,
    StockCounted,
    TransferReceived,
)
from lotstream.domain.model import (
    CountApproval,
    Item,
    Order,
    OrderState,
    Package,
    Recall,
    Receipt,
    ReceiptKey,
    RoadState,
    Settings,
    Site,
    StockRow,
    Title,
    recall_key,
)
from lotstream.domain.recounting import Factor, counted_now, factor_since, item_then, of_today, to_write
from lotstream.hub.verify.compare import Body
from lotstream.store.codec import decode, encode_text
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import World, goods, key, only, wanted
from tests.unit.domain.test_counts import approve, count, second
from tests.unit.domain.test_on_the_road import apart, some
from tests.unit.domain.test_packing import pack
from tests.unit.domain.test_recall import L1, answer, listed
from tests.unit.domain.test_receipt_closed import announced, asn, closes, told
from tests.unit.domain.test_returns_blind import announced as announced_back
from tests.unit.domain.test_returns_blind import blind, expect
from tests.unit.domain.test_stock import back, replayed, said
from tests.unit.domain.test_titles import sell
from tests.unit.domain.test_transfers import THERE, came, ship

FINER = RebaseItem("TEA", 2, "leaf", 0, 10)
COARSER = RebaseItem("TEA", 2, "case", 0, 1, 6)


def shipped_before(quantity: int = 12, **more: Any) -> World:
    """A world that has shipped some of L1 with an order, and has some left."""
    world = World()
    world.stock(goods("L1", 24))
    world.place("1", wanted(quantity=quantity, **more))
    world.told(world.ship("1"))
    return world


def out(world: World) -> list[tuple[int, int]]:
    """What left for the order, and came back."""
    return [(one.quantity, one.returned) for one in world.line("1").lots_shipped]


@pytest.mark.parametrize(("command", "left", "all_of_it"), [(FINER, 120, 110), (COARSER, 2, 1)])
def test_goods_come_back_in_the_unit_of_today(command: RebaseItem, left: int, all_of_it: int) -> None:
    """What left can come back, and no more; what came back is counted once, whichever unit it was counted in."""
    world = shipped_before()
    world.told(command)
    assert world.refused(back("1", said(left + 1))) == (Code.MORE_THAN_SHIPPED, "lines.0.quantity")
    world.told(back("1", said(all_of_it)))
    assert out(world) == [(left, all_of_it)]
    assert (world.line("1").ordered, world.line("1").shipped) == (left, left)
    assert world.refused(back("1", said(left), number="R2")) == (Code.MORE_THAN_SHIPPED, "lines.0.quantity")
    events = world.told(back("1", said(left), number="R2", happened=True))
    assert [line.quantity for event in events if isinstance(event, GoodsReturned) for line in event.lines] == [
        left - all_of_it, all_of_it,
    ]  # fmt: skip
    replayed(world)


def test_a_return_told_before_and_after_is_known() -> None:
    """The same return, told in a unit that is a unit still, changes nothing."""
    world = shipped_before()
    again = back("1", said(2, unit="case"))
    world.told(again)
    world.told(FINER)
    assert world.told(again) == ()
    assert out(world) == [(120, 120)]


def test_a_shipment_is_taken_back_in_the_unit_of_today() -> None:
    """Its goods stand there again, promised to the line that wants them, and leave once more."""
    world = shipped_before(quantity=2, unit="case")
    world.told(FINER)
    event = only(world.told(VoidShipment(SITE, False, "gate", None, "S1")), ShipmentVoided)
    (taken,) = event.taken_back
    assert (taken.shipped.quantity, taken.shipped.unit, taken.shipped.unit_factor) == (120, "case", 60)
    assert world.get("1").state is OrderState.PICKED
    assert world.lots("1") == [("L1", 120)]
    world.told(world.ship("1", shipment="S2"))
    assert sum(row.on_hand for row in world.ledger.stock.values()) == 120
    replayed(world)


def test_what_is_lost_on_the_road_is_told_in_the_unit_of_today() -> None:
    """Two of twelve were lost, counted ten times finer now: twenty are; told again it is no news, less of it is."""
    world = shipped_before()
    lost = some(RoadState.LOST, RoadLine(order="1", lot="L1", quantity=Decimal(2)))
    world.told(lost)
    world.told(FINER)
    assert [quantity for *_, quantity, _ in apart(world)] == [2]
    assert world.told(replace(lost, lines=(RoadLine(order="1", lot="L1", quantity=Decimal(20)),))) == ()
    world.told(some(RoadState.LOST, RoadLine(order="1", lot="L1", quantity=Decimal(15)), hours=2))
    assert [quantity for *_, quantity, _ in apart(world)] == [15]
    world.warehouse.restart()
    assert [quantity for *_, quantity, _ in apart(world)] == [15]


def test_a_shipment_is_told_anew_in_the_unit_of_today() -> None:
    """Fewer had left: the rest stands there."""
    world = shipped_before()
    world.told(COARSER)
    line = ShippedLine("1", "L1", Decimal(1))
    world.told(CorrectShipment(SITE, True, "gate", None, "S1", (ShippedOrder(key("1"), (line,)),)))
    assert world.line("1").shipped == 1
    assert sum(row.on_hand for row in world.ledger.stock.values()) == 3


def test_a_unit_that_is_none_any_more_becomes_the_base_unit() -> None:
    """Twelve each are two cases, told as that."""
    world = shipped_before()
    world.told(COARSER)
    assert (world.line("1").unit, world.line("1").unit_factor, world.line("1").ordered) == ("case", 1, 2)


def test_a_receipt_is_corrected_in_the_unit_of_today() -> None:
    """Only 30 of 10 times 10 came: 70 go. What a line was booked as is read in the new unit; its cost stays."""
    world = World()
    world.told(world.receipt(goods("L1", 10, cost=Decimal(3))))
    world.told(FINER)
    world.told(CorrectReceipt(SITE, True, "dock", None, "R1", "C1", None, (LineWrong("L1@BIN", Decimal(30)),)))
    assert world.row("L1").on_hand == 30
    receipt = world.warehouse.documents[ReceiptKey("receipt", "R1")]
    assert isinstance(receipt, Receipt)
    assert (receipt.lines["L1@BIN"].quantity, receipt.costs["L1@BIN"]) == (30, Decimal(9))
    assert receipt.rebased
    replayed(world)


def test_a_transfer_arrives_in_the_unit_of_today() -> None:
    """What was on the way is multiplied with what stands for it in stock; what was sent is what is awaited."""
    world = World(Settings(sites=(SITE, THERE)))
    world.told(DefineSite(Site(THERE)))
    world.stock(goods("L1", 24))
    world.told(ship(said(18)))
    world.told(ReceiveTransfer(THERE, True, "dock", None, "T1", "A1", False, (came(6),)))
    world.told(COARSER)
    event = only(world.told(ReceiveTransfer(THERE, True, "dock", None, "T1", "A2", True, (came(1),))), TransferReceived)
    (line,) = event.transfer.lines
    assert (line.quantity, line.received, line.missing) == (3, 2, 1)
    replayed(world)


def test_a_count_that_waits_is_approved_in_the_unit_of_today() -> None:
    """The second counter counts leaves; the first had counted tea."""
    world = World(Settings(count_approval=CountApproval(units=Decimal(1))))
    world.stock(goods("L1", 12, pack_size=Decimal(6)))
    world.told(count(said(6)))
    world.told(FINER)
    assert world.refused(approve(second(59))) == (Code.CONFLICTING_CONTENT, "lines.0.counted")
    assert only(world.told(approve(second(60))), StockCounted).changes[0].quantity == -60


def test_what_was_announced_is_awaited_in_the_unit_of_today() -> None:
    """An announcement, what was counted against it, and one of goods that come back."""
    world = World()
    world.told(asn(announced("1", 12, lot="L1")))
    world.told(world.receipt(goods("L1", 6), expected="ASN"))
    world.told(closes())
    world.told(COARSER)
    world.told(world.receipt(goods("L1", 1), number="R2", expected="ASN"))
    assert told(world, closes("R2")) == [("1", "L1", 1, 1, 0, 0)]
    replayed(world)
    world = shipped_before()
    world.told(expect(announced_back(6), key=key("1")))
    world.told(COARSER)
    assert world.refused(blind(said(2), key=key("1"), expected="A-1")) == (Code.MORE_THAN_SHIPPED, "lines.0.quantity")
    world.told(blind(said(1), key=key("1"), expected="A-1"))


def test_a_recall_goes_on_in_the_unit_of_today() -> None:
    """What left, what is held, and what a consignee has sent back and destroyed."""
    world = World()
    world.stock(goods("L1", 24), goods("L2", 12))
    world.place("1", wanted(quantity=12, lot="L1"), person="p" * 32)
    world.told(world.ship("1"))
    (consignee,) = listed(world.told(L1))
    world.told(COARSER)
    name = consignee.key.number.split("/")[1]
    too_much = LotAnswered("TEA", "L1", Decimal(2), Decimal(1))
    assert world.refused(answer(name, too_much)) == (Code.MORE_THAN_SHIPPED, "lots.0.returned")
    world.told(answer(name, LotAnswered("TEA", "L1", Decimal(1), Decimal(1))))
    recall = world.warehouse.documents[recall_key("RC")]
    assert isinstance(recall, Recall)
    assert (recall.reached.units, recall.reached.units_of_all, recall.held) == ({"TEA": 2}, {"TEA": 2}, {"TEA": 2})
    assert recall.recovered == {"TEA": 2}


def test_what_is_packed_and_sold_is_read_in_the_unit_of_today() -> None:
    """A carton that left, and goods of another owner."""
    world = World()
    world.stock(goods("L1", 24))
    world.place("1", wanted(quantity=12))
    world.told(world.pick("1"))
    world.told(pack("CTN", PackedLine(key("1"))))
    world.told(world.ship("1"))
    world.told(sell(said(6)))
    world.told(COARSER)
    found = {type(one): counted_now(world.ledger, one) for one in world.warehouse.documents.values()}
    carton, title = found[Package], found[Title]
    assert isinstance(carton, Package)
    assert isinstance(title, Title)
    assert [content.quantity for content in carton.contents] == [2]
    assert [line.quantity for line in title.lines] == [1]


def test_kits_that_left_are_read_in_the_units_of_today() -> None:
    """A line of kits counts kits, and its components; whichever of them is counted otherwise."""
    world = World()
    world.told(DefineItem(Item("SET", kit={"TEA": Decimal(3)})))
    world.stock(goods("L1", 24))
    world.place("1", wanted(sku="SET", quantity=2))
    world.told(world.ship("1"))
    world.told(RebaseItem("TEA", 2, "leaf", 0, 10))
    world.told(RebaseItem("SET", 2, "half", 0, 2))
    line = world.line("1")
    assert (line.ordered, line.unit_factor) == (4, 2)
    assert [(part.sku, part.each, part.kit, part.shipped) for part in line.parts] == [("TEA", 30, 2, 60)]
    assert out(world) == [(60, 0)]
    assert world.ledger.items["SET"].kit == {"TEA": Decimal(15)}


def test_what_is_of_no_rebased_item_is_left_alone() -> None:
    """Other items' papers are not written otherwise, and what counts nothing never is."""
    world = shipped_before()
    world.told(DefineItem(Item("JAM")))
    world.told(RebaseItem("JAM", 2, "spoon", 0, 20))
    order = world.warehouse.order(key("1"))
    assert order is not None
    assert to_write(world.ledger, order) is order
    row = StockRow(next(iter(world.ledger.stock)))
    assert counted_now(world.ledger, row) is row
    assert to_write(world.ledger, row) is row
    assert counted_now(world.ledger, None) is None


def test_an_item_is_what_it_was() -> None:
    """As of a record before, between and after."""
    world = World()
    first = world.ledger.items["TEA"]
    world.told(FINER)
    world.told(RebaseItem("TEA", 3, "g", 2, 50))
    item = world.ledger.items["TEA"]
    one, other = (rebase.arrival for rebase in item.rebased)
    assert [item_then(item, at).base_unit for at in (one - 1, one, other)] == ["each", "leaf", "g"]
    assert item_then(first, one) is first
    assert factor_since(item, one - 1) == Factor(500, 1, "g", 100)
    assert factor_since(None, 0) is None


def test_what_was_written_under_a_former_name_is_read_under_todays() -> None:
    """An order, and a shipment, of an item that was renamed and then counted otherwise."""
    world = shipped_before()
    world.told(RenameItem("TEA", "CHAI"))
    world.told(RebaseItem("CHAI", 2, "leaf", 0, 10))
    (line,) = world.get("1").lines
    (left,) = line.lots_shipped
    assert (line.sku, line.ordered, left.sku, left.quantity) == ("CHAI", 120, "CHAI", 120)
    world.told(back("1", said(120, sku="CHAI")))
    assert out(world) == [(120, 120)]


def test_what_is_written_on_either_side_of_a_rebase_says_the_same() -> None:
    """As it was written then, or anew since: compared as of today it is one order, and another one is another."""
    world = shipped_before()
    then = encode_text(world.get("1"))
    world.told(FINER)
    now = to_write(world.ledger, world.get("1"))
    assert (now.rebased, encode_text(now)) != (0, then)
    kept = Body(now, Order, partial(of_today, world.ledger))
    assert kept.says_same(then)
    assert not kept.says_same(encode_text(replace(decode(then, Order), customer="C-9")))
    assert not Body(now, Order).says_same(then)
