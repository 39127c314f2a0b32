"""Tuesday's counts that are not booked at once: told late by a device without a network, or to be counted twice."""

from __future__ import annotations

from datetime import timedelta

from tests.acceptance.week.finding import roomy
from tests.acceptance.week.house import TOR, House
from tests.acceptance.week.hub import Refused


async def offline(house: House) -> None:
    """What came and went since somebody counted is reckoned in, as of the moment he did."""
    acme = house.acme
    house.doing("counts are told late: what was moved since is reckoned in")
    row, other = list(roomy(acme, TOR))[14:16]
    counted_at = await house.hub.moment()
    acme.move(TOR, "M-LATE", row, "D-02", 2, at=None)
    await house.hub.settle()
    acme.count(TOR, "CL-1", row, acme.books.rows[row] + 2, since=-2, at=None, as_of=counted_at.isoformat())
    acme.count(TOR, "CL-2", other, acme.books.rows[other] - 1, at=None, as_of=counted_at.isoformat())
    late = (counted_at - timedelta(days=31)).isoformat()
    acme.count(TOR, "CL-3", other, 1, why=Refused("field_invalid", "as_of"), at=None, as_of=late)
    await house.hub.settle()


async def twice(house: House) -> None:
    """Above a threshold nothing is booked until somebody else has counted the same."""
    acme = house.acme
    house.doing("counts that differ much wait for a second counter; one is approved, one rejected")
    acme.change_settings(sites=["TOR", "MTL"], count_approval={"units": "4"})
    first, second = list(roomy(acme, TOR))[16:18]
    acme.count(TOR, "CW-1", first, acme.books.rows[first] + 6, waits=True)
    acme.count(TOR, "CW-2", second, acme.books.rows[second] - 5, waits=True)
    found = acme.books.rows[first] + 6
    acme.approve(TOR, "CW-1", first, found, by="scanner-4", why=Refused("field_invalid", "by"))
    acme.approve(TOR, "CW-1", first, found - 1, by="counter-2", why=Refused("conflicting_content", "lines.0.counted"))
    acme.approve(TOR, "CW-1", first, found, by="counter-2")
    acme.approve(TOR, "CW-2", second, None, by="counter-2")
    acme.approve(TOR, "CW-3", second, None, by="counter-2", why=Refused("not_available", "count"))
    acme.change_settings(sites=["TOR", "MTL"])
    await house.hub.settle()
