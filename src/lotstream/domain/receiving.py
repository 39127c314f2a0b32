"""Goods come in at the dock."""

from __future__ import annotations

from lotstream.domain.codes import Refusal
from lotstream.domain.commands import Moment, ReceiveStock
from lotstream.domain.draft import Draft
from lotstream.domain.events import Event, StockReceived
from lotstream.domain.goods import RECEIPT, Delivery, book_all
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import ReceiptKey
from lotstream.domain.moving import shut_out
from lotstream.domain.settling import settle


def receive_stock(ledger: Ledger, command: ReceiveStock, moment: Moment) -> tuple[Event, ...] | Refusal:
    """Decide stock.received.

    What happened is booked: goods whose facts are incomplete, or contradict the lot they name, go to quarantine with a
    discrepancy and overwrite nothing. A line of an unknown item or unit cannot be counted: it is kept whole in a
    discrepancy, the other lines are booked, and the same receipt may be sent again once the item is defined, because a
    line that is booked already is not booked twice. When asked, all of that is refused.
    """
    at = command.occurred_at or moment.recorded_at
    key = ReceiptKey(RECEIPT, command.receipt)
    known = ledger.receipt(key)
    delivery = Delivery(Draft(ledger, moment), command.site, at.date(), key, known, happened=command.happened)
    refused = book_all(delivery, command.lines)
    if refused is not None:
        return refused
    news = bool(delivery.booked) or (known is not None and command.final and not known.final)
    if not news:
        return tuple(delivery.noted)
    received = StockReceived(
        command.site, command.receipt, command.expected, command.final, command.by, at, tuple(delivery.booked)
    )
    # A hold that comes with goods, or a date nobody knew of, concerns what was promised of the lot before.
    losers = shut_out(delivery.draft, delivery.learned) if delivery.learned else []
    settled = settle(delivery.draft, losers, skus={line.row.sku for line in delivery.booked})
    return received, *delivery.noted, *settled
