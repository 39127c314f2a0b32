"""Alerts of what time does say it in words, with the figures a program needs."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from lotstream.contracts.outgoing import messages
from lotstream.contracts.sent_notices import Alert
from lotstream.domain.commands import Moment
from lotstream.domain.events import Ahead, Event, ExpiryNoticed, LotExpired, ReorderHinted
from lotstream.domain.ledger import Ledger, Sites
from lotstream.domain.model import Item, Lot

NOW = datetime(2026, 9, 1, 8, tzinfo=UTC)
LOT = Lot("TEA", "L1", expires=date(2026, 9, 30))
LAST = date(2026, 9, 5)
ENOUGH = "2026-09-05 is the last day on which enough of its life is left."


def told(event: Event) -> list[Alert]:
    """The alerts of an event, of an owner with TEA in tenths of a kilogram."""
    ledger = Ledger("acme", Sites(), items={"TEA": Item("TEA", decimals=1)})
    out = list(messages(ledger, event, Moment(NOW, {}, "d-1", 1)))
    assert all((one.topic, one.key, one.type) == ("lotstream.alerts", "acme", "lotstream.alert.v1") for one in out)
    return [Alert.model_validate_json(one.value) for one in out]


def unsellable(days: int, *customers: str, anybody: bool = False, count: int | None = None) -> ExpiryNoticed:
    """A lot can go to some for so many days."""
    how_many = len(customers) if count is None else count
    return ExpiryNoticed(Ahead.UNSELLABLE, LOT, LAST, days, 95, customers, how_many, anybody)


def test_what_has_expired_is_told_where_it_lies() -> None:
    """With site and quantity; not at all where nobody asks for alerts of expiry."""
    (alert,) = told(LotExpired("TOR", LOT, 95, told=True))
    assert (alert.alert, alert.code, alert.quantity) == ("expired", "expired", Decimal("9.5"))
    assert alert.about == {"sku": "TEA", "lot": "L1", "expires": "2026-09-30", "site": "TOR"}
    assert alert.message == "Lot L1 of TEA has expired; 9.5 of it are at TOR."
    assert told(LotExpired("TOR", LOT, 95, told=False)) == []


@pytest.mark.parametrize(("days", "when"), [(0, "today"), (1, "tomorrow"), (29, "in 29 days")])
def test_what_expires_soon_says_when(days: int, when: str) -> None:
    """In days, and in words for the next two."""
    (alert,) = told(ExpiryNoticed(Ahead.EXPIRY, LOT, date(2026, 9, 30), days, 95))
    assert (alert.alert, alert.code, alert.about["days"]) == ("expiry", "expires_soon", str(days))
    assert alert.message == f"Lot L1 of TEA expires {when}."


@pytest.mark.parametrize(
    ("event", "message", "customers"),
    [
        (
            unsellable(5, "C-7", "C-9"),
            f"Lot L1 of TEA becomes unsellable for C-7, C-9 in 5 days: {ENOUGH}",
            "C-7, C-9",
        ),
        (
            unsellable(1, "C-7", count=4, anybody=True),
            f"Lot L1 of TEA becomes unsellable for C-7 and 3 more and orders without a customer tomorrow: {ENOUGH}",
            "C-7 and 3 more",
        ),
        (
            unsellable(-2, anybody=True),
            "Lot L1 of TEA can no longer be shipped to orders without a customer: too little of its life is left.",
            None,
        ),
    ],
)
def test_what_becomes_unsellable_says_for_whom(event: ExpiryNoticed, message: str, customers: str | None) -> None:
    """The customers by name, how many more there are, and whether orders without one are meant too."""
    (alert,) = told(event)
    assert (alert.alert, alert.code, alert.message) == ("unsellable", "short_life", message)
    assert (alert.about.get("customers"), alert.about["last_day"]) == (customers, "2026-09-05")


@pytest.mark.parametrize(("left_out", "rest"), [(0, "."), (35, "; 3.5 more are free and will expire first.")])
def test_what_is_to_be_ordered_again_says_what_will_expire_first(left_out: int, rest: str) -> None:
    """What can be sold in time, the point it fell below, and what is left out."""
    (alert,) = told(ReorderHinted("TEA", 95, left_out, 100))
    assert (alert.alert, alert.code, alert.quantity) == ("reorder", "below_reorder_point", Decimal("9.5"))
    assert alert.about["reorder_point"] == "10"
    assert alert.message == f"9.5 of TEA can be sold in time, below its reorder point of 10{rest}"
