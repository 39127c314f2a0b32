"""Goods go from site to site: promised to nobody on the way, and accounted for when they arrive."""

# ruff: noqa: ANN401 - the words of a test pass on whatever the messages take.
from __future__ import annotations

from collections import Counter
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from lotstream.domain.codes import Code
from lotstream.domain.commands import (
    AdjustStock,
    ArrivedLine,
    CorrectLot,
    CountStock,
    DefineItem,
    DefineSite,
    KitPiece,
    MadeLine,
    MoveStock,
    PickLine,
    PlaceHold,
    PlaceSerialHold,
    RecallLots,
    ReceiveTransfer,
    RecordProduction,
    ReturnGoods,
    ShipTransfer,
    StockLine,
)
from lotstream.domain.events import (
    DiscrepancyNoted,
    OrderAllocated,
    ReservationFreed,
    StockFound,
    TransferReceived,
    TransferShipped,
)
from lotstream.domain.model import (
    TRANSFER,
    Hold,
    HoldKind,
    Item,
    Mixing,
    ReceiptKey,
    RowKey,
    Settings,
    Site,
    Tracking,
    Transfer,
    TransferState,
)
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import World, goods, kinds, only, wanted
from tests.unit.domain.test_serials import PUMP, pump, pumps, unit
from tests.unit.domain.test_stock import replayed, said

THERE = "THERE"
ON_THE_WAY = "TRANSIT/T1"


@pytest.fixture
def world() -> World:
    """An owner with a second site."""
    world = World(Settings(sites=(SITE, THERE)))
    world.told(DefineSite(Site(THERE)))
    return world


def ship(*lines: StockLine, happened: bool = False, number: str = "T1", **more: Any) -> ShipTransfer:
    """Goods leave for the other site."""
    return ShipTransfer(more.pop("site", SITE), happened, "gate", None, number, more.pop("to", THERE), lines)


def came(quantity: object, line: str = "1", **more: Any) -> ArrivedLine:
    """A line of an arrival."""
    return ArrivedLine(line, Decimal(str(quantity)), **{"location": "R1", **more})


def arrive(*lines: ArrivedLine, happened: bool = False, number: str = "T1", **more: Any) -> ReceiveTransfer:
    """Goods arrive at the other site."""
    site, receipt, final = more.pop("site", THERE), more.pop("receipt", None), more.pop("final", False)
    return ReceiveTransfer(site, happened, "dock", None, number, receipt, final, lines)


def there(world: World) -> dict[tuple[str | None, str, str, str], int]:
    """What lies where: lot, site, location and condition."""
    lies = Counter[tuple[str | None, str, str, str]]()
    for key, row in world.ledger.stock.items():
        lies[key.lot, key.site, key.location, key.status] += row.on_hand
    return {place: units for place, units in lies.items() if units}


def known(world: World, number: str = "T1") -> Transfer:
    """A transfer as it is kept."""
    document = world.warehouse.documents[ReceiptKey(TRANSFER, number)]
    assert isinstance(document, Transfer)
    return document


def counts(world: World) -> list[tuple[str, int, int, int, int]]:
    """Of each line of the transfer: sent, received, damaged, missing."""
    return [(line.line, line.quantity, line.received, line.damaged, line.missing) for line in known(world).lines]


def test_goods_on_the_way_are_in_stock_at_the_other_site_and_nobody_gets_them(world: World) -> None:
    """They leave the bin, stand in a place of their transfer, are promised to nobody, and are once they have come."""
    world.stock(goods("L1", 10))
    event = only(world.told(ship(said(8))), TransferShipped)
    assert there(world) == {("L1", SITE, "BIN", "good"): 2, ("L1", THERE, ON_THE_WAY, "good"): 8}
    assert (event.transfer.state, event.transfer.site, event.transfer.to_site) == (TransferState.SHIPPED, SITE, THERE)
    world.place("#1", wanted(quantity=5), site=THERE)
    assert world.parts("#1") == []
    events = world.told(arrive(came(8)))
    assert kinds(events) == ["TransferReceived", "OrderAllocated"]
    assert [part.row.location for part in world.parts("#1")] == ["R1"]
    assert there(world) == {("L1", SITE, "BIN", "good"): 2, ("L1", THERE, "R1", "good"): 8}
    assert known(world).state is TransferState.RECEIVED
    replayed(world)


def test_what_left_and_what_came_is_booked_once(world: World) -> None:
    """The same told again changes nothing; with other content it is refused when asked, noted when it has happened."""
    world.stock(goods("L1", 10))
    world.told(ship(said(4)))
    assert world.told(ship(said("4.0"))) == ()
    assert world.refused(ship(said(3))) == (Code.CONFLICTING_CONTENT, "transfer")
    assert kinds(world.told(ship(said(3), happened=True))) == ["DiscrepancyNoted"]
    world.told(arrive(came(3)))
    assert world.told(arrive(came(3))) == ()
    assert world.refused(arrive(came(1))) == (Code.CONFLICTING_CONTENT, "lines.0.line")
    assert kinds(world.told(arrive(came(1), happened=True))) == ["DiscrepancyNoted"]
    assert kinds(world.told(arrive(came(1), receipt="second"))) == ["TransferReceived"]
    assert counts(world) == [("1", 4, 4, 0, 0)]
    assert kinds(world.told(arrive(final=True))) == ["TransferReceived"]
    assert world.told(arrive(final=True)) == ()
    assert known(world).state is TransferState.CLOSED
    replayed(world)


def test_only_free_goods_are_sent_when_asked(world: World) -> None:
    """Unknown sites and lots, goods of orders, picked goods, goods on the way, the own site: refused by code."""
    world.stock(goods("L1", 10))
    world.place("#1", wanted(quantity=5), site=SITE)
    assert world.refused(ship(said(6))) == (Code.NOT_AVAILABLE, "lines.0.quantity")
    assert world.refused(ship(said(1, "L9"))) == (Code.UNKNOWN_LOT, "lines.0.lot")
    assert world.refused(ship(said(1), to="NOWHERE")) == (Code.FIELD_INVALID, "to_site")
    assert world.refused(ship(said(1), to=SITE)) == (Code.FIELD_INVALID, "to_site")
    assert world.refused(ship(said(1), site="NOWHERE")) == (Code.FIELD_INVALID, "site")
    assert world.refused(ship(said(1, sku="JAM"))) == (Code.UNKNOWN_ITEM, "lines.0.sku")
    world.told(world.pick("#1"))
    assert world.refused(ship(said(1, location="STAGING"))) == (Code.FIELD_INVALID, "lines.0.location")
    world.told(ship(said(5)))
    assert world.refused(ship(said(1, location=ON_THE_WAY), number="T2", site=THERE, to=SITE)) == (
        Code.FIELD_INVALID,
        "lines.0.location",
    )
    move = MoveStock(THERE, False, None, None, "M1", (said(1, location=ON_THE_WAY, to="R1"),))
    assert world.refused(move) == (Code.FIELD_INVALID, "lines.0.to")


def test_what_has_left_is_booked_and_whoever_loses_it_is_served_elsewhere(world: World) -> None:
    """Goods nobody knew of are found first; promises of what left go to other lots in the same decision."""
    world.stock(goods("L1", 5), goods("L2", 5))
    world.place("#1", wanted(quantity=5), site=SITE)
    assert world.lots("#1") == [("L1", 5)]
    events = world.told(ship(said(5), said(2, "L9", line="2"), happened=True))
    assert only(events, StockFound).quantity == 2
    assert only(events, ReservationFreed).key.order == "#1"
    assert only(events, OrderAllocated).key.order == "#1"
    assert world.lots("#1") == [("L2", 5)]
    assert len([event for event in events if isinstance(event, DiscrepancyNoted)]) == 2
    assert there(world)["L9", THERE, ON_THE_WAY, "good"] == 2
    world.told(ship(said(1, "L2", location="STAGING"), happened=True, number="T2"))
    world.told(ship(said(1, sku="JAM"), happened=True, number="T3"))
    assert ReceiptKey(TRANSFER, "T3") not in world.warehouse.documents
    replayed(world)


def test_goods_of_a_recall_stay_and_others_on_hold_may_travel(world: World) -> None:
    """Quarantined goods go to another site with their holds; recalled goods do not, unless they have left already."""
    world.stock(goods("L1", 5), goods("L2", 5))
    world.told(PlaceHold("H1", HoldKind.QUARANTINE, "TEA", "L1"))
    world.told(ship(said(5)))
    world.told(RecallLots("RC", None, (("TEA", "L2"),)))
    assert world.refused(ship(said(5, "L2"), number="T2")) == (Code.ON_HOLD, "lines.0.lot")
    assert "DiscrepancyNoted" in kinds(world.told(ship(said(5, "L2"), happened=True, number="T2")))
    world.told(arrive(came(5)))
    world.place("#1", wanted(quantity=1), site=THERE)
    assert world.parts("#1") == []


def test_a_short_arrival_stays_on_the_way_until_nothing_more_will_come(world: World) -> None:
    """What has not come is in transit still; with the last arrival it is written off, with a discrepancy."""
    world.told(DefineItem(Item("RICE", base_unit="kg", decimals=2, tracking=Tracking.NONE)))
    world.stock(goods("L1", 10), goods(None, "2.5", sku="RICE", line="2"))
    world.told(ship(said(10), said("2.5", None, sku="RICE", line="2")))
    world.told(arrive(came(6), came(1, "3", transfer_line="1", status="damaged")))
    assert there(world)["L1", THERE, ON_THE_WAY, "good"] == 3
    assert there(world)["L1", THERE, "R1", "damaged"] == 1
    assert known(world).state is TransferState.SHIPPED
    events = world.told(arrive(came("1.5", "2"), receipt="R2", final=True))
    assert counts(world) == [("1", 10, 7, 1, 3), ("2", 250, 150, 0, 100)]
    noted = [event for event in events if isinstance(event, DiscrepancyNoted)]
    assert [(one.code, one.quantity, one.about["line"]) for one in noted] == [
        ("not_available", Decimal(3), "1"),
        ("not_available", Decimal("1.00"), "2"),
    ]
    assert noted[0].message == "3 each of lot L1 of TEA never came to THERE; ask who drove them."
    assert not [place for place in there(world) if place[2] == ON_THE_WAY]
    assert known(world).state is TransferState.CLOSED
    replayed(world)


def test_more_than_left_is_refused_when_asked_and_found_when_it_has_come(world: World) -> None:
    """What nobody sent is booked as found; of a lot nobody knows, or of none, it goes to quarantine."""
    world.stock(goods("L1", 10))
    world.told(ship(said(4)))
    assert world.refused(arrive(came(5))) == (Code.MORE_THAN_SHIPPED, "lines.0.quantity")
    assert world.refused(arrive(came(1, "9", sku="TEA", lot="L1"))) == (Code.MORE_THAN_SHIPPED, "lines.0.quantity")
    assert world.refused(arrive(came(1, lot="L9"))) == (Code.CONFLICTING_CONTENT, "lines.0.lot")
    assert world.refused(arrive(came(1, "9"))) == (Code.FIELD_MISSING, "lines.0.sku")
    assert world.refused(arrive(came(1, "9", sku="JAM"))) == (Code.UNKNOWN_ITEM, "lines.0.sku")
    assert world.refused(arrive(came(1, unit="crate"))) == (Code.UNKNOWN_UNIT, "lines.0.unit")
    assert world.refused(arrive(came("0.5"))) == (Code.NOT_A_MULTIPLE, "lines.0.quantity")
    lines = [
        came(5), came(2, "8", sku="TEA", lot="L9"), came(1, "9", sku="TEA", status="damaged"),
        came(3, "7", transfer_line="1", lot="L8"), came(1, "6"),
    ]  # fmt: skip
    told = world.told(arrive(*lines, happened=True))
    event, noted = only(told, TransferReceived), [one for one in told if isinstance(one, DiscrepancyNoted)]
    assert [one.about.get("lot") for one in noted if one.about.get("line") == "1"] == ["L1"]
    assert [(over.row.lot, over.quantity, over.row.status) for over in event.over] == [
        ("L1", 1, "good"), ("L9", 2, "quarantine"), (None, 1, "quarantine"), ("L8", 3, "quarantine"),
    ]  # fmt: skip
    assert counts(world) == [("1", 4, 5, 0, 0), ("8", 0, 2, 0, 0), ("9", 0, 1, 1, 0)]
    assert there(world) == {
        ("L1", SITE, "BIN", "good"): 6, ("L1", THERE, "R1", "good"): 5, ("L9", THERE, "R1", "quarantine"): 2,
        (None, THERE, "R1", "quarantine"): 1, ("L8", THERE, "R1", "quarantine"): 3,
    }  # fmt: skip
    replayed(world)


def test_an_arrival_of_nothing_is_refused(world: World) -> None:
    """When it is asked; when it has happened the line is told to a person, and the others have come."""
    world.stock(goods("L1", 10), goods("L2", 10))
    world.told(ship(said(4), said(4, "L2", line="2")))
    arrived = arrive(came(0), came(4, "2"))
    assert world.refused(arrived) == (Code.NOT_POSITIVE, "lines.0.quantity")
    noted = only(world.told(replace(arrived, happened=True)), DiscrepancyNoted)
    assert (noted.code, noted.about["quantity"], noted.about["lot"]) == ("not_positive", "0", "L1")
    assert counts(world) == [("1", 4, 0, 0, 0), ("2", 4, 4, 0, 0)]


def test_an_arrival_is_of_the_goods_its_line_says(world: World) -> None:
    """Asked, other goods than the line of the transfer has are refused; happened, they are found beside it."""
    world.stock(goods("L1", 10), goods("L2", 10))
    world.told(ship(said(4)))
    command = arrive(came(4, lot="L2"))
    assert world.refused(command) == (Code.CONFLICTING_CONTENT, "lines.0.lot")
    events = world.told(replace(command, happened=True))
    assert [one.row.lot for one in only(events, TransferReceived).over] == ["L2"]
    assert counts(world) == [("1", 4, 0, 0, 0)]


def test_an_arrival_says_what_it_is_about(world: World) -> None:
    """No lines, a line twice, an unknown site or transfer, the wrong site: refused when asked."""
    world.stock(goods("L1", 10))
    assert world.refused(arrive(came(1))) == (Code.NOT_AVAILABLE, "transfer")
    world.told(ship(said(4)))
    assert world.refused(arrive()) == (Code.FIELD_MISSING, "lines")
    assert world.refused(arrive(came(1), came(1))) == (Code.FIELD_INVALID, "lines.1.line")
    assert world.refused(arrive(came(1), site="NOWHERE")) == (Code.FIELD_INVALID, "site")
    assert world.refused(arrive(came(1), site=SITE)) == (Code.FIELD_INVALID, "site")
    world.told(arrive(came(4), site=SITE, happened=True))
    assert there(world) == {("L1", SITE, "BIN", "good"): 6, ("L1", SITE, "R1", "good"): 4}
    world.told(arrive(came(1), site="NOWHERE", happened=True, receipt="R2"))
    replayed(world)


def test_an_arrival_that_is_told_before_the_departure_is_counted_once(world: World) -> None:
    """Goods that came first are booked as found; when their departure is told they are on the way no more."""
    world.stock(goods("L1", 10), goods("L1", 3, package="P1", line="2"), goods("L2", 5))
    world.told(arrive(came(9, sku="TEA", lot="L1"), came(2, "2", sku="TEA", lot="L2"), happened=True))
    assert known(world).site == ""
    assert only(world.told(arrive(came(1, "3", sku="TEA", lot="L1"), happened=True)), TransferReceived).over
    event = only(world.told(ship(said(12), said(1, line="2"))), TransferShipped)
    assert [(change.row.package, change.quantity) for change in event.arrived] == [(None, -9)]
    assert counts(world) == [("1", 12, 9, 0, 0), ("2", 1, 0, 0, 0), ("3", 0, 1, 0, 0)]
    assert sum(units for (lot, _, bin_, _), units in there(world).items() if (lot, bin_) == ("L1", ON_THE_WAY)) == 4
    assert sum(units for (lot, *_), units in there(world).items() if lot == "L1") == 13 + 1
    assert known(world).state is TransferState.SHIPPED
    replayed(world)


def test_units_travel_with_their_numbers(world: World) -> None:
    """A unit is promised at neither site while it is on the way, and at the other one from its arrival on."""
    world.told(DefineItem(PUMP))
    world.stock(pumps("L1", "A", "B", "C"))
    leave = said(2, sku="PUMP", serials=("A", "B"))
    assert world.refused(ship(replace(leave, serials=("A",)))) == (Code.FIELD_INVALID, "lines.0.serials")
    assert world.refused(ship(replace(leave, serials=("A", "X")))) == (Code.UNKNOWN_LOT, "lines.0.serials.1")
    world.told(ship(leave))
    assert (unit(world, "A").row.location, unit(world, "A").row.site) == (ON_THE_WAY, THERE)
    world.place("#1", pump("A"), site=THERE)
    world.place("#2", pump("B"), site=SITE)
    assert world.parts("#1") == world.parts("#2") == []
    assert world.refused(arrive(came(1, serials=("A", "B")))) == (Code.FIELD_INVALID, "lines.0.serials")
    assert world.refused(arrive(came(1, serials=("C",)))) == (Code.CONFLICTING_CONTENT, "lines.0.serials.0")
    assert world.refused(arrive(came(1, serials=("X",)))) == (Code.CONFLICTING_CONTENT, "lines.0.serials.0")
    world.told(arrive(came(1, serials=("A",))))
    assert [part.serials for part in world.parts("#1")] == [("A",)]
    world.told(arrive(came(1), receipt="R2"))
    assert unit(world, "B").row == RowKey("PUMP", "L1", THERE, "R1")
    assert [line.serials for line in known(world).lines] == [()]
    replayed(world)


def test_units_that_never_came_are_lost(world: World) -> None:
    """Under the transfer; one that comes late after all is in stock again, and one of which nobody can say stays."""
    world.told(DefineItem(PUMP))
    world.stock(pumps("L1", "A", "B", "C"))
    world.told(ship(said(3, sku="PUMP", serials=("A", "B", "C"))))
    world.told(arrive(came(1, serials=("A",))))
    world.told(arrive(receipt="R2", final=True, happened=True))
    assert [(unit(world, name).state.value, unit(world, name).gone_by) for name in "ABC"] == [
        ("in_stock", None), ("lost", ("transfer", "T1")), ("lost", ("transfer", "T1")),
    ]  # fmt: skip
    world.told(arrive(came(1, serials=("C",)), receipt="R3", happened=True))
    assert [(unit(world, name).state.value, unit(world, name).gone_by) for name in "BC"] == [
        ("lost", ("transfer", "T1")), ("in_stock", None),
    ]  # fmt: skip
    replayed(world)


def test_what_happened_to_units_is_booked_whatever_their_numbers_say(world: World) -> None:
    """A number nobody knew travels and arrives; one that another order has, or that is picked, stays where it is."""
    world.told(DefineItem(PUMP))
    world.stock(pumps("L1", "A", "B", "C", "D"))
    world.place("#1", pump("B"), site=SITE)
    world.told(ship(said(3, sku="PUMP", serials=("A", "B", "X")), happened=True))
    assert [unit(world, number).row.site for number in ("A", "B", "X")] == [THERE, SITE, THERE]
    world.told(world.pick("#1", PickLine(None, "1", None, None, Decimal(1), serials=("B",)), happened=True))
    world.told(ship(said(1, sku="PUMP", serials=("A", "B")), happened=True, number="T2"))
    world.told(arrive(came(3, serials=("B", "C", "Y")), happened=True))
    assert [unit(world, number).row.site for number in ("B", "C", "Y")] == [SITE, THERE, THERE]
    world.told(arrive(came(1, serials=("A", "X")), happened=True, receipt="R2"))
    replayed(world)


def test_units_on_hold_stay_apart_on_the_way(world: World) -> None:
    """A unit that is set apart leaves from, travels in and comes to quarantine, however its line is told."""
    world.told(DefineItem(PUMP))
    world.stock(pumps("L1", "A", "B"))
    world.told(PlaceSerialHold(Hold("H1", HoldKind.HOLD), "PUMP", "B"))
    world.told(ship(said(2, sku="PUMP", serials=("A", "B"))))
    assert there(world) == {("L1", THERE, ON_THE_WAY, "good"): 10, ("L1", THERE, ON_THE_WAY, "quarantine"): 10}
    world.told(arrive(came(2, serials=("A", "B"), status="good")))
    assert there(world) == {("L1", THERE, "R1", "good"): 10, ("L1", THERE, "R1", "quarantine"): 10}
    assert unit(world, "B").row.status == "quarantine"
    replayed(world)


def test_what_is_on_the_way_is_what_its_transfer_says(world: World) -> None:
    """Nobody counts, adjusts, receives, returns or makes goods in the place of a transfer: asked refused, else told."""
    world.stock(goods("L1", 10))
    world.told(ship(said(4)))
    line, made = said(1, location=ON_THE_WAY), MadeLine("m", "TEA", "L1", ON_THE_WAY, Decimal(1))
    used = KitPiece("u", "TEA", "L1", "BIN", Decimal(1))
    for command, field in (
        (AdjustStock(THERE, False, None, None, "A1", (line,)), "lines.0.location"),
        (CountStock(THERE, False, None, None, "C1", (line,)), "lines.0.location"),
        (world.receipt(goods("L1", 1, ON_THE_WAY), site=THERE, happened=False), "lines.0.location"),
        (ReturnGoods(THERE, False, None, None, "B1", None, (line,), "C"), "lines.0.location"),
        (RecordProduction(SITE, False, None, None, "P1", (used,), (made,), None), "made.0.location"),
    ):
        assert world.refused(command)[1] == field
        events = world.told(replace(command, happened=True))
        assert ON_THE_WAY in only(events, DiscrepancyNoted).message
    replayed(world)


def test_a_departure_that_is_told_again_brings_what_could_not_be_counted(world: World) -> None:
    """Its lines of an item that is defined by now leave with it; what left the first time leaves once."""
    world.stock(goods("L1", 10))
    told = ship(said(4), said(3, "J1", line="2", sku="JAM"), happened=True)
    assert kinds(world.told(told)) == ["TransferShipped", "DiscrepancyNoted"]
    assert kinds(world.told(told)) == ["DiscrepancyNoted"]
    world.told(DefineItem(Item("JAM")))
    world.stock(goods("J1", 5, sku="JAM"), balance="later")
    assert [move.quantity for move in only(world.told(told), TransferShipped).moves] == [3]
    assert counts(world) == [("1", 4, 0, 0, 0), ("2", 3, 0, 0, 0)]
    assert world.told(told) == ()
    replayed(world)


def test_half_of_what_is_counted_whole(world: World) -> None:
    """Half a piece that has left, or arrived, is told with all its line says; the other lines go on."""
    world.stock(goods("L1", 10), goods("L2", 10))
    lines = (said("0.5"), said(4, "L2", line="2"))
    assert world.refused(ship(*lines)) == (Code.NOT_A_MULTIPLE, "lines.0.quantity")
    events = world.told(ship(*lines, happened=True))
    assert [move.row.lot for move in only(events, TransferShipped).moves] == ["L2"]
    assert only(events, DiscrepancyNoted).about["quantity"] == "0.5"
    arrived = (came("1.5", "2"), came(4, "2b", transfer_line="2"))
    events = world.told(arrive(*arrived, happened=True))
    assert [move.quantity for move in only(events, TransferReceived).moves] == [4]
    noted = only(events, DiscrepancyNoted)
    assert (noted.about["quantity"], noted.about["sku"]) == ("1.5", "TEA")


def test_a_transfer_takes_what_is_said_and_no_more(world: World) -> None:
    """Whoever names a bin by nothing but the lot means the one bin it lies in, goods on the way left out."""
    world.stock(goods("L1", 10))
    world.told(ship(said(4)))
    world.told(arrive(came(4)))
    world.told(ship(said(2, location=None), number="T2"))
    world.told(ship(said(1, location=None), number="T3", site=THERE, to=SITE))
    assert there(world)["L1", THERE, "R1", "good"] == 3


def test_only_what_is_still_on_the_way_is_written_off(world: World) -> None:
    """Of two pallets of a lot the one that came with the last arrival is in its bin, the other is missing."""
    world.stock(goods("L1", 4), goods("L1", 3, package="P1", line="2"))
    world.told(ship(said(7)))
    event = only(world.told(arrive(came(4), final=True)), TransferReceived)
    assert [(change.row.package, change.quantity) for change in event.missing] == [("P1", -3)]
    assert there(world) == {("L1", THERE, "R1", "good"): 4}


def test_a_lot_that_is_renamed_on_the_way_arrives_under_its_new_number(world: World) -> None:
    """Whoever tells the departure again, or the arrival, by the old number means the same goods."""
    world.stock(goods("L1", 10))
    world.told(ship(said(8)))
    world.told(CorrectLot("LC-1", "TEA", "L1", to_lot="N1"))
    assert there(world) == {("N1", SITE, "BIN", "good"): 2, ("N1", THERE, ON_THE_WAY, "good"): 8}
    assert world.told(ship(said(8))) == ()
    world.told(arrive(came(5, lot="L1")))
    assert world.told(arrive(came(5, lot="L1"))) == ()
    assert world.told(arrive(came(5))) == ()
    world.told(arrive(came(3), receipt="R2", final=True))
    assert there(world) == {("N1", SITE, "BIN", "good"): 2, ("N1", THERE, "R1", "good"): 8}
    assert counts(world) == [("1", 8, 8, 0, 0)]
    replayed(world)


def test_goods_that_were_damaged_on_the_way_are_told_of(world: World) -> None:
    """Who drove them is asked: once for each line, and not for goods that left damaged."""
    world.stock(goods("L1", 10), goods("L2", 3, status="damaged", line="2"))
    world.told(ship(said(10), said(3, "L2", line="2")))
    events = world.told(arrive(came(4, status="damaged"), came(3, "2", status="damaged")))
    noted = only(events, DiscrepancyNoted)
    assert (noted.code, noted.quantity, noted.about["lot"]) == ("damaged", Decimal(4), "L1")
    assert noted.message == "4 each of lot L1 of TEA came to THERE damaged; ask who drove them."


def test_goods_do_not_become_good_on_the_way_while_something_is_missing(world: World) -> None:
    """What left in quarantine for a missing fact stays there, whatever the arrival says of it."""
    world.told(DefineItem(Item("TEA", version=2, required=("supplier",))))
    world.told(world.receipt(goods("L1", 5)))
    world.told(ship(said(5)))
    assert world.refused(arrive(came(5, status="good"))) == (Code.FIELD_MISSING, "lines.0.lot")
    events = world.told(arrive(came(3, status="good"), happened=True))
    assert (only(events, DiscrepancyNoted).code, there(world)["L1", THERE, "R1", "quarantine"]) == ("field_missing", 3)
    world.told(CorrectLot("LC-1", "TEA", "L1", supplier="S-1"))
    world.told(arrive(came(2, status="good"), receipt="R2"))
    assert there(world)["L1", THERE, "R1", "good"] == 2
    assert counts(world) == [("1", 5, 5, 0, 0)]
    replayed(world)


def test_goods_arrive_where_they_may_lie(world: World) -> None:
    """Another lot in a bin that keeps lots apart is refused when asked; what lies there is booked there."""
    world.told(DefineItem(Item("TEA", version=2, mixing=Mixing.ONE_LOT)))
    world.stock(goods("L1", 5), goods("L2", 5, line="2"))
    world.told(ship(said(5), said(5, "L2", line="2")))
    both = (came(5), came(5, "2"))
    assert world.refused(arrive(*both)) == (Code.LOT_NOT_ALLOWED, "lines.1.location")
    assert only(world.told(arrive(*both, happened=True)), DiscrepancyNoted).code == "lot_not_allowed"
    assert there(world)["L2", THERE, "R1", "good"] == 5


def test_all_that_was_said_of_goods_nobody_can_count_is_told(world: World) -> None:
    """What arrived of an unknown item is in no row; its quantity, unit and condition are told to a person."""
    (noted,) = world.told(arrive(came("2.5", sku="NEW", unit="kg", status="damaged"), number="T8", happened=True))[1:]
    assert isinstance(noted, DiscrepancyNoted)
    assert (noted.about["quantity"], noted.about["unit"], noted.about["status"]) == ("2.5", "kg", "damaged")
    (noted,) = world.told(ship(said(3, sku="NEW"), happened=True, number="T9"))
    assert isinstance(noted, DiscrepancyNoted)
    assert (noted.about["quantity"], noted.about["sku"]) == ("3", "NEW")
