"""Examples of messages about recalls."""

from __future__ import annotations

from typing import Any

from lotstream.contracts.examples_stock import DECISION, ORDER

_CONSIGNEE = "3f6a0c41d2b7e895"

RECALLS: dict[str, dict[str, Any]] = {
    "lot.recalled": {
        "owner": "acme",
        "recall": "RC-1",
        "reason": "Label without allergen",
        "lots": [{"sku": "CER-001", "lot": "L24A"}],
        "by": "quality",
        "subject": "Recall of CER-001, lot 24A",
        "text": "Please stop selling it and tell us how much of it you have.",
    },
    "recall.answered": {
        "owner": "acme",
        "recall": "RC-1",
        "consignee": _CONSIGNEE,
        "answer": "returned",
        "lots": [{"sku": "CER-001", "lot": "L24A", "returned": "10", "destroyed": "2"}],
        "by": "mail desk",
    },
    "recall.closed": {"owner": "acme", "recall": "RC-1", "by": "quality"},
    "recall_letter": {
        "owner": "acme",
        "recall": "RC-1",
        "reason": "Label without allergen",
        "subject": "Recall of CER-001, lot 24A",
        "text": "Please stop selling it and tell us how much of it you have.",
        "consignee": _CONSIGNEE,
        "customer": "C-7",
        "ship_to": {
            "name": "Example Consignee",
            "company": None,
            "street": ["1 Example Street"],
            "city": "Columbus",
            "region": "OH",
            "postcode": "43085",
            "country": "US",
            "phone": None,
            "email": None,
        },
        "lots": [
            {
                "sku": "CER-001",
                "lot": "L24A",
                "expires": "2027-06-01",
                "quantity": "12",
                "returned": "0",
                "unit": "each",
            }
        ],
        "orders": [ORDER],
        "orders_count": 1,
        "decision": DECISION,
    },
}
