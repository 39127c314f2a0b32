"""What will not keep, and what is to be ordered again, as a person and a program read it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from lotstream.cli.expiring import _item_row, _lot_row, shown_item, shown_lot
from lotstream.domain.draft import Draft
from lotstream.domain.ledger import Sites
from lotstream.domain.model import Hold, HoldKind, Item
from lotstream.store.reads_expiring import ExpiringLot
from tests.unit.domain.build import World, goods

TEA = Item("TEA", base_unit="kg", decimals=1)
HOLD = Hold("H-1", HoldKind.QUARANTINE, "wet")
LOT = ExpiringLot("TEA", "L1", date(2026, 9, 3), None, (HOLD,), "TOR", TEA, on_hand=95, reserved=20)


def test_a_lot_says_how_many_days_are_left_where_it_lies() -> None:
    """Days are counted from today at the site, below 0 for what has expired; of a site without a day nobody knows."""
    told = shown_lot(LOT, Sites(today={"TOR": date(2026, 9, 1)}))
    assert (told["days_left"], told["on_hand"], told["reserved"], told["unit"]) == (2, "9.5", "2", "kg")
    assert told["holds"] == [{"hold": "H-1", "kind": "quarantine", "reason": "wet"}]
    assert _lot_row(told) == ("TEA", "L1", date(2026, 9, 3), 2, "TOR", "9.5", "2", "kg", "quarantine H-1")
    assert shown_lot(LOT, Sites(today={"TOR": date(2026, 9, 5)}))["days_left"] == -2
    assert shown_lot(LOT, Sites())["days_left"] is None


def draft() -> Draft:
    """A warehouse with 10 of TEA that expire in 30 days, and 60 in 90."""
    world = World()
    lots = [goods("L1"), goods("L2", 60, location="B2", expires=date(2026, 11, 30))]
    world.stock(*lots)
    return Draft(world.ledger, world.warehouse.moment())


def test_an_item_says_what_can_be_sold_in_time() -> None:
    """By the use it names, below its point and how long it lasts."""
    told = shown_item(draft(), Item("TEA", reorder_point=Decimal(60), daily_use=Decimal("0.5")), 0, 90)
    assert {name: told[name] for name in ("usable", "left_out", "reorder_point", "below", "measured")} == {
        "usable": "45", "left_out": "25", "reorder_point": "60", "below": True, "measured": False,
    }  # fmt: skip
    assert (told["daily_use"], told["days_covered"]) == ("0.5", 90)
    assert _item_row(told)[-1] == "yes"


def test_the_use_of_an_item_that_says_nothing_is_measured() -> None:
    """45 in 90 days are 0.5 a day; where nothing has left, all that may be sold counts."""
    told = shown_item(draft(), Item("TEA"), 45, 90)
    assert (told["daily_use"], told["measured"], told["usable"], told["below"]) == ("0.5", True, "45", False)
    told = shown_item(draft(), Item("TEA"), 0, 90)
    assert (told["daily_use"], told["measured"], told["usable"], told["days_covered"]) == (None, False, "70", None)
    assert _item_row(told)[-1] == ""
