"""What the connector has to be told: its shops, and what its door takes."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints, field_validator

from lotstream.connect import options_config
from lotstream.connect.webhook import WebhookOptions
from lotstream.contracts.fields import OwnerId

MYSHOPIFY = ".myshopify.com"


Domain = Annotated[str, StringConstraints(to_lower=True, strip_whitespace=True, pattern=r"^[A-Za-z0-9.-]+$")]


class Shop(BaseModel):
    """One shop, whose orders are one owner's."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    domain: Annotated[str, StringConstraints(to_lower=True, strip_whitespace=True, pattern=r"^[A-Za-z0-9.-]+$")] = (
        Field(description="The shop's permanent domain, e.g. acme-store.myshopify.com.")
    )
    owner: OwnerId = Field(description="Whose goods the shop sells.")
    secrets: tuple[SecretStr, ...] = Field(
        min_length=1, description="Client secrets of the app; the old one stays beside the new one while it is rotated."
    )
    customer: str | None = Field(default=None, description="Customer number under which the shop's orders are placed.")
    fulfillment_service: str | None = Field(
        default=None, description="Only lines of this fulfilment service are taken; null takes all lines that ship."
    )

    @property
    def source(self) -> str:
        """Return the source of the shop's messages: ``shopify:<handle>``."""
        return f"shopify:{self.domain.removesuffix(MYSHOPIFY)}"

    @field_validator("secrets")
    @classmethod
    def _no_empty_secret(cls, secrets: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        # Anybody can sign with an empty key.
        if not all(secret.get_secret_value() for secret in secrets):
            raise ValueError("a secret is empty")
        return secrets


class ShopifyOptions(WebhookOptions):
    """Options of the Shopify connector."""

    model_config = options_config("shopify")

    shops: tuple[Shop, ...] = Field(
        default=(),
        description="The shops, as a JSON list of objects with `domain`, `owner`, `secrets` (a list) and, if wanted, "
        "`customer` and `fulfillment_service`.",
    )

    def shop(self, domain: str | None) -> Shop | None:
        """Return a shop by its domain, or None."""
        wanted = (domain or "").strip().lower()
        return next((shop for shop in self.shops if shop.domain == wanted), None)

    @field_validator("shops")
    @classmethod
    def _each_shop_once(cls, shops: tuple[Shop, ...]) -> tuple[Shop, ...]:
        if len({shop.domain for shop in shops}) != len(shops):
            raise ValueError("a shop is named twice")
        return shops
