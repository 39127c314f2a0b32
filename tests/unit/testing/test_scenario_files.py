"""Scenario files that are wrong, or ask for too much, fail by name; nothing in a file is passed over."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

from lotstream.domain.codes import Refusal
from lotstream.testing.scenarios import run, run_file, run_paths
from lotstream.testing.scenarios_domain import DomainWarehouse
from lotstream.testing.scenarios_format import ScenarioError
from lotstream.testing.scenarios_ledger import LedgerAlone
from lotstream.testing.scenarios_warehouse import Message, record_of
from lotstream.testing.scenarios_words import serials

GOOD: dict[str, Any] = {
    "format": "allocation-scenario/1",
    "id": "good",
    "category": ["fefo"],
    "today": "2026-03-10",
    "items": [{"sku": "TEA", "uoms": {"case": 6}}],
    "customers": [{"id": "C"}],
    "locations": [{"id": "STOCK"}],
    "stock": [{"lot": "L1", "qty": 5}],
    "orders": [{"id": "O1", "customer": "C", "lines": [{"qty": 2}]}],
    "expect": {"allocations": [{"order": "O1", "lot": "L1", "qty": 2}], "backordered": []},
}


def with_(**parts: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever YAML holds
    """The good scenario with some parts otherwise."""
    return {**deepcopy(GOOD), **parts}


def said(scenario: object) -> str:
    """What a scenario that fails says."""
    result = run(scenario, name="x")
    assert result.passed is False
    assert result.came_out == {} or "came out" in result.differences[0]
    return "; ".join(result.differences)


def test_the_good_one_passes() -> None:
    """What comes out is told in the words of expect, also when nothing differs."""
    result = run(GOOD, name="good")
    assert (result.passed, result.differences) == (True, ())
    assert result.came_out["allocations"] == [
        {
            "order": "O1", "line": "1", "sku": "TEA", "lot": "L1", "location": "STOCK", "package": None,
            "pack_size": None, "qty": 2,
        }
    ]  # fmt: skip
    assert set(result.came_out) >= {"backordered", "shipped", "available", "rejected", "after_step", "invariants"}


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        ({"colour": "red"}, "colour is no key that is known"),
        ({"settings": {"speed": 9}}, "settings.speed is no key that is known"),
        ({"items": [{"sku": "TEA", "weight": 1}]}, "items.0.weight is no key that is known"),
        ({"customers": [{"id": "C", "mood": "good"}]}, "customers.0.mood is no key that is known"),
        ({"locations": [{"id": "A", "floor": 2}]}, "locations.0.floor is no key that is known"),
        ({"stock": [{"lot": "L1", "quantity": 5}]}, "stock.0.quantity is no key that is known"),
        ({"orders": [{"id": "O1", "due": 1, "lines": []}]}, "orders.0.due is no key that is known"),
        ({"orders": [{"id": "O1", "lines": [{"quantity": 1}]}]}, "orders.0.lines.0.quantity is no key that is known"),
        ({"steps": [{"jump": "O1"}]}, "steps.0.jump is no step that is known"),
        ({"steps": [{"pick": {"order": "O1", "who": "me"}}]}, "steps.0.pick.who is no key that is known"),
        ({"steps": [{"order": {"id": "O2", "lines": [{"how": 1}]}}]}, "steps.0.order.lines.0.how is no key"),
        ({"steps": [{"set": {"speed": 9}}]}, "steps.0.set.speed is no key that is known"),
        ({"steps": [{"receive": {"speed": 9}}]}, "steps.0.receive.speed is no key that is known"),
        ({"steps": [{"ship": {"order": "O1", "lines": [{"how": 1}]}}]}, "steps.0.ship.lines.0.how is no key"),
        ({"steps": [{"concurrent": {"verbs": [{"jump": 1}]}}]}, "steps.0.concurrent.verbs.0.jump is no step"),
        ({"steps": [{"allocate": "all", "cancel": "O1"}]}, "steps.0 has 2 verbs, not one"),
        ({"expect": {"winner": 1}}, "expect.winner is no key that is known"),
        ({"expect": {"allocations": [{"who": 1}]}}, "expect.allocations.0.who is no key that is known"),
        ({"expect": {"allocations": ["O1"]}}, "expect.allocations.0 is no mapping"),
        ({"expect": {"invariants": {"luck": 1}}}, "expect.invariants.luck is no key that is known"),
        ({"expect": None}, "expect is no mapping"),
        ({"items": {"sku": "TEA"}}, "items is no list"),
        ({"items": ["TEA"]}, "items.0 is no mapping"),
        ({"items": []}, "items is missing"),
        ({"today": None}, "today is missing"),
        ({"format": "allocation-scenario/2"}, "format is allocation-scenario/2"),
        ({"orders": [{"id": "O1", "lines": [{"qty": -1}]}]}, "order O1 was refused: lines.0.quantity"),
        ({"orders": [{"id": None, "lines": [{"qty": 1}]}]}, "a name is missing"),
        ({"orders": [{"id": "O1", "lines": [{}]}]}, "a value is missing or wrong: KeyError: 'qty'"),
        ({"stock": [{"qty": "many"}]}, "a value is missing or wrong"),
        ({"steps": [{"change_qty": {"order": "O9", "line": 1, "qty": 1}}]}, "O9, which was never placed"),
        (
            {"steps": [{"change_qty": {"order": "O1", "line": 7, "qty": 1}}]},
            "line 7 of order O1, which has no such line",
        ),
        ({"steps": [{"today": None}]}, "step 0 opens no day"),
        ({"steps": [{"allocate": []}]}, "step 0 allocates no order"),
        ({"steps": [{"hold": {"sku": "TEA"}}]}, "step 0 names neither a lot nor a location"),
        ({"steps": [{"concurrent": {"verb": "move", "orders": ["O1"]}}]}, "cannot be said of an order by its name"),
        ({"steps": [{"concurrent": {"verb": "jump", "orders": ["O1"]}}]}, "verb: jump is no step that is known"),
        ({"steps": [{"concurrent": ["O1"]}]}, "steps.0.concurrent is no mapping"),
        ({"settings": {"zone_rules": [{"zone": "Z", "colour": 1}]}}, "settings.zone_rules.0.colour is no key"),
        ({"steps": [{"concurrent": {"verb": "move", "orders": [{"colour": 1}]}}]}, "orders.0.colour is no key"),
        ({"stock": [{"lot": "L1"}]}, "stock.0.qty is missing"),
        ({"stock": [{"serial_range": ["A1", "A4"], "qty": 9}]}, "has 4 serial numbers and qty 9"),
        ({"stock": [{"serial_range": "A1"}]}, "serial_range 'A1' is no range"),
        ({"stock": [{"serial_range": ["A1", "B4"]}]}, "must be one text and a number of the same length"),
        ({"stock": [{"serial_range": ["A4", "A1"]}]}, "has -2 numbers"),
        ({"locations": [{"id": "A", "pickable": "no"}]}, "location A was refused: pickable"),
        ({"expect": {"invariants": {"allocated": 1}}}, "expect.invariants.allocated is no mapping"),
        ({"expect": {"invariants": {"pick_tasks": {"O1": 1}}}}, "expect.invariants.pick_tasks is no number"),
        ({"expect": {"invariants": {"allocated_total": None}}}, "expect.invariants.allocated_total is no number"),
        ({"expect": {"allocations": [{"order": "O1", "qty": "2x"}]}}, "a value is missing or wrong: InvalidOperation"),
        ({"items": [{"sku": "TEA", "uoms": ["case"]}]}, "items.0.uoms is no mapping"),
        ({"items": [{"sku": "TEA", "kit": "JAM"}]}, "items.0.kit is no mapping"),
        ({"customers": [{"id": "C", "min_days_left_by_sku": 9}]}, "customers.0.min_days_left_by_sku is no mapping"),
        ({"customers": [{"id": "C", "last_shipped_expiry": "x"}]}, "customers.0.last_shipped_expiry is no mapping"),
    ],
)
def test_what_cannot_be_played_fails_by_name(parts: dict[str, Any], sentence: str) -> None:
    """A key nobody knows, a thing not supported yet, a missing value: the scenario fails and names it."""
    assert sentence in said(with_(**parts))


def test_what_a_later_version_reads_fails_by_name() -> None:
    """A field of a message that no door reads yet fails the scenario that needs it; nothing is passed over."""
    with pytest.raises(ScenarioError, match=r"^item TEA: colour of item.defined is not supported yet$"):
        record_of(Message("item.defined", "item TEA", {"owner": "acme", "sku": "TEA", "colour": "red"}))


def test_what_is_left_out_means_the_usual() -> None:
    """A key with the value that means the same as leaving it out does no harm, and adds nothing to a message."""
    usual = with_(
        settings={"pack_rule": "never_over", "reallocate": "auto", "over_pick_pct": 0, "zone_rules": []},
        customers=[{"id": "C", "single_lot": False, "exclude_returned": False, "max_lots": None}],
        items=[{"sku": "TEA", "kit": {}, "tracking": None, "base_uom": None}],
    )
    assert run(usual, name="x").passed is True


@pytest.mark.parametrize("said", [["A08", "A11"], {"from": "A08", "to": "A11"}, "A08..A11", "A08-A11", "A08 - A11"])
def test_a_range_of_serial_numbers(said: object) -> None:
    """A range is its numbers one by one, of equal length, however it is written."""
    assert serials({"serial_range": said}) == ["A08", "A09", "A10", "A11"]


def test_serial_numbers_one_by_one() -> None:
    """One number, a list of them, or none."""
    assert (serials({"serial": 7}), serials({"serial": ["A", "B"]}), serials({})) == (["7"], ["A", "B"], [])


def test_no_scenario_at_all() -> None:
    """A file that holds no mapping is no scenario."""
    assert said(["a", "list"]) == "the file is no mapping"


def test_files_and_folders(tmp_path: Path) -> None:
    """Files and folders are run by name; what cannot be read fails; another category is left out, not passed."""
    (tmp_path / "b.yaml").write_text(yaml.safe_dump(with_(id="b")))
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "a.yaml").write_text("{ unclosed")
    (tmp_path / "c.yaml").write_text(yaml.safe_dump(with_(id="c", category="lifo")))
    (tmp_path / "d.yml").write_text("- a list")
    results = run_paths([tmp_path], category="fefo")
    assert [(result.id, result.passed) for result in results] == [("b", True), ("c", None), ("d", None), ("a", False)]
    assert "cannot be read" in results[-1].differences[0]
    assert [result.id for result in run_paths([tmp_path / "b.yaml"])] == ["b"]
    assert run_file(tmp_path / "missing.yaml").passed is False
    assert run_file(tmp_path / "d.yml").differences == ("the file is no mapping",)
    assert run_file(tmp_path / "c.yaml", category="lifo").passed is True


def test_what_differs_is_said() -> None:
    """Every kind of expectation that is not met has a sentence of its own."""
    expect = {
        "available": [{"lot": "L1", "qty": 9}],
        "rejected": [0, {"step": 1}],
        "not_used": [{"lot": "L1", "reason": "hold"}],
        "after_step": [
            {"step": 7, "allocated": 1},
            {"step": 7, "order": "O1"},
            {"step": 0, "order": "O1", "shipped": 3},
        ],
        "invariants": {"allocated_total": 9, "allocated": {"O9": 1}, "max_reserved_per_lot": {"L1": 1, "L9": 0}},
    }
    steps = [{"allocate": "all"}, {"cancel": "O1"}, {"cancel": "O1"}, {"ship": "O1"}]
    result = run(with_(expect=expect, steps=steps[:1]), name="x")
    for sentence in (
        "available: lot L1: expected 9, came out 3",
        "rejected: step 0 should have been refused and was not",
        "not_used: lot L1: expected hold, came out no reason",
        "after_step: there is no step 7",
        "after_step: there is no step 7 with order O1",
        "after_step: step 0: shipped of O1: expected 3, came out 0",
        "invariants: allocated_total: expected 9, came out 2",
        "invariants: allocated of O9: expected 1, came out 0",
        "invariants: lot L1 has 2 reserved, more than 1",
    ):
        assert sentence in result.differences
    for named in (["rejected"], []):
        refused = run(with_(expect={name: [] for name in named}, steps=steps), name="x")
        came = "rejected: step 3 was refused and should not have been: already_shipped"
        assert refused.differences[0].startswith(came)


def test_times_as_yaml_reads_them() -> None:
    """A bare date is the first moment of its day, a time without a zone is UTC, quoted or not."""
    orders = [
        {"id": "O3", "placed_at": yaml.safe_load("2026-03-10T09:00:00"), "lines": [{"qty": 5}]},
        {"id": "O1", "placed_at": yaml.safe_load("2026-03-11"), "lines": [{"qty": 1}]},
        {
            "id": "O2",
            "placed_at": "2026-03-10",
            "ship_date": yaml.safe_load("2026-03-10T09:00:00"),
            "lines": [{"qty": 1}],
        },
        {"id": "O4", "placed_at": "2026-03-10T08:00:00", "lines": [{"qty": 2}]},
    ]
    expect = {"backordered": [{"order": "O3", "line": 1, "qty": 3}, {"order": "O1", "line": 1, "qty": 1}]}
    assert run(with_(orders=orders, expect=expect), name="x").differences == ()


def test_steps_that_name_little() -> None:
    """An order alone is picked and shipped whole; a lot may be said with its SKU; a line is cancelled by its place."""
    steps = [
        {"allocate": ["O1"]},
        {"pick": "O1"},
        {"pick": {"order": "O9"}},
        {"pick": {"order": "O1", "line": 1}},
        {"ship": "O1"},
        {"hold": {"lot": "L1", "sku": "TEA"}},
        {"unhold": {"lot": "L9"}},
        {"order": {"id": "O2", "lines": [{"id": "a", "qty": 1}, {"qty": 1}]}},
        {"cancel": {"order": "O2", "line": 2}},
        {"change_qty": {"order": "O2", "line": "a", "qty": 2}},
        {"cancel": {"order": "NEVER", "line": 1}},
        {"cancel": {"order": "O2"}},
        {"crash_and_replay": {}},
    ]
    expect = {
        "shipped": [{"order": "O1", "lot": "L1", "qty": 2}],
        "rejected": [2, 3, 6],
        "allocations": [],
        "backordered": [],
        "invariants": {"demand_total": 2},
    }
    assert run(with_(steps=steps, expect=expect), name="x").differences == ()


def test_an_order_that_is_refused_at_the_beginning_is_not_there() -> None:
    """Nothing is promised to it; a scenario that expects nothing else passes, and one that does says why it is not."""
    orders = [{"id": "O1", "lines": [{"qty": 0}]}, {"id": "O2", "lines": []}, {"id": "O3", "lines": [{"qty": 1}]}]
    expect: dict[str, Any] = {"allocations": [{"order": "O3", "lot": "L1", "qty": 1}], "backordered": []}
    assert run(with_(orders=orders, expect=expect), name="x").differences == ()
    expect["backordered"] = [{"order": "O1", "qty": 1}]
    found = run(with_(orders=orders, expect=expect), name="x").differences
    assert [sentence.split(":")[0] for sentence in found[1:]] == ["order O1 was refused", "order O2 was refused"]


def test_an_order_told_again_after_midnight_is_a_repeat() -> None:
    """An order that says no time was placed when it was told first; told again another day it is the same order."""
    order = {"id": "O1", "customer": "C", "lines": [{"qty": 2}]}
    steps = [{"allocate": "all"}, {"today": "2026-03-11"}, {"order": order}, {"allocate": "all"}]
    assert run(with_(steps=steps), name="x").differences == ()


def test_a_step_finds_what_it_does_not_name() -> None:
    """A lot known of one SKU only is meant by its number; of several, the first item's is."""
    parts = with_(
        items=[{"sku": "TEA"}, {"sku": "JAM"}],
        stock=[{"lot": "L1", "qty": 5}, {"lot": "J1", "sku": "JAM", "qty": 5, "location": "B"}],
        orders=[{"id": "O1", "lines": [{"id": "a", "sku": "JAM", "qty": 2}]}],
        steps=[{"allocate": "all"}, {"recall": {"lot": "J1"}}],
        expect={"allocations": [], "backordered": [{"order": "O1", "line": "a", "qty": 2}]},
    )
    assert run(parts, name="x").differences == ()


def test_a_number_that_several_items_have_is_that_of_the_first() -> None:
    """A hold that names no SKU, of a number two lots have, is on the first item's; one that names it, on its own."""
    lots = [{"lot": "X", "qty": 5}, {"lot": "X", "sku": "JAM", "qty": 5}]
    orders = [{"id": "O1", "lines": [{"qty": 1}, {"sku": "JAM", "qty": 1}]}]
    expect = {"allocations": [{"order": "O1", "line": 2, "lot": "X", "qty": 1}], "rejected": []}
    items = [{"sku": "TEA"}, {"sku": "JAM"}]
    steps = [{"allocate": "all"}, {"hold": {"lot": "X"}}]
    assert run(with_(items=items, stock=lots, orders=orders, steps=steps, expect=expect), name="x").differences == ()
    steps += [{"unhold": {"lot": "X"}}, {"recall": {"lot": "X", "sku": "JAM"}}, {"allocate": "all"}]
    expect["allocations"] = [{"order": "O1", "line": 1, "lot": "X", "qty": 1}]
    assert run(with_(items=items, stock=lots, orders=orders, steps=steps, expect=expect), name="x").differences == ()


def test_a_hold_without_a_kind() -> None:
    """A row or a receipt that is said to be on hold is on a plain one; a bin is on hold whatever kind a file names."""
    parts = with_(
        locations=[{"id": "P", "hold": "quarantine"}, {"id": "STOCK", "hold": False}],
        stock=[{"lot": "L1", "qty": 5, "hold": True}, {"lot": "L2", "qty": 5, "location": "P"}],
        steps=[{"receive": {"lot": "L3", "qty": 5, "hold": True}}, {"allocate": "all"}],
        expect={
            "allocations": [],
            "backordered": [{"order": "O1", "qty": 2}],
            "not_used": [
                {"lot": "L1", "reason": "hold"},
                {"lot": "L2", "reason": "location_not_pickable"},
                {"lot": "L3", "reason": "hold"},
            ],
        },
    )
    assert run(parts, name="x").differences == ()


def test_more_stock_than_one_message_may_have() -> None:
    """Thousands of rows and serial numbers are told in several messages; rows of one key are added up all the same."""
    rows = [{"lot": f"L{number}", "qty": 1} for number in range(2_500)] + [{"lot": "L0", "qty": -1}]
    units = [{"lot": None, "sku": "PUMP", "serial_range": ["S00001", "S10500"]}]
    parts = with_(
        items=[{"sku": "TEA"}, {"sku": "PUMP", "tracking": "serial"}],
        stock=rows + units,
        orders=[{"id": "O1", "lines": [{"qty": 9_000}, {"sku": "PUMP", "qty": 10_400}]}],
        expect={"invariants": {"allocated_total": 2_499 + 10_400, "disjoint_serials": True}},
    )
    assert run(parts, name="x").differences == ()


def test_orders_that_are_placed_at_once() -> None:
    """A verb that takes a mapping may be said at once of many of them."""
    orders = [{"id": f"N{number}", "lines": [{"qty": 1}]} for number in range(3)]
    steps = [{"concurrent": {"verb": "order", "orders": orders, "workers": 3, "repeat": 2}}, {"allocate": "all"}]
    expect = {"rejected": [], "invariants": {"allocated_total": 5, "orders_fully_allocated": 4, "pick_tasks": 4}}
    assert run(with_(steps=steps, expect=expect), name="x").differences == ()


def test_an_unsound_ledger_is_not_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a scenario expects, a ledger whose promises do not fit its rows fails it."""
    told = LedgerAlone.tell

    async def spoil(self: LedgerAlone, messages: Sequence[Message], *, workers: int = 1) -> list[Refusal | None]:
        if messages[0].name == "order.cancelled":
            for row in (await self.view()).ledger.stock.values():
                row.reserved += 99_000_000
            return [None]
        return await told(self, messages, workers=workers)

    monkeypatch.setattr(LedgerAlone, "tell", spoil)
    sentences = run(with_(steps=[{"allocate": "all"}, {"cancel": "O1"}]), name="x").differences
    assert any("reserved of" in sentence for sentence in sentences)
    assert any("promised" in sentence for sentence in sentences)


@pytest.mark.parametrize(
    ("moment", "sentence"),
    [("restart", "another one after a crash"), ("tell_all_again", "another one after every message was told again")],
)
def test_a_replay_that_differs_fails(monkeypatch: pytest.MonkeyPatch, moment: str, sentence: str) -> None:
    """A crash, or a second delivery, after which the ledger is another one is no pass."""

    def spoil(self: DomainWarehouse) -> None:
        next(iter(self.ledger.stock.values())).on_hand += 1

    monkeypatch.setattr(DomainWarehouse, moment, spoil)
    assert sentence in said(with_(steps=[{"crash_and_replay": {"after_orders": 1}}]))
