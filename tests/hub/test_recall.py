"""Recalls through the hub: who is written to where, how long it took, and what a drill leaves behind."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from tests.hub.small_hub import SmallHub, SmallWorker, a_site, order, owners_in, stock

(OWNER,) = owners_in(0, 1)
ADA = {"name": "Zyx Ada", "street": ["1 Road"], "email": "ada@example.com"}
HOME = {"city": "Columbus", "region": "OH", "postcode": "43085", "country": "US"}
LETTERS, ALERTS = "lotstream.recall-letters", "lotstream.alerts"
RECALL = {"owner": OWNER, "recall": "RC-1", "reason": "glass", "lots": [{"sku": "SOAP", "lot": "L1"}]}
#: What a drill may add to.
OF_A_DRILL = ("intake", "journal", "outbox", "receipt", "recall_run", "claim")


async def shipped(orders: int = 2) -> tuple[SmallHub, SmallWorker]:
    """Start a hub where an order each has left for a person, and then one for a customer."""
    hub = SmallHub()
    worker = await hub.start()
    await a_site(hub, worker)
    stock(hub, OWNER, [("L1", "2027-01-01"), ("L2", "2027-02-01")])
    hub.send("customer.defined", {"owner": OWNER, "customer": "C-7"})
    for number in range(1, orders + 1):
        who = {"ship_to": {**ADA, **HOME}} if number < orders else {"customer": "C-7", "ship_to": HOME}
        order(hub, OWNER, number, quantity=number, **who)
        body = {"owner": OWNER, "site": "TOR", "happened": True, "shipment": f"S-{number}"}
        hub.send("shipment.confirmed", {**body, "orders": [{"source": "shop", "order": f"O-{number}"}]})
    await worker.settle()
    return hub, worker


async def tell(hub: SmallHub, worker: SmallWorker, name: str, body: dict[str, Any]) -> None:
    """Tell the hub something, and have it decided."""
    hub.send(name, body)
    await worker.settle()


async def test_everybody_who_got_any_gets_a_letter() -> None:
    """With name and street from the table of persons and the place from what left; both are the same batch's."""
    hub, worker = await shipped()
    await tell(hub, worker, "lot.recalled", {**RECALL, "subject": "Recall", "text": "Stop."})
    letters = {body["customer"]: body for body in hub.told(topic=LETTERS)}
    assert letters[None]["ship_to"] == {**ADA, "company": None, "phone": None, **HOME}
    assert letters["C-7"]["ship_to"]["name"] is None
    assert [letters[who]["lots"][0]["quantity"] for who in (None, "C-7")] == ["1", "2"]
    assert {(body["subject"], body["text"], body["reason"]) for body in letters.values()} == {
        ("Recall", "Stop.", "glass")
    }
    (alert,) = hub.told(topic=ALERTS)
    assert alert["message"] == (
        "Recall RC-1: 1 lot. In the house: 97 each of SOAP; 3 each of SOAP left with 2 orders for 2 customers; "
        "2 letters so far."
    )
    assert hub.answers()[-1]["outcome"] == "done"
    assert "Zyx" not in repr(hub.rows("journal")) + repr(hub.rows("receipt"))


async def test_how_long_it_took_is_kept() -> None:
    """From when the log took it in; of a drill as well, and the same again adds nothing."""
    hub, worker = await shipped()
    for number, drill in (("D-1", True), ("RC-1", False), ("RC-1", False)):
        await tell(hub, worker, "lot.recalled", {**RECALL, "recall": number, "drill": drill})
    runs = [
        [row[name] for name in ("recall", "drill", "lots", "orders", "customers")] for row in hub.rows("recall_run")
    ]
    assert runs == [["D-1", True, 1, 2, 2], ["RC-1", False, 1, 2, 2]]
    assert [row["asked_at"] for row in hub.rows("recall_run")] == [datetime(2026, 9, 1, 12, tzinfo=UTC)] * 2
    assert [int(row["units_left"]) for row in hub.rows("recall_run")] == [3, 3]


async def test_a_drill_changes_nothing() -> None:
    """No lot, no stock, no promise, no order; nobody is told but who asked."""
    hub, worker = await shipped()
    order(hub, OWNER, 9, quantity=5)
    await worker.settle()
    before = {table: dict(rows) for table, rows in hub.tables.rows.items() if table not in OF_A_DRILL}
    told = len(hub.told())
    await tell(hub, worker, "lot.recalled", {**RECALL, "drill": True})
    assert {table: dict(rows) for table, rows in hub.tables.rows.items() if table not in OF_A_DRILL} == before
    assert [body.get("outcome") for body in hub.told()][told:] == ["done"]


async def test_a_recall_of_many_is_written_about_in_parts() -> None:
    """A batch of more consignees than one event holds; each gets one letter."""
    hub, worker = await shipped(orders=2)
    for number in range(10, 30):
        place = {"name": f"Zyx {number}", **HOME}
        order(hub, OWNER, number, ship_to=place)
        body = {"owner": OWNER, "site": "TOR", "happened": True, "shipment": f"S-{number}"}
        hub.send("shipment.confirmed", {**body, "orders": [{"source": "shop", "order": f"O-{number}"}]})
    hub.send("lot.recalled", RECALL)
    await worker.settle()
    letters = hub.told(topic=LETTERS)
    assert len(letters) == len({letter["consignee"] for letter in letters}) == 22
    assert len(hub.rows("receipt", kind="consignee")) == 22


async def test_answers_and_the_end_are_kept() -> None:
    """What a consignee says by the id of his letter, and how well it went in the end."""
    hub, worker = await shipped()
    await tell(hub, worker, "lot.recalled", RECALL)
    letter = next(body for body in hub.told(topic=LETTERS) if body["customer"] == "C-7")
    said = {"owner": OWNER, "recall": "RC-1", "consignee": letter["consignee"], "answer": "returned"}
    await tell(hub, worker, "recall.answered", {**said, "lots": [{"sku": "SOAP", "lot": "L1", "returned": "2"}]})
    await tell(hub, worker, "recall.answered", {**said, "consignee": "nobody"})
    await tell(hub, worker, "recall.closed", {"owner": OWNER, "recall": "RC-1"})
    assert [(body["outcome"], body["code"]) for body in hub.answers()[-3:]] == [
        ("done", None), ("refused", "not_available"), ("done", None),
    ]  # fmt: skip
    assert hub.told(topic=ALERTS)[-1]["message"] == (
        "Recall RC-1 is closed: 1 of 2 consignees answered (50.0 %), 2 each of SOAP of 3 each of SOAP were sent back "
        "or destroyed (66.7 %)."
    )
