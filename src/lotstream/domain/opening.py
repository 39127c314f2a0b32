"""Stock is taken over as found at the beginning, with its own dates, holds and promises."""

from __future__ import annotations

from lotstream.domain.commands import Moment, OpenBalance
from lotstream.domain.draft import Draft
from lotstream.domain.events import BalanceOpened, Event, GoodsBooked
from lotstream.domain.goods import BALANCE, Delivery, book_all
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import ReceiptKey, RowKey
from lotstream.domain.moving import shut_out
from lotstream.domain.settling import settle
from lotstream.domain.taking_back import take_back


def open_balance(ledger: Ledger, command: OpenBalance, moment: Moment) -> tuple[Event, ...]:
    """Decide balance.opened: stock as found, with its own dates, holds and promises; any quantity, also below zero."""
    at = command.occurred_at or moment.recorded_at
    key = ReceiptKey(BALANCE, command.balance)
    known = ledger.receipt(key)
    delivery = Delivery(Draft(ledger, moment), command.site, at.date(), key, known, as_found=True)
    book_all(delivery, command.lines)
    if not delivery.booked:
        return ()
    opened = BalanceOpened(command.site, command.balance, command.by, at, tuple(delivery.booked))
    losers = take_back(delivery.draft, _missing(ledger, delivery.booked)) + shut_out(delivery.draft, delivery.learned)
    return opened, *settle(delivery.draft, losers, skus={line.row.sku for line in delivery.booked})


def _missing(ledger: Ledger, booked: list[GoodsBooked]) -> dict[RowKey, int]:
    """Return how much rows lack of what is promised of them, when stock as found is below zero."""
    missing: dict[RowKey, int] = {}
    for key in {line.row for line in booked}:
        row = ledger.stock.get(key)
        if row is not None:
            left = row.on_hand + sum(line.quantity for line in booked if line.row == key)
            missing[key] = max(row.reserved - max(left, 0), 0)
    return missing
