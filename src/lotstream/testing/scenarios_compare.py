"""Compare what a scenario expects with what came out; each difference is a sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal

from lotstream.testing.scenarios_format import Node
from lotstream.testing.scenarios_messages import all_steps
from lotstream.testing.scenarios_skus import skus_meant
from lotstream.testing.scenarios_words import STOCK, serials, text

Key = tuple[str | None, ...]

_REJECTED = "rejected"
_OF_AN_ALLOCATION = ("order", "line", "sku", "lot", "location", "package", "pack_size")


def differences(scenario: Node, out: Node) -> list[str]:
    """Return how an outcome differs from what a scenario expects; with ``oracle: skip`` only its invariants count."""
    expect = scenario["expect"]
    found = [f"the ledger is not sound: {sentence}" for sentence in out["invariants"]["broken"]]
    found += _invariants(expect.get("invariants") or {}, out["invariants"])
    if scenario.get("oracle") != "skip":
        for name, compare in _COMPARE.items():
            if name in expect or name == _REJECTED:
                found += compare(expect, out, scenario)
    # Not wrong by itself: an order that should be refused has nothing allocated and nothing backordered.
    if found:
        found += [f"order {order} was refused: {why}" for order, why in out["refused_orders"].items()]
    return found


def _quantity(value: object) -> Decimal:
    return Decimal(str(value))


def _added_up(lines: Iterable[Node], keys: tuple[str, ...]) -> dict[Key, Decimal]:
    sums: dict[Key, Decimal] = {}
    for line in lines:
        key = tuple(_part(name, line.get(name)) for name in keys)
        sums[key] = sums.get(key, Decimal(0)) + _quantity(line["qty"])
    return {key: total for key, total in sums.items() if total}


def _part(name: str, value: object) -> str | None:
    """Return a part of a key as text; 6 and 6.0 are one size."""
    if name == "pack_size" and isinstance(value, int | float | Decimal):
        return f"{_quantity(value).normalize():f}"
    return text(value)


def _compare_sums(
    name: str, expected: dict[Key, Decimal], came: dict[Key, Decimal], keys: tuple[str, ...]
) -> Iterator[str]:
    for key in sorted(expected.keys() | came.keys(), key=str):
        if expected.get(key, 0) != came.get(key, 0):
            where = ", ".join(f"{part} {value}" for part, value in zip(keys, key, strict=True) if value is not None)
            yield f"{name}: {where}: expected {expected.get(key, 0):f}, came out {came.get(key, 0):f}"


def _allocations(expect: Node, out: Node, scenario: Node) -> Iterator[str]:
    expected, came = _lines(scenario, expect["allocations"] or [], out["allocations"])
    by_size = any(node.get("any_package_of_size") for node in (expect, *expected))
    loose = {"package"} if by_size else set()
    if by_size:
        sizes = _package_sizes(scenario)
        came = [{**line, "pack_size": line["pack_size"] or sizes.get(line["package"])} for line in came]
    loose |= {name for name in ("package", "pack_size") if not any(name in line for line in expected)}
    keys = tuple(name for name in _OF_AN_ALLOCATION if name not in loose)
    yield from _compare_sums("allocations", _added_up(expected, keys), _added_up(came, keys), keys)
    yield from _serials("allocations", expected, came)


def _package_sizes(scenario: Node) -> dict[str | None, Decimal]:
    """Return what was in each package when it came, which is its size where its row names none."""
    received = [step["receive"] for step in all_steps(scenario.get("steps") or []) if "receive" in step]
    sizes: dict[str | None, Decimal] = {}
    for row in (*(scenario.get("stock") or []), *received):
        if row.get("package") is not None:
            package = text(row["package"])
            sizes[package] = sizes.get(package, Decimal(0)) + _quantity(row["qty"])
    return sizes


def _lines(scenario: Node, expected: Iterable[Node], came: Iterable[Node]) -> tuple[list[Node], list[Node]]:
    """Return expected lines with all that they leave unsaid, and those that came out as far as they can be compared."""
    sku_of = skus_meant(scenario)
    lines = [
        {**line, "line": line.get("line", 1), "sku": sku_of(line), "location": line.get("location", STOCK)}
        for line in expected
    ]
    vague = {_order_line(line) for line in lines if line["sku"] is None}
    both = ([{**line, "sku": None} if _order_line(line) in vague else line for line in some] for some in (lines, came))
    return next(both), next(both)


def _order_line(line: Node) -> Key:
    return text(line.get("order")), text(line["line"])


def _serials(name: str, expected: Iterable[Node], came: Iterable[Node]) -> Iterator[str]:
    """Compare the serial numbers that a file names; it need not name any."""
    held = {(line["order"], line["line"], number) for line in came for number in line.get("serials", ())}
    for line in expected:
        for number in serials(line):
            if (str(line.get("order")), str(line["line"]), number) not in held:
                yield f"{name}: order {line.get('order')}, line {line['line']}: serial {number} is not there"


def _backordered(expect: Node, out: Node, _scenario: Node) -> Iterator[str]:
    keys = ("order", "line")
    expected = [{**line, "line": line.get("line", 1)} for line in expect["backordered"] or []]
    yield from _compare_sums("backordered", _added_up(expected, keys), _added_up(out["backordered"], keys), keys)


def _shipped(expect: Node, out: Node, scenario: Node) -> Iterator[str]:
    """Compare SKU and bin too where a file names one."""
    lines = expect["shipped"] or []
    expected, came = _lines(scenario, lines, out["shipped"])
    named = tuple(name for name in ("sku", "location") if any(name in line for line in lines))
    keys = ("order", "line", "lot", *named)
    yield from _compare_sums("shipped", _added_up(expected, keys), _added_up(came, keys), keys)
    yield from _serials("shipped", expected, came)


def _available(expect: Node, out: Node, _scenario: Node) -> Iterator[str]:
    for line in expect["available"] or []:
        names = [name for name in ("sku", "lot", "location") if name in line]
        rows = [row for row in out["available"] if all(text(row[name]) == text(line[name]) for name in names)]
        came = sum((_quantity(row["qty"]) for row in rows), Decimal(0))
        if came != _quantity(line["qty"]):
            where = ", ".join(f"{name} {line[name]}" for name in names)
            yield f"available: {where}: expected {line['qty']}, came out {came:f}"


def _rejected(expect: Node, out: Node, scenario: Node) -> Iterator[str]:
    """Compare the steps that were refused; a file that names none expects every step to be done.

    A step that says what one before it has said is a repeat: it has to change nothing, and may be refused for that.
    """
    steps = scenario.get("steps") or []
    repeats = {at for at, step in enumerate(steps) if step in steps[:at]} if _REJECTED not in expect else set()
    expected = {line["step"] if isinstance(line, dict) else line for line in expect.get(_REJECTED) or []}
    came = {line["step"]: line["reason"] for line in out["rejected"]}
    for step in sorted(expected - came.keys()):
        yield f"rejected: step {step} should have been refused and was not"
    for step in sorted(came.keys() - expected - repeats):
        yield f"rejected: step {step} was refused and should not have been: {came[step]}"


def _not_used(expect: Node, out: Node, _scenario: Node) -> Iterator[str]:
    for line in expect["not_used"] or []:
        names = [name for name in line if name != "reason"]
        reasons = sorted(
            {row["reason"] for row in out["not_used"] if all(text(row[name]) == text(line[name]) for name in names)}
        )
        if line["reason"] not in reasons:
            where = ", ".join(f"{name} {line[name]}" for name in names)
            yield f"not_used: {where}: expected {line['reason']}, came out {', '.join(reasons) or 'no reason'}"


def _after_step(expect: Node, out: Node, _scenario: Node) -> Iterator[str]:
    came = {(line["step"], line["order"]): line for line in out["after_step"]}
    for line in expect["after_step"] or []:
        step, order = line["step"], text(line.get("order"))
        sums = came.get((step, order))
        if sums is None:
            yield f"after_step: there is no step {step}" + (f" with order {order}" if order is not None else "")
            continue
        for name in ("allocated", "backordered", "shipped"):
            if name in line and _quantity(line[name]) != _quantity(sums[name]):
                of = f" of {order}" if order is not None else ""
                yield f"after_step: step {step}: {name}{of}: expected {line[name]}, came out {sums[name]}"


def _invariants(expected: Node, came: Node) -> Iterator[str]:
    for name, value in expected.items():
        if name == "max_reserved_per_lot":
            yield from _at_most(value, came[name])
        elif isinstance(value, dict):
            for part, units in value.items():
                if _quantity(units) != _quantity(came[name].get(str(part), 0)):
                    yield f"invariants: {name} of {part}: expected {units}, came out {came[name].get(str(part), 0)}"
        elif not _same(value, came[name]):
            yield f"invariants: {name}: expected {value}, came out {came[name]}"


def _at_most(expected: Node, came: Node) -> Iterator[str]:
    for lot, most in expected.items():
        if _quantity(came.get(str(lot), 0)) > _quantity(most):
            yield f"invariants: lot {lot} has {came[str(lot)]} reserved, more than {most}"


def _same(expected: object, came: object) -> bool:
    if isinstance(expected, bool) or isinstance(came, bool):
        return bool(expected == came)
    return _quantity(expected) == _quantity(came)


_COMPARE: dict[str, Callable[[Node, Node, Node], Iterator[str]]] = {
    "allocations": _allocations,
    "backordered": _backordered,
    "shipped": _shipped,
    "available": _available,
    _REJECTED: _rejected,
    "not_used": _not_used,
    "after_step": _after_step,
}
