"""Personal data is in one table, in what waits to be handled, and nowhere else; all of it goes.

Names that are found nowhere else are planted in whatever a consignee's address may come with. Then everything is
searched that keeps anything: every column of every table, every topic, the worker's log, the files of an inbox.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import asyncpg
import pytest
import pytest_asyncio
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete
from typer.testing import CliRunner

from lotstream.cli.app import build_app
from lotstream.connect import Connector, ConnectorOptions, Delivery, Desk, Translation, options_config, order_placed
from lotstream.connect.inbox import Inbox
from lotstream.connect.inbox_kept import delete_old
from lotstream.connect.runner import open_parts
from lotstream.contracts.inbound_orders import OrderPlaced
from lotstream.contracts.topics import DEAD_LETTERS, RECALL_LETTERS, TOPICS
from lotstream.hub.maintenance import Maintenance
from lotstream.hub.verify import Scope, verify
from lotstream.settings import Settings, settings
from lotstream.store.exchanges import Exchanges
from lotstream.store.postgres import PostgresStore
from lotstream.testing.kafka import read_all
from lotstream.testing.processes import WorkerProcess
from tests.cli.conftest import environment
from tests.hub.client import PATIENCE_S, HubClient

MARK = "Zyx"
PERSONS = "Ada", "Bob", "Cyd", "Dee", "Eve", "Fay", "Gus", "Hal"
"""Who is planted: in a good order, a changed one (twice), a refused one, one nobody can read, one from an inbox,
an old one, and in a delivery that nobody takes."""

TRANSIENT = {"exchange", "dead_letter", "outbox"}
"""Tables that keep raw messages for a bounded time; of the outbox copies of dead letters and recall letters."""

KEPT = Scope(outbox=False, retention_days=0)
"""What there is to verify when everything that is kept for a time is gone."""

FLOOR = {"owner": "acme", "site": "TOR", "happened": True, "by": "scanner-1"}


@pytest.fixture(autouse=True)
def read_afresh() -> Iterator[None]:
    """Have commands that run in this process read the settings of this hub, and the next module those of its own."""
    settings.cache_clear()
    yield
    settings.cache_clear()


def ship_to(name: str) -> dict[str, Any]:
    """An address all of whose personal fields have the mark and a name."""
    mine = f"{MARK} {name}"
    return {
        "name": mine, "company": f"{mine} Company", "street": [f"{mine} Street", f"{mine} Floor"],
        "phone": f"{mine} Phone", "email": f"{mine}@example.com", "city": "Columbus", "region": "OH",
        "postcode": "43085", "country": "US",
    }  # fmt: skip


def order(number: str, name: str, quantity: str = "2", **more: object) -> dict[str, Any]:
    """An order for somebody."""
    lines = [{"line": "1", "sku": "TEA", "quantity": quantity}]
    placed = {"owner": "acme", "source": "shop", "order": number, "customer": "C-7", "lines": lines}
    return {**placed, "ship_to": ship_to(name), **more}


class JsonOptions(ConnectorOptions):
    model_config = options_config("json_orders")


class JsonOrders(Connector[JsonOptions]):
    """A connector that takes canonical orders as files."""

    name: ClassVar[str] = "json_orders"
    Options = JsonOptions

    def translate(self, delivery: Delivery) -> Translation:
        return Translation((order_placed(OrderPlaced.model_validate_json(delivery.body)),), ())

    async def run(self, desk: Desk) -> None:
        raise NotImplementedError


class House:
    """A hub that was told of everybody, and what is kept of it anywhere."""

    def __init__(self, settings: Settings, client: HubClient, log: Path, inbox: Path) -> None:
        self.settings, self.client = settings, client
        self._log = log
        self._inbox = inbox

    async def tell(self) -> None:
        """Have everybody named in every way there is."""
        await self.client.define_site("TOR")
        await self.client.send("item.defined", {"owner": "acme", "sku": "TEA"})
        await self.client.send("customer.defined", {"owner": "acme", "customer": "C-7"})
        goods = [{"line": "1", "sku": "TEA", "lot": "L1", "quantity": "10", "location": "A-1", "expires": "2099-01-31"}]
        await self.client.send("stock.received", {**FLOOR, "receipt": "R-1", "lines": goods})
        await self.client.send("order.placed", order("#1", "Ada"))
        left = [{"source": "shop", "order": "#1", "lines": [{"line": "1", "lot": "L1", "quantity": "2"}]}]
        await self.client.send("shipment.confirmed", {**FLOOR, "shipment": "S-1", "orders": left})
        await self.client.send("order.placed", order("#2", "Bob", version="1"))
        await self.client.send("order.placed", order("#2", "Cyd", version="2"))
        await self.client.send("order.placed", order("#3", "Dee", site="NOWHERE"))
        unreadable = json.dumps(order("#4", "Eve", quantity="a few")).encode()
        await self.client.send_raw(unreadable, key=b"acme")
        await self._drop(order("#5", "Fay"))
        old = {"owner": "acme", "site": "TOR", "source": "old", "order": "#0", "shipment": "S-0", "customer": "C-7"}
        gone = [{"line": "1", "sku": "TEA", "lot": "L0", "quantity": "3"}]
        moment = "2026-01-05T12:00:00Z"
        await self.client.send(
            "shipment.imported", {**old, "shipped_at": moment, "ship_to": ship_to("Gus"), "lines": gone}
        )
        await self._leave(order("#6", "Hal"))
        recalled = [{"sku": "TEA", "lot": lot} for lot in ("L0", "L1")]
        await self.client.send("lot.recalled", {"owner": "acme", "recall": "RC", "lots": recalled})
        for topic in (DEAD_LETTERS, RECALL_LETTERS):
            await self._published(topic.name)

    async def _leave(self, body: dict[str, Any]) -> None:
        """Leave a delivery at the door of a connector that nobody runs any more."""
        moment = datetime.now(UTC)
        async with Exchanges(self.settings.postgres_url) as exchanges:
            await exchanges.keep(
                "gone", sender="erp", name="order", key="6", received_at=moment, headers=(),
                body=json.dumps(body).encode(),
            )  # fmt: skip

    async def _published(self, topic: str) -> None:
        """Wait for what is told of the record that nobody can read, and of whoever got what is recalled."""
        letters = AIOKafkaConsumer(
            topic, bootstrap_servers=self.settings.kafka_bootstrap, auto_offset_reset="earliest",
            isolation_level="read_committed",
        )  # fmt: skip
        await letters.start()
        try:
            await asyncio.wait_for(letters.getone(), PATIENCE_S)
        finally:
            await letters.stop()

    async def _drop(self, body: dict[str, Any]) -> None:
        self._inbox.mkdir()
        (self._inbox / f"{MARK}.json").write_text(json.dumps(body))
        inbox = Inbox(self._inbox, sender="erp")
        async with open_parts(JsonOrders(JsonOptions()), self.settings) as parts:
            await inbox.look(parts.desk)
            assert await inbox.look(parts.desk) == 1
        await self.client.row("SELECT true FROM sales_order WHERE \"order\" = '#5'")

    async def tables(self) -> dict[str, set[str]]:
        """Return who is named in each table, whatever the column; bytes are looked through as well."""
        tables = await self.client.rows(
            "SELECT table_schema || '.' || table_name AS name FROM information_schema.tables"
            " WHERE table_schema NOT IN ('pg_catalog', 'information_schema') AND table_type = 'BASE TABLE'"
        )
        assert {"lotstream.journal", "lotstream.person", "lotstream.exchange"} <= {table["name"] for table in tables}
        found = {table["name"].split(".")[1]: await self._in_table(table["name"]) for table in tables}
        return {name: persons for name, persons in found.items() if persons}

    async def _in_table(self, table: str) -> set[str]:
        rows = await self.client.rows(f"SELECT t::text AS row FROM {table} AS t")
        return named("\n".join(row["row"] for row in rows))

    async def topics(self) -> dict[str, set[str]]:
        """Return who is named in each topic, in key, value or headers."""
        found = {}
        for topic in TOPICS:
            seen = [one async for one in read_all(self.settings.kafka_bootstrap, topic.name)]
            found[topic.name] = named("".join(repr((one.key, one.value, one.headers)) for one in seen))
        return {name: persons for name, persons in found.items() if persons}

    def files(self) -> dict[str, set[str]]:
        """Return who is named in which file of the inbox, and in the log of the worker."""
        kept = {path.parent.name: path for path in self._inbox.rglob("*") if path.is_file()}
        found = {name: named(path.read_text()) for name, path in {**kept, "log": self._log}.items()}
        return {name: persons for name, persons in found.items() if persons}

    async def erase(self) -> None:
        """Have a person of the shop find everybody and erase them, by each way there is."""
        shown = await self.lotstream("person", "find", "--order", "#2", "--json")
        assert sorted(one["name"] for one in json.loads(shown)) == [f"{MARK} Bob", f"{MARK} Cyd"]
        (ada,) = json.loads(await self.lotstream("person", "find", "--text", "ada phone", "--json"))
        customers = json.loads(await self.lotstream("person", "find", "--customer", "C-7", "--json"))
        assert (len(customers), ada in customers) == (5, True)
        await self.lotstream("person", "erase", "--person", ada["person"], "--request", "E-1", "--yes")
        await self.lotstream("person", "erase", "--order", "#2", "--request", "E-2", "--yes")
        await self.lotstream("person", "erase", "--customer", "C-7", "--request", "E-3", "--yes", "--by", "desk")
        shown = await self.lotstream("person", "find", "--customer", "C-7")
        assert (shown.count("(erased)"), MARK in shown) == (5, False)

    async def lotstream(self, *arguments: str) -> str:
        """Run a command, and return what it printed."""
        words = [*arguments, "--owner", "acme"]
        ran = await asyncio.to_thread(CliRunner().invoke, build_app(), words, env=environment(self.settings))
        assert ran.exit_code == 0, ran.output
        return ran.output

    async def let_time_pass(self) -> None:
        """Have done what is done when everything is older than it is kept for."""
        async with PostgresStore(self.settings.postgres_url, timeout_s=20) as store:
            positions = {
                row["partition"]: row["next_offset"]
                for row in await self.client.rows("SELECT partition, next_offset FROM claim")
            }
            later: Any = Later(store, timedelta(days=self.settings.retention_days + 1))
            await Maintenance(self.settings, later, published=lambda: positions).prune()
        delete_old(self._inbox / "done", before=float("inf"))
        admin = AIOKafkaAdminClient(bootstrap_servers=self.settings.kafka_bootstrap)
        await admin.start()
        try:
            everything = {
                TopicPartition(topic.name, partition): RecordsToDelete(before_offset=-1)
                for topic in TOPICS
                for partition in range(await self._partitions(admin, topic.name))
            }
            await admin.delete_records(everything)
        finally:
            await admin.close()

    async def _partitions(self, admin: AIOKafkaAdminClient, topic: str) -> int:
        (described,) = await admin.describe_topics([topic])
        return len(described["partitions"])


class Later:
    """A store whose clock is ahead."""

    def __init__(self, store: PostgresStore, ahead: timedelta) -> None:
        self._store = store
        self._ahead = ahead

    async def now(self) -> object:
        return await self._store.now() + self._ahead

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)


def named(text: str) -> set[str]:
    """Return who is named in a text, also in bytes that are written as hexadecimal digits."""
    return {name for name in PERSONS if f"{MARK} {name}" in text or f"{MARK} {name}".encode().hex() in text}


@pytest_asyncio.fixture
async def house(hub_settings: Settings, tmp_path: Path) -> AsyncIterator[House]:
    """A running hub of its own."""
    log = tmp_path / "worker.log"
    async with WorkerProcess(hub_settings, instance="personal", log=log), HubClient(hub_settings) as client:
        yield House(hub_settings, client, log, tmp_path / "in")


async def test_personal_data_is_erased_and_leaves_every_lot_traceable(house: House) -> None:
    """Planted, searched, erased, searched, told again, kept for as long as it may be, searched: nothing, anywhere."""
    await house.tell()
    found = await house.tables()
    assert found.keys() == TRANSIENT | {"person"}
    assert found["person"] == {"Ada", "Bob", "Cyd", "Fay", "Gus"}
    assert (await house.topics(), house.files()) == (
        {
            "lotstream.inbound": {*PERSONS} - {"Hal"},
            "lotstream.inbound.dlq": {"Eve"},
            "lotstream.recall-letters": {"Ada", "Gus"},
        },
        {"done": {"Fay"}},
    )

    await house.erase()
    assert (await house.tables()).keys() == TRANSIENT
    again = await house.client.send("order.placed", order("#2", "Cyd", version="3"))
    first = await house.client.send("order.placed", order("#1", "Ada"))
    assert (again["outcome"], first["outcome"]) == ("done", "done")
    assert (await house.tables()).keys() == TRANSIENT
    assert (await verify(house.settings.postgres_url)).differences == ()

    await house.let_time_pass()
    assert (await house.tables(), await house.topics(), house.files()) == ({}, {}, {})

    (line,) = await house.client.rows("SELECT * FROM shipment_line WHERE lot = 'L1'")
    traced = {name: line[name] for name in ("lot", "customer", "city", "postcode", "country", "shipment")}
    assert traced == {
        "lot": "L1", "customer": "C-7", "city": "Columbus", "postcode": "43085", "country": "US", "shipment": "S-1",
    }  # fmt: skip
    history = json.loads(await house.lotstream("lot", "history", "TEA", "L1", "--json"))["history"]
    assert [line["customer"] for line in history if line["kind"] == "shipped"] == ["C-7"]
    where = json.loads(await house.lotstream("lot", "where", "TEA", "L1", "--json"))
    (who,) = where["gone_to"]
    assert (who["name"], who["customer"], who["city"], who["quantity"]) == (None, "C-7", "Columbus", "2")
    assert (await verify(house.settings.postgres_url, KEPT)).differences == ()


async def test_a_restored_database_forgets_again(house: House, tmp_path: Path) -> None:
    """What was erased is listed by key, and erased again from that list, once; a list that is none is refused."""
    await house.client.send("item.defined", {"owner": "acme", "sku": "TEA"})
    await house.client.send("order.placed", order("#20", "Ada"))
    kept = await house.client.row("SELECT * FROM person")
    shop = [{"source": "shop", "order": "#20"}]
    await house.client.send("person.erased", {"owner": "acme", "request": "E-20", "orders": shop, "by": "desk"})
    listed = await house.lotstream("person", "erased", "--since", "2020-01-01", "--json")
    one = json.loads(listed)[-1]
    assert (one["owner"], one["request"], one["persons"], one["by"]) == ("acme", "E-20", [kept["person"]], "desk")
    assert "E-20" in await house.lotstream("person", "erased")
    assert json.loads(await house.lotstream("person", "erased", "--since", "2999-01-01", "--json")) == []
    connection = await asyncpg.connect(house.settings.postgres_url)
    try:
        columns = ("owner", "slot", "person", "body")
        values = [kept[name] for name in columns]
        await connection.execute(
            "INSERT INTO lotstream.person (owner, slot, person, body) VALUES ($1, $2, $3, $4)", *values
        )
    finally:
        await connection.close()
    file = tmp_path / "erased.json"
    file.write_text(json.dumps([one]))
    for _ in range(2):
        again = await asyncio.to_thread(
            CliRunner().invoke, build_app(), ["person", "erase-again", str(file), "--yes"],
            env=environment(house.settings),
        )  # fmt: skip
        assert again.exit_code == 0, again.output
    assert await house.client.rows("SELECT * FROM person") == []
    for text in ("{}", "no JSON", '[{"owner": 1}]'):
        file.write_text(text)
        bad = await asyncio.to_thread(
            CliRunner().invoke, build_app(), ["person", "erase-again", str(file), "--yes"],
            env=environment(house.settings),
        )  # fmt: skip
        assert bad.exit_code != 0


async def test_whoever_asks_is_told_and_a_shop_that_leaves_is_forgotten(house: House) -> None:
    """Data, orders and what left for them; then all that came from one source is erased, and what did from another."""
    await house.client.define_site("TOR")
    await house.client.send("item.defined", {"owner": "acme", "sku": "TEA"})
    goods = [{"line": "1", "sku": "TEA", "lot": "L7", "quantity": "10", "location": "A-7", "expires": "2099-07-31"}]
    await house.client.send("stock.received", {**FLOOR, "receipt": "R-7", "lines": goods})
    for number, name, more in (
        ("#71", "Ada", {}), ("#72", "Bob", {"version": "1"}), ("#72", "Cyd", {"version": "2"}),
        ("#77", "Ada", {"references": {"shop_id": "77"}}),
    ):  # fmt: skip
        await house.client.send("order.placed", order(number, name, source="leaving", **more))
    await house.client.send("order.placed", order("#78", "Gus", source="old"))
    left = [{"source": "leaving", "order": "#71", "lines": [{"line": "1", "lot": "L7", "quantity": "2"}]}]
    await house.client.send("shipment.confirmed", {**FLOOR, "shipment": "S-7", "orders": left})

    asked = ("person", "show", "--source", "leaving", "--reference")
    shown = json.loads(await house.lotstream(*asked, "shop_id=77", "--json"))
    assert [one["email"] for one in shown["persons"]] == [f"{MARK} Ada@example.com"]
    orders = {one["order"]: [left["lot"] for left in one["shipped"]] for one in shown["orders"]}
    assert orders.items() >= {"#71": ["L7"], "#77": []}.items()
    assert f"{MARK} Ada Street" in await house.lotstream(*asked, "shop_id=77")
    assert "Nobody is known" in await house.lotstream(*asked, "shop_id=7")

    forget = ("person", "erase", "--source", "leaving", "--yes")
    forgotten = json.loads(await house.lotstream(*forget, "--json"))
    assert (forgotten["persons"], forgotten["decided"]) == (3, True)
    assert (await house.tables())["person"] == {"Gus"}
    assert "Nobody is known" in await house.lotstream(*forget)
    await house.client.send("person.erased", {"owner": "acme", "request": "E-78", "source": "old"})
    assert "person" not in await house.tables()
    assert (await verify(house.settings.postgres_url, KEPT)).differences == ()


async def test_data_that_was_erased_and_is_there_is_found(house: House) -> None:
    """Whoever puts erased data back by hand is found out by verify."""
    connection = await asyncpg.connect(house.settings.postgres_url)
    try:
        await house.client.send("order.placed", order("#9", "Ada"))
        row = await house.client.row("SELECT * FROM person")
        await house.client.send("person.erased", {"owner": "acme", "request": "E-9", "persons": [row["person"]]})
        assert (await verify(house.settings.postgres_url, KEPT)).ok
        await connection.execute(
            "INSERT INTO lotstream.person (owner, slot, person, body) VALUES ($1, $2, $3, $4)",
            row["owner"], row["slot"], row["person"], row["body"],
        )  # fmt: skip
    finally:
        await connection.close()
    (difference,) = (await verify(house.settings.postgres_url, KEPT)).differences
    assert (difference.table, difference.found) == ("person", "personal data")
