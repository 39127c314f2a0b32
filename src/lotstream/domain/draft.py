"""What a decision has done so far: seen by the rest of the decision, and applied to nothing."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from hashlib import blake2b

from lotstream.domain.altered import Altered
from lotstream.domain.candidate import Candidate, Standing
from lotstream.domain.commands import Moment
from lotstream.domain.dismissed import Dismissed
from lotstream.domain.gtins import gtin_14
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
from lotstream.domain.places import is_transit
from lotstream.domain.queue import Segment, resolve
from lotstream.domain.shelf import Shelf
from lotstream.domain.shelves import candidate_for, derived_of, is_empty, rows_in, shelf_of


class Draft:
    """A view of the ledger in the middle of a decision."""

    __slots__ = (
        "_altered", "_deltas", "_log", "_sites", "_skips", "_task_prefix", "_tasks", "_todays", "customers",
        "dismissed", "items", "last_shipped", "ledger", "lots", "moment", "numbers", "orders", "packages", "serials",
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
        #: Lots too small for a quantity, by shelf, policy and quantity, while that is so.
        self.dismissed: dict[tuple[Shelf, Policy, int], Dismissed] = {}
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
            if gtin and gtin_14(gtin) in map(gtin_14, item.gtins):
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
        known = self.serials.get(key) or self.ledger.serials.get(key.number, {}).get(key.sku)
        if known is None or known.misread:
            return None
        names = self.ledger.names()
        return known if names is None else names.now(known)

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
        """Return the rows of a SKU at a site that said anything before this decision, in no order.

        Those of goods that are still on the way there are left out: nobody at the site can take them.
        """
        candidates = self.shelf(sku, site).candidates.items()
        return [key for key, one in candidates if not is_empty(one.row) and not is_transit(key.location)]

    def supply(self, sku: str) -> int:
        """Return how much of a SKU lines may still use, over all sites; a deficit takes nothing from other rows."""
        return self.supplies((sku,))[sku]

    def supplies(self, skus: Iterable[str]) -> dict[str, int]:
        """Return the supply of each of some SKUs, by name; what was taken so far is gone through once for all."""
        supplies = {sku: self._supply_untaken(sku) for sku in sorted(skus)}
        for candidate in self._deltas:
            if candidate.standing is Standing.QUEUED and candidate.key.sku in supplies:
                supplies[candidate.key.sku] += max(self.free(candidate), 0) - candidate.free_seen
        return supplies

    def _supply_untaken(self, sku: str) -> int:
        total = 0
        for site in self.sites_of(sku):
            shelf = self.shelf(sku, site)
            altered = self._altered.get(shelf, _NOT_ALTERED)
            shut = [candidate for candidate in altered.shut.values() if candidate.standing is Standing.QUEUED]
            total += shelf.free - sum(candidate.free_seen for candidate in shut)
            total += sum(max(self.free(candidate), 0) for candidate in altered.opened.values())
        return total

    def take(self, candidate: Candidate, quantity: int) -> None:
        """Promise a quantity of a candidate."""
        self._deltas[candidate] = self._deltas.get(candidate, 0) - quantity
        self._log.append((candidate, quantity))
        if self.dismissed:
            self._take_from_dismissed(candidate.key.lot)

    def _take_from_dismissed(self, lot: str | None) -> None:
        """Have lines look anew where a lot that was dismissed has still less: the counts of what they passed differ."""
        for key in [key for key, one in self.dismissed.items() if lot in one.lots]:
            del self.dismissed[key]

    def mark(self) -> int:
        """Return a point to which `undo` can go back."""
        return len(self._log)

    def undo(self, mark: int) -> None:
        """Give back all that was taken since a mark."""
        for candidate, quantity in self._log[mark:]:
            self._give_back(candidate, quantity)
        del self._log[mark:]

    def give(self, key: RowKey, quantity: int, *, received: date | None = None) -> None:
        """Add free units to a row: given back by an order, or new goods, which came in on a day if they have no lot."""
        shelf = self.shelf(key.sku, key.site)
        altered = self._altered.setdefault(shelf, Altered())
        candidate = self.candidate(key)
        if received is not None and key.lot is None and received.toordinal() < candidate.received:
            candidate = self._made_older(shelf, altered, candidate, received)
        self._give_back(candidate, quantity)
        self._sites.setdefault(key.sku, set()).add(key.site)
        if candidate.standing is not (Standing.QUEUED if candidate.reason is None else Standing.ASIDE):
            altered.place(candidate)

    def _give_back(self, candidate: Candidate, quantity: int) -> None:
        self.dismissed.clear()
        if self._skips and self.free(candidate) <= 0:
            # It may have been passed over as used up, and may no longer be.
            self._skips.clear()
        self._deltas[candidate] = self._deltas.get(candidate, 0) + quantity

    def _made_older(self, shelf: Shelf, altered: Altered, before: Candidate, received: date) -> Candidate:
        """Return a row in the place of the day on which the oldest of its goods came in."""
        candidate = self._new_candidate(shelf, before.row)
        candidate.received = received.toordinal()
        if (delta := self._deltas.pop(before, None)) is not None:
            self._deltas[candidate] = delta
        altered.forget(before.key)
        if (known := shelf.candidates.get(before.key)) is not None:
            altered.shut_out({before.key: known})
        return candidate

    def know_lot(self, lot: Lot) -> None:
        """Take the facts of a lot as they are after this decision; its rows are placed anew."""
        self.lots[lot.sku, lot.lot] = lot
        self.dismissed.clear()
        for site in self.sites_of(lot.sku):
            shelf = self.shelf(lot.sku, site)
            altered = self._altered.setdefault(shelf, Altered())
            known = shelf.by_lot.get(lot.lot, {})
            mine = {**known, **altered.of_lot(lot.lot)}
            for candidate in mine.values():
                altered.forget(candidate.key)
                self._replace(shelf, altered, before=candidate)
            altered.shut_out(known)

    def _replace(self, shelf: Shelf, altered: Altered, *, before: Candidate) -> None:
        row, delta = before.row, self._deltas.pop(before, 0)
        if delta == 0 and is_empty(row):
            # An empty row may be dropped at any time, and whether it was must not show.
            return
        candidate = self._new_candidate(shelf, row)
        if delta:
            self._deltas[candidate] = delta
        altered.place(candidate)

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
        return iter(altered.aside_by(policy, shelf.aside(policy)))

    def of_lot(self, shelf: Shelf, policy: Policy, lot: str | None) -> list[Candidate]:
        """Return the candidates of one lot that have something free, in the order of use."""
        found = dict(shelf.by_lot.get(lot, {}))
        altered = self._altered.get(shelf)
        if altered is not None:
            for key in altered.shut:
                found.pop(key, None)
            found.update(altered.of_lot(lot))
        usable = [candidate for candidate in found.values() if candidate.reason is None and self.free(candidate) > 0]
        return sorted(usable, key=shelf.queue(policy).key) if len(usable) > 1 else usable

    def alters(self, shelf: Shelf) -> bool:
        """Tell whether this decision has altered a shelf beyond what it took from its queues."""
        return bool(self._altered) and shelf in self._altered

    def is_in_line(self, shelf: Shelf, cutoff: int) -> bool:
        """Tell whether all that lines may use of a shelf stands in its queues.

        What expires before ``cutoff`` is passed over there in one step, so that nothing of that may be shut.
        """
        altered = self._altered.get(shelf) if self._altered else None
        return altered is None or (not altered.opened and altered.first_shut() >= cutoff)

    def altered_candidates(self, shelf: Shelf, policy: Policy) -> Iterator[Candidate]:
        """Return the usable candidates of a shelf that this decision has altered, in the order of use."""
        queue, altered = shelf.queue(policy), self._altered[shelf]
        ends = [(segment, len(segment.candidates) - 1) for segment in queue.segments]
        kept = (candidate for segment, end in ends for candidate in self._walk_kept(segment, end, altered))
        opened = altered.opened_by(policy, queue)
        return heapq.merge(kept, self.walk(opened, len(opened.candidates) - 1), key=queue.key)

    def walk_on(self, shelf: Shelf, segment: Segment, start: int) -> Iterator[Candidate]:
        """Return a segment's candidates in the order of use, from an index on, those that may still be used."""
        altered = self._altered.get(shelf) if self._altered else None
        return self.walk(segment, start) if altered is None else self._walk_kept(segment, start, altered)

    def walk(self, segment: Segment, start: int) -> Iterator[Candidate]:
        """Return a segment's candidates in the order of use, from an index on, passing over those that are used up."""
        candidates, skips = segment.candidates, self._skips.get(segment) if self._skips else None
        at = start
        while at >= 0:
            if skips is not None:
                at = resolve(skips, at)
                if at < 0:
                    return
            candidate = candidates[at]
            yield candidate
            if self.free(candidate) <= 0:
                if skips is None:
                    skips = self._skips.setdefault(segment, {})
                skips[at] = at - 1
            at -= 1

    def _walk_kept(self, segment: Segment, start: int, altered: Altered) -> Iterator[Candidate]:
        """Return what a walk would, without the candidates that are shut, which are passed over in one step too."""
        candidates, gone, at = segment.candidates, altered.gone_from(segment), start
        while at >= 0:
            if at in gone:
                at = resolve(gone, at)
            elif candidates[at].key in altered.shut:
                gone[at] = at - 1
            else:
                skips = self._skips.get(segment)
                if skips is None or at not in skips:
                    candidate = candidates[at]
                    yield candidate
                    if self.free(candidate) <= 0:
                        self._skips.setdefault(segment, {})[at] = at - 1
                    at -= 1
                else:
                    at = resolve(skips, at)


_NOT_ALTERED = Altered()
