"""Which rules beside the order of use decided a line, and who made each; only those that are not the usual ones."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from lotstream.domain.events import RuleUsed
from lotstream.domain.model import Customer, Item, Order, OrderLine, PackRule, Settings
from lotstream.domain.terms import Terms

#: Who makes the rules of packs and zones.
_OWNER = "settings"


def rules_used(
    settings: Settings, order: Order, line: OrderLine, terms: Terms, *, item: Item, customer: Customer | None
) -> tuple[RuleUsed, ...]:
    """Return the rules that bound a line, in the order in which they are asked: life, lots, packs, zones."""
    if terms.plain and settings.pack_rule is PackRule.NEVER_OVER:
        return ()
    return (
        *_life(settings, line, terms, item, customer), *_from_day(order, line, terms), *_lots(line, terms),
        *_owners(settings),
    )  # fmt: skip


def _life(
    settings: Settings, line: OrderLine, terms: Terms, item: Item, customer: Customer | None
) -> Iterator[RuleUsed]:
    if terms.days:
        yield RuleUsed("min_days_left", str(terms.days), _who("min_days_left", settings, line, item, customer))
    if terms.percent:
        yield RuleUsed("min_pct_left", f"{terms.percent:f}", _who("min_pct_left", settings, line, item, customer))
    if terms.transit:
        yield RuleUsed("transit_days", str(terms.transit), "customer")


def _from_day(order: Order, line: OrderLine, terms: Terms) -> Iterator[RuleUsed]:
    """Yield the day from which a minimum life counts: the ship date, or today where there is none or it is past."""
    if terms.days or terms.percent:
        sent = line.ship_date or order.ship_date
        who = "today" if sent is None or sent.toordinal() < terms.ship else "line" if line.ship_date else "order"
        yield RuleUsed("life_from", date.fromordinal(terms.ship + terms.transit).isoformat(), who)


def _who(name: str, settings: Settings, line: OrderLine, item: Item, customer: Customer | None) -> str:
    """Return the narrowest place at which a minimum is set, which is the one that counts."""
    by_sku = None if customer is None else getattr(customer, f"{name}_by_sku").get(line.sku)
    places = (
        ("line", getattr(line, name)),
        ("customer and SKU", by_sku),
        ("customer", getattr(customer, name, None)),
        ("item", getattr(item, name)),
        ("settings", getattr(settings, name)),
    )
    return next(place for place, found in places if found is not None)


def _lots(line: OrderLine, terms: Terms) -> Iterator[RuleUsed]:
    if terms.lots_max is not None:
        mine = 1 if line.single_lot else line.max_lots
        yield RuleUsed("max_lots", str(terms.lots_max), "line" if terms.lots_max == mine else "customer")
    if not terms.returned_ok:
        yield RuleUsed("exclude_returned", "", "customer")
    if terms.last_shipped is not None:
        last = date.fromordinal(terms.last_shipped).isoformat()
        yield RuleUsed("no_older_than_last_shipped", last, "customer")


def _owners(settings: Settings) -> Iterator[RuleUsed]:
    if settings.pack_rule is not PackRule.NEVER_OVER:
        yield RuleUsed("pack_rule", settings.pack_rule.value, _OWNER)
    if settings.zone_rules:
        zones = ", ".join([f"{rule.zone} ({rule.rule.value})" for rule in settings.zone_rules])
        yield RuleUsed("zone_rules", zones, _OWNER)
