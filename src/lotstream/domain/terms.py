"""What an order line accepts: policy, minimum life and whatever else it asks of a lot, found at the narrowest place.

Policy: line, else order, customer, item, the owner's settings. Minimum life in days: line, else customer and SKU,
customer, item, settings; in percent alike.
"""

from __future__ import annotations

from decimal import Decimal

from lotstream.domain.candidate import Candidate
from lotstream.domain.codes import NotUsed
from lotstream.domain.expiry import life_reason
from lotstream.domain.model import Customer, Item, Order, OrderLine, Policy, Settings


class Terms:
    """The terms of one line, worked out once and asked for every candidate."""

    __slots__ = (
        "asks", "cutoff", "days", "expired_ok", "expires", "lot", "pack_size", "percent", "policy", "policy_from",
        "ship", "source",
    )  # fmt: skip

    def __init__(
        self, settings: Settings, order: Order, line: OrderLine, *, item: Item, customer: Customer | None, today: int
    ) -> None:
        self.policy, self.policy_from = _policy(settings, order, line, item=item, customer=customer)
        ship = order.ship_date
        #: The day that counts: the ship date, or today when there is none or it is past.
        self.ship = today if ship is None else max(today, ship.toordinal())
        self.days = _days(settings, line, item=item, customer=customer)
        self.percent = _percent(settings, line, item=item, customer=customer)
        self.expired_ok = settings.expired_ok
        #: What expires before this day cannot be used; 0 where the shelf has put aside all that cannot.
        self.cutoff = self.ship + self.days
        if self.days == 0 and (self.expired_ok or self.ship == today):
            self.cutoff = 0
        self.lot = line.lot
        self.expires = line.expires_exact
        self.pack_size = line.pack_size
        self.source = line.source_location or order.source_location
        #: True when a candidate that stands in the queue may still not do.
        self.asks = bool(self.cutoff or self.percent or self.lot or self.expires or self.pack_size or self.source)

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
        return self.life(candidate)

    def life(self, candidate: Candidate) -> NotUsed | None:
        """Return why a candidate does not live long enough for this line, or None."""
        return life_reason(
            candidate.expires,
            candidate.made,
            ship=self.ship,
            days=self.days,
            percent=self.percent,
            expired_ok=self.expired_ok,
        )


def _policy(
    settings: Settings, order: Order, line: OrderLine, *, item: Item, customer: Customer | None
) -> tuple[Policy, str]:
    if line.policy is not None:
        return line.policy, "line"
    if order.policy is not None:
        return order.policy, "order"
    if customer is not None and customer.policy is not None:
        return customer.policy, "customer"
    if item.policy is not None:
        return item.policy, "item"
    return settings.policy, "settings"


def _days(settings: Settings, line: OrderLine, *, item: Item, customer: Customer | None) -> int:
    found = line.min_days_left
    if found is None and customer is not None:
        found = customer.min_days_left_by_sku.get(line.sku, customer.min_days_left)
    if found is None:
        found = item.min_days_left
    if found is None:
        found = settings.min_days_left
    return found or 0


def _percent(settings: Settings, line: OrderLine, *, item: Item, customer: Customer | None) -> Decimal | None:
    found = line.min_pct_left
    if found is None and customer is not None:
        found = customer.min_pct_left
    if found is None:
        found = item.min_pct_left
    return settings.min_pct_left if found is None else found
