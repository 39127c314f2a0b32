"""Personal data beside the journal: what brings it, what deletes it, and what does not bring it back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.hub.small_hub import SmallHub, SmallWorker, a_site, order, owners_in

(OWNER,) = owners_in(0, 1)
ADA = {"name": "Zyx Name", "street": ["Zyx Street 1"], "city": "Columbus", "country": "US"}
BOB = {"name": "Zyx Other", "city": "Dayton", "country": "US"}


async def _hub() -> tuple[SmallHub, SmallWorker]:
    hub = SmallHub()
    worker = await hub.start()
    await a_site(hub, worker)
    hub.send("item.defined", {"owner": OWNER, "sku": "SOAP"})
    await worker.settle()
    return hub, worker


async def _told(hub: SmallHub, worker: SmallWorker, number: int = 1, **more: Any) -> None:  # noqa: ANN401 - as an order has them
    order(hub, OWNER, number, **{"ship_to": ADA, **more})
    await worker.settle()


async def _erase(hub: SmallHub, worker: SmallWorker, named: Mapping[str, object], request: str = "E-1") -> None:
    hub.send("person.erased", {"owner": OWNER, "request": request, **named})
    await worker.settle()


def _names(hub: SmallHub) -> list[str]:
    return sorted(row["body"].split('"')[3] for row in hub.rows("person"))


O1 = {"orders": [{"source": "shop", "order": "O-1"}]}


async def test_a_person_is_erased_by_an_order_and_not_brought_back_by_a_repeat() -> None:
    """Neither the order told again, nor told in a newer version to the same person, brings the data back."""
    hub, worker = await _hub()
    await _told(hub, worker, version="1")
    assert _names(hub) == ["Zyx Name"]
    await _erase(hub, worker, O1)
    assert _names(hub) == []
    await _told(hub, worker, version="1")
    await _told(hub, worker, version="2")
    await _told(hub, worker, version="3", quantity=2)
    assert _names(hub) == []
    assert [row["outcome"] for row in hub.intake(type="lotstream.order.placed.v1")] == ["done"] * 4


async def test_a_new_order_of_the_person_brings_the_data_anew() -> None:
    """Whoever orders again gives the data again; so does a version of the order that names somebody else."""
    hub, worker = await _hub()
    await _told(hub, worker, version="1")
    await _erase(hub, worker, O1)
    await _told(hub, worker, 2)
    assert _names(hub) == ["Zyx Name"]
    await _told(hub, worker, version="2", ship_to=BOB)
    assert _names(hub) == ["Zyx Name", "Zyx Other"]
    await _erase(hub, worker, O1, "E-2")
    assert _names(hub) == []


async def test_what_comes_and_goes_in_one_batch_ends_as_the_last_record_says() -> None:
    """Order, erasure, erasure, new order: each batch is one transaction, and the order of its records counts in it."""
    hub, worker = await _hub()
    order(hub, OWNER, 1, ship_to=ADA)
    order(hub, OWNER, 2, ship_to=BOB)
    hub.send("person.erased", {"owner": OWNER, "request": "E-1", **O1})
    await worker.settle()
    assert _names(hub) == ["Zyx Other"]
    hub.send("person.erased", {"owner": OWNER, "request": "E-2", "orders": [{"source": "shop", "order": "O-2"}]})
    order(hub, OWNER, 3, ship_to=BOB)
    await worker.settle()
    assert _names(hub) == ["Zyx Other"]


async def test_what_is_refused_or_in_conflict_keeps_nobody() -> None:
    """Data of an order that was not taken as it was told is not kept: nobody would find it to erase it."""
    hub, worker = await _hub()
    await _told(hub, worker, site="NOWHERE")
    await _told(hub, worker, 2)
    await _told(hub, worker, 2, ship_to=BOB)
    assert _names(hub) == ["Zyx Name"]


async def test_other_owners_keep_theirs() -> None:
    """The same person at another owner is another key, and a key is looked for at its owner only."""
    hub, worker = await _hub()
    (other,) = owners_in(1, 1)
    await _told(hub, worker)
    hub.send("item.defined", {"owner": other, "sku": "SOAP"})
    order(hub, other, 1, ship_to=ADA)
    await worker.settle()
    keys = {row["owner"]: row["person"] for row in hub.rows("person")}
    assert keys[OWNER] != keys[other]
    await _erase(hub, worker, {"persons": [keys[other], keys[OWNER]]})
    assert [row["owner"] for row in hub.rows("person")] == [other]
