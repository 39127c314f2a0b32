"""All that the report of a recall is made of, read from the database."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from lotstream.cli.environment import read_settings
from lotstream.errors import InputRefused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lotstream.cli.recall_report import Gathered
    from lotstream.domain.model import Consignee, LotName, Recipient
    from lotstream.settings import Settings
    from lotstream.store.reads_recalls import RecallReads, RecallSeen

SHIPMENTS_READ: Final = 1000
"""Shipments that are read at once, to see where they are."""


async def report_one(number: str, owner: str | None) -> dict[str, Any]:
    """Return how a recall stands as JSON values; raises `InputRefused` when it is not clear which."""
    from lotstream.cli.candidates import only_one
    from lotstream.cli.recall_report import shown

    async with open_reads(read_settings()) as reads:
        found = await reads.owners_of_recall(number, owner=owner)
        who = only_one("owner", found, option="--owner", what=f"recall {number}")
        return shown(await gather(reads, who, number))


async def gather(reads: RecallReads, owner: str, number: str) -> Gathered:
    """Return all that a recall's report is made of; raises `InputRefused` when there is no such recall."""
    from lotstream.cli.recall_report import Gathered

    seen = await reads.recall(owner, number)
    if seen is None:
        raise InputRefused(
            f"There is no recall {number} of {owner}.", what_to_do="`lotstream lot recalled` lists them."
        )
    seen = await _with_later(reads, seen, number)
    names = (*seen.recall.lots, *seen.recall.descendants)
    written = {one.to.id: one for one in await reads.consignees(owner, number)}
    now = page = await reads.look_back(owner, (*names, *seen.recall.former))
    recipients, persons = [*now.recipients], dict(now.persons)
    while page.more:
        page = await reads.look_back(owner, (*names, *seen.recall.former), after=page.recipients[-1].id)
        recipients += page.recipients
        persons |= page.persons
    recipients += _no_longer(written, recipients)
    lots, stock = await reads.lots(owner, names), await reads.stock(owner, names)
    items = await reads.items(owner, {lot.sku for lot in (*names, *seen.recall.former)})
    given = await reads.given(owner, (*names, *seen.recall.former))
    lost = await _lost(reads, owner, (*names, *seen.recall.former))
    rules = await reads.waits_for(owner, number)
    return Gathered(seen, lots, stock, written, now, recipients, persons, items, given, lost, rules)


async def _lost(reads: RecallReads, owner: str, names: Sequence[LotName]) -> dict[str, int]:
    """Return smallest units of lots by SKU that were told lost on their way; whoever was to get them has none."""
    from lotstream.cli.lot_where import all_that_left
    from lotstream.domain.road_parts import lost_of

    shipments = sorted({one.shipment for one in await all_that_left(reads, owner, names)})
    lost: Counter[str] = Counter()
    for at in range(0, len(shipments), SHIPMENTS_READ):
        roads = await reads.roads(owner, shipments[at : at + SHIPMENTS_READ])
        for shipment in roads.values():
            lost += lost_of(shipment, {*names})
    return dict(lost)


async def _with_later(reads: RecallReads, seen: RecallSeen, number: str) -> RecallSeen:
    """Return a recall with the lots that came under it since it was told last: made of its goods, or come again."""
    if seen.recall.drill:
        return seen
    held = set(await reads.held_under(seen.owner, number)) - {*seen.recall.lots}
    made = tuple(sorted(held | {*seen.recall.descendants}))
    return replace(seen, recall=replace(seen.recall, descendants=made))


def _no_longer(written: dict[str, Consignee], recipients: Sequence[Recipient]) -> list[Recipient]:
    """Return who was written to and has got nothing after all, as when a shipment was taken back."""
    known = {one.id for one in recipients}
    return [one.to for one in written.values() if one.to.id not in known]


def open_reads(settings: Settings) -> RecallReads:
    """Return what answers questions about recalls, to be opened."""
    from lotstream.store.reads_recalls import RecallReads

    return RecallReads(settings.postgres_url, timeout_s=settings.postgres_timeout_s)
