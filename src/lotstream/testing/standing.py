"""A warehouse that has been at work for a while: stock and open orders written straight into Postgres.

Placing 200,000 orders through the log takes minutes; what a start with that much behind it costs is another question.
The rows are written by the store's own commit, so they are what a worker would have left. Nothing of it is in the
journal, and it is in no log: such a database is for measuring a worker's start and memory and is never verified.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import blake2b
from typing import Final

from lotstream.contracts.produce import Record, inbound
from lotstream.domain.changed import Touched
from lotstream.domain.ledger import Ledger, Sites
from lotstream.domain.model import Item, Lot, Order, OrderKey, OrderLine, OrderState, Reservation, RowKey, StockRow
from lotstream.domain.slots import partition_of
from lotstream.store.claim import Claim
from lotstream.store.rows import Batch, PartitionBatch
from lotstream.store.seam import Store
from lotstream.store.state import state_rows
from lotstream.testing.load import FIRST_EXPIRY, SITE

SOURCE: Final = "standing"
HOLDER: Final = "standing"
"""Who holds the claims while the rows are written; they are given back at the end."""

OWNERS_AT_ONCE: Final = 10
"""Owners written in one transaction."""

UNITS: Final = 1_000
TAKEN: Final = 2
NEVER_IN_STOCK: Final = "SKU-OUT"
EVERY_WAITS: Final = 20
"""One order in so many has a line that waits for goods."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How much there is of everything; the defaults make 1,000,000 stock rows and 200,000 open orders."""

    owners: int = 500
    skus: int = 500
    #: Lots per SKU, each in a bin of its own: one stock row.
    lots: int = 4
    #: Open orders per owner.
    orders: int = 400
    lines: int = 4

    def owner_ids(self) -> list[str]:
        """Return the owners' ids."""
        return [f"house-{number:04d}" for number in range(self.owners)]

    @property
    def stock_rows(self) -> int:
        """Return how many stock rows there are in all."""
        return self.owners * self.skus * self.lots

    @property
    def open_orders(self) -> int:
        """Return how many open orders there are in all."""
        return self.owners * self.orders


async def fill(
    store: Store, standing: Standing, *, partitions: int, tell: Callable[[str], None], first: int = 0
) -> None:
    """Write stock and open orders of every owner from the ``first`` on; no worker may be running."""
    claims = await _take(store, partitions)
    owners = standing.owner_ids()[first:]
    for start in range(0, len(owners), OWNERS_AT_ONCE):
        chunk = owners[start : start + OWNERS_AT_ONCE]
        held = {partition: claims[partition] for partition in {partition_of(o.encode(), partitions) for o in chunk}}
        parts = [PartitionBatch(claim, claim) for claim in held.values()]
        await store.commit(Batch(parts, state_rows([_ledger(standing, owner) for owner in chunk], ())))
        tell(f"{start + len(chunk)} of {len(owners)} owners written")
    for claim in claims.values():
        await store.release_claim(claim, relay_position=claim.relay_position)


def one_order_each(owners: Iterable[str], *, round_: int = 0) -> Iterator[Record]:
    """Yield an order of one line for each owner: the least that makes a worker load it."""
    for owner in owners:
        line = {"line": "1", "sku": _sku(round_), "quantity": "1", "unit": "each"}
        body = {"owner": owner, "source": SOURCE, "order": f"TOUCH-{round_}", "version": "1", "lines": [line]}
        yield inbound("order.placed", body, source=SOURCE, message_id=f"touch/{round_}/{owner}")


async def _take(store: Store, partitions: int) -> dict[int, Claim]:
    taken = {}
    for partition, claim in (await store.claims(range(partitions))).items():
        mine = await store.take_claim(claim, holder=HOLDER)
        if mine is None:
            raise RuntimeError(f"Partition {partition} is held by a worker; end it first.")
        taken[partition] = mine
    return taken


def _ledger(standing: Standing, owner: str) -> Ledger:
    """Return an owner with its stock and its orders, all of it to be written."""
    ledger = Ledger(owner, Sites())
    for number in range(standing.skus):
        _stock(ledger, number, lots=standing.lots)
    ledger.items[NEVER_IN_STOCK] = Item(NEVER_IN_STOCK)
    for number in range(standing.orders):
        _order(ledger, standing, number)
    ledger.touched = Touched(
        owner=True, items=set(ledger.items), lots=set(ledger.lots), stock=set(ledger.stock), orders=set(ledger.orders)
    )
    return ledger


def _stock(ledger: Ledger, number: int, *, lots: int) -> None:
    sku = _sku(number)
    ledger.items[sku] = Item(sku)
    for lot in range(lots):
        name = f"L{number}-{lot}"
        expires = FIRST_EXPIRY + timedelta(days=30 * lot)
        ledger.lots[sku, name] = Lot(sku, name, expires=expires, received=date(2026, 1, 1))
        key = RowKey(sku, name, SITE, f"A-{number:03d}-{lot}")
        ledger.stock[key] = StockRow(key, on_hand=UNITS)


def _order(ledger: Ledger, standing: Standing, number: int) -> None:
    lines = [_line(ledger, standing, number * standing.lines + line, line=line) for line in range(standing.lines)]
    state = OrderState.ALLOCATED
    if number % EVERY_WAITS == 0:
        lines[-1] = OrderLine(lines[-1].line, NEVER_IN_STOCK, "each", 1, TAKEN)
        state = OrderState.PARTLY_ALLOCATED
    key = OrderKey(SOURCE, f"S-{number}")
    name = _hash(ledger.owner, key.order)
    ledger.orders[key] = Order(
        key, "1", datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=number), number, name, None, SITE, state,
        person=name, city="Sampletown", region="OH", postcode="43085", country="US", scac="DEMO", service="Ground",
        references={"po": f"PO-{number}"}, lines=lines,
    )  # fmt: skip


def _line(ledger: Ledger, standing: Standing, place: int, *, line: int) -> OrderLine:
    """Return a line whose goods are promised from the first lot of a SKU."""
    number = place % standing.skus
    row = RowKey(_sku(number), f"L{number}-0", SITE, f"A-{number:03d}-0")
    waits = line == standing.lines - 1 and (place // standing.lines) % EVERY_WAITS == 0
    if not waits:
        ledger.stock[row].reserved += TAKEN
    task = _hash(ledger.owner, str(place))
    return OrderLine(str(line + 1), row.sku, "each", 1, TAKEN, reservations=[Reservation(task, row, TAKEN)])


def _sku(number: int) -> str:
    return f"SKU-{number:04d}"


def _hash(*parts: str) -> str:
    return blake2b("/".join(parts).encode(), digest_size=16).hexdigest()
