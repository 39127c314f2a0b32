"""What becomes of the topics about personal data that every Shopify app has to take.

``customers/redact`` names a customer's orders by Shopify's ids, which the hub keeps as references of its orders.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any, Final

from lotstream.connect import DeliveryCode, NotHandled, Refused, Translation, body_of, dotted, person_erased
from lotstream.contracts.inbound_ends import PersonErased
from lotstream.contracts.limits import REFERENCED_MAX
from lotstream_shopify.body import JsonObject, identifier
from lotstream_shopify.options import Shop

REFERENCE: Final = "shopify_order_id"
"""What the hub's orders call Shopify's id of them."""

ASKED: Final = "customers/redact"
"""Who asks, as the hub's journal names it."""


def customer_redacted(request: JsonObject, shop: Shop) -> Translation:
    """Return the messages that have a customer's orders forget whom they were for.

    Raises `NotHandled` for a customer without orders, since nothing of him came here, and `Refused` for what is no
    request.
    """
    orders = _orders(request)
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


def _orders(request: JsonObject) -> list[str]:
    """Return the ids of the orders, each once; raises `Refused` for a list that is none."""
    listed = request.get("orders_to_redact")
    if not isinstance(listed, list):
        raise Refused(
            DeliveryCode.FIELD_MISSING if listed is None else DeliveryCode.FIELD_INVALID,
            "orders_to_redact",
            "orders_to_redact is no list of order ids; this is no request to forget a customer.",
        )
    found = (identifier({"id": one}, "id", where=f"orders_to_redact.{at}.") for at, one in enumerate(listed))
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


def not_ours(topic: str, shop: Shop) -> NotHandled:
    """Return why a request about personal data is left to people, and what they do about it."""
    if topic == "customers/data_request":
        what = f"Answer it with `lotstream person find --owner {shop.owner}` for each of its orders."
    else:
        what = f"The goods' owner decides what is kept: `lotstream person erase --owner {shop.owner}`."
    return NotHandled(f"The topic {topic} is for people to act on within 30 days. {what}")
