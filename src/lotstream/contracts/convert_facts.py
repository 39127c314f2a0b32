"""From messages that say who and what there is to commands of the ledger."""

from __future__ import annotations

from lotstream.contracts import inbound_settings
from lotstream.contracts.inbound_facts import (
    CustomerDefined,
    DayOpened,
    ItemDefined,
    LocationDefined,
    LotNumbers,
    OwnerDefined,
    SiteDefined,
    SupplierDefined,
)
from lotstream.contracts.inbound_settings import SecondCounter, SettingsChanged
from lotstream.domain.commands import (
    ChangeSettings,
    DefineCustomer,
    DefineItem,
    DefineLocation,
    DefineOwner,
    DefineSite,
    DefineSupplier,
    OpenDay,
)
from lotstream.domain.model import (
    Channel,
    CountApproval,
    Customer,
    Item,
    Location,
    LotNumber,
    Mixing,
    Settings,
    Site,
    Supplier,
    ZoneRule,
)


def define_owner(body: OwnerDefined) -> DefineOwner:
    """Return the command to define an owner."""
    return DefineOwner(body.sites)


def change_settings(body: SettingsChanged) -> ChangeSettings:
    """Return the command to replace an owner's settings."""
    return ChangeSettings(
        Settings(
            policy=body.policy,
            tie_break=tuple(tie.value for tie in body.tie_break),
            allocate=body.allocate.value,
            allow_partial=body.allow_partial,
            expired_ok=body.expired_ok,
            whole_unit=body.whole_unit,
            min_days_left=body.min_days_left,
            min_pct_left=body.min_pct_left,
            exclude_locations=body.exclude_locations,
            sites=body.sites,
            channels=tuple(_channel(channel) for channel in body.channels),
            availability_every_s=body.availability_every_s,
            reallocate=body.reallocate,
            pack_rule=body.pack_rule,
            zone_rules=tuple(ZoneRule(rule.zone, rule.rule, rule.packs) for rule in body.zone_rules),
            reassign_partial=body.reassign_partial,
            over_pick_pct=body.over_pick_pct,
            short_pick=body.short_pick,
            sscc_prefix=body.sscc_prefix,
            sscc_extension=body.sscc_extension,
            put_away_hints=body.put_away_hints,
            hazard_conflicts=tuple((pair.hazard, pair.beside) for pair in body.hazard_conflicts),
            held_notice_hours=body.held_notice_hours,
            count_approval=_approval(body.count_approval),
            returned_status=body.returned_status.value,
            allocate_days_ahead=body.allocate_days_ahead,
            expiry_alert_days=body.expiry_alert_days,
            unsellable_alert_days=body.unsellable_alert_days,
        )
    )


def _approval(body: SecondCounter | None) -> CountApproval | None:
    return None if body is None else CountApproval(body.units, body.percent, body.value)


def _channel(body: inbound_settings.Channel) -> Channel:
    return Channel(
        name=body.name,
        min_days_left=body.min_days_left,
        min_pct_left=body.min_pct_left,
        sites=body.sites,
        exclude_returned=body.exclude_returned,
    )


def define_item(body: ItemDefined) -> DefineItem:
    """Return the command to define an item."""
    return DefineItem(
        Item(
            sku=body.sku,
            version=body.version,
            tracking=body.tracking,
            base_unit=body.base_unit,
            decimals=body.decimals,
            units=body.units,
            gtins=body.gtins,
            policy=body.policy,
            min_days_left=body.min_days_left,
            min_pct_left=body.min_pct_left,
            description=body.description,
            kit=body.kit,
            storage=body.storage,
            hazard=body.hazard,
            mixing=body.mixing,
            keep_from_c=body.keep_from_c,
            keep_to_c=body.keep_to_c,
            inspect=body.inspect,
            documents=body.documents,
            required=body.required,
            lot_number=_numbers(body.lot_number),
            shelf_life_days=body.shelf_life_days,
            recipe=body.recipe,
            catch_weight=body.catch_weight,
            expiry_alert_days=body.expiry_alert_days,
            reorder_point=body.reorder_point,
            daily_use=body.daily_use,
        )
    )


def _numbers(body: LotNumbers | None) -> LotNumber | None:
    return None if body is None else LotNumber(body.kind, body.template, body.pattern)


def define_customer(body: CustomerDefined) -> DefineCustomer:
    """Return the command to define a customer."""
    return DefineCustomer(
        Customer(
            id=body.customer,
            version=body.version,
            site=body.site,
            policy=body.policy,
            min_days_left=body.min_days_left,
            min_days_left_by_sku=body.min_days_left_by_sku,
            min_pct_left=body.min_pct_left,
            min_pct_left_by_sku=body.min_pct_left_by_sku,
            single_lot=body.single_lot,
            max_lots=body.max_lots,
            exclude_returned=body.exclude_returned,
            no_older_than_last_shipped=body.no_older_than_last_shipped,
            last_shipped_expiry=body.last_shipped_expiry,
            life_from=body.life_from,
            transit_days=body.transit_days,
            allocate_days_ahead=body.allocate_days_ahead,
            documents=body.documents,
        )
    )


def define_supplier(body: SupplierDefined) -> DefineSupplier:
    """Return the command to define a supplier."""
    return DefineSupplier(
        Supplier(
            id=body.supplier,
            version=body.version,
            name=body.name,
            gln=body.gln,
            min_days_left=body.min_days_left,
            min_pct_left=body.min_pct_left,
            min_days_left_by_sku=body.min_days_left_by_sku,
        )
    )


def define_site(body: SiteDefined) -> DefineSite:
    """Return the command to define a site."""
    return DefineSite(
        Site(
            id=body.site,
            time_zone=body.time_zone,
            calendar=body.calendar,
            reserve=body.reserve.value,
            version=body.version,
            policy=body.policy,
            wave_tasks=body.wave_tasks,
        )
    )


def define_location(body: LocationDefined) -> DefineLocation:
    """Return the command to define a location."""
    return DefineLocation(
        Location(
            site=body.site,
            id=body.location,
            parent=body.parent,
            sequence=body.sequence,
            pickable=body.pickable,
            hold=body.hold,
            tier=body.tier,
            version=body.version,
            storage=body.storage or (),
            hazards=body.hazards or (),
            mixing=body.mixing or Mixing.ANY,
        )
    )


def open_day(body: DayOpened) -> OpenDay:
    """Return the command to open a site's day."""
    return OpenDay(body.site, body.date)
