"""Certificates that an item or a customer requires, from the promise to the gate."""

# ruff: noqa: ANN401 - the words of a test pass on whatever the messages take.
from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from lotstream.domain.codes import Code, NotUsed
from lotstream.domain.commands import (
    ChangeSettings,
    ContinueDay,
    DefineCustomer,
    DefineItem,
    DocumentLot,
    OpenDay,
    TickClock,
)
from lotstream.domain.events import AvailabilityTold, DiscrepancyNoted, LotDocumented, OrderAllocated, ReservationFreed
from lotstream.domain.expiry import NEVER
from lotstream.domain.lot_facts import LOT_DOCUMENTS_MAX
from lotstream.domain.model import Channel, Customer, Item, Lot, LotDocument, LotMore, OrderState, Settings
from lotstream.domain.papers_needed import papered_until, types_needed
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import TODAY, World, decided, goods, kinds, only

ORGANIC = Item("TEA", version=2, documents=("organic",))
PICKY = Customer("C-7", documents=("health",))


def paper(type_: str = "organic", number: str = "1", *, expires: date | None = None) -> LotDocument:
    """A paper of a type."""
    return LotDocument(type_, number, None, expires)


def papers(lot: str, *documents: LotDocument, **more: Any) -> DocumentLot:
    """Papers of a lot of tea."""
    return DocumentLot("TEA", lot, documents, **more)


def organic(**more: Any) -> World:
    """A world where tea needs a certificate, with ten of L1 and ten of L2, which nobody has any papers of."""
    world = World(Settings(**more))
    world.told(DefineItem(ORGANIC))
    world.stock(goods("L1"), goods("L2", expires=TODAY + timedelta(days=60)))
    return world


def test_a_paper_that_has_run_out_before_it_was_given() -> None:
    """Nobody can tell which of its days is right: it is refused, and may be withdrawn as it is."""
    world = organic()
    never = LotDocument("organic", "1", TODAY, TODAY - timedelta(days=1))
    assert world.refused(papers("L2", paper(number="0"), never)) == (Code.FIELD_INVALID, "documents.1.expires")
    assert world.told(papers("L2", never, withdrawn=True)) == ()
    assert kinds(world.told(papers("L2", LotDocument("organic", "1", TODAY, TODAY)))) == ["LotDocumented"]


def test_what_an_item_requires_is_there_before_anything_is_promised() -> None:
    """A lot without the certificate is passed over by its code; one that has it is used, and the order goes on."""
    world = organic()
    (recorded,) = world.place("#1")
    (decision,) = recorded.decisions  # type: ignore[union-attr]
    assert {one.reason for one in decision.considered} == {NotUsed.DOCUMENT_MISSING}
    events = world.told(papers("L2", paper()))
    assert kinds(events) == ["LotDocumented", "OrderAllocated"]
    assert world.lots("#1") == [("L2", 5)]
    assert world.told(papers("L2", paper())) == ()


@pytest.mark.parametrize(("days", "ok"), [(-1, False), (0, True), (1, True)])
def test_a_certificate_counts_through_its_last_day(days: int, ok: bool) -> None:
    """One that ran out yesterday is missing; on its last day it is there; one without a last day counts for ever."""
    world = organic()
    world.told(papers("L1", paper(expires=TODAY + timedelta(days=days))))
    world.place("#1")
    assert world.lots("#1") == ([("L1", 5)] if ok else [])


def test_the_ship_date_counts() -> None:
    """A certificate that will have run out when the goods leave does not do for that order."""
    world = organic()
    world.told(papers("L1", paper(expires=TODAY + timedelta(days=3))))
    world.place("#1", ship_date=TODAY + timedelta(days=4))
    world.place("#2", ship_date=TODAY + timedelta(days=3))
    assert (world.lots("#1"), world.lots("#2")) == ([], [("L1", 5)])


def test_of_two_certificates_the_longer_one_counts() -> None:
    """Papers are told apart by type and number; the same number again replaces what was known."""
    world = organic()
    world.told(papers("L1", paper(number="1", expires=TODAY - timedelta(days=1)), paper(number="2")))
    more = world.ledger.lots["TEA", "L1"].more
    assert more is not None
    assert papered_until(Lot("TEA", "L1", more=more), ("organic",)) == NEVER
    world.told(papers("L1", paper(number="2", expires=TODAY)))
    assert [one.expires for one in world.ledger.lots["TEA", "L1"].more.documents] == [TODAY - timedelta(days=1), TODAY]  # type: ignore[union-attr]


def test_a_customer_requires_papers_that_others_do_without() -> None:
    """Only orders of that customer pass the lot over, and both lists together are required of goods for it."""
    world = World()
    world.stock(goods("L1"), goods("L2", expires=TODAY + timedelta(days=60)))
    world.told(DefineCustomer(PICKY))
    world.told(papers("L2", paper("health")))
    world.place("#1", customer="C-7")
    world.place("#2")
    assert (world.lots("#1"), world.lots("#2")) == ([("L2", 5)], [("L1", 5)])
    assert types_needed(ORGANIC, PICKY) == ("organic", "health")
    assert types_needed(None, None) == ()


def test_goods_without_a_lot_have_no_papers() -> None:
    """Where an item requires papers, stock without a lot is never used."""
    world = World()
    world.told(DefineItem(ORGANIC))
    world.stock(goods(None))
    world.place("#1")
    assert world.lots("#1") == []


def test_promises_move_when_a_certificate_is_withdrawn() -> None:
    """Who was promised the lot is given another that has its papers; what is picked stays, and does not leave."""
    world = organic()
    world.told(papers("L1", paper()))
    world.told(papers("L2", paper()))
    world.place("#1")
    world.place("#2")
    world.told(world.pick("#2"))
    events = world.told(papers("L1", paper(), withdrawn=True, by="qa-1"))
    assert kinds(events) == ["LotDocumented", "ReservationFreed", "OrderAllocated"]
    assert only(events, ReservationFreed).reason is NotUsed.DOCUMENT_MISSING
    assert world.lots("#1") == [("L2", 5)]
    assert world.refused(world.ship("#2")) == (Code.LOT_NOT_ALLOWED, "orders.0.lot")
    noted = only(world.told(world.ship("#2", happened=True)), DiscrepancyNoted)
    assert "document_missing" in noted.message
    assert world.ledger.lots["TEA", "L1"].more == LotMore(came="balance")


def test_a_customers_promises_move_as_well() -> None:
    """A paper that one customer requires and others do not takes the promise off that customer's orders alone."""
    world = World()
    world.stock(goods("L1"))
    world.told(DefineCustomer(PICKY))
    world.told(papers("L1", paper("health")))
    world.place("#1", customer="C-7")
    world.place("#2")
    events = world.told(papers("L1", paper("health", expires=TODAY - timedelta(days=1))))
    assert only(events, ReservationFreed).key.order == "#1"
    assert (world.lots("#1"), world.lots("#2")) == ([], [("L1", 5)])


def test_a_day_that_turns_takes_goods_out_of_use() -> None:
    """On the day after its certificate's last day a lot is promised to nobody, and what was promised moves."""
    world = organic(channels=(Channel("shop"),))
    world.told(papers("L1", paper(expires=TODAY)))
    world.told(papers("L2", paper()))
    world.place("#1")
    assert world.lots("#1") == [("L1", 5)]
    world.told(OpenDay(SITE, TODAY + timedelta(days=1)))
    assert only(world.told(ContinueDay(10)), OrderAllocated).key.order == "#1"
    assert world.lots("#1") == [("L2", 5)]
    figures = [figure.quantity for figure in only(world.told(TickClock()), AvailabilityTold).figures]
    assert figures == [5]


def test_picks_and_packing_ask_as_well() -> None:
    """The same check stops a pick of goods whose papers are gone, with a code and a sentence that says which."""
    world = organic(reallocate="manual")
    world.told(papers("L1", paper()))
    world.place("#1")
    world.told(DefineItem(Item("TEA", version=3, documents=("organic", "health"))))
    refusal = world.warehouse.hear(world.pick("#1"))
    assert refusal.code is Code.LOT_NOT_ALLOWED  # type: ignore[union-attr]
    assert "health" in refusal.message  # type: ignore[union-attr]
    assert world.refused(world.pick("#1")) == (Code.LOT_NOT_ALLOWED, "lines.0.lot")


def test_an_item_that_requires_more_has_its_promises_looked_at() -> None:
    """A new requirement moves what was promised of lots that do not meet it, part by part."""
    world = organic()
    world.told(papers("L1", paper()))
    world.told(papers("L2", paper(), paper("health")))
    world.place("#1")
    world.told(DefineItem(Item("TEA", version=3, documents=("organic", "health"))))
    while world.told(ContinueDay(10)):
        pass
    assert (world.lots("#1"), world.get("#1").state) == ([("L2", 5)], OrderState.ALLOCATED)
    world.told(ChangeSettings(Settings()))


def test_what_is_refused() -> None:
    """Papers need a lot that is known, are named, and are no more than a lot may have; withdrawing none is nothing."""
    world = organic()
    assert world.refused(papers("L9", paper())) == (Code.UNKNOWN_LOT, "lot")
    assert world.refused(papers("L1")) == (Code.FIELD_MISSING, "documents")
    world.told(papers("L1", *(paper(number=str(number)) for number in range(LOT_DOCUMENTS_MAX))))
    assert world.refused(papers("L1", paper(number="one more"))) == (Code.TOO_LARGE, "documents")
    assert decided(world, papers("L1", paper(number="never there"), withdrawn=True)) == ()
    event = only(world.told(papers("L1", paper(number="3"), withdrawn=True, by="qa-1")), LotDocumented)
    assert (len(event.documents), event.by, event.withdrawn) == (LOT_DOCUMENTS_MAX - 1, "qa-1", True)


def test_other_facts_of_a_lot_stay() -> None:
    """Where the last paper is withdrawn whatever else is known of the lot is kept."""
    world = organic()
    world.told(papers("L1", paper()))
    lot = world.ledger.lots["TEA", "L1"]
    world.ledger.lots["TEA", "L1"] = Lot("TEA", "L1", lot.expires, more=LotMore(origin="CA", documents=(paper(),)))
    world.told(papers("L1", paper(), withdrawn=True))
    assert world.ledger.lots["TEA", "L1"].more == LotMore(origin="CA")
