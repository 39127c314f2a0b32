"""What a return is of: an announcement, an order, or what a customer got."""

from __future__ import annotations

from collections.abc import Iterator

from lotstream.domain.commands import ReturnGoods
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import (
    LeftFor,
    Lot,
    OrderKey,
    ReturnExpected,
    return_expected_key,
)
from lotstream.domain.names import names_had


def announced_of(ledger: Ledger, command: ReturnGoods) -> ReturnExpected | None:
    """Return the announcement that goods came under: the one they name, else one of their own number.

    Of the same number it is not theirs where they say another order or customer: two people may have counted alike.
    """
    found = ledger.document(return_expected_key(command.expected or command.number), ReturnExpected)
    if found is None or command.expected is not None:
        return found
    alike = command.key in (None, found.order) and (
        command.customer in (None, found.customer) or found.order is not None
    )
    return found if alike else None


def order_meant(command: ReturnGoods, announced: ReturnExpected | None) -> OrderKey | None:
    """Return the order that a return names, or that it was announced for."""
    return command.key or (None if announced is None else announced.order)


def customer_meant(command: ReturnGoods, announced: ReturnExpected | None) -> str | None:
    """Return the customer that a return names, or that it was announced for."""
    return command.customer or (None if announced is None else announced.customer)


def asked(ledger: Ledger, command: ReturnGoods) -> tuple[LeftFor, ...]:
    """Return what has to be known of a customer before a return without an order is decided."""
    announced = announced_of(ledger, command)
    customer = customer_meant(command, announced)
    if customer is None or order_meant(command, announced) is not None:
        return ()
    return tuple(dict.fromkeys(_left_for(ledger, customer, command)))


def _left_for(ledger: Ledger, customer: str, command: ReturnGoods) -> Iterator[LeftFor]:
    for line in command.lines:
        skus = [line.sku] if line.sku is not None else sorted(lot.sku for lot in ledger.lots_called(line.lot or ""))
        for sku in skus:
            lot = ledger.lots.get((sku, line.lot or "")) or Lot(sku, line.lot or "")
            # What left under a former name is the same goods.
            for name in names_had(ledger.items.get(sku), lot):
                yield LeftFor(customer, name.sku, line.lot and name.lot)
