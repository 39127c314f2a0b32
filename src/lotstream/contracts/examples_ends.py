"""Examples of the messages about beginnings and ends."""

from __future__ import annotations

from typing import Any

ENDS: dict[str, dict[str, Any]] = {
    "person.erased": {
        "owner": "acme",
        "request": "redact-8812",
        "orders": [{"source": "shopify:example-shop", "order": "#1001"}],
        "by": "privacy-desk",
    },
}
