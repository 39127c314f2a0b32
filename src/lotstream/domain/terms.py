"""What an order line accepts: policy, minimum life and whatever else it asks of a lot, found at the narrowest place.

Policy: line, else order, customer, item, the site, the owner's settings. Minimum life in days: line, else customer and
SKU, customer, item, settings; in percent alike. A limit of lots is the least that anybody sets.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from lotstream.domain.candidate import Candidate
from lotstream.domain.codes import NotUsed
from lotstream.domain.expiry import follow_reason, later_expiry, life_reason
from lotstream.domain.model import Customer, Item, LifeFrom, Order, OrderLine, Policy, Settings, Site
from lotstream.domain.order_of_use import SMALLEST
from lotstream.domain.papers_needed import missing, types_needed

#: What of its terms decides which candidates do for a line.
_TAKEN = (
    "days", "expired_ok", "expires", "last_shipped", "lot", "pack_size", "papers", "percent", "returned_ok",
    "ship", "source", "transit",
)  # fmt: skip


class Terms:
    """The terms of one line, worked out once and asked for every candidate."""

    __slots__ = (
        "asks", "cutoff", "days", "expired_ok", "expires", "last_shipped", "lot", "lots_max", "pack_size", "papers",
        "percent", "plain", "policy", "policy_from", "returned_ok", "ship", "source", "transit",
    )  # fmt: skip

    def __init__(
        self,
        settings: Settings,
        order: Order,
        line: OrderLine,
        *,
        item: Item,
        customer: Customer | None,
        today: int,
        site: Site | None,
        last_shipped: Mapping[tuple[str, str], date],
    ) -> None:
        # Worked out for every line of every order: names that are read twice are local.
        self.policy, self.policy_from = _policy(settings, order, line, item=item, customer=customer, site=site)
        sent = line.ship_date or order.ship_date
        #: The day that counts: the ship date, or today when there is none or it is past.
        self.ship = ship = today if sent is None else max(today, sent.toordinal())
        days = _days(settings, line, item=item, customer=customer)
        self.days = days or 0
        self.percent = percent = _percent(settings, line, item=item, customer=customer)
        self.expired_ok = expired_ok = settings.expired_ok
        #: Days on the road, where a minimum life counts from the delivery.
        self.transit = 0
        self.returned_ok = True
        #: The latest expiry that was shipped to the customer, where nothing older may follow.
        self.last_shipped: int | None = None
        #: How many lots the line may come from; None for any number.
        self.lots_max = 1 if line.single_lot else line.max_lots
        #: Types of papers that a lot must have on the ship date.
        self.papers = item.documents
        theirs = False
        if customer is not None:
            minimum = days is not None or percent is not None
            theirs = self._add_customer(customer, line, item, last_shipped, minimum=minimum)
        papers = self.papers
        #: What expires before this day cannot be used; 0 where the shelf has put aside all that cannot.
        self.cutoff = cutoff = ship if days is None else ship + days + self.transit
        if cutoff == today or (expired_ok and cutoff == ship):
            self.cutoff = cutoff = 0
        self.lot = lot = line.lot
        self.expires = expires = line.expires_exact
        self.pack_size = pack_size = line.pack_size
        self.source = source = line.source_location or order.source_location
        #: True when a candidate that stands in the queue may still not do.
        self.asks = asks = bool(cutoff or percent or lot or expires or pack_size or source or theirs or papers)
        #: True when the first candidate of the queue will do, if it has enough, and is the first still.
        self.plain = not (
            asks
            or self.lots_max is not None
            or settings.zone_rules
            or self.policy is Policy.MIN_PACKAGES
            or SMALLEST in settings.tie_break
        )

    def _add_customer(
        self,
        customer: Customer,
        line: OrderLine,
        item: Item,
        last_shipped: Mapping[tuple[str, str], date],
        *,
        minimum: bool,
    ) -> bool:
        """Take what a customer asks of every lot; returns whether a candidate may not do because of it."""
        if customer.documents:
            self.papers = types_needed(item, customer)
        if customer.no_older_than_last_shipped:
            self.last_shipped = _last_shipped(customer, line.sku, last_shipped)
        self.returned_ok = not customer.exclude_returned
        self.lots_max = lots_max(line, customer)
        if minimum and customer.life_from is LifeFrom.DELIVERY:
            self.transit = customer.transit_days
        return customer.exclude_returned or self.last_shipped is not None

    def refuse(self, candidate: Candidate) -> NotUsed | None:
        """Return why a candidate does not do for this line, or None; holds and bins are the shelf's business."""
        key = candidate.key
        if self.lot is not None and key.lot != self.lot:
            return NotUsed.OTHER_LOT
        if self.expires is not None and (candidate.lot is None or candidate.lot.expires != self.expires):
            return NotUsed.OTHER_LOT
        if self.pack_size is not None and key.pack_size != self.pack_size:
            return NotUsed.PACK_SIZE
        if self.source is not None and self.source not in candidate.place.chain:
            return NotUsed.OTHER_LOCATION
        if key.returned and not self.returned_ok:
            return NotUsed.RETURNED
        if self.papers and self.papers_missing(candidate):
            return NotUsed.DOCUMENT_MISSING
        life = self.life(candidate)
        if life is not None or self.last_shipped is None:
            return life
        return follow_reason(candidate.expires, last_shipped=self.last_shipped)

    def papers_missing(self, candidate: Candidate) -> list[str]:
        """Return the types of papers that a candidate does not have on the ship date."""
        return missing(candidate.lot, self.papers, ship=self.ship)

    def take_the_same_as(self, others: Terms) -> bool:
        """Tell whether the same candidates do under these terms as under others of the same day."""
        return all(getattr(self, name) == getattr(others, name) for name in _TAKEN)

    def life(self, candidate: Candidate) -> NotUsed | None:
        """Return why a candidate does not live long enough for this line, or None."""
        return life_reason(
            candidate.expires,
            candidate.made,
            ship=self.ship,
            days=self.days,
            percent=self.percent,
            transit=self.transit,
            expired_ok=self.expired_ok,
        )


def lots_max(line: OrderLine, customer: Customer | None) -> int | None:
    """Return how many lots a line may come from, the less of what it says itself and what its customer takes."""
    most = 1 if line.single_lot else line.max_lots
    theirs = None if customer is None else customer.lots_max
    if most is None or theirs is None:
        return theirs if most is None else most
    return min(most, theirs)


def _last_shipped(customer: Customer, sku: str, counted: Mapping[tuple[str, str], date]) -> int | None:
    """Return the latest expiry of a SKU that was shipped to a customer, before the ledger began to count or since."""
    last = later_expiry(customer.last_shipped_expiry.get(sku), counted.get((customer.id, sku)))
    return None if last is None else last.toordinal()


def _policy(
    settings: Settings, order: Order, line: OrderLine, *, item: Item, customer: Customer | None, site: Site | None
) -> tuple[Policy, str]:
    if line.policy is not None:
        return line.policy, "line"
    if order.policy is not None:
        return order.policy, "order"
    if customer is not None and customer.policy is not None:
        return customer.policy, "customer"
    if item.policy is not None:
        return item.policy, "item"
    if site is not None and site.policy is not None:
        return site.policy, "site"
    return settings.policy, "settings"


def _days(settings: Settings, line: OrderLine, *, item: Item, customer: Customer | None) -> int | None:
    found = line.min_days_left
    if found is None and customer is not None:
        found = customer.min_days_left_by_sku.get(line.sku, customer.min_days_left)
    if found is None:
        found = item.min_days_left
    return settings.min_days_left if found is None else found


def _percent(settings: Settings, line: OrderLine, *, item: Item, customer: Customer | None) -> Decimal | None:
    found = line.min_pct_left
    if found is None and customer is not None:
        found = customer.min_pct_left_by_sku.get(line.sku, customer.min_pct_left)
    if found is None:
        found = item.min_pct_left
    return settings.min_pct_left if found is None else found
