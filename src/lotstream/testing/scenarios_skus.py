"""Which SKU an expected line of a scenario means that names none."""

from __future__ import annotations

from collections.abc import Callable

from lotstream.testing.scenarios_format import Node
from lotstream.testing.scenarios_messages import all_steps
from lotstream.testing.scenarios_words import text


def skus_meant(scenario: Node) -> Callable[[Node], str | None]:
    """Return a function that finds the SKU an expected line means; None where the line is for a kit and may mean any.

    A line for a kit is promised components, and its lot says which one where one of them alone has it.
    """
    usual = str(scenario["items"][0]["sku"])
    wanted: dict[tuple[str, str], str] = {}
    orders = [
        *(scenario.get("orders") or []),
        *(step["order"] for step in all_steps(scenario.get("steps") or []) if "order" in step),
    ]
    for order in orders:
        for at, line in enumerate(order.get("lines") or [], 1):
            wanted[str(order["id"]), str(line.get("id", at))] = str(line.get("sku", usual))
    kits = {str(item["sku"]) for item in scenario["items"] if item.get("kit")}
    of_kits = _skus_in_kits(scenario)

    def find(line: Node) -> str | None:
        sku = wanted.get((str(line.get("order")), str(line.get("line", 1))), usual)
        if line.get("sku") is not None:
            return str(line["sku"])
        return of_kits.get((sku, text(line.get("lot")))) if sku in kits else sku

    return find


def _skus_in_kits(scenario: Node) -> dict[tuple[str, str | None], str]:
    """Return what a lot is one of on a line for a kit: a component, where its number alone says which."""
    usual = scenario["items"][0]["sku"]
    received = [step["receive"] for step in all_steps(scenario.get("steps") or []) if "receive" in step]
    rows = [*(scenario.get("stock") or []), *received]
    found: dict[tuple[str, str | None], set[str]] = {}
    for item in scenario["items"]:
        for row in rows:
            if (sku := str(row.get("sku", usual))) in {str(item["sku"]), *map(str, item.get("kit") or {})}:
                found.setdefault((str(item["sku"]), text(row.get("lot"))), set()).add(sku)
    return {name: skus.pop() for name, skus in found.items() if len(skus) == 1}
