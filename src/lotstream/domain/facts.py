"""Who and what: owners, settings, items and customers are defined, in versions that only grow."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from lotstream.domain.codes import Code, Refusal, Refused, stop_if
from lotstream.domain.commands import ChangeSettings, DefineCustomer, DefineItem, DefineOwner, Moment
from lotstream.domain.complete import check_required
from lotstream.domain.conditions import DEGREES
from lotstream.domain.draft import Draft
from lotstream.domain.events import CustomerDefined, Event, ItemDefined, OwnerDefined, SettingsChanged
from lotstream.domain.filling import AT_ONCE, ON_REQUEST
from lotstream.domain.gtins import gtin_14
from lotstream.domain.kit_facts import check_kit, check_part, check_recipe
from lotstream.domain.ledger import Ledger
from lotstream.domain.letting_go import let_all_go
from lotstream.domain.lines import check_ahead, check_lots, check_minimum
from lotstream.domain.model import CountApproval, Customer, Item, Settings
from lotstream.domain.number_rules import check_numbers
from lotstream.domain.order_of_use import TIE_BREAKS
from lotstream.domain.quantities import QUANTITY_MAX, check_quantity
from lotstream.domain.shelves import derived_of, is_empty
from lotstream.domain.sscc import is_prefix
from lotstream.domain.ticking import clock_for
from lotstream.domain.waiting import CUSTOMER, GTIN, SKU
from lotstream.domain.wording import amount

#: Most decimals of a base unit: more would leave too few digits for the quantity itself.
DECIMALS_MAX = 9


def define_owner(ledger: Ledger, command: DefineOwner, _moment: Moment) -> tuple[Event, ...]:
    """Decide owner.defined: the ranking of an owner's sites; one who has left is here again."""
    if command.sites == ledger.settings.sites and not ledger.settings.closed:
        return ()
    return (OwnerDefined(command.sites),)


#: Percent of what was ordered that may be picked beyond it, at most.
OVER_PICK_PCT_MAX = 1000


#: Hours after which a held order is told of, at most: ten years.
NOTICE_HOURS_MAX = 87_600


def change_settings(ledger: Ledger, command: ChangeSettings, moment: Moment) -> tuple[Event, ...]:
    """Decide settings.changed: the whole of an owner's settings; a ranking of sites is kept when none is sent.

    What is promised and what waits is looked at again afterwards, part by part (`lotstream.domain.agenda`).
    """
    # Holds are placed and lifted one by one, whatever a message says of the rest, and so is leaving.
    now = ledger.settings
    settings = replace(command.settings, holds=now.holds, closed=now.closed, lifted=now.lifted, recalls=now.recalls)
    if not settings.sites:
        settings = replace(settings, sites=ledger.settings.sites)
    _check_settings(settings)
    if settings == ledger.settings:
        return ()
    return SettingsChanged(settings), *clock_for(ledger, settings, moment)


def _check_settings(settings: Settings) -> None:
    if settings.allocate not in (AT_ONCE, ON_REQUEST):
        message = f"{settings.allocate} is not a way to allocate; send {AT_ONCE} or {ON_REQUEST}."
        raise Refused(Code.FIELD_INVALID, "settings.allocate", message)
    for index, name in enumerate(settings.tie_break):
        if name not in TIE_BREAKS:
            message = f"{name} breaks no ties; send some of {', '.join(TIE_BREAKS)}."
            raise Refused(Code.FIELD_INVALID, f"settings.tie_break.{index}", message)
    if settings.sscc_prefix is not None and not is_prefix(settings.sscc_prefix):
        message = f"{settings.sscc_prefix} is no company prefix; send 4 to 12 digits."
        raise Refused(Code.FIELD_INVALID, "settings.sscc_prefix", message)
    if not 0 <= settings.over_pick_pct <= OVER_PICK_PCT_MAX:
        message = f"Over-picks are from 0 to {OVER_PICK_PCT_MAX} percent; send a number between."
        raise Refused(Code.FIELD_INVALID, "settings.over_pick_pct", message)
    stop_if(check_minimum(settings.min_days_left, settings.min_pct_left, "settings"))
    _check_notice(settings.held_notice_hours)
    _check_second_counter(settings.count_approval)
    stop_if(check_ahead(settings.allocate_days_ahead, "settings.allocate_days_ahead"))
    _check_channels(settings)


def _check_second_counter(rule: CountApproval | None) -> None:
    """Refuse a threshold below zero, which no difference is."""
    for name in ("units", "percent", "value"):
        threshold = None if rule is None else getattr(rule, name)
        if threshold is not None and not 0 <= threshold <= QUANTITY_MAX:
            message = f"A count cannot differ by {threshold:f}; send a number from 0 to {QUANTITY_MAX}, or nothing."
            raise Refused(Code.FIELD_INVALID, f"settings.count_approval.{name}", message)


def _check_notice(hours: int | None) -> None:
    if hours is None or 0 < hours <= NOTICE_HOURS_MAX:
        return
    message = f"Held orders are told of after 1 to {NOTICE_HOURS_MAX} hours; send a number between."
    raise Refused(Code.FIELD_INVALID, "settings.held_notice_hours", message)


def _check_channels(settings: Settings) -> None:
    names = set[str]()
    for index, channel in enumerate(settings.channels):
        field = f"settings.channels.{index}"
        if channel.name in names:
            message = f"Channel {channel.name} is there twice; say once what may be sold there."
            raise Refused(Code.FIELD_INVALID, f"{field}.name", message)
        names.add(channel.name)
        stop_if(check_minimum(channel.min_days_left, channel.min_pct_left, field))


def define_item(ledger: Ledger, command: DefineItem, moment: Moment) -> tuple[Event, ...]:
    """Decide item.defined; orders that were held for it go on in the same decision, in queue order."""
    item, known = command.item, ledger.items.get(command.item.sku)
    if known is not None and (known.former or known.rebased):
        item = replace(item, former=known.former, rebased=known.rebased)
    if item == known:
        return ()
    _check_item(ledger, item)
    if known is not None:
        stop_if(check_version("item", item.sku, new=item.version, old=known.version))
        _check_frozen(ledger, item, known)
        stop_if(check_part(ledger, item, known))
        _check_weighed(ledger, item, known)
    draft = Draft(ledger, moment)
    draft.items[item.sku] = item
    names = [(SKU, item.sku), *((GTIN, gtin_14(gtin)) for gtin in item.gtins)]
    return ItemDefined(item), *let_all_go(draft, names)


def _check_item(ledger: Ledger, item: Item) -> None:
    if not 0 <= item.decimals <= DECIMALS_MAX:
        message = f"{item.decimals} decimals are too few or too many; send 0 to {DECIMALS_MAX}."
        raise Refused(Code.FIELD_INVALID, "item.decimals", message)
    for unit, each in item.units.items():
        scaled = each.scaleb(item.decimals) if each.is_finite() else each
        if not each.is_finite() or scaled < 1 or scaled != scaled.to_integral_value():
            message = f"One {unit} is {each} {item.base_unit}, no multiple of {amount(item, 1)}; send more decimals."
            raise Refused(Code.FIELD_INVALID, f"item.units.{unit}", message)
    gtins = derived_of(ledger).gtins
    for index, gtin in enumerate(item.gtins):
        other = gtins.get(gtin_14(gtin), item.sku)
        if other != item.sku:
            message = f"GTIN {gtin} belongs to {other}; take it off there first."
            raise Refused(Code.FIELD_INVALID, f"item.gtins.{index}", message)
    _check_degrees(item)
    stop_if(check_required(item.required, "item.required"))
    stop_if(check_numbers(item.lot_number, "item.lot_number"))
    if item.shelf_life_days is not None and item.shelf_life_days <= 0:
        message = f"A shelf life of {item.shelf_life_days} days is none; send 1 or more, or leave it out."
        raise Refused(Code.FIELD_INVALID, "item.shelf_life_days", message)
    stop_if(check_minimum(item.min_days_left, item.min_pct_left, "item"))
    _check_use(item)
    if item.catch_weight and item.kit:
        message = "A kit weighs what its components weigh; define those with catch_weight, and not the kit."
        raise Refused(Code.FIELD_INVALID, "item.catch_weight", message)
    stop_if(check_kit(ledger, item))
    stop_if(check_recipe(item))


def _check_weighed(ledger: Ledger, item: Item, known: Item) -> None:
    """Refuse to forget what goods weigh that are there; what was not weighed before may be from now on."""
    if not known.catch_weight or item.catch_weight or not any(row.sku == item.sku for row in ledger.weights):
        return
    message = f"{item.sku} has stock that was weighed; it stays an item that is weighed while it has."
    raise Refused(Code.CONFLICTING_CONTENT, "item.catch_weight", message)


def _check_use(item: Item) -> None:
    """Refuse a reorder point or daily use that is no quantity."""
    for name in ("reorder_point", "daily_use"):
        quantity = getattr(item, name)
        if quantity is not None:
            stop_if(check_quantity(quantity, f"item.{name}", positive=False))
            if quantity < 0:
                raise Refused(Code.FIELD_INVALID, f"item.{name}", f"It is {quantity:f}; send 0 or more, or nothing.")


def _check_degrees(item: Item) -> None:
    """Refuse temperatures that there are not, and a lower limit above the upper."""
    low, high = DEGREES
    for name, limit in (("keep_from_c", item.keep_from_c), ("keep_to_c", item.keep_to_c)):
        if limit is not None and not low <= limit <= high:
            message = f"Goods are kept between {low:f} and {high:f} °C; send a temperature between."
            raise Refused(Code.FIELD_INVALID, f"item.{name}", message)
    if item.keep_from_c is not None and item.keep_to_c is not None and item.keep_from_c > item.keep_to_c:
        message = f"It cannot be kept from {item.keep_from_c:f} to {item.keep_to_c:f} °C; send the lower one first."
        raise Refused(Code.FIELD_INVALID, "item.keep_to_c", message)


def check_version(what: str, name: str, *, new: int, old: int) -> Refusal | None:
    """Refuse an older version of a fact, and another content under the version that is recorded."""
    if new < old:
        message = f"Version {new} of {name} is older than {old}, which is recorded; nothing was changed."
        return Refusal(Code.STALE_VERSION, f"{what}.version", message)
    if new == old:
        message = f"Version {new} of {name} is recorded with other content; send the change with a newer version."
        return Refusal(Code.CONFLICTING_CONTENT, f"{what}.version", message)
    return None


_HOW: Final = {"tracking": "", **dict.fromkeys(("base_unit", "decimals"), ", but by item.rebased")}


def _check_frozen(ledger: Ledger, item: Item, known: Item) -> None:
    """Refuse another base unit or tracking while anything is counted in the old one."""
    for name in ("base_unit", "decimals", "tracking"):
        used = getattr(item, name) != getattr(known, name) and _in_use(ledger, item.sku)
        if used or (name == "base_unit" and item.base_unit != known.base_unit and _is_part(ledger, item.sku)):
            message = f"{item.sku} is in use, or was; its {name} cannot change{_HOW[name]}."
            raise Refused(Code.FIELD_INVALID, f"item.{name}", message)


def _in_use(ledger: Ledger, sku: str) -> bool:
    """Tell whether anything that memory has counts an item, or did; closed orders and documents it does not have."""
    derived = derived_of(ledger)
    rows = (row for site in derived.sites_of.get(sku, ()) for row in derived.rows.get((sku, site), {}).values())
    if not all(is_empty(row) for row in rows):
        return True
    return sku in ledger.ordered() or any(of == sku for of, _ in ledger.lots) or _was_in_use(ledger, sku)


def _was_in_use(ledger: Ledger, sku: str) -> bool:
    """Tell whether somebody was told how much of an item may be sold, or got some of it."""
    return any(one == sku for one, _, _ in ledger.told) or any(one == sku for _, one in ledger.last_shipped)


def _is_part(ledger: Ledger, sku: str) -> bool:
    """Tell whether kits or recipes of others say how many base units of an item are in one of them."""
    return any(sku in other.kit or sku in (other.recipe or {}) for other in ledger.items.values())


def define_customer(ledger: Ledger, command: DefineCustomer, moment: Moment) -> tuple[Event, ...]:
    """Decide customer.defined; orders that were held for it go on in the same decision, in queue order."""
    customer, known = command.customer, ledger.customers.get(command.customer.id)
    if customer == known:
        return ()
    _check_customer(ledger, customer)
    if known is not None:
        stop_if(check_version("customer", customer.id, new=customer.version, old=known.version))
    draft = Draft(ledger, moment)
    draft.customers[customer.id] = customer
    return CustomerDefined(customer), *let_all_go(draft, [(CUSTOMER, customer.id)])


def _check_customer(ledger: Ledger, customer: Customer) -> None:
    if customer.site is not None and customer.site not in ledger.sites.sites:
        message = f"Site {customer.site} is not defined; define it, or leave the site out."
        raise Refused(Code.FIELD_INVALID, "customer.site", message)
    for sku, days in customer.min_days_left_by_sku.items():
        if days < 0:
            message = "Minimum days are below 0; send 0 or more."
            raise Refused(Code.FIELD_INVALID, f"customer.min_days_left_by_sku.{sku}", message)
    for sku, percent in customer.min_pct_left_by_sku.items():
        if check_minimum(None, percent, "") is not None:
            message = "A percentage lies between 0 and 100; send such a one."
            raise Refused(Code.FIELD_INVALID, f"customer.min_pct_left_by_sku.{sku}", message)
    if customer.transit_days < 0:
        raise Refused(Code.FIELD_INVALID, "customer.transit_days", "Days on the road are below 0; send 0 or more.")
    stop_if(check_minimum(customer.min_days_left, customer.min_pct_left, "customer"))
    stop_if(check_ahead(customer.allocate_days_ahead, "customer.allocate_days_ahead"))
    stop_if(None if customer.max_lots is None else check_lots(customer.max_lots, "customer"))
