"""``lotstream serial``: where the unit of a serial number is, or whom it left for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from lotstream.cli.environment import read_settings, run
from lotstream.cli.options import Json, Owner
from lotstream.cli.output import print_json, say

if TYPE_CHECKING:
    from lotstream.domain.model import Serial


def register(app: typer.Typer) -> None:
    """Add the command ``serial``."""
    app.command("serial")(serial)


def serial(
    sku: Annotated[str, typer.Argument(help="The item.")],
    number: Annotated[str, typer.Argument(metavar="SERIAL", help="The serial number.")],
    owner: Owner = None,
    as_json: Json = False,
) -> None:
    """Show where the unit of a serial number is: customer, date, lot and shipment once it has left."""
    who, unit = run(_read(owner, sku, number))
    told = shown(who, unit)
    if as_json:
        print_json(told)
    else:
        say("\n".join(in_words(told)))


async def _read(owner: str | None, sku: str, number: str) -> tuple[str, Serial]:
    from lotstream.cli.candidates import only_one
    from lotstream.store.reads import Reads

    settings = read_settings()
    async with Reads(settings.postgres_url, timeout_s=settings.postgres_timeout_s) as reads:
        found = await reads.serials(number, sku=sku, owner=owner)
        who = only_one("owner", list(found), option="--owner", what=f"serial {number} of {sku}")
        return who, found[who]


def shown(owner: str, unit: Serial) -> dict[str, Any]:
    """Return what is known of a unit, as JSON values."""
    document, number = unit.gone_by or (None, None)
    row, state = unit.row, "misread" if unit.misread else unit.state.value
    return {
        "owner": owner, "sku": unit.key.sku, "serial": unit.key.number, "state": state, "lot": row.lot,
        "site": row.site, "location": row.location, "status": row.status, "source": unit.source, "order": unit.order,
        "line": unit.line, "customer": unit.customer, "shipment": unit.shipment, "shipped_at": unit.shipped_at,
        "document": document, "number": number,
        "holds": [{"hold": hold.id, "kind": hold.kind.value, "reason": hold.reason} for hold in unit.holds],
    }  # fmt: skip


def in_words(told: dict[str, Any]) -> list[str]:
    """Return the same in lines for people."""
    state = told["state"].replace("_", " ")
    lines = [f"Serial {told['serial']} of {told['sku']}, lot {told['lot'] or '–'}, of {told['owner']}: {state}"]
    if told["shipment"] is not None:
        lines.append(f"  to customer {told['customer'] or '–'} on {told['shipped_at']:%Y-%m-%d}")
        lines.append(f"  with shipment {told['shipment']} from {told['site']}")
    elif told["number"] is not None:
        lines.append(f"  by {told['document'].replace('_', ' ')} {told['number']}, last in {told['location']}")
    else:
        lines.append(f"  last seen in {told['location']} at {told['site']} ({told['status']})")
    if told["order"] is not None:
        lines.append(f"  for line {told['line']} of order {told['order']} from {told['source']}")
    for hold in told["holds"]:
        why = f": {hold['reason']}" if hold["reason"] else ""
        lines.append(f"  held by {hold['hold']} ({hold['kind']}){why}")
    return lines
