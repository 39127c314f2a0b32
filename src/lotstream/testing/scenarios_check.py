"""Check the form of a scenario before it is played: a key that is not known fails it by name, wherever it stands."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from lotstream.testing.scenarios_format import (
    CUSTOMER_KEYS,
    EXPECT_KEYS,
    EXPECTED_LINE_KEYS,
    FORMAT,
    INVARIANT_KEYS,
    ITEM_KEYS,
    LOCATION_KEYS,
    ORDER_KEYS,
    ORDER_LINE_KEYS,
    PER_NAME,
    SETTINGS_KEYS,
    STOCK_KEYS,
    TOP_KEYS,
    ZONE_RULE_KEYS,
    Node,
    ScenarioError,
)
from lotstream.testing.scenarios_steps import STEPS
from lotstream.testing.scenarios_steps_floor import SHIPPED_KEYS

Look = Callable[[Node, str], None]

#: Steps that stand for others: how they are played is the play's own matter.
_CONCURRENT_KEYS = frozenset({"verb", "orders", "workers", "repeat", "verbs"})
_CRASH_KEYS = frozenset({"after_orders"})


def check(scenario: object) -> Node:
    """Return a scenario whose keys are all known; raises `ScenarioError`."""
    node = _mapping(scenario, "the file")
    _known(node, TOP_KEYS, "")
    if node.get("format") != FORMAT:
        raise ScenarioError(f"format is {node.get('format')}, not {FORMAT}")
    for name in ("id", "today", "items"):
        if not node.get(name):
            raise ScenarioError(f"{name} is missing")
    _settings(_mapping(node.get("settings") or {}, "settings"), "settings")
    _each(node, "customers", _keys(CUSTOMER_KEYS, "min_days_left_by_sku", "last_shipped_expiry"))
    _each(node, "items", _keys(ITEM_KEYS, "uoms", "kit"))
    _each(node, "locations", _keys(LOCATION_KEYS))
    _each(node, "stock", _stock)
    _each(node, "orders", _order)
    _each(node, "steps", _step)
    _expect(_mapping(node.get("expect"), "expect"))
    return node


def _settings(node: Node, path: str) -> None:
    _known(node, SETTINGS_KEYS, path)
    _each(node, "zone_rules", _keys(ZONE_RULE_KEYS), path)


def _order(node: Node, path: str) -> None:
    _known(node, ORDER_KEYS, path)
    _each(node, "lines", _keys(ORDER_LINE_KEYS), path)


def _stock(node: Node, path: str) -> None:
    _known(node, STOCK_KEYS, path)
    if node.get("qty") is None and node.get("serial") is None and node.get("serial_range") is None:
        raise ScenarioError(f"{path}.qty is missing")


def _step(node: Node, path: str) -> None:
    if len(node) != 1:
        raise ScenarioError(f"{path} has {len(node)} verbs, not one")
    verb, said = next(iter(node.items()))
    path = f"{path}.{verb}"
    if verb == "concurrent":
        _concurrent(_mapping(said, path), path)
    elif verb == "crash_and_replay":
        _known(_mapping(said, path), _CRASH_KEYS, path)
    elif verb not in STEPS:
        raise ScenarioError(f"{path} is no step that is known")
    else:
        _said(str(verb), said, path)


def _said(verb: str, said: object, path: str) -> None:
    step = STEPS[verb]
    if step.by_name and not isinstance(said, dict):
        return
    if step.keys is None:
        raise ScenarioError(f"{path} takes no mapping")
    node = _mapping(said, path)
    _known(node, step.keys, path)
    if (look := _PARTS.get(verb)) is not None:
        look(node, path)


def _shipped(node: Node, path: str) -> None:
    _each(node, "lines", _keys(SHIPPED_KEYS), path)


_PARTS: dict[str, Look] = {"order": _order, "set": _settings, "receive": _stock, "ship": _shipped}


def _concurrent(said: Node, path: str) -> None:
    """Check steps that are said at once: each by itself, or one verb for many orders."""
    _known(said, _CONCURRENT_KEYS, path)
    _each(said, "verbs", _step, path)
    if said.get("verbs"):
        return
    verb, orders = str(said.get("verb")), said.get("orders")
    if verb not in STEPS:
        raise ScenarioError(f"{path}.verb: {verb} is no step that is known")
    for index, one in enumerate(orders if isinstance(orders, list) else [orders]):
        if isinstance(one, dict):
            _said(verb, one, f"{path}.orders.{index}")
        elif not STEPS[verb].by_name:
            raise ScenarioError(f"{path}.verb {verb} cannot be said of an order by its name alone")


def _expect(expect: Node) -> None:
    _known(expect, EXPECT_KEYS, "expect")
    if isinstance(expect.get("rejected"), int):
        expect["rejected"] = [expect["rejected"]]
    for name, keys in EXPECTED_LINE_KEYS.items():
        if not isinstance(expect.get(name), list | None):
            raise ScenarioError(f"expect.{name} is no list")
        for index, line in enumerate(expect.get(name) or []):
            if isinstance(line, dict):
                _known(line, keys, f"expect.{name}.{index}")
            elif name != "rejected" or not isinstance(line, int):
                raise ScenarioError(f"expect.{name}.{index} is no mapping")
    invariants = _mapping(expect.get("invariants") or {}, "expect.invariants")
    _known(invariants, INVARIANT_KEYS, "expect.invariants")
    for name, value in invariants.items():
        if name in PER_NAME:
            _mapping(value, f"expect.invariants.{name}")
        elif isinstance(value, dict | list | None):
            raise ScenarioError(f"expect.invariants.{name} is no number")


def _keys(keys: Collection[str], *mappings: str) -> Look:
    """Return what looks at the keys of a mapping, and that those of ``mappings`` that are there are mappings too."""

    def look(node: Node, path: str) -> None:
        _known(node, keys, path)
        for name in mappings:
            _mapping(node.get(name) or {}, f"{path}.{name}")

    return look


def _each(node: Node, name: str, look: Look, path: str = "") -> None:
    for at, part in _listed(node.get(name), f"{path}.{name}".lstrip(".")):
        look(part, at)


def _listed(parts: object, path: str) -> Iterator[tuple[str, Node]]:
    if not isinstance(parts, list | None):
        raise ScenarioError(f"{path} is no list")
    for index, part in enumerate(parts or []):
        yield f"{path}.{index}", _mapping(part, f"{path}.{index}")


def _known(node: Node, keys: Collection[str], path: str) -> None:
    for key in node:
        if key not in keys:
            raise ScenarioError(f"{path}.{key} is no key that is known".lstrip("."))


def _mapping(value: object, path: str) -> Node:
    if not isinstance(value, dict):
        raise ScenarioError(f"{path} is no mapping")
    return value
