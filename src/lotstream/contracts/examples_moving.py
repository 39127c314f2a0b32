"""Examples of messages about goods that go from site to site."""

from __future__ import annotations

from typing import Any

from lotstream.contracts.examples_stock import FLOOR

MOVING: dict[str, dict[str, Any]] = {
    "transfer.shipped": {
        **FLOOR,
        "transfer": "T-17",
        "to_site": "MTL",
        "expected_at": "2026-09-03T12:00:00Z",
        "scac": "CPPC",
        "lines": [{"line": "1", "sku": "CER-001", "lot": "L24A", "location": "TOR-A-01", "quantity": "48"}],
    },
    "title.released": {
        **FLOOR,
        "title": "SALE-4",
        "to_owner": "zenith",
        "to_skus": {"CER-001": "Z-CEREAL"},
        "lines": [{"line": "1", "sku": "CER-001", "lot": "L24A", "location": "TOR-A-01", "quantity": "24"}],
    },
    "title.accepted": {
        **FLOOR,
        "title": "SALE-4",
        "from_owner": "zenith",
        "lines": [
            {
                "line": "1",
                "sku": "CER-001",
                "quantity": "24",
                "unit": "each",
                "lot": "L24A",
                "supplier": "S-3",
                "supplier_lot": "24A",
                "made": "2026-06-01",
                "expires": "2027-06-01",
                "received": "2026-06-20",
                "location": "TOR-A-01",
                "certificates": [
                    {
                        "type": "organic",
                        "number": "CA-ORG-006",
                        "issued": "2026-02-01",
                        "expires": "2027-01-31",
                        "uri": "https://papers.example/ca-org-006",
                        "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                    }
                ],
                "inspection": {"number": "Q-31", "passed": True, "by": "qa-1", "measured": {"moisture_pct": "11.5"}},
            }
        ],
    },
    "transfer.received": {
        **FLOOR,
        "site": "MTL",
        "by": "scanner-9",
        "occurred_at": "2026-09-03T08:40:00-04:00",
        "transfer": "T-17",
        "final": True,
        "lines": [
            {"line": "1", "quantity": "44", "location": "MTL-A-02"},
            {"line": "2", "transfer_line": "1", "quantity": "3", "status": "damaged", "reason": "Crushed"},
        ],
    },
}
