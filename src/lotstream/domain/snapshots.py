"""What there is at a moment, lot by lot and condition by condition, told for a month's end or a new reader."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from lotstream.domain.codes import Code, Refused
from lotstream.domain.commands import Moment, TakeSnapshot
from lotstream.domain.events import Event, SnapshotTaken
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import SNAPSHOT, Notice, ReceiptKey
from lotstream.domain.notices import content_of
from lotstream.domain.places import is_transit


class OnHand(NamedTuple):
    """What a site has of a lot in one condition, in smallest units, whatever bins it lies in."""

    sku: str
    #: None: goods without a lot.
    lot: str | None
    site: str
    status: str
    quantity: int
    reserved: int
    #: They are on the way to the site from another one.
    in_transit: bool = False
    #: What it weighs, in grams; 0: nobody knows.
    weight_g: int = 0


def take_snapshot(ledger: Ledger, command: TakeSnapshot, moment: Moment) -> tuple[Event, ...]:
    """Decide snapshot.requested: what there is now is told once under its number."""
    key = ReceiptKey(SNAPSHOT, command.snapshot)
    content = content_of(command.site)
    known = ledger.document(key, Notice)
    if known is not None and known.content == content:
        return ()
    if known is not None:
        message = f"Snapshot {command.snapshot} was taken of another site; ask under a number of its own."
        raise Refused(Code.CONFLICTING_CONTENT, "snapshot", message)
    if command.site is not None and command.site not in ledger.sites.sites:
        raise Refused(Code.FIELD_INVALID, "site", f"Site {command.site} is not defined; define it.")
    return (SnapshotTaken(Notice(key, content), command.site, moment.recorded_at),)


def on_hand(ledger: Ledger, site: str | None) -> Iterator[OnHand]:
    """Yield what there is at a site, or at all, by SKU, lot, site and condition; nothing of what adds up to nothing.

    What is on the way to a site is its own, beside what is there.
    """
    there: dict[tuple[str, str, str, str, bool], list[int]] = {}
    for key, row in ledger.stock.items():
        if site in (None, key.site):
            # No lot is called by an empty text.
            name = key.sku, key.lot or "", key.site, key.status, is_transit(key.location)
            units = there.setdefault(name, [0, 0, 0])
            units[0] += row.on_hand
            units[1] += row.reserved
            units[2] += ledger.weights.get(key, 0)
    for name in sorted(there):
        quantity, reserved, grams = there[name]
        if quantity or reserved:
            sku, lot, where, status, in_transit = name
            yield OnHand(sku, lot or None, where, status, quantity, reserved, in_transit, grams)
