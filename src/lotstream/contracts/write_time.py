"""Alerts of what time does: lots that have expired or soon will, and items that are to be ordered again."""

from __future__ import annotations

from lotstream.contracts.quantities import base_text
from lotstream.contracts.sending import Outgoing, item_of
from lotstream.contracts.sent_notices import AlertKind
from lotstream.contracts.write_notices import alert
from lotstream.domain.codes import NotUsed
from lotstream.domain.commands import Moment
from lotstream.domain.events import Ahead, ExpiryNoticed, LotExpired, ReorderHinted
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import Lot

#: Codes of alerts of what has not happened yet.
EXPIRES_SOON = "expires_soon"
BELOW_REORDER_POINT = "below_reorder_point"


def expired_alert(ledger: Ledger, event: LotExpired, moment: Moment) -> Outgoing:
    """Return the alert that the last day of a lot is over."""
    about, quantity = {**_about(event.lot), "site": event.site}, _base(ledger, event.lot.sku, event.quantity)
    message = f"{_lot(event.lot)} has expired; {quantity} of it are at {event.site}."
    return alert(
        ledger, moment, kind=AlertKind.EXPIRED, code=NotUsed.EXPIRED, message=message, about=about, quantity=quantity
    )


def expiry_alert(ledger: Ledger, event: ExpiryNoticed, moment: Moment) -> Outgoing:
    """Return the alert that a lot has crossed a threshold before its end, or before its end for some customers."""
    quantity = _base(ledger, event.lot.sku, event.quantity)
    about = {**_about(event.lot), "days": str(event.days)}
    if event.kind is Ahead.EXPIRY:
        message = f"{_lot(event.lot)} expires {_in(event.days)}."
        return alert(
            ledger, moment, kind=AlertKind.EXPIRY, code=EXPIRES_SOON, message=message, about=about, quantity=quantity
        )
    about |= {"last_day": event.last_day.isoformat()} | ({"customers": _names(event)} if event.customers else {})
    message = f"{_lot(event.lot)} becomes unsellable for {_whom(event)} {_in(event.days)}: "
    message += f"{event.last_day} is the last day on which enough of its life is left."
    if event.days <= 0:
        message = f"{_lot(event.lot)} can no longer be shipped to {_whom(event)}: too little of its life is left."
    return alert(
        ledger, moment, kind=AlertKind.UNSELLABLE, code=NotUsed.SHORT_LIFE, message=message, about=about,
        quantity=quantity,
    )  # fmt: skip


def reorder_alert(ledger: Ledger, event: ReorderHinted, moment: Moment) -> Outgoing:
    """Return the alert that less of an item can be sold in time than its reorder point asks for."""
    usable, left_out, point = (_base(ledger, event.sku, of) for of in (event.usable, event.left_out, event.point))
    about = {"sku": event.sku, "reorder_point": point, "expires_first": left_out}
    message = f"{usable} of {event.sku} can be sold in time, below its reorder point of {point}"
    message += f"; {left_out} more are free and will expire first." if event.left_out else "."
    return alert(
        ledger, moment, kind=AlertKind.REORDER, code=BELOW_REORDER_POINT, message=message, about=about, quantity=usable
    )


def _about(lot: Lot) -> dict[str, str]:
    return {"sku": lot.sku, "lot": lot.lot, "expires": str(lot.expires)}


def _lot(lot: Lot) -> str:
    return f"Lot {lot.lot} of {lot.sku}"


def _base(ledger: Ledger, sku: str, quantity: int) -> str:
    return base_text(quantity, item_of(ledger, sku).decimals)


def _in(days: int) -> str:
    return "today" if days == 0 else "tomorrow" if days == 1 else f"in {days} days"


def _names(event: ExpiryNoticed) -> str:
    rest = event.customers_count - len(event.customers)
    return ", ".join(event.customers) + (f" and {rest} more" if rest else "")


def _whom(event: ExpiryNoticed) -> str:
    unnamed = ["orders without a customer"] if event.anybody else []
    return " and ".join([*([_names(event)] if event.customers else []), *unnamed])
