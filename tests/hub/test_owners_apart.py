"""Owners never mix: no query reads another's rows, no message is without its owner, and each decides as if alone."""

from __future__ import annotations

import random
import re
from typing import Any, Final

import pytest
from aiokafka import ConsumerRecord

from lotstream.contracts.inbound import BROADCAST, INBOUND
from lotstream.contracts.sent import SENT
from lotstream.store.sql import files, queries
from lotstream.store.verify import OWNER_TABLES
from tests.hub.small_hub import SITE, SmallHub, a_site, order, owners_in, stock
from tests.hub.test_continuing import something_happens

OWNED: Final = {*OWNER_TABLES, "shipment_line", "lot_history", "recall_run"}
"""Tables whose rows are an owner's."""

EVERYBODY: Final = {
    ("broadcasts", "due"): "names owners of a partition that go on, and nothing of theirs",
    ("broadcasts", "clocks_due"): "names owners of a partition whose time has come",
    ("broadcasts", "behind"): "names owners of a partition that are behind",
    ("broadcasts", "passed"): "counts whom a broadcast still waits for",
    ("maintenance", "prune_empty_stock"): "deletes rows of nothing",
    ("reads", "owners_of_sku"): "names owners, so that a person says which one is meant",
    ("reads", "orders_called"): "names owners, so that a person says which one is meant",
    ("reads", "serials"): "goes from owner to owner where the person who asks names none",
    ("persons", "erased"): "shows an operator what was erased of whom, so that it can be erased again",
    ("moves", "document_owners"): "goes from owner to owner where the person who asks names none",
    ("goods", "lot_owners"): "goes from owner to owner where the person who asks names none",
    ("goods", "lots_called"): "names owners, so that a person says which one is meant",
    ("papers", "owners"): "goes from owner to owner where the person who asks names none",
    ("papers", "hazards"): "shows an operator whose hazardous goods lie where",
    ("kpi", "owners"): "adds up owner by owner, all of them where none is named",
    ("kpi", "recalls"): "goes from recall to recall where no owner is named",
    ("recalls", "owners_of_lots"): "names owners, so that an operator recalls what several of them have",
    ("recalls", "owners_of_recall"): "names owners, so that a person says which one is meant",
    ("recalls", "owners_of_returns"): "goes from owner to owner where the person who asks names none",
    ("recalls", "recalls"): "lists the recalls of everybody for an operator",
    ("backfill", "kept"): "reads where a partition's records stand, and nothing of theirs",
    ("backfill", "place_lines"): "writes lines by the record that they follow from",
    ("verify", "lot_history"): "reads a partition's records in their order, each put beside its own journal row",
    ("verify", "owners"): "names every owner that a table knows; what follows is read owner by owner",
    ("verify", "recall_run"): "reads a partition's records in their order, each put beside its own journal row",
    ("verify", "shipment_line"): "reads a partition's records in their order, each put beside its own journal row",
    ("told", "is_place"): "says whether a place is there, and not whose goods lie in it",
    ("audit", "stock"): "judges a whole house in a fault run",
    ("audit", "owners"): "judges a whole house in a fault run",
    ("audit", "shipped"): "judges a whole house in a fault run",
    ("audit", "over_promised"): "counts, in a fault run",
    ("records", "shipped"): "counts, in tests and benches",
}
"""Queries that may read owners' tables without naming one, and why."""

_READS: Final = re.compile(r'\b(?:FROM|JOIN|USING|UPDATE)\s+"?(\w+)"?(?:\s+AS\s+(\w+))?', re.IGNORECASE)


def unnamed(text: str) -> list[str]:
    """Return the owners' tables that a query reads without comparing their owner."""
    found = []
    for table, alias in _READS.findall(text):
        named = rf"\b{alias}\.owner\s*(=|>)|=\s*{alias}\.owner\b" if alias else r"(?<!\.)\bowner\s*="
        if table in OWNED and not re.search(named, text):
            found.append(table)
    return found


def test_every_query_names_the_owner_whose_rows_it_reads() -> None:
    """No query reads a table of owners without comparing the owner, but for those listed with their reason."""
    bare = {(file, name) for file in files() for name, text in queries(file).items() if unnamed(text)}
    assert bare - EVERYBODY.keys() == set()
    there = {(file, name) for file in files() for name in queries(file)}
    assert EVERYBODY.keys() - there == set()


@pytest.mark.parametrize(
    ("text", "tables"),
    [
        ("SELECT 1 FROM stock WHERE sku = $1", ["stock"]),
        ("SELECT 1 FROM stock AS s JOIN lot AS l ON l.lot = s.lot WHERE s.owner = $1", ["lot"]),
        ("SELECT 1 FROM stock AS s JOIN lot AS l ON l.owner = s.owner WHERE s.owner = $1", []),
        ("DELETE FROM item USING unnest($1) AS v WHERE owner = v.owner", []),
        ("UPDATE customer SET body = $1", ["customer"]),
    ],
)
def test_a_query_without_its_owner_is_seen(text: str, tables: list[str]) -> None:
    """The check sees each table that is read, joined or changed, and whether its own owner is compared."""
    assert unnamed(text) == tables


def test_every_message_says_whose_it_is() -> None:
    """What goes out has an owner, and so has what comes in unless it concerns every partition."""
    assert [name for name, model in SENT.items() if "owner" not in model.model_fields] == []
    without = {name for name, model in INBOUND.items() if "owner" not in model.model_fields}
    assert without == BROADCAST


def without(log: list[ConsumerRecord[Any, Any]], owner: str) -> list[ConsumerRecord[Any, Any]]:
    """Return a log in which nobody can read what an owner was told: every record stays where it is."""
    return [
        record
        if record.key != owner.encode()
        else ConsumerRecord(
            record.topic, record.partition, record.offset, record.timestamp, record.timestamp_type, b"nobody", b"",
            None, 6, 0, record.headers,
        )
        for record in log
    ]  # fmt: skip


async def lived(hub: SmallHub) -> SmallHub:
    """Decide a hub's log from the beginning."""
    worker = await hub.start()
    while await worker.decide(records_max=7):
        pass
    return hub


def of(hub: SmallHub, owner: str) -> dict[str, list[str]]:
    """Return everything the hub keeps of an owner and everything it has told of it."""
    kept = {table: sorted(map(str, hub.rows(table, owner=owner))) for table in sorted(OWNED & hub.tables.rows.keys())}
    mine = f'"owner":"{owner}"'.encode()
    told = [row for row in hub.rows("outbox") if mine in (row["value"] or b"")]
    return kept | {"outbox": sorted(map(str, told)), "journal": sorted(map(str, _events(hub, owner)))}


def _events(hub: SmallHub, owner: str) -> list[dict[str, Any]]:
    # Each row's hash covers the partition's rows before it, whoever they are of.
    return [{**row, "hash": None} for row in hub.rows("journal", owner=owner)]


@pytest.mark.parametrize("seed", range(4))
async def test_each_owner_decides_as_if_the_other_were_not_there(seed: int) -> None:
    """Two owners of one partition with equal SKUs, lots and order numbers get byte for byte what each gets alone."""
    draw = random.Random(seed)
    hub = SmallHub(orders_max=2)
    worker = await hub.start()
    await a_site(hub, worker)
    both = owners_in(0, 2)
    for owner in both:
        channels = [{"name": "shop"}]
        hub.send("settings.changed", {"owner": owner, "channels": channels, "availability_every_s": 1})
        stock(hub, owner, [("L1", "2026-09-01"), ("L2", "2026-09-02"), ("L3", "2026-12-01")], quantity=20)
    for step in range(40):
        owner = draw.choice(both)
        await something_happens(hub, draw, step, owner)
        if draw.random() < 0.3:
            order(hub, owner, 7, version=f"9{step}")
            shipped = [{"source": "shop", "order": "O-7"}]
            body = {"owner": owner, "site": SITE, "happened": True, "shipment": f"S-{step}", "orders": shipped}
            hub.send("shipment.confirmed", body)
        if draw.random() < 0.6:
            await worker.look()
            await worker.decide()
    await worker.settle()
    for owner, other in (both, both[::-1]):
        alone = SmallHub(orders_max=2)
        alone.log = {partition: without(log, other) for partition, log in hub.log.items()}
        for row in hub.rows("broadcast"):
            await alone.store.add_broadcast(row["type"], key=row["key"], body=row["body"])
        await lived(alone)
        assert of(alone, owner) == of(hub, owner)
        assert not any(of(alone, other).values())
        assert len(of(hub, owner)["outbox"]) > 10
