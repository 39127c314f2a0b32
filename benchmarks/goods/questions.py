"""What people ask about goods, each as the command line asks it, with the time it may take.

A read that is added to `store/sql/goods.sql` gets a question here; tests/store/test_plans.py says so when it has none.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final, Self

from benchmarks.goods.past import DEPTH, LARGE, RECALLED, WIDTH, Past
from lotstream.domain.model import LotName
from lotstream.store.connection import Address, Database
from lotstream.store.reads import Reads
from lotstream.store.reads_recalls import RecallReads
from lotstream.store.reads_trace import TraceReads

BY_KEY_MS: Final = 20.0
"""Longest that 99 of 100 questions by key may take."""

ALL_OWNERS_MS: Final = 100.0
"""Longest that a question may take that names no owner: each of them is looked up."""

TRACE_MS: Final = 1_000.0
RECALL_MS: Final = 10_000.0
REPORT_MS: Final = 5_000.0
"""Longest that a report over one owner may take that has a tenth of everything."""

TIMEOUT_S: Final = 120.0


class Noting(Database):
    """A database that remembers what it was asked last."""

    def __init__(self, address: Address) -> None:
        super().__init__(address)
        self.asked: dict[str, tuple[object, ...]] = {}

    async def fetch(self, query: str, *args: object) -> list[Any]:
        """Return the rows of a query."""
        self.asked[query] = args
        return await super().fetch(query, *args)

    async def row(self, query: str, *args: object) -> Any:  # noqa: ANN401 - as the one it stands for
        """Return the first row of a query, or None."""
        self.asked[query] = args
        return await super().row(query, *args)

    async def value(self, query: str, *args: object) -> Any:  # noqa: ANN401 - as the one it stands for
        """Return the first column of the first row of a query, or None."""
        self.asked[query] = args
        return await super().value(query, *args)


class Asking:
    """Reads of goods and of all else over one connection that notes what it was asked."""

    def __init__(self, url: str) -> None:
        self.goods, self.all, self.recalls = TraceReads(url, timeout_s=TIMEOUT_S), Reads(url), RecallReads(url)
        self.database = Noting(self.goods._database.address)  # noqa: SLF001 - connected as they connect
        for reads in (self.goods, self.all, self.recalls):
            reads._database = self.database  # noqa: SLF001 - to see what is asked

    async def __aenter__(self) -> Self:
        await self.database.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.database.close()


@dataclass(frozen=True, slots=True)
class Question:
    """One question, asked of the n-th lot, order or whatever it is about."""

    name: str
    ask: Callable[[Asking, Past, int], Awaitable[object]]
    held_ms: float = BY_KEY_MS
    #: How often it is asked.
    times: int = 500

    @property
    def by_key(self) -> bool:
        """Whether it is answered from a few rows found by key."""
        return self.held_ms == BY_KEY_MS


async def _history(asking: Asking, past: Past, number: int) -> object:
    return await asking.goods.lot_history(*past.lot(number % past.lots), rows_max=500)


async def _history_of_the_recalled(asking: Asking, *_: object) -> object:
    return await asking.goods.lot_history(LARGE, *RECALLED, rows_max=500)


async def _facts(asking: Asking, past: Past, number: int) -> object:
    return await asking.goods.lot(*past.lot(number % past.lots))


async def _owners(asking: Asking, past: Past, number: int) -> object:
    _, sku, lot = past.lot(number % past.lots)
    return await asking.goods.owners_of_lot(sku, lot, owner=None)


async def _owner(asking: Asking, past: Past, number: int) -> object:
    owner, sku, lot = past.lot(number % past.lots)
    return await asking.goods.owners_of_lot(sku, lot, owner=owner)


async def _stock(asking: Asking, past: Past, number: int) -> object:
    owner, sku, _ = past.lot(number % past.lots)
    return await asking.all.stock(owner, sku=sku, rows_max=500)


async def _called(asking: Asking, past: Past, number: int) -> object:
    return await asking.goods.lots_called(f"X{number % past.lots // 3}", owner=None, sku=None)


async def _stock_of_a_lot(asking: Asking, past: Past, number: int) -> object:
    owner, *lot = past.lot(number % past.lots)
    return await asking.all.stock(owner, sku=None, lots=[LotName(*lot)], rows_max=500)


async def _made_of_it(asking: Asking, past: Past, number: int) -> object:
    owner, *lot = past.made(number % past.pedigrees, 0, number % WIDTH)
    return await asking.goods.trace(owner, LotName(*lot), forward=True)


async def _what_it_was_made_of(asking: Asking, past: Past, number: int) -> object:
    owner, *lot = past.made(number % past.pedigrees, DEPTH, number % WIDTH)
    return await asking.goods.trace(owner, LotName(*lot), forward=False)


async def _who_got_it(asking: Asking, past: Past, number: int) -> object:
    owner, *lot = past.lot(number % past.lots)
    return await asking.recalls.look_back(owner, [LotName(*lot)])


async def _who_got_the_recalled(asking: Asking, *_: object) -> object:
    return await asking.recalls.look_back(LARGE, [LotName(*RECALLED)])


async def _where_it_lies(asking: Asking, past: Past, number: int) -> object:
    owner, *lot = past.lot(number % past.lots)
    return await asking.recalls.stock(owner, [LotName(*lot)])


async def _papers(asking: Asking, past: Past, number: int) -> object:
    owner, *lot = past.lot(number % past.lots)
    return await asking.recalls.lots(owner, [LotName(*lot)])


QUESTIONS: Final = (
    Question("history of a lot", _history),
    Question("history of a lot with 20,000 shipments, a page", _history_of_the_recalled, REPORT_MS, times=20),
    Question("facts of a lot", _facts),
    Question("whose lot it is, of all 500 owners", _owners, ALL_OWNERS_MS),
    Question("whose lot it is, of one owner", _owner),
    Question("stock of an item by lot and place", _stock),
    Question("lots of a supplier's number, of all owners", _called),
    Question("stock of a lot by its number", _stock_of_a_lot),
    Question("where a lot lies", _where_it_lies),
    Question("papers and holds of a lot", _papers),
    Question("who got a lot, and how much of all that is", _who_got_it, REPORT_MS, times=100),
    Question("all that was made of a lot, ten levels", _made_of_it, TRACE_MS, times=50),
    Question("all that a lot was made of, ten levels", _what_it_was_made_of, TRACE_MS, times=50),
    Question("who got a lot that 10,000 customers have", _who_got_the_recalled, RECALL_MS, times=5),
)
"""All questions, in the order of the table."""
