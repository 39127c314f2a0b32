"""Where goods that have come in should be put, and why there."""

# ruff: noqa: ANN401 - the words of a test pass on whatever the messages take.
from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from lotstream.contracts.outgoing import messages
from lotstream.domain.codes import Code
from lotstream.domain.commands import (
    ArrivedLine,
    DefineItem,
    DefineLocation,
    DefineSite,
    FinishTask,
    OpenDay,
    PlaceHold,
    ReceiveTransfer,
    ReturnGoods,
    ShipTransfer,
    StockLine,
)
from lotstream.domain.events import Event, PutAwayHinted, TaskDone
from lotstream.domain.model import Calendar, HoldKind, Item, Location, Mixing, Settings, Site
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import TODAY, World, goods, key, kinds, only

HINTS = Settings(put_away_hints=True, hazard_conflicts=(("acid", "base"),))


def world(*bins: str, item: Item | None = None, **more: Any) -> World:
    """A world whose floor is told where to put what comes in, with some bins in their order."""
    made = World(HINTS, **more)
    for number, name in enumerate(bins):
        made.told(DefineLocation(Location(SITE, name, sequence=number)))
    if item is not None:
        made.told(DefineItem(item))
    return made


def hints(events: tuple[Event, ...]) -> list[tuple[str | None, str]]:
    """Bins and reasons, line by line."""
    told = [event for event in events if isinstance(event, PutAwayHinted)]
    return [(hint.to, hint.reason.value) for event in told for hint in event.hints]


def test_the_same_lot_is_kept_together() -> None:
    """Goods go where their lot lies, else where their item lies, else into the nearest empty bin."""
    made = world("A1", "A2", "A3")
    assert hints(made.told(made.receipt(goods("L1", location=None)))) == [("A1", "empty")]
    made.stock(goods("L2", location="A3"), goods("L3", location="A2"))
    assert hints(made.told(made.receipt(goods("L2", location=None), number="R2"))) == [("A3", "same_lot")]
    assert hints(made.told(made.receipt(goods("L4", location=None), number="R3"))) == [("A2", "same_sku")]


def test_lines_of_one_receipt_know_of_each_other() -> None:
    """What the first line is sent to is taken for the second, by the same lot as by another that must lie alone."""
    made = world("A1", "A2", item=Item("TEA", version=2, mixing=Mixing.ONE_LOT))
    lots = {"1": "L1", "2": "L2", "3": "L1"}
    three = [goods(lot, location=None, line=line) for line, lot in lots.items()]
    assert hints(made.told(made.receipt(*three))) == [("A1", "empty"), ("A2", "empty"), ("A1", "same_lot")]
    assert hints(made.told(made.receipt(goods("L3", location=None), number="R2"))) == [("A1", "empty")]


def test_a_bin_of_the_goods_class_comes_first() -> None:
    """Bins that are meant for a storage class, or for a hazard class, are used for it before any empty bin."""
    made = world("A1", item=Item("TEA", version=2, storage="cold"))
    made.told(DefineLocation(Location(SITE, "C1", sequence=9, storage=("cold",))))
    made.told(DefineLocation(Location(SITE, "H1", sequence=8, hazards=("acid",))))
    made.told(DefineItem(Item("ACID", hazard="acid")))
    assert hints(made.told(made.receipt(goods("L1", location=None)))) == [("C1", "storage")]
    assert hints(made.told(made.receipt(goods("L1", location=None, sku="ACID"), number="R2"))) == [("H1", "hazard")]
    made.told(DefineItem(Item("JAM", storage="dry")))
    assert hints(made.told(made.receipt(goods("L1", location=None, sku="JAM"), number="R3"))) == [("A1", "empty")]


def test_full_bins_are_shared_where_that_is_allowed() -> None:
    """Without an empty bin it is the nearest that takes the goods; where none does a person finds a place."""
    made = world("A1", "A2")
    made.told(DefineItem(Item("BASE", hazard="base")))
    made.told(DefineItem(Item("ACID", hazard="acid")))
    made.told(DefineItem(Item("ALONE", mixing=Mixing.ONE_SKU)))
    made.stock(goods("L1", location="A1", sku="BASE"), goods("L1", location="A2"))
    assert hints(made.told(made.receipt(goods("L1", location=None, sku="ACID")))) == [("A2", "nearest")]
    assert hints(made.told(made.receipt(goods("L1", location=None, sku="ALONE"), number="R2"))) == [(None, "no_place")]


@pytest.mark.parametrize(
    ("said", "hinted"),
    [
        ({"location": "A1"}, False),
        ({"location": "GATE"}, True),
        ({"location": None, "status": "damaged"}, False),
        ({"location": None}, True),
    ],
)
def test_only_what_waits_is_put_away(said: dict[str, Any], hinted: bool) -> None:
    """Goods at the dock, or where nobody picks, have to go somewhere; what came to its bin, or is not good, has not."""
    made = world("A1")
    made.told(DefineLocation(Location(SITE, "GATE", pickable=False)))
    events = made.told(made.receipt(goods("L1", **said)))
    assert bool(hints(events)) is hinted


def test_areas_shut_bins_and_doors_are_no_bins() -> None:
    """Nobody is sent to an area, to a bin on hold or not for picking, to the dock or a staging place; nor elsewhere."""
    made = world("DOCK", "STAGING", "B1")
    made.told(DefineLocation(Location(SITE, "HALL", sequence=1)))
    made.told(DefineLocation(Location(SITE, "C1", sequence=2, parent="HALL", hold=True)))
    made.told(DefineLocation(Location(SITE, "C2", sequence=2, parent="HALL", pickable=False)))
    made.told(DefineSite(Site("FAR", calendar=Calendar.SCRIPTED)))
    made.told(OpenDay("FAR", TODAY))
    made.told(DefineLocation(Location("FAR", "A0", sequence=0)))
    assert hints(made.told(made.receipt(goods("L1", location=None)))) == [("B1", "empty")]
    made.told(DefineLocation(Location(SITE, "A9", sequence=1)))
    made.told(PlaceHold("H", HoldKind.HOLD, "TEA", "L1"))
    assert hints(made.told(made.receipt(goods("L2", location=None), number="R2"))) == [("A9", "empty")]


def test_returns_are_put_away_as_well() -> None:
    """What comes back to the dock is told to the floor as what comes in is, with the document it came by."""
    made = world("A1")
    made.stock(goods("L1", location="A1"))
    made.place("#1")
    made.told(made.pick("#1"))
    made.told(made.ship("#1"))
    line = StockLine("1", "TEA", "L1", "DOCK", Decimal(2), status="good")
    events = made.told(ReturnGoods(SITE, True, "dock", None, "RMA", key("#1"), (line,)))
    assert hints(events) == [("A1", "same_lot")]
    assert only(events, PutAwayHinted).document == ("return", "RMA")


def test_what_follows_comes_after_the_hint() -> None:
    """Whoever waits for the goods is served by the same decision; the floor hears of both."""
    made = world("A1")
    made.place("#1")
    events = made.told(made.receipt(goods("L1", location=None)))
    assert kinds(events) == ["StockReceived", "PutAwayHinted", "OrderAllocated"]


def test_who_does_not_want_hints_gets_none() -> None:
    """They are off unless the owner's settings say otherwise, and a refused receipt has none."""
    made = World()
    made.told(DefineLocation(Location(SITE, "A1")))
    assert kinds(made.told(made.receipt(goods("L1", location=None)))) == ["StockReceived"]
    asked = world("A1")
    assert asked.refused(asked.receipt(goods("L1", sku="NONE"), happened=False))[0] is Code.UNKNOWN_ITEM


def test_a_hint_is_a_task_of_the_floor() -> None:
    """The floor is told lot, quantity, from where, to where and why; where there is no place the bin is left open."""
    heard: list[dict[str, Any]] = []

    def hear(ledger: Any, event: Event, moment: Any) -> None:
        if isinstance(event, PutAwayHinted):
            heard.extend(json.loads(message.value) for message in messages(ledger, event, moment))

    made = world("A1", after=hear)
    made.told(DefineItem(Item("ALONE", mixing=Mixing.ONE_SKU)))
    made.told(made.receipt(goods("L1", location=None, line="1"), goods("L1", 3, location=None, sku="ALONE", line="2")))
    (body,) = heard
    facts = ("kind", "lot", "location", "to", "quantity", "reason")
    told = [tuple(task[fact] for fact in facts) for task in body["tasks"]]
    assert told == [
        ("put_away", "L1", "DOCK", "A1", "10", "empty"),
        ("put_away", "L1", "DOCK", None, "3", "no_place"),
    ]


def test_a_task_is_done_once() -> None:
    """Who did what is kept; the same again is nothing, another kind under the number is refused or noted."""
    made = World()
    done = FinishTask(SITE, False, "clerk", None, "t-1", "count")
    event = only(made.told(done), TaskDone)
    assert (event.kind, event.by, event.notice.key.number) == ("count", "clerk", "t-1")
    assert made.told(FinishTask(SITE, True, "clerk", None, "t-1", "count")) == ()
    assert made.refused(FinishTask(SITE, False, None, None, "t-1", "inspect")) == (Code.CONFLICTING_CONTENT, "task")
    assert kinds(made.told(FinishTask(SITE, True, None, None, "t-1", "inspect"))) == ["DiscrepancyNoted"]
    assert made.refused(FinishTask("NOWHERE", False, None, None, "t-2", "count")) == (Code.FIELD_INVALID, "site")
    assert kinds(made.told(FinishTask("NOWHERE", True, None, None, "t-2", "count"))) == ["TaskDone", "DiscrepancyNoted"]


def test_goods_of_a_transfer_are_put_away_too() -> None:
    """What arrives from another site at the dock gets a bin, also what nobody had told to have left."""
    made = world("A1")
    made.told(DefineSite(Site("THERE")))
    made.stock(goods("L1", location="A1"))
    made.told(DefineLocation(Location("THERE", "T1", sequence=1)))
    line = StockLine("1", "TEA", "L1", "A1", Decimal(4))
    made.told(ShipTransfer(SITE, False, None, None, "T-1", "THERE", (line,)))
    came = ArrivedLine("1", Decimal(5))
    assert hints(made.told(ReceiveTransfer("THERE", True, None, None, "T-1", None, False, (came,)))) == [
        ("T1", "empty"), ("T1", "same_lot"),
    ]  # fmt: skip
