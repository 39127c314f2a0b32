"""Examples of messages about lots as such."""

from __future__ import annotations

from typing import Any

from lotstream.contracts.examples_stock import DECISION

LOTS: dict[str, dict[str, Any]] = {
    "lot.corrected": {
        "owner": "acme",
        "correction": "LC-3",
        "sku": "CER-001",
        "lot": "L24A",
        "to_lot": "L24A-CA",
        "expires": "2027-05-01",
        "reason": "The supplier's letter of 4 September",
        "by": "qa-1",
    },
}

SENT_OF_LOTS: dict[str, dict[str, Any]] = {
    "lot_changed": {
        "owner": "acme",
        "change": "corrected",
        "document": "LC-3",
        "by": "qa-1",
        "reason": "The supplier's letter of 4 September",
        "occurred_at": "2026-09-04T09:12:00-04:00",
        "decision": DECISION,
        "lots": [
            {
                "sku": "CER-001",
                "lot": "L24A-CA",
                "was": [{"sku": "CER-001", "lot": "L24A"}],
                "made_from": [],
                "expires": "2027-05-01",
                "made": "2026-06-01",
                "supplier": "S-3",
                "supplier_lot": "24A",
                "origin": "CA",
                "facility": "F2",
                "details": {},
                "cost": "1.25",
                "aliases": ["L24A"],
            }
        ],
    },
}
