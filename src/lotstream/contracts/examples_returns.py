"""Examples of messages about goods that came back, after they are there."""

from __future__ import annotations

from typing import Any

from lotstream.contracts.examples_stock import (
    DECISION,
    FLOOR,
    ORDER,
    SSCC,
)

RETURNS: dict[str, dict[str, Any]] = {
    "shipment.progressed": {
        **FLOOR,
        "shipment": "SH-801",
        "state": "in_transit",
        "expected_at": "2026-09-03T16:00:00Z",
        "place": "Columbus OH",
        "lines": [
            {**ORDER, "line": "1", "sku": "CER-001", "lot": "L24A", "package": SSCC, "quantity": "2", "unit": "each"}
        ],
        "packages": [],
    },
    "shipment_progress": {
        "owner": "acme",
        "site": "TOR",
        **ORDER,
        "shipment": "SH-801",
        "state": "in_transit",
        "at": "2026-09-01T12:12:00Z",
        "expected_at": "2026-09-03T16:00:00Z",
        "place": "Columbus OH",
        "reason": None,
        "decision": DECISION,
    },
    "return.expected": {
        "owner": "acme",
        "return": "RMA-7",
        "site": "TOR",
        **ORDER,
        "due": "2026-09-10",
        "lines": [{"line": "1", "sku": "CER-001", "lot": "L24A", "quantity": "3", "reason": "Not as described"}],
    },
    "return.inspected": {
        **FLOOR,
        "return": "RMA-7",
        "inspection": "RI-1",
        "lines": [
            {"line": "1", "return_line": "1", "quantity": "2", "disposition": "restock", "to": "TOR-A-01"},
            {"line": "2", "return_line": "1", "quantity": "1", "disposition": "scrap", "reason": "Torn"},
        ],
    },
}
