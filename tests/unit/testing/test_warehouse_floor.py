from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from lotstream.contracts.decode import decode
from lotstream.contracts.produce import Record
from lotstream.contracts.sent_tasks import PickTasks
from lotstream.domain.commands import ConfirmPick, ConfirmShipment
from lotstream.domain.model import OrderKey
from lotstream.testing.sscc import check_digit, demo_sscc
from lotstream.testing.warehouse_floor import Floor, Place

FIRST, SECOND = Place(3, 7), Place(3, 8)


def task(task: str, *, action: str = "create", line: str = "1", quantity: str = "5") -> dict[str, Any]:
    """Return one task as JSON values."""
    return {
        "task": task, "action": action, "line": line, "sku": "A", "lot": "L1", "expires": "2027-01-31",
        "location": "A-1", "package": None, "quantity": quantity, "unit": "each", "serials": [],
        "for": [{"order": "1001", "line": line, "quantity": quantity}],
    }  # fmt: skip


def tasks(*tasks: dict[str, Any], decision: str = "d1", order: str = "1001") -> PickTasks:
    """Return a message of pick tasks as its readers have it."""
    body = {"owner": "demo", "site": "S", "source": "shop", "order": order, "decision": decision, "tasks": tasks}
    return PickTasks.model_validate_json(json.dumps(body))


def pick_all(floor: Floor) -> list[Record]:
    """Pick whatever is open and ship what is complete."""
    records = []
    while (pick := floor.next_pick()) is not None:
        records.append(floor.confirm(pick))
    return records + floor.ship()


def ids(records: list[Record]) -> list[str]:
    """Return the message ids of records."""
    return [dict(record.headers)["ce_id"].decode() for record in records]


def commands(records: list[Record]) -> list[object]:
    """Return what the hub reads in records."""
    return [decode(record.headers, record.value).command for record in records]


def test_a_task_is_picked_as_it_was_told() -> None:
    """A created task becomes a pick that has happened, with the task's id and quantity, keyed by owner."""
    floor = Floor()
    floor.take(tasks(task("t1")), FIRST)
    picked, _ = pick_all(floor)
    (command,) = commands([picked])
    assert isinstance(command, ConfirmPick)
    assert (picked.key, command.happened, command.key) == (b"demo", True, OrderKey("shop", "1001"))
    assert [(line.task, line.quantity, line.unit) for line in command.lines] == [("t1", Decimal(5), "each")]


def test_an_order_ships_in_one_package_when_its_last_task_is_picked() -> None:
    """No shipment before every task is picked; then one, with a line per task, all in one package."""
    floor = Floor()
    floor.take(tasks(task("t1"), task("t2", line="2", quantity="3")), FIRST)
    first = floor.next_pick()
    assert first is not None
    floor.confirm(first)
    assert floor.ship() == []
    _, shipment = pick_all(floor)
    (command,) = commands([shipment])
    assert isinstance(command, ConfirmShipment)
    (order,), (package,) = command.orders, command.packages
    assert [(line.line, line.lot, line.quantity, line.package) for line in order.lines] == [
        ("1", "L1", Decimal(5), package.sscc),
        ("2", "L1", Decimal(3), package.sscc),
    ]
    assert command.scac == "DEMO"
    assert package.tracking is not None


def test_a_cancelled_task_is_forgotten_and_the_rest_ships() -> None:
    """What was not picked when the cancellation came never is; the other tasks ship without it."""
    floor = Floor()
    floor.take(tasks(task("t1"), task("t2")), FIRST)
    first = floor.next_pick()
    assert first is not None
    floor.confirm(first)
    floor.take(tasks(task("t2", action="cancel", quantity="0"), decision="d2"), SECOND)
    (shipment,) = pick_all(floor)
    (command,) = commands([shipment])
    assert isinstance(command, ConfirmShipment)
    assert len(command.orders[0].lines) == 1


def test_an_order_whose_tasks_are_all_cancelled_does_not_ship() -> None:
    """Nothing picked, nothing shipped, and the messages count as answered."""
    floor = Floor()
    floor.take(tasks(task("t1")), FIRST)
    floor.take(tasks(task("t1", action="cancel", quantity="0"), decision="d2"), SECOND)
    assert pick_all(floor) == []
    assert floor.positions() == {3: 9}


def test_a_changed_task_is_picked_with_its_new_quantity() -> None:
    """The quantity told last counts."""
    floor = Floor()
    floor.take(tasks(task("t1", quantity="5")), FIRST)
    floor.take(tasks(task("t1", action="change", quantity="2"), decision="d2"), SECOND)
    (command, _) = commands(pick_all(floor))
    assert isinstance(command, ConfirmPick)
    assert command.lines[0].quantity == 2


def test_a_cancellation_after_the_pick_changes_nothing() -> None:
    """What was picked and shipped stays so; putting it back is the hub's word."""
    floor = Floor()
    floor.take(tasks(task("t1")), FIRST)
    pick_all(floor)
    floor.take(tasks(task("t1", action="cancel", quantity="0"), decision="d2"), SECOND)
    assert pick_all(floor) == []


def test_a_message_read_again_by_another_process_has_the_same_answers() -> None:
    """After a crash the same messages lead to the same records, byte for byte, ids included."""
    answers = []
    for floor in (Floor(), Floor()):
        floor.take(tasks(task("t1"), task("t2")), FIRST)
        answers.append(pick_all(floor))
    assert answers[0] == answers[1]
    assert ids(answers[0])[:2] == ["pick/t1", "pick/t2"]


def test_two_orders_of_one_decision_have_two_shipments() -> None:
    """A receipt may fill several orders at once; each leaves under a number and in a package of its own."""
    floor = Floor()
    floor.take(tasks(task("t1"), order="1001"), FIRST)
    floor.take(tasks(task("t2"), order="1002"), SECOND)
    records = pick_all(floor)
    assert len(set(ids(records))) == 4
    shipments = [command for command in commands(records) if isinstance(command, ConfirmShipment)]
    assert len({shipment.packages[0].sscc for shipment in shipments}) == 2


def test_a_message_counts_as_read_when_all_of_it_is_answered() -> None:
    """The position stays before the oldest message with something open, also when later ones are done."""
    floor = Floor()
    floor.take(tasks(task("t1")), FIRST)
    floor.take(tasks(task("t2"), decision="d2"), SECOND)
    assert floor.positions() == {3: 7}
    first = floor.next_pick()
    assert first is not None
    floor.confirm(first)
    floor.ship()
    assert floor.positions() == {3: 8}
    pick_all(floor)
    assert floor.positions() == {3: 9}


def test_partitions_taken_away_leave_nothing_behind() -> None:
    """What another process reads from now on is not picked here, and its position is not touched."""
    floor = Floor()
    floor.take(tasks(task("t1")), FIRST)
    floor.take(tasks(task("t2"), decision="d2"), Place(4, 0))
    floor.forget([3])
    assert ids(pick_all(floor))[0] == "pick/t2"
    assert floor.positions() == {4: 1}


@pytest.mark.parametrize(
    ("digits", "digit"),
    [("00614141123456789", "0"), ("0952123454321", "3"), ("629104150021", "3")],
)
def test_check_digits_are_those_of_published_examples(digits: str, digit: str) -> None:
    """An SSCC, a GTIN-14 and a GTIN-13 from GS1's own texts get the check digit they are printed with."""
    assert check_digit(digits) == digit


def test_demo_codes_have_18_digits_under_the_demo_prefix() -> None:
    """Each number has its own code of 18 digits with a right check digit and 952 behind the extension digit."""
    codes = [demo_sscc(number) for number in (0, 1, 999_999_999, 1_000_000_000, 9_999_999_999)]
    assert len(set(codes)) == len(codes)
    assert all(len(code) == 18 and code[1:8] == "9521234" and check_digit(code[:-1]) == code[-1] for code in codes)


def test_a_task_without_a_bin_grows_after_it_was_picked() -> None:
    """What it has grown by is picked and shipped as well, under an id of its own; told again it is nothing more."""
    floor = Floor()
    floor.take(tasks(task("lot-1") | {"location": None}), FIRST)
    pick_all(floor)
    grown = tasks(task("lot-1", action="change", quantity="8") | {"location": None}, decision="d2")
    floor.take(grown, SECOND)
    more, shipment = pick_all(floor)
    pick, shipped = commands([more, shipment])
    assert isinstance(pick, ConfirmPick)
    assert isinstance(shipped, ConfirmShipment)
    assert (pick.lines[0].quantity, shipped.orders[0].lines[0].quantity) == (Decimal(3), Decimal(3))
    assert ids([more]) == ["pick/lot-1/d2"]
    floor.take(grown, Place(3, 9))
    assert pick_all(floor) == []
