"""The Shopify connector: webhooks in, canonical orders out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar, Final

from pydantic import SecretStr

from lotstream.connect import (
    Connector,
    ConnectorOptions,
    Delivery,
    DeliveryCode,
    Desk,
    NotHandled,
    Refused,
    Translation,
)
from lotstream.connect.preview import preview
from lotstream.connect.webhook import serve
from lotstream_shopify.body import JsonObject, read_object
from lotstream_shopify.door import door
from lotstream_shopify.mapping import order_created
from lotstream_shopify.options import Shop, ShopifyOptions
from lotstream_shopify.privacy import SHOP_REDACT, customer_redacted, data_requested, shop_redacted

HANDLED: Final[dict[str, Callable[[JsonObject, Shop], Translation]]] = {
    "orders/create": order_created,
    "customers/redact": customer_redacted,
    "customers/data_request": data_requested,
}
"""The topics that are acted upon beside `SHOP_REDACT`. Every other one is kept."""

STAND_IN: Final = Shop(domain="shop.myshopify.com", owner="owner", secrets=(SecretStr("not used"),))
"""The shop a file is taken to be from when no shop is set up."""


class ShopifyConnector(Connector[ShopifyOptions]):
    """Orders that a shop pushes by webhook."""

    name: ClassVar[str] = "shopify"
    Options: ClassVar[type[ConnectorOptions]] = ShopifyOptions

    def translate(self, delivery: Delivery) -> Translation:
        """Turn a webhook into messages; ``sender`` is the shop's domain and ``name`` the topic."""
        handle = HANDLED.get(delivery.name)
        shop = self.options.shop(delivery.sender)
        if handle is None and delivery.name != SHOP_REDACT:
            handled = ", ".join((*HANDLED, SHOP_REDACT))
            raise NotHandled(f"The topic {delivery.name} is not acted upon; handled: {handled}.")
        if shop is None:
            raise Refused(
                DeliveryCode.UNKNOWN_SENDER,
                "shop",
                f"The shop {delivery.sender} is not set up; add it to LOTSTREAM_SHOPIFY_SHOPS and replay the delivery.",
            )
        return shop_redacted(delivery, shop) if handle is None else handle(read_object(delivery.body), shop)

    async def run(self, desk: Desk) -> None:
        """Listen for webhooks until cancelled."""
        options = self.options
        await serve(door(options, desk), host=options.host, port=options.port, requests_max=options.requests_max)


def map_file(path: Path, topic: str, *, shop: Shop = STAND_IN) -> dict[str, Any]:
    """Return what a file with the raw body of a webhook becomes, as JSON values: verdict, messages, refusals, notes."""
    connector = ShopifyConnector(ShopifyOptions(shops=(shop,)))
    arrived = datetime.now(UTC)
    return preview(connector, Delivery(shop.domain, topic, path.name, path.read_bytes(), received_at=arrived))
