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
from lotstream_shopify.privacy import DATA_REQUEST, SHOP_REDACT, customer_redacted, data_requested, shop_redacted

HANDLED: Final[dict[str, Callable[[JsonObject, Shop], Translation]]] = {
    "orders/create": order_created,
    "customers/redact": customer_redacted,
}
"""The topics whose body alone says what they become."""

WHOLE: Final[dict[str, Callable[[Delivery, Shop], Translation]]] = {
    SHOP_REDACT: shop_redacted,
    DATA_REQUEST: data_requested,
}
"""Those of which it counts as well by whom and when they came. Every other topic is kept."""

STAND_IN: Final = Shop(domain="shop.myshopify.com", owner="owner", secrets=(SecretStr("not used"),))
"""The shop a file is taken to be from when no shop is set up."""


class ShopifyConnector(Connector[ShopifyOptions]):
    """Orders that a shop pushes by webhook."""

    name: ClassVar[str] = "shopify"
    Options: ClassVar[type[ConnectorOptions]] = ShopifyOptions

    def translate(self, delivery: Delivery) -> Translation:
        """Turn a webhook into messages; ``sender`` is the shop's domain and ``name`` the topic."""
        shop = self.options.shop(delivery.sender)
        if delivery.name not in HANDLED and delivery.name not in WHOLE:
            handled = ", ".join((*HANDLED, *WHOLE))
            raise NotHandled(f"The topic {delivery.name} is not acted upon; handled: {handled}.")
        if shop is None:
            raise Refused(
                DeliveryCode.UNKNOWN_SENDER,
                "shop",
                f"The shop {delivery.sender} is not set up; add it to LOTSTREAM_SHOPIFY_SHOPS and replay the delivery.",
            )
        if delivery.name in WHOLE:
            return WHOLE[delivery.name](delivery, shop)
        return HANDLED[delivery.name](read_object(delivery.body), shop)

    async def run(self, desk: Desk) -> None:
        """Listen for webhooks until cancelled."""
        options = self.options
        await serve(door(options, desk), host=options.host, port=options.port, requests_max=options.requests_max)


def map_file(path: Path, topic: str, *, shop: Shop = STAND_IN) -> dict[str, Any]:
    """Return what a file with the raw body of a webhook becomes, as JSON values: verdict, messages, refusals, notes."""
    connector = ShopifyConnector(ShopifyOptions(shops=(shop,)))
    arrived = datetime.now(UTC)
    return preview(connector, Delivery(shop.domain, topic, path.name, path.read_bytes(), received_at=arrived))
