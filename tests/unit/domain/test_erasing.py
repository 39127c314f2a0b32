"""Persons are forgotten: whose data goes follows from keys and orders, and nothing else changes."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from lotstream.domain import erasing
from lotstream.domain.codes import Code, Refusal
from lotstream.domain.commands import DefineCustomer, ErasePersons, PackedLine, PackPackage, ShippedLine
from lotstream.domain.erasing import persons_of
from lotstream.domain.events import DiscrepancyNoted, PersonsErased
from lotstream.domain.history import asks_history, questions
from lotstream.domain.model import Customer, OrderKey, PackageKind, Referenced
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import World, goods, key, kinds, only, wanted


def erase(*orders: str, persons: tuple[str, ...] = (), request: str = "E-1", **more: Any) -> ErasePersons:  # noqa: ANN401 - as the command takes them
    """A request."""
    return ErasePersons(request, persons, tuple(map(key, orders)), **more)


def test_persons_are_found_by_key_and_by_order() -> None:
    """Each person named, or named by an order, is erased once; orders without one add nobody."""
    world = World()
    for number, person in (("#1", "p-1"), ("#2", "p-2"), ("#3", "p-1"), ("#4", None)):
        world.place(number, person=person)
    events = world.told(erase("#1", "#2", "#3", "#4", persons=("p-9", "p-2"), by="desk"))
    assert kinds(events) == ["PersonsErased"]
    assert (only(events, PersonsErased).persons, only(events, PersonsErased).by) == (("p-9", "p-2", "p-1"), "desk")


def test_an_order_that_has_left_still_knows_its_person() -> None:
    """A closed order is read by its key, and its person is erased; the order itself says what it said."""
    world = World()
    world.stock(goods("L1", 5))
    world.place("#1", person="p-1", city="Columbus")
    world.told(world.ship("#1", ShippedLine("1", "L1", Decimal(5)), happened=True))
    assert only(world.told(erase("#1")), PersonsErased).persons == ("p-1",)
    assert (world.get("#1").person, world.get("#1").city) == ("p-1", "Columbus")


@pytest.mark.parametrize("packed", [False, True])
def test_former_versions_are_forgotten_too(packed: bool) -> None:
    """An order that was sent to another address before names that person too, however often it was changed."""
    world = World()
    world.stock(goods("L1", 5))
    world.place("#1", person="p-1", version="1")
    if packed:
        world.told(world.pick("#1"))
        world.told(PackPackage(SITE, False, None, None, "C1", PackageKind.CARTON, (PackedLine(key("#1")),)))
    world.place("#1", person="p-2", version="2")
    world.place("#1", person=None, version="3")
    world.place("#1", person="p-1", version="4")
    assert persons_of(world.get("#1")) == ("p-1", "p-2")
    assert only(world.told(erase("#1")), PersonsErased).persons == ("p-1", "p-2")


def test_asked_again_it_changes_nothing() -> None:
    """The same request is a repeat; other content under its number is refused; under a new number it is done again."""
    world = World()
    world.place("#1", person="p-1")
    world.told(erase("#1"))
    assert world.told(erase("#1")) == ()
    assert world.refused(erase(persons=("p-2",))) == (Code.CONFLICTING_CONTENT, "request")
    assert kinds(world.told(erase("#1", request="E-2"))) == ["PersonsErased"]


def test_all_that_a_shop_sent_is_forgotten_when_it_leaves() -> None:
    """Open and closed orders of the source, former versions too, and of no other source; a repeat changes nothing."""
    world = World()
    world.place("#1", person="p-1", version="1")
    world.place("#1", person="p-2", version="2")
    world.place("#2", person="p-3")
    world.told(replace(world.order("#2", person="p-4"), key=OrderKey("elsewhere", "#2")))
    assert only(world.told(erase(source=key("#1").source)), PersonsErased).persons == ("p-1", "p-2", "p-3")
    assert world.told(erase(source=key("#1").source)) == ()
    assert world.refused(erase(source="elsewhere")) == (Code.CONFLICTING_CONTENT, "request")
    assert world.refused(erase(source="nowhere", request="E-9")) == (Code.UNKNOWN_ORDER, "source")


def test_a_request_that_names_nobody_known_is_refused() -> None:
    """Nobody at all, or orders of which none is known: refused, with the field that is at fault."""
    world = World()
    assert world.refused(erase()) == (Code.FIELD_MISSING, "persons")
    assert world.refused(erase("#8", "#9")) == (Code.UNKNOWN_ORDER, "orders.0")
    assert world.refused(erase("#8", customer="C-7")) == (Code.UNKNOWN_ORDER, "orders.0")
    assert world.refused(erase(customer="C-7")) == (Code.UNKNOWN_CUSTOMER, "customer")


def referenced(value: str, source: str = "shop") -> Referenced:
    """An order by its number in a shop."""
    return Referenced(source, "shop_id", value)


def test_orders_are_found_by_what_others_call_them() -> None:
    """All versions of each; what no order of the source is called is told, or refused where it is all there is."""
    world = World()
    source = key("#1").source
    world.place("#1", person="p-1", version="1", references={"shop_id": "77"})
    world.place("#1", person="p-2", version="2", references={"shop_id": "77"})
    world.place("#2", person="p-3", references={"shop_id": "78", "po": "77"})
    command = ErasePersons("E-1", references=(referenced("77", source), referenced("9", source)))
    assert (asks_history(command), questions(world.ledger, command)) == (True, command.references)
    events = world.told(command)
    assert only(events, PersonsErased).persons == ("p-2", "p-1")
    assert "shop_id 9 from" in only(events, DiscrepancyNoted).message
    assert world.told(ErasePersons("E-1", references=command.references[::-1])) == ()
    assert world.refused(ErasePersons("E-1", references=command.references[:1])) == (
        Code.CONFLICTING_CONTENT,
        "request",
    )
    nobody = ErasePersons("E-2", references=(referenced("77", "elsewhere"),))
    assert world.refused(nobody) == (Code.UNKNOWN_ORDER, "references.0")


def test_all_persons_of_a_customer_are_found() -> None:
    """Of open and closed orders, also of their former versions; those of other customers stay."""
    world = World()
    for customer in ("C-7", "C-8"):
        world.told(DefineCustomer(Customer(customer)))
    world.stock(goods("L1", 5))
    world.place("#1", person="p-1", customer="C-7")
    world.told(world.ship("#1", ShippedLine("1", "L1", Decimal(5)), happened=True))
    world.place("#2", person="p-2", customer="C-7", version="1")
    world.place("#2", person="p-3", customer="C-7", version="2")
    world.place("#3", person="p-4", customer="C-8")
    assert only(world.told(erase(customer="C-7")), PersonsErased).persons == ("p-1", "p-2", "p-3")
    assert world.refused(erase(customer="C-8")) == (Code.CONFLICTING_CONTENT, "request")


def test_a_customer_with_too_many_persons_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A number that stands for a whole shop is no person: nothing is erased, and the field is named."""
    monkeypatch.setattr(erasing, "NAMED_MAX", 1)
    world = World()
    world.told(DefineCustomer(Customer("C-7")))
    for number in ("#1", "#2"):
        world.place(number, person=f"p-{number}", customer="C-7")
    assert world.refused(erase(customer="C-7")) == (Code.TOO_LARGE, "customer")


def test_a_source_with_too_many_persons_is_erased_part_by_part(monkeypatch: pytest.MonkeyPatch) -> None:
    """The refusal says by which command."""
    monkeypatch.setattr(erasing, "SOURCE_NAMED_MAX", 1)
    world = World()
    for number in ("#1", "#2"):
        world.place(number, person=f"p-{number}")
    refusal = world.warehouse.decide(erase(source=key("#1").source))
    assert isinstance(refusal, Refusal)
    assert (refusal.code, refusal.field) == (Code.TOO_LARGE, "source")
    assert "lotstream person erase --source shop" in refusal.message


def test_what_is_known_is_erased_beside_what_is_not() -> None:
    """A shop names all orders of a person, also those from before the hub: they are told, and keep nobody."""
    world = World()
    world.place("#1", wanted(), person="p-1")
    events = world.told(erase("#1", *(f"#{number}" for number in range(10, 32))))
    assert kinds(events) == ["PersonsErased", "DiscrepancyNoted"]
    noted = only(events, DiscrepancyNoted)
    assert (noted.code, noted.about) == (Code.UNKNOWN_ORDER, {"request": "E-1"})
    assert noted.message.endswith("#29 from shop and 2 more.")
    alone = world.told(erase("#7", persons=("p-1",), request="E-2"))
    assert only(alone, DiscrepancyNoted).message.endswith("#7 from shop.")
