"""Histories of what the first version decided: worked out from its journal as if it had kept them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import attrgetter

from lotstream.domain.events import ShipmentConfirmed, ShipmentVoided
from lotstream.hub.lot_rows import lot_rows
from lotstream.hub.traces import rows_left
from lotstream.store.backfill import Backfill, PlacedLine, Told, Unfilled
from lotstream.store.rows import LotHistoryRow


async def fill(backfill: Backfill, place: Unfilled) -> int:
    """Add what is missing in a partition; returns how many lines of histories that is.

    It ends at the end of the journal as it is then, so whoever still runs the first version is to be stopped before.
    """
    added = 0
    while (found := await backfill.next_records(place)) is not None:
        last, told = found
        became = list(_became(told, place.partition))
        place = await backfill.add(place, became, _lines(told), last=last)
        added += len(became)
    return added


def _became(told: Iterable[Told], partition: int) -> Iterator[LotHistoryRow]:
    for _, record in groupby(told, attrgetter("offset")):
        lines: list[LotHistoryRow] = []
        for one in record:
            lines += lot_rows(
                one.event, owner=one.owner, partition=partition, offset=one.offset, first=len(lines),
                recorded_at=one.recorded_at,
            )  # fmt: skip
        yield from lines


def _lines(told: Iterable[Told]) -> Iterator[PlacedLine]:
    for offset, record in groupby(told, attrgetter("offset")):
        left = [one.event for one in record if isinstance(one.event, ShipmentConfirmed | ShipmentVoided)]
        rows = [row for event in left for row in rows_left(event)]
        yield from (PlacedLine(offset, nth, row) for nth, row in enumerate(rows))
