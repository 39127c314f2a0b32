"""The HTTP door for Shopify's webhooks.

Shopify waits five seconds and takes any 2xx for an answer; after eight failures within four hours it deletes a
subscription made through its Admin API. So the door says 200 to everything that is signed and kept, also to what the
connector does not act upon; what became of it is in the exchange.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from lotstream.connect import Delivery, Desk
from lotstream.connect.webhook import answered, read_body, said
from lotstream_shopify.options import ShopifyOptions
from lotstream_shopify.signature import is_signed

PATH: Final = "/webhooks"

KEPT_HEADERS: Final = ("topic", "shop-domain", "webhook-id", "event-id", "api-version", "triggered-at", "name", "test")
"""What Shopify says beside the body, kept with it; neither the signature nor anything else of the request is."""

WITHOUT_TOPIC: Final = "none"


def door(options: ShopifyOptions, desk: Desk) -> Starlette:
    """Return the application that takes webhooks."""
    webhooks = _Webhooks(options, desk)
    return Starlette(routes=[Route(PATH, webhooks.take, methods=["POST"])])


def shopify_header(headers: Mapping[str, str], name: str) -> str | None:
    """Return a header of Shopify's by the name behind its prefix, ``X-Shopify-`` or, in newer deliveries, ``Shopify-``.

    Starlette's headers compare names without regard to case.
    """
    return headers.get(f"x-shopify-{name}") or headers.get(f"shopify-{name}")


class _Webhooks:
    def __init__(self, options: ShopifyOptions, desk: Desk) -> None:
        self._options = options
        self._desk = desk

    async def take(self, request: Request) -> Response:
        """Answer one webhook within the deadline."""
        sender = shopify_header(request.headers, "shop-domain") or ""

        def turn_away(reason: str) -> None:
            self._desk.turn_away(reason, sender=sender, size=0)

        return await answered(self._answer(request), deadline_s=self._options.deadline_s, turn_away=turn_away)

    async def _answer(self, request: Request) -> Response:
        domain = shopify_header(request.headers, "shop-domain") or ""
        shop = self._options.shop(domain)
        signature = shopify_header(request.headers, "hmac-sha256")
        if shop is None or signature is None:
            return self._not_trusted("unknown_shop" if shop is None else "not_signed", sender=domain, size=0)
        body = await read_body(request, bytes_max=self._options.body_bytes_max)
        if not is_signed(body, signature, secrets=[secret.get_secret_value() for secret in shop.secrets]):
            return self._not_trusted("bad_signature", sender=domain, size=len(body))
        exchange = await self._desk.take(_delivery(request, shop.domain, body))
        return JSONResponse({"ok": True, "exchange": exchange.id, "verdict": exchange.settlement.verdict.value})

    def _not_trusted(self, reason: str, *, sender: str, size: int) -> Response:
        # One answer for an unknown shop and a wrong signature, so that nobody learns which shops there are. The body is
        # not kept: anybody could fill the database with it.
        self._desk.turn_away(reason, sender=sender, size=size)
        return said(401, "The delivery is not signed by a shop that is known here.")


def _delivery(request: Request, shop: str, body: bytes) -> Delivery:
    known = {name: value for name in KEPT_HEADERS if (value := shopify_header(request.headers, name)) is not None}
    topic = known.get("topic", WITHOUT_TOPIC)
    return Delivery(
        sender=shop,
        name=topic,
        key=f"{topic}/{known.get('webhook-id', '')}",
        body=body,
        received_at=datetime.now(UTC),
        headers=tuple(known.items()),
    )
