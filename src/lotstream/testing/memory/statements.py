"""What each named statement of the store does to tables in memory.

A statement is found by its own text, so that the code above it, which knows nothing of this, stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any, Final

from lotstream.domain.kpis import FIGURES
from lotstream.domain.model import RowKey
from lotstream.store.codec import decode
from lotstream.store.sql import queries
from lotstream.testing.memory.tables import KEYS, Row, Tables

Rows = list[Row]
Statement = Callable[..., Rows]

MESSAGE: Final = ("partition", "offset", "index", "id", "topic", "key", "type", "value", "recorded_at", "headers")
LOT: Final = ("owner", "sku", "lot", "expires", "made", "received", "supplier", "supplier_lot", "holds", "more")
STOCK: Final = (
    *("owner", "sku", "lot", "site", "location", "package", "pack_size", "status", "returned"),
    *("on_hand", "reserved", "promised_elsewhere", "received"),
)
QUANTITIES: Final = ("on_hand", "reserved", "promised_elsewhere")
ANY_BYTES: Final = 2**62
NOWHERE: Final = (ANY_BYTES, 0)
"""Log and offset behind everything."""
HEARD: Final = ("done", "refused")

_COUNTED: Final = {"stock": "stock", "lots": "lot", "items": "item"}
"""Tables of which rows are counted before an owner is loaded, by the name of the count."""

_ANSWERS: Final[dict[str, Statement]] = {}
"""What answers a statement, by its text."""


def answer(statement: str, tables: Tables, args: Sequence[Any]) -> Rows:
    """Return the rows of a statement; raises `NotImplementedError` for one that nobody has written down here."""
    does = _ANSWERS.get(statement)
    if does is None:
        raise NotImplementedError(f"Nothing in memory answers this statement:\n{statement}")
    return does(tables, *args)


def answers(file: str, *names: str) -> Callable[[Statement], Statement]:
    """Note that a function answers named statements of a file."""

    def note(does: Statement) -> Statement:
        _ANSWERS.update({queries(file)[name]: does for name in names})
        return does

    return note


def as_rows(names: Iterable[str], arrays: Sequence[Sequence[Any]]) -> Rows:
    """Return the rows that arrays hold, one array per column."""
    return [Row(dict(zip(names, values, strict=True))) for values in zip(*arrays, strict=True)]


# ---- The commit -----------------------------------------------------------------------------------------------------


def _replaces(table: str, *columns: str) -> None:
    @answers("commit", table)
    def replace(tables: Tables, *arrays: Sequence[Any]) -> Rows:
        for row in as_rows(columns, arrays):
            tables.put(table, row)
        return []


_replaces("owner", "owner", "slot", "settings")
_replaces("item", "owner", "slot", "sku", "body")
_replaces("customer", "owner", "slot", "customer", "body")
_replaces("lot", "owner", "slot", *LOT[1:])
_replaces("last_shipped", "owner", "slot", "customer", "sku", "expires")
_replaces("stock_weight", "owner", "slot", *RowKey._fields, "weight_g")
_replaces("sales_order", "owner", "slot", "source", "order", "open", "state", "body")
_replaces("receipt", "owner", "slot", "kind", "number", "body")
_replaces("serial", "owner", "slot", "serial", "sku", "state", "body")
_replaces("early_cancel", "owner", "slot", "source", "order", "version", "lines")
_replaces("person", "owner", "slot", "person", "body")
_replaces("continuing", "owner", "slot", "number", "step", "due", "body")
_replaces("owner_clock", "owner", "slot", "tick", "due_at", "watched")
_replaces("availability", "owner", "slot", "sku", "site", "channel", "quantity")
_replaces("site", "partition", "site", "body")
_replaces("location", "partition", "site", "location", "body")


@answers("commit", "title_due")
def _add_titles(tables: Tables, *arrays: Sequence[Any]) -> Rows:
    for new in as_rows(("title", "owner", "slot", "body"), arrays):
        if (new["title"],) not in tables.rows["title_due"]:
            tables.put("title_due", new)
    return []


@answers("commit", "forget_titles")
def _forget_titles(tables: Tables, titles: Sequence[str]) -> Rows:
    for title in titles:
        tables.drop("title_due", (title,))
    return []


@answers("commit", "forget_persons")
def _forget_persons(tables: Tables, *arrays: Sequence[Any]) -> Rows:
    for key in zip(*arrays, strict=True):
        tables.drop("person", key)
    return []


@answers("commit", "kpi")
def _add_kpis(tables: Tables, *arrays: Sequence[Any]) -> Rows:
    for new in as_rows(("owner", "slot", "day", *FIGURES), arrays):
        before = tables.rows["kpi"].get((new["owner"], new["day"]))
        sums = {name: (before[name] if before else 0) + new[name] for name in FIGURES}
        tables.put("kpi", new.changed(**sums))
    return []


@answers("kpi", "owners")
def _kpis(tables: Tables, owner: str | None, first: date | None, last: date | None, limit: int) -> Rows:
    sums: dict[str, dict[str, Any]] = {}
    for row in sorted(tables.of("kpi"), key=lambda row: row["owner"]):
        within = (first is None or row["day"] >= first) and (last is None or row["day"] <= last)
        if within and owner in (None, row["owner"]):
            mine = sums.setdefault(row["owner"], dict.fromkeys(FIGURES, 0))
            mine.update({name: mine[name] + row[name] for name in FIGURES})
    return [Row({"owner": name, **mine}) for name, mine in sums.items()][:limit]


@answers("kpi", "recalls")
def _recall_times(tables: Tables, owner: str | None, first: date | None, last: date | None, limit: int) -> Rows:
    # Nothing in memory keeps the moment of a commit: every recall was over at once.
    found = [row for row in tables.of("recall_run") if owner in (None, row["owner"])]
    within = [
        row
        for row in found
        if (first is None or row["asked_at"].date() >= first) and (last is None or row["asked_at"].date() <= last)
    ]
    within.sort(key=lambda row: (row["asked_at"], row["log"], -row["partition"], row["offset"]), reverse=True)
    names = ("log", "partition", "offset", "index", "owner", "recall", "drill", "asked_at")
    return [Row({**{name: row[name] for name in names}, "seconds": 0.0}) for row in within[:limit]]


@answers("commit", "forget_weights")
def _forget_weights(tables: Tables, *arrays: Sequence[Any]) -> Rows:
    for row in as_rows(("owner", *RowKey._fields), arrays):
        tables.drop("stock_weight", tuple(row[column] for column in KEYS["stock_weight"]))
    return []


@answers("commit", "forget_early_cancels")
def _forget_early_cancels(tables: Tables, *arrays: Sequence[Any]) -> Rows:
    for key in zip(*arrays, strict=True):
        tables.drop("early_cancel", key)
    return []


# ---- Loading --------------------------------------------------------------------------------------------------------


@answers("load", "seen")
def _seen(tables: Tables, sources: Sequence[str], ids: Sequence[str]) -> Rows:
    keys = zip(sources, ids, strict=True)
    return [Row({"source": source, "message_id": id_}) for source, id_ in keys if (source, id_) in tables.seen]


def _loads(name: str, table: str, *columns: str, where: Callable[[Row], bool] | None = None) -> None:
    @answers("load", name)
    def load(tables: Tables, owners: Sequence[str]) -> Rows:
        rows = [row for row in tables.of(table) if row["owner"] in owners]
        return [row.only(*columns) for row in rows if where is None or where(row)]


_loads("owners", "owner", "owner", "settings")
_loads("items", "item", "owner", "sku", "body")
_loads("customers", "customer", "owner", "customer", "body")
_loads("lots", "lot", *LOT)
_loads("stock", "stock", *STOCK, where=lambda row: any(row[quantity] for quantity in QUANTITIES))
_loads("weights", "stock_weight", "owner", *RowKey._fields, "weight_g")
_loads("last_shipped", "last_shipped", "owner", "customer", "sku", "expires")
_loads("progress", "continuing", "owner", "body")
_loads("clocks", "owner_clock", "owner", "due_at", "tick", "watched")
_loads("told", "availability", "owner", "sku", "site", "channel", "quantity", where=lambda row: bool(row["quantity"]))
_loads("open_orders", "sales_order", "owner", "body", where=lambda row: bool(row["open"]))


@answers("load", "owner_sizes")
def _owner_sizes(tables: Tables, owners: Sequence[str]) -> Rows:
    return [_owner_size(tables, owner) for owner in owners]


def _owner_size(tables: Tables, owner: str) -> Row:
    counts = {name: sum(row["owner"] == owner for row in tables.of(table)) for name, table in _COUNTED.items()}
    bodies = [row["body"] for row in tables.of("sales_order") if row["owner"] == owner and row["open"]]
    more = [row["more"] for row in tables.of("lot") if row["owner"] == owner and row["more"] != "{}"]
    size = {"orders": len(bodies), "bytes": sum(map(len, bodies)), "more": sum(map(len, more))}
    return Row({"owner": owner, **counts, **size})


@answers("load", "early_cancels")
def _early_cancels(tables: Tables, owners: Sequence[str]) -> Rows:
    return [
        row.only("owner", "source", "order", "version", "lines").changed(lines=decode(row["lines"], list[str]))
        for row in tables.of("early_cancel")
        if row["owner"] in owners
    ]


def _by_key(name: str, table: str, *columns: str) -> None:
    @answers("load", name)
    def find(tables: Tables, *arrays: Sequence[Any]) -> Rows:
        rows, keys = tables.rows[table], list(zip(*arrays, strict=True))
        tables.ask(table, keys)
        return [rows[key].only(*columns) for key in keys if key in rows]


_by_key("orders", "sales_order", "owner", "source", "order", "open", "body")
_by_key("receipts", "receipt", "owner", "kind", "number", "body")


@answers("load", "serials_held")
def _serials_held(tables: Tables, owners: Sequence[str]) -> Rows:
    rows = sorted(tables.of("serial"), key=lambda row: (row["owner"], row["serial"]))
    mine = [row for row in rows if row["owner"] in owners]
    held = [row for row in mine if '"holds":' in row["body"] and '"state":"in_stock"' in row["body"]]
    return [row.only("owner", "serial") for row in held]


@answers("load", "serials")
def _serials(tables: Tables, owners: Sequence[str], numbers: Sequence[str]) -> Rows:
    keys = list(zip(owners, numbers, strict=True))
    tables.ask("serial", keys)
    rows = [row for row in tables.of("serial") if (row["owner"], row["serial"]) in keys]
    return [row.only("owner", "serial", "sku", "body") for row in rows]


def _of_partition(name: str, table: str) -> None:
    @answers("load", name)
    def bodies(tables: Tables, partition: int) -> Rows:
        return [row.only("body") for row in tables.of(table) if row["partition"] == partition]


_of_partition("sites", "site")
_of_partition("locations", "location")


# ---- Outbox, broadcasts, maintenance --------------------------------------------------------------------------------


def _messages(tables: Tables, log: int, partition: int, *, offset: int, below: int) -> Rows:
    rows = [
        row
        for row in tables.of("outbox")
        if (row["log"], row["partition"]) == (log, partition) and offset <= row["offset"] < below
    ]
    return sorted(rows, key=lambda row: (row["offset"], row["index"]))


@answers("outbox", "read")
def _read_outbox(
    tables: Tables, log: int, partition: int, offset: int, below: int, limit: int, bytes_max: int = ANY_BYTES
) -> Rows:
    found: Rows = []
    size = 0
    for row in _messages(tables, log, partition, offset=offset, below=below)[:limit]:
        if size >= bytes_max:
            break
        size += len(row["value"] or b"")
        found.append(row.only(*MESSAGE))
    return found


@answers("outbox", "oldest")
def _oldest(tables: Tables, log: int, partitions: Sequence[int], positions: Sequence[int]) -> Rows:
    first = [
        rows[0]["recorded_at"]
        for partition, position in zip(partitions, positions, strict=True)
        if (rows := _messages(tables, log, partition, offset=position, below=ANY_BYTES))
    ]
    return [Row({"min": min(first, default=None)})]


@answers("broadcasts", "lock")
def _lock(tables: Tables) -> Rows:
    return []


@answers("broadcasts", "find")
def _find_broadcast(tables: Tables, type: str, key: str) -> Rows:
    return [row.only("number") for row in tables.of("broadcast") if (row["type"], row["key"]) == (type, key)]


@answers("broadcasts", "add")
def _add_broadcast(tables: Tables, type: str, key: str, body: bytes) -> Rows:
    row = Row({"number": len(tables.rows["broadcast"]) + 1, "type": type, "key": key, "body": body})
    tables.add("broadcast", row)
    return [row.only("number")]


@answers("broadcasts", "after")
def _broadcasts(tables: Tables, number: int, limit: int) -> Rows:
    return [row for row in tables.of("broadcast") if row["number"] > number][:limit]
