"""The stock of one SKU at one site, sorted so that a decision looks only at rows it may use.

Rows that no line may use (held, not pickable, expired today, damaged) and rows with nothing free stand aside and are
only counted; the rest stands in queues, one per policy that was asked for. A shelf is worked out from the ledger's rows
when first asked for and told of every change of a row; it is never stored.
"""

from __future__ import annotations

from lotstream.domain.codes import NotUsed
from lotstream.domain.expiry import life_reason
from lotstream.domain.model import Policy, RowKey, Settings, Status
from lotstream.domain.queue import Queue
from lotstream.domain.slot import Slot, Standing, hold_reason

_BY_STATUS = {
    Status.DAMAGED: NotUsed.DAMAGED,
    Status.QUARANTINE: NotUsed.QUARANTINE,
    Status.SAMPLE: NotUsed.QUARANTINE,
}


class Shelf:
    """The slots of one SKU at one site on one day."""

    __slots__ = (
        "_aside", "_excluded", "_queues", "_tie_break", "by_lot", "counts", "expired_ok", "free", "settings", "slots",
        "stamp", "stands_aside", "today",
    )  # fmt: skip

    def __init__(self, settings: Settings, stamp: object, *, today: int) -> None:
        #: What it was worked out from; with other settings, locations or another day it is out of date.
        self.settings = settings
        self.stamp = stamp
        self.today = today
        self.expired_ok = settings.expired_ok
        self._excluded = frozenset(settings.exclude_locations)
        self._tie_break = settings.tie_break
        self.slots: dict[RowKey, Slot] = {}
        self.by_lot: dict[str | None, dict[RowKey, Slot]] = {}
        #: Rows with goods that no line may use, by reason; rows that are promised wholly as ``reserved``.
        self.counts: dict[str, int] = {}
        #: Free units of all slots in the queues.
        self.free = 0
        #: How many slots stand aside.
        self.stands_aside = 0
        self._queues: dict[Policy, Queue] = {}
        self._aside: dict[Policy, Queue] = {}

    def queue(self, policy: Policy) -> Queue:
        """Return the slots that lines may use, in the order of a policy."""
        queue = self._queues.get(policy)
        return self._line_up(policy, self._queues, Standing.QUEUED) if queue is None else queue

    def aside(self, policy: Policy) -> Queue:
        """Return the slots with goods that no line may use, in the order of a policy."""
        queue = self._aside.get(policy)
        return self._line_up(policy, self._aside, Standing.ASIDE) if queue is None else queue

    def usable_of(self, lot: str | None) -> int:
        """Return how many slots of a lot lines may use."""
        return sum(slot.standing is Standing.QUEUED for slot in self.by_lot.get(lot, {}).values())

    def reason_for(self, slot: Slot) -> NotUsed | None:
        """Return why no line may use a slot whatever it asks, or None."""
        if slot.key.status != Status.GOOD:
            return _BY_STATUS[Status(slot.key.status)]
        held = hold_reason(slot.lot)
        if held is not None:
            return held
        if not slot.place.pickable or not self._excluded.isdisjoint(slot.place.chain):
            return NotUsed.LOCATION_NOT_PICKABLE
        return life_reason(slot.expires, slot.made, ship=self.today, expired_ok=self.expired_ok)

    def add(self, slot: Slot) -> None:
        """Put a row on the shelf."""
        slot.reason = self.reason_for(slot)
        self.slots[slot.key] = slot
        self.by_lot.setdefault(slot.key.lot, {})[slot.key] = slot
        self._enter(slot)

    def remove(self, key: RowKey) -> Slot:
        """Take a row off the shelf."""
        slot = self.slots.pop(key)
        same = self.by_lot[key.lot]
        del same[key]
        if not same:
            del self.by_lot[key.lot]
        self._leave(slot)
        return slot

    def refresh(self, slot: Slot) -> None:
        """Look again at a slot whose quantities have changed."""
        free = slot.free()
        if slot.standing is Standing.QUEUED and free > 0 and "smallest_qty" not in self._tie_break:
            self.free += free - slot.free_seen
            slot.free_seen = free
            return
        self._leave(slot)
        self._enter(slot)

    def _line_up(self, policy: Policy, queues: dict[Policy, Queue], standing: Standing) -> Queue:
        slots = [slot for slot in self.slots.values() if slot.standing is standing]
        queue = queues[policy] = Queue(policy, self._tie_break, slots)
        return queue

    def _enter(self, slot: Slot) -> None:
        row, free = slot.row, slot.free()
        slot.free_seen = free
        if slot.reason is not None:
            # What is promised although it may not be used has been picked, and says nothing about the shelf.
            slot.standing = Standing.ASIDE if row.on_hand > max(row.reserved, 0) else Standing.NOWHERE
        elif free > 0:
            slot.standing = Standing.QUEUED
            self.free += free
        else:
            slot.standing = Standing.PROMISED if row.on_hand > 0 else Standing.NOWHERE
        self._count(slot, 1)
        for queue in self._queues_of(slot.standing):
            queue.add(slot)

    def _leave(self, slot: Slot) -> None:
        for queue in self._queues_of(slot.standing):
            queue.remove(slot)
        self._count(slot, -1)
        if slot.standing is Standing.QUEUED:
            self.free -= slot.free_seen
        slot.standing = Standing.NOWHERE

    def _queues_of(self, standing: Standing) -> tuple[Queue, ...]:
        if standing is Standing.QUEUED:
            return tuple(self._queues.values())
        return tuple(self._aside.values()) if standing is Standing.ASIDE else ()

    def _count(self, slot: Slot, step: int) -> None:
        if slot.standing is Standing.PROMISED:
            reason = NotUsed.RESERVED
        elif slot.standing is Standing.ASIDE and slot.reason is not None:
            reason = slot.reason
            self.stands_aside += step
        else:
            return
        left = self.counts.get(reason, 0) + step
        if left:
            self.counts[reason] = left
        else:
            del self.counts[reason]
