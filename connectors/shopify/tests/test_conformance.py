from __future__ import annotations

from pathlib import Path

from pydantic import SecretStr

from lotstream.testing.connectors import ConnectorConformance
from lotstream_shopify.connector import ShopifyConnector
from lotstream_shopify.options import Shop, ShopifyOptions


class TestShopify(ConnectorConformance):
    """The Shopify connector does what every connector must."""

    fixtures = Path(__file__).parent / "fixtures"
    readme = Path(__file__).parents[1] / "README.md"

    def connector(self, folder: Path) -> ShopifyConnector:
        """Return a connector for one shop."""
        shop = Shop(domain="acme-store.myshopify.com", owner="acme", secrets=(SecretStr("key"),), customer="C-SHOP")
        return ShopifyConnector(ShopifyOptions(shops=(shop,)))
