"""What really happened by a message, in the words of the rules that stories are there to try."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from lotstream.domain.codes import Refusal
from lotstream.domain.events import (
    Event,
    GoodsReturned,
    ItemRebased,
    ProductionRecorded,
    RecallOpened,
    ReturnInspected,
    StockReceived,
    TitleAccepted,
    TitleReleased,
    TransferReceived,
    TransferShipped,
)

HAPPENINGS: Final = (
    "goods came back of an order", "more came back than had left", "what came back was restocked",
    "a recall found what was made of its lots", "a transfer left", "a transfer arrived", "goods were made of others",
    "goods were sold", "another owner got what was sold", "an item with stock was counted otherwise",
    "goods came in by weight",
)  # fmt: skip
"""Everything that `happenings` tells."""


def happenings(told: Sequence[Event] | Refusal) -> Iterator[str]:
    """Yield what happened by a message."""
    for event in () if isinstance(told, Refusal) else told:
        yield from (HAPPENINGS[at] for at, happened in enumerate(_of(event)) if happened)


def _of(event: Event) -> tuple[bool, ...]:
    back = event.lines if isinstance(event, GoodsReturned) else ()
    return (
        any(line.order_line is not None for line in back),
        any(line.order_line is None for line in back),
        isinstance(event, ReturnInspected) and any(move.to.status == "good" for move in event.moves),
        isinstance(event, RecallOpened) and bool(event.recall.descendants),
        isinstance(event, TransferShipped) and bool(event.moves),
        isinstance(event, TransferReceived) and bool(event.moves),
        isinstance(event, ProductionRecorded) and bool(event.used and event.made),
        isinstance(event, TitleReleased) and bool(event.title.lines),
        isinstance(event, TitleAccepted) and event.from_owner != "somebody",
        isinstance(event, ItemRebased) and any(row.was != row.now for row in event.rows),
        isinstance(event, StockReceived) and any(line.weight_g for line in event.lines),
    )
