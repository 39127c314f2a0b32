"""Goods come in at the dock."""

from __future__ import annotations

from lotstream.domain.checks import Verdicts
from lotstream.domain.codes import Code
from lotstream.domain.commands import Moment, ReceiveStock
from lotstream.domain.draft import Draft
from lotstream.domain.events import Event, StockReceived
from lotstream.domain.goods import RECEIPT, Delivery, book_all
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import Booked, Receipt, ReceiptKey
from lotstream.domain.moving import shut_out
from lotstream.domain.receipt_closing import closing
from lotstream.domain.settling import settle


def receive_stock(ledger: Ledger, command: ReceiveStock, moment: Moment) -> tuple[Event, ...]:
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
    book_all(delivery, command.lines)
    _check_receipt(delivery, command)
    ends = command.final and known is not None and not known.final
    if not delivery.booked and not ends:
        return tuple(delivery.noted)
    received = StockReceived(
        command.site,
        command.receipt,
        command.expected,
        command.final,
        command.by,
        at,
        tuple(delivery.booked),
        delivery.next_number,
        announced=command.expected is not None and (known is None or known.expected in (None, command.expected)),
    )
    # A hold that comes with goods, or a date nobody knew of, concerns what was promised of the lot before.
    losers = shut_out(delivery.draft, delivery.learned) if delivery.learned else []
    settled = settle(delivery.draft, losers, skus={line.row.sku for line in delivery.booked})
    return received, *delivery.noted, *delivery.doubtful, *settled, *_closed(delivery, received)


def _check_receipt(delivery: Delivery, command: ReceiveStock) -> None:
    """Object to more goods on a receipt that was closed, and to another announcement than the one it is of."""
    known, verdicts = delivery.known, Verdicts(delivery.happened, delivery.noted)
    if known is None:
        return
    about: dict[str, str | None] = {"receipt": command.receipt, "expected": command.expected}
    if known.told and delivery.booked:
        message = f"Receipt {command.receipt} is closed; book more goods on another, or correct it."
        verdicts.object(Code.CONFLICTING_CONTENT, "receipt", message, about)
    if known.expected is not None and command.expected not in (None, known.expected):
        message = f"Receipt {command.receipt} is of {known.expected}, not of {command.expected}; check the number."
        verdicts.object(Code.CONFLICTING_CONTENT, "expected", message, about)


def _closed(delivery: Delivery, received: StockReceived) -> tuple[Event, ...]:
    """Return how the receipt is closed by its last goods, or told again when more has come after that."""
    known = delivery.known or Receipt(delivery.key, received.site)
    if not (received.final or known.told):
        return ()
    lines = known.lines | {line.line: Booked(line.row, line.quantity) for line in received.lines}
    expected = known.expected or received.expected
    weights = known.weights | {line.line: line.weight_g for line in received.lines if line.weight_g}
    draft, number, by, at = delivery.draft, received.receipt, received.by, received.at
    return (closing(draft, number, known, expected=expected, by=by, at=at, lines=lines, weights=weights),)
