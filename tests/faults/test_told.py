from __future__ import annotations

import json
from collections import Counter
from typing import Any

from lotstream.testing.faults.told import STATUS, TASKS, Told
from lotstream.testing.kafka import Seen
from tests.faults.small_hub import TASK

KEY = ("o", "s", "#1")


def _message(topic: str, **body: object) -> Seen:
    value = json.dumps({"owner": "o", "source": "s", "order": "#1", **body}).encode()
    return Seen(topic, 0, 0, b"#1", value, {})


def _tasks(*tasks: dict[str, Any]) -> Seen:
    return _message(TASKS, tasks=tasks)


def test_tasks_add_up_by_line_lot_and_bin() -> None:
    """Two tasks of one bin are one sum, another lot is another."""
    told = Told()
    told.read([_tasks(TASK, {**TASK, "task": "u", "quantity": "2"}), _tasks({**TASK, "task": "v", "lot": "L2"})])
    assert told.tasks() == {KEY: Counter({("1", "L1", "BIN-1"): 6, ("1", "L2", "BIN-1"): 4})}


def test_the_last_word_on_a_task_counts() -> None:
    """Changed to less and then cancelled: nothing is left; the other way round it would be."""
    told = Told()
    changed, cancelled = {**TASK, "action": "change", "quantity": "1"}, {**TASK, "action": "cancel", "quantity": "0"}
    told.read([_tasks(TASK), _tasks(changed)])
    assert told.tasks() == {KEY: Counter({("1", "L1", "BIN-1"): 1})}
    told.read([_tasks(cancelled)])
    assert told.tasks() == {}
    told.read([_tasks(changed)])
    assert told.tasks() != {}


def test_the_last_state_of_an_order_counts() -> None:
    """An older state that is read later is what a reader would go by, and is found to be wrong."""
    told = Told()
    line = {"line": "1", "allocated": "3", "picked": "1", "shipped": "0", "cancelled": "0"}
    assert told.state(KEY) is None
    told.read([_message(STATUS, status="picking", lines=[line]), _message("lotstream.alerts")])
    assert told.state(KEY) == ("picking", {"1": (3, 1, 0, 0)})
    told.read([_message(STATUS, status="allocated", lines=[])])
    assert told.state(KEY) == ("allocated", {})
