"""An owner's whole state: what `decide` reads and `apply` changes."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TypeVar

from lotstream.domain.ahead import Ahead, first_day
from lotstream.domain.changed import Touched, Untold
from lotstream.domain.derived import Derived
from lotstream.domain.gtins import gtin_14
from lotstream.domain.kits import skus_counted
from lotstream.domain.model import (
    BY_LOT,
    Answer,
    Customer,
    Document,
    Item,
    Location,
    Lot,
    Order,
    OrderKey,
    OwnerClock,
    Question,
    Receipt,
    ReceiptKey,
    RowKey,
    Serial,
    SerialKey,
    Settings,
    Site,
    StockRow,
    Tracking,
)
from lotstream.domain.names import Names, order_now
from lotstream.domain.numbers import Numbers
from lotstream.domain.places import Place
from lotstream.domain.progress import Progress, Scope
from lotstream.domain.promised import Promised
from lotstream.domain.waiting import Waiting
from lotstream.domain.waved import Waved

DocumentT = TypeVar("DocumentT", bound=Document)
AnswerT = TypeVar("AnswerT", bound=Answer)


class NotLoaded(LookupError):
    """Something was looked up that was never read from the database; treating it as absent would lose it."""


@dataclass(slots=True)
class Sites:
    """What a partition knows of sites, their locations and their today; shared by all its owners."""

    sites: dict[str, Site] = field(default_factory=dict)
    locations: dict[tuple[str, str], Location] = field(default_factory=dict)
    today: dict[str, date] = field(default_factory=dict)
    #: Per site, the number of the last broadcast after which what is promised there may have to move.
    turned: dict[str, int] = field(default_factory=dict)
    #: Worked out from ``locations`` when first asked for; thrown away when one changes.
    places: dict[tuple[str, str], Place] = field(default_factory=dict, compare=False, repr=False)
    #: Another object after every change of a location, so that shelves know they are out of date.
    stamp: object = field(default_factory=object, compare=False, repr=False)
    #: Bins that goods may be put into, by site; thrown away when a location changes.
    bins: dict[str, tuple[str, ...]] = field(default_factory=dict, compare=False, repr=False)
    #: Some place says what may lie in it; None: to be looked for.
    place_rules: bool | None = field(default=None, compare=False, repr=False)
    #: The largest number in ``turned``, since every record asks for it.
    turn: int = field(init=False)
    #: Sites that tell promises to their floor by waves only, since every decision asks for them.
    by_wave: frozenset[str] = field(init=False)
    #: Sites that reserve by lot.
    by_lot: frozenset[str] = field(init=False)
    #: Tasks may be open somewhere that name no bin, since every decision asks for it.
    lot_tasks: bool = field(init=False)

    def __post_init__(self) -> None:
        self.turn = max(self.turned.values(), default=0)
        self.note_sites()

    def note_sites(self) -> None:
        """Work out what follows from the definitions of sites; whoever changes one calls this."""
        self.by_wave = frozenset([site.id for site in self.sites.values() if site.wave_tasks])
        self.by_lot = frozenset([site.id for site in self.sites.values() if site.reserve == BY_LOT])
        self.lot_tasks = any(site.lot_tasks for site in self.sites.values())

    def note_turn(self, site: str, number: int) -> None:
        """Note that what is promised at a site may have to move after a broadcast."""
        self.turned[site] = number
        self.turn = max(self.turn, number)


@dataclass(slots=True)
class Ledger:
    """One owner's items, customers, lots, stock rows that are not empty, and open orders."""

    owner: str
    sites: Sites
    settings: Settings = field(default_factory=Settings)
    items: dict[str, Item] = field(default_factory=dict)
    customers: dict[str, Customer] = field(default_factory=dict)
    lots: dict[tuple[str, str], Lot] = field(default_factory=dict)
    stock: dict[RowKey, StockRow] = field(default_factory=dict)
    orders: dict[OrderKey, Order] = field(default_factory=dict)
    #: Closed orders read by key for the records at hand; None: the database has none of that key.
    closed: dict[OrderKey, Order | None] = field(default_factory=dict)
    #: Cancellations that overtook their order.
    cancels: dict[OrderKey, tuple[str | None, tuple[str, ...]]] = field(default_factory=dict)
    #: Documents read by key for the records at hand; None: the database has none of that key.
    receipts: dict[ReceiptKey, Document | None] = field(default_factory=dict)
    touched: Touched = field(default_factory=Touched)
    derived: Derived | None = field(default=None, compare=False, repr=False)
    #: How far it is with what its partition was told, and with its own changes of rules.
    progress: Progress = field(default_factory=Progress)
    clock: OwnerClock = field(default_factory=OwnerClock)
    #: By SKU, site and channel, smallest units that may be sold, as it was told last; 0 where nothing is said.
    told: dict[tuple[str, str, str], int] = field(default_factory=dict)
    #: What may have changed since all was told; only a shorter way to what the rows say.
    untold: Untold = field(default_factory=Untold, compare=False, repr=False)
    #: By customer and SKU, the latest expiry that was shipped; only of customers who take nothing older than that.
    last_shipped: dict[tuple[str, str], date] = field(default_factory=dict)
    #: Serial numbers, each with its unit by SKU: those that open orders speak of, and those read by number for the
    #: records at hand; nothing under a number: the database has none.
    serials: dict[str, dict[str, Serial]] = field(default_factory=dict)
    #: Some of what is promised is told by waves, or was; only a shorter way to what the orders say.
    has_waves: bool = field(default=False, compare=False, repr=False)
    #: What rows of items that are weighed weigh, in grams; nothing of a row whose weight nobody knows.
    weights: dict[RowKey, int] = field(default_factory=dict)
    #: Some item is weighed; only a shorter way to what the items say.
    weighs: bool = field(default=False, compare=False, repr=False)
    #: What the database answered that the record at hand asks of the past.
    history: dict[Question, Answer] = field(default_factory=dict, compare=False, repr=False)

    def index(self) -> Derived:
        """Work out afresh what is derived from rows, orders and items; whoever changed them by hand calls this."""
        derived = Derived({}, {}, {}, Waiting(), {})
        for row in self.stock.values():
            derived.rows.setdefault((row.key.sku, row.key.site), {})[row.key] = row
            derived.sites_of.setdefault(row.key.sku, set()).add(row.key.site)
        for order in self.orders.values():
            derived.waiting.note(order)
            if order.ahead:
                self.note_ahead(derived, order)
        for item in self.items.values():
            derived.rebased = derived.rebased or bool(item.rebased)
            derived.gtins.update(dict.fromkeys(map(gtin_14, item.gtins), item.sku))
            self.weighs = self.weighs or item.catch_weight
            if item.tracking is Tracking.SERIAL and derived.numbers is None:
                derived.numbers = Numbers(self.orders.values())
        if self.has_waves:
            derived.waved = Waved(self.orders.values())
        derived.names = Names(self.items, self.lots) or None
        self.derived = derived
        return derived

    def names(self) -> Names | None:
        """Return what lots and items were called before; None when nothing was called otherwise."""
        return (self.derived or self.index()).names

    def note_ahead(self, derived: Derived, order: Order) -> None:
        """Put an order among those that wait for their day, or take it from there."""
        if derived.ahead is None:
            derived.ahead = Ahead()
        waits = order.ahead and order.key in self.orders
        customer = self.customers.get(order.customer or "")
        derived.ahead.note(order, first_day(self.settings, customer, order) if waits else None)

    def count_days_anew(self, customer: str | None = None) -> bool:
        """Work out when the day comes of orders that wait for it, of one customer or of all; tells whether any do."""
        derived = self.derived or self.index()
        waiting = [] if derived.ahead is None else [self.orders[key] for key in derived.ahead.everybody()]
        mine = [order for order in waiting if customer in (None, order.customer)]
        for order in mine:
            self.note_ahead(derived, order)
        return bool(mine)

    def order(self, key: OrderKey) -> Order | None:
        """Return an order by key, open or closed; None when there is none. Raises `NotLoaded`."""
        if (order := self.orders.get(key)) is not None:
            return order
        if key in self.closed:
            # Most orders are new: what nobody has is called nothing else.
            return None if self.closed[key] is None else self.known_order(key)
        raise NotLoaded(f"order {key.order} from {key.source} of {self.owner}: put it, or None, into ledger.closed")

    def known_order(self, key: OrderKey) -> Order | None:
        """Return an order by key, open or closed; None when there is none, or it was not read."""
        order = self.orders.get(key) or self.closed.get(key)
        if order is not None and (names := self.names()) is not None and key not in self.orders:
            order = self.closed[key] = order_now(names, order)
        return order

    def receipt(self, key: ReceiptKey) -> Receipt | None:
        """Return a receipt by key; None when nothing was booked under it. Raises `NotLoaded`."""
        return self.document(key, Receipt)

    def document(self, key: ReceiptKey, kind: type[DocumentT]) -> DocumentT | None:
        """Return a document of a class by key; None when nothing was booked under it. Raises `NotLoaded`."""
        if key not in self.receipts:
            raise NotLoaded(f"{key.kind} {key.number} of {self.owner}: put it, or None, into ledger.receipts")
        found = self.receipts[key]
        if (names := self.names()) is not None:
            # What was written under former names is written again under those of today, whoever looks first.
            found = self.receipts[key] = names.now(found)
        return found if isinstance(found, kind) else None

    def booked(self, key: ReceiptKey, kind: type[DocumentT]) -> DocumentT:
        """Return a document that something was booked under before. Raises `NotLoaded`."""
        found = self.document(key, kind)
        if found is None:
            raise NotLoaded(
                f"{key.kind} {key.number} of {self.owner}: put it into ledger.receipts, it was booked under"
            )
        return found

    def answer(self, question: Question, kind: type[AnswerT]) -> AnswerT:
        """Return what the database says of the past; raises `NotLoaded` when it was not asked for this record."""
        found = self.history.get(question)
        if isinstance(found, kind):
            return found
        raise NotLoaded(f"{question} of {self.owner}: `lotstream.domain.history` says what is read for a command")

    def serial(self, key: SerialKey) -> Serial | None:
        """Return the unit of a serial number; None when nobody has seen it. Raises `NotLoaded`."""
        if key.number in self.serials:
            unit = self.serials[key.number].get(key.sku)
            return None if unit is None or unit.misread else unit
        raise NotLoaded(f"serial {key.number} of {self.owner}: put what it is by SKU, or nothing, into ledger.serials")

    def know_serial(self, serial: Serial, *, holds_too: bool = False) -> None:
        """Take a unit as it is now, its holds as they were unless they are meant too; raises `NotLoaded`."""
        known = self.serial(serial.key)
        if known is not None and (known.holds or known.lifted) and not holds_too:
            serial = replace(serial, holds=known.holds, lifted=known.lifted)
        self.serials[serial.key.number][serial.key.sku] = serial
        self.touched.serials.add(serial.key)

    def find_item(self, sku: str | None, gtin: str | None) -> Item | None:
        """Return the item of a SKU or, failing that, of a GTIN."""
        if sku is not None:
            return self.items.get(sku)
        derived = self.derived or self.index()
        return self.items.get(derived.gtins.get(gtin_14(gtin), "")) if gtin else None

    def promised(self) -> Promised:
        """Return the orders by the lots promised to them; gathered when first asked for, as most owners never are."""
        derived = self.derived or self.index()
        if derived.promised is None:
            derived.promised = Promised(self.orders.values())
        return derived.promised

    def waved(self) -> Waved:
        """Return the orders by the waves their promises are told by, kept up to date from here on."""
        derived = self.derived or self.index()
        if derived.waved is None:
            self.has_waves, derived.waved = True, Waved(self.orders.values())
        return derived.waved

    def ordered(self) -> frozenset[str]:
        """Return the SKUs on the lines of open orders; gathered once for as many items as change in a row."""
        derived = self.derived or self.index()
        if derived.ordered is None:
            derived.ordered = frozenset(
                [sku for order in self.orders.values() for line in order.lines for sku in skus_counted(line)]
            )
        return derived.ordered

    def look_again(self, due: Scope) -> None:
        """Note what the next walk through the orders has to look at."""
        if due != self.progress.due:
            self.progress = replace(self.progress, due=due)
            self.touched.progress = True

    def may_be_untold(self) -> set[str] | None:
        """Return the SKUs whose figures may differ from what was told last; None when any may."""
        known = self.untold
        if known.skus is None or known.stood_on != self._stands_on():
            self.untold = Untold()
            return None
        return known.skus | self._skus_touched()

    def all_is_told(self) -> None:
        """Take note that every figure is what was told last."""
        self.untold = Untold(set(), self._stands_on(), is_whole=False)

    def only_untold(self, skus: set[str]) -> None:
        """Take note that figures of these SKUs alone may not be what was told last."""
        self.untold = Untold(skus, self._stands_on(), self.untold.is_whole)

    def _stands_on(self) -> tuple[object, ...]:
        return self.settings, self.sites.stamp, self.sites.turn

    def _skus_touched(self) -> set[str]:
        touched = self.touched
        return {key.sku for key in touched.stock} | {sku for sku, _ in touched.lots} | touched.items

    def lots_called(self, lot: str) -> Iterator[Lot]:
        """Return the lots of every SKU that carry a number; gathered when first asked for, as most owners never ask."""
        derived = self.derived or self.index()
        if derived.lot_skus is None:
            derived.lot_skus = {}
            for sku, number in self.lots:
                derived.lot_skus.setdefault(number, []).append(sku)
        lots = (self.lots[sku, lot] for sku in derived.lot_skus.get(lot, ()))
        return (one for one in lots if one.more is None or one.more.into is None)

    def lots_supplied(self, sku: str, number: str) -> Collection[str]:
        """Return the lots of a SKU that their supplier calls by a number; gathered when first asked for."""
        derived = self.derived or self.index()
        if derived.supplied is None:
            derived.supplied = {}
            for lot in self.lots.values():
                derived.note_supplied(lot)
        return [name for name in derived.supplied.get((sku, number), ()) if self.lots[sku, name].supplier_lot == number]

    def settle(self) -> None:
        """Forget what only the last decision needed: what was touched, empty rows, closed orders, receipts, serials."""
        self.taken()
        self.closed.clear()
        self.receipts.clear()
        self.serials.clear()

    def taken(self) -> None:
        """Take note that what was touched has been taken from here to be written: begin anew, without empty rows."""
        derived = self.derived or self.index()
        for key in self.touched.stock:
            row = self.stock[key]
            if row.on_hand == row.reserved == row.promised_elsewhere == 0:
                self._drop(row, derived)
        if self.clock.watched and self.untold.skus is not None:
            self.untold.skus |= self._skus_touched()
        self.touched = Touched()
        self.history.clear()

    def _drop(self, row: StockRow, derived: Derived) -> None:
        del self.stock[row.key]
        place = (row.key.sku, row.key.site)
        del derived.rows[place][row.key]
        if derived.bins is not None:
            derived.bins[row.key.site, row.key.location].discard(row.key)
        if (shelf := derived.shelves.get(place)) is not None:
            shelf.remove(row.key)
