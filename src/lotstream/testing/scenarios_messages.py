"""A scenario's words become the ledger's commands."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from hashlib import blake2b

from lotstream.domain.commands import (
    Command,
    DefineCustomer,
    DefineItem,
    DefineLocation,
    GoodsLine,
    LineWanted,
    OpenBalance,
    PlaceOrder,
    ReceiveStock,
)
from lotstream.domain.filling import ON_REQUEST
from lotstream.domain.model import (
    Customer,
    HoldKind,
    Item,
    Location,
    OrderKey,
    Policy,
    Settings,
    ShipPolicy,
    Tracking,
)
from lotstream.testing.scenarios_format import Node, ScenarioError

#: A scenario declares no sites: everything in it is one.
SITE = "SITE"
SOURCE = "scenario"
DECIMALS = 6
#: Where stock lies that names no location.
STOCK = "STOCK"

SMALLEST = Decimal(10) ** DECIMALS


def text(value: object) -> str | None:
    """Return a name as text; numbers are names too."""
    return None if value is None else str(value)


def name(value: object) -> str:
    """Return a name that must be there."""
    if value is None:
        raise ScenarioError("a name is missing")
    return str(value)


def number(value: object) -> Decimal:
    """Return a quantity."""
    return Decimal(str(value))


def day(value: object) -> date | None:
    """Return a date, however YAML read it."""
    if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
        return value
    return value.date() if isinstance(value, datetime) else date.fromisoformat(str(value))


def moment(value: object) -> datetime | None:
    """Return a time with its zone (UTC when it names none); None for a bare date, which says no time."""
    if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
        return None
    said = value if isinstance(value, datetime) else _time(str(value))
    return said if said is None or said.tzinfo is not None else said.replace(tzinfo=UTC)


def _time(said: str) -> datetime | None:
    return datetime.fromisoformat(said) if len(said) > len("2026-09-01") else None


def order_key(order: object) -> OrderKey:
    """Return the key of an order by its id."""
    return OrderKey(SOURCE, name(order))


def settings(node: Node) -> Settings:
    """Return a scenario's settings; it is decided on request."""
    usual = Settings()
    return Settings(
        policy=Policy(node.get("policy", usual.policy)),
        tie_break=tuple(node.get("tie_break", usual.tie_break)),
        allocate=ON_REQUEST,
        allow_partial=node.get("allow_partial", usual.allow_partial),
        expired_ok=node.get("expired_ok", usual.expired_ok),
        whole_unit=node.get("whole_uom", usual.whole_unit),
        min_days_left=node.get("min_days_left"),
        exclude_locations=tuple(str(location) for location in node.get("exclude_locations") or ()),
        sites=(SITE,),
    )


def facts(scenario: Node) -> list[Command]:
    """Return the commands that define a scenario's items, customers and locations."""
    commands: list[Command] = [DefineItem(_item(node)) for node in scenario["items"]]
    commands += [DefineCustomer(_customer(node)) for node in scenario.get("customers") or []]
    commands += [
        DefineLocation(_location(node, sequence=place)) for place, node in enumerate(scenario.get("locations") or [], 1)
    ]
    return commands


def _item(node: Node) -> Item:
    return Item(
        name(node.get("sku")),
        tracking=Tracking(node.get("tracking", Tracking.LOT)),
        base_unit=node.get("base_uom", "each"),
        decimals=DECIMALS,
        units={unit: number(each) for unit, each in (node.get("uoms") or {}).items()},
        policy=_policy(node),
        min_days_left=node.get("min_days_left"),
    )


def _customer(node: Node) -> Customer:
    return Customer(
        name(node.get("id")),
        policy=_policy(node),
        min_days_left=node.get("min_days_left"),
        min_days_left_by_sku={str(sku): days for sku, days in (node.get("min_days_left_by_sku") or {}).items()},
        min_pct_left=_percent(node),
    )


def _location(node: Node, *, sequence: int) -> Location:
    return Location(
        SITE,
        name(node.get("id")),
        parent=text(node.get("parent")),
        sequence=node.get("sequence", sequence),
        pickable=node.get("pickable", True),
        hold=bool(node.get("hold", False)),
        tier=node.get("tier", 0),
    )


def _policy(node: Node) -> Policy | None:
    return None if node.get("policy") is None else Policy(node["policy"])


def _percent(node: Node) -> Decimal | None:
    return None if node.get("min_pct_left") is None else number(node["min_pct_left"])


def goods(node: Node, *, line: str, usual_sku: str) -> GoodsLine:
    """Return a stock row of a scenario as a line of goods."""
    return GoodsLine(
        line,
        str(node.get("sku", usual_sku)),
        number(node["qty"]),
        None,
        str(node.get("location", STOCK)),
        lot=text(node.get("lot")),
        made=day(node.get("produced")),
        expires=day(node.get("expires")),
        received=day(node.get("received")),
        package=text(node.get("package")),
        pack_size=None if node.get("pack_size") is None else number(node["pack_size"]),
        returned=bool(node.get("returned", False)),
        hold=None if not node.get("hold") else HoldKind(node["hold"]),
        promised_elsewhere=number(node.get("reserved", 0)),
    )


def opening(scenario: Node) -> OpenBalance:
    """Return the stock a scenario begins with."""
    usual = str(scenario["items"][0]["sku"])
    rows = enumerate(scenario["stock"])
    return OpenBalance(
        SITE, None, None, "opening", tuple(goods(row, line=str(at), usual_sku=usual) for at, row in rows)
    )


def receipt(node: Node, *, number: int, usual_sku: str) -> ReceiveStock:
    """Return a receipt of one stock row."""
    line = goods(node, line="1", usual_sku=usual_sku)
    return ReceiveStock(SITE, False, None, None, f"R{number}", None, True, (line,))


def order(node: Node, *, usual_sku: str, version: str | None = None) -> PlaceOrder:
    """Return an order of a scenario."""
    lines = tuple(_line(line, at=at, usual_sku=usual_sku) for at, line in enumerate(node.get("lines") or [], 1))
    content = blake2b(repr(sorted(node.items(), key=lambda entry: entry[0])).encode(), digest_size=16).hexdigest()
    return PlaceOrder(
        order_key(node.get("id")),
        version,
        moment(node.get("placed_at")),
        text(node.get("customer")),
        SITE,
        lines,
        content,
        policy=_policy(node),
        priority=node.get("priority", 0),
        ship_policy=ShipPolicy(node.get("ship_policy", ShipPolicy.PARTIAL)),
        ship_date=day(node.get("ship_date")),
        source_location=text(node.get("source_location")),
    )


def _line(node: Node, *, at: int, usual_sku: str) -> LineWanted:
    return LineWanted(
        str(node.get("id", at)),
        str(node.get("sku", usual_sku)),
        number(node["qty"]),
        unit=text(node.get("uom")),
        lot=text(node.get("lot")),
        expires_exact=day(node.get("expires_exact")),
        min_days_left=node.get("min_days_left"),
        min_pct_left=_percent(node),
        single_lot=node.get("single_lot", False),
        pack_size=None if node.get("pack_size") is None else number(node["pack_size"]),
        source_location=text(node.get("source_location")),
    )
