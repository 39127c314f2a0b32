"""An order's history in plain words, and the same as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from lotstream.cli.order_tellers import tell
from lotstream.cli.order_tellers.words import Story, said_by
from lotstream.domain.ahead import horizon_of, ships_on
from lotstream.domain.by_lot import told_by_lot
from lotstream.domain.model import OrderKey, OrderLine
from lotstream.domain.sums import backordered, picked, promised
from lotstream.errors import InputRefused
from lotstream.store.reads import Decided, Reads


async def read_story(reads: Reads, owner: str, key: OrderKey) -> Story:
    """Read an order's story; raises `InputRefused` when there is no such order."""
    order = await reads.order(owner, key)
    if order is None:
        raise InputRefused(f"There is no order {key.order} from {key.source} of {owner}.")
    history = await reads.history(owner, key)
    skus = {line.sku for line in order.lines} | {part.sku for line in order.lines for part in line.parts}
    horizon = horizon_of(*await reads.rules(owner, order.customer), order) if order.ahead else None
    return Story(owner, order, tuple(history), await reads.items(owner, skus), horizon)


def story_lines(story: Story) -> Iterator[str]:
    """Yield the story line by line: how the order stands, then what was decided about it, the oldest first."""
    order = story.order
    site = f"filled from {order.site}" if order.site else "no site yet"
    state = order.state.replace("_", " ")
    yield f"Order {order.key.order} of {story.owner} from {order.key.source}: {state}, {site}"
    if order.held:
        yield f"  held: {order.held_message or order.held}"
    if order.ahead:
        yield f"  waits for its day: {_its_day(story)}"
    for line in order.lines:
        yield f"  line {line.line}: {_standing(story, line)}"
    for decided in story.history:
        yield ""
        yield from _told(story, decided)


def _its_day(story: Story) -> str:
    """Return when an order that waits for its day is allocated, and who says so."""
    ships = ships_on(story.order)
    if ships is None or story.horizon is None:
        return "it has come, and the order is about to be allocated"
    days, who = story.horizon
    first = date.fromordinal(max(ships.toordinal() - days, 1))
    return f"it ships on {ships} and is allocated from {first} on, {days} days ahead (by {said_by(who)})"


def _standing(story: Story, line: OrderLine) -> str:
    if line.quantity_sent is not None:
        return f"{line.quantity_sent} {line.unit} of {line.sku or line.gtin}".replace("  ", " ")
    on_line, in_hand = promised(line), picked(line)
    parts = {
        "reserved": on_line - in_hand, "picked": in_hand, "shipped": line.shipped, "cancelled": line.cancelled,
        "backordered": backordered(line),
    }  # fmt: skip
    counts = ", ".join(f"{story.amount(line.sku, count)} {name}" for name, count in parts.items() if count)
    by_lot = any(part.quantity > part.picked and told_by_lot(part.task, part.wave) for part in line.reservations)
    named = " (by lot: the warehouse names the bin)" if by_lot else ""
    return f"{story.amount(line.sku, line.ordered)} of {line.sku}: {counts or 'cancelled'}{named}"


def _told(story: Story, decided: Decided) -> Iterator[str]:
    what, *lines = tell(story.when(decided), decided.event)
    yield f"{_time(decided.recorded_at)}  {what}"
    yield from (f"    {line}" for line in lines)


def _time(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%S")


def story_of(story: Story) -> dict[str, Any]:
    """Return the story as JSON values; quantities are counts of the item's smallest unit.

    What was decided while an item was counted in another unit says in which (``counted_in``).
    """
    return {
        "owner": story.owner,
        "order": asdict(story.order),
        "days_ahead": None if story.horizon is None else {"days": story.horizon[0], "by": story.horizon[1]},
        "history": [
            {
                "recorded_at": one.recorded_at,
                "event": type(one.event).__name__,
                **asdict(one.event),
                **_units(story, one),
            }
            for one in story.history
        ],
    }


def _units(story: Story, decided: Decided) -> dict[str, Any]:
    items = story.when(decided).items
    then = {
        sku: {"unit": item.base_unit, "decimals": item.decimals}
        for sku, item in items.items()
        if item is not story.items[sku]
    }
    return {"counted_in": then} if then else {}
