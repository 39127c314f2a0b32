"""What becomes of the topics about personal data that every Shopify app has to take.

``customers/redact`` and ``customers/data_request`` name a customer's orders by Shopify's ids, which the hub keeps as
references of its orders; ``shop/redact`` means all orders of the shop.
"""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from typing import Any, Final, NoReturn

from lotstream.connect import (
    Delivery,
    DeliveryCode,
    ForPeople,
    NotHandled,
    Refused,
    Translation,
    body_of,
    dotted,
    person_erased,
)
from lotstream.contracts.inbound_ends import PersonErased
from lotstream.contracts.limits import REFERENCED_MAX
from lotstream_shopify.body import JsonObject, identifier, read_object
from lotstream_shopify.options import Shop

REFERENCE: Final = "shopify_order_id"
"""What the hub's orders call Shopify's id of them."""

ASKED: Final = "customers/redact"
"""Who asks, as the hub's journal names it."""

SHOP_REDACT: Final = "shop/redact"
"""A shop has left, and all that is known of its customers is to be forgotten."""

DATA_REQUEST: Final = "customers/data_request"
"""A customer asks what is known of him."""

ANSWERED_WITHIN: Final = timedelta(days=30)
"""How long Shopify gives to act upon a request."""

SHOWN_MAX: Final = 50
"""Orders that a sentence names."""


def customer_redacted(request: JsonObject, shop: Shop) -> Translation:
    """Return the messages that have a customer's orders forget whom they were for.

    Raises `NotHandled` for a customer without orders, since nothing of him came here, and `Refused` for what is no
    request.
    """
    orders = _orders(request, "orders_to_redact")
    if not orders:
        raise NotHandled(f"Customer {_customer(request)} of {shop.domain} has no orders: nothing is known of him.")
    parts = [orders[at : at + REFERENCED_MAX] for at in range(0, len(orders), REFERENCED_MAX)]
    return Translation(tuple(person_erased(_erased(shop, part), source=shop.source) for part in parts))


def _erased(shop: Shop, orders: list[str]) -> PersonErased:
    told = sha256(",".join(orders).encode()).hexdigest()[:16]
    values: dict[str, Any] = {
        "owner": shop.owner,
        # The same orders again are the same request, whichever delivery brings them.
        "request": f"redact/{shop.source}/{told}",
        "references": [{"source": shop.source, "name": REFERENCE, "value": order} for order in orders],
        "by": ASKED,
    }
    return body_of(PersonErased, values, name=_in_shopify, thing="request")


def shop_redacted(delivery: Delivery, shop: Shop) -> Translation:
    """Return the message that has all orders of a shop that has left forget whom they were for.

    A shop that comes back and leaves again asks anew. Raises `Refused` unless the body is that of such a request: only
    the body is signed, and whoever has seen another one of the shop must not have it forget everybody by its header.
    """
    request = read_object(delivery.body)
    if request.get("shop_domain") != shop.domain or not request.keys() <= {"shop_id", "shop_domain"}:
        message = f"The body is no request of {shop.domain} to forget it; nothing was erased."
        raise Refused(DeliveryCode.FIELD_INVALID, "shop_domain", message)
    asked = sha256(delivery.key.encode()).hexdigest()[:16]
    values = {
        "owner": shop.owner,
        "request": f"redact-shop/{shop.source}/{asked}",
        "source": shop.source,
        "by": delivery.name,
    }
    return Translation((person_erased(body_of(PersonErased, values, thing="request"), source=shop.source),))


def data_requested(delivery: Delivery, shop: Shop) -> NoReturn:
    """Leave it to people to answer a customer: say which command has the answer, and by when it has to be there.

    Raises `ForPeople`, `NotHandled` for a customer without orders, or `Refused` for what is no request.
    """
    request = read_object(delivery.body)
    orders = _orders(request, "orders_requested")
    if not orders:
        raise NotHandled(f"Customer {_customer(request)} of {shop.domain} has no orders: nothing is known of him.")
    named = " ".join(f"--reference {REFERENCE}={order}" for order in orders[:SHOWN_MAX])
    more = f" (and {len(orders) - SHOWN_MAX} more orders of the request)" if len(orders) > SHOWN_MAX else ""
    due = (delivery.received_at + ANSWERED_WITHIN).date()
    raise ForPeople(
        f"Customer {_customer(request)} of {shop.domain} asks what is known of him; give the shop by {due} what "
        f"`lotstream person show --owner {shop.owner} --source {shop.source} {named} --json` prints{more}."
    )


def _orders(request: JsonObject, field: str) -> list[str]:
    """Return the ids of the orders, each once; raises `Refused` for a list that is none."""
    listed = request.get(field)
    if not isinstance(listed, list):
        raise Refused(
            DeliveryCode.FIELD_MISSING if listed is None else DeliveryCode.FIELD_INVALID,
            field,
            f"{field} is no list of order ids; this is no request about a customer.",
        )
    found = (identifier({"id": one}, "id", where=f"{field}.{at}.") for at, one in enumerate(listed))
    return list(dict.fromkeys(found))


def _customer(request: JsonObject) -> str:
    customer = request.get("customer")
    return identifier(customer, "id", where="customer.") if isinstance(customer, dict) else "without an id"


def _in_shopify(path: tuple[int | str, ...]) -> str:
    match path:
        case ("references", int(index), *_):
            return f"orders_to_redact.{index}"
        case _:
            return dotted(path)
