"""Questions about goods are answered by key: the server never reads a large table to answer one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from benchmarks.goods.past import Past, lay_down
from benchmarks.goods.questions import QUESTIONS, Asking

SMALL = Past(
    owners=50, lots=4_000, movements=20_000, shipments=20_000, pedigrees=5, consignees=100, persons=10
)  # fmt: skip
#: Tables that are large in a large house.
LARGE = {"stock", "lot", "lot_history", "shipment_line", "receipt", "person", "journal", "sales_order"}


async def test_questions_by_key_read_no_table_as_a_whole(database_url: str) -> None:
    """With 20,000 rows in each table every step of such an answer finds its rows through an index."""
    await lay_down(database_url, SMALL, tell=lambda _: None)
    whole = {}
    async with Asking(database_url) as asking:
        for question in (question for question in QUESTIONS if question.by_key):
            asking.database.asked.clear()
            await question.ask(asking, SMALL, 1_234)
            assert asking.database.asked, question.name
            for query, args in list(asking.database.asked.items()):
                rows = await asking.database.fetch(f"EXPLAIN (FORMAT JSON) {query}", *args)
                if read := sorted(LARGE & set(_read_whole(json.loads(rows[0][0])[0]["Plan"]))):
                    whole[question.name, query] = read
    assert whole == {}


def _read_whole(plan: dict[str, Any]) -> Iterator[str]:
    """Yield the tables that a plan reads from their first row to their last."""
    if plan["Node Type"] == "Seq Scan":
        yield plan["Relation Name"]
    for part in plan.get("Plans", ()):
        yield from _read_whole(part)
