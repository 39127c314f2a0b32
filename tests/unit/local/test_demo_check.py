"""The demo's check finds what it is there to find."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from lotstream.contracts.sent_notices import Alert, AlertKind, Answer, AnswerOutcome
from lotstream.contracts.sent_shipments import (
    ConfirmedCarrier,
    ConfirmedPackage,
    ShipConfirmation,
    ShipConfirmationLine,
    ShippedLot,
)
from lotstream.domain.model import Order, OrderKey, OrderState
from lotstream.local.demo.catalogue import Catalogue, read_catalogue
from lotstream.local.demo.check import problems
from lotstream.local.demo.counts import read_counts
from lotstream.local.demo.outcome import Counts, DeadLetter, Given, OrderOutcome, Outcome
from lotstream.store.reads import StockLine

NOW = datetime.now(UTC)
CUSTOMERS = {"#1001": "WEB", "7001": "RETAIL-7", "ERP-2041": "CANTEEN-3"}


def line(catalogue: Catalogue, sku: str, lots: dict[str, int]) -> ShipConfirmationLine:
    """Return a confirmed line, in base units, from some lots of the catalogue."""
    expires = {(lot.sku, lot.lot): lot.expires for lot in catalogue.lots}
    quantity = Decimal(sum(lots.values()))
    parts = tuple(
        ShippedLot(lot=lot, expires=expires[sku, lot], made=None, quantity=Decimal(count), package=None)
        for lot, count in lots.items()
    )
    return ShipConfirmationLine(
        line=sku,
        sku=sku,
        unit="each",
        ordered=quantity,
        shipped=quantity,
        short=Decimal(0),
        short_reason=None,
        lots=parts,
    )


def confirmation(catalogue: Catalogue, name: str, lines: dict[str, dict[str, int]]) -> ShipConfirmation:
    """Return the confirmation of an order that left with these lots."""
    return ShipConfirmation(
        owner=catalogue.owner, site="DEMO", source="shop", order=name, shipment="S", status=OrderState.SHIPPED,
        shipped_at=NOW, customer=CUSTOMERS[name], city=None, region=None, postcode=None, country=None,
        carrier=ConfirmedCarrier(scac=None, service=None, tracking=(), bol=None, pro=None, trailer=None, seal=None),
        references={}, packages=(ConfirmedPackage(sscc="1", tracking=None, weight_kg=None, contents=()),), decision="d",
        lines=tuple(line(catalogue, sku, lots) for sku, lots in lines.items()),
    )  # fmt: skip


def order(catalogue: Catalogue, name: str, lines: dict[str, dict[str, int]]) -> OrderOutcome:
    """Return an order that was shipped from these lots."""
    key = OrderKey("shop", name)
    placed = Order(key, None, NOW, 1, "", CUSTOMERS[name], "DEMO", state=OrderState.SHIPPED)
    shipped = (confirmation(catalogue, name, lines),)
    return OrderOutcome(Given("door", key, "file", b"", "ok"), placed, (), (), shipped, 0.1, 0.2)


def stock(catalogue: Catalogue, shipped: Counter[tuple[str, str]]) -> tuple[StockLine, ...]:
    """Return what is left of the receipt."""
    return tuple(
        StockLine(
            lot.sku, lot.lot, lot.expires, "DEMO", lot.location, None, None, "good", False,
            lot.quantity - shipped[lot.sku, lot.lot], 0, 0, (), None,
        )
        for lot in catalogue.lots
    )  # fmt: skip


@pytest.fixture
def good() -> Outcome:
    """An outcome of which nothing is wrong."""
    catalogue = read_catalogue()
    expected = {name: {sku: dict(lots) for sku, lots in lines.items()} for name, lines in catalogue.expected.items()}
    shipped = Counter[tuple[str, str]]()
    for lines in expected.values():
        for sku, lots in lines.items():
            shipped.update({(sku, lot): count for lot, count in lots.items()})
    return Outcome(
        catalogue=catalogue,
        orders=tuple(order(catalogue, name, lines) for name, lines in expected.items()),
        forged_status=401,
        stock=stock(catalogue, shipped),
        heard=Counter(["a", "b"]),
        outbox=Counter(["a", "b"]),
        dead_letters=(DeadLetter("not_json", "cut off"),),
        alerts=(),
        answers=(),
        counts=Counts({}, {}, {}, {}, 0, {}),
    )


def test_a_good_outcome_has_no_problems(good: Outcome) -> None:
    """All as expected: nothing to say."""
    assert problems(good) == []


def from_lots(outcome: Outcome, sku: str, lots: dict[str, int]) -> Outcome:
    """Return an outcome whose second order got one SKU from other lots."""
    first, _, third = outcome.orders
    lines = {sku_: dict(lots_) for sku_, lots_ in outcome.catalogue.expected["7001"].items()}
    return replace(outcome, orders=(first, order(outcome.catalogue, "7001", {**lines, sku: lots}), third))


def unshipped(outcome: Outcome) -> Outcome:
    """Return an outcome whose first order is still being picked."""
    first, *others = outcome.orders
    first.order.state = OrderState.PICKING
    return replace(outcome, orders=(first, *others))


def still_promised(outcome: Outcome) -> Outcome:
    """Return an outcome with a reservation that nobody needs."""
    first, *others = outcome.stock
    return replace(outcome, stock=(replace(first, reserved=3), *others))


def lost(outcome: Outcome) -> Outcome:
    """Return an outcome in which some stock is gone."""
    first, *others = outcome.stock
    return replace(outcome, stock=(replace(first, on_hand=first.on_hand - 1), *others))


def alert() -> Alert:
    """Return an alert."""
    return Alert(
        owner="o",
        alert=AlertKind.DISCREPANCY,
        code="found",
        message="x",
        about={},
        quantity=None,
        raised_at=NOW,
        decision="d",
    )


def refusal() -> Answer:
    """Return a refused command."""
    return Answer(
        owner="o", source="s", message_id="m", type="t", outcome=AnswerOutcome.REFUSED, code="on_hold", field=None,
        message="x", decided_at=NOW, decision="d",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda good: from_lots(good, "CER-OAT", {"CO-0830": 60}), "Order 7001 got 60 of lot CO-0830"),
        (lambda good: from_lots(good, "CER-OAT", {"CO-0518": 60}), "CO-0518 of CER-OAT, which is on hold"),
        (lambda good: from_lots(good, "CER-OAT", {"CO-0412": 48}), "CO-0412 of CER-OAT, which expires"),
        (lambda good: from_lots(good, "CER-OAT", {"CO-0607": 25}), "90 days must be left"),
        (unshipped, "Order #1001 is picking, not shipped"),
        (still_promised, "3 of lot CO-0412 of CER-OAT are still promised"),
        (lost, "Of lot CO-0412, 48 came in, 0 left, and 47 are there"),
        (lambda good: replace(good, heard=Counter(["a", "b", "b"])), "message b was heard 1 times more"),
        (lambda good: replace(good, heard=Counter(["a"])), "message b is in the database and was not heard"),
        (lambda good: replace(good, forged_status=200), "answered with 200, not 401"),
        (lambda good: replace(good, dead_letters=()), "there are: none"),
        (lambda good: replace(good, dead_letters=good.dead_letters * 2), "should be the only dead letter"),
        (lambda good: replace(good, alerts=(alert(),)), "An alert was raised: found"),
        (lambda good: replace(good, answers=(refusal(),)), "t m was refused: on_hold"),
    ],
)
def test_each_fault_is_said_in_a_sentence(good: Outcome, spoil: Callable[[Outcome], Outcome], sentence: str) -> None:
    """One thing wrong, and a sentence that names it."""
    assert any(sentence in problem for problem in problems(spoil(good)))


def test_days_of_the_catalogue_follow_the_sites_today() -> None:
    """One lot is expired, one lives less than the retailer wants, whenever the demo runs."""
    left: dict[str, Any] = {lot.lot: lot.expires - NOW.date() for lot in read_catalogue().lots}
    assert left["CO-0412"] < timedelta(0)
    assert timedelta(0) < left["CO-0607"] < timedelta(90)
    assert left["CO-0725"] > timedelta(90)


def test_figures_are_read_from_the_text_of_metrics() -> None:
    """Counters by label, the lag as a sum, and the mean of a stage in milliseconds."""
    counts = read_counts(
        """
# TYPE lotstream_orders_total counter
lotstream_orders_total{outcome="shipped"} 3
# TYPE lotstream_records_total counter
lotstream_records_total{type="a",outcome="done"} 2
lotstream_records_total{type="b",outcome="done"} 5
# TYPE lotstream_lag_records gauge
lotstream_lag_records{partition="0"} 1
lotstream_lag_records{partition="1"} 2
# TYPE lotstream_batch_stage_seconds histogram
lotstream_batch_stage_seconds_bucket{stage="commit",le="+Inf"} 4
lotstream_batch_stage_seconds_sum{stage="commit"} 0.2
lotstream_batch_stage_seconds_count{stage="commit"} 4
"""
    )
    assert counts.orders == {"shipped": 3}
    assert counts.records == {"done": 7}
    assert counts.lag == 3
    assert counts.stages_ms == {"commit": 50}
