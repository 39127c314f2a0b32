"""What is kept of an exchange with another system."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ExchangeRefusal:
    """Why a delivery, or one order in it, was not taken."""

    code: str
    field: str | None
    message: str
    order: str | None = None


@dataclass(frozen=True, slots=True)
class ExchangeRow:
    """One delivery at a door, byte for byte, and what became of it."""

    id: int
    connector: str
    sender: str
    name: str
    key: str
    #: SHA-256 of the body in hex.
    sha256: str
    received_at: datetime
    headers: tuple[tuple[str, str], ...]
    body: bytes
    #: How often the same delivery was given again.
    repeats: int
    #: ``pending`` until it is settled.
    verdict: str
    refusals: tuple[ExchangeRefusal, ...]
    notes: tuple[str, ...]
    #: Messages published for it.
    messages: int
    settled_at: datetime | None
