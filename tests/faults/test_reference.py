from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
from aiokafka.partitioner import murmur2

from lotstream.contracts.decode import Undecodable, decode
from lotstream.contracts.produce import Record
from lotstream.domain.codes import Refusal
from lotstream.testing.faults import shop
from lotstream.testing.faults.oracle import Fate, Oracle
from lotstream.testing.faults.shop import Shop, value_of
from lotstream.testing.faults.verdict import order_as_expected, order_as_seen, stock_as_expected
from lotstream.testing.kafka import Seen
from lotstream.testing.scenarios_domain import DomainWarehouse
from lotstream.testing.scenarios_messages import SITE

TODAY = date(2026, 9, 1)
PARTITIONS = 8
BYTES_MAX = 128 * 1024
RECORDS = 3_000


def _log(seed: int, records: int) -> list[Seen]:
    said, made_up = Shop(seed), list[Record]()
    made_up += said.opening()
    while len(made_up) < records:
        made_up += said.next()
    log: list[Seen] = []
    for record in made_up:
        partition = (murmur2(record.key) & 0x7FFFFFFF) % PARTITIONS
        value = value_of(record)
        log.append(Seen(record.topic, partition, len(log), record.key, value, dict(record.headers)))
    return log


def _by_the_ledger(log: list[Seen], warehouses: dict[str, DomainWarehouse]) -> list[Fate]:
    fates: list[Fate] = []
    heard: set[tuple[str, str]] = set()
    for record in log:
        try:
            decoded = decode(record.headers.items(), record.value, bytes_max=BYTES_MAX)
        except Undecodable as unread:
            fates.append(("dead_lettered", unread.code.value))
            continue
        if record.key != decoded.key.encode():
            fates.append(("dead_lettered", "wrong_partition"))
        elif (decoded.source, decoded.message_id) in heard:
            fates.append(("duplicate", None))
        elif len(getattr(decoded.command, "lines", ())) == shop.LINES_TOO_MANY:
            # What the hub finds when it writes the messages.
            fates.append(("dead_lettered", "too_large"))
        else:
            heard.add((decoded.source, decoded.message_id))
            warehouse = warehouses.setdefault(str(decoded.owner), DomainWarehouse(TODAY))
            answer = warehouse.hear(decoded.command)
            fates.append(("refused", answer.code.value) if isinstance(answer, Refusal) else ("done", None))
    return fates


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_plain_reference_and_the_ledger_come_to_the_same(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fates of all records, stock, and every line of every order agree after thousands of made-up records."""
    monkeypatch.setattr(shop, "SITE", SITE)
    log = _log(seed, RECORDS)
    oracle = Oracle(BYTES_MAX, today=TODAY)
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
