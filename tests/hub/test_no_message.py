"""Where the border is between what has happened oddly and what is no message: the published schema."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lotstream.contracts.topics import DEAD_LETTERS
from lotstream.domain.slots import partition_of
from tests.hub.small_hub import SITE, SmallHub, a_site

OWNER = "acme"


def receipt(**odd: object) -> dict[str, Any]:
    """A truck with two pallets that has come, and something odd about the second."""
    lines = [
        {"line": line, "sku": "TEA", "quantity": "10", "lot": f"L{line}", "expires": "2027-06-01"} for line in "12"
    ]
    return {"owner": OWNER, "site": SITE, "happened": True, "receipt": "R1", "lines": [lines[0], {**lines[1], **odd}]}


async def told(hub: SmallHub, worker: Any, body: dict[str, Any]) -> dict[str, Any]:  # noqa: ANN401
    """Tell a message under the one id; returns what became of it."""
    key = OWNER.encode()
    partition = partition_of(key, hub.partitions)
    offset = hub.forge("stock.received", body, partition=partition, id="truck-7", source="dock", key=key)
    await worker.settle()
    return next(row for row in hub.intake(partition=partition) if row["offset"] == offset)


@pytest.mark.parametrize(
    ("odd", "field"),
    [
        ({"expires": "31.12.2026"}, "lines.1.expires"),
        ({"expires": "2026-02-30"}, "lines.1.expires"),
        ({"serials": [4711]}, "lines.1.serials.0"),
        ({"serials": None}, "lines.1.serials"),
        ({"details": None}, "lines.1.details"),
        ({"status": "broken"}, "lines.1.status"),
        ({"lot": "L" * 200}, "lines.1.lot"),
        ({"cost": "12,50"}, "lines.1.cost"),
        ({"weight_kg": "heavy"}, "lines.1.weight_kg"),
        ({"quantity": "ten"}, "lines.1.quantity"),
        ({"colour": "green"}, "lines.1.colour"),
    ],
)
async def test_what_is_no_message_is_kept_whole_and_booked_when_it_is_sent_right(
    odd: dict[str, object], field: str
) -> None:
    """Nothing of it is booked, its bytes and the field are kept; under the same id, put right, all of it is booked."""
    hub = SmallHub()
    worker = await hub.start()
    await a_site(hub, worker)
    hub.send("item.defined", {"owner": OWNER, "sku": "TEA", "version": 1})
    row = await told(hub, worker, receipt(**odd))
    assert (row["outcome"], row["code"], row["field"]) == ("dead_lettered", "schema", field)
    (letter,) = hub.rows("dead_letter")
    assert json.loads(letter["value"]) == receipt(**odd)
    assert len(hub.rows("outbox", topic=DEAD_LETTERS.name)) == 1
    assert hub.rows("stock") == []
    assert (await told(hub, worker, receipt()))["outcome"] == "done"
    assert {row["lot"]: row["on_hand"] for row in hub.rows("stock")} == {"L1": 10, "L2": 10}


@pytest.mark.parametrize(
    ("odd", "code", "lots"),
    [
        ({"sku": None}, "field_missing", {"L1"}),
        ({"sku": None, "gtin": None, "lot": None}, "field_missing", {"L1"}),
        ({"quantity": "0"}, "not_positive", {"L1"}),
        ({"unit": "barrel"}, "unknown_unit", {"L1"}),
        ({"line": "1"}, "field_invalid", {"L1"}),
        ({"cost": "-4"}, "field_invalid", {"L1", "L2"}),
        ({"weight_kg": "-0.5"}, "not_positive", {"L1", "L2"}),
        ({"made": "2031-01-01"}, "field_invalid", {"L1", "L2"}),
    ],
)
async def test_what_is_a_message_is_booked_however_odd_one_line_is(
    odd: dict[str, object], code: str, lots: set[str]
) -> None:
    """What has come is booked without what cannot be, and people are told of that in an alert."""
    hub = SmallHub()
    worker = await hub.start()
    await a_site(hub, worker)
    hub.send("item.defined", {"owner": OWNER, "sku": "TEA", "version": 1})
    assert (await told(hub, worker, receipt(**odd)))["outcome"] == "done"
    assert {row["lot"] for row in hub.rows("stock")} == lots
    assert [alert["code"] for alert in hub.told(topic="lotstream.alerts")] == [code]
