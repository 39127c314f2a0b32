"""How much life is asked of an item's lots, and by whom: each minimum once, however many customers have it.

As `lotstream.domain.terms` finds it for a line that says nothing itself: customer and SKU, customer, item, settings,
for days and percent alike.
"""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from lotstream.domain.expiry import NEVER
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import Customer, LifeFrom


class Minimum(NamedTuple):
    """Life that must be left when goods are shipped, or, with days on the road, when they arrive."""

    days: int = 0
    percent: Decimal | None = None
    transit: int = 0

    def mark(self) -> str:
        """Return a name of it that stays the same."""
        return f"life:{self.days}/{(self.percent or Decimal(0)).normalize():f}/{self.transit}"


class Askers(NamedTuple):
    """Who asks for a minimum."""

    customers: tuple[str, ...]
    #: Also orders that name no customer.
    anybody: bool


class _Own(NamedTuple):
    """What customers say themselves, and days on the road where life counts from the delivery."""

    days: int | None
    percent: Decimal | None
    transit: int


class Minima:
    """The minima of an owner's customers, gathered once and asked item by item."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._alike: dict[_Own, list[str]] = {}
        self._special: dict[str, set[str]] = {}
        for name, customer in sorted(ledger.customers.items()):
            self._alike.setdefault(_own(customer, None), []).append(name)
            for sku in {*customer.min_days_left_by_sku, *customer.min_pct_left_by_sku}:
                self._special.setdefault(sku, set()).add(name)

    def of(self, sku: str) -> dict[Minimum, Askers]:
        """Return every minimum that is asked of an item, with those who ask for it."""
        special = self._special.get(sku, set())
        found: dict[Minimum, list[str]] = {}
        for own, names in self._alike.items():
            theirs = [name for name in names if name not in special] if special else names
            if theirs:
                found.setdefault(self._minimum(sku, own), []).extend(theirs)
        for name in sorted(special):
            found.setdefault(self._minimum(sku, _own(self._ledger.customers[name], sku)), []).append(name)
        unnamed = self.unnamed(sku)
        found.setdefault(unnamed, [])
        return {
            minimum: Askers(tuple(sorted(names)), minimum == unnamed)
            for minimum, names in sorted(found.items(), key=str)
            if minimum != Minimum()
        }

    @property
    def days_max(self) -> int:
        """Most days before their end on which lots may no longer be shipped to somebody; of percents nobody can say."""
        settings, items = self._ledger.settings, self._ledger.items.values()
        customers = self._ledger.customers.values()
        percents = [settings.min_pct_left, *(item.min_pct_left for item in items)]
        percents += [percent for one in customers for percent in (one.min_pct_left, *one.min_pct_left_by_sku.values())]
        if any(percents):
            return NEVER
        days = [settings.min_days_left, *(item.min_days_left for item in items)]
        days += [day for one in customers for day in (one.min_days_left, *one.min_days_left_by_sku.values())]
        return max(day or 0 for day in days) + max((own.transit for own in self._alike), default=0)

    def unnamed(self, sku: str) -> Minimum:
        """Return what is asked where no customer is named."""
        return self._minimum(sku, _Own(None, None, 0))

    def _minimum(self, sku: str, own: _Own) -> Minimum:
        item, settings = self._ledger.items.get(sku), self._ledger.settings
        days, percent = own.days, own.percent
        if item is not None:
            days = item.min_days_left if days is None else days
            percent = item.min_pct_left if percent is None else percent
        days = settings.min_days_left if days is None else days
        percent = settings.min_pct_left if percent is None else percent
        transit = 0 if days is None and percent is None else own.transit
        return Minimum(days or 0, percent or None, transit)


def _own(customer: Customer, sku: str | None) -> _Own:
    days, percent = customer.min_days_left, customer.min_pct_left
    if sku is not None:
        days = customer.min_days_left_by_sku.get(sku, days)
        percent = customer.min_pct_left_by_sku.get(sku, percent)
    return _Own(days, percent, customer.transit_days if customer.life_from is LifeFrom.DELIVERY else 0)
