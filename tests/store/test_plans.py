"""Questions about goods are answered by key: the server never reads a large table to answer one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from benchmarks.goods.asking import Asking
from benchmarks.goods.past import Past, lay_down
from benchmarks.goods.questions import QUESTIONS
from lotstream.store.sql import queries

SMALL = Past(
    owners=50, lots=4_000, movements=20_000, shipments=20_000, pedigrees=5, consignees=100, persons=10, transfers=1_000,
    serials=1_000, receipts=1_000,
)  # fmt: skip
#: Tables that are large in a large house.
LARGE = {"stock", "lot", "lot_history", "shipment_line", "receipt", "person", "journal", "sales_order"}


#: Files of reads about goods, and what of them no question asks, and why.
FILES = ("goods", "moves", "papers", "past", "recalls")
UNASKED = {
    "recalls.owners_of_recall": "there are as many recalls as an owner has had, and never a million",
    "recalls.recalls": "as above",
    "recalls.recall": "as above; make bench-goods recalls",
    "recalls.consignees": "as above",
    "recalls.recalled_lots": "as above; each lot by its key",
    "recalls.recalled_since": "as lots_held, which has an index of what is held",
    "recalls.owners_of_returns": "goes from owner to owner, as owners of a transfer do",
    "moves.titles": "as transfers",
    "papers.owners": "goes from owner to owner, as owners of an item do",
    "papers.places_held": "there are as many places as bins, and each partition has them all in memory",
}


async def test_questions_by_key_read_no_table_as_a_whole(database_url: str) -> None:
    """With 20,000 rows in each table every step of such an answer finds its rows through an index; all are asked."""
    await lay_down(database_url, SMALL, tell=lambda _: None)
    asked: set[str] = set()
    whole = {}
    async with Asking(database_url) as asking:
        for question in QUESTIONS:
            asking.database.asked.clear()
            await question.ask(asking, SMALL, 1_234)
            assert asking.database.asked, question.name
            asked |= asking.database.asked.keys()
            for query, args in list(asking.database.asked.items()) if question.by_key else ():
                rows = await asking.database.fetch(f"EXPLAIN (FORMAT JSON) {query}", *args)
                if read := sorted(LARGE & set(_read_whole(json.loads(rows[0][0])[0]["Plan"]))):
                    whole[question.name, query] = read
    assert whole == {}
    named = {f"{file}.{name}": text for file in FILES for name, text in queries(file).items()}
    assert {name for name, text in named.items() if text not in asked} == UNASKED.keys()


def _read_whole(plan: dict[str, Any]) -> Iterator[str]:
    """Yield the tables that a plan reads from their first row to their last."""
    if plan["Node Type"] == "Seq Scan":
        yield plan["Relation Name"]
    for part in plan.get("Plans", ()):
        yield from _read_whole(part)
