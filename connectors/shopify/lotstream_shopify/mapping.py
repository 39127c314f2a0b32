"""What a Shopify order becomes: pure functions from the JSON of ``orders/create`` to canonical messages."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from lotstream.connect import (
    DeliveryCode,
    NotHandled,
    Refused,
    Translation,
    body_of,
    dotted,
    order_cancelled,
    order_placed,
)
from lotstream.contracts.inbound_orders import OrderCancelled, OrderPlaced
from lotstream_shopify.body import JsonObject, identifier, instant, objects, text, whole_number
from lotstream_shopify.options import Shop

GTIN_LENGTHS: Final = frozenset({8, 12, 13, 14})
"""Digits of a GTIN (GS1 General Specifications, 3.3)."""

LINE_FIELDS: Final = {"line": "id", "gtin": "barcode"}
ADDRESS_OF: Final = {"street": "address1", "region": "province", "postcode": "zip"}
ORDER_FIELDS: Final = {"order": "name", "version": "updated_at", "placed_at": "created_at"}
"""What Shopify calls the fields that it calls otherwise."""

ADDRESS_FIELDS: Final = ("name", "first_name", "last_name", "company", "address1", "address2", "city", "zip")


def order_created(order: JsonObject, shop: Shop) -> Translation:
    """Return what an order of a shop becomes.

    An order that arrives cancelled becomes a cancellation alone, which the hub remembers, so that an older copy of the
    order that comes later takes no stock either. Raises `Refused` for an order that cannot be read, and `NotHandled`
    when nothing in it has to be shipped.
    """
    key = {"owner": shop.owner, "source": shop.source, "order": _number(order)}
    version = _version(instant(order, "updated_at"))
    if instant(order, "cancelled_at") is not None:
        cancelled = body_of(OrderCancelled, {**key, "version": version})
        return Translation((order_cancelled(cancelled),), notes=(f"Order {key['order']} arrived cancelled.",))
    lines, indexes, notes = _lines(order, shop)
    if not lines:
        raise NotHandled(" ".join((f"Order {key['order']} has nothing to ship.", *notes)))
    values = {
        **key,
        "version": version,
        "placed_at": instant(order, "created_at", "processed_at"),
        "customer": shop.customer,
        "test": order.get("test") is True,
        "ship_to": _ship_to(order),
        "carrier": _carrier(order),
        "references": _references(order),
        "lines": lines,
    }
    if values["ship_to"] is None:
        notes.append("There is no shipping address: a pick-up, or the app may not see customer data.")
    placed = body_of(OrderPlaced, values, name=lambda path: _in_shopify(path, indexes))
    return Translation((order_placed(placed),), notes=tuple(notes))


def _number(order: JsonObject) -> str:
    """Return the order's name, e.g. ``#1001``: what the merchant and the customer call it."""
    return text(order, "name") or f"#{identifier(order, 'order_number')}"


def _version(updated_at: datetime | None) -> str | None:
    # In UTC, because the offset changes with daylight saving time and versions are compared as texts.
    return updated_at.isoformat().replace("+00:00", "Z") if updated_at else None


def _lines(order: JsonObject, shop: Shop) -> tuple[list[dict[str, Any]], list[int], list[str]]:
    """Return the lines to ship, where each stands in the body, and a note for each that is special."""
    lines: dict[str, dict[str, Any]] = {}
    indexes: list[int] = []
    notes: list[str] = []
    for index, item in enumerate(objects(order, "line_items")):
        where = f"line_items.{index}."
        line = identifier(item, "id", where=where)
        quantity = _to_ship(item, where=where)
        if reason := _left_out(item, shop, quantity):
            notes.append(f"Line {line} is left out: {reason}.")
            continue
        if line in lines:
            sentence = f"Line {line} is there twice; the two cannot be told apart."
            raise Refused(DeliveryCode.FIELD_INVALID, f"{where}id", sentence)
        lines[line] = _line(item, line, quantity)
        indexes.append(index)
        if not (lines[line]["sku"] or lines[line]["gtin"]):
            notes.append(f"Line {line} has no SKU; the hub holds the order until somebody says what it is.")
    return list(lines.values()), indexes, notes


def _line(item: JsonObject, line: str, quantity: int) -> dict[str, Any]:
    barcode = text(item, "barcode") or ""
    is_gtin = barcode.isascii() and barcode.isdigit() and len(barcode) in GTIN_LENGTHS
    return {
        "line": line,
        "sku": text(item, "sku"),
        "gtin": barcode if is_gtin else None,
        "quantity": Decimal(quantity),
    }


def _to_ship(item: JsonObject, *, where: str) -> int:
    """Return how much of a line has still to leave.

    ``current_quantity`` is what is left after edits and refunds, ``fulfillable_quantity`` what is not shipped yet; the
    smaller counts, so that what was handed over in a shop or shipped by somebody else is not sent again. Bodies of old
    API versions have ``quantity`` only.
    """
    names = ("current_quantity", "fulfillable_quantity")
    known = [count for name in names if (count := whole_number(item, name, where=where)) is not None]
    if known:
        return min(known)
    quantity = whole_number(item, "quantity", where=where)
    if quantity is None:
        raise Refused(DeliveryCode.FIELD_MISSING, f"{where}quantity", f"{where}quantity is missing; say how many.")
    return 0 if item.get("fulfillment_status") == "fulfilled" else quantity


def _left_out(item: JsonObject, shop: Shop, quantity: int) -> str | None:
    """Return why a line is none of the warehouse's, or None."""
    service = text(item, "fulfillment_service")
    if item.get("gift_card") is True:
        return "it is a gift card"
    if text(item, "tip_payment_gateway", "tip_payment_method"):
        return "it is a tip"
    if item.get("requires_shipping") is False:
        return "it needs no shipping"
    if quantity == 0:
        return "nothing of it is left to ship"
    if shop.fulfillment_service is not None and service != shop.fulfillment_service:
        return f"it is for the fulfilment service {service or 'of nobody'}"
    return None


def _ship_to(order: JsonObject) -> dict[str, Any] | None:
    address = order.get("shipping_address")
    # Without approval for customer data, fields come back empty instead of the address.
    if not isinstance(address, dict) or text(address, *ADDRESS_FIELDS) is None:
        return None
    given_names = " ".join(name for field in ("first_name", "last_name") if (name := text(address, field)))
    street = tuple(line for field in ("address1", "address2") if (line := text(address, field)))
    return {
        "name": text(address, "name") or given_names or None,
        "company": text(address, "company"),
        "street": street,
        "city": text(address, "city"),
        "region": text(address, "province_code", "province"),
        "postcode": text(address, "zip"),
        "country": text(address, "country_code", "country"),
        "phone": text(address, "phone") or text(order, "phone"),
        "email": text(order, "email", "contact_email"),
    }


def _carrier(order: JsonObject) -> dict[str, Any] | None:
    """Return the shipping service the customer chose, in the shop's words."""
    chosen = (line for line in objects(order, "shipping_lines") if line.get("is_removed") is not True)
    service = next((name for line in chosen if (name := text(line, "title", "code"))), None)
    return {"service": service} if service else None


def _references(order: JsonObject) -> dict[str, str]:
    """Return the numbers others know the order by; ids as text, since they have more digits than a float keeps."""
    found = {"shopify_order_id": identifier(order, "id"), "po": text(order, "po_number")}
    return {name: value for name, value in found.items() if value is not None}


def _in_shopify(path: tuple[int | str, ...], indexes: list[int]) -> str:
    """Return where in the body a value of the canonical order came from."""
    match path:
        case ("lines", int(index), *rest):
            return ".".join(["line_items", str(indexes[index]), *(LINE_FIELDS.get(str(r), str(r)) for r in rest)])
        case ("ship_to", str(field), *_):
            return f"shipping_address.{ADDRESS_OF.get(field, field)}"
        case _:
            return ORDER_FIELDS.get(dotted(path), dotted(path))
