"""Examples of messages about stock that is there, and what every example says of itself."""

from __future__ import annotations

from typing import Any

ORDER = {"source": "shopify:example-shop", "order": "#1001"}
FLOOR = {
    "owner": "acme",
    "site": "TOR",
    "happened": True,
    "by": "scanner-4",
    "occurred_at": "2026-09-01T08:12:00-04:00",
}
TASK = "9a41c07b3e5d4f6a8b2c1d0e9f8a7b6c"
SSCC = "001234560000000018"
DECISION = "5f0c1d7e9a3b4c2d8e6f0a1b2c3d4e5f"

STOCK: dict[str, dict[str, Any]] = {
    "kit.assembled": {
        "owner": "acme",
        "site": "TOR",
        "happened": True,
        "by": "bench-2",
        "assembly": "KA-7",
        "sku": "GIFT-BOX",
        "lot": "G-1",
        "location": "TOR-K-01",
        "quantity": "10",
        "lines": [
            {"line": "1", "sku": "CER-001", "lot": "L24A", "location": "TOR-A-01", "quantity": "20"},
            {"line": "2", "sku": "BOWL", "lot": "B-3", "location": "TOR-A-02", "quantity": "10"},
        ],
    },
    "kit.broken": {
        "owner": "acme",
        "site": "TOR",
        "happened": False,
        "breaking": "KB-2",
        "sku": "GIFT-BOX",
        "lot": "G-1",
        "location": "TOR-K-01",
        "quantity": "1",
        "lines": [
            {"line": "1", "sku": "CER-001", "lot": "L24A", "location": "TOR-A-01", "quantity": "2"},
            {"line": "2", "sku": "BOWL", "lot": "B-3", "location": "TOR-A-02", "quantity": "1", "status": "damaged"},
        ],
    },
    "stock.adjusted": {
        **FLOOR,
        "adjustment": "ADJ-7",
        "lines": [
            {
                "line": "1",
                "sku": "CER-001",
                "lot": "L24A",
                "location": "TOR-A-01",
                "quantity": "-3",
                "code": "damaged",
                "reason": "Torn",
            }
        ],
    },
    "stock.counted": {
        **FLOOR,
        "count": "CC-41",
        "lines": [{"line": "1", "sku": "CER-001", "lot": "L24A", "location": "TOR-A-01", "counted": "225"}],
    },
    "count.approved": {
        **FLOOR,
        "by": "p.doe",
        "count": "CC-41",
        "lines": [{"line": "1", "counted": "225"}],
    },
    "stock.moved": {
        **FLOOR,
        "move": "MV-12",
        "lines": [
            {"line": "1", "sku": "CER-001", "lot": "L24A", "location": "TOR-A-01", "quantity": "60", "to": "TOR-B-02"}
        ],
    },
    "stock.status_changed": {
        **FLOOR,
        "change": "ST-5",
        "lines": [
            {
                "line": "1",
                "sku": "CER-001",
                "lot": "L24A",
                "location": "TOR-A-01",
                "quantity": "6",
                "to_status": "damaged",
                "reason": "Wet carton",
            }
        ],
    },
    "goods.returned": {
        **FLOOR,
        **ORDER,
        "return": "RMA-19",
        "lines": [
            {
                "line": "1",
                "sku": "CER-001",
                "lot": "L24A",
                "location": "TOR-RETURNS",
                "quantity": "2",
                "reason": "Taste",
            }
        ],
    },
    "inventory_change": {
        "owner": "acme",
        "site": "TOR",
        "change": "status_changed",
        "document": "ST-5",
        "expected": None,
        "source": None,
        "order": None,
        "by": "scanner-4",
        "occurred_at": "2026-09-01T12:12:00Z",
        "decision": DECISION,
        "lines": [
            {
                "line": "1",
                "sku": "CER-001",
                "lot": "L24A",
                "expires": "2027-06-01",
                "made": "2026-06-01",
                "location": "TOR-A-01",
                "to_location": None,
                "package": None,
                "pack_size": None,
                "returned": False,
                "from_status": "good",
                "to_status": "damaged",
                "quantity": "6",
                "unit": "each",
                "serials": [],
                "reason": "Wet carton",
                "on_hand": [{"status": "damaged", "quantity": "6"}, {"status": "good", "quantity": "222"}],
            }
        ],
    },
}
