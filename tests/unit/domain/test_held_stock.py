"""Every way by which goods could be used that are on hold, and what becomes of each."""

# ruff: noqa: ANN401 - the words of a test pass on whatever the messages take.
# Long because: every way to goods stands in one table, so that none is left out.
from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any, NamedTuple, get_args

import pytest

from lotstream.domain import commands
from lotstream.domain.codes import Code
from lotstream.domain.commands import (
    AdjustStock,
    AssembleKit,
    ChangeSettings,
    ChangeStatus,
    Command,
    ContinueDay,
    CountStock,
    DefineItem,
    KitPiece,
    MoveStock,
    PackedLine,
    PackPackage,
    PickLine,
    PlaceBinHold,
    PlaceHold,
    PlaceOwnerHold,
    PlaceSerialHold,
    ReleaseWave,
    RequestAllocation,
    ReserveStock,
    ReturnGoods,
    ScanLot,
    ShippedLine,
    StockLine,
    TickClock,
    WorkOnWave,
    nobody,
)
from lotstream.domain.events import AvailabilityTold, DiscrepancyNoted
from lotstream.domain.model import Channel, Hold, HoldKind, Item, PackageKind, RowKey, Settings, Tracking
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import World, goods, key, wanted

BIN, NUMBER = "BIN", "S1"
TARGETS = ("lot", "bin", "serial", "supplier", "owner")


class Case(NamedTuple):
    """What is held, and by which kind of hold."""

    target: str
    kind: HoldKind

    @property
    def sku(self) -> str:
        """The goods: pumps have serial numbers."""
        return "PUMP" if self.target == "serial" else "TEA"

    @property
    def serials(self) -> tuple[str, ...]:
        """The number of the one unit, where it has one."""
        return (NUMBER,) if self.target == "serial" else ()

    @property
    def hold(self) -> Command:
        """The message that places it."""
        hold = Hold("H", self.kind, "metal found", "qa-1")
        placed: dict[str, Command] = {
            "lot": PlaceHold("H", self.kind, self.sku, "L1", "metal found", "qa-1"),
            "bin": PlaceBinHold(hold, SITE, BIN),
            "serial": PlaceSerialHold(hold, "PUMP", NUMBER),
            "supplier": PlaceOwnerHold(hold, "S-1"),
            "owner": PlaceOwnerHold(hold, None),
        }
        return placed[self.target]


CASES = [
    *(Case(target, HoldKind.HOLD) for target in TARGETS),
    *(Case(target, HoldKind.QUARANTINE) for target in TARGETS),
    *(Case(target, HoldKind.RECALL) for target in ("lot", "bin")),
]
"""A recall lies on lots, and on whatever lies in a bin; serial numbers, suppliers and owners are held."""


class House(World):
    """A world with one unit that is going to be held: of lot L1, in one bin, from one supplier."""

    def __init__(self, case: Case, settings: Settings | None = None) -> None:
        super().__init__(settings)
        self.case = case
        #: The task of a wave.
        self.task: str | None = None
        self.told(DefineItem(Item("PUMP", tracking=Tracking.SERIAL)))
        self.told(DefineItem(Item("SET", kit={case.sku: Decimal(1)})))
        self.stock(self.goods("L1", 1, BIN, serials=case.serials))

    def goods(self, lot: str, quantity: object, location: str, **more: Any) -> commands.GoodsLine:
        """Goods of the item from the supplier."""
        return goods(lot, quantity, location, sku=self.case.sku, supplier="S-1", **more)

    def hold(self) -> None:
        """Place the hold, and let go by itself what an owner does by himself afterwards."""
        self.told(self.case.hold)

    def settle(self) -> None:
        """Decide whatever follows part by part: holds on bins, suppliers and owners move promises afterwards."""
        while self.told(ContinueDay(10)):
            pass

    def wanted(self, quantity: object = 1, **more: Any) -> commands.LineWanted:
        """A line of the item."""
        return wanted(quantity=quantity, sku=self.case.sku, **more)

    def held_promised(self) -> int:
        """What is promised of the held unit, and not picked."""
        orders = [order for order in self.ledger.orders.values() for line in order.lines for part in line.reservations
                  if part.row.lot == "L1" for _ in range(part.quantity - part.picked)]  # fmt: skip
        return len(orders)

    def on_hand(self) -> int:
        """What there is of the lot, wherever it stands and in whatever condition."""
        return sum(row.on_hand for key_, row in self.ledger.stock.items() if key_.lot == "L1")


# ---- Ways by which goods are promised: none of the held unit is -----------------------------------------------------


def _placed(house: House) -> None:
    house.hold()
    house.place("#1", house.wanted())


def _requested(house: House) -> None:
    house.told(ChangeSettings(replace(house.ledger.settings, allocate="on_request")))
    house.place("#1", house.wanted())
    house.hold()
    house.told(RequestAllocation((key("#1"),)))
    house.told(RequestAllocation())


def _backorder(house: House) -> None:
    house.hold()
    house.place("#1", house.wanted(2))
    house.told(house.receipt(house.goods("L2", 1, "ELSEWHERE", serials=house.case.serials and ("S2",))))


def _changed(house: House) -> None:
    house.place("#1", wanted("9", sku="NOTHING"), version="1")
    house.hold()
    house.told(house.order("#1", house.wanted(), version="2"))


def _promised_before(house: House) -> None:
    house.place("#1", house.wanted())
    house.hold()
    house.settle()


def _after_another_loss(house: House) -> None:
    house.stock(house.goods("L0", 1, "ELSEWHERE", serials=house.case.serials and ("S0",)), balance="b")
    house.place("#1", house.wanted(lot="L0"))
    house.place("#2", house.wanted())
    house.hold()
    house.settle()
    house.told(PlaceHold("H0", HoldKind.HOLD, house.case.sku, "L0"))


def _reassigned(house: House) -> None:
    house.told(ChangeSettings(Settings(reassign_partial=True)))
    house.place("#1", house.wanted(3))
    house.hold()
    house.told(RequestAllocation((key("#1"),)))


def _let_out_of_the_bin(house: House) -> None:
    """Goods that are held wherever they lie are held in their new bin."""
    house.place("#1", house.wanted(2))
    house.hold()
    line = StockLine("1", house.case.sku, "L1", BIN, Decimal(1), to="BIN/2")
    house.told(MoveStock(SITE, True, "truck", None, "M1", (line,)))
    if house.case.target == "bin":
        # A hold on a bin is one on the bin: what was taken out of it may be used.
        assert house.held_promised() == 1
        house.cancel("#1")


def _found_more(house: House) -> None:
    house.place("#1", house.wanted(5))
    house.hold()
    house.settle()
    line = StockLine("1", house.case.sku, "L1", BIN, Decimal(2))
    if house.case.target != "serial":
        house.told(AdjustStock(SITE, True, "clerk", None, "A1", (line,)))
        house.told(CountStock(SITE, True, "clerk", None, "C1", (replace(line, quantity=Decimal(9)),)))


def _said_to_be_good(house: House) -> None:
    house.place("#1", house.wanted())
    house.hold()
    house.settle()
    line = StockLine("1", house.case.sku, "L1", BIN, Decimal(1), to="good", status="quarantine")
    asked = ChangeStatus(SITE, False, "qa", None, "Q1", (line,))
    if house.case.target == "serial":
        assert house.refused(asked)[0] is Code.ON_HOLD
    house.told(replace(asked, happened=True, change="Q2"))


def _came_back(house: House) -> None:
    house.place("#1", house.wanted())
    house.told(house.pick("#1"))
    house.told(house.ship("#1"))
    if house.case.target != "serial":
        house.hold()
    house.place("#2", house.wanted())
    line = StockLine("1", house.case.sku, "L1", BIN, Decimal(1), status="good", serials=house.case.serials)
    house.told(ReturnGoods(SITE, True, "dock", None, "RMA", key("#1"), (line,)))
    if house.case.target == "serial":
        # One that has left can be held when it is back.
        house.hold()


def _made_into_kits(house: House) -> None:
    house.hold()
    house.place("#1", wanted(sku="SET"))


#: A hold on a bin is one on the bin: what was taken out of it may be sold.
MAY_BE_SOLD = {("it is put away elsewhere", "bin"): True}

PROMISING: dict[str, Callable[[House], None]] = {
    "an order is placed": _placed,
    "allocation is asked for": _requested,
    "a backorder is filled": _backorder,
    "an order is changed": _changed,
    "it was promised before": _promised_before,
    "somebody else loses other stock": _after_another_loss,
    "an order is decided as if it were new": _reassigned,
    "it is put away elsewhere": _let_out_of_the_bin,
    "more of it is found and counted": _found_more,
    "its condition is changed": _said_to_be_good,
    "it comes back": _came_back,
    "a kit needs it": _made_into_kits,
}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.target}-{case.kind}")
@pytest.mark.parametrize("way", PROMISING)
def test_held_goods_are_promised_to_nobody(way: str, case: Case) -> None:
    """Whatever is asked for or happens, nothing that is held is promised, nor is it told that it may be sold."""
    house = House(case, Settings(channels=(Channel("shop"),)))
    PROMISING[way](house)
    assert house.held_promised() == 0
    told = [event for event in house.told(TickClock()) if isinstance(event, AvailabilityTold)]
    assert MAY_BE_SOLD.get((way, case.target), not any(figure.quantity for event in told for figure in event.figures))


# ---- Ways by which goods are taken: refused when asked, booked with a discrepancy when it has happened --------------


class Way(NamedTuple):
    """How goods are taken: what is done before they are held, and what is told of them afterwards."""

    before: Callable[[House], None]
    said: Callable[[House, bool], Command]
    #: What a happened message takes is gone from where it lay; None: it can only be asked for.
    leaves: bool | None = True


def _nothing(house: House) -> None:
    """Nothing is done before."""


def _promise(house: House) -> None:
    house.place("#1", house.wanted())


def _pick(house: House) -> None:
    _promise(house)
    house.told(house.pick("#1", _line(house)))


def _line(house: House, **more: Any) -> PickLine:
    return PickLine(None, "1", "L1", BIN, Decimal(1), sku=house.case.sku, serials=house.case.serials, **more)


def _shipped(house: House, *, location: str | None = BIN) -> ShippedLine:
    return ShippedLine("1", "L1", Decimal(1), location=location, sku=house.case.sku, serials=house.case.serials)


def _kit_piece(house: House) -> KitPiece:
    return KitPiece("1", house.case.sku, "L1", BIN, Decimal(1), serials=house.case.serials)


def _order_of_other_goods(house: House) -> None:
    house.stock(house.goods("L0", 1, BIN, serials=house.case.serials and ("S0",)), balance="b")
    house.place("#1", house.wanted(lot="L0"))


def _order_of_nothing(house: House) -> None:
    house.place("#1", house.wanted(lot="NONE"))


def _in_a_wave(house: House) -> None:
    _promise(house)
    house.told(ReleaseWave(SITE, False, "planner", None, "W", (key("#1"),)))
    (part,) = house.parts("#1")
    assert part.wave is not None
    house.task = part.wave.task


def _wave_pick(house: House, happened: bool) -> Command:
    line = PickLine(house.task, None, "L1", BIN, Decimal(1), sku=house.case.sku, serials=house.case.serials)
    return WorkOnWave("W", replace(house.pick("#1", line, happened=happened), key=nobody("W")))


TAKING: dict[str, Way] = {
    "a person promises it": Way(
        _order_of_nothing, lambda house, _: ReserveStock(key("#1"), "1", "L1", Decimal(1)), leaves=None
    ),
    "it is scanned in place of another lot": Way(
        _order_of_other_goods,
        lambda house, happened: ScanLot(SITE, happened, "scanner", None, key("#1"), "L1", location=BIN),
        leaves=False,
    ),
    "what is promised is scanned": Way(
        _promise,
        lambda house, happened: ScanLot(SITE, happened, "scanner", None, key("#1"), "L1", location=BIN),
        leaves=False,
    ),
    "what is promised is picked": Way(
        _promise, lambda house, happened: house.pick("#1", _line(house), happened=happened)
    ),
    "what is promised to nobody is picked": Way(
        _order_of_nothing, lambda house, happened: house.pick("#1", _line(house), happened=happened)
    ),
    "it is picked for a wave": Way(_in_a_wave, _wave_pick),
    "what is picked is packed": Way(
        _pick,
        lambda house, happened: PackPackage(
            SITE, happened, "packer", None, "C1", PackageKind.CARTON, (PackedLine(key("#1")),)
        ),
        leaves=False,
    ),
    "what is picked is shipped": Way(_pick, lambda house, happened: house.ship("#1", happened=happened)),
    "what is promised is shipped": Way(
        _promise, lambda house, happened: house.ship("#1", _shipped(house), happened=happened)
    ),
    "free goods are shipped for an order": Way(
        _order_of_nothing, lambda house, happened: house.ship("#1", _shipped(house), happened=happened)
    ),
    "free goods are shipped for nobody's order": Way(
        _nothing, lambda house, happened: house.ship("#9", _shipped(house), happened=happened)
    ),
    "kits are made of it": Way(
        _nothing,
        lambda house, happened: AssembleKit(
            SITE, happened, "bench", None, "A1", "SET", "K1", BIN, Decimal(1), (_kit_piece(house),)
        ),
    ),
    "other goods are made of it": Way(
        _nothing,
        lambda house, happened: commands.RecordProduction(
            SITE, happened, "line", None, "P1", (_kit_piece(house),),
            (commands.MadeLine("M", "SET", "K1", BIN, Decimal(1)),),
        ),
    ),
}  # fmt: skip


NOT_PROMISED, NOBODYS = (Code.NOT_RESERVED,), (Code.UNKNOWN_ORDER,)
REFUSED: dict[tuple[str, str], tuple[Code, ...]] = {
    # A hold on a lot, or on one unit, has taken the promise away already.
    **dict.fromkeys([("what is promised is scanned", name) for name in ("lot", "serial")], NOT_PROMISED),
    ("what is promised is picked", "lot"): NOT_PROMISED,
    **dict.fromkeys([("it is picked for a wave", name) for name in ("lot", "serial")], NOT_PROMISED),
    **dict.fromkeys(
        [("what is promised to nobody is picked", name) for name in ("lot", "bin", "supplier", "owner")], NOT_PROMISED
    ),
    # A recall takes the pick away as well.
    **dict.fromkeys([("what is picked is packed", "lot"), ("what is picked is shipped", "lot")],
                    (Code.ON_HOLD, Code.NOT_RESERVED)),
    **dict.fromkeys([("free goods are shipped for nobody's order", name) for name in TARGETS], NOBODYS),
    # The unit is set apart, and what is apart is not there for kits.
    ("kits are made of it", "serial"): (Code.NOT_AVAILABLE,),
    ("other goods are made of it", "serial"): (Code.NOT_AVAILABLE,),
}  # fmt: skip
"""Codes of refusals that are not ``on_hold``, each with why."""

BOOKED = {"StockPicked", "ShipmentConfirmed", "KitAssembled", "ProductionRecorded"}
NO_LONGER_PICKED = ("what is picked is packed", "what is picked is shipped")


def _has_left_the_bin(way: str, case: Case) -> bool:
    """Tell whether the goods are not held any more: what was picked has left the bin that is held."""
    return case.target == "bin" and way in NO_LONGER_PICKED


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.target}-{case.kind}")
@pytest.mark.parametrize("way", TAKING)
def test_held_goods_are_not_taken(way: str, case: Case) -> None:
    """Who asks is refused with a code and a field, and nothing changes; what a bin no longer holds may go on."""
    house, taking = House(case), TAKING[way]
    taking.before(house)
    house.hold()
    said = taking.said(house, False)
    if _has_left_the_bin(way, case):
        house.told(said)
        return
    code, field = house.refused(said)
    assert code in REFUSED.get((way, case.target), (Code.ON_HOLD,))
    assert field


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.target}-{case.kind}")
@pytest.mark.parametrize("way", [way for way, taking in TAKING.items() if taking.leaves is not None])
def test_held_goods_that_were_taken_are_booked_and_told(way: str, case: Case) -> None:
    """What has happened is booked whatever is on hold; that it was on hold is a discrepancy, which a person is told."""
    house, taking = House(case), TAKING[way]
    taking.before(house)
    house.hold()
    events = house.told(taking.said(house, True))
    noted = [event.code for event in events if isinstance(event, DiscrepancyNoted)]
    if _has_left_the_bin(way, case):
        assert noted == []
        return
    gone = way in NO_LONGER_PICKED and case == Case("lot", HoldKind.RECALL)
    scanned = way == "what is promised is scanned" and case.target in ("lot", "serial")
    assert ("not_reserved" if gone or scanned else "on_hold") in noted
    if taking.leaves and not gone:
        assert sum(row.on_hand for at, row in house.ledger.stock.items() if _lies_good(at)) == 0
        assert {type(event).__name__ for event in events} & BOOKED


def _lies_good(row: RowKey) -> bool:
    return (row.lot, row.location, row.status) == ("L1", BIN, "good")


# ---- Nothing is left out --------------------------------------------------------------------------------------------

TRIED = frozenset(
    {
        commands.PlaceOrder, commands.RequestAllocation, commands.ReceiveStock, commands.ReserveStock, commands.ScanLot,
        commands.ConfirmPick, commands.WorkOnWave, commands.PackPackage, commands.ConfirmShipment,
        commands.AssembleKit, commands.MoveStock, commands.AdjustStock, commands.CountStock, commands.ChangeStatus,
        commands.ReturnGoods, commands.ContinueDay, commands.TickClock, commands.ReleaseWave, commands.CancelOrder,
        commands.ChangeSettings, commands.DefineItem, commands.OpenBalance, commands.PlaceHold, commands.PlaceBinHold,
        commands.PlaceSerialHold, commands.PlaceOwnerHold, commands.RecordProduction,
    }
)  # fmt: skip
"""Commands that the ways above send."""

ELSEWHERE: dict[type, str] = {
    commands.CorrectShipment: "is a ConfirmShipment",
    commands.ReportShort: "takes what is found of a promise as a pick does: test_shorting.py",
    commands.BreakKit: "takes kits as a pick takes goods: test_kits.py",
    commands.ShipTransfer: "moves what is held with its holds, and nothing of a recall: test_transfers.py",
    commands.ReleaseTitle: "gives nothing away that is held: test_titles.py",
    commands.InspectLot: "places and ends holds: test_inspecting.py",
    commands.RecordCondition: "places holds: test_conditions.py",
    commands.DocumentLot: "serves and stops as holds do: test_papers.py",
    commands.PutAway: "is a move, which held goods may make: they are held where they come to",
    commands.RecallLots: "places holds: test_settling.py",
    commands.AnswerRecall: "says what a consignee did: test_recall.py",
    commands.CloseRecall: "lifts no hold: test_recall.py",
    commands.ProgressShipment: "is about what has left: test_on_the_road.py",
    commands.ExpectReturn: "moves nothing: test_returns_expected.py",
    commands.InspectReturn: "held goods that came back may be thrown away: test_return_inspected.py",
    commands.LiftHold: "ends a hold: test_holds.py",
    commands.LiftBinHold: "ends a hold: test_agenda.py",
    commands.LiftSerialHold: "ends a hold: test_serial_holds.py",
    commands.LiftOwnerHold: "ends a hold: test_holds.py",
}
"""Commands that others try, and where."""

USE_NOTHING: dict[type, str] = {
    **dict.fromkeys(
        (
            commands.DefineOwner,
            commands.DefineCustomer,
            commands.DefineSupplier,
            commands.DefineSite,
            commands.DefineLocation,
        ),
        "is a fact",
    ),
    commands.OpenDay: "turns a day: what follows is decided by ContinueDay",
    commands.AnswerBroadcast: "tells the answer of others",
    **dict.fromkeys((commands.UnreserveOrder, commands.CloseOrder), "gives back"),
    commands.ReleaseOrder: "decides an order as placing does, by the same function",
    **dict.fromkeys((commands.StartPick, commands.UndoPick, commands.UnpackPackage), "takes nothing"),
    commands.FinishTask: "moves nothing",
    commands.VoidShipment: "brings goods back",
    commands.ReceiveTransfer: "brings goods that are on the way",
    commands.AcceptTitle: "brings goods",
    commands.ApproveCount: "books a count",
    commands.ErasePersons: "is about people",
    **dict.fromkeys((commands.ExpectReceipt, commands.CloseReceipt), "tells what came"),
    commands.CorrectReceipt: "takes back what came in wrongly: test_receipt_corrected.py",
    commands.CloseOwner: "takes nothing new in",
    commands.ImportShipment: "tells of goods that were never here",
    commands.TakeSnapshot: "tells what there is",
    commands.RecordComparison: "changes nothing",
    commands.CancelWave: "changes who is told",
    **dict.fromkeys((commands.CorrectLot, commands.MergeLots, commands.SplitLot, commands.RenameItem), "says what is"),
    commands.RebaseItem: "is refused while anything of it is promised: test_rebased.py",
}
"""Commands that promise and take no goods, and why."""


def test_every_command_is_tried_or_uses_no_goods() -> None:
    """A command that is new has to be put among these: one that takes goods is tried with goods that are on hold."""
    named = [*TRIED, *ELSEWHERE, *USE_NOTHING]
    assert len(named) == len(set(named))
    assert set(named) == set(get_args(Command))
