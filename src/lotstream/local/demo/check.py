"""The demo checks itself: each thing that did not come out as it should is one sentence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from lotstream.contracts.sent_notices import AnswerOutcome
from lotstream.domain.codes import DeadLetterCode
from lotstream.domain.model import OrderState
from lotstream.local.demo.catalogue import Catalogue
from lotstream.local.demo.outcome import OrderOutcome, Outcome

LotKey = tuple[str, str]
"""SKU and lot."""

FORGED_STATUS: Final = 401
CUT_OFF: Final = (DeadLetterCode.NOT_JSON,)
"""The dead letters that are made on purpose."""

PROVEN: Final = (
    "every line shipped from the lots the rules give, worked out by hand beforehand",
    "nothing expired or on hold left, and nothing too short-lived for its customer",
    "what came in is what left and what is still there, lot by lot; nothing stays promised",
    "a reader of committed messages heard each outgoing message once, no more and no fewer than the database holds",
    "one dead letter, the record cut off on purpose; one webhook turned away, the one signed wrongly",
)
"""What no sentence of `problems` means."""


def problems(outcome: Outcome) -> list[str]:
    """Return what did not come out as it should; nothing when all is well."""
    return [
        *_lots(outcome),
        *_unfit(outcome),
        *_sums(outcome),
        *_messages(outcome),
        *_refused(outcome),
    ]


def _lots(outcome: Outcome) -> Iterator[str]:
    for order in outcome.orders:
        name = order.given.key.order
        if order.order.state is not OrderState.SHIPPED:
            yield f"Order {name} is {order.order.state}, not shipped."
        shipped = shipped_lots(order, outcome.catalogue)
        expected = Counter(
            {(s, lot): q for s, lots in outcome.catalogue.expected[name].items() for lot, q in lots.items()}
        )
        for sku, lot in sorted(key for key in shipped | expected if shipped[key] != expected[key]):
            yield f"Order {name} got {shipped[sku, lot]} of lot {lot} of {sku}, expected were {expected[sku, lot]}."
        if sum(len(confirmation.packages) for confirmation in order.confirmations) != 1:
            yield f"Order {name} did not leave in one package."


def _unfit(outcome: Outcome) -> Iterator[str]:
    """Yield lots that left although they were on hold, expired, or too short-lived for the customer."""
    held = {(hold["sku"], hold["lot"]) for hold in outcome.catalogue.holds}
    for order in outcome.orders:
        today = max(confirmation.shipped_at for confirmation in order.confirmations).date()
        wanted = outcome.catalogue.days_wanted(order.order.customer)
        for line, lot in order.lots():
            what = f"Order {order.given.key.order} got lot {lot.lot} of {line.sku}"
            if (line.sku, lot.lot) in held:
                yield f"{what}, which is on hold."
            if lot.expires is None or (lot.expires - today).days < wanted:
                yield f"{what}, which expires {lot.expires}; {wanted} days must be left."


def _sums(outcome: Outcome) -> Iterator[str]:
    shipped, there = Counter[LotKey](), Counter[LotKey]()
    for order in outcome.orders:
        shipped += shipped_lots(order, outcome.catalogue)
    for row in outcome.stock:
        there[row.sku, row.lot or ""] += row.on_hand
        if row.reserved:
            yield f"{row.reserved} of lot {row.lot} of {row.sku} are still promised although every order has left."
    for lot in outcome.catalogue.lots:
        key = (lot.sku, lot.lot)
        if there[key] != lot.quantity - shipped[key]:
            yield f"Of lot {lot.lot}, {lot.quantity} came in, {shipped[key]} left, and {there[key]} are there."


def shipped_lots(order: OrderOutcome, catalogue: Catalogue) -> Counter[LotKey]:
    """Return what left for an order by SKU and lot, in base units."""
    shipped = Counter[LotKey]()
    for line, lot in order.lots():
        shipped[line.sku, lot.lot or ""] += catalogue.base_units(line.sku, lot.quantity, line.unit)
    return shipped


def _messages(outcome: Outcome) -> Iterator[str]:
    for id_, count in (outcome.heard - outcome.outbox).items():
        yield f"The outgoing message {id_} was heard {count} times more than the database holds it."
    for id_ in outcome.outbox - outcome.heard:
        yield f"The outgoing message {id_} is in the database and was not heard."


def _refused(outcome: Outcome) -> Iterator[str]:
    if outcome.forged_status != FORGED_STATUS:
        yield f"The webhook with a wrong signature was answered with {outcome.forged_status}, not {FORGED_STATUS}."
    if tuple(letter.code for letter in outcome.dead_letters) != CUT_OFF:
        found = "; ".join(f"{letter.code}: {letter.message}" for letter in outcome.dead_letters) or "none"
        yield f"The record cut off on purpose should be the only dead letter; there are: {found}."
    for alert in outcome.alerts:
        yield f"An alert was raised: {alert.code}: {alert.message}"
    for answer in outcome.answers:
        if answer.outcome is AnswerOutcome.REFUSED:
            yield f"{answer.type} {answer.message_id} was refused: {answer.code}: {answer.message}"
