"""A scenario's words become inbound messages: who and what there is, what lies where, what is ordered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from lotstream.contracts.limits import LINES_MAX, SERIALS_MAX
from lotstream.domain.filling import ON_REQUEST
from lotstream.testing.scenarios_format import Node, ScenarioError
from lotstream.testing.scenarios_kits import taken_apart
from lotstream.testing.scenarios_warehouse import SOURCE, Message
from lotstream.testing.scenarios_words import (
    DECIMALS,
    STOCK,
    day,
    midnight,
    moment,
    name,
    number,
    number_or_none,
    serials,
    text,
    whole,
)

#: A scenario declares no sites: everything in it is one.
SITE = "SITE"

#: Settings that have the same name in a message; whole_uom, exclude_locations and sites have not.
_SETTINGS = (
    "policy", "tie_break", "allow_partial", "expired_ok", "min_days_left", "pack_rule", "zone_rules", "reallocate",
    "reassign_partial", "over_pick_pct", "short_pick",
)  # fmt: skip
#: What a setting is when a file names it and means the usual: not sent.
_USUAL: Node = {
    "pack_rule": "never_over", "zone_rules": [], "reallocate": "auto", "reassign_partial": False, "over_pick_pct": 0,
    "short_pick": "reallocate", "single_lot": False, "exclude_returned": False, "no_older_than_last_shipped": False,
    "last_shipped_expiry": {}, "kit": {},
}  # fmt: skip
_QUANTITIES = {"min_pct_left", "over_pick_pct"}
_COUNTS = {"min_days_left", "max_lots"}


@dataclass(slots=True)
class Writer:
    """Writes a scenario's messages: every one names the owner, and its time is the midnight of the scenario's today."""

    owner: str
    site: str
    #: The scenario's today.
    today: date
    #: What a stock row or a line means that names no SKU.
    usual_sku: str

    def of_owner(self, name: str, id: str, **body: object) -> Message:
        """Return a message of the owner."""
        return Message(name, id, {"owner": self.owner, **body})

    def of_order(self, name: str, id: str, order: object, **body: object) -> Message:
        """Return a message about one order."""
        return self.of_owner(name, id, source=SOURCE, order=_key(order), **body)

    def of_floor(self, name: str, id: str, **body: object) -> Message:
        """Return a message that asks for something on the floor, today unless its body says when."""
        asked = {"site": self.site, "happened": False, "occurred_at": _instant(midnight(self.today)), **body}
        return self.of_owner(name, id, **asked)

    def sku(self, node: Node) -> str:
        """Return the SKU that a row, a line or a step is about."""
        return str(node.get("sku") or self.usual_sku)


def _key(order: object) -> str:
    return name(order)


def _instant(when: datetime) -> str:
    return when.isoformat()


def settings(to: Writer, node: Node, *, id: str) -> Message:
    """Return the message of a scenario's settings; it is decided on request."""
    body = _known(node, _SETTINGS)
    if node.get("zone_rules"):
        body["zone_rules"] = [_zone_rule(rule) for rule in node["zone_rules"]]
    if node.get("whole_uom") is not None:
        body["whole_unit"] = node["whole_uom"]
    excluded = [str(location) for location in node.get("exclude_locations") or ()]
    return to.of_owner("settings.changed", id, allocate=ON_REQUEST, sites=[to.site], exclude_locations=excluded, **body)


def _zone_rule(node: Node) -> Node:
    packs = {"packs": [str(pack) for pack in node["packs"]]} if node.get("packs") else {}
    return {"zone": name(node.get("zone")), **_known(node, ("rule",)), **packs}


def _known(node: Node, names: tuple[str, ...]) -> dict[str, Any]:
    """Return the entries of a mapping that say something other than leaving them out."""
    return {
        key: _value(key, node[key])
        for key in names
        if node.get(key) is not None and (key not in _USUAL or node[key] != _USUAL[key])
    }


def _value(key: str, said: object) -> object:
    if key in _QUANTITIES:
        return number(said)
    return whole(said) if key in _COUNTS else said


def facts(to: Writer, scenario: Node) -> Iterator[Message]:
    """Yield the messages that define a scenario's items and customers; what is named and not listed is an item too."""
    listed = taken_apart({name(node.get("sku")): node for node in scenario["items"]})
    parts = [sku for node in scenario["items"] for sku in node.get("kit") or {}]
    for sku in dict.fromkeys([*listed, *map(name, [*parts, *_named(scenario)])]):
        yield _item(to, listed.get(sku, {"sku": sku}))
    for node in scenario.get("customers") or []:
        yield customer(to, node)


def _named(scenario: Node) -> Iterator[object]:
    """Yield the SKUs that lie in stock, are ordered or come in."""
    steps = list(all_steps(scenario.get("steps") or []))
    orders = [*(scenario.get("orders") or []), *(step["order"] for step in steps if "order" in step)]
    rows = [*(scenario.get("stock") or []), *(step["receive"] for step in steps if "receive" in step)]
    for node in (*rows, *(line for order in orders for line in order.get("lines") or [])):
        if node.get("sku") is not None:
            yield node["sku"]


def all_steps(steps: Iterable[Node]) -> Iterator[Node]:
    """Yield steps one by one, those included that are said at once."""
    for step in steps:
        said = step.get("concurrent")
        if not isinstance(said, dict):
            yield step
            continue
        yield from all_steps(said.get("verbs") or [])
        orders = said.get("orders")
        yield from ({said["verb"]: one} for one in (orders if isinstance(orders, list) else []) if said.get("verb"))


def locations(site: str, scenario: Node) -> Iterator[Message]:
    """Yield the messages that define a scenario's locations: told to every partition, so they name no owner."""
    for place, node in enumerate(scenario.get("locations") or [], 1):
        body = {
            "site": site,
            "location": name(node.get("id")),
            "parent": text(node.get("parent")),
            "sequence": whole(node.get("sequence", place)),
            "pickable": node.get("pickable", True),
            # A bin has no kinds of holds: whatever kind a file names, it is on hold.
            "hold": bool(node.get("hold")),
            "tier": whole(node.get("tier", 0)),
        }
        yield Message("location.defined", f"location {body['location']}", body)


def _item(to: Writer, node: Node) -> Message:
    body = _known(node, ("tracking", "policy", "min_days_left"))
    if node.get("kit"):
        body["kit"] = {str(sku): number(each) for sku, each in node["kit"].items()}
    sku = name(node.get("sku"))
    units = {str(unit): number(each) for unit, each in (node.get("uoms") or {}).items()}
    base = {"base_unit": node.get("base_uom") or "each", "decimals": DECIMALS, "units": units}
    return to.of_owner("item.defined", f"item {sku}", sku=sku, **base, **body)


def customer(to: Writer, node: Node) -> Message:
    """Return the message that defines a customer."""
    body = _known(
        node,
        (
            "policy", "min_days_left", "min_pct_left", "single_lot", "max_lots", "exclude_returned",
            "no_older_than_last_shipped",
        ),
    )  # fmt: skip
    for key, of in (("min_days_left_by_sku", whole), ("last_shipped_expiry", day)):
        if node.get(key):
            body[key] = {str(sku): of(value) for sku, value in node[key].items()}
    who = name(node.get("id"))
    return to.of_owner("customer.defined", f"customer {who}", customer=who, **body)


def openings(to: Writer, rows: list[Node]) -> Iterator[Message]:
    """Yield messages of the stock a scenario begins with: so many rows and serial numbers in each as one may have."""
    pieces = [piece for row in rows for piece in _pieces(row)]
    at = number = 0
    while at < len(pieces):
        end, left = at + 1, SERIALS_MAX - len(serials(pieces[at]))
        while end < len(pieces) and end - at < LINES_MAX and (left := left - len(serials(pieces[end]))) >= 0:
            end += 1
        yield opening(to, pieces[at:end], id="opening" if number == 0 else f"opening-{number}")
        at, number = end, number + 1


def _pieces(row: Node) -> list[Node]:
    """Return a row of more serial numbers than a line may have as several."""
    numbers = serials(row)
    if len(numbers) <= SERIALS_MAX:
        return [row]
    rest = {key: value for key, value in row.items() if key not in ("qty", "serial", "serial_range")}
    return [{**rest, "serial": numbers[at : at + SERIALS_MAX]} for at in range(0, len(numbers), SERIALS_MAX)]


def opening(to: Writer, rows: list[Node], *, id: str) -> Message:
    """Return the message of stock as it is found; the same id is booked once."""
    lines = [_found(to, row, line=str(at)) for at, row in enumerate(rows)]
    when = _instant(midnight(to.today))
    return to.of_owner("balance.opened", id, site=to.site, balance=id, occurred_at=when, lines=lines)


def _found(to: Writer, node: Node, *, line: str) -> Node:
    elsewhere = number(node.get("reserved") or 0)
    return {
        **_goods(to, node, line=line),
        "received": day(node.get("received")),
        "returned": bool(node.get("returned", False)),
        "hold": _kind(node),
        "promised_elsewhere": elsewhere or None,
    }


def _goods(to: Writer, node: Node, *, line: str) -> Node:
    numbers = serials(node)
    quantity = number(node["qty"]) if node.get("qty") is not None or not numbers else number(len(numbers))
    if numbers and quantity != len(numbers):
        raise ScenarioError(f"a stock row has {len(numbers)} serial numbers and qty {quantity}")
    return {
        "line": line,
        "sku": to.sku(node),
        "quantity": quantity,
        "location": str(node.get("location") or STOCK),
        "lot": text(node.get("lot")),
        "made": day(node.get("produced")),
        "expires": day(node.get("expires")),
        "package": text(node.get("package")),
        "pack_size": number_or_none(node.get("pack_size")),
        **({"serials": numbers} if numbers else {}),
    }


def receipt(to: Writer, node: Node, *, number: str, as_found: bool = False) -> list[Message]:
    """Return the messages of one stock row that comes in, on the day it names or today.

    What a receipt cannot say (returned, promised by others, less than nothing) is taken over as found instead, as is
    what a scenario has that no receipt would be allowed: goods of a lot-tracked item without a lot.
    """
    if as_found:
        return [opening(to, [{"received": to.today, **node}], id=f"step-{number}")]
    if node.get("returned") or node.get("reserved") or (node.get("qty") or 0) < 0:
        return [opening(to, [node], id=f"step-{number}")]
    received = day(node.get("received"))
    when = _instant(midnight(received or to.today))
    line = {**_goods(to, node, line="1"), **_status(node)}
    came = to.of_floor(
        "stock.received", f"step-{number}", occurred_at=when, receipt=f"R{number}", final=True, lines=[line]
    )
    return [came, *_hold(to, node, number=number)]


def _status(node: Node) -> Node:
    """Return the status of goods that are on hold and have no lot that could carry the hold."""
    on_hold_itself = node.get("hold") and node.get("lot") is None
    return {"status": "quarantine", "reason": str(_kind(node))} if on_hold_itself else {}


def _kind(node: Node) -> object:
    """Return the kind of hold of a stock row; one that is only said to be there is of the plain kind."""
    return "hold" if node.get("hold") is True else node.get("hold") or None


def _hold(to: Writer, node: Node, *, number: str) -> list[Message]:
    if not node.get("hold") or node.get("lot") is None:
        return []
    hold = {"hold": f"received-{number}", "kind": _kind(node)}
    return [to.of_owner("hold.placed", f"step-{number}-hold", sku=to.sku(node), lot=str(node["lot"]), **hold)]


def order(to: Writer, node: Node, *, placed_at: datetime, id: str, version: str | None = None) -> Message:
    """Return the message of an order, ``placed_at`` a time unless it says a time of day itself."""
    placed_at = moment(node.get("placed_at")) or placed_at
    lines = [_line(to, line, at=at) for at, line in enumerate(node.get("lines") or [], 1)]
    return to.of_order(
        "order.placed", id, node.get("id"), version=version, placed_at=_instant(placed_at),
        customer=text(node.get("customer")), site=to.site, policy=node.get("policy"),
        priority=whole(node.get("priority")) or 0, ship_policy=node.get("ship_policy") or "partial",
        ship_date=day(node.get("ship_date")), source_location=text(node.get("source_location")), lines=lines,
    )  # fmt: skip


def _line(to: Writer, node: Node, *, at: int) -> Node:
    return {
        "line": str(node.get("id", at)),
        "sku": to.sku(node),
        "quantity": number(node["qty"]),
        "unit": text(node.get("uom")),
        "lot": text(node.get("lot")),
        "serial": text(node.get("serial")),
        "expires_exact": day(node.get("expires_exact")),
        "min_days_left": whole(node.get("min_days_left")),
        "min_pct_left": number_or_none(node.get("min_pct_left")),
        "single_lot": node.get("single_lot") or False,
        "max_lots": whole(node.get("max_lots")),
        "policy": node.get("policy"),
        "pack_size": number_or_none(node.get("pack_size")),
        "source_location": text(node.get("source_location")),
        **({"ship_date": day(node["ship_date"])} if node.get("ship_date") is not None else {}),
    }
