"""``lotstream wave``: what a wave's tasks come to, for which orders, and how far the pickers are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from lotstream.cli.amounts import base_units, unit_of
from lotstream.cli.environment import read_settings, run
from lotstream.cli.options import Json, Owner
from lotstream.cli.output import print_json, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lotstream.domain.model import Item, Order, Wave

DONE: Final = "done"
"""The state of a wave of which nothing is left to be picked."""


def register(app: typer.Typer) -> None:
    """Add the command ``wave``."""
    app.command("wave")(wave)


def wave(
    number: Annotated[str, typer.Argument(metavar="WAVE", help="The wave's number.")],
    owner: Owner = None,
    as_json: Json = False,
) -> None:
    """Show the tasks of a wave: what is to be taken from which bin, for which orders, and what of it is picked."""
    told = run(_read(owner, number))
    if as_json:
        print_json(told)
    else:
        say("\n".join(in_words(told)))


async def _read(owner: str | None, number: str) -> dict[str, Any]:
    from lotstream.cli.candidates import only_one
    from lotstream.domain.wave_parts import parts_of
    from lotstream.store.reads import Reads

    settings = read_settings()
    async with Reads(settings.postgres_url, timeout_s=settings.postgres_timeout_s) as reads:
        found = await reads.waves(number, owner=owner)
        who = only_one("owner", list(found), option="--owner", what=f"wave {number}")
        orders = await reads.orders(who, found[who].orders)
        items = await reads.items(who, {one.part.row.sku for one in parts_of(orders, number)})
    return shown(who, found[who], orders, items)


def shown(owner: str, wave: Wave, orders: Sequence[Order], items: dict[str, Item]) -> dict[str, Any]:
    """Return what a wave comes to now, as JSON values; what has left is no longer counted."""
    from lotstream.domain.model import WaveState
    from lotstream.domain.waiting import queue_key
    from lotstream.domain.wave_parts import by_task, is_open, parts_of

    tasks = by_task(parts_of(sorted(orders, key=queue_key), wave.key.number))
    over = wave.state is WaveState.RELEASED and not any(is_open(parts) for parts in tasks.values())
    return {
        "owner": owner,
        "wave": wave.key.number,
        "site": wave.site,
        "state": DONE if over else wave.state.value,
        "orders": len(wave.orders),
        "tasks": [_task(name, parts, items) for name, parts in tasks.items()],
    }


def _task(name: str, parts: Sequence[Any], items: dict[str, Item]) -> dict[str, Any]:
    from lotstream.domain.by_lot import is_by_lot

    row = next((one.part.row for one in parts if one.part.quantity > one.part.picked), parts[0].part.row)
    item = items.get(row.sku)
    told = [
        {
            "source": one.order.key.source,
            "order": one.order.key.order,
            "line": one.line.line,
            "quantity": base_units(item, one.part.quantity),
            "picked": base_units(item, one.part.picked),
        }
        for one in parts
    ]
    bins = sorted({one.part.row.location for one in parts if one.part.quantity > one.part.picked})
    by_lot = {"location": None, "package": None, "expected_in": bins}
    place = by_lot if is_by_lot(name) else {"location": row.location, "package": row.package}
    return {
        "task": name, "sku": row.sku, "lot": row.lot, **place,
        "quantity": base_units(item, sum(one.part.quantity for one in parts)),
        "picked": base_units(item, sum(one.part.picked for one in parts)),
        "unit": unit_of(item), "for": told,
    }  # fmt: skip


def in_words(told: dict[str, Any]) -> list[str]:
    """Return the same in lines for people."""
    count = f"{told['orders']} order{'' if told['orders'] == 1 else 's'}"
    lines = [f"Wave {told['wave']} of {told['owner']} at {told['site']}: {told['state']}, {count}"]
    for task in told["tasks"]:
        lot = f"lot {task['lot']}" if task["lot"] is not None else "goods without a lot"
        much = f"{task['picked']} of {task['quantity']} {task['unit'] or ''}".rstrip()
        lines.append(f"  {task['sku']} {lot} {_where(task)}: {much} picked (task {task['task']})")
        lines += [
            f"    order {one['order']} from {one['source']}, line {one['line']}: {one['picked']} of {one['quantity']}"
            for one in task["for"]
        ]
    return lines


def _where(task: dict[str, Any]) -> str:
    """Return the bin of a task; of one by lot, where the hub expects the rest to be taken from."""
    if task["location"] is not None:
        return f"in {task['location']}"
    expected = f", expected in {' and '.join(task['expected_in'])}" if task["expected_in"] else ""
    return f"from bins that the warehouse names{expected}"
