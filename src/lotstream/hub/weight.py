"""How much memory an owner takes, estimated from what there is of it.

Python does not say what an object keeps alive, and walking through all of it would cost more than deciding. What one
item, row, order … takes was measured instead (tracemalloc, CPython 3.11, names of usual length, a ledger as it is
loaded); `tests/hub/test_weight.py` measures it again and holds the estimate to within a quarter.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from lotstream.domain.ledger import Ledger
from lotstream.domain.model import LotMore, Order
from lotstream.store.rows import OwnerSize

ITEM_BYTES: Final = 480
CUSTOMER_BYTES: Final = 500
LOT_BYTES: Final = 310
LOT_MORE_BYTES: Final = 300
LOT_PART_BYTES: Final = 250
"""What is known of a lot beside its dates, where anything is; and each lot it was made from, paper or detail of it."""

STOCK_BYTES: Final = 490
"""A stock row with its place in what is derived from rows."""

SHELVED_BYTES: Final = 1_400
"""What a stock row takes once more when a decision has looked at its shelf."""

ORDER_BYTES: Final = 1_200
LINE_BYTES: Final = 270
RESERVATION_BYTES: Final = 180
PROMISED_BYTES: Final = 180
"""What an order takes for each lot promised to it, once anybody has asked whom a lot is promised to."""

CANCEL_BYTES: Final = 300
TOLD_BYTES: Final = 260
"""A figure of what may be sold, as it was told last."""

LAST_SHIPPED_BYTES: Final = 230
WEIGHT_BYTES: Final = 110
"""What a stock row weighs."""

SERIAL_BYTES: Final = 1_350
"""A serial number that an open order speaks of, with its unit and the order it is found by."""

LOT_CALLED_BYTES: Final = 110
"""What a lot takes once more when anybody has asked which SKU it is of."""

OWNER_BYTES: Final = 5_000
"""An owner without anything: its tables and sets."""

ORDER_BYTES_PER_STORED: Final = 2.4
"""Bytes in memory for each byte of an order as Postgres holds it; says before loading what loading will take."""

LOT_BYTES_PER_STORED: Final = 4
"""The same of the facts that most lots do not have."""

CHANGED_SHARE: Final = 8
"""An owner is weighed again when one part of it has grown or shrunk by more than one in so many."""


@dataclass(frozen=True, slots=True)
class Weight:
    """What one owner keeps in memory: counts, and their bytes together."""

    stock: int
    orders: int
    lots: int
    items: int
    shelves: int
    promised: int
    serials: int
    bytes: int

    def still_fits(self, ledger: Ledger) -> bool:
        """Tell whether an owner is still about as large as when it was weighed."""
        derived = ledger.derived
        return (
            _near(self.stock, len(ledger.stock))
            and _near(self.orders, len(ledger.orders))
            and _near(self.lots, len(ledger.lots))
            and _near(self.items, len(ledger.items))
            and _near(self.shelves, len(derived.shelves) if derived else 0)
            and _near(self.promised, _promised(ledger))
            and _near(self.serials, len(ledger.serials))
        )


def weigh(ledger: Ledger) -> Weight:
    """Return what an owner takes now; walks through its orders and shelves."""
    shelves = ledger.derived.shelves if ledger.derived else {}
    bytes_ = (
        OWNER_BYTES
        + len(ledger.items) * ITEM_BYTES
        + len(ledger.customers) * CUSTOMER_BYTES
        + len(ledger.lots) * LOT_BYTES
        + _more_bytes([lot.more for lot in ledger.lots.values() if lot.more is not None])
        + len(ledger.stock) * STOCK_BYTES
        + sum([len(shelf.candidates) for shelf in shelves.values()]) * SHELVED_BYTES
        + _orders_bytes(ledger.orders.values())
        + len(ledger.cancels) * CANCEL_BYTES
        + len(ledger.told) * TOLD_BYTES
        + len(ledger.last_shipped) * LAST_SHIPPED_BYTES
        + len(ledger.weights) * WEIGHT_BYTES
        + len(ledger.serials) * SERIAL_BYTES
        + (len(ledger.lots) * LOT_CALLED_BYTES if ledger.derived and ledger.derived.lot_skus is not None else 0)
        + _promised(ledger) * PROMISED_BYTES
    )
    return Weight(
        stock=len(ledger.stock), orders=len(ledger.orders), lots=len(ledger.lots), items=len(ledger.items),
        shelves=len(shelves), promised=_promised(ledger), serials=len(ledger.serials), bytes=bytes_,
    )  # fmt: skip


def expected_bytes(size: OwnerSize) -> int:
    """Return what an owner will take once it is loaded; its shelves come when decisions ask for them."""
    return (
        OWNER_BYTES
        + size.items * ITEM_BYTES
        + size.lots * LOT_BYTES
        + size.lot_bytes * LOT_BYTES_PER_STORED
        + size.stock * STOCK_BYTES
        + round(size.order_bytes * ORDER_BYTES_PER_STORED)
    )


def _promised(ledger: Ledger) -> int:
    promised = ledger.derived.promised if ledger.derived else None
    return 0 if promised is None else promised.pairs


def _more_bytes(mores: Collection[LotMore]) -> int:
    parts = [
        len(more.aliases) + len(more.made_from) + len(more.details) + len(more.documents) + len(more.inspections)
        for more in mores
    ]
    return len(mores) * LOT_MORE_BYTES + sum(parts) * LOT_PART_BYTES


def _orders_bytes(orders: Collection[Order]) -> int:
    promised = [len(line.reservations) for order in orders for line in order.lines]
    return len(orders) * ORDER_BYTES + len(promised) * LINE_BYTES + sum(promised) * RESERVATION_BYTES


def _near(before: int, now: int) -> bool:
    return abs(now - before) * CHANGED_SHARE <= before
