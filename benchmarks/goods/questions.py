"""What people ask about goods, each as the command line asks it, with the time it may take.

A read that is added to the SQL about goods gets a question here; tests/store/test_plans.py says so when it has none.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final

from benchmarks.goods.asking import Asking
from benchmarks.goods.past import DEPTH, FIRST_DAY, LARGE, RECALLED, WIDTH, Past
from lotstream.domain.model import LotName
from lotstream.store.reads_recalls import LotsSaid

BY_KEY_MS: Final = 20.0
"""Longest that 99 of 100 questions by key may take."""

ALL_OWNERS_MS: Final = 100.0
"""Longest that 99 of 100 questions may take that name neither owner nor lot: each of 500 owners is looked up."""

TRACE_MS: Final = 1_000.0
RECALL_MS: Final = 10_000.0
REPORT_MS: Final = 5_000.0
"""Longest that a report over one owner may take that has a tenth of everything."""

PAGE: Final = 100
"""Rows that the command line shows of a list unless it is told otherwise."""

NOON: Final = datetime.combine(FIRST_DAY + timedelta(days=60), time(12), tzinfo=UTC)
"""A moment when two thirds of all movements have been."""


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


async def _owners_by_number(asking: Asking, past: Past, number: int) -> object:
    return await asking.recalls.owners_of_lots(LotsSaid(lots=[past.lot(number % past.lots)[2]]))


async def _owners_of_item(asking: Asking, past: Past, number: int) -> object:
    return await asking.all.owners_of_sku(past.lot(number % past.lots)[1])


async def _stock(asking: Asking, past: Past, number: int) -> object:
    # Of an ordinary owner: whoever has a tenth of everything has thousands of rows of an item.
    owner, sku, _ = past.lot(number % past.lots if number % 10 else (number + 1) % past.lots)
    return await asking.all.stock(owner, sku=sku, rows_max=500)


async def _stock_of_thousands(asking: Asking, past: Past, number: int) -> object:
    _, sku, _ = past.lot(number % past.lots)
    return await asking.all.stock(LARGE, sku=sku, rows_max=500)


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


async def _where(asking: Asking, past: Past, number: int) -> object:
    owner, *lot = past.lot(number % past.lots)
    return await _whereabouts(asking, owner, LotName(*lot))


async def _whereabouts(asking: Asking, owner: str, lot: LotName) -> object:
    names, items = await asking.goods.names(owner, lot), await asking.recalls.items(owner, [lot.sku])
    left = await asking.recalls.departures(owner, names, rows_max=PAGE)
    roads = await asking.recalls.roads(owner, {one.shipment for one in left.of})
    return items, await asking.recalls.stock(owner, [lot]), await asking.recalls.got(owner, names), left, roads


async def _share_of_all(asking: Asking, past: Past, number: int) -> object:
    owner, *lot = past.lot(number % past.lots)
    return await asking.recalls.look_back(owner, [LotName(*lot)])


async def _where_the_recalled(asking: Asking, *_: object) -> object:
    return await _whereabouts(asking, LARGE, LotName(*RECALLED))


async def _who_got_the_recalled(asking: Asking, *_: object) -> object:
    return await asking.recalls.look_back(LARGE, [LotName(*RECALLED)])


async def _papers(asking: Asking, past: Past, number: int) -> object:
    return await asking.papers.papers(*past.lot(number % past.lots))


async def _held(asking: Asking, past: Past, number: int) -> object:
    return await asking.papers.held(past.lot(number % past.lots)[0], rows_max=PAGE)


async def _held_of_item(asking: Asking, past: Past, number: int) -> object:
    owner, sku, _ = past.lot(number % past.lots)
    return await asking.papers.held(owner, sku=sku, rows_max=PAGE)


async def _hazards(asking: Asking, past: Past, number: int) -> object:
    return await asking.papers.hazards(owner=past.lot(number % past.lots)[0], rows_max=PAGE)


async def _expiring(asking: Asking, past: Past, number: int) -> object:
    owner, _, _ = past.lot(number % past.lots)
    return await asking.expiry.expiring(owner, until=FIRST_DAY + timedelta(days=30), rows_max=PAGE)


async def _expiring_of_item(asking: Asking, past: Past, number: int) -> object:
    owner, sku, _ = past.lot(number % past.lots)
    return await asking.expiry.expiring(owner, until=FIRST_DAY + timedelta(days=30), sku=sku, rows_max=PAGE)


async def _transfer(asking: Asking, past: Past, number: int) -> object:
    number %= past.transfers
    return await asking.moves.transfer(past.owner(number), f"TR-{number}")


async def _receipt(asking: Asking, past: Past, number: int) -> object:
    number %= past.receipts
    owner, sku, lot = past.lot(number)
    return await asking.moves.receipt(owner, f"RE-{number}"), await asking.moves.lots(owner, [LotName(sku, lot)])


async def _open_receipts(asking: Asking, past: Past, number: int) -> object:
    return await asking.moves.receipts(past.lot(number % past.lots)[0], open_only=True, rows_max=PAGE)


async def _transfer_of_anybody(asking: Asking, past: Past, number: int) -> object:
    return await asking.moves.owners("transfer", f"TR-{number % past.transfers}", owner=None)


async def _on_the_way(asking: Asking, past: Past, number: int) -> object:
    return await asking.moves.transfers(past.lot(number % past.lots)[0], open_only=True, rows_max=PAGE)


async def _unit(asking: Asking, past: Past, number: int) -> object:
    owner, sku, _ = past.lot(number % past.serials)
    return await asking.all.serials(f"SN-{number % past.serials}", sku=sku, owner=owner)


async def _then_of_item(asking: Asking, past: Past, number: int) -> object:
    owner, sku, _ = past.lot(number % past.lots)
    return await asking.past.stock_as_of(owner, NOON, sku=sku, rows_max=PAGE)


async def _then_of_all(asking: Asking, *_: object) -> object:
    return await asking.past.stock_as_of(LARGE, NOON, sku=None, rows_max=PAGE)


async def _rolled_of_item(asking: Asking, past: Past, number: int) -> object:
    owner, sku, _ = past.lot(number % past.lots)
    return await asking.past.roll_forward(owner, NOON - timedelta(days=30), NOON, sku=sku, rows_max=PAGE)


async def _rolled_of_all(asking: Asking, *_: object) -> object:
    return await asking.past.roll_forward(LARGE, NOON - timedelta(days=30), NOON, sku=None, rows_max=PAGE)


async def _count_plan(asking: Asking, *_: object) -> object:
    return await asking.moves.count_plan(LARGE, site=None, today=FIRST_DAY, rows_max=PAGE)


async def _came_back(asking: Asking, *_: object) -> object:
    return await asking.recalls.returns(LARGE, sku=None, since=NOON - timedelta(days=30), until=NOON)


async def _used(asking: Asking, *_: object) -> object:
    return await asking.expiry.used(LARGE, since=NOON)


QUESTIONS: Final = (
    Question("history of a lot", _history),
    Question("facts of a lot", _facts),
    Question("whose lot it is, of 500 owners", _owners),
    Question("whose lot it is, by its number alone", _owners_by_number),
    Question("whose lot it is, of one owner", _owner),
    Question("who of 500 owners has an item", _owners_of_item, ALL_OWNERS_MS),
    Question("stock of an item by lot and place", _stock),
    Question("lots of a supplier's number, of all owners", _called),
    Question("stock of a lot by its number", _stock_of_a_lot),
    Question("where a lot lies, and who got it", _where),
    Question("papers of a lot", _papers),
    Question("who holds what, of an item", _held_of_item),
    Question("who holds what, of an owner, a page", _held),
    Question("what expires within 30 days, of an item", _expiring_of_item),
    Question("a receipt", _receipt),
    Question("a transfer", _transfer),
    Question("whose transfer it is, of 500 owners", _transfer_of_anybody, ALL_OWNERS_MS),
    Question("where a unit is, by its serial number", _unit),
    Question("all that was made of a lot, ten levels", _made_of_it, TRACE_MS, times=50),
    Question("all that a lot was made of, ten levels", _what_it_was_made_of, TRACE_MS, times=50),
    Question("what share of all a lot is that left", _share_of_all, REPORT_MS, times=100),
    Question("where a lot is that 10,000 customers have", _where_the_recalled, REPORT_MS, times=5),
    Question("how far that lot has come", _who_got_the_recalled, RECALL_MS, times=5),
    Question("its history of 20,000 lines, a page", _history_of_the_recalled, REPORT_MS, times=20),
    Question("stock of an item of 2,500 rows, a page of 500", _stock_of_thousands, REPORT_MS, times=100),
    Question("what expires within 30 days, of an owner", _expiring, REPORT_MS, times=100),
    Question("what is still to come in, of an owner", _open_receipts, REPORT_MS, times=100),
    Question("what is on the way, of an owner", _on_the_way, REPORT_MS, times=100),
    Question("where hazards lie, of an owner", _hazards, REPORT_MS, times=20),
    Question("stock of an item as it was", _then_of_item, REPORT_MS, times=100),
    Question("stock of all items as it was", _then_of_all, REPORT_MS, times=3),
    Question("a month of an item, lot by lot", _rolled_of_item, REPORT_MS, times=100),
    Question("a month of all items, lot by lot", _rolled_of_all, REPORT_MS, times=3),
    Question("which bins to count first", _count_plan, REPORT_MS, times=3),
    Question("what came back in a month", _came_back, REPORT_MS, times=5),
    Question("what was used since a day", _used, REPORT_MS, times=5),
)
"""All questions, in the order of the table; the last of them concern all of an owner that has a tenth of everything."""
