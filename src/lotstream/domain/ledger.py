"""An owner's whole state: what `decide` reads and `apply` changes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from lotstream.domain.model import Customer, Item, Location, Lot, Order, OrderKey, RowKey, Settings, Site, StockRow


class NotLoaded(LookupError):
    """Something was looked up that was never read from the database; treating it as absent would lose it."""


@dataclass(slots=True)
class Sites:
    """What a partition knows of sites, their locations and their today; shared by all its owners."""

    sites: dict[str, Site] = field(default_factory=dict)
    locations: dict[tuple[str, str], Location] = field(default_factory=dict)
    today: dict[str, date] = field(default_factory=dict)


@dataclass(slots=True)
class Touched:
    """What changed since the last commit, so that only that is written."""

    owner: bool = False
    items: set[str] = field(default_factory=set)
    customers: set[str] = field(default_factory=set)
    lots: set[tuple[str, str]] = field(default_factory=set)
    stock: set[RowKey] = field(default_factory=set)
    orders: set[OrderKey] = field(default_factory=set)
    cancels: set[OrderKey] = field(default_factory=set)


@dataclass(slots=True)
class Ledger:
    """One owner's items, customers, lots, stock rows that are not empty, and open orders."""

    owner: str
    sites: Sites
    settings: Settings = field(default_factory=Settings)
    items: dict[str, Item] = field(default_factory=dict)
    customers: dict[str, Customer] = field(default_factory=dict)
    lots: dict[tuple[str, str], Lot] = field(default_factory=dict)
    stock: dict[RowKey, StockRow] = field(default_factory=dict)
    orders: dict[OrderKey, Order] = field(default_factory=dict)
    #: Closed orders read by key for the records at hand; None: the database has none of that key.
    closed: dict[OrderKey, Order | None] = field(default_factory=dict)
    #: Cancellations that overtook their order.
    cancels: dict[OrderKey, tuple[str | None, tuple[str, ...]]] = field(default_factory=dict)
    touched: Touched = field(default_factory=Touched)
