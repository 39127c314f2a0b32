"""What a decision has done so far: seen by the rest of the decision, and applied to nothing."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import blake2b

from lotstream.domain.candidate import Candidate, Standing
from lotstream.domain.commands import Moment
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import (
    Customer,
    Item,
    Lot,
    Order,
    OrderKey,
    Package,
    Policy,
    ReceiptKey,
    RowKey,
    Serial,
    SerialKey,
    StockRow,
)
from lotstream.domain.queue import Segment
from lotstream.domain.shelf import Shelf
from lotstream.domain.shelves import candidate_for, derived_of, is_empty, rows_in, shelf_of


@dataclass(slots=True)
class Altered:
    """How a shelf looks after what was decided so far, beyond quantities taken from its queues."""

    #: Candidates that may be used now although the shelf's queues do not have them.
    opened: dict[RowKey, Candidate] = field(default_factory=dict)
    #: Candidates that may no longer be used as the shelf has them.
    shut: dict[RowKey, Candidate] = field(default_factory=dict)
    #: Candidates that stand aside now.
    aside: dict[RowKey, Candidate] = field(default_factory=dict)

    def of_lot(self, lot: str) -> dict[RowKey, Candidate]:
        """Return the candidates of a lot that are not as the shelf has them."""
        both = {**self.opened, **self.aside}
        return {key: candidate for key, candidate in both.items() if key.lot == lot}

    def forget(self, key: RowKey) -> None:
        """Forget how a row stands, because it is about to stand otherwise."""
        self.opened.pop(key, None)
        self.aside.pop(key, None)

    def counts(self, shelf: Shelf) -> dict[str, int]:
        """Return the shelf's counts of rows not used, put right."""
        counts = dict(shelf.counts)
        for key in {*self.shut, *self.opened}:
            before = shelf.candidates.get(key)
            reason = None if before is None else before.counted_as()
            if reason is not None:
                counts[reason] -= 1
        for aside in [candidate.reason for candidate in self.aside.values() if candidate.reason is not None]:
            counts[aside] = counts.get(aside, 0) + 1
        return {reason: count for reason, count in counts.items() if count}


class Draft:
    """A view of the ledger in the middle of a decision."""

    __slots__ = (
        "_altered", "_deltas", "_log", "_sites", "_skips", "_task_prefix", "_tasks", "_todays", "customers", "items",
        "last_shipped", "ledger", "lots", "moment", "numbers", "orders", "packages", "serials",
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
        #: By customer and SKU the latest expiry that was shipped, what leaves in this decision included.
        self.last_shipped: Mapping[tuple[str, str], date] = ledger.last_shipped
        #: Packages as they are after what was decided so far, where that is different.
        self.packages: dict[ReceiptKey, Package] = {}
        #: Units of serial numbers as they are after what was decided so far, where that is different.
        self.serials: dict[SerialKey, Serial] = {}
        #: Serial numbers that were promised in this decision, each with the entry of the log that took its unit.
        self.numbers: dict[SerialKey, tuple[int, object]] = {}
        self._deltas: dict[Candidate, int] = {}
        self._log: list[tuple[Candidate, int]] = []
        self._skips: dict[Segment, dict[int, int]] = {}
        self._altered: dict[Shelf, Altered] = {}
        self._sites: dict[str, set[str]] = {}
        self._todays: dict[str, int] = {}
        self._tasks = 0
        self._task_prefix = ""

    def item(self, sku: str) -> Item | None:
        """Return an item as it is after this decision."""
        return (self.items and self.items.get(sku)) or self.ledger.items.get(sku)

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

    def serial(self, key: SerialKey) -> Serial | None:
        """Return the unit of a serial number as it is after this decision; None when nobody has seen it."""
        known = self.serials.get(key)
        return known or self.ledger.serials.get(key.number, {}).get(key.sku)

    def package(self, key: ReceiptKey) -> Package | None:
        """Return a package as it is after what was decided so far; None when nobody has packed it."""
        return self.packages.get(key) or self.ledger.document(key, Package)

    def promise_number(self, key: SerialKey) -> None:
        """Note that the unit taken last is that of a serial number; `undo` takes it back with the unit."""
        self.numbers[key] = (len(self._log) - 1, self._log[-1])

    def is_promised_here(self, key: SerialKey) -> bool:
        """Tell whether the unit of a serial number was promised in this decision."""
        at, entry = self.numbers.get(key, (len(self._log), None))
        return at < len(self._log) and self._log[at] is entry

    def today(self, site: str) -> int:
        """Return today at a site, as an ordinal; a site without a day has the record's own date."""
        today = self._todays.get(site)
        if today is None:
            day = self.moment.today.get(site) or self.moment.recorded_at.date()
            today = self._todays[site] = day.toordinal()
        return today

    def new_task(self) -> str:
        """Return the id of the next task: a hash of the decision and a count, the same in every replay."""
        if self._tasks == 0:
            self._task_prefix = blake2b(self.moment.decision.encode(), digest_size=12).hexdigest()
        self._tasks += 1
        return f"{self._task_prefix}{self._tasks:08x}"

    def shelf(self, sku: str, site: str) -> Shelf:
        """Return the shelf of a SKU at a site, as it was before this decision."""
        return shelf_of(self.ledger, sku, site, today=self.today(site))

    def candidate(self, key: RowKey) -> Candidate:
        """Return a row as allocation sees it after what was decided so far; one without goods if it is new."""
        shelf = self.shelf(key.sku, key.site)
        altered = self._altered.get(shelf, _NOT_ALTERED)
        candidate = altered.opened.get(key) or altered.aside.get(key)
        if candidate is None and key not in altered.shut:
            candidate = shelf.candidates.get(key)
            if candidate is not None and is_empty(candidate.row) and candidate not in self._deltas:
                candidate = None
        return self._new_candidate(shelf, StockRow(key)) if candidate is None else candidate

    def free(self, candidate: Candidate) -> int:
        """Return what is promised to nobody."""
        row = candidate.row
        return row.on_hand - row.promised_elsewhere - row.reserved + self._deltas.get(candidate, 0)

    def sites_of(self, sku: str) -> set[str]:
        """Return the sites where a SKU has rows."""
        return derived_of(self.ledger).sites_of.get(sku, set()) | self._sites.get(sku, set())

    def rows_in(self, site: str, location: str) -> set[RowKey]:
        """Return the rows in one bin, those included that are new in this decision."""
        added = [key for altered in self._altered.values() for key in (*altered.opened, *altered.aside)]
        mine = {key for key in added if (key.site, key.location) == (site, location)}
        return rows_in(self.ledger, site, location) | mine

    def rows_of(self, sku: str, site: str) -> list[RowKey]:
        """Return the rows of a SKU at a site that said anything before this decision, in no order."""
        return [key for key, candidate in self.shelf(sku, site).candidates.items() if not is_empty(candidate.row)]

    def supply(self, sku: str) -> int:
        """Return how much of a SKU lines may still use, over all sites; a deficit takes nothing from other rows."""
        total = 0
        for site in self.sites_of(sku):
            shelf = self.shelf(sku, site)
            altered = self._altered.get(shelf, _NOT_ALTERED)
            shut = [candidate for candidate in altered.shut.values() if candidate.standing is Standing.QUEUED]
            total += shelf.free - sum(candidate.free_seen for candidate in shut)
            total += sum(max(self.free(candidate), 0) for candidate in altered.opened.values())
        for candidate in self._deltas:
            if candidate.key.sku == sku and candidate.standing is Standing.QUEUED:
                total += max(self.free(candidate), 0) - candidate.free_seen
        return total

    def take(self, candidate: Candidate, quantity: int) -> None:
        """Promise a quantity of a candidate."""
        self._deltas[candidate] = self._deltas.get(candidate, 0) - quantity
        self._log.append((candidate, quantity))

    def mark(self) -> int:
        """Return a point to which `undo` can go back."""
        return len(self._log)

    def undo(self, mark: int) -> None:
        """Give back all that was taken since a mark."""
        for candidate, quantity in self._log[mark:]:
            self._deltas[candidate] += quantity
        del self._log[mark:]
        self._skips.clear()

    def give(self, key: RowKey, quantity: int, *, received: date | None = None) -> None:
        """Add free units to a row: given back by an order, or new goods, which came in on a day if they have no lot."""
        shelf = self.shelf(key.sku, key.site)
        altered = self._altered.setdefault(shelf, Altered())
        candidate = self.candidate(key)
        if received is not None and key.lot is None and received.toordinal() < candidate.received:
            candidate = self._made_older(shelf, altered, candidate, received)
        self._deltas[candidate] = self._deltas.get(candidate, 0) + quantity
        self._sites.setdefault(key.sku, set()).add(key.site)
        if candidate.reason is not None:
            if candidate.standing is not Standing.ASIDE:
                altered.aside[key] = candidate
        elif candidate.standing is not Standing.QUEUED:
            altered.opened[key] = candidate
        self._skips.clear()

    def _made_older(self, shelf: Shelf, altered: Altered, before: Candidate, received: date) -> Candidate:
        """Return a row in the place of the day on which the oldest of its goods came in."""
        candidate = self._new_candidate(shelf, before.row)
        candidate.received = received.toordinal()
        if (delta := self._deltas.pop(before, None)) is not None:
            self._deltas[candidate] = delta
        altered.forget(before.key)
        if (known := shelf.candidates.get(before.key)) is not None:
            altered.shut[before.key] = known
        return candidate

    def know_lot(self, lot: Lot) -> None:
        """Take the facts of a lot as they are after this decision; its rows are placed anew."""
        self.lots[lot.sku, lot.lot] = lot
        for site in self.sites_of(lot.sku):
            shelf = self.shelf(lot.sku, site)
            altered = self._altered.setdefault(shelf, Altered())
            known = shelf.by_lot.get(lot.lot, {})
            mine = {**known, **altered.of_lot(lot.lot)}
            for candidate in mine.values():
                altered.forget(candidate.key)
                self._replace(shelf, altered, before=candidate)
            altered.shut.update(known)

    def _replace(self, shelf: Shelf, altered: Altered, *, before: Candidate) -> None:
        row, delta = before.row, self._deltas.pop(before, 0)
        if delta == 0 and is_empty(row):
            # An empty row may be dropped at any time, and whether it was must not show.
            return
        candidate = self._new_candidate(shelf, row)
        if delta:
            self._deltas[candidate] = delta
        (altered.opened if candidate.reason is None else altered.aside)[candidate.key] = candidate

    def _new_candidate(self, shelf: Shelf, row: StockRow) -> Candidate:
        candidate = candidate_for(self.ledger, row, self.lot(row.key.sku, row.key.lot))
        candidate.reason = shelf.reason_for(candidate)
        return candidate

    def counts(self, shelf: Shelf) -> dict[str, int]:
        """Return rows of a shelf that no line may use, by reason."""
        altered = self._altered.get(shelf) if self._altered else None
        return shelf.counts.copy() if altered is None else altered.counts(shelf)

    def aside(self, shelf: Shelf, policy: Policy) -> Iterator[Candidate]:
        """Return candidates that no line may use, in the order of use."""
        altered = self._altered.get(shelf) if self._altered else None
        if altered is None:
            return iter(shelf.aside(policy)) if shelf.stands_aside else iter(())
        queue = shelf.aside(policy)
        kept = (candidate for candidate in queue if candidate.key not in altered.shut)
        return heapq.merge(kept, sorted(altered.aside.values(), key=queue.key), key=queue.key)

    def of_lot(self, shelf: Shelf, policy: Policy, lot: str | None) -> list[Candidate]:
        """Return the candidates of one lot that have something free, in the order of use."""
        found = dict(shelf.by_lot.get(lot, {}))
        altered = self._altered.get(shelf)
        if altered is not None:
            for key in altered.shut:
                found.pop(key, None)
            found.update((key, candidate) for key, candidate in altered.opened.items() if key.lot == lot)
        usable = [candidate for candidate in found.values() if candidate.reason is None and self.free(candidate) > 0]
        return sorted(usable, key=shelf.queue(policy).key)

    def alters(self, shelf: Shelf) -> bool:
        """Tell whether this decision has altered a shelf beyond what it took from its queues."""
        return bool(self._altered) and shelf in self._altered

    def altered_candidates(self, shelf: Shelf, policy: Policy) -> Iterator[Candidate] | None:
        """Return the usable candidates of a shelf that this decision has altered, in the order of use; else None."""
        altered = self._altered.get(shelf) if self._altered else None
        if altered is None:
            return None
        queue = shelf.queue(policy)
        ends = [(segment, len(segment.candidates) - 1) for segment in queue.segments]
        left = (candidate for segment, end in ends for candidate in self.walk(segment, end))
        kept = (candidate for candidate in left if candidate.key not in altered.shut)
        if not altered.opened:
            return kept
        return heapq.merge(kept, sorted(altered.opened.values(), key=queue.key), key=queue.key)

    def walk(self, segment: Segment, start: int) -> Iterator[Candidate]:
        """Return a segment's candidates in the order of use, from an index on, passing over those that are used up."""
        candidates, skips = segment.candidates, self._skips.get(segment) if self._skips else None
        at = start
        while at >= 0:
            if skips is not None:
                at = _resolve(skips, at)
                if at < 0:
                    return
            candidate = candidates[at]
            yield candidate
            if self.free(candidate) <= 0:
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
