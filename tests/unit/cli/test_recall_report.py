"""A recall's report, as people read it and as JSON."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from lotstream.cli.recall_report import Gathered, heading, print_report, shown
from lotstream.domain.model import (
    Consignee,
    ConsigneeAnswer,
    Hold,
    HoldKind,
    Item,
    LookedBack,
    LotDocument,
    LotGot,
    LotMore,
    LotName,
    LotRecovered,
    OrderKey,
    Reached,
    Recall,
    RecallRule,
    Recipient,
    consignee_key,
    recall_key,
)
from lotstream.store.reads_recalls import LotSeen, RecallSeen, StockSeen

AT = datetime(2026, 9, 1, 8, tzinfo=UTC)
RECALL = Recall(
    recall_key("RC-1"), (LotName("TEA", "L1"),), (LotName("MIX", "M1"),), AT, reason="glass", consignees=2, answered=1,
    held={"TEA": 250}, promised={"TEA": 50}, open_orders=1, recovered={"TEA": 100},
)  # fmt: skip
ANN = Recipient(
    "a" * 16, "C-7", "p1", "Columbus", "OH", "43085", "US", tuple(OrderKey("shop", f"#{n}") for n in range(4)), 5,
    (LotGot("TEA", "L1", 150, 25),),
)  # fmt: skip
BOB = Recipient("b" * 16, None, "p2", None, None, None, None, (OrderKey("shop", "#9"),), 1, (LotGot("MIX", "M1", 1),))
FOUND = Gathered(
    RecallSeen("acme", RECALL, AT, AT + timedelta(seconds=1.5)),
    [
        LotSeen(
            "MIX", "M1", None, None, None, None, (Hold("RC-1", HoldKind.RECALL),),
            LotMore(documents=(LotDocument("organic", "ORG-6"),)),
        ),
        LotSeen("TEA", "L1", date(2027, 1, 1), date(2026, 1, 1), "S-3", "24A", (), LotMore()),
    ],
    [StockSeen("TOR", "A-01", "TEA", "L1", "good", 250, 50)],
    {
        ANN.id: Consignee(
            consignee_key("RC-1", ANN.id), "RC-1", ANN, ConsigneeAnswer.RETURNED, AT, "desk",
            (LotRecovered("TEA", "L1", 75, 25),),
        )
    },
    LookedBack(Reached({"MIX": 1, "TEA": 150}, {"MIX": 4, "TEA": 300}, 6, 12, 2, 8, 2), (ANN, BOB), False, {}),
    [ANN, BOB],
    {"p1": b'{"name":"Ann","company":null,"street":["1 Road"],"phone":"1","email":null}', "p2": b"{}"},
    {"TEA": Item("TEA", base_unit="kg", decimals=2), "MIX": Item("MIX")},
)  # fmt: skip


def told(**changed: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever a recall has
    """The report of a recall of which something is different."""
    return shown(replace(FOUND, seen=replace(FOUND.seen, recall=replace(RECALL, **changed))))


def test_a_recall_is_told_as_a_whole() -> None:
    """Time, lots with what they were made of and their papers, what is where, shares, answers and what came back."""
    assert [*heading(told())] == [
        "Recall RC-1 of acme (glass): open, took 1.5 s",
        "  MIX lot M1: made of it, held, organic ORG-6",
        "  TEA lot L1: expires 2027-01-01, made 2026-01-01, supplier S-3, supplier lot 24A, NOT HELD",
        "In the house 2.5 kg of TEA, 0.5 kg of TEA of it promised to 1 order",
        "Left: 1 each of MIX, 1.5 kg of TEA (35.7 %) with 6 orders (50.0 %) for 2 customers (25.0 %)",
        "Letters: 2, answered 1 (50.0 %); sent back or destroyed 1 kg of TEA (40.0 %); booked back 0.25 kg of TEA",
    ]


def test_what_was_lost_on_the_road_is_said() -> None:
    """It left, and whoever was to get it has not got it."""
    lost = shown(replace(FOUND, lost={"TEA": 30}))
    assert lost["scope"]["lost"] == [{"sku": "TEA", "quantity": "0.3", "unit": "kg"}]
    assert "Lost on the road, of what left: 0.3 kg of TEA" in [*heading(lost)]


def test_a_drill_says_what_would_be_done() -> None:
    """It holds nothing and writes to nobody; a list that goes on says how."""
    said = [*heading(told(drill=True, listed_to="x"))]
    assert said[0].startswith("Drill RC-1")
    assert said[2] == "  TEA lot L1: expires 2027-01-01, made 2026-01-01, supplier S-3, supplier lot 24A"
    assert said[-1] == "The list goes on: give the command again under the same number."
    assert told(drill=True)["scope"]["letters"] == 0


def test_everybody_who_got_any_has_his_address_and_quantities() -> None:
    """And what he says; who was erased, or not written to yet, is there too."""
    ann, bob = told()["consignees"]
    assert (ann["name"], ann["street"], ann["postcode"], ann["phone"]) == ("Ann", ["1 Road"], "43085", "1")
    assert ann["lots"] == [{"sku": "TEA", "lot": "L1", "quantity": "1.5", "came_back": "0.25", "unit": "kg"}]
    assert (ann["answer"], ann["answered_at"]) == ("returned", AT.isoformat())
    assert ann["recovered"] == [{"sku": "TEA", "lot": "L1", "returned": "0.75", "destroyed": "0.25"}]
    assert (bob["name"], bob["street"], bob["written_to"], bob["answer"]) == (None, [], False, None)


def test_it_is_printed_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    """Stock and consignees as tables; of a long list as many as are wanted."""
    print_report(told(), rows_max=1)
    said = capsys.readouterr().out
    assert "TOR   A-01      TEA  L1   good    2.5      0.5" in said
    assert "C-7       Ann   1 Road, 43085 Columbus OH US  1.5 kg of L1  #0, #1, #2 (+2)  returned" in said
    assert "… and 1 more: --rows-max, or --json has them all" in said
    print_report(told(), rows_max=2)
    assert "not written to" in capsys.readouterr().out
    nothing = replace(FOUND, stock=[], recipients=[], now=LookedBack(Reached(), (), False, {}), lots=[])
    print_report(shown(nothing), rows_max=1)
    said = capsys.readouterr().out
    assert "Gone to" not in said
    assert "Left: nothing with 0 orders for 0 customers" in said


def test_what_a_recall_waits_for_is_said() -> None:
    """By what it was told to look for; what it does not say does not matter."""
    rule = RecallRule(
        Hold("RC-1", HoldKind.RECALL), supplier="S-3", made_from=date(2026, 6, 1), made_to=date(2026, 6, 5)
    )
    told = shown(replace(FOUND, rules=[rule]))
    assert told["waits_for"] == [
        {"sku": None, "supplier": "S-3", "supplier_lot": None, "made_from": "2026-06-01", "made_to": "2026-06-05"}
    ]
    assert "  and what comes in later of supplier S-3, made from 2026-06-01, made to 2026-06-05" in [*heading(told)]
