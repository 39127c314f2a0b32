"""Answers to a decision's questions about what has left, and what came and went, read from the tables of records."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

from lotstream.domain.events import StockCounted
from lotstream.domain.model import (
    DEPARTURES_TOLD,
    NAMED_MAX,
    ORDERS_LOOKED_AT,
    SOURCE_NAMED_MAX,
    Answer,
    CountsSince,
    Gone,
    GotFrom,
    Left,
    LeftFor,
    Moved,
    Named,
    NotWhole,
    OrderKey,
    OrdersFound,
    PersonsFrom,
    PersonsOf,
    Question,
    Reach,
    Referenced,
    Since,
    Uneven,
    WentWith,
)
from lotstream.domain.move import NOT_MOVED
from lotstream.domain.told_late import lines_told
from lotstream.store.codec import decode
from lotstream.store.connection import Database
from lotstream.store.recalls import Recalls
from lotstream.store.sql import queries

SQL = queries("load")


async def look_back(database: Database, owner: str, questions: Sequence[Question]) -> dict[Question, Answer]:
    """Return what is known of an owner's past, an answer for each question."""
    kinds = dict.fromkeys(map(type, questions))
    found = [await _READ[kind](database, owner, [q for q in questions if type(q) is kind]) for kind in kinds]
    return {question: answer for answers in found for question, answer in answers.items()}


async def _left(database: Database, owner: str, lots: Sequence[Left]) -> dict[Question, Answer]:
    rows = await database.fetch(SQL["left"], owner, *zip(*lots, strict=True))
    return {Left(sku, lot): Gone(*counts) for sku, lot, *counts in rows}


async def _since(database: Database, owner: str, asked: Sequence[Since]) -> dict[Question, Answer]:
    rows = await database.fetch(SQL["since"], owner, *zip(*asked, strict=True), sorted(NOT_MOVED))
    return {asked[nth - 1]: Moved(quantity) for nth, quantity in rows}


async def _counts_since(database: Database, owner: str, asked: Sequence[CountsSince]) -> dict[Question, Answer]:
    rows = await database.fetch(SQL["counts_since"], owner, *zip(*asked, strict=True))
    found: dict[CountsSince, list[StockCounted]] = {one: [] for one in asked}
    for row in rows:
        found[asked[row["nth"] - 1]].append(decode(row["body"], StockCounted))
    return {one: lines_told(events, one) for one, events in found.items()}


async def _persons_of(database: Database, owner: str, asked: Sequence[PersonsOf]) -> dict[Question, Answer]:
    answers: dict[Question, Answer] = {}
    for question in asked:
        rows = await database.fetch(SQL["persons_of"], owner, question.customer, NAMED_MAX + 1)
        answers[question] = Named(tuple(row["person"] for row in rows))
    return answers


async def _persons_from(database: Database, owner: str, asked: Sequence[PersonsFrom]) -> dict[Question, Answer]:
    answers: dict[Question, Answer] = {}
    for question in asked:
        rows = await database.fetch(SQL["persons_from"], owner, question.source, SOURCE_NAMED_MAX + 1)
        answers[question] = Named(tuple(row["person"] for row in rows))
    return answers


async def _reach(database: Database, owner: str, asked: Sequence[Reach]) -> dict[Question, Answer]:
    recalls = Recalls(database)
    return {one: await recalls.look_back(owner, one.lots, after=one.after, persons=one.persons) for one in asked}


async def _left_for(database: Database, owner: str, asked: Sequence[LeftFor]) -> dict[Question, Answer]:
    answers: dict[Question, Answer] = {}
    for question in asked:
        rows = await database.fetch(SQL["left_for"], owner, *question, ORDERS_LOOKED_AT)
        answers[question] = GotFrom(tuple(OrderKey(row["source"], row["order"]) for row in rows))
    return answers


async def _referenced(database: Database, owner: str, asked: Sequence[Referenced]) -> dict[Question, Answer]:
    found: dict[Referenced, list[OrderKey]] = {one: [] for one in asked}
    for nth, order in await database.fetch(SQL["referenced"], owner, *zip(*asked, strict=True)):
        one = asked[nth - 1]
        found[one].append(OrderKey(one.source, order))
    return {one: OrdersFound(tuple(orders)) for one, orders in found.items()}


async def _went_with(database: Database, owner: str, asked: Sequence[WentWith]) -> dict[Question, Answer]:
    recalls = Recalls(database)
    return {one: await recalls.departures(owner, one.lots, rows_max=DEPARTURES_TOLD) for one in asked}


async def _uneven(database: Database, owner: str, asked: Sequence[Uneven]) -> dict[Question, Answer]:
    return {one: NotWhole(await database.value(SQL["uneven"], owner, *one)) for one in asked}


_READ: Final[dict[type, Callable[[Database, str, Sequence[Any]], Awaitable[dict[Question, Answer]]]]] = {
    Left: _left,
    Since: _since,
    CountsSince: _counts_since,
    PersonsOf: _persons_of,
    PersonsFrom: _persons_from,
    Reach: _reach,
    LeftFor: _left_for,
    WentWith: _went_with,
    Referenced: _referenced,
    Uneven: _uneven,
}
"""Which statement answers which kind of question."""
