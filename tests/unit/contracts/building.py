"""An order on its way, for tests of the messages that are told about it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from lotstream.contracts.outgoing import messages
from lotstream.domain.commands import Moment, ShippedPackage
from lotstream.domain.events import (
    Event,
    LineDecision,
    LineShipped,
    LotInspected,
    ShipmentConfirmed,
    ShipmentVoided,
    Shipped,
    TakenBack,
)
from lotstream.domain.ledger import Ledger, Sites
from lotstream.domain.model import (
    INSPECTION,
    PACKAGE,
    Consignee,
    Content,
    Inspection,
    Item,
    Lot,
    LotGot,
    Notice,
    Order,
    OrderKey,
    OrderLine,
    OrderState,
    Package,
    PackageKind,
    ReceiptKey,
    Recipient,
    Reservation,
    RowKey,
    Stage,
    consignee_key,
)

AT = datetime(2026, 9, 1, 14, 0, 0, 125000, tzinfo=UTC)
MOMENT = Moment(recorded_at=AT, today={"TOR": date(2026, 9, 1)}, decision="d" * 32, arrival=7)
KEY = OrderKey("shopify:example-shop", "#1001")
ROW = RowKey("CER-001", "L24A", "TOR", "TOR-A-01")
LOOSE = RowKey("BAG-001", None, "TOR", "TOR-B-01", package="P1")
CARTON = "001234560000000018"
BOTH_LINES = (
    LineShipped("1", "CER-001", 24, 12, 12, "case", 12),
    LineShipped("2", "BAG-001", 2500, 500, 0, "kg", 1000),
)


CONSIGNEE = Consignee(
    consignee_key("RC-1", "3f6a0c41d2b7e895"),
    "RC-1",
    Recipient(
        "3f6a0c41d2b7e895", "C-7", "p" * 32, "Columbus", "OH", "43085", "US", (KEY,), 21,
        (LotGot("CER-001", "L24A", 12, 2), LotGot("BAG-001", "B", 1500)),
    ),
)  # fmt: skip


def ledger_of_an_order() -> Ledger:
    """An owner with a lot-tracked item in pieces, one in kilograms, and an order for both that is promised in part."""
    promised = [Reservation("t1", ROW, 9), Reservation("t2", LOOSE, 1500, picked=500)]
    lines = [
        OrderLine("1", "CER-001", "case", 12, 24, reservations=[promised[0]], shipped=3, cancelled=2),
        OrderLine("2", "BAG-001", "kg", 1000, 2500, reservations=[promised[1]]),
    ]
    order = Order(
        KEY, "v1", AT, 1, "c", "C-7", "TOR", state=OrderState.PARTLY_ALLOCATED, lines=lines, service="Ground",
        references={"po": "PO-9"},
    )  # fmt: skip
    return Ledger(
        "acme",
        Sites(),
        items={"CER-001": Item("CER-001"), "BAG-001": Item("BAG-001", base_unit="kg", decimals=3)},
        lots={("CER-001", "L24A"): Lot("CER-001", "L24A", expires=date(2027, 6, 1))},
        orders={KEY: order},
    )


PACKED = Package(
    ReceiptKey(PACKAGE, CARTON), "TOR", PackageKind.CARTON, "hash",
    contents=(Content(KEY, "2", "t2", LOOSE, "STAGING", 500),), weight_kg=Decimal("6.40"),
)  # fmt: skip

INSPECTED = LotInspected(
    Notice(ReceiptKey(INSPECTION, "QI-1"), "hash"), "CER-001", "L24A",
    Inspection("QI-1", Stage.INBOUND, passed=True, by="qa-1", at=AT, measured={"moisture_pct": "9.1"}),
)  # fmt: skip


def decisions(order: Order) -> tuple[LineDecision, ...]:
    """Return the decisions that promised what the order has."""
    return tuple(LineDecision(line.line, tuple(line.reservations), 0, "FEFO", "settings", ()) for line in order.lines)


def shipped(*, key: OrderKey = KEY, lines: tuple[LineShipped, ...] | None = None) -> ShipmentConfirmed:
    """Return a shipment of 12 pieces of one lot out of two bins, and half a kilogram of a thing without lots."""
    part = Shipped("1", "CER-001", "L24A", date(2027, 6, 1), date(2026, 6, 1), ROW, ROW, 5, 5, "t1", CARTON, "case", 12)
    loose = Shipped("2", "BAG-001", None, None, None, LOOSE, LOOSE, 500, 500, "t2", None, "kg", 1000)
    return ShipmentConfirmed(
        "TOR", "SH-1", key, OrderState.PARTLY_SHIPPED, "dock", AT, "C-7",
        shipped=(part, replace(part, quantity=7), loose),
        lines=BOTH_LINES if lines is None else lines,
        packages=(ShippedPackage(CARTON, "TRACK-1", Decimal("6.40")), ShippedPackage(None, "TRACK-1")),
        scac="UPSN", bol="B", pro="P", trailer="T", seal="S",
        city="Columbus", region="OH", postcode="43085", country="US",
    )  # fmt: skip


def voided() -> ShipmentVoided:
    """Return that shipment taken back: five pieces are promised again, the rest is wanted by nobody."""
    event = shipped()
    taken = tuple(
        TakenBack(
            part, part.row._replace(location="STAGING"), Reservation("t1", ROW, 5, 5, "STAGING") if first else None
        )
        for first, part in zip((True, False, False), event.shipped, strict=True)
    )
    return ShipmentVoided(
        "TOR", "SH-1", event.key, OrderState.PICKED, "gate", AT, "No truck", "C-7", taken, event.lines, city="Columbus"
    )


def told(ledger: Ledger, event: Event) -> list[tuple[str, dict[str, Any]]]:
    """Return topic and body of every message an event causes."""
    return [(message.topic, json.loads(message.value)) for message in messages(ledger, event, MOMENT)]
