"""The rows lotstream writes for orders, written by plain functions over dicts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from hashlib import blake2b
from typing import Any

import asyncpg
import msgspec

from benchmarks.peers.fefo import (
    ORDER_STATUS_TYPE,
    PICK_TASKS_TYPE,
    SITE,
    Decision,
    Line,
    Row,
    decide,
    order_status,
    pick_tasks,
    stable_id,
)
from lotstream.contracts.topics import ORDER_STATUS, PICK_TASKS
from lotstream.domain.slots import slot

Records = Mapping[int, Sequence[dict[str, Any]]]

ORDER_PLACED = "lotstream.order.placed.v1"
OFFSET_BITS = 48
CODE = "peer"

COLUMNS = {
    "intake": ("log", "partition", "offset", "recorded_at", "outcome", "source", "message_id", "type", "owner"),
    "journal": (
        *("log", "partition", "offset", "index", "recorded_at", "owner", "source", "order", "type", "today", "hash"),
        *("body", "code"),
    ),
    "outbox": ("log", "partition", "offset", "index", "recorded_at", "id", "topic", "type", "key", "value"),
    "sales_order": ("owner", "slot", "source", "order", "open", "state", "body"),
    "stock_in": (
        *("owner", "slot", "sku", "lot", "site", "location", "status", "returned", "on_hand", "reserved"),
        "promised_elsewhere",
    ),
}

STOCK = """
INSERT INTO stock (owner, slot, sku, lot, site, location, status, returned, on_hand, reserved, promised_elsewhere)
SELECT owner, slot, sku, lot, site, location, status, returned, on_hand, reserved, promised_elsewhere
FROM stock_in ORDER BY owner, sku, lot, location
ON CONFLICT ON CONSTRAINT stock_key DO UPDATE SET reserved = excluded.reserved
"""
PERSON = """
INSERT INTO person (owner, slot, person, body)
SELECT * FROM unnest($1::text[], $2::smallint[], $3::text[], $4::text[]) AS v ORDER BY 1, 3
ON CONFLICT (owner, person) DO NOTHING
"""
MOVE = """
UPDATE claim AS c
SET next_offset = b.next_offset, chain = b.chain, last_message_id = b.last_message_id, last_append_time = b.time
FROM unnest($1::smallint[], $2::bigint[], $3::bytea[], $4::text[], $5::timestamptz[])
    AS b(partition, next_offset, chain, last_message_id, time)
WHERE c.partition = b.partition
"""
OPENING = """
SELECT s.sku, l.expires, l.received, s.lot, s.location, s.on_hand, s.reserved
FROM stock AS s JOIN lot AS l USING (owner, sku, lot) WHERE s.owner = $1
"""

encode = msgspec.json.Encoder().encode


class Books:
    """Stock in memory, rows in PostgreSQL, one transaction per batch."""

    def __init__(self, connection: asyncpg.Connection[asyncpg.Record]) -> None:
        self._connection = connection
        #: Rows in the order of use, by SKU, by owner.
        self._owners: dict[str, dict[str, list[Row]]] = {}
        #: Where this process left a partition; elsewhere now, somebody else wrote there.
        self._left: dict[int, int] = {}
        self._partition_of: dict[str, int] = {}

    async def prepare(self) -> None:
        """Make the staging table of this session."""
        await self._connection.execute(
            "CREATE TEMPORARY TABLE stock_in (LIKE stock INCLUDING STORAGE) ON COMMIT DELETE ROWS"
        )

    async def commit(self, records: Records) -> list[dict[str, Any]]:
        """Decide records, write everything that follows in one transaction and return the messages to send."""
        async with self._connection.transaction():
            claims = await self._connection.fetch(
                "SELECT partition, log, next_offset, chain, today FROM claim WHERE partition = ANY($1) "
                "ORDER BY partition FOR UPDATE",
                list(records),
            )
            batch = _Batch()
            for claim in claims:
                await self._decide(batch, claim, records[claim["partition"]])
            await self._write(batch)
        return batch.messages

    async def _decide(self, batch: _Batch, claim: asyncpg.Record, records: Sequence[dict[str, Any]]) -> None:
        partition, place, chain = claim["partition"], claim["next_offset"], claim["chain"]
        if self._left.get(partition) != place:
            self._owners = {o: rows for o, rows in self._owners.items() if self._partition_of[o] != partition}
        fresh = [record for record in records if record["offset"] >= place]
        known = await self._seen(fresh)
        for record in fresh:
            said = record["said"]
            key = (said["ce_source"], said["ce_id"])
            batch.take_in(claim, record, duplicate=key in known)
            if said["ce_type"] == ORDER_PLACED and key not in known:
                shelves = await self._shelves(record["body"]["owner"], partition)
                chain = batch.place(claim, record, shelves, chain=chain)
            known.add(key)
        if fresh:
            self._left[partition] = fresh[-1]["offset"] + 1
            batch.moved.append(
                (partition, fresh[-1]["offset"] + 1, chain, fresh[-1]["said"]["ce_id"], fresh[-1]["time"])
            )

    async def _seen(self, records: Sequence[dict[str, Any]]) -> set[tuple[str, str]]:
        rows = await self._connection.fetch(
            "SELECT k.source, k.id FROM unnest($1::text[], $2::text[]) AS k(source, id) CROSS JOIN LATERAL (SELECT "
            "FROM intake AS i WHERE i.source = k.source AND i.message_id = k.id AND i.outcome IN ('done', 'refused') "
            "LIMIT 1) AS found",
            [record["said"]["ce_source"] for record in records],
            [record["said"]["ce_id"] for record in records],
        )
        return {(row["source"], row["id"]) for row in rows}

    async def _shelves(self, owner: str, partition: int) -> dict[str, list[Row]]:
        if owner not in self._owners:
            shelves: dict[str, list[Row]] = defaultdict(list)
            for sku, *row in await self._connection.fetch(OPENING, owner):
                shelves[sku].append([_text(value) for value in row])
            for rows in shelves.values():
                rows.sort()
            self._owners[owner] = shelves
            self._partition_of[owner] = partition
        return self._owners[owner]

    async def _write(self, batch: _Batch) -> None:
        for table, rows in batch.added.items():
            await self._connection.copy_records_to_table(table, records=rows, columns=COLUMNS[table])
        if batch.persons:
            await self._connection.execute(PERSON, *zip(*batch.persons.values(), strict=True))
        if batch.touched:
            stock = list(batch.touched.values())
            await self._connection.copy_records_to_table("stock_in", records=stock, columns=COLUMNS["stock_in"])
            await self._connection.execute(STOCK)
        if batch.moved:
            await self._connection.execute(MOVE, *zip(*batch.moved, strict=True))


class _Batch:
    """Rows on their way."""

    def __init__(self) -> None:
        self.added: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
        self.persons: dict[tuple[str, str], tuple[Any, ...]] = {}
        self.touched: dict[tuple[str, str, str], tuple[Any, ...]] = {}
        self.moved: list[tuple[int, int, bytes, str, datetime]] = []
        self.messages: list[dict[str, Any]] = []

    def take_in(self, claim: asyncpg.Record, record: dict[str, Any], *, duplicate: bool) -> None:
        """Note what became of a record."""
        said, body = record["said"], record["body"]
        outcome = "duplicate" if duplicate else "done"
        place = (claim["log"], claim["partition"], record["offset"], record["time"])
        self.added["intake"].append(
            (*place, outcome, said["ce_source"], said["ce_id"], said["ce_type"], body.get("owner"))
        )

    def place(
        self, claim: asyncpg.Record, record: dict[str, Any], shelves: dict[str, list[Row]], *, chain: bytes
    ) -> bytes:
        """Decide an order and return the new head of the partition's hash chain."""
        order = record["body"]
        place = f"{claim['log']}/{claim['partition']}/{record['offset']}"
        decision = decide(order, place, lambda sku: shelves.get(sku, []))
        person = stable_id(f"{order['owner']}{order['ship_to']}")
        body = _order(decision, person=person, arrival=(claim["log"] << OFFSET_BITS) + record["offset"])
        whole = encode(body)
        event = b'{"order":' + whole + b',"decisions":' + encode([_decided(line) for line in decision.lines]) + b"}"
        chain = blake2b(chain + place.encode() + event, digest_size=32).digest()
        at = (claim["log"], claim["partition"], record["offset"])
        owner, names = order["owner"], (order["source"], order["order"])
        journal = (owner, *names, "OrderRecorded", claim["today"], chain, event.decode(), CODE)
        self.added["journal"].append((*at, 0, record["time"], *journal))
        self.added["sales_order"].append((owner, slot(owner.encode()), *names, True, decision.state, whole.decode()))
        self.persons[owner, person] = (owner, slot(owner.encode()), person, encode(_person(order["ship_to"])).decode())
        self._touch(owner, decision)
        self._send(at, record, decision, place=place)
        return chain

    def _touch(self, owner: str, decision: Decision) -> None:
        for line in decision.lines:
            for row, *_ in line.takes:
                _, _, lot, location, on_hand, reserved = row
                what = (owner, slot(owner.encode()), line.sku, lot, SITE, location, "good", False, on_hand, reserved, 0)
                self.touched[owner, line.sku, location] = what

    def _send(self, at: tuple[int, int, int], record: dict[str, Any], decision: Decision, *, place: str) -> None:
        bodies = [(ORDER_STATUS.name, ORDER_STATUS_TYPE, order_status(decision))]
        if decision.promises:
            bodies.insert(0, (PICK_TASKS.name, PICK_TASKS_TYPE, pick_tasks(decision)))
        key = decision.order["order"].encode()
        for index, (topic, type_, body) in enumerate(bodies):
            id_ = f"{place}/{index}"
            row = (*at, index, record["time"], stable_id(id_), topic, type_, key, encode(body))
            self.added["outbox"].append(row)
            self.messages.append({"id": id_, "type": type_, "time": record["time"], "body": body})


def _text(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _order(decision: Decision, *, person: str, arrival: int) -> dict[str, Any]:
    order = decision.order
    ship_to, carrier = order["ship_to"], order["carrier"]
    return {
        "key": [order["source"], order["order"]],
        "version": order["version"],
        "placed_at": order["placed_at"],
        "arrival": arrival,
        "content": decision.id,
        "customer": None,
        "site": SITE,
        "state": decision.state,
        "person": person,
        **{name: ship_to[name] for name in ("city", "region", "postcode", "country")},
        "scac": carrier["scac"],
        "service": carrier["service"],
        "references": order["references"],
        "lines": [_line(line) for line in decision.lines],
    }


def _line(line: Line) -> dict[str, Any]:
    named = {"line": line.line, "sku": line.sku, "unit": line.unit, "unit_factor": 1, "ordered": line.ordered}
    return {**named, "reservations": _reservations(line)}


def _decided(line: Line) -> dict[str, Any]:
    return {
        "line": line.line,
        "reserved": _reservations(line),
        "backordered": line.backordered,
        "policy": "FEFO",
        "policy_from": "settings",
        "considered": [
            {"lot": row[2], "location": row[3], "expires": row[0], "taken": taken, "free": free}
            for row, taken, free, _ in line.takes
        ],
    }


def _reservations(line: Line) -> list[dict[str, Any]]:
    return [
        {"task": task, "row": [line.sku, row[2], SITE, row[3], None, None, "good", False], "quantity": taken}
        for row, taken, _, task in line.takes
    ]


def _person(ship_to: dict[str, Any]) -> dict[str, Any]:
    return {"name": ship_to["name"], "company": None, "street": ship_to["street"], "phone": None, "email": None}
