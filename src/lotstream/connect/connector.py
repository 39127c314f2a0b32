"""What a connector is: a name, options, a pure translation and a door that it keeps open."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar, Generic, TypeVar

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from lotstream.connect.delivery import Delivery, Reply, Translation
from lotstream.connect.desk import Desk
from lotstream.settings import PREFIX

ENTRY_POINTS = "lotstream.connectors"
"""Entry point group under which connectors are found."""


class ConnectorOptions(BaseSettings):
    """Options of one connector, read from ``LOTSTREAM_<NAME>_…``; every field has a description."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore")

    health_port: int = Field(
        default=0, ge=0, le=65535, description="Port of /livez, /readyz and /metrics, on loopback; 0 picks a free one."
    )
    publish_attempts_max: int = Field(default=5, ge=1, description="Times that publishing is tried.")
    publish_s_max: float = Field(
        default=60.0, gt=0, description="Seconds within which publishing is tried; then the delivery stays pending."
    )
    pending_max: int = Field(default=500, ge=1, description="Pending deliveries taken up at once.")
    pending_bytes_max: int = Field(
        default=32 * 1024 * 1024, ge=1, description="Bytes of pending deliveries taken up at once; one always is."
    )
    resume_s: float = Field(
        default=30.0, gt=0, description="Seconds between two looks for deliveries that are kept and not settled."
    )


def options_config(name: str) -> SettingsConfigDict:
    """Return the settings of an options model: prefix ``LOTSTREAM_<NAME>_``, nested values as JSON."""
    return SettingsConfigDict(env_prefix=f"{PREFIX}{name.upper()}_", frozen=True, extra="ignore")


OptionsT = TypeVar("OptionsT", bound=ConnectorOptions)


class Connector(ABC, Generic[OptionsT]):
    """A door between one foreign form and the canonical messages.

    It turns bytes into messages and opens the door; keeping, publishing, settling and taking up what was left is done
    by its `Desk`.
    """

    #: Name of the entry point, of the settings prefix and in the metrics.
    name: ClassVar[str]
    #: The options model, for the runner and for the README's table.
    Options: ClassVar[type[ConnectorOptions]]

    def __init__(self, options: OptionsT) -> None:
        self.options = options

    @abstractmethod
    def translate(self, delivery: Delivery) -> Translation:
        """Turn a delivery into canonical messages: no clock, no I/O, the same bytes always the same answer.

        Raises `Refused` when nothing of the delivery can be taken and `NotHandled` when it is of a kind that this
        connector does not act upon. An order that cannot be taken while others can is a refusal in the translation.
        """

    @abstractmethod
    async def run(self, desk: Desk) -> None:
        """Open the door and give what arrives to ``desk.take`` until cancelled."""

    async def reply(self, delivery: Delivery, replies: Sequence[Reply]) -> None:
        """Give the sender what a translation owes; called after the publishing, and again after a crash."""
        if replies:
            raise NotImplementedError(f"connector {self.name} makes replies but has no way to give them")
