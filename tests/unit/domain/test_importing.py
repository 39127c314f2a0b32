"""What left before the hub was there: known to traces and returns, and to nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from lotstream.domain.codes import Code
from lotstream.domain.commands import (
    CorrectLot,
    DefineItem,
    GoodsLine,
    ImportedLine,
    ImportShipment,
    PlaceHold,
    RecallLots,
    ReleaseTitle,
    RenameItem,
    ReturnGoods,
    StockLine,
    VoidShipment,
)
from lotstream.domain.events import ConsigneesListed, DiscrepancyNoted, GoodsReturned, RecallOpened, ShipmentImported
from lotstream.domain.model import HoldKind, Item, OrderState, Tracking
from lotstream.domain.move import MoveKind
from lotstream.domain.movements import moves_of
from lotstream.domain.sums import OVER
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import TODAY, World, goods, key, kinds, only, wanted

THEN = datetime(2026, 7, 14, 16, tzinfo=UTC)


def left(lot: str | None = "OLD", quantity: object = 6, line: str = "1", sku: str = "TEA", **more: Any) -> ImportedLine:  # noqa: ANN401 - as the command takes them
    """What left of a lot."""
    return ImportedLine(line, sku, Decimal(str(quantity)), lot=lot, **more)


def imported(*lines: ImportedLine, order: str = "#OLD", shipment: str = "S-OLD", **more: Any) -> ImportShipment:  # noqa: ANN401 - as the command takes them
    """A shipment of July."""
    site, at, customer = more.pop("site", SITE), more.pop("at", THEN), more.pop("customer", "C-7")
    return ImportShipment(site, key(order), shipment, at, customer, "migration", lines or (left(),), **more)


def test_an_old_shipment_is_known_and_nothing_else_changes() -> None:
    """The order is closed with what left of which lot; stock has nothing of it, and what came went at once."""
    world = World()
    (event,) = world.told(imported(left(quantity=1, unit="case"), left("OLDER", 2, expires=TODAY), city="Columbus"))
    assert isinstance(event, ShipmentImported)
    order = world.get("#OLD")
    assert (order.state, order.city, order.shipments) == (OrderState.SHIPPED, "Columbus", ("S-OLD",))
    (line,) = order.lines
    assert (line.ordered, line.shipped) == (8, 8)
    assert [(one.lot, one.quantity) for one in line.lots_shipped] == [("OLD", 6), ("OLDER", 2)]
    assert world.ledger.stock == {}
    assert world.ledger.lots["TEA", "OLDER"].expires == TODAY
    moves = [(move.kind, move.quantity) for move in moves_of(event)]
    assert moves == [(MoveKind.IMPORTED, 6), (MoveKind.SHIPPED, -6), (MoveKind.IMPORTED, 2), (MoveKind.SHIPPED, -2)]


def test_an_order_may_have_left_with_several_shipments() -> None:
    """Each is added to what the order had; a repeat under any message changes nothing, other content is refused."""
    world = World()
    world.told(imported(left(quantity=4)))
    world.told(imported(left(quantity=3), left("L2", 1, line="2"), shipment="S-2"))
    assert [(line.line, line.shipped) for line in world.get("#OLD").lines] == [("1", 7), ("2", 1)]
    assert world.told(imported(left(quantity="4.0"))) == ()
    assert world.refused(imported(left(quantity=5))) == (Code.CONFLICTING_CONTENT, "shipment")
    world.told(imported(order="#OTHER"))
    assert world.get("#OLD").shipments == ("S-OLD", "S-2")


def test_what_left_then_says_where_it_went() -> None:
    """As a shipment of today does, whoever reads of either."""
    world = World()
    where = {"city": "Columbus", "region": "OH", "postcode": "43085", "country": "US"}
    event = only(world.told(imported(**where)), ShipmentImported)
    assert (event.customer, event.city, event.region, event.postcode, event.country) == ("C-7", *where.values())
    assert [(one.lot, one.quantity) for one in event.shipped] == [("OLD", 6)]


def test_returns_reach_back() -> None:
    """What left then may come back, that much and no more."""
    world = World()
    world.told(imported())

    def back(quantity: int, number: str) -> ReturnGoods:
        line = StockLine("1", None, "OLD", "DOCK", Decimal(quantity))
        return ReturnGoods(SITE, False, None, None, number, key("#OLD"), (line,))

    assert only(world.told(back(4, "RMA-1")), GoodsReturned).lines[0].quantity == 4
    assert world.refused(back(3, "RMA-2")) == (Code.MORE_THAN_SHIPPED, "lines.0.quantity")


def test_what_left_then_had_a_cost() -> None:
    """What is said of one unit, else what the lot has cost; nothing where nobody has said."""
    world = World()
    world.told(world.receipt(goods("KNOWN", 10, cost=Decimal(2))))
    lines = (
        left(quantity=2, unit="case", cost=Decimal("9.30")), left("KNOWN", 3, "2"),
        left("KNOWN", 1, "3", cost=Decimal(7)), left("OLDER", 1, "4"),
    )  # fmt: skip
    event = only(world.told(imported(*lines)), ShipmentImported)
    assert [one.cost for one in event.shipped] == [Decimal("18.60"), Decimal(6), Decimal(7), None]
    again = (replace(lines[0], cost=Decimal("9.3")), *lines[1:])
    assert world.told(imported(*again)) == ()
    assert world.refused(imported(*lines[1:])) == (Code.CONFLICTING_CONTENT, "shipment")
    assert world.refused(imported(left(cost=Decimal(-1)), order="#2")) == (Code.FIELD_INVALID, "lines.0.cost")


def test_a_recall_writes_to_whoever_got_any_of_it_then() -> None:
    """Each consignee with what left for him before the hub was there and since, and what is made of the lot as well."""
    world = World()
    world.told(imported(city="Columbus"))
    world.told(imported(left(quantity=2), order="#OLD2", shipment="S-OLD2", customer="C-8"))
    world.told(world.receipt(goods("OLD", 5)))
    world.place("#1", wanted(quantity=3, lot="OLD"))
    world.told(world.ship("#1"))
    events = world.told(RecallLots("RC", None, (("TEA", "OLD"),)))
    recall = only(events, RecallOpened).recall
    assert (recall.reached.units, recall.reached.orders, recall.held) == ({"TEA": 11}, 3, {"TEA": 2})
    got = {one.to.customer: [lot.quantity for lot in one.to.lots] for one in only(events, ConsigneesListed).consignees}
    assert got == {"C-7": [6], "C-8": [2], None: [3]}


def test_a_recall_says_what_was_sold_to_other_owners() -> None:
    """Those units are in another ledger: neither in the house nor among consignees, and not forgotten."""
    world = World()
    world.told(world.receipt(goods("L1", 9)))
    sold = StockLine("1", "TEA", "L1", "BIN", Decimal(4))
    world.told(ReleaseTitle("acme", SITE, True, None, None, "T-1", "zenith", (sold,)))
    recall = only(world.told(RecallLots("RC", None, (("TEA", "L1"),))), RecallOpened).recall
    assert (recall.held, recall.reached.units, recall.reached.sold) == ({"TEA": 5}, {}, {"zenith": {"TEA": 4}})


def test_recalls_reach_back() -> None:
    """Whoever recalls a lot is told what left of it then; the lot is known by the import alone."""
    world = World()
    world.told(imported())
    noted = only(world.told(PlaceHold("RC-1", HoldKind.RECALL, "TEA", "OLD")), DiscrepancyNoted)
    assert (noted.code, noted.quantity) == (Code.ALREADY_SHIPPED, Decimal(6))


def test_numbered_units_are_known_to_have_left() -> None:
    """A unit that left then can come back, and cannot be sold again; one that is in the house did not leave."""
    world = World()
    world.told(DefineItem(Item("PUMP", tracking=Tracking.SERIAL)))
    world.stock(GoodsLine("1", "PUMP", Decimal(1), None, "BIN", lot="P", serials=("N-9",)))
    unit = left("P", 1, sku="PUMP", serials=("N-1",))
    world.told(imported(unit))
    again = imported(unit, shipment="S-2")
    assert world.refused(again) == (Code.CONFLICTING_CONTENT, "lines.0.serials.0")
    here = imported(left("P", 1, sku="PUMP", serials=("N-9",)), shipment="S-3")
    assert world.refused(here) == (Code.CONFLICTING_CONTENT, "lines.0.serials.0")
    two = imported(left("P", 2, sku="PUMP", serials=("N-2",)), shipment="S-4")
    assert world.refused(two) == (Code.FIELD_INVALID, "lines.0.serials")


@pytest.mark.parametrize(("command", "code", "field"), [
    (imported(left(sku="NEW")), Code.UNKNOWN_ITEM, "lines.0.sku"),
    (imported(left(unit="pallet")), Code.UNKNOWN_UNIT, "lines.0.unit"),
    (imported(left(), left(quantity="0.5")), Code.NOT_A_MULTIPLE, "lines.1.quantity"),
    (imported(left(quantity=0)), Code.NOT_POSITIVE, "lines.0.quantity"),
    (imported(left("L1", expires=date(2020, 1, 1))), Code.CONFLICTING_CONTENT, "lines.0.expires"),
    (imported(left("LX"), left("LX", expires=TODAY)), Code.CONFLICTING_CONTENT, "lines.1.expires"),
    (imported(site="FAR"), Code.FIELD_INVALID, "site"),
    (imported(at=datetime(2199, 1, 1, tzinfo=UTC)), Code.FIELD_INVALID, "shipped_at"),
    (ImportShipment(SITE, key("#E"), "S", THEN, None, None, ()), Code.FIELD_MISSING, "lines"),
    (imported(order="#1"), Code.ALREADY_SHIPPED, "order"),
])  # fmt: skip
def test_what_does_not_fit_is_refused(command: ImportShipment, code: Code, field: str) -> None:
    """Wholly, with the field that is at fault; an order of the hub's own is not imported."""
    world = World()
    world.stock(goods("L1", 9))
    world.place("#1")
    assert world.refused(command) == (code, field)


def test_goods_without_a_lot_are_imported_as_they_are() -> None:
    """Old books may know no lots; a known lot that is named with its own expiry, or none, is as it was."""
    world = World()
    world.stock(goods("L1", 9))
    known = world.ledger.lots["TEA", "L1"]
    world.told(imported(left(None), left("L1", expires=TODAY + timedelta(days=30)), left("L1", 1)))
    assert world.ledger.lots["TEA", "L1"] == known
    (line,) = world.get("#OLD").lines
    assert [(one.lot, one.quantity) for one in line.lots_shipped] == [(None, 6), ("L1", 7)]


def test_a_late_order_does_not_reopen_what_is_imported() -> None:
    """The order told again by its shop is refused: it has left."""
    world = World()
    world.told(imported())
    assert world.refused(world.order("#OLD", version="2")) == (Code.ALREADY_SHIPPED, "order")


def test_an_import_that_was_wrong_is_voided() -> None:
    """A shipment that never left is taken back like any other: its goods are found where they stand."""
    world = World()
    world.told(imported())
    events = world.told(VoidShipment(SITE, True, None, None, "S-OLD"))
    assert "ShipmentVoided" in kinds(events)


def test_more_is_imported_of_an_order_that_was_opened_again() -> None:
    """What was taken back stays with the order, and what is imported then has left for it."""
    world = World()
    world.told(imported())
    world.told(VoidShipment(SITE, True, "dock", None, "S-OLD"))
    world.told(imported(left(quantity=4), shipment="S-2"))
    order, (line,) = world.get("#OLD"), world.get("#OLD").lines
    assert (line.ordered, line.shipped, order.shipments[-1]) == (10, 4, "S-2")
    assert order.state not in OVER
    assert world.ledger.orders[order.key] is order
    before = world.warehouse.state()
    world.warehouse.restart()
    assert world.warehouse.state() == before


def test_a_line_is_of_one_item() -> None:
    """What left under the id of a line of other goods, later or in the same message, is refused: nobody can sum it."""
    world = World()
    world.told(DefineItem(Item("JAM")))
    assert world.refused(imported(left(), left(sku="JAM"))) == (Code.CONFLICTING_CONTENT, "lines.1.sku")
    world.told(imported(left()))
    later = imported(left(sku="JAM"), shipment="S-2")
    assert world.refused(later) == (Code.CONFLICTING_CONTENT, "lines.0.sku")


def test_a_unit_left_once() -> None:
    """Two lines of one shipment cannot both be the unit of one number."""
    world = World()
    world.told(DefineItem(Item("PUMP", tracking=Tracking.SERIAL)))
    lines = (left(quantity=1, sku="PUMP", line=line, serials=("X",)) for line in ("1", "2"))
    assert world.refused(imported(*lines)) == (Code.CONFLICTING_CONTENT, "lines.1.serials.0")


def test_an_import_is_known_again_by_what_was_told() -> None:
    """The lot has another number since, and its item another SKU: the same message told again changes nothing."""
    world = World()
    world.told(imported())
    world.told(CorrectLot("LC1", "TEA", "OLD", to_lot="NEW"))
    world.told(RenameItem("TEA", "CHAI"))
    assert world.told(imported()) == ()
    assert world.refused(imported(left(quantity=5))) == (Code.CONFLICTING_CONTENT, "shipment")
