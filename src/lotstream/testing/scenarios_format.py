"""The form of an allocation scenario: which keys there are, and which of them cannot be played yet.

A key that is not listed here is a mistake in the file, and one that is listed as later is known but not supported; both
fail the scenario by name, so that nothing in a file is passed over in silence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

FORMAT = "allocation-scenario/1"

Node = dict[str, Any]


class ScenarioError(Exception):
    """A scenario that cannot be played: its file is wrong, or it asks for what is not supported yet."""


def not_supported(what: str) -> ScenarioError:
    """Return the error of something that is known but not supported yet."""
    return ScenarioError(f"{what} is not supported yet")


_ORDER_LINE = {
    "id", "sku", "qty", "uom", "lot", "serial", "expires_exact", "min_days_left", "min_pct_left", "single_lot",
    "source_location", "pack_size",
}  # fmt: skip
_ORDER = {
    "id", "customer", "priority", "placed_at", "ship_date", "ship_policy", "source_location", "policy", "lines",
}  # fmt: skip
_STOCK = {
    "lot", "sku", "location", "qty", "reserved", "received", "expires", "produced", "hold", "pack_size", "package",
    "returned", "serial", "serial_range",
}  # fmt: skip
_SETTINGS = {
    "policy", "tie_break", "allow_partial", "expired_ok", "min_days_left", "whole_uom", "pack_rule", "zone_rules",
    "exclude_locations", "reallocate", "reassign_partial", "over_pick_pct", "short_pick",
}  # fmt: skip
_CUSTOMER = {
    "id", "policy", "min_days_left", "min_days_left_by_sku", "min_pct_left", "single_lot", "max_lots",
    "exclude_returned", "no_older_than_last_shipped", "last_shipped_expiry",
}  # fmt: skip
_ITEM = {"sku", "tracking", "base_uom", "uoms", "policy", "min_days_left", "kit"}
_LOCATION = {"id", "parent", "sequence", "pickable", "hold", "tier"}
_SHIPPED = {"line", "lot", "qty", "sku", "location"}
_TOP = {
    "format", "id", "title", "source", "category", "oracle", "note", "today", "settings", "customers", "items",
    "locations", "stock", "orders", "steps", "expect",
}  # fmt: skip
_EXPECT = {
    "allocations", "backordered", "shipped", "available", "rejected", "not_used", "after_step", "invariants",
    "any_package_of_size",
}  # fmt: skip
_EXPECTED_LINES = {
    "allocations": {
        "order", "line", "sku", "lot", "location", "qty", "pack_size", "package", "serial", "serials",
    },
    "backordered": {"order", "line", "qty", "sku"},
    "shipped": {"order", "line", "lot", "qty", "sku"},
    "available": {"sku", "lot", "location", "qty"},
    "rejected": {"step", "reason"},
    "not_used": {"order", "line", "sku", "lot", "reason"},
    "after_step": {"step", "order", "allocated", "backordered", "shipped"},
}  # fmt: skip
_INVARIANTS = {
    "allocated_total", "backordered_total", "demand_total", "orders_fully_allocated", "orders_with_nothing",
    "allocated", "max_reserved_per_lot", "on_hand", "pick_tasks", "disjoint_serials", "errors_to_caller",
    "deadlocks_seen_by_caller", "retries_asked_of_caller",
}  # fmt: skip
#: Verb of a step and the keys its mapping may have; None where it takes no mapping.
STEPS: dict[str, set[str] | None] = {
    "allocate": None,
    "order": _ORDER,
    "reserve": {"order", "line", "lot", "qty", "location", "sku"},
    "cancel": {"order", "line"},
    "release": None,
    "receive": _STOCK,
    "adjust": {"lot", "location", "qty", "sku"},
    "count": {"lot", "location", "qty", "sku"},
    "hold": {"lot", "location", "sku"},
    "unhold": {"lot", "location", "sku"},
    "recall": {"lot", "sku"},
    "today": None,
    "pick": {"order", "line", "lot", "qty", "location"},
    "short_pick": {"order", "line", "lot", "location", "picked"},
    "scan_lot": {"order", "line", "expected", "scanned", "qty"},
    "change_qty": {"order", "line", "qty"},
    "ship": {"order", "lines"},
    "return": {"order", "lot", "qty", "location", "sku", "line"},
    "move": {"lot", "from", "to", "qty", "sku"},
    "set": _SETTINGS,
    "concurrent": {"verb", "orders", "workers", "repeat", "verbs"},
    "crash_and_replay": {"after_orders"},
}
#: Steps that may be said by a name alone, such as an order or a date; all others take a mapping.
_BY_NAME = {"allocate", "cancel", "pick", "release", "ship", "today"}
#: Known to the format, but not to be played yet; with the value that means the same as leaving it out.
LATER_STEPS = {"reserve", "release", "adjust", "count", "short_pick", "scan_lot", "return", "move"}
_LATER: dict[str, dict[str, Any]] = {
    "settings": {
        "pack_rule": "never_over", "zone_rules": [], "reallocate": "auto", "reassign_partial": False,
        "over_pick_pct": 0, "short_pick": "reallocate",
    },
    "customers": {
        "single_lot": False, "max_lots": None, "exclude_returned": False, "no_older_than_last_shipped": False,
        "last_shipped_expiry": {},
    },
    "items": {"kit": None},
    "stock": {"serial": None, "serial_range": None},
    "lines": {"serial": None},
}  # fmt: skip


def check(scenario: object) -> Node:
    """Return a scenario whose keys are all known and can all be played; raises `ScenarioError`."""
    node = _mapping(scenario, "the file")
    _known(node, _TOP, "")
    if node.get("format") != FORMAT:
        raise ScenarioError(f"format is {node.get('format')}, not {FORMAT}")
    for name in ("id", "today", "items"):
        if not node.get(name):
            raise ScenarioError(f"{name} is missing")
    check_settings(_mapping(node.get("settings") or {}, "settings"), "settings")
    _each(node, "customers", _check_part("customers", _CUSTOMER))
    _each(node, "items", _check_part("items", _ITEM))
    _each(node, "locations", _check_part("locations", _LOCATION))
    _each(node, "stock", _check_part("stock", _STOCK))
    _each(node, "orders", check_order)
    _each(node, "steps", _check_step)
    _check_expect(_mapping(node.get("expect"), "expect"))
    return node


def check_settings(node: Node, path: str) -> None:
    """Check the keys of settings."""
    _check_part("settings", _SETTINGS)(node, path)


def check_order(node: Node, path: str) -> None:
    """Check the keys of an order and its lines."""
    _known(node, _ORDER, path)
    _each(node, "lines", _check_part("lines", _ORDER_LINE), path)


def _check_part(part: str, keys: set[str]) -> Callable[[Node, str], None]:
    later = _LATER.get(part, {})

    def look(node: Node, path: str) -> None:
        _known(node, keys, path)
        for key, usual in later.items():
            if node.get(key, usual) != usual:
                raise not_supported(f"{path}.{key}: {node[key]}")

    return look


def _check_step(node: Node, path: str) -> None:
    if len(node) != 1:
        raise ScenarioError(f"{path} has {len(node)} verbs, not one")
    verb, said = next(iter(node.items()))
    _check_verb(verb, path)
    keys = STEPS[verb]
    if verb in _BY_NAME and not isinstance(said, dict):
        return
    if keys is None:
        raise ScenarioError(f"{path}.{verb} takes no mapping")
    _known(_mapping(said, f"{path}.{verb}"), keys, f"{path}.{verb}")
    if verb == "order":
        check_order(said, f"{path}.order")
    elif verb == "set":
        check_settings(said, f"{path}.set")
    elif verb == "receive":
        _check_part("stock", _STOCK)(said, f"{path}.receive")
    elif verb == "concurrent":
        _check_concurrent(said, f"{path}.concurrent")
    elif verb == "ship":
        _each(said, "lines", lambda line, at: _known(line, _SHIPPED, at), f"{path}.ship")


def _check_verb(verb: object, path: str) -> None:
    if verb not in STEPS:
        raise ScenarioError(f"{path}.{verb} is no step that is known")
    if verb in LATER_STEPS:
        raise not_supported(f"Step {verb}")


def _check_concurrent(said: Node, path: str) -> None:
    """Check steps that are said at once: each by itself, or one verb for many orders."""
    _each(said, "verbs", _check_step, path)
    if said.get("verbs"):
        return
    _check_verb(said.get("verb"), path)
    if said["verb"] not in _BY_NAME:
        raise ScenarioError(f"{path}.verb {said['verb']} cannot be said of an order by its name alone")


def _check_expect(expect: Node) -> None:
    _known(expect, _EXPECT, "expect")
    for name, keys in _EXPECTED_LINES.items():
        if not isinstance(expect.get(name), list | None):
            raise ScenarioError(f"expect.{name} is no list")
        for index, line in enumerate(expect.get(name) or []):
            if isinstance(line, dict):
                _known(line, keys, f"expect.{name}.{index}")
            elif name != "rejected":
                raise ScenarioError(f"expect.{name}.{index} is no mapping")
    _known(_mapping(expect.get("invariants") or {}, "expect.invariants"), _INVARIANTS, "expect.invariants")


def _each(node: Node, name: str, look: Callable[[Node, str], None], path: str = "") -> None:
    for at, part in _listed(node.get(name), f"{path}.{name}".lstrip(".")):
        look(part, at)


def _listed(parts: object, path: str) -> Iterator[tuple[str, Node]]:
    if not isinstance(parts, list | None):
        raise ScenarioError(f"{path} is no list")
    for index, part in enumerate(parts or []):
        yield f"{path}.{index}", _mapping(part, f"{path}.{index}")


def _known(node: Node, keys: set[str], path: str) -> None:
    for key in node:
        if key not in keys:
            raise ScenarioError(f"{path}.{key} is no key that is known".lstrip("."))


def _mapping(value: object, path: str) -> Node:
    if not isinstance(value, dict):
        raise ScenarioError(f"{path} is no mapping")
    return value
