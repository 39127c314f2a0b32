"""Examples of outgoing messages about orders, tasks and shipments, and of what people are told."""

from __future__ import annotations

from typing import Any

from lotstream.contracts.examples_stock import DECISION, ORDER, SSCC, TASK

SENT: dict[str, dict[str, Any]] = {
    "pick_tasks": {
        "owner": "acme",
        "site": "TOR",
        **ORDER,
        "decision": DECISION,
        "tasks": [
            {
                "task": TASK,
                "action": "create",
                "line": "1",
                "sku": "CER-001",
                "lot": "L24A",
                "expires": "2027-06-01",
                "location": "TOR-A-01",
                "package": None,
                "quantity": "12",
                "unit": "each",
                "serials": [],
                "for": [{"order": "#1001", "line": "1", "quantity": "12"}],
            }
        ],
    },
    "wave_tasks": {
        "owner": "acme",
        "site": "TOR",
        "wave": "W-7",
        "decision": DECISION,
        "tasks": [
            {
                "task": TASK,
                "action": "create",
                "sku": "CER-001",
                "lot": "L24A",
                "expires": "2027-06-01",
                "location": "TOR-A-01",
                "package": None,
                "quantity": "20",
                "picked": "0",
                "unit": "each",
                "serials": [],
                "for": [
                    {**ORDER, "line": "1", "quantity": "12", "picked": "0"},
                    {**ORDER, "order": "#1002", "line": "1", "quantity": "8", "picked": "0"},
                ],
            }
        ],
    },
    "floor_tasks": {
        "owner": "acme",
        "site": "TOR",
        "decision": DECISION,
        "tasks": [
            {
                "task": "3f5c0a7be19d4c528d0e6b1f7a2c4d9e",
                "kind": "put_back",
                "sku": "CER-001",
                "lot": "L24A",
                "location": "STAGING/DOOR-3",
                "to": "TOR-A-01",
                "package": None,
                "quantity": "12",
                "unit": "each",
                **ORDER,
                "line": "1",
            }
        ],
    },
    "package": {
        "owner": "acme",
        "site": "TOR",
        "package": SSCC,
        "kind": "carton",
        "status": "open",
        "parent": None,
        "weight_kg": "6.4",
        "decision": DECISION,
        "contents": [
            {
                **ORDER,
                "line": "1",
                "sku": "CER-001",
                "lot": "L24A",
                "quantity": "12",
                "unit": "each",
                "package": None,
            }
        ],
    },
    "order_status": {
        "owner": "acme",
        **ORDER,
        "version": "2026-09-01T14:00:02Z",
        "status": "partly_allocated",
        "site": "TOR",
        "code": None,
        "message": None,
        "decision": DECISION,
        "lines": [
            {
                "line": "1",
                "sku": "CER-001",
                "unit": "each",
                "ordered": "12",
                "allocated": "9",
                "backordered": "3",
                "picked": "0",
                "shipped": "0",
                "cancelled": "0",
            }
        ],
    },
    "ship_confirmation": {
        "owner": "acme",
        "site": "TOR",
        **ORDER,
        "shipment": "SH-801",
        "voided": False,
        "status": "shipped",
        "shipped_at": "2026-09-01T12:12:00Z",
        "customer": "C-7",
        "city": "Columbus",
        "region": "OH",
        "postcode": "43085",
        "country": "US",
        "carrier": {
            "scac": "UPSN",
            "service": "Ground",
            "tracking": ["EXAMPLE-TRACKING-1"],
            "bol": "BOL-4",
            "pro": None,
            "trailer": "T-19",
            "seal": "S-77",
        },
        "references": {"po": "PO-9"},
        "packages": [
            {
                "sscc": SSCC,
                "tracking": "EXAMPLE-TRACKING-1",
                "weight_kg": "6.4",
                "contents": [{"line": "1", "sku": "CER-001", "lot": "L24A", "quantity": "12", "unit": "each"}],
            }
        ],
        "decision": DECISION,
        "lines": [
            {
                "line": "1",
                "sku": "CER-001",
                "unit": "each",
                "ordered": "12",
                "shipped": "12",
                "short": "0",
                "short_reason": None,
                "lots": [
                    {
                        "lot": "L24A",
                        "expires": "2027-06-01",
                        "made": "2026-06-01",
                        "quantity": "12",
                        "package": SSCC,
                        "serials": [],
                    }
                ],
            }
        ],
    },
    "availability": {
        "owner": "acme",
        "sku": "CER-001",
        "unit": "each",
        "as_of": "2026-09-01T12:13:00Z",
        "decision": DECISION,
        "figures": [
            {"site": "TOR", "channel": "shop", "quantity": "228"},
            {"site": "CHI", "channel": "outlet", "quantity": "0"},
        ],
    },
    "alert": {
        "owner": "acme",
        "alert": "discrepancy",
        "code": "not_available",
        "message": "12 each of CER-001 lot L24A left TOR-A-01, where only 9 were known; 3 were booked as found.",
        "about": {"sku": "CER-001", "lot": "L24A", "location": "TOR-A-01", "shipment": "SH-801"},
        "quantity": "3",
        "raised_at": "2026-09-01T12:12:03Z",
        "decision": DECISION,
    },
    "answer": {
        "owner": "acme",
        "source": "shopify:example-shop",
        "message_id": "cancel-1001-2",
        "type": "lotstream.order.cancelled.v1",
        "outcome": "refused",
        "code": "already_shipped",
        "field": "order",
        "message": "Order #1001 has left the building and cannot be cancelled; book a return instead.",
        "decided_at": "2026-09-01T15:00:00Z",
        "decision": DECISION,
    },
}
