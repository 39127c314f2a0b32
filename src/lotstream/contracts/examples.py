"""One example of every message, with plainly made-up names; published, validated and used in tests."""

from __future__ import annotations

from typing import Any

from lotstream.contracts.examples_ends import ENDS
from lotstream.contracts.examples_lots import LOTS, SENT_OF_LOTS
from lotstream.contracts.examples_moving import MOVING
from lotstream.contracts.examples_papers import PAPERS
from lotstream.contracts.examples_recalls import RECALLS
from lotstream.contracts.examples_receipts import RECEIPTS
from lotstream.contracts.examples_returns import RETURNS
from lotstream.contracts.examples_sent import SENT
from lotstream.contracts.examples_stock import FLOOR, ORDER, SSCC, STOCK, TASK

_CERTIFICATE = {
    "type": "organic",
    "number": "CA-ORG-006",
    "issued": "2026-02-01",
    "expires": "2027-01-31",
    "uri": "https://papers.example/ca-org-006",
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
}

_FACTS: dict[str, dict[str, Any]] = {
    "owner.defined": {"owner": "acme", "sites": ["TOR", "CHI"]},
    "settings.changed": {
        "owner": "acme",
        "policy": "FEFO",
        "tie_break": ["received", "lot", "location"],
        "allocate": "at_once",
        "count_approval": {"units": "12", "percent": "5", "value": "250"},
        "min_days_left": 30,
        "exclude_locations": ["TOR-RETURNS"],
        "channels": [
            {"name": "shop", "min_days_left": 60, "exclude_returned": True},
            {"name": "outlet", "sites": ["CHI"]},
        ],
        "availability_every_s": 60,
        "put_away_hints": True,
        "returned_status": "quarantine",
        "hazard_conflicts": [{"hazard": "flammable", "beside": "oxidising"}],
        "zone_rules": [{"zone": "TOR-A", "rule": "packaging", "packs": ["pallet"]}, {"zone": "TOR-B"}],
    },
    "item.defined": {
        "owner": "acme",
        "sku": "CER-001",
        "version": 3,
        "tracking": "lot",
        "base_unit": "each",
        "decimals": 0,
        "units": {"case": "12", "pallet": "480"},
        "gtins": ["00012345600012"],
        "min_days_left": 60,
        "description": "Oat cereal, 500 g",
        "required": ["supplier", "expires"],
        "lot_number": {"kind": "template", "template": "{received:%y%m%d}-{seq:4}", "pattern": "L[0-9A-Z]{1,9}"},
        "shelf_life_days": 365,
    },
    "customer.defined": {
        "owner": "acme",
        "customer": "C-7",
        "version": 1,
        "min_days_left": 90,
        "min_days_left_by_sku": {"CER-001": 120},
    },
    "supplier.defined": {
        "owner": "acme",
        "supplier": "S-3",
        "version": 1,
        "name": "Example Mills",
        "min_days_left": 180,
        "min_days_left_by_sku": {"CER-002": 90},
    },
    "site.defined": {"site": "TOR", "time_zone": "America/Toronto", "calendar": "clock", "reserve": "bin"},
    "location.defined": {"site": "TOR", "location": "TOR-A-01", "parent": "TOR-A", "sequence": 10, "version": 1},
    "day.opened": {"site": "TOR", "date": "2026-09-01"},
    "day.continued": {"owner": "acme", "orders_max": 200},
    "clock.ticked": {"owner": "acme"},
    "broadcast.answered": {"number": 12, "type": "lotstream.day.opened.v1"},
}

_ORDERS: dict[str, dict[str, Any]] = {
    "order.placed": {
        "owner": "acme",
        **ORDER,
        "version": "2026-09-01T14:00:02Z",
        "placed_at": "2026-09-01T14:00:00Z",
        "customer": "C-7",
        "site": None,
        "priority": 0,
        "ship_policy": "partial",
        "ship_to": {
            "name": "Example Person",
            "street": ["1 Example Street"],
            "city": "Columbus",
            "region": "OH",
            "postcode": "43085",
            "country": "US",
        },
        "carrier": {"scac": "UPSN", "service": "Ground"},
        "references": {"po": "PO-9"},
        "lines": [
            {"line": "1", "sku": "CER-001", "quantity": "12", "unit": "each", "min_days_left": 90},
            {"line": "2", "sku": "CER-002", "quantity": "2", "unit": "case", "single_lot": True},
        ],
    },
    "order.cancelled": {"owner": "acme", **ORDER, "version": "2026-09-01T15:00:00Z", "lines": ["2"]},
    "order.released": {"owner": "acme", **ORDER},
    "order.unreserved": {"owner": "acme", **ORDER, "lines": ["1"]},
    "order.closed": {"owner": "acme", **ORDER, "version": "2026-09-03T09:00:00Z"},
    "stock.reserved": {
        "owner": "acme",
        **ORDER,
        "line": "1",
        "lot": "L24A",
        "location": "TOR-A-01",
        "quantity": "12",
        "unit": "each",
    },
    "allocation.requested": {"owner": "acme", "orders": [ORDER]},
}

_GOODS: dict[str, dict[str, Any]] = {
    "stock.received": {
        **FLOOR,
        "receipt": "R-55",
        "expected": "ASN-9",
        "final": False,
        "lines": [
            {
                "line": "1",
                "sku": "CER-001",
                "quantity": "240",
                "unit": "each",
                "lot": "L24A",
                "supplier": "S-3",
                "supplier_lot": "24A",
                "made": "2026-06-01",
                "expires": "2027-06-01",
                "location": "TOR-A-01",
                "status": "good",
                "certificates": [_CERTIFICATE],
                "inspection": {"number": "Q-31", "passed": True, "by": "qa-1", "measured": {"moisture_pct": "11.5"}},
                "details": {"origin": "CA", "facility": "F2"},
            }
        ],
    },
    "balance.opened": {
        "owner": "acme",
        "site": "TOR",
        "by": "go-live",
        "balance": "go-live-2026-09-01",
        "lines": [
            {
                "line": "1",
                "sku": "CER-001",
                "quantity": "37",
                "lot": "L23Z",
                "received": "2026-03-15",
                "expires": "2027-01-31",
                "location": "TOR-A-02",
                "promised_elsewhere": "5",
                "cost": "1.25",
                "certificates": [_CERTIFICATE],
            }
        ],
    },
    "hold.placed": {
        "owner": "acme",
        "hold": "H-12",
        "kind": "hold",
        "sku": "CER-001",
        "lot": "L24A",
        "reason": "Taste",
        "by": "qa-1",
    },
    "hold.lifted": {"owner": "acme", "hold": "H-12", "sku": "CER-001", "lot": "L24A", "by": "qa-2"},
    "pick.confirmed": {
        **FLOOR,
        **ORDER,
        "staged_at": "DOOR-3",
        "lines": [{"task": TASK, "line": "1", "lot": "L24A", "location": "TOR-A-01", "quantity": "12", "unit": "each"}],
    },
    "wave.released": {**FLOOR, "wave": "W-7", "orders": [ORDER, {**ORDER, "order": "#1002"}]},
    "wave.cancelled": {**FLOOR, "wave": "W-7"},
    "pick.started": {**FLOOR, **ORDER, "tasks": [TASK]},
    "pick.undone": {
        **FLOOR,
        **ORDER,
        "lines": [{"task": TASK, "line": "1", "lot": "L24A", "quantity": "3", "unit": "each"}],
    },
    "pick.shorted": {
        **FLOOR,
        **ORDER,
        "staged_at": "DOOR-3",
        "lines": [{"task": TASK, "line": "1", "lot": "L24A", "location": "TOR-A-01", "picked": "9", "unit": "each"}],
    },
    "pick.scanned": {
        **FLOOR,
        **ORDER,
        "happened": False,
        "task": TASK,
        "line": "1",
        "expected": "L24A",
        "scanned": "L24B",
        "location": "TOR-A-01",
    },
    "package.packed": {
        **FLOOR,
        "package": SSCC,
        "kind": "carton",
        "weight_kg": "6.4",
        "lines": [{**ORDER, "line": "1", "task": TASK, "lot": "L24A", "quantity": "12", "unit": "each"}],
    },
    "package.unpacked": {**FLOOR, "package": SSCC},
    "shipment.confirmed": {
        **FLOOR,
        "shipment": "SH-801",
        "orders": [
            {**ORDER, "lines": [{"line": "1", "lot": "L24A", "quantity": "12", "unit": "each", "package": SSCC}]}
        ],
        "packages": [{"sscc": SSCC, "tracking": "EXAMPLE-TRACKING-1", "weight_kg": "6.4"}],
        "scac": "UPSN",
        "bol": "BOL-4",
        "trailer": "T-19",
        "seal": "S-77",
    },
}

_GOODS["shipment.voided"] = {**FLOOR, "shipment": "SH-801", "reason": "Truck did not come"}
_GOODS["shipment.corrected"] = {**_GOODS["shipment.confirmed"], "reason": "Counted again"}


#: Short message name → an example body.
EXAMPLES: dict[str, dict[str, Any]] = {
    **_FACTS,
    **_ORDERS,
    **_GOODS,
    **STOCK,
    **PAPERS,
    **RECEIPTS,
    **ENDS,
    **LOTS,
    **MOVING,
    **RECALLS,
    **RETURNS,
    **SENT,
    **SENT_OF_LOTS,
}
