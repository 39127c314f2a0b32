from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from aiokafka.partitioner import murmur2

from lotstream.contracts.cloudevents import headers_for
from lotstream.contracts.decode import Undecodable, decode
from lotstream.contracts.inbound import type_of
from lotstream.contracts.produce import Record
from lotstream.domain.codes import Refusal
from lotstream.domain.commands import ContinueDay, OpenDay
from lotstream.testing.faults import shop
from lotstream.testing.faults.oracle import Fate, Oracle
from lotstream.testing.faults.reference import Books
from lotstream.testing.faults.reference_model import Refused
from lotstream.testing.faults.shop import Shop, value_of
from lotstream.testing.faults.verdict import order_as_expected, order_as_seen, stock_as_expected
from lotstream.testing.kafka import Seen
from lotstream.testing.scenarios_domain import DomainWarehouse
from lotstream.testing.scenarios_messages import SITE

TODAY = date(2026, 9, 1)
PARTITIONS = 8
BYTES_MAX = 128 * 1024
RECORDS = 3_000
#: More than any owner has.
ORDERS_MAX = 10_000


#: Shares of the log after which the day turns.
TURNED_AT = (0.4, 0.7)
NOON = datetime.combine(TODAY, time(12), UTC)
NOON_MS = round(NOON.timestamp() * 1000)


def _log(seed: int, records: int) -> list[Seen]:
    """Return what a shop says over three days, each day told to every partition; lots expire with the second."""
    said, made_up = Shop(seed, last_day=TODAY + timedelta(days=1)), list[Record]()
    made_up += said.opening()
    while len(made_up) < records:
        made_up += said.next()
    log: list[Seen] = []
    day = 0
    for number, record in enumerate(made_up):
        if day <= len(TURNED_AT) and number >= (0.0, *TURNED_AT)[day] * records:
            log += _opened(TODAY + timedelta(days=day), day + 1, first=len(log))
            day += 1
        partition = (murmur2(record.key) & 0x7FFFFFFF) % PARTITIONS
        value = value_of(record)
        log.append(Seen(record.topic, partition, len(log), record.key, value, dict(record.headers), NOON_MS))
    return log


def _opened(today: date, number: int, *, first: int) -> list[Seen]:
    """Return a turn of the day as every partition is told it."""
    value = f'{{"site": "{SITE}", "date": "{today}"}}'.encode()
    at_ms = NOON_MS + (today - TODAY).days * 86_400_000
    return [
        Seen(
            "lotstream.inbound", partition, first + partition, b"*", value,
            dict(headers_for(type_of("day.opened"), id=f"{number}/{partition}", source="lotstream")), at_ms,
        )
        for partition in range(PARTITIONS)
    ]  # fmt: skip


def _by_the_ledger(log: list[Seen], warehouses: dict[str, DomainWarehouse]) -> list[Fate]:
    fates: list[Fate] = []
    heard: set[tuple[str, str]] = set()
    today = TODAY
    for record in log:
        try:
            decoded = decode(record.headers.items(), record.value, bytes_max=BYTES_MAX)
        except Undecodable as unread:
            fates.append(("dead_lettered", unread.code.value))
            continue
        if isinstance(decoded.command, OpenDay):
            today = decoded.command.date
            for warehouse in warehouses.values():
                warehouse.tell(decoded.command)
                warehouse.tell(ContinueDay(ORDERS_MAX))
            fates.append(("done", None))
        elif record.key != decoded.key.encode():
            fates.append(("dead_lettered", "wrong_partition"))
        elif (decoded.source, decoded.message_id) in heard:
            fates.append(("duplicate", None))
        elif len(getattr(decoded.command, "lines", ())) == shop.LINES_TOO_MANY:
            # What the hub finds when it writes the messages.
            fates.append(("dead_lettered", "too_large"))
        else:
            heard.add((decoded.source, decoded.message_id))
            warehouse = warehouses.setdefault(str(decoded.owner), DomainWarehouse(today))
            answer = warehouse.hear(decoded.command)
            fates.append(("refused", answer.code.value) if isinstance(answer, Refusal) else ("done", None))
    return fates


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_plain_reference_and_the_ledger_come_to_the_same(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fates of all records, stock, and every line agree after thousands of made-up records over three days."""
    monkeypatch.setattr(shop, "SITE", SITE)
    log = _log(seed, RECORDS)
    oracle = Oracle(BYTES_MAX)
    oracle.read(log, log=1, partitions=PARTITIONS)
    warehouses: dict[str, DomainWarehouse] = {}
    fates = _by_the_ledger(log, warehouses)

    assert list(oracle.fates.values()) == fates
    assert {kind for kind, _ in fates} == {"done", "refused", "duplicate", "dead_lettered"}
    assert len({code for _, code in fates if code}) >= 10
    for owner, books in oracle.books.items():
        ledger = warehouses[owner].ledger
        seen = {
            (key.sku, str(key.lot), key.location): (row.on_hand, row.reserved)
            for key, row in ledger.stock.items()
            if row.on_hand or row.reserved
        }
        assert stock_as_expected(books) == seen
        orders = {(order.key.source, order.key.order): order_as_seen(order) for order in warehouses[owner].orders()}
        assert {key: order_as_expected(order) for key, order in books.orders.items()} == orders
    states = Counter(order.state() for books in oracle.books.values() for order in books.orders.values())
    assert set(states) >= {"backordered", "allocated", "partly_shipped", "shipped", "cancelled", "picking"}


def test_a_line_may_be_cancelled_beside_one_that_has_left() -> None:
    """What has left keeps neither another line of its order open nor a cancellation of that line out."""
    books = Books(TODAY)
    order = {"source": "shop", "order": "#1"}
    wanted = [{"line": line, "sku": sku, "quantity": "5"} for line, sku in (("1", "TEA"), ("2", "MUG"))]
    goods = {"line": "1", "sku": "TEA", "lot": "L1", "location": "A-01", "quantity": "5"}
    received, expires = TODAY.isoformat(), (TODAY + timedelta(days=90)).isoformat()
    said: list[tuple[str, dict[str, Any]]] = [
        ("item.defined", {"sku": "TEA"}),
        ("item.defined", {"sku": "MUG"}),
        ("balance.opened", {"balance": "B", "lines": [{**goods, "received": received, "expires": expires}]}),
        ("order.placed", {**order, "version": "1", "placed_at": NOON.isoformat(), "lines": wanted}),
        ("shipment.confirmed", {"shipment": "S-1", "orders": [order]}),
    ]
    for number, (name, body) in enumerate(said):
        books.do(name, body, (1, number))
    with pytest.raises(Refused, match="already_shipped"):
        books.do("order.cancelled", {**order, "lines": ["1"]}, (1, 9))
    books.do("order.cancelled", {**order, "lines": ["2"]}, (1, 10))
    assert books.orders["shop", "#1"].state() == "shipped"
