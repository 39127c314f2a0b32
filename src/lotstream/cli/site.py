"""``lotstream site``, ``location``, ``day``: what concerns every partition, told through the database."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final

import typer

from lotstream.cli.telling import Told, Wait, tell

WAIT_S: Final = 30.0
"""Seconds that a hold is waited for: whoever stops goods has to know whether they are stopped."""

SiteName = Annotated[str, typer.Argument(help="The site's id.")]
Version = Annotated[
    int, typer.Option("--version", help="Grows with every change; an older one changes nothing.", min=1)
]
VERSION: Final = "--version"
"""The option that makes a change out of a repeat."""

LocationName = Annotated[str, typer.Argument(help="The location's id within its site.")]


def register(app: typer.Typer) -> None:
    """Add the groups ``site``, ``location`` and ``day``."""
    for name, what, verb, command in (
        ("site", "Warehouses, each with its own calendar.", "define", define_site),
        ("day", "The today of a site.", "open", open_day),
    ):
        group = typer.Typer(help=what, no_args_is_help=True)
        # A group of one command keeps its name in front of it.
        group.callback()(lambda: None)
        group.command(verb)(command)
        app.add_typer(group, name=name)
    location = typer.Typer(help="The bins and areas of a site.", no_args_is_help=True)
    location.command("define")(define_location)
    location.command("hold")(hold_location)
    location.command("release")(release_location)
    app.add_typer(location, name="location")


def define_site(
    site: SiteName,
    time_zone: Annotated[str, typer.Option("--time-zone", help="IANA time zone, e.g. America/Toronto.")] = "UTC",
    calendar: Annotated[
        str, typer.Option("--calendar", help="Where its today comes from: clock, or scripted (day open alone).")
    ] = "clock",
    reserve: Annotated[
        str, typer.Option("--reserve", help="What is promised: bin, or lot where the warehouse names the bin.")
    ] = "bin",
    version: Version = 1,
    wait: Wait = 0.0,
) -> None:
    """Define a site, or change it.

    A change needs a higher version; the same or an older one changes nothing.
    """
    from lotstream.contracts.inbound_facts import SiteDefined

    body = {"site": site, "time_zone": time_zone, "calendar": calendar, "reserve": reserve, "version": version}
    tell(Told("site.defined", SiteDefined, body, f"{site}/{version}", VERSION, at_site=False), wait_s=wait)


def define_location(
    site: SiteName,
    location: LocationName,
    parent: Annotated[str | None, typer.Option("--parent", help="The area it lies in.")] = None,
    sequence: Annotated[int | None, typer.Option("--sequence", help="Smaller is nearer.")] = None,
    pickable: Annotated[bool, typer.Option(help="Whether stock in it may be promised.")] = True,
    hold: Annotated[bool, typer.Option("--hold", help="Put the location itself on hold.")] = False,
    tier: Annotated[int, typer.Option("--tier", help="Smaller tiers are used up first.")] = 0,
    storage: Annotated[list[str] | None, typer.Option("--storage", help="A storage class it takes.")] = None,
    hazard: Annotated[list[str] | None, typer.Option("--hazard", help="A hazard class it takes.")] = None,
    mixing: Annotated[str | None, typer.Option("--mixing", help="any, one_sku or one_lot in one bin.")] = None,
    version: Version = 1,
    wait: Wait = 0.0,
) -> None:
    """Define a location, or change it.

    A change needs a higher version; the same or an older one changes nothing.
    """
    from lotstream.contracts.inbound_facts import LocationDefined

    body = {
        "site": site,
        "location": location,
        "parent": parent,
        "sequence": sequence,
        "pickable": pickable,
        "hold": hold,
        "tier": tier,
        "version": version,
        "storage": storage or None,
        "hazards": hazard or None,
        "mixing": mixing,
    }
    tell(Told("location.defined", LocationDefined, body, f"{site}/{location}/{version}", VERSION), wait_s=wait)


def hold_location(
    site: SiteName,
    location: LocationName,
    hold: Annotated[str, typer.Option("--id", help="Id of the hold; the same id again changes nothing.")],
    kind: Annotated[str, typer.Option("--kind", help="hold, quarantine or recall.")] = "hold",
    reason: Annotated[str | None, typer.Option("--reason", help="Why, for people.")] = None,
    by: Annotated[str | None, typer.Option("--by", help="Who places it; it is then lifted by name too.")] = None,
    wait: Wait = WAIT_S,
) -> None:
    """Hold a bin, or an area with all its bins: nothing in it is promised, what was promised there moves."""
    from lotstream.contracts.inbound_goods import HoldPlaced

    body = {"site": site, "location": location, "hold": hold, "kind": kind, "reason": reason, "by": by}
    key = f"{site}/{location}/{hold}"
    tell(Told("hold.placed", HoldPlaced, body, key, "--id", place=location), wait_s=wait)


def release_location(
    site: SiteName,
    location: LocationName,
    hold: Annotated[str, typer.Option("--id", help="Id of the hold that ends.")],
    by: Annotated[str | None, typer.Option("--by", help="Who lifts it.")] = None,
    wait: Wait = WAIT_S,
) -> None:
    """Lift a hold from a bin or an area; it is free when no hold is left."""
    from lotstream.contracts.inbound_goods import HoldLifted

    body = {"site": site, "location": location, "hold": hold, "by": by}
    key = f"{site}/{location}/{hold}"
    tell(Told("hold.lifted", HoldLifted, body, key, "--id"), wait_s=wait)


def open_day(
    site: SiteName,
    date: Annotated[datetime, typer.Argument(help="The new date.", formats=["%Y-%m-%d"])],
    wait: Wait = 0.0,
) -> None:
    """Move a site's today forward.

    What is due on that day happens. A site whose calendar is the clock opens its days by itself.
    """
    from lotstream.contracts.inbound_facts import DayOpened

    day = date.date().isoformat()
    tell(Told("day.opened", DayOpened, {"site": site, "date": day}, f"{site}/{day}", "date"), wait_s=wait)
