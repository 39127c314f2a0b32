"""Goods were packed and unpacked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lotstream.domain.model import Content, NextNumber, OrderKey, OrderState, Package


@dataclass(frozen=True, slots=True)
class PackagesChanged:
    """Packages as they are now, and the number that the owner's next one gets."""

    packages: tuple[Package, ...]
    counter: NextNumber | None
    by: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class OrderPacked:
    """Picked goods of an order went into a package, or came out of it."""

    key: OrderKey
    state: OrderState
    package: str
    contents: tuple[Content, ...]
    #: True: they came out of it.
    unpacked: bool = False
