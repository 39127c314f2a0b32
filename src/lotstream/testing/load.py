"""Made-up owners, stock and orders, the same for the same seed: what benches and fault runs feed the hub."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from lotstream.contracts.inbound import type_of
from lotstream.contracts.produce import Record, inbound

#: The site all made-up stock stands at.
SITE = "NORTH"
#: First day lots expire; far enough ahead for any clock the tests run under.
FIRST_EXPIRY = date(2031, 1, 1)
SOURCE = "load"


@dataclass(frozen=True, slots=True)
class Load:
    """How much of everything."""

    orders: int
    owners: int = 16
    skus: int = 100
    #: Lots per SKU, each in a bin of its own.
    lots: int = 4
    #: Units per lot.
    units: int = 100_000
    lines: int = 4
    seed: int = 1
    #: Owners and messages of one load are others than those of another with other words here.
    owner_prefix: str = "owner"
    source: str = SOURCE

    def owner_ids(self) -> list[str]:
        """Return the owners' ids."""
        return [f"{self.owner_prefix}-{number:03d}" for number in range(self.owners)]


def site() -> tuple[str, str, bytes]:
    """Return type, business key and body of the broadcast that defines the site all made-up stock stands at."""
    return type_of("site.defined"), f"{SITE}/1", json.dumps({"site": SITE, "time_zone": "UTC"}).encode()


def catalogue(load: Load) -> Iterator[Record]:
    """Yield items and opening stock of every owner; lots expire a month apart, in a shuffled order of rows."""
    for owner in load.owner_ids():
        for sku in range(load.skus):
            item = {"owner": owner, "sku": _sku(sku), "base_unit": "each", "units": {"case": "12"}}
            yield inbound("item.defined", item, source=load.source, message_id=f"item/{owner}/{sku}")
        for sku in range(load.skus):
            yield inbound(
                "balance.opened",
                {"owner": owner, "site": SITE, "balance": f"B-{sku}", "lines": _stock(load, sku)},
                source=load.source,
                message_id=f"balance/{owner}/{sku}",
            )


def orders(load: Load, *, first: int = 0) -> Iterator[Record]:
    """Yield orders in the order in which they are placed, spread over the owners."""
    chance = random.Random(load.seed)
    owners = load.owner_ids()
    placed_at = datetime(2026, 1, 1, tzinfo=UTC)
    for number in range(first, first + load.orders):
        owner = owners[number % len(owners)]
        body = {
            "owner": owner,
            "source": load.source,
            "order": f"O-{number}",
            "version": "1",
            "placed_at": (placed_at + timedelta(seconds=number)).isoformat(),
            "ship_to": _ship_to(number),
            "carrier": {"scac": "DEMO", "service": "Ground"},
            "references": {"po": f"PO-{number}"},
            "lines": [
                {"line": str(line), "sku": _sku(sku), "quantity": str(chance.randint(1, 3)), "unit": "each"}
                for line, sku in enumerate(chance.sample(range(load.skus), load.lines), 1)
            ],
        }
        yield inbound("order.placed", body, source=load.source, message_id=f"order/{number}")


def _sku(number: int) -> str:
    return f"SKU-{number:04d}"


def _stock(load: Load, sku: int) -> list[dict[str, object]]:
    return [
        {
            "line": str(lot),
            "sku": _sku(sku),
            "lot": f"L{(lot * 7 + sku) % load.lots}",
            "quantity": str(load.units),
            "location": f"A-{sku:03d}-{lot}",
            "expires": (FIRST_EXPIRY + timedelta(days=30 * ((lot * 7 + sku) % load.lots))).isoformat(),
            "received": "2026-01-01",
        }
        for lot in range(load.lots)
    ]


def _ship_to(number: int) -> dict[str, object]:
    return {
        "name": f"Receiver {number}",
        "street": [f"{number % 900 + 1} Example Street"],
        "city": "Sampletown",
        "region": "OH",
        "postcode": "43085",
        "country": "US",
    }
