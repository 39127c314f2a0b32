"""The journal played into new ledgers, event by event, as `lotstream.domain.apply` says.

What is open stays in memory, as it does in a worker; closed orders and receipts, of which there is no end, go to a file
and are read back when an event names them.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from datetime import datetime
from operator import itemgetter

from lotstream.domain.apply import apply
from lotstream.domain.applying.serials import serials_in
from lotstream.domain.booked_under import documents_of
from lotstream.domain.broadcasts import BROADCAST_EVENTS, apply_broadcast
from lotstream.domain.events import (
    Event,
    OrderChanged,
    OrderRecorded,
    PersonsErased,
    ShipmentConfirmed,
    ShipmentImported,
)
from lotstream.domain.ledger import Ledger, Sites
from lotstream.domain.model import DOCUMENT_CLASSES, Document, Order, OrderKey, ReceiptKey, Serial, document_class
from lotstream.domain.recounting import counted_now, to_write
from lotstream.hub.kpis import Counted, count
from lotstream.hub.persons import names_anew
from lotstream.hub.verify.sums import LotSums
from lotstream.store.codec import order_of
from lotstream.store.verify_spool import Spool

#: What a damaged event may raise when it is applied; each is told as a difference.
DAMAGED = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)

#: Its workers kept no progress of owners: they decided everything again when they were started. What later versions
#: keep of an order they leave out when they write it.
FIRST_VERSION = "0.1.0"


class Replay:
    """The ledgers and sites that follow from the journals of partitions among which owners may have moved."""

    def __init__(self, spool: Spool) -> None:
        self.spool = spool
        self.ledgers: dict[str, Ledger] = {}
        self.sums: dict[str, LotSums] = {}
        #: Owners with a row of settings.
        self.defined: set[str] = set()
        #: Owner and key of persons that were erased and not named anew.
        self.erased: set[tuple[str, str]] = set()
        #: What was counted, by owner; nothing of the first version.
        self.counted: dict[str, Counted] = {}
        self._sites: dict[int, Sites] = {}

    def sites(self, partition: int) -> Sites:
        """Return what a partition knows of sites, locations and today."""
        return self._sites.setdefault(partition, Sites())

    def hear(self, partition: int, event: Event) -> None:
        """Apply an event that concerns everybody; raises one of `DAMAGED`."""
        apply_broadcast(self.sites(partition), event)

    def play(self, partition: int, owner: str, event: Event, *, code: str, recorded_at: datetime) -> Ledger:
        """Apply an owner's event and return the ledger as it is then; call `settle` before the next one.

        ``code`` is the version that decided it: the first counted no figures. Raises one of `DAMAGED` when it does not
        fit what came before.
        """
        ledger = self._ledger(partition, owner)
        self._fetch(ledger, event)
        self.sums[owner].add(event)
        self._note_persons(ledger, event)
        progress = ledger.progress
        apply(ledger, event)
        if ledger.touched.owner:
            self.defined.add(owner)
        if code == FIRST_VERSION:
            ledger.progress = progress
            self._leave_out_later(ledger, event)
        else:
            count(self.counted.setdefault(owner, {}), ledger, event, recorded_at)
        return ledger

    def _note_persons(self, ledger: Ledger, event: Event) -> None:
        if isinstance(event, PersonsErased):
            self.erased |= {(ledger.owner, person) for person in event.persons}
        elif self.erased and isinstance(event, OrderRecorded | OrderChanged | ShipmentImported):
            person = event.order.person
            if person is not None and names_anew(ledger, event, person):
                self.erased.discard((ledger.owner, person))

    def _leave_out_later(self, ledger: Ledger, event: Event) -> None:
        """Have it as 0.1.0 writes it: no line says what left of which lot, and a shipment is no document."""
        key = order_of(event)
        order = None if key is None else ledger.orders.get(key) or ledger.closed.get(key)
        for line in order.lines if order is not None else ():
            line.lots_shipped = ()
        if isinstance(event, ShipmentConfirmed):
            for document in documents_of(event):
                ledger.receipts[document] = self._document(ledger, document)

    def settle(self, ledger: Ledger) -> None:
        """Put what is over into the file and forget it, with the rows that are empty."""
        # What was only looked at may be called by other names by now, and is not written for that.
        for key, order in ledger.closed.items():
            if order is not None and key not in ledger.orders and key in ledger.touched.orders:
                self.spool.put(to_write(ledger, order), ledger.owner, key)
        for receipt in ledger.receipts.values():
            if receipt is not None and receipt.key in ledger.touched.receipts:
                self.spool.put(to_write(ledger, receipt), ledger.owner, receipt.key)
        for name in ledger.touched.serials:
            self.spool.put(ledger.serials[name.number][name.sku], ledger.owner, name)
        ledger.settle()

    def closed(self, ledger: Ledger) -> Iterator[Order]:
        """Yield an owner's closed orders, sorted by key."""
        for key, order in self.spool.all(Order, ledger.owner):
            if OrderKey(*key) not in ledger.orders:
                yield order

    def receipts(self, owner: str) -> Iterator[Document]:
        """Yield what was booked under an owner's documents, sorted by key."""
        kinds = (self.spool.all(kind, owner) for kind in DOCUMENT_CLASSES)
        for _, document in heapq.merge(*kinds, key=itemgetter(0)):
            yield document

    def serials(self, owner: str) -> Iterator[Serial]:
        """Yield the units of an owner's serial numbers, sorted by number and SKU."""
        for _, serial in self.spool.all(Serial, owner):
            yield serial

    def forget(self) -> None:
        """Begin with other partitions."""
        self.ledgers.clear()
        self.sums.clear()
        self.defined.clear()
        self.erased.clear()
        self.counted.clear()
        self._sites.clear()
        self.spool.clear()

    def _ledger(self, partition: int, owner: str) -> Ledger:
        ledger = self.ledgers.get(owner)
        if ledger is None:
            ledger = self.ledgers[owner] = Ledger(owner, self.sites(partition))
            self.sums[owner] = LotSums()
        ledger.sites = self.sites(partition)
        return ledger

    def _document(self, ledger: Ledger, key: ReceiptKey) -> Document | None:
        return counted_now(ledger, self.spool.get(document_class(key.kind), ledger.owner, key))

    def _fetch(self, ledger: Ledger, event: Event) -> None:
        """Read back what an event adds to; an event that holds a whole order needs nothing that was before."""
        key = order_of(event)
        if key is not None and key not in ledger.orders and not isinstance(event, OrderRecorded | OrderChanged):
            ledger.closed[key] = counted_now(ledger, self.spool.get(Order, ledger.owner, key))
        for document in documents_of(event):
            ledger.receipts[document] = self._document(ledger, document)
        for name in serials_in(event):
            unit = self.spool.get(Serial, ledger.owner, name)
            ledger.serials.setdefault(name.number, {}).update({} if unit is None else {name.sku: unit})


def is_broadcast(event: Event) -> bool:
    """Tell whether an event concerns every owner of its partition."""
    return isinstance(event, BROADCAST_EVENTS)
