"""What the demo starts from and what has to come out, read from the files beside this one; all of it is made up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from importlib.resources import files
from typing import Any, Final
from zoneinfo import ZoneInfo

import yaml

from lotstream.contracts.inbound_facts import LocationDefined, SiteDefined
from lotstream.contracts.produce import Record, inbound

SOURCE: Final = "lotstream-demo"
"""Who defines the catalogue and books the receipt."""

QuantityByLot = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class ReceivedLot:
    """One lot of the receipt; its quantity is in base units."""

    sku: str
    lot: str
    expires: date
    quantity: int
    location: str


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Owner, site, items, customers and stock of the demo, with dates that follow the site's today."""

    owner: str
    site: SiteDefined
    locations: tuple[LocationDefined, ...]
    items: tuple[Mapping[str, Any], ...]
    customers: tuple[Mapping[str, Any], ...]
    balance: str
    lots: tuple[ReceivedLot, ...]
    holds: tuple[Mapping[str, Any], ...]
    #: Order → SKU → quantity by lot.
    expected: Mapping[str, Mapping[str, QuantityByLot]]

    def records(self) -> Iterator[Record]:
        """Yield the commands that set everything up, in the order in which they are to be sent."""
        yield self._record("owner.defined", self.owner, {"sites": [self.site.site]})
        for item in self.items:
            yield self._record("item.defined", item["sku"], item)
        for customer in self.customers:
            yield self._record("customer.defined", customer["customer"], customer)
        yield self._record("balance.opened", self.balance, self._found())
        for hold in self.holds:
            yield self._record("hold.placed", hold["hold"], hold)

    def base_units(self, sku: str, quantity: Decimal, unit: str) -> int:
        """Return a quantity in the item's base units."""
        units = next(item["units"] for item in self.items if item["sku"] == sku)
        return int(quantity * units.get(unit, 1))

    def days_wanted(self, customer: str | None) -> int:
        """Return the days of life that must be left for a customer."""
        return next((one.get("min_days_left", 0) for one in self.customers if one["customer"] == customer), 0)

    def _record(self, type: str, name: str, body: Mapping[str, Any]) -> Record:
        return inbound(type, {"owner": self.owner, **body}, source=SOURCE, message_id=f"{type}/{name}")

    def _found(self) -> dict[str, Any]:
        """Return stock as it is found, one lot of it expired: what comes in so goes to quarantine."""
        lines = [
            {"line": str(number), "sku": lot.sku, "lot": lot.lot, "expires": lot.expires, "quantity": lot.quantity,
             "location": lot.location}
            for number, lot in enumerate(self.lots, start=1)
        ]  # fmt: skip
        return {"site": self.site.site, "by": SOURCE, "balance": self.balance, "lines": lines}


def data(name: str) -> bytes:
    """Return a file of the demo, byte for byte."""
    return (files("lotstream.local.demo") / "data" / name).read_bytes()


def read_catalogue() -> Catalogue:
    """Read the catalogue; days become dates by the clock of the site."""
    read = yaml.safe_load(data("catalogue.yaml"))
    site = SiteDefined(site=read["site"]["id"], time_zone=read["site"]["time_zone"])
    today = datetime.now(UTC).astimezone(ZoneInfo(site.time_zone)).date()
    return Catalogue(
        owner=read["owner"],
        site=site,
        locations=tuple(
            LocationDefined(site=site.site, location=location, sequence=number)
            for number, location in enumerate(read["locations"], start=1)
        ),
        items=tuple(read["items"]),
        customers=tuple(read["customers"]),
        balance=read["balance"],
        lots=tuple(_lot(lot, today) for lot in read["lots"]),
        holds=tuple(read["holds"]),
        expected={
            order: {sku: {one["lot"]: one["quantity"] for one in lots} for sku, lots in lines.items()}
            for order, lines in read["expected"].items()
        },
    )


def _lot(read: Mapping[str, Any], today: date) -> ReceivedLot:
    expires = today + timedelta(days=read["expires_in_days"])
    return ReceivedLot(read["sku"], read["lot"], expires, read["quantity"], read["location"])
