"""Examples of the messages about receipts."""

from __future__ import annotations

from typing import Any

from lotstream.contracts.examples_stock import DECISION, FLOOR

RECEIPTS: dict[str, dict[str, Any]] = {
    "receipt.expected": {
        "owner": "acme",
        "site": "TOR",
        "expected": "ASN-9",
        "supplier": "S-3",
        "due": "2026-09-01",
        "version": "1",
        "lines": [
            {"line": "1", "sku": "CER-001", "quantity": "240", "supplier_lot": "24A", "expires": "2027-06-01"},
            {"line": "2", "gtin": "00012345600012", "quantity": "4", "unit": "case"},
        ],
    },
    "receipt.corrected": {
        **FLOOR,
        "receipt": "R-55",
        "correction": "1",
        "reason": "Counted again",
        "lines": [{"line": "1", "quantity": "236", "expires": "2027-05-01", "serials": ["SN-1"], "misread": ["SN-7"]}],
    },
    "receipt.closed": {**FLOOR, "receipt": "R-55", "expected": "ASN-9"},
    "receipt_closed": {
        "owner": "acme",
        "site": "TOR",
        "receipt": "R-55",
        "expected": "ASN-9",
        "supplier": "S-3",
        "revision": 1,
        "complete": False,
        "closed_at": "2026-09-01T12:12:00Z",
        "by": "scanner-4",
        "part": 1,
        "parts": 1,
        "decision": DECISION,
        "lines": [
            {
                "line": "1",
                "sku": "CER-001",
                "unit": "each",
                "lot": "24A",
                "supplier_lot": "24A",
                "made": "2026-06-01",
                "expires": "2027-06-01",
                "expected": "240",
                "received": "238",
                "damaged": "4",
                "quarantined": "0",
                "over": "0",
                "short": "2",
                "unannounced": False,
            }
        ],
    },
}
