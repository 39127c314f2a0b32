"""A ledger that a decision may change to see what comes of it, while the real one stays as it is."""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy, deepcopy
from dataclasses import replace

from lotstream.domain.apply import apply
from lotstream.domain.changed import Touched, Untold
from lotstream.domain.events import Event
from lotstream.domain.ledger import Ledger
from lotstream.domain.reservations import copy_order


def twin_of(ledger: Ledger) -> Ledger:
    """Return a ledger that knows the same, of which nothing that is changed changes the other.

    As long as an owner has rows and open orders: only what is seldom decided is tried first.
    """
    return replace(
        ledger,
        items=dict(ledger.items), customers=dict(ledger.customers), lots=dict(ledger.lots),
        stock={key: copy(row) for key, row in ledger.stock.items()},
        orders={key: copy_order(order) for key, order in ledger.orders.items()},
        closed={key: None if order is None else copy_order(order) for key, order in ledger.closed.items()},
        cancels=dict(ledger.cancels), receipts=deepcopy(ledger.receipts), touched=Touched(), derived=None,
        told=dict(ledger.told), untold=Untold(), last_shipped=dict(ledger.last_shipped),
        serials={number: dict(units) for number, units in ledger.serials.items()}, weights=dict(ledger.weights),
        history=dict(ledger.history),
    )  # fmt: skip


def try_out(ledger: Ledger, events: Iterable[Event]) -> None:
    """Apply events to a twin, which takes over copies of what is in them."""
    for event in events:
        apply(ledger, deepcopy(event))
