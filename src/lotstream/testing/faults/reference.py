"""The rules of the ledger once more, as plainly as they can be written: what the hub's tables are compared with.

It shares no code with the ledger. It reads the bytes of the inbound topic in their order and knows what a fault run
sends and no more: one site, loose goods with lots, orders served at once from whatever expires first, whoever is first
in the queue first. Everything is worked out anew from sorted lists; nothing is kept up to date.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from typing import Any

from lotstream.testing.faults.reference_model import (
    OVER,
    STAGING,
    Line,
    Lot,
    Order,
    OrderId,
    Part,
    Place,
    Refused,
    Stock,
)


class Books:
    """Everything of one owner."""

    def __init__(self, today: date) -> None:
        self.today = today
        #: Number of the last turn of the day that this owner is through with.
        self._turn = 0
        self.items: set[str] = set()
        self.lots: dict[tuple[str, str], Lot] = {}
        self.stock: dict[Place, Stock] = defaultdict(Stock)
        #: SKU → where it has ever lain, staging left out.
        self._bins: dict[str, set[Place]] = defaultdict(set)
        self.orders: dict[OrderId, Order] = {}
        #: Those of them that are not over.
        self._open: dict[OrderId, Order] = {}
        #: Orders cancelled before they came.
        self.cancels: set[OrderId] = set()
        #: Lines of documents that are booked.
        self.booked: set[tuple[str, str, str]] = set()
        #: (SKU, lot) → units that ever came in.
        self.received: dict[tuple[str, str], int] = defaultdict(int)
        #: (shipment, order, line, lot) → units that left.
        self.shipped: dict[tuple[str, OrderId, str, str], int] = defaultdict(int)

    def see_day(self, today: date, turn: int) -> None:
        """Have it be today; a turn of the day takes back what expired by it, and serves whoever waits.

        The first day that is opened may be the one before the records' own, west of Greenwich: goods are good again.
        """
        self.today = today
        if turn > self._turn:
            self._turn = turn
            self._drop_expired()
            self._fill(sorted(self._bins))

    def _drop_expired(self) -> None:
        """Take back what expired and is not picked."""
        for order in self._open.values():
            for line in order.lines:
                for part in line.parts:
                    left = part.quantity - part.picked
                    if left and self.lots[part.place[:2]].expires < self.today:
                        self._give_back(part, left, picked_too=False)
                        part.quantity = part.picked
                line.parts = [part for part in line.parts if part.quantity]

    def do(self, name: str, body: dict[str, Any], arrival: tuple[int, int]) -> None:
        """Do one command; raises `Refused`."""
        if name == "order.placed":
            self._place(body, arrival)
            return
        {
            "item.defined": self._define,
            "balance.opened": self._receive,
            "stock.received": self._receive,
            "order.cancelled": self._cancel,
            "hold.placed": self._hold,
            "hold.lifted": self._lift,
            "pick.confirmed": self._pick,
            "shipment.confirmed": self._ship,
        }[name](body)

    def _define(self, body: dict[str, Any]) -> None:
        self.items.add(body["sku"])
        for order in sorted((order for order in self._open.values() if order.held), key=lambda order: order.turn):
            self._serve(order)

    def _receive(self, body: dict[str, Any]) -> None:
        document = ("receipt", body["receipt"]) if "receipt" in body else ("balance", body["balance"])
        skus = []
        for line in body["lines"]:
            entry = (*document, line["line"])
            if line["sku"] not in self.items or entry in self.booked:
                continue
            self.booked.add(entry)
            received = date.fromisoformat(line.get("received") or body["occurred_at"][:10])
            lot = self.lots.setdefault((line["sku"], line["lot"]), Lot(date.fromisoformat(line["expires"]), received))
            lot.received = min(lot.received, received)
            place = (line["sku"], line["lot"], line["location"])
            self.stock[place].on_hand += int(line["quantity"])
            self._bins[line["sku"]].add(place)
            self.received[place[:2]] += int(line["quantity"])
            skus.append(line["sku"])
        self._fill(skus)

    def _place(self, body: dict[str, Any], arrival: tuple[int, int]) -> None:
        key, version = (body["source"], body["order"]), int(body["version"])
        content = {name: value for name, value in body.items() if name != "version"}
        known = self.orders.get(key)
        if known is not None:
            if content != known.content and version <= known.version:
                raise Refused("stale_version" if version < known.version else "conflicting_content")
            return
        lines = [Line(line["line"], line["sku"], int(line["quantity"])) for line in body["lines"]]
        turn = (-body.get("priority", 0), datetime.fromisoformat(body["placed_at"]), arrival)
        order = self.orders[key] = self._open[key] = Order(key, version, content, turn, lines, held=True)
        if key in self.cancels:
            self._close(order, order.lines)
        else:
            self._serve(order)

    def _serve(self, order: Order) -> None:
        """Promise a new order, or one that was held, what is there."""
        for line in order.lines:
            line.ordered = line.wanted if line.sku in self.items else 0
        order.held = any(line.sku not in self.items for line in order.lines)
        if not order.held:
            for line in order.lines:
                self._promise(line)

    def _fill(self, skus: list[str]) -> None:
        """Give what is free to whoever waits, in the order of the queue."""
        waiting = [
            (order.turn, line)
            for order in self._open.values()
            if not order.held
            for line in order.lines
            if line.sku in skus and line.open() > 0
        ]
        exhausted: set[str] = set()
        for _, line in sorted(waiting, key=lambda entry: entry[0]):
            if line.sku not in exhausted:
                self._promise(line)
                if line.open() > 0:
                    exhausted.add(line.sku)

    def _promise(self, line: Line) -> None:
        for place in sorted(self._usable(line.sku), key=self._use):
            row = self.stock[place]
            quantity = min(row.on_hand - row.reserved, line.open())
            if quantity > 0:
                row.reserved += quantity
                line.parts.append(Part(place, quantity))

    def _usable(self, sku: str) -> list[Place]:
        return [place for place in self._bins[sku] if self.stock[place].on_hand and self._lives(place)]

    def _lives(self, place: Place) -> bool:
        lot = self.lots[place[:2]]
        return not lot.holds and lot.expires >= self.today

    def _use(self, place: Place) -> tuple[Any, ...]:
        lot = self.lots[place[:2]]
        return (lot.expires, lot.received, place[1], place[2])

    def _cancel(self, body: dict[str, Any]) -> None:
        key = (body["source"], body["order"])
        order = self.orders.get(key)
        if order is None:
            self.cancels.add(key)
            return
        if order.state() == "cancelled":
            return
        lines = [line for line in order.lines if line.line in (body.get("lines") or [line.line])]
        if any(line.shipped for line in (order.lines if order.state() in OVER else lines)):
            raise Refused("already_shipped")
        self._close(order, lines)
        self._fill([line.sku for line in lines])

    def _close(self, order: Order, lines: list[Line]) -> None:
        """Cancel lines; what was picked stays at the staging place, promised to nobody."""
        for line in lines:
            line.ordered = line.wanted if line.sku in self.items else 0
            line.cancelled = line.ordered
            for part in line.parts:
                self._give_back(part, part.quantity, picked_too=True)
            line.parts = []
        if all(line.cancelled == line.ordered for line in order.lines):
            order.held = False
        self._put_away(order)

    def _put_away(self, order: Order) -> None:
        if order.state() in OVER:
            del self._open[order.key]

    def _give_back(self, part: Part, quantity: int, *, picked_too: bool) -> None:
        if picked_too:
            self.stock[part.place[0], part.place[1], STAGING].reserved -= part.picked
            quantity -= part.picked
        self.stock[part.place].reserved -= quantity

    def _hold(self, body: dict[str, Any]) -> None:
        mine = self._lot(body)
        if body["hold"] in self.lots[mine].holds:
            return
        self.lots[mine].holds.add(body["hold"])
        recall = body["kind"] == "recall"
        for order in self._open.values():
            for line in order.lines:
                for part in line.parts:
                    if part.place[:2] != mine:
                        continue
                    lost = part.quantity if recall else part.quantity - part.picked
                    self._give_back(part, lost, picked_too=recall)
                    part.quantity -= lost
                line.parts = [part for part in line.parts if part.quantity]
        self._fill([mine[0]])

    def _lift(self, body: dict[str, Any]) -> None:
        mine = self._lot(body)
        self.lots[mine].holds.discard(body["hold"])
        self._fill([mine[0]])

    def _lot(self, body: dict[str, Any]) -> tuple[str, str]:
        mine = (body["sku"], body["lot"])
        if mine not in self.lots:
            raise Refused("unknown_lot")
        return mine

    def _pick(self, body: dict[str, Any]) -> None:
        order = self.orders.get((body["source"], body["order"]))
        if order is None:
            raise Refused("unknown_order")
        if order.state() in OVER:
            raise Refused("not_reserved")
        if order.held:
            raise Refused("on_hold")
        (said,) = body["lines"]
        (line,) = [line for line in order.lines if line.line == said["line"]]
        left = int(said["quantity"])
        if left > sum(part.quantity - part.picked for part in line.parts):
            raise Refused("not_reserved")
        for part in line.parts:
            quantity = min(left, part.quantity - part.picked)
            part.picked += quantity
            left -= quantity
            self._move(part.place, quantity)

    def _move(self, place: Place, quantity: int) -> None:
        """Take promised goods from their bin to the staging place; they stay promised."""
        staged = self.stock[place[0], place[1], STAGING]
        for row, change in ((self.stock[place], -quantity), (staged, quantity)):
            row.on_hand += change
            row.reserved += change

    def _ship(self, body: dict[str, Any]) -> None:
        (named,) = body["orders"]
        order = self.orders.get((named["source"], named["order"]))
        if order is not None and body["shipment"] in order.shipments:
            return
        self._check_ship(order)
        if order is None:
            return
        parts = [(line, part) for line in order.lines for part in line.parts]
        picked = [(line, part) for line, part in parts if part.picked]
        for _, part in picked or parts:
            self._check_leaves(self.lots[part.place[:2]])
        if not parts:
            raise Refused("not_reserved")
        for line, part in picked or parts:
            self._load(body["shipment"], order, line, part)
        order.shipments.add(body["shipment"])
        self._put_away(order)

    def _check_ship(self, order: Order | None) -> None:
        if order is None:
            raise Refused("unknown_order")
        if order.state() in OVER:
            raise Refused("already_shipped")
        if order.held:
            raise Refused("on_hold")

    def _check_leaves(self, lot: Lot) -> None:
        if lot.holds:
            raise Refused("on_hold")
        if lot.expires < self.today:
            raise Refused("lot_not_allowed")

    def _load(self, shipment: str, order: Order, line: Line, part: Part) -> None:
        quantity = part.picked or part.quantity
        row = self.stock[part.place[0], part.place[1], STAGING] if part.picked else self.stock[part.place]
        row.on_hand -= quantity
        row.reserved -= quantity
        line.shipped += quantity
        self.shipped[shipment, order.key, line.line, part.place[1]] += quantity
        part.quantity -= quantity
        part.picked = 0
        line.parts = [other for other in line.parts if other.quantity]
