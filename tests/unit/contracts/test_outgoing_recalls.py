"""What a recall tells: letters with names that no journal keeps, and what people are told of it as a whole."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from lotstream.contracts.outgoing import messages
from lotstream.contracts.write_recalls import nameless
from lotstream.domain.events import ConsigneesListed, RecallClosed, RecallOpened
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import (
    LookedBack,
    LotName,
    Reach,
    Reached,
    Recall,
    recall_key,
)
from tests.unit.contracts.building import AT, CONSIGNEE, MOMENT, ledger_of_an_order, told

RECALL = Recall(
    recall_key("RC-1"), (LotName("CER-001", "L24A"),), (LotName("BAG-001", "B"),), AT, reason="glass",
    reached=Reached({"BAG-001": 1500, "CER-001": 12}, {"BAG-001": 6000, "CER-001": 48}, 21, 90, 1, 7, 1),
    held={"CER-001": 3}, consignees=1,
)  # fmt: skip
LISTED = ConsigneesListed("RC-1", (CONSIGNEE,), "glass", "Recall", "Stop selling it.")
PERSON = b'{"name":"Ann Example","company":null,"street":["1 Road"],"phone":null,"email":"ann@example.com"}'


@pytest.fixture
def ledger() -> Ledger:
    """An owner with the items."""
    return ledger_of_an_order()


def know(ledger: Ledger, persons: dict[str, bytes]) -> None:
    """Have the database answer a recall with these persons."""
    ledger.history[Reach((), "", True)] = LookedBack(Reached(), (), more=False, persons=persons)


def letter(ledger: Ledger) -> dict[str, Any]:
    """The one letter, as its reader has it."""
    ((topic, body),) = told(ledger, LISTED)
    assert topic == "lotstream.recall-letters"
    return body


def test_a_letter_says_who_got_what_and_where_he_is(ledger: Ledger) -> None:
    """Name and street come from the database, the place from what left; quantities are in base units."""
    know(ledger, {"p" * 32: PERSON})
    body = letter(ledger)
    assert body["ship_to"] == {
        "name": "Ann Example", "company": None, "street": ["1 Road"], "phone": None, "email": "ann@example.com",
        "city": "Columbus", "region": "OH", "postcode": "43085", "country": "US",
    }  # fmt: skip
    cereal = {"sku": "CER-001", "lot": "L24A", "expires": "2027-06-01", "quantity": "12", "returned": "2"}
    bag = {"sku": "BAG-001", "lot": "B", "expires": None, "quantity": "1.5", "returned": "0", "unit": "kg"}
    assert body["lots"] == [{**cereal, "unit": "each"}, bag]
    said = ("recall", "reason", "subject", "text", "consignee", "customer", "orders_count")
    assert [body[name] for name in said] == [
        "RC-1", "glass", "Recall", "Stop selling it.", "3f6a0c41d2b7e895", "C-7", 21,
    ]  # fmt: skip
    assert body["orders"] == [{"source": "shopify:example-shop", "order": "#1001"}]


@pytest.mark.parametrize("persons", [{}, {"p" * 32: b"{}"}])
def test_who_was_erased_has_no_name(ledger: Ledger, persons: dict[str, bytes]) -> None:
    """His letter still says which place and which customer."""
    know(ledger, persons)
    to = letter(ledger)["ship_to"]
    assert (to["name"], to["street"], to["city"], to["country"]) == (None, [], "Columbus", "US")


def test_letters_are_compared_without_names(ledger: Ledger) -> None:
    """A journal that is played has no names; everything else must be the same."""
    (without,) = messages(ledger, LISTED, MOMENT)
    know(ledger, {"p" * 32: PERSON})
    (told_then,) = messages(ledger, LISTED, MOMENT)
    (other,) = messages(ledger, replace(LISTED, reason="metal"), MOMENT)
    assert nameless(told_then.value) == nameless(without.value) != nameless(other.value)
    assert not {"name", "street"} & json.loads(nameless(told_then.value))["ship_to"].keys()


def test_people_are_told_how_far_a_recall_reaches(ledger: Ledger) -> None:
    """Lots, what is in the house, what left with how many orders for how many customers; of a drill nobody is told."""
    ((topic, body),) = told(ledger, RecallOpened(RECALL))
    assert (topic, body["alert"], body["code"]) == ("lotstream.alerts", "recall", "recalled")
    assert body["about"] == {"recall": "RC-1", "reason": "glass"}
    assert body["message"] == (
        "Recall RC-1: 1 lot and 1 made of them. In the house: 3 each of CER-001; 1.5 kg of BAG-001, 12 each of "
        "CER-001 left with 21 orders for 1 customer; 1 letter so far."
    )
    longer = replace(RECALL, listed_to="3f", reason=None, descendants=(), held=dict.fromkeys("ABCDE", 1))
    ((_, body),) = told(ledger, RecallOpened(longer))
    assert body["about"] == {"recall": "RC-1"}
    assert "In the house: 1 each of A, 1 each of B, 1 each of C, goods of 2 more items; " in body["message"]
    assert body["message"].endswith("There are more to write to: tell the recall again under its number.")
    assert told(ledger, RecallOpened(replace(RECALL, drill=True))) == []
    sold = replace(RECALL, reached=replace(RECALL.reached, sold={"zenith": {"CER-001": 4}}))
    ((_, body),) = told(ledger, RecallOpened(sold))
    assert body["message"].endswith("4 each of CER-001 were sold to owner zenith, where they are to be recalled too.")


def test_people_are_told_how_well_a_recall_went(ledger: Ledger) -> None:
    """How many answered, and how much of it was sent back or destroyed; of nothing there is no part."""
    closed = replace(RECALL, answered=1, recovered={"CER-001": 6}, reached=Reached({"CER-001": 12}, {}))
    ((_, body),) = told(ledger, RecallClosed(closed))
    assert (body["alert"], body["code"]) == ("recall", "recall_closed")
    assert body["message"] == (
        "Recall RC-1 is closed: 1 of 1 consignee answered (100.0 %), 6 each of CER-001 of 12 each of CER-001 were sent "
        "back or destroyed (50.0 %)."
    )
    ((_, body),) = told(ledger, RecallClosed(replace(RECALL, consignees=0, reached=Reached())))
    assert "0 of 0 consignees answered, nothing of nothing were" in body["message"]
