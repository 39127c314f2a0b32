"""Goods that change their owner come into the other's ledger once, whatever dies in between."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lotstream.hub.records import TITLE_ID
from tests.hub.small_hub import SITE, SmallHub, SmallWorker, a_site, order, owners_in, stock

LOTS = [("L1", "2026-12-01"), ("L2", "2026-12-05")]


async def two_owners(hub: SmallHub, worker: SmallWorker) -> tuple[str, str]:
    """Return a seller with goods and a buyer that knows the item, in different partitions."""
    await a_site(hub, worker)
    (seller,), (buyer,) = owners_in(0, 1), owners_in(1, 1)
    stock(hub, seller, LOTS)
    hub.send("item.defined", {"owner": buyer, "sku": "SUDS"})
    await worker.settle()
    return seller, buyer


def sell(hub: SmallHub, seller: str, buyer: str, **more: object) -> None:
    """Release 30 of a lot."""
    line = {"line": "1", "sku": "SOAP", "lot": "L1", "location": "BIN-L1", "quantity": "30"}
    body = {"owner": seller, "site": SITE, "happened": False, "title": "T-1", "to_owner": buyer}
    hub.send("title.released", {**body, "to_skus": {"SOAP": "SUDS"}, "lines": [line], **more})


def stands(hub: SmallHub, owner: str) -> dict[tuple[str, str], int]:
    """Return what an owner has of each SKU and lot."""
    return {(row["sku"], row["lot"]): row["on_hand"] for row in hub.rows("stock", owner=owner) if row["on_hand"]}


def accepted(hub: SmallHub, **like: object) -> list[dict[str, Any]]:
    """Return intake rows of what buyers were told."""
    return hub.intake(type="lotstream.title.accepted.v1", **like)


async def test_goods_come_out_of_one_ledger_and_into_the_other_by_themselves() -> None:
    """With their lot, its dates and their place; the seller's number names the sale in both histories."""
    hub = SmallHub()
    worker = await hub.start()
    seller, buyer = await two_owners(hub, worker)
    sell(hub, seller, buyer)
    await worker.decide()
    assert stands(hub, seller)["SOAP", "L1"] == 70
    assert [row["owner"] for row in hub.rows("title_due")] == [buyer]
    await worker.settle()
    assert stands(hub, buyer) == {("SUDS", "L1"): 30}
    assert [(str(row["expires"]), row["lot"]) for row in hub.rows("lot", owner=buyer)] == [("2026-12-01", "L1")]
    assert hub.rows("title_due") == []
    history = [row for row in hub.rows("lot_history") if str(row["kind"]).startswith("title_")]
    assert {(row["owner"], row["number"], row["quantity"]) for row in history} == {
        (seller, f"{seller}/T-1", -30),
        (buyer, f"{seller}/T-1", 30),
    }
    changes = {(body["owner"], body["change"], body["other_owner"]) for body in hub.told(topic="lotstream.inventory")}
    assert {(seller, "title_released", buyer), (buyer, "title_accepted", seller)} <= changes
    await worker.settle()
    assert [row["outcome"] for row in accepted(hub)] == ["done"]


async def test_a_worker_that_dies_after_the_sale_loses_nothing() -> None:
    """The next one tells the buyer; told twice, under the same id, it is booked once."""
    hub = SmallHub()
    seller, buyer = await two_owners(hub, await hub.start())
    sell(hub, seller, buyer)
    await (await hub.start()).decide()
    dies = await hub.start()
    await dies.look()
    worker = await hub.start()
    await worker.settle()
    assert sorted(row["outcome"] for row in accepted(hub)) == ["done", "duplicate"]
    assert stands(hub, buyer) == {("SUDS", "L1"): 30}
    assert hub.rows("title_due") == []


async def test_a_partition_that_is_given_back_meanwhile_is_told_by_its_next_holder() -> None:
    """What was not appended is asked for again."""
    hub = SmallHub()
    worker = await hub.start()
    seller, buyer = await two_owners(hub, worker)
    sell(hub, seller, buyer)
    await worker.decide()
    titles = worker.broadcasts._continuing._titles  # as the worker has it
    (record,) = await titles.next_titles()
    assert await titles.next_titles() == []
    worker.broadcasts._continuing.forget(record)
    assert await titles.next_titles() == [record]
    worker.give_back(0, 1)
    assert await titles.next_titles() == []
    await (await hub.start()).settle()
    assert stands(hub, buyer) == {("SUDS", "L1"): 30}


async def test_goods_that_the_buyer_cannot_count_are_told_to_a_person() -> None:
    """They are in a discrepancy with all that is known of them, are not told for ever, and may be sent again."""
    hub = SmallHub()
    worker = await hub.start()
    seller, buyer = await two_owners(hub, worker)
    sell(hub, seller, buyer, to_skus={"SOAP": "NOBODY-KNOWS"})
    await worker.settle()
    assert hub.rows("title_due") == []
    (alert,) = hub.told(topic="lotstream.alerts")
    assert (alert["owner"], alert["code"], alert["about"]["lot"]) == (buyer, "unknown_item", "L1")
    hub.send("item.defined", {"owner": buyer, "sku": "NOBODY-KNOWS"})
    line = {"line": "1", "sku": "NOBODY-KNOWS", "lot": "L1", "quantity": "30", "location": "BIN-L1"}
    body = {"owner": buyer, "site": SITE, "happened": True, "title": "T-1", "from_owner": seller, "lines": [line]}
    hub.send("title.accepted", body)
    hub.send("title.accepted", body)
    await worker.settle()
    assert stands(hub, buyer) == {("NOBODY-KNOWS", "L1"): 30}


@pytest.mark.parametrize(("source", "outcome"), [("lotstream", "dead_letter"), ("erp", "done")])
async def test_only_the_hub_signs_as_the_hub(source: str, outcome: str) -> None:
    """Anybody may say that goods were accepted, but under the hub's own source its id says that the hub did."""
    hub = SmallHub()
    worker = await hub.start()
    seller, buyer = await two_owners(hub, worker)
    line = {"line": "1", "sku": "SUDS", "lot": "L1", "quantity": "3"}
    body = {"owner": buyer, "site": SITE, "happened": True, "title": "T-1", "from_owner": seller, "lines": [line]}
    hub.forge("title.accepted", body, partition=1, id="mine", source=source, key=buyer.encode())
    await worker.settle()
    assert [row["outcome"] for row in accepted(hub)] == ([outcome] if outcome == "done" else [])
    assert len(hub.rows("dead_letter")) == (outcome == "dead_letter")
    assert TITLE_ID.endswith("/")


async def test_a_sale_that_the_hub_has_not_told_is_forged_and_the_true_one_comes_all_the_same() -> None:
    """Not even under the true one's id, a copy of it with more goods, or for somebody else; a copy is a repeat."""
    hub = SmallHub()
    worker = await hub.start()
    seller, buyer = await two_owners(hub, worker)
    other = owners_in(1, 2)[1]
    sell(hub, seller, buyer)
    await worker.decide()
    (true,) = await worker.broadcasts._continuing._titles.next_titles()  # as the worker has it
    body = json.loads(true.body)
    more = {**body, "lines": [{**body["lines"][0], "quantity": "3000"}]}
    for forged, name in (
        (more, true.message_id),
        (more, true.message_id.rpartition("/")[0]),
        (more, f"{TITLE_ID}mine"),
        ({**body, "title": "T-2"}, true.message_id),
    ):
        hub.forge("title.accepted", forged, partition=1, id=name, key=buyer.encode())
    hub.forge("title.accepted", {**body, "owner": other}, partition=1, id=true.message_id, key=other.encode())
    await worker.decide()
    assert (stands(hub, buyer), stands(hub, other), accepted(hub)) == ({}, {}, [])
    assert {row["code"] for row in hub.rows("dead_letter")} == {"schema"}
    assert len(hub.rows("title_due")) == 1
    await (await hub.start()).settle()
    hub.forge("title.accepted", body, partition=1, id=true.message_id, key=buyer.encode())
    await (await hub.start()).settle()
    assert stands(hub, buyer) == {("SUDS", "L1"): 30}
    assert (len(hub.rows("dead_letter")), hub.rows("title_due")) == (5, [])


RECALL = {"recall": "RC-1", "reason": "glass", "lots": [{"sku": "SOAP", "lot": "L1"}]}


def alerts(hub: SmallHub, **like: object) -> list[dict[str, Any]]:
    """Return the alerts about recalls that have these values."""
    found = hub.told(topic="lotstream.alerts")
    return [one for one in found if one["alert"] == "recall" and all(one[name] == like[name] for name in like)]


async def test_recalled_goods_that_were_sold_all_the_same_are_held_at_the_buyer() -> None:
    """Under the seller's name and the recall's number, with a word to people; nothing of them is promised there."""
    hub = SmallHub()
    worker = await hub.start()
    seller, buyer = await two_owners(hub, worker)
    hub.send("lot.recalled", {"owner": seller, **RECALL})
    sell(hub, seller, buyer)
    await worker.settle()
    (refused,) = [one for one in hub.answers() if one["type"] == "lotstream.title.released.v1"]
    assert refused["code"] == "on_hold"
    sell(hub, seller, buyer, happened=True, title="T-2")
    order(hub, buyer, 1, sku="SUDS")
    await worker.settle()
    assert stands(hub, buyer) == {("SUDS", "L1"): 30}
    (lot,) = hub.rows("lot", owner=buyer)
    (hold,) = json.loads(lot["holds"])
    assert (hold["id"], hold["kind"], hold["reason"]) == (f"{seller}/RC-1", "recall", "glass")
    (told,) = alerts(hub, owner=buyer)
    assert told["about"]["recall"] == f"{seller}/RC-1"
    assert "30 each of lot L1 of SUDS came in, which is recalled" in told["message"]
    assert hub.reserved(buyer) == {}


async def test_who_bought_goods_is_told_when_they_are_recalled() -> None:
    """Once, in the buyer's name, by what the buyer calls them; again when more was bought. His own recall holds it."""
    hub = SmallHub()
    worker = await hub.start()
    seller, buyer = await two_owners(hub, worker)
    sell(hub, seller, buyer)
    await worker.settle()
    hub.send("lot.recalled", {"owner": seller, "drill": True, **RECALL, "recall": "DRILL"})
    await worker.settle()
    assert alerts(hub) == []
    for _ in range(2):
        hub.send("lot.recalled", {"owner": seller, **RECALL})
        await worker.settle()
    (told,) = alerts(hub, owner=buyer)
    assert told["message"].startswith(
        f"Owner {seller} has recalled, under RC-1, goods that were bought of him: 30 each"
    )
    assert told["about"] == {
        "recall": f"{seller}/RC-1", "from_owner": seller, "sku": "SUDS", "lot": "L1", "reason": "glass",
    }  # fmt: skip
    order(hub, buyer, 1, sku="SUDS")
    await worker.settle()
    assert hub.reserved(buyer) == {"L1": 1}
    hub.send("lot.recalled", {"owner": buyer, "recall": "RC-1", "lots": [{"lot": "L1"}]})
    sell(hub, seller, buyer, happened=True, title="T-2")
    await worker.settle()
    hub.send("lot.recalled", {"owner": seller, **RECALL})
    await worker.settle()
    assert hub.reserved(buyer) == {}
    assert "60 each of lot L1 of SUDS" in alerts(hub, owner=buyer)[-1]["message"]


async def test_a_hold_on_the_seller_goes_over_with_the_goods() -> None:
    """A sale washes no hold off, whatever it lies on."""
    hub = SmallHub()
    worker = await hub.start()
    seller, buyer = await two_owners(hub, worker)
    hub.send(
        "hold.placed", {"owner": seller, "hold": "H-1", "everything": True, "kind": "quarantine", "reason": "unpaid"}
    )
    sell(hub, seller, buyer, happened=True)
    await worker.settle()
    (lot,) = hub.rows("lot", owner=buyer)
    assert [(hold["kind"], hold["reason"]) for hold in json.loads(lot["holds"])] == [("quarantine", "unpaid")]


async def test_more_sales_than_may_be_told_at_once_follow_one_another() -> None:
    """Each look tells a bounded number; all come over."""
    hub = SmallHub(owners_max=1)
    worker = await hub.start()
    seller, buyer = await two_owners(hub, worker)
    for number in range(3):
        sell(hub, seller, buyer, title=f"T-{number}")
    await worker.decide()
    assert len(hub.rows("title_due")) == 3
    await worker.settle()
    assert stands(hub, buyer) == {("SUDS", "L1"): 90}


async def test_a_sale_that_nobody_could_tell_the_buyer_of_is_not_booked() -> None:
    """What he is told would be more than is read: the seller's record is dead-lettered, and the goods stay his."""
    hub = SmallHub()
    worker = await hub.start()
    seller, buyer = await two_owners(hub, worker)
    lines = [{"line": str(n), "sku": "SOAP", "lot": "L1", "location": "BIN-L1", "quantity": "1"} for n in range(1500)]
    sell(hub, seller, buyer, happened=True, to_skus={"SOAP": "\u00fc" * 128}, lines=lines)
    await worker.settle()
    (row,) = hub.intake(type="lotstream.title.released.v1")
    assert (row["outcome"], row["code"]) == ("dead_lettered", "too_large")
    assert stands(hub, seller)["SOAP", "L1"] == 100
    assert (hub.rows("title_due"), accepted(hub)) == ([], [])
