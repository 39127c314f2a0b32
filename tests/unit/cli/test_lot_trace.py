"""A trace as a person reads it, and as JSON."""

from __future__ import annotations

from datetime import UTC, date, datetime

from lotstream.cli.lot_trace import _shown, report
from lotstream.domain.model import Item, LotName
from lotstream.store.reads_trace import Amount, Step, Trace, TracedLot

AT = datetime(2026, 9, 1, 8, 5, tzinfo=UTC)
COCOA, BAR, BOX = LotName("COCOA", "77"), LotName("BAR", "B1"), LotName("BOX", "X1")


def step(number: str, used: tuple[Amount, ...], made: tuple[Amount, ...]) -> Step:
    """A production."""
    return Step(AT, "TOR", "production", number, used, made)


FORWARD = Trace(
    COCOA,
    True,
    {
        COCOA: TracedLot(COCOA, 0, (LotName("COCOA", "7"), LotName("CACAO", "77")), date(2027, 1, 1), 125, 0),
        BAR: TracedLot(BAR, 1, (), None, 10, 590),
        BOX: TracedLot(BOX, 2, (), None, 5, 0),
    },
    [
        step(
            "PO-1",
            (Amount("COCOA", "77", 100), Amount("COCOA", "77", 25), Amount("MILK", None, 3)),
            (Amount("BAR", "B1", 600),),
        ),
        step("PO-2", (Amount("BAR", "B1", 50),), (Amount("BOX", "X1", 5),)),
        step("PO-3", (Amount("BOX", "X1", 1),), (Amount("COCOA", "77", 2),)),
    ],
    {"COCOA": Item("COCOA", base_unit="kg", decimals=1), "BAR": Item("BAR")},
)
BACKWARD = Trace(COCOA, False, {COCOA: FORWARD.lots[COCOA]}, [], FORWARD.items, complete=False)


def test_a_person_reads_a_tree() -> None:
    """Quantities of what was used stand over what came of it; a circle and a second way to a lot end at its name."""
    assert list(report("acme", [FORWARD, BACKWARD])) == [
        "COCOA lot 77: 12.5 kg on hand, expires 2027-01-01, was 7, CACAO 77, of acme",
        "",
        "What was made of it:",
        "  12.5 kg of it in production PO-1, 2026-09-01 08:05 at TOR",
        "    600 each → BAR lot B1: 10 each on hand, 590 each shipped",
        "      50 each of it in production PO-2, 2026-09-01 08:05 at TOR",
        "        5 → BOX lot X1: 5 on hand",
        "          1 of it in production PO-3, 2026-09-01 08:05 at TOR",
        "            0.2 kg → COCOA lot 77: 12.5 kg on hand, expires 2027-01-01, was 7, CACAO 77 (see above)",
        "",
        "What it was made of:",
        "  nothing",
        "  … there is more than was followed.",
    ]


def test_backward_the_ingredients_stand_below() -> None:
    """Each with its own quantity; those without a lot are named by their item, those not followed by their name."""
    lots = {BAR: FORWARD.lots[BAR], COCOA: FORWARD.lots[COCOA]}
    trace = Trace(
        BAR, False, lots, [*FORWARD.steps[:1], step("PO-9", (Amount("SALT", "S", 1),), (Amount("BAR", "B1", 1),))]
    )
    assert list(report("acme", [trace]))[2:] == [
        "What it was made of:",
        "  600 of it from production PO-1, 2026-09-01 08:05 at TOR",
        "    125 ← COCOA lot 77: 125 on hand, expires 2027-01-01, was 7, CACAO 77",
        "    3 MILK without a lot",
        "  1 of it from production PO-9, 2026-09-01 08:05 at TOR",
        "    1 ← SALT lot S",
    ]


def test_json_has_all_of_it() -> None:
    """Quantities are decimal strings of base units, each lot of a record once."""
    shown = _shown(FORWARD)
    assert (shown["direction"], shown["complete"]) == ("forward", True)
    assert shown["lots"][0] == {
        "sku": "COCOA", "lot": "77", "depth": 0,
        "former": [{"sku": "COCOA", "lot": "7"}, {"sku": "CACAO", "lot": "77"}], "expires": date(2027, 1, 1),
        "on_hand": "12.5", "shipped": "0", "unit": "kg",
    }  # fmt: skip
    assert shown["steps"][0]["used"] == [
        {"sku": "COCOA", "lot": "77", "quantity": "12.5", "unit": "kg"},
        {"sku": "MILK", "lot": None, "quantity": "3", "unit": None},
    ]
