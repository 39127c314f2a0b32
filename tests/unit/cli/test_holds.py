"""Holds, papers and hazards as people are shown them."""

from __future__ import annotations

from datetime import UTC, date, datetime

from lotstream.cli.holds import _hazard, _in_words, papers_shown, shown
from lotstream.domain.model import Hold, HoldKind, Inspection, Item, LotDocument, LotMore, Stage
from lotstream.store.reads_papers import Hazard, Held

AT = datetime(2026, 9, 1, 8, 30, tzinfo=UTC)
HOLD = Hold("H-1", HoldKind.QUARANTINE, "wet", "qa-1", AT)
KILOS = Item("RICE", base_unit="kg", decimals=2, hazard="dust")


def test_what_is_on_hold_in_words() -> None:
    """Each hold says on what it lies, how much there is of a lot, and who placed it, when and why."""
    told = [
        shown(Held(HOLD, "acme", "RICE", "L1", on_hand=1250, item=KILOS)),
        shown(Held(HOLD, "acme", "PUMP", "L1", "S1", site="TOR", location="A1")),
        shown(Held(HOLD, site="TOR", location="A1")),
        shown(Held(HOLD, "acme", supplier="S-3")),
        shown(Held(Hold("", HoldKind.HOLD), "acme")),
    ]
    rest = ("H-1", "quarantine", "wet", "qa-1", "2026-09-01 08:30")
    assert [tuple(_in_words(one)) for one in told] == [
        ("acme", "lot L1 of RICE", "12.5", *rest),
        ("acme", "serial S1 of PUMP", None, *rest),
        (None, "A1 at TOR", None, *rest),
        ("acme", "all from S-3", None, *rest),
        ("acme", "everything", None, None, "hold", None, None, None),
    ]
    assert [one["on"] for one in told] == ["lot", "serial", "bin", "supplier", "owner"]


def test_papers_of_a_lot() -> None:
    """Certificates with their last day, inspections with what came of them and was measured."""
    more = LotMore(
        documents=(LotDocument("organic", "1", expires=date(2027, 1, 1)),),
        inspections=(Inspection("Q1", Stage.INBOUND, passed=False, by="qa", at=AT, measured={"ph": "7"}),),
    )
    told = papers_shown(more)
    assert (told["documents"][0]["type"], told["documents"][0]["expires"]) == ("organic", date(2027, 1, 1))
    assert (told["inspections"][0]["result"], told["inspections"][0]["measured"]) == ("failed", {"ph": "7"})
    assert papers_shown(LotMore()) == {"documents": [], "inspections": []}


def test_hazards_are_shown_with_whose_they_are() -> None:
    """Class, owner, place and quantity in the item's unit."""
    told = _hazard(Hazard("acme", KILOS, "L1", "TOR", "A1", 250))
    assert (told["class"], told["owner"], told["location"], told["quantity"], told["unit"]) == (
        "dust", "acme", "A1", "2.5", "kg",
    )  # fmt: skip
