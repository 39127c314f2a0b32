"""What an event changes: the only place where a ledger changes, and where it is noted what has changed.

Events hold results, so nothing is decided here; the same events applied to equal ledgers make equal ledgers. An order
in an event is taken over by the ledger and changes with it: write an event down before the next one is applied.
"""

from __future__ import annotations

from lotstream.domain.applying import (
    counts,
    ends,
    facts,
    figures,
    floor,
    goods,
    kits,
    lots,
    orders,
    packing,
    papers,
    rebasing,
    recalls,
    receipts,
    returns,
    stock,
    time,
    titles,
    transfers,
    waves,
    weights,
)
from lotstream.domain.applying.weights import note_weights
from lotstream.domain.events import Event
from lotstream.domain.ledger import Ledger

_ROOMS = (
    facts,
    orders,
    goods,
    kits,
    floor,
    packing,
    receipts,
    stock,
    figures,
    waves,
    ends,
    lots,
    rebasing,
    papers,
    transfers,
    titles,
    recalls,
    returns,
    counts,
    time,
    weights,
)
_APPLIERS = {event: applier for room in _ROOMS for event, applier in room.APPLIERS.items()}


def apply(ledger: Ledger, event: Event) -> None:
    """Change a ledger as an event says, and note in ``ledger.touched`` what has to be written.

    Raises `TypeError` for an event of a broadcast, which `lotstream.domain.broadcasts` applies, and `NotLoaded` where a
    receipt it adds to was not read.
    """
    applier = _APPLIERS.get(type(event))
    if applier is None:
        raise TypeError(f"{type(event).__name__} concerns every owner; apply_broadcast applies it")
    applier(ledger, event)
    if ledger.weighs:
        note_weights(ledger, event)
