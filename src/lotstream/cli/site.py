"""``lotstream site``, ``location``, ``day``: what concerns every partition, told through the database."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from lotstream.cli.environment import read_settings, run
from lotstream.errors import InputRefused

if TYPE_CHECKING:
    from lotstream.contracts.fields import Inbound

SiteName = Annotated[str, typer.Argument(help="The site's id.")]
Version = Annotated[
    int, typer.Option("--version", help="Grows with every change; an older one changes nothing.", min=1)
]


def register(app: typer.Typer) -> None:
    """Add the groups ``site``, ``location`` and ``day``."""
    for name, what, verb, command in (
        ("site", "Warehouses, each with its own calendar.", "define", define_site),
        ("location", "The bins and areas of a site.", "define", define_location),
        ("day", "The today of a site.", "open", open_day),
    ):
        group = typer.Typer(help=what, no_args_is_help=True)
        # A group of one command keeps its name in front of it.
        group.callback()(lambda: None)
        group.command(verb)(command)
        app.add_typer(group, name=name)


def define_site(
    site: SiteName,
    time_zone: Annotated[str, typer.Option("--time-zone", help="IANA time zone, e.g. America/Toronto.")] = "UTC",
    calendar: Annotated[
        str, typer.Option("--calendar", help="Where its today comes from: clock, or scripted (day open alone).")
    ] = "clock",
    reserve: Annotated[
        str, typer.Option("--reserve", help="What is promised: bin; lot alone is not in this version.")
    ] = "bin",
    version: Version = 1,
) -> None:
    """Define a site, or change it.

    A change needs a higher version; the same or an older one changes nothing.
    """
    from lotstream.contracts.inbound_facts import SiteDefined

    body = {"site": site, "time_zone": time_zone, "calendar": calendar, "reserve": reserve, "version": version}
    _tell("site.defined", SiteDefined, body, key=f"{site}/{version}")


def define_location(
    site: SiteName,
    location: Annotated[str, typer.Argument(help="The location's id within its site.")],
    parent: Annotated[str | None, typer.Option("--parent", help="The area it lies in.")] = None,
    sequence: Annotated[int | None, typer.Option("--sequence", help="Smaller is nearer.")] = None,
    pickable: Annotated[bool, typer.Option(help="Whether stock in it may be promised.")] = True,
    hold: Annotated[bool, typer.Option("--hold", help="Put the location itself on hold.")] = False,
    tier: Annotated[int, typer.Option("--tier", help="Smaller tiers are used up first.")] = 0,
    version: Version = 1,
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
    }
    _tell("location.defined", LocationDefined, body, key=f"{site}/{location}/{version}")


def open_day(
    site: SiteName,
    date: Annotated[datetime, typer.Argument(help="The new date.", formats=["%Y-%m-%d"])],
) -> None:
    """Move a site's today forward.

    What is due on that day happens. A site whose calendar is the clock opens its days by itself.
    """
    from lotstream.contracts.inbound_facts import DayOpened

    day = date.date().isoformat()
    _tell("day.opened", DayOpened, {"site": site, "date": day}, key=f"{site}/{day}")


def _tell(name: str, model: type[Inbound], body: Mapping[str, object], *, key: str) -> None:
    """Check a message and number it for every partition; a repeat of the same key changes nothing."""
    from pydantic import ValidationError

    from lotstream.contracts.inbound import type_of

    try:
        value = model.model_validate_json(json.dumps(body)).model_dump_json().encode()
    except ValidationError as error:
        problem = error.errors(include_url=False, include_context=False)[0]
        raise InputRefused(f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}.") from error
    number = run(_add(type_of(name), key=key, body=value))
    print(f"{name} {key} is number {number}; every partition hears it within seconds of its worker running")


async def _add(type: str, *, key: str, body: bytes) -> int:
    from lotstream.store.postgres import PostgresStore

    settings = read_settings()
    async with PostgresStore(settings.postgres_url, timeout_s=settings.postgres_timeout_s) as store:
        return await store.add_broadcast(type, key=key, body=body)
