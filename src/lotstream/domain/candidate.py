"""A stock row as allocation sees it: with the facts of its lot and its place."""

from __future__ import annotations

from datetime import date
from enum import Enum

from lotstream.domain.codes import NotUsed
from lotstream.domain.events import Considered
from lotstream.domain.expiry import NEVER
from lotstream.domain.model import Lot, RowKey, StockRow
from lotstream.domain.places import Place


class Standing(Enum):
    """Where a candidate stands on its shelf."""

    NOWHERE = "nowhere"  # no goods
    QUEUED = "queued"  # lines may use it
    ASIDE = "aside"  # no line may use it
    PROMISED = "promised"  # nothing of it is free


def ordinal(day: date | None) -> int:
    """Return a date as an ordinal; a date that is not known is after all others."""
    return NEVER if day is None else day.toordinal()


class Candidate:
    """A stock row with the facts that decide whether and when it is used."""

    __slots__ = (
        "_considered", "expires", "free_seen", "key", "lot", "lotless", "made", "papered", "place", "reason",
        "received", "row", "standing",
    )  # fmt: skip

    def __init__(
        self, row: StockRow, lot: Lot | None, place: Place, *, lot_tracked: bool, papered: int = NEVER
    ) -> None:
        self.row = row
        self.key: RowKey = row.key
        self.lot = lot
        self.place = place
        self.expires = ordinal(lot.expires) if lot is not None else NEVER
        self.made = ordinal(lot.made) if lot is not None else NEVER
        self.received = ordinal(lot.received if lot is not None else row.received)
        #: The last day on which it has all papers that its item requires of whatever leaves.
        self.papered = papered
        self.lotless = lot_tracked and row.key.lot is None
        #: Why no line may use it; None when lines may.
        self.reason: NotUsed | None = None
        #: Where it stood, and its free units, when the shelf last looked.
        self.standing = Standing.NOWHERE
        self.free_seen = self.free()
        self._considered: Considered | None = None

    def free(self) -> int:
        """Return what is promised to nobody; below 0 for a deficit."""
        row = self.row
        return row.on_hand - row.promised_elsewhere - row.reserved

    def counted_as(self) -> NotUsed | None:
        """Return the reason under which its shelf counts it as not used, or None."""
        if self.standing is Standing.PROMISED:
            return NotUsed.RESERVED
        return self.reason if self.standing is Standing.ASIDE else None

    def not_used(self, reason: NotUsed, free: int) -> Considered:
        """Return the record of why it was not used; remembered, because the same lots are passed over again."""
        last = self._considered
        if last is None or last.reason != reason or last.free != free:
            expires = None if self.lot is None else self.lot.expires
            last = self._considered = Considered(self.key.lot, self.key.location, expires, 0, free, reason)
        return last

    def used(self, taken: int, free: int) -> Considered:
        """Return the record of how much was taken of it."""
        expires = None if self.lot is None else self.lot.expires
        return Considered(self.key.lot, self.key.location, expires, taken, free)
