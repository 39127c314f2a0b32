"""What is told of lots as such: pickers find their goods under another number, and everybody is told the facts."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from lotstream.contracts.outgoing import messages
from lotstream.domain.commands import CorrectLot, DefineCustomer, Moment, ReleaseWave
from lotstream.domain.events import Event
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import Customer
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import TODAY, World, goods, key, wanted


class Told:
    """A warehouse and all that is told outward."""

    def __init__(self) -> None:
        self.bodies: list[tuple[str, dict[str, Any]]] = []
        self.world = World(after=self._take)
        self.world.stock(goods("A", 10, expires=TODAY + timedelta(days=100)))

    def _take(self, ledger: Ledger, event: Event, moment: Moment) -> None:
        for message in messages(ledger, event, moment):
            name = message.type.removeprefix("lotstream.").removesuffix(".v1")
            self.bodies.append((name, json.loads(message.value)))

    def all(self, name: str) -> list[dict[str, Any]]:
        """Everything told under a name since the last look."""
        found = [body for kind, body in self.bodies if kind == name]
        self.bodies = [(kind, body) for kind, body in self.bodies if kind != name]
        return found


def corrected(**facts: object) -> CorrectLot:
    """A correction of lot A."""
    return CorrectLot("LC", "TEA", "A", "qa", datetime(2026, 9, 1, 8, tzinfo=UTC), "A letter", **facts)  # type: ignore[arg-type]


def test_pickers_are_told_the_new_number() -> None:
    """Tasks of what is not picked yet stay what they are, under the new number; what is picked needs no walk."""
    told = Told()
    for number in ("1", "2"):
        told.world.place(number, wanted(quantity=2))
    told.world.told(told.world.pick("2"))
    (first, _) = told.all("pick_tasks")
    told.world.told(corrected(to_lot="A2"))
    (change,) = told.all("pick_tasks")
    (task,) = change["tasks"]
    assert (change["order"], task["action"], task["lot"], task["quantity"]) == ("1", "change", "A2", "2")
    assert task["task"] == first["tasks"][0]["task"]


def test_tasks_of_waves_are_told_by_their_wave() -> None:
    """One task for many orders is told once, by the wave."""
    told = Told()
    told.world.place("1", wanted(quantity=2))
    told.world.told(ReleaseWave(SITE, False, None, None, "W", (key("1"),)))
    told.bodies.clear()
    told.world.told(corrected(to_lot="A2"))
    (wave,) = told.all("wave_tasks")
    assert [(task["action"], task["lot"]) for task in wave["tasks"]] == [("change", "A2")]
    assert told.all("pick_tasks") == []


def test_everybody_is_told_what_is_known_now() -> None:
    """The facts of the lot, what it was called, and its goods under the one number less and under the other more."""
    told = Told()
    told.world.told(corrected(to_lot="A2", cost=Decimal("1.5"), origin="CA"))
    (now,) = told.all("lot_changed")
    assert [now[name] for name in ("change", "document", "by", "reason")] == ["corrected", "LC", "qa", "A letter"]
    (lot,) = now["lots"]
    assert (lot["lot"], lot["was"], lot["aliases"]) == ("A2", [{"sku": "TEA", "lot": "A"}], ["A"])
    assert (lot["cost"], lot["origin"], lot["made"]) == ("1.5", "CA", None)
    assert date.fromisoformat(lot["expires"]) == TODAY + timedelta(days=100)
    (stock,) = told.all("inventory_change")
    lines = [(line["lot"], line["quantity"], line["on_hand"]) for line in stock["lines"]]
    assert (stock["change"], stock["document"]) == ("lot_corrected", "LC")
    assert lines == [("A", "-10", []), ("A2", "10", [{"status": "good", "quantity": "10"}])]


def test_facts_alone_change_no_stock() -> None:
    """A correction of a date tells no change of stock."""
    told = Told()
    told.world.told(corrected(expires=TODAY))
    assert told.all("inventory_change") == []
    (now,) = told.all("lot_changed")
    assert (now["lots"][0]["was"], now["shipped"], now["shipped_count"]) == ([], [], 0)


def test_what_left_by_the_old_facts_is_listed() -> None:
    """Each shipment and order with its quantity, the day it left with and its customer, by the name it left under."""
    told = Told()
    told.world.told(DefineCustomer(Customer("C-7")))
    told.world.place("1", wanted(quantity=3), customer="C-7")
    told.world.place("2", wanted(quantity=2))
    for number in ("1", "2"):
        told.world.told(told.world.ship(number, shipment=f"S{number}"))
    told.world.told(corrected(to_lot="A2", expires=TODAY + timedelta(days=20)))
    (now,) = told.all("lot_changed")
    assert now["shipped_count"] == 2
    last, first = now["shipped"]
    assert [last[name] for name in ("shipment", "order", "quantity", "customer")] == ["S2", "2", "2", None]
    assert [first[name] for name in ("shipment", "order", "quantity", "customer")] == ["S1", "1", "3", "C-7"]
    assert (first["lot"], date.fromisoformat(first["expires"])) == ("A", TODAY + timedelta(days=100))
    told.world.told(replace(corrected(expires=TODAY + timedelta(days=21)), correction="LC-2"))
    assert [one["lot"] for one in told.all("lot_changed")[0]["shipped"]] == ["A", "A"]
