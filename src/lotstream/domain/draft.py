"""What a decision has done so far: seen by the rest of the decision, and applied to nothing."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import blake2b

from lotstream.domain.codes import NotUsed
from lotstream.domain.commands import Moment
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import Customer, Item, Lot, Order, OrderKey, Policy, RowKey, StockRow
from lotstream.domain.queue import Segment
from lotstream.domain.shelf import Shelf
from lotstream.domain.shelves import derived_of, shelf_of, slot_for
from lotstream.domain.slot import Slot, Standing


@dataclass(slots=True)
class Altered:
    """How a shelf looks after what was decided so far, beyond quantities taken from its queues."""

    #: Slots that may be used now although the shelf's queues do not have them.
    opened: dict[RowKey, Slot] = field(default_factory=dict)
    #: Slots that may no longer be used as the shelf has them.
    shut: dict[RowKey, Slot] = field(default_factory=dict)
    #: Slots that stand aside now.
    aside: dict[RowKey, Slot] = field(default_factory=dict)

    def counts(self, shelf: Shelf) -> dict[str, int]:
        """Return the shelf's counts of rows not used, put right."""
        counts = dict(shelf.counts)
        for slot in self.shut.values():
            if slot.standing is Standing.ASIDE and slot.reason is not None:
                counts[slot.reason] -= 1
        for slot in self.opened.values():
            before = shelf.slots.get(slot.key)
            if before is not None and before.standing is Standing.PROMISED:
                counts[NotUsed.RESERVED] -= 1
        for slot in self.aside.values():
            if slot.reason is not None:
                counts[slot.reason] = counts.get(slot.reason, 0) + 1
        return {reason: count for reason, count in counts.items() if count}


class Draft:
    """A view of the ledger in the middle of a decision."""

    __slots__ = (
        "_altered", "_deltas", "_log", "_sites", "_skips", "_tasks", "_todays", "customers", "items", "ledger", "lots",
        "moment", "orders",
    )  # fmt: skip

    def __init__(self, ledger: Ledger, moment: Moment) -> None:
        self.ledger = ledger
        self.moment = moment
        #: Items, customers and lots as they are after this decision, where that is different.
        self.items: dict[str, Item] = {}
        self.customers: dict[str, Customer] = {}
        self.lots: dict[tuple[str, str], Lot] = {}
        #: Open orders as they are after what was decided so far, where that is different.
        self.orders: dict[OrderKey, Order] = {}
        self._deltas: dict[Slot, int] = {}
        self._log: list[tuple[Slot, int]] = []
        self._skips: dict[Segment, dict[int, int]] = {}
        self._altered: dict[Shelf, Altered] = {}
        self._sites: dict[str, set[str]] = {}
        self._todays: dict[str, int] = {}
        self._tasks = 0

    def item(self, sku: str) -> Item | None:
        """Return an item as it is after this decision."""
        return (self.items.get(sku) if self.items else None) or self.ledger.items.get(sku)

    def find_item(self, sku: str | None, gtin: str | None) -> Item | None:
        """Return the item of a SKU or, failing that, of a GTIN, as it is after this decision."""
        if sku is not None:
            return self.item(sku)
        for item in self.items.values():
            if gtin in item.gtins:
                return item
        return self.ledger.find_item(None, gtin)

    def known_item(self, sku: str) -> Item:
        """Return an item that must be known, because an order for an unknown one is held."""
        item = self.item(sku)
        if item is None:
            raise LookupError(f"item {sku} of an order that is not held")
        return item

    def customer(self, customer: str | None) -> Customer | None:
        """Return a customer as it is after this decision."""
        if customer is None:
            return None
        return self.customers.get(customer) or self.ledger.customers.get(customer)

    def lot(self, sku: str, lot: str | None) -> Lot | None:
        """Return the facts of a lot as they are after this decision; None without a lot."""
        if lot is None:
            return None
        return self.lots.get((sku, lot)) or self.ledger.lots.get((sku, lot))

    def today(self, site: str) -> int:
        """Return today at a site, as an ordinal; a site without a day has the record's own date."""
        today = self._todays.get(site)
        if today is None:
            day = self.moment.today.get(site) or self.moment.recorded_at.date()
            today = self._todays[site] = day.toordinal()
        return today

    def new_task(self) -> str:
        """Return the id of the next task: a hash of the decision and a count, the same in every replay."""
        self._tasks += 1
        return blake2b(f"{self.moment.decision}/{self._tasks}".encode(), digest_size=16).hexdigest()

    def shelf(self, sku: str, site: str) -> Shelf:
        """Return the shelf of a SKU at a site, as it was before this decision."""
        return shelf_of(self.ledger, sku, site, today=self.today(site))

    def slot(self, key: RowKey) -> Slot:
        """Return the slot of a row as it is after what was decided so far; one without goods for a row not known."""
        shelf = self.shelf(key.sku, key.site)
        altered = self._altered.get(shelf, _NOT_ALTERED)
        slot = altered.opened.get(key) or altered.aside.get(key) or shelf.slots.get(key)
        return self._new_slot(shelf, StockRow(key)) if slot is None else slot

    def free(self, slot: Slot) -> int:
        """Return what is promised to nobody."""
        row = slot.row
        return row.on_hand - row.promised_elsewhere - row.reserved + self._deltas.get(slot, 0)

    def sites_of(self, sku: str) -> set[str]:
        """Return the sites where a SKU has rows."""
        return derived_of(self.ledger).sites_of.get(sku, set()) | self._sites.get(sku, set())

    def supply(self, sku: str) -> int:
        """Return how much of a SKU lines may still use, over all sites."""
        total = 0
        for site in self.sites_of(sku):
            shelf = self.shelf(sku, site)
            altered = self._altered.get(shelf, _NOT_ALTERED)
            shut = sum(slot.free_seen for slot in altered.shut.values() if slot.standing is Standing.QUEUED)
            total += shelf.free - shut + sum(slot.free() for slot in altered.opened.values())
        return total + sum(delta for slot, delta in self._deltas.items() if slot.key.sku == sku and slot.reason is None)

    def take(self, slot: Slot, quantity: int) -> None:
        """Promise a quantity of a slot."""
        self._deltas[slot] = self._deltas.get(slot, 0) - quantity
        self._log.append((slot, quantity))

    def mark(self) -> int:
        """Return a point to which `undo` can go back."""
        return len(self._log)

    def undo(self, mark: int) -> None:
        """Give back all that was taken since a mark."""
        for slot, quantity in self._log[mark:]:
            self._deltas[slot] += quantity
        del self._log[mark:]
        self._skips.clear()

    def give(self, key: RowKey, quantity: int) -> None:
        """Add free units to a row: given back by an order, or new goods."""
        shelf = self.shelf(key.sku, key.site)
        altered = self._altered.setdefault(shelf, Altered())
        slot = self.slot(key)
        self._deltas[slot] = self._deltas.get(slot, 0) + quantity
        self._sites.setdefault(key.sku, set()).add(key.site)
        if slot.reason is not None:
            if slot.standing is not Standing.ASIDE:
                altered.aside[key] = slot
        elif slot.standing is not Standing.QUEUED:
            altered.opened[key] = slot
        self._skips.clear()

    def know_lot(self, lot: Lot) -> None:
        """Take the facts of a lot as they are after this decision; its rows are placed anew."""
        self.lots[lot.sku, lot.lot] = lot
        for site in self.sites_of(lot.sku):
            shelf = self.shelf(lot.sku, site)
            altered = self._altered.setdefault(shelf, Altered())
            for key, before in shelf.by_lot.get(lot.lot, {}).items():
                self._replace(shelf, altered, before=altered.opened.pop(key, altered.aside.pop(key, before)))
                altered.shut[key] = before

    def _replace(self, shelf: Shelf, altered: Altered, *, before: Slot) -> None:
        slot = self._new_slot(shelf, before.row)
        delta = self._deltas.pop(before, 0)
        if delta:
            self._deltas[slot] = delta
        (altered.opened if slot.reason is None else altered.aside)[slot.key] = slot

    def _new_slot(self, shelf: Shelf, row: StockRow) -> Slot:
        slot = slot_for(self.ledger, row, self.lot(row.key.sku, row.key.lot))
        slot.reason = shelf.reason_for(slot)
        return slot

    def counts(self, shelf: Shelf) -> dict[str, int]:
        """Return rows of a shelf that no line may use, by reason."""
        altered = self._altered.get(shelf) if self._altered else None
        return shelf.counts.copy() if altered is None else altered.counts(shelf)

    def aside(self, shelf: Shelf, policy: Policy) -> Iterator[Slot]:
        """Return slots that no line may use, in the order of use."""
        altered = self._altered.get(shelf) if self._altered else None
        if altered is None:
            return iter(shelf.aside(policy)) if shelf.stands_aside else iter(())
        queue = shelf.aside(policy)
        kept = (slot for slot in queue if slot.key not in altered.shut)
        return heapq.merge(kept, sorted(altered.aside.values(), key=queue.key), key=queue.key)

    def of_lot(self, shelf: Shelf, policy: Policy, lot: str | None) -> list[Slot]:
        """Return the usable slots of one lot, in the order of use."""
        found = dict(shelf.by_lot.get(lot, {}))
        altered = self._altered.get(shelf)
        if altered is not None:
            for key in altered.shut:
                found.pop(key, None)
            found.update((key, slot) for key, slot in altered.opened.items() if key.lot == lot)
        usable = [slot for slot in found.values() if slot.reason is None]
        return sorted(usable, key=shelf.queue(policy).key)

    def altered_slots(self, shelf: Shelf, policy: Policy) -> Iterator[Slot] | None:
        """Return the usable slots of a shelf that this decision has altered, in the order of use; else None."""
        altered = self._altered.get(shelf) if self._altered else None
        if altered is None:
            return None
        queue = shelf.queue(policy)
        kept = (slot for slot in queue if slot.key not in altered.shut)
        return heapq.merge(kept, sorted(altered.opened.values(), key=queue.key), key=queue.key)

    def walk(self, segment: Segment, start: int) -> Iterator[Slot]:
        """Return a segment's slots in the order of use, from an index on, passing over those that are used up."""
        slots, skips = segment.slots, self._skips.get(segment) if self._skips else None
        at = start
        while at >= 0:
            if skips is not None:
                at = _resolve(skips, at)
                if at < 0:
                    return
            slot = slots[at]
            yield slot
            if self.free(slot) <= 0:
                if skips is None:
                    skips = self._skips.setdefault(segment, {})
                skips[at] = at - 1
            at -= 1


_NOT_ALTERED = Altered()


def _resolve(skips: dict[int, int], at: int) -> int:
    """Return the next index that is not used up; paths are shortened, so that long runs are passed in one step."""
    end = at
    while end in skips:
        end = skips[end]
    while at != end:
        skips[at], at = end, skips[at]
    return end
