"""Examples of the messages about beginnings and ends."""

from __future__ import annotations

from typing import Any

from lotstream.contracts.examples_stock import DECISION

ENDS: dict[str, dict[str, Any]] = {
    "owner.closed": {"owner": "acme", "reason": "Moves to another warehouse", "by": "contracts"},
    "shipment.imported": {
        "owner": "acme",
        "site": "TOR",
        "source": "old-wms",
        "order": "88121",
        "shipment": "OLD-5512",
        "shipped_at": "2026-07-14T16:20:00-04:00",
        "customer": "C-7",
        "ship_to": {"name": "Example Person", "city": "Columbus", "region": "OH", "postcode": "43085", "country": "US"},
        "by": "migration",
        "lines": [
            {
                "line": "1",
                "sku": "CER-001",
                "lot": "L23Z",
                "quantity": "24",
                "unit": "each",
                "expires": "2027-01-31",
                "cost": "1.20",
            }
        ],
    },
    "snapshot.requested": {"owner": "acme", "snapshot": "2026-09", "site": "TOR"},
    "comparison.recorded": {
        "owner": "acme",
        "site": "TOR",
        "by": "old-wms",
        "occurred_at": "2026-08-31T22:00:00-04:00",
        "comparison": "GO-LIVE-1",
        "covers": "skus",
        "lines": [{"sku": "CER-001", "lot": "L24A", "status": "good", "quantity": "228", "unit": "each"}],
    },
    "inventory_snapshot": {
        "owner": "acme",
        "snapshot": "2026-09",
        "site": "TOR",
        "as_of": "2026-09-30T22:00:00Z",
        "decision": DECISION,
        "part": 1,
        "parts": 1,
        "lines": [
            {
                "sku": "CER-001",
                "lot": "L24A",
                "expires": "2027-06-01",
                "site": "TOR",
                "status": "good",
                "quantity": "228",
                "reserved": "12",
                "unit": "each",
                "held": False,
                "in_transit": False,
            }
        ],
    },
    "inventory_comparison": {
        "owner": "acme",
        "comparison": "GO-LIVE-1",
        "site": "TOR",
        "by": "old-wms",
        "occurred_at": "2026-09-01T02:00:00Z",
        "decision": DECISION,
        "equal": 299,
        "differing": 1,
        "part": 1,
        "parts": 1,
        "lines": [
            {
                "sku": "CER-001",
                "lot": "L24A",
                "status": "good",
                "ours": "226",
                "theirs": "228",
                "difference": "-2",
                "unit": "each",
            }
        ],
    },
    "person.erased": {
        "owner": "acme",
        "request": "redact-8812",
        "orders": [{"source": "shopify:example-shop", "order": "#1001"}],
        "by": "privacy-desk",
        "references": [{"source": "shopify:example-shop", "name": "shopify_order_id", "value": "9007199254740993"}],
    },
}
