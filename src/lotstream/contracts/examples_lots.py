"""Examples of messages about lots as such, and about what they are made of."""

from __future__ import annotations

from typing import Any

from lotstream.contracts.examples_stock import DECISION

LOTS: dict[str, dict[str, Any]] = {
    "production.recorded": {
        "owner": "acme",
        "site": "TOR",
        "happened": False,
        "production": "PO-12",
        "used": [{"line": "1", "sku": "ING-7", "lot": "77", "location": "P-1", "quantity": "12.5", "unit": "kg"}],
        "made": [
            {
                "line": "2",
                "sku": "BAR-2",
                "lot": "B0901",
                "location": "P-OUT",
                "quantity": "600",
                "made": "2026-09-01",
                "expires": "2027-03-01",
            }
        ],
        "added_cost": "85.00",
    },
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
    "item.rebased": {
        "owner": "acme",
        "sku": "CER-001",
        "version": 3,
        "base_unit": "piece",
        "decimals": 0,
        "numerator": 4,
        "denominator": 1,
        "reason": "Sold by the piece",
        "by": "erp",
    },
    "item.renamed": {"owner": "acme", "sku": "CER-001", "to_sku": "CER-001-2", "reason": "New catalogue", "by": "erp"},
    "lot.merged": {
        "owner": "acme",
        "merge": "LM-2",
        "sku": "CER-001",
        "lots": ["L24A-2"],
        "into": "L24A",
        "take": "earliest",
        "reason": "Received twice under two numbers",
        "by": "wms",
    },
    "lot.split": {
        "owner": "acme",
        "site": "TOR",
        "split": "LS-5",
        "sku": "CER-001",
        "lot": "L24A",
        "parts": [
            {
                "lot": "L24A-R",
                "expires": "2027-01-31",
                "lines": [{"location": "TOR-A-01", "quantity": "24"}],
                "details": {"relabelled": "yes"},
            }
        ],
        "by": "wms",
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
