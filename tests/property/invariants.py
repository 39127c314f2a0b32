"""What holds after every message, looked at from outside: sums, bounds, rules, and what is derived."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date

from lotstream.domain.by_lot import is_by_lot
from lotstream.domain.commands import (
    ChangeSettings,
    Command,
    DefineCustomer,
    DefineItem,
    ReserveStock,
    UnreserveOrder,
)
from lotstream.domain.draft import Draft
from lotstream.domain.events import (
    BalanceOpened,
    Event,
    GoodsReturned,
    HoldPlaced,
    ItemRebased,
    ItemRenamed,
    KitAssembled,
    KitBroken,
    LotCorrected,
    LotsMerged,
    LotSplit,
    OrderAllocated,
    ProductionRecorded,
    RecallOpened,
    ReceiptCorrected,
    ReturnInspected,
    ShipmentConfirmed,
    ShipmentVoided,
    StockAdjusted,
    StockCounted,
    StockFound,
    StockMissing,
    StockReceived,
    TitleAccepted,
    TitleReleased,
    TransferReceived,
    TransferShipped,
)
from lotstream.domain.genealogy import descendants
from lotstream.domain.goods import RECEIPT
from lotstream.domain.keeping import unmet
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import (
    TRANSFER,
    HoldKind,
    LotName,
    Order,
    OrderKey,
    Package,
    Receipt,
    Reservation,
    RowKey,
    Serial,
    Shipment,
    Transfer,
)
from lotstream.domain.move import Move, MoveKind
from lotstream.domain.movements import moves_of
from lotstream.domain.names import order_now
from lotstream.domain.recounting import recount
from lotstream.domain.sums import OVER, backordered, promised, state_of
from lotstream.store.codec import decode
from tests.property.accounts import Accounts, check_rebased
from tests.property.choosing import ONLY_GIVING, check_choices
from tests.property.happened import check_came, check_free, check_made
from tests.property.house import House
from tests.property.late import Counts
from tests.property.soundness import check_derived
from tests.property.units import check_documents, check_serials, check_taken, numbers_of
from tests.property.weighed import Weights

#: What becomes of goods that are only called otherwise.
RENAMED = {MoveKind.CORRECTED, MoveKind.MERGED, MoveKind.RENAMED, MoveKind.SPLIT}
#: Staging, spelled out: goods that were picked stand there, and nobody picks them again.
STAGING = "STAGING"
#: Goods that are on the way stand there, with the number of their transfer.
TRANSIT = "TRANSIT/"


class Story:
    """What one owner has been told, as far as the ledger does not say it."""

    def __init__(self, house: House, owner: str) -> None:
        self._house = house
        self._books = house.books[owner]
        self._came: Counter[tuple[str, str | None]] = Counter()
        self._rows: Counter[RowKey] = Counter()
        self._weights = Weights()
        self._accounts = Accounts()
        self.counts = Counts()
        #: Orders that were promised something by name, which their own rules do not take back.
        self.named: set[OrderKey] = set()
        #: How many choices the reference has made as well.
        self.chosen = 0
        #: Who was promised which unit by its number, or had picked it, before the message.
        self._numbers: dict[tuple[str, str], OrderKey] = {}
        #: Orders that gave promises back and wait to be asked.
        self.released: set[OrderKey] = set()

    @property
    def ledger(self) -> Ledger:
        """The owner's ledger."""
        return self._books.ledger

    def check(self, command: Command, events: Sequence[Event]) -> None:
        """Check everything after a message."""
        if isinstance(command, ReserveStock):
            self.named.add(command.key)
        if isinstance(command, UnreserveOrder):
            self.released.add(command.key)
        if isinstance(command, ChangeSettings | DefineCustomer | DefineItem):
            # Who has something keeps it when the rules change.
            self.named.update(self.ledger.orders)
        before = self._rows.copy()
        for event in events:
            for sku, lot, units in moved(event):
                self._came[sku, lot] += units
            for move in moves_of(event):
                take_in(self._rows, move)
                self._weights.take_in(move)
            if isinstance(event, ItemRebased):
                check_rebased(event, self._rows)
            self._accounts.take_in(event)
            recount(event, self._rows, key=lambda row: row)
            self._weights.recount(event)
        if self._house.log:
            self.counts.check(self.ledger, command, before, self._rows, self._house.log[-1].moment.recorded_at)
        self.counts.take_in(events)
        check_moves(self.ledger, self._rows)
        self._weights.check(self.ledger)
        check_rows(self.ledger)
        check_transit(self.ledger, self._books.kept(TRANSFER, Transfer))
        check_lots(self.ledger, self._came)
        check_orders(self._books.orders())
        check_documents(self._orders(), self._documents())
        check_road([one for one in self._documents() if isinstance(one, Shipment)])
        serials: dict[tuple[str, str], Serial] = {
            key: decode(body, Serial) for key, body in self._books.serials.items()
        }
        check_serials(self.ledger, serials)
        check_came(command, events, self._books.kept(RECEIPT, Receipt))
        check_free(self.ledger, command, events)
        check_made(self.ledger, events)
        check_taken(self._numbers, events)
        self._numbers = numbers_of(self.ledger)
        check_derived(self.ledger)
        check_by_lot(self.ledger)
        self.chosen += check_choices(self.ledger, command, events, serials)
        if not is_due(self.ledger):
            check_usable(self.ledger)
            self._check_kept()
        check_queue(self.ledger, events)
        check_promises(events)
        check_genealogy(self.ledger, events)
        check_recalled(self.ledger, events)
        check_reached(self._books.orders(), events)
        self._accounts.check(self.ledger, self._orders(), events)

    def _orders(self) -> list[Order]:
        names = self.ledger.names()
        return self._books.orders() if names is None else [order_now(names, one) for one in self._books.orders()]

    def _documents(self) -> list[Shipment | Package]:
        names = self.ledger.names()
        every = [one for one in self._books.shipped().values() if isinstance(one, Shipment | Package)]
        return every if names is None else [names.now(one) for one in every]

    def _check_kept(self) -> None:
        draft = Draft(self.ledger, self._house.moment())
        for order in self.ledger.orders.values():
            if order.key not in self.named:
                assert unmet(draft, order) == [], order


def check_queue(ledger: Ledger, events: Sequence[Event]) -> None:
    """Whoever is served by a message that takes nothing from anybody is served in queue order."""
    if not all(isinstance(event, ONLY_GIVING) for event in events):
        return
    keys = [event.key for event in events if isinstance(event, OrderAllocated)]
    places = [(-order.priority, order.placed_at, order.arrival) for key in keys if (order := ledger.orders.get(key))]
    assert places == sorted(places), places


def check_promises(events: Sequence[Event]) -> None:
    """Whoever is told of a promise is told of some goods: nothing, and less, is promised to nobody."""
    for event in events:
        for decision in event.decisions if isinstance(event, OrderAllocated) else ():
            assert all(part.quantity > 0 for part in decision.reserved), event


def check_recalled(ledger: Ledger, events: Sequence[Event]) -> None:
    """A recall takes everything of its lot from everybody, what is picked as well."""
    recalled = {
        (event.sku, event.lot) for event in events if isinstance(event, HoldPlaced) and event.hold.kind == "recall"
    }
    for order in ledger.orders.values() if recalled else ():
        for line in order.lines:
            assert not [part for part in line.reservations if (part.row.sku, part.row.lot) in recalled], order


def check_reached(orders: Sequence[Order], events: Sequence[Event]) -> None:
    """A recall, and a drill of one, finds all that left of its lots, as the orders say it."""
    for recall in (event.recall for event in events if isinstance(event, RecallOpened)):
        lots = {*recall.lots, *recall.descendants}
        units: Counter[str] = Counter()
        for gone in (one for order in orders for line in order.lines for one in line.lots_shipped):
            if (gone.sku, gone.lot) in lots:
                units[gone.sku] += gone.quantity
        assert +units == recall.reached.units, (units, recall)


def is_due(ledger: Ledger) -> bool:
    """Tell whether an owner has something left to decide after a broadcast or a change of rules."""
    return ledger.progress.is_due or ledger.progress.number < ledger.sites.turn


def moved(event: Event) -> Iterator[tuple[str, str | None, int]]:
    """Yield what an event brings into the house of a SKU and lot, less than zero for what leaves it."""
    if isinstance(event, StockReceived | BalanceOpened | GoodsReturned | TitleAccepted):
        yield from ((line.row.sku, line.row.lot, line.quantity) for line in event.lines)
    elif isinstance(event, StockAdjusted | StockCounted):
        yield from ((change.row.sku, change.row.lot, change.quantity) for change in event.changes)
    elif isinstance(event, TransferShipped):
        yield from ((change.row.sku, change.row.lot, change.quantity) for change in event.arrived)
    elif isinstance(event, TransferReceived):
        yield from ((line.row.sku, line.row.lot, line.quantity) for line in event.over)
        yield from ((change.row.sku, change.row.lot, change.quantity) for change in event.missing)
    elif isinstance(event, TitleReleased):
        yield from ((line.row.sku, line.row.lot, -line.quantity) for line in event.title.lines)
    elif isinstance(event, ReturnInspected):
        gone = (*event.scrapped, *event.sent_back)
        yield from ((change.row.sku, change.row.lot, change.quantity) for change in gone)
    elif isinstance(event, StockFound):
        yield event.row.sku, event.row.lot, event.quantity
    elif isinstance(event, StockMissing):
        yield event.row.sku, event.row.lot, -event.booked
    elif isinstance(event, KitAssembled | KitBroken | ProductionRecorded):
        yield from ((used.row.sku, used.row.lot, -used.quantity) for used in event.used)
        yield from ((made.row.sku, made.row.lot, made.quantity) for made in event.made)
    elif isinstance(event, ReceiptCorrected):
        yield from ((row.sku, row.lot, -units) for change in event.changes for row, units in change.taken)
        yield from ((line.row.sku, line.row.lot, line.quantity) for change in event.changes for line in change.put)
    elif isinstance(event, ItemRebased):
        yield from ((one.row.sku, one.row.lot, one.now - one.was) for one in event.rows)
    elif isinstance(event, ItemRenamed | LotCorrected | LotsMerged | LotSplit):
        yield from ((one.row.sku, one.row.lot, -one.quantity) for one in event.rows)
        yield from ((one.to.sku, one.to.lot, one.quantity) for one in event.rows)
    elif isinstance(event, ShipmentConfirmed):
        yield from ((gone.sku, gone.lot, -gone.quantity) for gone in event.shipped)
    elif isinstance(event, ShipmentVoided):
        yield from ((gone.sku, gone.lot, gone.quantity) for gone in event.shipped)


def take_in(rows: Counter[RowKey], move: Move) -> None:
    """Count what a move does to rows; within the house goods keep their lot."""
    if move.row is None:
        assert move.quantity == 0, move
        return
    assert (move.sku, move.lot) == (move.row.sku, move.row.lot), move
    rows[move.row] += move.quantity if move.to is None else -move.quantity
    if move.to is not None:
        assert move.quantity > 0, move
        assert (move.to.sku, move.to.lot) == (move.sku, move.lot), move
        rows[move.to] += move.quantity


def check_moves(ledger: Ledger, rows: Counter[RowKey]) -> None:
    """Every row of stock has what the moves of all events together say."""
    there = {key: row.on_hand for key, row in ledger.stock.items() if row.on_hand}
    assert {key: units for key, units in rows.items() if units} == there


def check_genealogy(ledger: Ledger, events: Sequence[Event]) -> None:
    """Nothing comes into being by another name; what was made knows its parents, and is found from each of them."""
    for event in events:
        moves = [move for move in moves_of(event) if move.quantity]
        if {move.kind for move in moves} & RENAMED:
            assert sum(move.quantity for move in moves) == 0, event
        if isinstance(event, KitAssembled | ProductionRecorded):
            check_handed_on(ledger, event)
            parents = {LotName(used.row.sku, used.row.lot) for used in event.used if used.row.lot is not None}
            for made in event.made:
                if made.row.lot is not None:
                    own = LotName(made.row.sku, made.row.lot)
                    assert all(own in descendants(ledger, [parent]) for parent in parents - {own}), event


def check_handed_on(ledger: Ledger, event: KitAssembled | ProductionRecorded) -> None:
    """What is made of recalled goods is under the same recalls."""
    used = [ledger.lots.get((one.row.sku, one.row.lot)) for one in event.used if one.row.lot is not None]
    recalls = {hold.id for lot in used if lot is not None for hold in lot.holds if hold.kind is HoldKind.RECALL}
    for made in event.made:
        if made.row.lot is not None:
            assert recalls <= {hold.id for hold in ledger.lots[made.row.sku, made.row.lot].holds}, event


def check_road(shipments: Sequence[Shipment]) -> None:
    """No more of a shipment is somewhere than has left with it."""
    for shipment in shipments:
        left = Counter[tuple[object, ...]]()
        for part in shipment.parts:
            for one in part.shipped:
                left[part.order, one.line, one.row.sku, one.row.lot, one.package] += one.quantity
        for told in shipment.apart:
            left[told[:5]] -= told.quantity
            assert told.quantity > 0, shipment
        assert all(units >= 0 for units in left.values()), shipment


def stood_at(part: Reservation) -> RowKey:
    """Return the row of picked goods."""
    return part.row._replace(location=part.staged_at or STAGING)


def check_transit(ledger: Ledger, transfers: dict[str, Transfer]) -> None:
    """What is on the way is what its transfer says has not arrived, and nothing of it is promised to anybody."""
    there: Counter[str] = Counter()
    for key, row in ledger.stock.items():
        if key.location.startswith(TRANSIT):
            assert not row.reserved, row
            there[key.location.removeprefix(TRANSIT)] += row.on_hand
    way = {number: sum(line.under_way for line in one.lines) for number, one in transfers.items()}
    apart = {number: (there[number], way.get(number, 0)) for number in {*there, *way}}
    assert all(here == told for here, told in apart.values()), apart


def check_rows(ledger: Ledger) -> None:
    """Promises fit into what is there, and what orders hold is what rows have reserved."""
    held: Counter[RowKey] = Counter()
    for order in ledger.orders.values():
        assert order.state not in OVER
        for line in order.lines:
            for part in line.reservations:
                assert 0 <= part.packed <= part.picked <= part.quantity
                assert part.quantity > 0
                held[part.row] += part.quantity - part.picked
                held[stood_at(part)] += part.picked
    for key, row in ledger.stock.items():
        assert row.key == key
        assert 0 <= row.reserved <= max(row.on_hand, 0), row
        assert row.reserved == held.pop(key, 0), row
    assert not +held, held


def check_lots(ledger: Ledger, came: Counter[tuple[str, str | None]]) -> None:
    """What came in and was found, less what left, is what is there, by SKU and lot."""
    there: Counter[tuple[str, str | None]] = Counter()
    for row in ledger.stock.values():
        there[row.key.sku, row.key.lot] += row.on_hand
    assert {key: units for key, units in came.items() if units} == {key: units for key, units in there.items() if units}


def check_orders(orders: list[Order]) -> None:
    """The parts of a line make what was ordered; an order's state is what they say; what is over holds nothing."""
    tasks: Counter[tuple[str, RowKey, str | None]] = Counter()
    for order in orders:
        for line in order.lines:
            beyond = max(line.shipped + line.cancelled + promised(line) - line.ordered, 0)
            assert promised(line) + line.shipped + backordered(line) + line.cancelled == line.ordered + beyond
            assert 0 <= line.cancelled <= line.ordered
            assert not (line.reservations and (order.test or order.state in OVER))
            if line.lots_shipped and not line.parts:
                assert sum(one.quantity for one in line.lots_shipped) == line.shipped
            assert all(0 <= one.returned <= one.quantity for one in line.lots_shipped)
            tasks.update((part.task, part.row, part.staged_at) for part in line.reservations)
        if order.state not in OVER:
            assert order.state is state_of(order, decided=order.state != "received"), order
    assert max(tasks.values(), default=1) == 1


def check_by_lot(ledger: Ledger) -> None:
    """What is promised at a site that has always reserved by lot is told so, and has its bin all the same."""
    parts = [part for order in ledger.orders.values() for line in order.lines for part in line.reservations]
    assert all(is_by_lot(part.task) and part.row.location for part in parts if part.row.site == "S2")


def check_usable(ledger: Ledger) -> None:
    """Nothing that is not picked is promised of stock that is held, expired, damaged, or in a bin that is shut."""
    for order in ledger.orders.values():
        for line in order.lines:
            for part in line.reservations:
                if part.picked < part.quantity:
                    assert why_shut(ledger, part.row) is None, (order.key, line.line, part, why_shut(ledger, part.row))


def why_shut(ledger: Ledger, row: RowKey) -> str | None:
    """Return why no line may use a row, in the words of the rules; None when lines may."""
    lot = ledger.lots.get((row.sku, row.lot or ""))
    if row.status != "good":
        return row.status
    if lot is not None and lot.holds:
        return "held"
    if any(known.supplier in (None, lot.supplier if lot else None) for known in ledger.settings.holds):
        return "owner held"
    expires = None if lot is None or ledger.settings.expired_ok else lot.expires
    if expires is not None and expires < ledger.sites.today.get(row.site, date.min):
        return "expired"
    around: str | None = row.location
    seen: set[str] = set()
    while around is not None and around not in seen:
        seen.add(around)
        known_place = ledger.sites.locations.get((row.site, around))
        if around in ledger.settings.exclude_locations or around.split("/")[0] == STAGING:
            return "excluded"
        if known_place is not None and (known_place.hold or known_place.holds or not known_place.pickable):
            return "shut"
        around = None if known_place is None else known_place.parent
    return None
