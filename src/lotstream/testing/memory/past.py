"""What the view `recounted` makes of tables in memory: quantities of then, in the units of today."""

from __future__ import annotations

from collections.abc import Iterator

from lotstream.domain.model import Item
from lotstream.domain.recounting import factor_since
from lotstream.store.codec import decode
from lotstream.testing.memory.tables import Row, Tables

#: Bits of an offset in a place in the log.
_OFFSET_BITS = 48


def rows_now(tables: Tables, table: str, owner: str) -> Iterator[Row]:
    """Yield an owner's rows of a table of what became of goods, with the quantities of today."""
    items = [row for row in tables.of("item") if row["owner"] == owner and '"rebased":' in row["body"]]
    bodies = {row["sku"]: row["body"] for row in items}
    for row in tables.of(table):
        if row["owner"] == owner:
            yield _now(row, bodies[row["sku"]]) if row["sku"] in bodies else row


def _now(row: Row, body: str) -> Row:
    factor = factor_since(decode(body, Item), (row["log"] << _OFFSET_BITS) + row["offset"])
    return row if factor is None else row.changed(quantity=factor.times(row["quantity"]))
