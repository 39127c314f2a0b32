"""The words of an allocation scenario: every key there is, and what is said of a file that has another."""

from __future__ import annotations

from typing import Any

FORMAT = "allocation-scenario/1"

Node = dict[str, Any]


class ScenarioError(Exception):
    """A scenario that cannot be played: its file is wrong, or it asks for what is not supported yet."""


def not_supported(what: str) -> ScenarioError:
    """Return the error of something that is known but not supported yet."""
    return ScenarioError(f"{what} is not supported yet")


ORDER_LINE_KEYS = frozenset(
    {
        "id", "sku", "qty", "uom", "lot", "serial", "expires_exact", "min_days_left", "min_pct_left", "single_lot",
        "max_lots", "policy", "ship_date", "source_location", "pack_size",
    }
)  # fmt: skip
ORDER_KEYS = frozenset(
    {"id", "customer", "priority", "placed_at", "ship_date", "ship_policy", "source_location", "policy", "lines"}
)
STOCK_KEYS = frozenset(
    {
        "lot", "sku", "location", "qty", "reserved", "received", "expires", "produced", "hold", "pack_size", "package",
        "returned", "serial", "serial_range",
    }
)  # fmt: skip
SETTINGS_KEYS = frozenset(
    {
        "policy", "tie_break", "allow_partial", "expired_ok", "min_days_left", "whole_uom", "pack_rule", "zone_rules",
        "exclude_locations", "reallocate", "reassign_partial", "over_pick_pct", "short_pick",
    }
)  # fmt: skip
ZONE_RULE_KEYS = frozenset({"zone", "rule", "packs"})
CUSTOMER_KEYS = frozenset(
    {
        "id", "policy", "min_days_left", "min_days_left_by_sku", "min_pct_left", "single_lot", "max_lots",
        "exclude_returned", "no_older_than_last_shipped", "last_shipped_expiry",
    }
)  # fmt: skip
ITEM_KEYS = frozenset({"sku", "tracking", "base_uom", "uoms", "policy", "min_days_left", "kit"})
LOCATION_KEYS = frozenset({"id", "parent", "sequence", "pickable", "hold", "tier"})
TOP_KEYS = frozenset(
    {
        "format", "id", "title", "source", "category", "oracle", "note", "today", "settings", "customers", "items",
        "locations", "stock", "orders", "steps", "expect",
    }
)  # fmt: skip
EXPECT_KEYS = frozenset(
    {
        "allocations", "backordered", "shipped", "available", "rejected", "not_used", "after_step", "invariants",
        "any_package_of_size",
    }
)  # fmt: skip
#: What the lines of each list under ``expect`` may say.
EXPECTED_LINE_KEYS: dict[str, frozenset[str]] = {
    "allocations": frozenset(
        {
            "order",
            "line",
            "sku",
            "lot",
            "location",
            "qty",
            "pack_size",
            "package",
            "serial",
            "serials",
            "any_package_of_size",
        }
    ),
    "backordered": frozenset({"order", "line", "qty", "sku"}),
    "shipped": frozenset({"order", "line", "sku", "lot", "location", "qty", "serial", "serials"}),
    "available": frozenset({"sku", "lot", "location", "qty"}),
    "rejected": frozenset({"step", "reason"}),
    "not_used": frozenset({"order", "line", "sku", "lot", "reason"}),
    "after_step": frozenset({"step", "order", "allocated", "backordered", "shipped"}),
}
INVARIANT_KEYS = frozenset(
    {
        "allocated_total", "backordered_total", "demand_total", "orders_fully_allocated", "orders_with_nothing",
        "allocated", "max_reserved_per_lot", "on_hand", "pick_tasks", "disjoint_serials", "errors_to_caller",
        "deadlocks_seen_by_caller", "retries_asked_of_caller",
    }
)  # fmt: skip
#: Invariants whose value is a mapping.
PER_NAME = frozenset({"allocated", "max_reserved_per_lot", "on_hand"})
