from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import asyncpg
import pytest
import pytest_asyncio

from lotstream.domain.slots import SLOTS, partition_of
from lotstream.errors import ExitCode
from lotstream.hub.verify import Difference, Scope, Verified, verify
from lotstream.hub.verify.found import NOTHING
from lotstream.hub.verify.run import families, verify_snapshot
from lotstream.settings import Settings
from lotstream.store.verify import Snapshot
from lotstream.testing.processes import WorkerProcess
from tests.cli.conftest import run_lotstream
from tests.hub.client import HubClient
from tests.hub.full_day import OWNERS, live_a_full_day

Tampered = Callable[[str], Awaitable[Verified]]

#: What a replica may do, and so whoever means harm: past the guard of the journal.
UNGUARDED = "SET session_replication_role = replica; SET search_path = lotstream;"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def lived(hub_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A hub that has lived a full day and whose worker has ended."""
    log: Path = tmp_path_factory.mktemp("worker") / "worker.log"
    async with WorkerProcess(hub_settings, instance="lived", log=log), HubClient(hub_settings) as client:
        await live_a_full_day(hub_settings, client)
    return hub_settings


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def by_hand(lived: Settings) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
    """A connection of somebody who may do anything."""
    connection = await asyncpg.connect(lived.postgres_url)
    await connection.execute(UNGUARDED)
    yield connection
    await connection.close()


@pytest_asyncio.fixture(loop_scope="module")
async def tampered(by_hand: asyncpg.Connection[asyncpg.Record]) -> AsyncIterator[Tampered]:
    """Verify the database as it is after a statement was run on it by hand; what that did is taken back."""
    change = by_hand.transaction()
    await change.start()

    async def tampered(statement: str) -> Verified:
        await by_hand.execute(statement)
        return await verify_snapshot(Snapshot(by_hand))

    yield tampered
    await change.rollback()


async def _run(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


async def test_a_day_as_it_was_decided_is_found_sound(lived: Settings) -> None:
    """Nothing differs after a day with something of everything, and every table was compared."""
    told: list[str] = []
    verified = await verify(lived.postgres_url, tell=told.append)
    assert [str(difference) for difference in verified.differences] == []
    assert verified.ok
    assert (verified.partitions, verified.owners, len(told)) == (8, len(OWNERS), 8)
    assert verified.journal_rows > 50
    assert verified.rows.keys() == {
        "availability", "broadcast", "claim", "continuing", "customer", "dead_letter", "early_cancel", "intake", "item",
        "journal", "kpi", "last_shipped", "location", "lot", "lot_history", "outbox", "owner", "owner_clock", "person",
        "recall_run", "receipt", "sales_order", "shipment_line", "site", "stock", "stock_weight",
    }  # fmt: skip


#: Table → (a change by hand, the column that is named); each of a row that is there after the day.
CHANGED = {
    "stock": ("UPDATE stock SET on_hand = on_hand + 1 WHERE lot = 'L1' AND location = 'A-01'", "on_hand"),
    "stock, other columns": ("UPDATE stock SET promised_elsewhere = 5 WHERE lot = 'L2'", "promised_elsewhere"),
    "stock, date": ("UPDATE stock SET received = '2020-01-01' WHERE sku = 'BAG'", "received"),
    "stock, slot": ("UPDATE stock SET slot = slot + 1 WHERE lot = 'L2'", "slot"),
    "stock_weight": ("UPDATE stock_weight SET weight_g = 1", "weight_g"),
    "sales_order": (
        """UPDATE sales_order SET body = replace(body, '"ordered":2', '"ordered":3') WHERE "order" = '#10'""",
        "body",
    ),
    "sales_order, state": ("UPDATE sales_order SET state = 'held' WHERE \"order\" = '#4'", "state"),
    "sales_order, closed": ("UPDATE sales_order SET open = true WHERE \"order\" = '#1'", "open"),
    "sales_order, not JSON": ("UPDATE sales_order SET body = '{' WHERE \"order\" = '#1'", "body"),
    "receipt": ("UPDATE receipt SET body = replace(body, ',50]', ',49]') WHERE kind = 'balance'", "body.lines.1[1]"),
    "early_cancel": ("UPDATE early_cancel SET lines = '{2}'", "lines"),
    "last_shipped": ("UPDATE last_shipped SET expires = '2030-01-01'", "expires"),
    "item": ("UPDATE item SET body = replace(body, '\"6\"', '\"7\"') WHERE sku = 'CER'", "body.units.case"),
    "customer": ("UPDATE customer SET body = replace(body, '10', '9')", "body.min_days_left"),
    "owner": ("UPDATE owner SET settings = replace(settings, 'TOR', 'DET')", "settings.sites[0]"),
    "lot": ("UPDATE lot SET expires = '2030-01-01' WHERE lot = 'L1'", "expires"),
    "lot, more": ("""UPDATE lot SET more = '{"aliases":["L9"],"came":"balance"}' WHERE lot = 'L1'""", "more.aliases"),
    "lot, hold": ("UPDATE lot SET holds = '[]' WHERE lot = 'L2'", "holds[0]"),
    "site": ("UPDATE site SET body = replace(body, 'scripted', 'clock') WHERE partition = 3", "body.calendar"),
    "location": ("UPDATE location SET body = replace(body, '3', '4') WHERE partition = 3", "body.sequence"),
    "person": ("UPDATE person SET body = replace(body, 'Receiver', 'Deceiver')", "body"),
    "shipment_line": ("UPDATE shipment_line SET quantity = quantity + 1 WHERE shipment = 'S-2'", "quantity"),
    "shipment_line, person": ("UPDATE shipment_line SET person = NULL WHERE shipment = 'S-1'", "person"),
    "lot_history": ("UPDATE lot_history SET quantity = quantity + 1 WHERE kind = 'opened'", "quantity"),
    "lot_history, time": ("UPDATE lot_history SET at = now() WHERE kind = 'picked'", "at"),
    "lot_history, place": ("UPDATE lot_history SET to_location = NULL WHERE kind = 'picked'", "to_location"),
    "shipment_line, place": ("UPDATE shipment_line SET location = NULL WHERE shipment = 'S-2'", "location"),
    "recall_run": ("UPDATE recall_run SET orders = orders + 1", "orders"),
    "claim": ("UPDATE claim SET next_offset = next_offset + 1 WHERE partition = 2", "next_offset"),
    "claim, head": ("UPDATE claim SET chain = sha256('x') WHERE partition = 2", "chain"),
    "claim, today": ("UPDATE claim SET today = '{}' WHERE partition = 2", "today"),
    "claim, broadcasts": ("UPDATE claim SET broadcast_seen = 1 WHERE partition = 2", "broadcast_seen"),
    "claim, turned": ("UPDATE claim SET turned = '{}' WHERE partition = 2", "turned"),
    "claim, answered": ("UPDATE claim SET broadcast_answered = 1 WHERE partition = 0", "broadcast_answered"),
    "continuing": ("UPDATE continuing SET number = number - 1", "number"),
    "continuing, body": ("UPDATE continuing SET body = '{}'", "body"),
    "owner_clock": ("UPDATE owner_clock SET tick = tick + 1", "tick"),
    "owner_clock, due": ("UPDATE owner_clock SET due_at = now()", "due_at"),
    "availability": ("UPDATE availability SET quantity = quantity + 1 WHERE channel = 'shop'", "quantity"),
    "claim, time": ("UPDATE claim SET append_time = now() WHERE partition = 2", "append_time"),
    "claim, last record": ("UPDATE claim SET last_message_id = 'x' WHERE partition = 2", "last_message_id"),
    "intake": ("UPDATE intake SET owner = 'x' WHERE type LIKE '%customer.defined%'", "owner"),
    "intake, outcome": (
        "UPDATE intake SET outcome = 'duplicate' WHERE type LIKE '%customer.defined%'", "outcome",
    ),
    "intake, time": ("UPDATE intake SET recorded_at = now() WHERE type LIKE '%item.defined%'", "recorded_at"),
    "dead_letter": ("UPDATE dead_letter SET code = 'schema'", "code"),
    "dead_letter, bytes": ("UPDATE dead_letter SET value = 'yes JSON'", "value"),
    "outbox": ("UPDATE outbox SET value = replace(encode(value, 'escape'), '\"L1\"', '\"L3\"')::bytea", "value"),
    "outbox, key": ("UPDATE outbox SET key = 'x' WHERE topic LIKE '%pick-tasks'", "topic, type, key"),
    "outbox, id": ("UPDATE outbox SET id = repeat('0', 32) WHERE topic LIKE '%pick-tasks'", "id"),
    "journal": ("UPDATE journal SET body = replace(body, '50', '51') WHERE type = 'BalanceOpened'", "hash"),
    "journal, type": ("UPDATE journal SET type = 'HoldLifted' WHERE type = 'HoldPlaced'", "hash"),
    "journal, owner": ("UPDATE journal SET owner = 'x' WHERE type = 'HoldPlaced'", "owner"),
    "journal, order": ("UPDATE journal SET \"order\" = '#3' WHERE \"order\" = '#4'", "order"),
    "journal, time": ("UPDATE journal SET recorded_at = now() WHERE type = 'HoldPlaced'", "recorded_at"),
    "journal, today": ("UPDATE journal SET today = '{}' WHERE type = 'HoldPlaced'", "today"),
    "kpi": ("UPDATE kpi SET received = received + 1", "received"),
    "kpi, count": ("UPDATE kpi SET count_lines = count_lines + 1", "count_lines"),
    "broadcast, body": (
        "UPDATE broadcast SET body = replace(encode(body, 'escape'), '\"sequence\": 3', '\"sequence\": 4')::bytea",
        "body",
    ),
    "broadcast, type": ("UPDATE broadcast SET type = 'lotstream.day.opened.v1' WHERE number = 1", "type"),
    "broadcast": ("UPDATE broadcast SET number = 9 WHERE number = 4", "numbers without gaps"),
}  # fmt: skip


@pytest.mark.parametrize("what", CHANGED)
@pytest.mark.asyncio(loop_scope="module")
async def test_a_row_changed_by_hand_is_found(tampered: Tampered, what: str) -> None:
    """The first difference names the table and the column that somebody has changed."""
    statement, column = CHANGED[what]
    first = (await tampered(statement)).differences[0]
    # What is said in two places is named in the one that is compared with the other.
    other = {"dead_letter, bytes": "outbox", "journal, owner": "intake", "journal, time": "intake"}
    named = other.get(what, what.partition(",")[0])
    assert (first.table, (first.column or "")[: len(column)]) == (named, column)
    assert str(first).startswith(f"{first.table} (")


#: Table → which of its rows is deleted.
DELETED = {
    "stock": "lot = 'L1'",
    "stock_weight": "true",
    "sales_order": "\"order\" = '#4'",
    "sales_order, closed": "\"order\" = '#1'",
    "receipt": "kind = 'receipt'",
    "early_cancel": "true",
    "last_shipped": "true",
    "item": "sku = 'BAG'",
    "customer": "true",
    "owner": "true",
    "lot": "lot = 'L4'",
    "site": "partition = 5",
    "location": "partition = 5 AND location = 'A'",
    "shipment_line": "shipment = 'S-1' AND index = 0",
    "lot_history": "kind = 'held'",
    "claim": "partition = 5",
    "dead_letter": "true",
    "intake": "type LIKE '%customer.defined%'",
    "intake, the last of its partition": (
        '(partition, "offset") IN (SELECT partition, max("offset") FROM intake GROUP BY 1)'
    ),
    "continuing": "true",
    "owner_clock": "true",
    "availability": "channel = 'shop'",
    "outbox": "topic LIKE '%pick-tasks'",
    "outbox, the last of its record": "topic LIKE '%order-status'",
    "kpi": "true",
    "broadcast": "number = 2",
}


@pytest.mark.parametrize("what", DELETED)
@pytest.mark.asyncio(loop_scope="module")
async def test_a_row_deleted_by_hand_is_found(tampered: Tampered, what: str) -> None:
    """The first difference names the table a row is gone from, and the row by its key."""
    table = what.partition(",")[0]
    first = (await tampered(f"DELETE FROM {table} WHERE {DELETED[what]}")).differences[0]
    if what == "intake, the last of its partition":
        assert first.table in {"intake", "claim", "journal"}
    else:
        assert first.table == table
    assert str(first.found) == "nothing" or table in {"broadcast", "intake"}


#: Table → columns of a row put in by hand, taken from one that is there with something changed.
INSERTED = {
    "stock": (
        "INSERT INTO stock SELECT owner, sku, lot, site, 'B-99', package, pack_size, status, returned, slot, 7, 0, 0, "
        "received FROM stock WHERE lot = 'L1' LIMIT 1"
    ),
    "stock_weight": (
        "INSERT INTO stock_weight SELECT owner, sku, lot, site, 'B-99', package, pack_size, status, returned, slot, 7 "
        "FROM stock_weight"
    ),
    "stock, of an owner nobody knows": (
        "INSERT INTO stock SELECT 'ghost', sku, lot, site, location, package, pack_size, status, returned, slot, 7, 0, "
        "0, received FROM stock WHERE lot = 'L1' LIMIT 1"
    ),
    "sales_order": (
        "INSERT INTO sales_order SELECT owner, source, '#77', slot, open, state, body FROM sales_order LIMIT 1"
    ),
    "receipt": "INSERT INTO receipt SELECT owner, kind, 'R-99', slot, body FROM receipt LIMIT 1",
    "early_cancel": "INSERT INTO early_cancel SELECT owner, source, '#98', slot, version, lines FROM early_cancel",
    "last_shipped": "INSERT INTO last_shipped SELECT owner, 'C-8', sku, slot, expires FROM last_shipped",
    "item": "INSERT INTO item SELECT owner, 'ZZZ', slot, body FROM item LIMIT 1",
    "customer": "INSERT INTO customer SELECT owner, 'C-8', slot, body FROM customer",
    "owner": "INSERT INTO owner SELECT 'ghost', slot, settings FROM owner LIMIT 1",
    "lot": "INSERT INTO lot SELECT owner, sku, 'L0', slot FROM lot LIMIT 1",
    "person": "INSERT INTO person SELECT owner, 'somebody', slot, body FROM person LIMIT 1",
    "site": "INSERT INTO site SELECT partition, 'DET', body FROM site",
    "location": "INSERT INTO location SELECT partition, site, 'Z', body FROM location WHERE location = 'A'",
    "location, of a partition there is not": "INSERT INTO location SELECT 44, site, 'Z', body FROM location LIMIT 1",
    "shipment_line": (
        'INSERT INTO shipment_line SELECT log, partition, 9, "offset", shipped_at, quantity, expires, slot, owner, '
        'shipment, source, "order", line, sku, lot FROM shipment_line LIMIT 1'
    ),
    "lot_history": (
        'INSERT INTO lot_history SELECT log, partition, 9, "offset", at, recorded_at, quantity, slot, owner, sku, lot, '
        "kind FROM lot_history LIMIT 1"
    ),
    "dead_letter": (
        "INSERT INTO dead_letter SELECT log, partition, 0, recorded_at, code, field, message FROM dead_letter LIMIT 1"
    ),
    "intake": (
        "INSERT INTO intake SELECT log, partition, 900, recorded_at, 'done', source, 'x' FROM intake "
        "WHERE outcome = 'done' LIMIT 1"
    ),
    "owner_clock": "INSERT INTO owner_clock SELECT 'ghost', slot, tick, due_at, watched FROM owner_clock LIMIT 1",
    "availability": "INSERT INTO availability SELECT owner, slot, sku, 'DET', channel, 7 FROM availability LIMIT 1",
    "continuing": "INSERT INTO continuing SELECT 'ghost', slot, number, step, due, body FROM continuing LIMIT 1",
    "outbox": (
        'INSERT INTO outbox SELECT log, partition, 9, "offset", recorded_at, id, topic, type, key, headers, value '
        "FROM outbox WHERE topic LIKE '%pick-tasks' LIMIT 1"
    ),
    "kpi": "INSERT INTO kpi SELECT owner, day + 9, slot, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0 FROM kpi LIMIT 1",
    "broadcast": "INSERT INTO broadcast SELECT 99, type, 'x', body FROM broadcast LIMIT 1",
}


@pytest.mark.parametrize("what", INSERTED)
@pytest.mark.asyncio(loop_scope="module")
async def test_a_row_inserted_by_hand_is_found(tampered: Tampered, what: str) -> None:
    """The first difference names the table that has a row too many."""
    first = (await tampered(INSERTED[what])).differences[0]
    assert first.table == ("claim" if what == "location, of a partition there is not" else what.partition(",")[0])


LAST = (
    """(log, partition, "offset", index) = (SELECT log, partition, "offset", index FROM journal """
    'ORDER BY log DESC, partition DESC, "offset" DESC, index DESC LIMIT 1)'
)


@pytest.mark.parametrize(
    ("statement", "table", "column"),
    [
        pytest.param("DELETE FROM journal WHERE type = 'HoldLifted'", "journal", "hash", id="deleted in the middle"),
        pytest.param(f"DELETE FROM journal WHERE {LAST}", "claim", "chain", id="the last deleted"),
        pytest.param(f"UPDATE journal SET body = '{{}}' WHERE {LAST}", "journal", "hash", id="the last changed"),
        pytest.param(
            "UPDATE journal AS a SET body = b.body, hash = b.hash FROM journal AS b WHERE a.type = 'HoldPlaced' AND "
            "b.type = 'HoldPlaced' AND a.partition = b.partition AND a.\"offset\" <> b.\"offset\"",
            "journal", "hash", id="two swapped",
        ),
        pytest.param(
            'INSERT INTO journal (log, partition, index, "offset", recorded_at, owner, type, today, hash, body, code) '
            'SELECT log, partition, index + 1, "offset", recorded_at, owner, type, today, hash, body, code '
            "FROM journal WHERE type = 'HoldLifted'", "journal", "hash", id="one inserted",
        ),
    ],
)  # fmt: skip
@pytest.mark.asyncio(loop_scope="module")
async def test_tampering_with_the_journal_breaks_its_chain(
    tampered: Tampered, statement: str, table: str, column: str
) -> None:
    """A row of the journal that was changed, deleted, swapped or put in is found where the chain breaks."""
    differences = (await tampered(statement)).differences
    assert (table, column) in [(difference.table, difference.column) for difference in differences]


PRUNE = """
    WITH gone AS (DELETE FROM intake AS i USING claim AS c WHERE i.partition = c.partition
                  AND i."offset" < c.next_offset - 3 RETURNING i.log, i.partition, i."offset")
    INSERT INTO intake_kept SELECT log, partition, max("offset") + 1 FROM gone GROUP BY log, partition;
    DELETE FROM dead_letter;
"""


@pytest.mark.asyncio(loop_scope="module")
async def test_a_pruned_intake_is_no_difference(tampered: Tampered) -> None:
    """Where the oldest intake rows were pruned, as is noted, the journal is followed all the same and nothing differs.

    Dead letters of the day are missed: they are too young to be pruned.
    """
    verified = await tampered(PRUNE)
    assert {difference.table for difference in verified.differences} <= {"dead_letter"}
    assert verified.journal_rows > 50


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(
    ("change", "table"),
    [
        ('DELETE FROM intake WHERE "offset" = (SELECT max(first_offset) + 1 FROM intake_kept)', "intake"),
        ("UPDATE stock SET on_hand = on_hand + 1 WHERE lot = 'L1'", "stock"),
        ("UPDATE journal SET body = replace(body, '50', '51') WHERE type = 'BalanceOpened'", "journal"),
        ("UPDATE shipment_line SET quantity = quantity + 1", "shipment_line"),
        ("UPDATE lot_history SET quantity = quantity + 1", "lot_history"),
    ],
    ids=["intake", "stock", "journal", "shipment_line", "lot_history"],
)
async def test_behind_a_pruned_intake_everything_else_is_found(tampered: Tampered, change: str, table: str) -> None:
    """A pruned intake hides nothing: a row gone from what is kept, and changes anywhere, are found as before."""
    verified = await tampered(PRUNE + change)
    assert table in {difference.table for difference in verified.differences}


#: Take away what 0.1.0 does not keep: progress, shipments as documents, lots of lines and what became of them, figures.
AS_THE_FIRST_VERSION = r"""
DELETE FROM continuing;
DELETE FROM receipt WHERE kind = 'shipment';
DELETE FROM lot_history;
DELETE FROM kpi;
UPDATE shipment_line SET site = NULL, location = NULL, status = NULL;
UPDATE sales_order SET body = regexp_replace(body, ',"lots_shipped":\[(\[[^]]*\],?)*\]', '', 'g');
"""


@pytest.mark.asyncio(loop_scope="module")
async def test_what_the_first_version_decided_is_verified(tampered: Tampered) -> None:
    """A journal of 0.1.0 fits tables without what its workers did not keep yet."""
    verified = await tampered("UPDATE journal SET code = '0.1.0';" + AS_THE_FIRST_VERSION)
    assert [str(difference) for difference in verified.differences] == []


#: What has become of lots against what there is: by lot, and by lot and place.
ADDS_UP = """
WITH became AS (
    SELECT owner, sku, lot, quantity FROM lotstream.lot_history WHERE to_location IS NULL
    UNION ALL SELECT owner, sku, lot, -sign * quantity FROM lotstream.shipment_line
), says AS (SELECT owner, sku, lot, sum(quantity) AS units FROM became GROUP BY 1, 2, 3)
SELECT says.*, t.units AS there FROM says
JOIN (SELECT owner, sku, lot, sum(on_hand) AS units FROM lotstream.stock GROUP BY 1, 2, 3) AS t
    ON t.owner = says.owner AND t.sku = says.sku AND t.lot IS NOT DISTINCT FROM says.lot
"""
PLACE_ADDS_UP = """
WITH became AS (
    SELECT h.owner, h.sku, h.lot, p.* FROM lotstream.lot_history AS h
    CROSS JOIN LATERAL (
        VALUES (h.location, h.status, CASE WHEN h.to_location IS NULL THEN h.quantity ELSE -h.quantity END),
               (h.to_location, h.to_status, h.quantity)
    ) AS p(location, status, quantity)
    WHERE p.location IS NOT NULL
    UNION ALL SELECT owner, sku, lot, location, status, -sign * quantity FROM lotstream.shipment_line
), says AS (SELECT owner, sku, lot, location, status, sum(quantity) AS units FROM became GROUP BY 1, 2, 3, 4, 5)
SELECT says.*, coalesce(t.on_hand, 0) AS there FROM says
LEFT JOIN lotstream.stock AS t ON t.owner = says.owner AND t.sku = says.sku AND t.lot IS NOT DISTINCT FROM says.lot
    AND t.status = says.status AND t.location = says.location
"""


@pytest.mark.parametrize("statement", [ADDS_UP, PLACE_ADDS_UP], ids=["by lot", "by place"])
async def test_what_became_of_lots_adds_up_to_what_there_is(lived: Settings, statement: str) -> None:
    """Per lot, and per lot and place, the history with what left comes to what is on hand."""
    connection = await asyncpg.connect(lived.postgres_url)
    try:
        rows = await connection.fetch(statement)
    finally:
        await connection.close()
    assert len(rows) >= len(OWNERS) * 6
    assert [row for row in rows if row["units"] != row["there"]] == []


async def test_one_owner_or_partition_can_be_looked_at_alone(lived: Settings) -> None:
    """With an owner its partition alone is followed and nobody else compared; with a partition nothing else is."""
    owner = await verify(lived.postgres_url, Scope(owner=OWNERS[0]))
    assert (owner.ok, owner.owners, owner.partitions) == (True, 1, 1)
    alone = await verify(lived.postgres_url, Scope(partition=partition_of(OWNERS[0].encode(), lived.partitions)))
    assert (alone.ok, alone.partitions) == (True, 1)
    assert alone.journal_rows == owner.journal_rows


async def test_the_command_says_what_was_compared(lived: Settings) -> None:
    """A sound database ends with 0 and one line that says how much was compared; --json has it by table."""
    ran = await run_lotstream(lived, "verify")
    assert (ran.code, ran.out.partition(":")[0]) == (ExitCode.OK, "no difference")
    shown = json.loads((await run_lotstream(lived, "verify", "--json")).out)
    assert (shown["ok"], shown["differences"], shown["rows"]["claim"]) == (True, [], 8)


async def test_the_command_names_a_difference(lived: Settings) -> None:
    """A changed row ends with 1, and is named with what the journal and what the table says."""
    for slot in (3, partition_of(b"acme", SLOTS)):
        await _run(lived.postgres_url, f"UPDATE lotstream.customer SET slot = {slot} WHERE owner = 'acme'")
        ran = await run_lotstream(lived, "verify", "--owner", "acme", "--json")
        shown = json.loads(ran.out)
        if slot != 3:
            assert (ran.code, shown["ok"]) == (ExitCode.OK, True)
            return
        [one] = shown["differences"]
        assert (ran.code, one["table"], one["column"], one["table_says"]) == (ExitCode.FAILED, "customer", "slot", 3)
        assert one["key"] == {"owner": "acme", "customer": "C-7"}


def test_a_difference_is_one_line() -> None:
    """A person reads the table, the key, the column, and what both sides say; long values are cut."""
    difference = Difference("lot", {"owner": "acme", "lot": "L1"}, "expires", NOTHING, "x" * 300, "a note")
    said = "lot (owner=acme, lot=L1), expires: the journal says nothing, the table says xxx"
    assert str(difference).startswith(said)
    assert str(difference).endswith("xxx…; a note")


def test_partitions_among_which_owners_moved_are_followed_together() -> None:
    """After a resize from 2 to 8 partitions each of the two old ones is followed with those that came from it."""
    assert families(range(8), 2, None) == [[0, 2, 4, 6], [1, 3, 5, 7]]
    assert families(range(8), 2, 6) == [[0, 2, 4, 6]]
    assert families(range(4), 4, None) == [[0], [1], [2], [3]]


async def test_a_working_hub_does_not_disturb_it(lived: Settings, tmp_path: Path) -> None:
    """While a worker commits batch after batch, every verification sees one moment and finds nothing."""
    async with WorkerProcess(lived, instance="busy", log=tmp_path / "worker.log"), HubClient(lived) as client:
        order = {"owner": "acme", "source": "shop", "lines": [{"line": "1", "sku": "CER", "quantity": "1"}]}
        sending = asyncio.gather(*(client.send("order.placed", {**order, "order": f"B-{n}"}) for n in range(100)))
        played = []
        while not sending.done():
            verified = await verify(lived.postgres_url)
            assert [str(difference) for difference in verified.differences] == []
            played.append(verified.journal_rows)
        assert {row["outcome"] for row in await sending} == {"done"}
    assert (await verify(lived.postgres_url)).journal_rows > played[0]
