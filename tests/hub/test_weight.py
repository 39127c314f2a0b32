"""What an owner takes in memory, estimated and measured."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import pytest

from lotstream.domain.ledger import Ledger, Sites
from lotstream.domain.model import (
    Item,
    Lot,
    LotDocument,
    LotMore,
    LotName,
    Policy,
    Reservation,
    RowKey,
    Serial,
    SerialKey,
    SerialState,
    Tracking,
)
from lotstream.domain.numbers import Numbers
from lotstream.domain.shelves import shelf_of
from lotstream.hub.weight import LOT_BYTES, Weight, expected_bytes, weigh
from lotstream.store.codec import decode, encode_text
from lotstream.store.migrate import migrate
from lotstream.store.postgres import PostgresStore
from lotstream.store.rows import OwnerSize
from lotstream.testing.load import SITE
from lotstream.testing.standing import Standing, fill
from tests.store.build import order

STANDING = Standing(owners=4, skus=100, lots=4, orders=100, lines=4)
TODAY = 740_000


@dataclass
class Measured:
    """Bytes that a block left in memory."""

    bytes: int = 0


@contextmanager
def measured() -> Iterator[Measured]:
    """Measure what the block allocates and keeps."""
    result = Measured()
    gc.collect()
    tracemalloc.start()
    try:
        yield result
        gc.collect()
        result.bytes = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()


@pytest.fixture
def quick() -> Ledger:
    """An owner without anything."""
    return Ledger("acme", Sites())


async def test_the_estimate_is_what_owners_take(postgres_url: str) -> None:
    """Loaded owners, then the shelves that decisions look at, then whom lots are promised to: each within a quarter."""
    owners = {owner: Sites() for owner in STANDING.owner_ids()}
    await migrate(postgres_url)
    async with PostgresStore(postgres_url) as store:
        await store.begin_log(8)
        await fill(store, STANDING, partitions=8, tell=lambda _: None)
        await store.ledgers(owners)
        expected = sum(map(expected_bytes, (await store.owner_sizes(list(owners))).values()))
        with measured() as loaded:
            ledgers = await store.ledgers(owners)
        weight = sum(weigh(ledger).bytes for ledger in ledgers.values())
        assert weight == pytest.approx(loaded.bytes, rel=0.25)
        assert expected == pytest.approx(loaded.bytes, rel=0.25)
        with measured() as shelved:
            for ledger in ledgers.values():
                for sku in ledger.items:
                    shelf_of(ledger, sku, SITE, today=TODAY).queue(Policy.FEFO)
        more = sum(weigh(ledger).bytes for ledger in ledgers.values()) - weight
        assert more == pytest.approx(shelved.bytes, rel=0.25)
        with measured() as asked:
            for ledger in ledgers.values():
                ledger.promised()
        more = sum(weigh(ledger).bytes for ledger in ledgers.values()) - weight - more
        assert more == pytest.approx(asked.bytes, rel=0.25)


def test_serial_numbers_weigh_what_they_take(quick: Ledger) -> None:
    """Units of the serial numbers that open orders speak of are weighed, with how they are found; within a quarter."""
    quick.items["PUMP"] = Item("PUMP", tracking=Tracking.SERIAL)
    units: dict[str, str] = {}
    for number in range(2_000):
        name, placed = f"SN-{number:09}", order(f"#{number}")
        row = RowKey("PUMP", f"L-{number % 50}", SITE, f"STAGING/T-{number}", None, None, "good", False)
        placed.lines[0].reservations = [Reservation("task", row, 1, 1, serials=(name,))]
        quick.orders[placed.key] = placed
        units[name] = encode_text(Serial(SerialKey(name, "PUMP"), SerialState.PICKED, row, *placed.key, "1"))
    before = weigh(quick).bytes
    quick.index()
    with measured() as loaded:
        quick.serials = {name: {"PUMP": decode(unit, Serial)} for name, unit in units.items()}
        numbers = Numbers(quick.orders.values())
    assert numbers.all() == units.keys()
    assert weigh(quick).bytes - before == pytest.approx(loaded.bytes, rel=0.25)


@pytest.mark.parametrize("parts", [0, 2, 6])
def test_what_is_known_of_lots_weighs_what_it_takes(quick: Ledger, parts: int) -> None:
    """Costs, papers, what they were made from: weighed, and foretold from the stored bytes, within a quarter."""
    texts = [encode_text(_more(number, parts)) for number in range(2_000)]
    lots = [Lot("TEA", f"L{number}") for number in range(len(texts))]
    before = weigh(quick).bytes
    with measured() as loaded:
        facts = [decode(text, LotMore) for text in texts]
    quick.lots = {(lot.sku, lot.lot): replace(lot, more=more) for lot, more in zip(lots, facts, strict=True)}
    weight = weigh(quick).bytes - before - len(lots) * LOT_BYTES
    assert weight == pytest.approx(loaded.bytes, rel=0.25)
    foretold = expected_bytes(OwnerSize(lot_bytes=sum(map(len, texts)))) - expected_bytes(OwnerSize())
    assert foretold == pytest.approx(loaded.bytes, rel=0.25)


def _more(number: int, parts: int) -> LotMore:
    """Return facts of a lot as most that have any will have them."""
    made_from = tuple(LotName(f"SKU-{number % 100:04}", f"L{number}-{part}") for part in range(parts))
    papers = tuple(LotDocument("coa", f"C-{number}-{part}", date(2026, 1, 1)) for part in range(parts))
    return LotMore(
        came="receipt", cost_total=Decimal("120.50"), cost_units=240, origin="CA", facility="F2", made_from=made_from,
        details={"harvested": f"2026-05-{number}"}, documents=papers,
    )  # fmt: skip


def test_an_owner_is_weighed_again_when_it_has_grown(quick: Ledger) -> None:
    """A weight stands while counts move by an eighth, and no longer when one kind of row has grown by more."""
    nothing = weigh(quick)
    assert nothing.still_fits(quick)
    assert not Weight(**{**_as_dict(nothing), "orders": 1}).still_fits(quick)


def test_an_owner_nobody_has_defined_weighs_next_to_nothing() -> None:
    """An owner without rows is expected to take what its empty tables take, and so it does."""
    assert expected_bytes(OwnerSize()) == weigh(Ledger("nobody", Sites())).bytes


def _as_dict(weight: Weight) -> dict[str, int]:
    return {name: getattr(weight, name) for name in Weight.__slots__}
