"""Examples of the messages about the papers and inspections of lots, and about what is put away."""

from __future__ import annotations

from typing import Any

from lotstream.contracts.examples_stock import FLOOR

PAPERS: dict[str, dict[str, Any]] = {
    "lot.inspected": {
        "owner": "acme",
        "inspection": "QI-31",
        "sku": "CER-001",
        "lot": "L24A",
        "stage": "inbound",
        "result": "failed",
        "by": "qa-1",
        "measured": {"moisture_pct": "14.2"},
        "reason": "Too moist",
    },
    "putaway.done": {
        **FLOOR,
        "putaway": "PA-12",
        "task": "77aa0a7be19d4c528d0e6b1f7a2c4d9e",
        "lines": [
            {"line": "1", "sku": "CER-001", "lot": "L24A", "location": "DOCK", "quantity": "60", "to": "TOR-A-01"}
        ],
    },
    "condition.recorded": {
        **FLOOR,
        "condition": "TL-88",
        "kind": "temperature",
        "value": "11.4",
        "location": "TOR-COLD",
        "from": "2026-09-01T02:10:00Z",
        "until": "2026-09-01T03:25:00Z",
        "reason": "Door left open",
    },
    "task.done": {
        **FLOOR,
        "task": "3f5c0a7be19d4c528d0e6b1f7a2c4d9e",
        "kind": "put_back",
        "lines": [
            {"line": "1", "sku": "CER-001", "lot": "L24A", "location": "DOCK", "quantity": "12", "to": "TOR-A-01"}
        ],
    },
    "lot.documented": {
        "owner": "acme",
        "sku": "CER-001",
        "lot": "L24A",
        "documents": [
            {"type": "organic", "number": "CA-ORG-006-2231", "issued": "2026-02-01", "expires": "2027-01-31"}
        ],
        "by": "supplier-desk",
    },
}
