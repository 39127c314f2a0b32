"""Play a scenario step by step: what is told, what is refused, and what is looked at on the way."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from copy import deepcopy
from dataclasses import replace

from lotstream.domain.codes import Refusal
from lotstream.domain.commands import (
    CancelOrder,
    ChangeSettings,
    Command,
    ConfirmPick,
    ConfirmShipment,
    ContinueDay,
    DefineCustomer,
    DefineLocation,
    LiftHold,
    OpenDay,
    PickLine,
    PlaceHold,
    RequestAllocation,
    ShippedLine,
    ShippedOrder,
)
from lotstream.domain.explaining import explain
from lotstream.domain.model import Customer, HoldKind, Location, OrderKey
from lotstream.domain.sums import OVER, backordered, promised
from lotstream.testing.scenarios_domain import DomainWarehouse
from lotstream.testing.scenarios_format import Node, ScenarioError
from lotstream.testing.scenarios_messages import (
    SITE,
    SMALLEST,
    day,
    facts,
    number,
    opening,
    order,
    order_key,
    receipt,
    settings,
    text,
)

#: A scenario's owner is continued in one part, however many orders there are.
WHOLE_PART = sys.maxsize
#: Order, line, SKU, lot and reason code of stock that was passed over.
NotUsed = tuple[str, str, str, str | None, str]


class Play:
    """A scenario while it is played."""

    def __init__(self, scenario: Node) -> None:
        self.scenario = scenario
        today = day(scenario["today"])
        if today is None:
            raise ScenarioError("today is missing")
        self.warehouse = DomainWarehouse(today)
        #: Number of a refused step → its refusal.
        self.refused: dict[int, Refusal] = {}
        self.not_used: set[NotUsed] = set()
        #: After each step: order → (allocated, backordered, shipped) in smallest units.
        self.after: list[dict[str, tuple[int, int, int]]] = []
        self.steps: list[Node] = scenario.get("steps") or [{"allocate": "all"}]
        self._usual_sku = str(scenario["items"][0]["sku"])
        self._settings: Node = dict(scenario.get("settings") or {})
        self._orders: dict[OrderKey, Node] = {}
        self._step = 0

    def run(self) -> None:
        """Lay the ground, place the orders, play every step; raises `ScenarioError`."""
        self._must(ChangeSettings(settings(self._settings)))
        for command in facts(self.scenario):
            self._must(command)
        if self.scenario.get("stock"):
            self._must(opening(self.scenario))
        for node in self.scenario.get("orders") or []:
            self._must_be_taken(self.do_order(node), f"order {node.get('id')}")
        for index, step in enumerate(self.steps):
            self._step = index
            self._look()
            self._do(step)
            self._look()
            self.after.append(self._sums())

    def _do(self, step: Node) -> None:
        verb, said = next(iter(step.items()))
        refusal = self._tell(verb, said)
        if refusal is not None:
            if "is not supported yet" in refusal.message:
                raise ScenarioError(refusal.message)
            self.refused.setdefault(self._step, refusal)

    def _tell(self, verb: str, said: object) -> Refusal | None:
        step: Callable[[object], Refusal | None] = getattr(self, f"do_{verb}")
        return step(said)

    def _must(self, command: Command) -> None:
        self._must_be_taken(self.warehouse.tell(command), type(command).__name__)

    def _must_be_taken(self, refusal: Refusal | None, what: str) -> None:
        if refusal is not None:
            raise ScenarioError(f"{what} was refused: {refusal.field}: {refusal.message}")

    def _look(self) -> None:
        """Take note of every lot that speaks against itself for a line that is open."""
        warehouse = self.warehouse
        for held in warehouse.ledger.orders.values():
            for line in held.lines if held.held is None else ():
                for row in explain(warehouse.ledger, held, line, site=SITE, moment=warehouse.moment()):
                    if row.reason is not None:
                        self.not_used.add((held.key.order, line.line, line.sku, row.lot, str(row.reason)))

    def _sums(self) -> dict[str, tuple[int, int, int]]:
        sums = {}
        for known in self.warehouse.orders():
            open_lines = known.lines if known.state not in OVER else []
            sums[known.key.order] = (
                sum(promised(line) for line in known.lines),
                sum(backordered(line) for line in open_lines),
                sum(line.shipped for line in known.lines),
            )
        return sums

    def do_order(self, node: Node, *, version: str | None = None) -> Refusal | None:
        """Place an order, or tell of it again."""
        customer = text(node.get("customer"))
        if customer is not None and customer not in self.warehouse.ledger.customers:
            self._must(DefineCustomer(Customer(customer)))
        command = order(node, usual_sku=self._usual_sku, version=version)
        refusal = self.warehouse.tell(command)
        if refusal is None:
            self._orders[command.key] = deepcopy(node)
        return refusal

    def do_allocate(self, said: object) -> Refusal | None:
        """Ask for the allocation of all orders, or of some."""
        orders = [] if said == "all" else said if isinstance(said, list) else [said]
        return self.warehouse.tell(RequestAllocation(tuple(order_key(one) for one in orders)))

    def do_cancel(self, said: object) -> Refusal | None:
        """Cancel an order or one of its lines."""
        if not isinstance(said, dict):
            return self.warehouse.tell(CancelOrder(order_key(said)))
        key, line = order_key(said.get("order")), text(said.get("line"))
        refusal = self.warehouse.tell(CancelOrder(key, lines=() if line is None else (line,)))
        if refusal is None and line is not None and key in self._orders:
            lines = self._orders[key]["lines"]
            self._orders[key]["lines"] = [one for at, one in enumerate(lines, 1) if str(one.get("id", at)) != line]
        return refusal

    def do_change_qty(self, said: Node) -> Refusal | None:
        """Change how much of a line is wanted, by a newer version of the order."""
        key = order_key(said.get("order"))
        node = deepcopy(self._orders.get(key))
        if node is None:
            raise ScenarioError(f"step {self._step} changes order {key.order}, which was never placed")
        for at, line in enumerate(node["lines"], 1):
            line.setdefault("id", at)
            if str(line["id"]) == str(said.get("line")):
                line["qty"] = said["qty"]
        return self.do_order(node, version=str(self._step + 1))

    def do_receive(self, said: Node) -> Refusal | None:
        """Receive a stock row."""
        return self.warehouse.tell(receipt(said, number=self._step, usual_sku=self._usual_sku))

    def do_hold(self, said: Node, kind: HoldKind = HoldKind.HOLD) -> Refusal | None:
        """Put a lot or a bin on hold."""
        if said.get("location") is not None:
            return self._hold_location(said, hold=True)
        return self.warehouse.tell(PlaceHold(f"step-{self._step}", kind, text(said.get("sku")), str(said.get("lot"))))

    def do_recall(self, said: Node) -> Refusal | None:
        """Recall a lot."""
        return self.do_hold(said, HoldKind.RECALL)

    def do_unhold(self, said: Node) -> Refusal | None:
        """Lift all holds of a lot, or of a bin."""
        if said.get("location") is not None:
            return self._hold_location(said, hold=False)
        return self.warehouse.tell(LiftHold(None, text(said.get("sku")), str(said.get("lot"))))

    def _hold_location(self, said: Node, *, hold: bool) -> Refusal | None:
        location = str(said["location"])
        known = self.warehouse.ledger.sites.locations.get((SITE, location)) or Location(SITE, location, version=0)
        self._must(DefineLocation(replace(known, hold=hold, version=known.version + 1)))
        return self.warehouse.tell(ContinueDay(WHOLE_PART))

    def do_today(self, said: object) -> Refusal | None:
        """Turn the day; what has expired by then moves."""
        today = day(said)
        if today is None:
            raise ScenarioError(f"step {self._step} opens no day")
        return self.warehouse.tell(OpenDay(SITE, today)) or self.warehouse.tell(ContinueDay(WHOLE_PART))

    def do_pick(self, said: object) -> Refusal | None:
        """Pick what is named, else everything promised."""
        node = said if isinstance(said, dict) else {"order": said}
        key = order_key(node.get("order"))
        return self.warehouse.tell(ConfirmPick(SITE, False, None, None, key, None, tuple(self._picked(key, node))))

    def _picked(self, key: OrderKey, node: Node) -> Iterable[PickLine]:
        """Return what was picked: as said, else everything promised and not picked."""
        line, lot, location = text(node.get("line")), text(node.get("lot")), text(node.get("location"))
        if node.get("qty") is not None:
            yield PickLine(None, line, lot, location, number(node["qty"]))
            return
        known = self.warehouse.order(key)
        lines = [one for one in (known.lines if known is not None else ()) if line in (None, one.line)]
        for part in (part for one in lines for part in one.reservations):
            left = part.quantity - part.picked
            if left and lot in (None, part.row.lot) and location in (None, part.row.location):
                yield PickLine(part.task, None, None, None, left / SMALLEST)

    def do_ship(self, said: object) -> Refusal | None:
        """Ship what is named, else everything picked; where nothing is picked, everything promised."""
        node: Node = said if isinstance(said, dict) else {"order": said}
        lines = tuple(_shipped_line(line) for line in node.get("lines") or [])
        part = ShippedOrder(order_key(node.get("order")), lines)
        return self.warehouse.tell(ConfirmShipment(SITE, False, None, None, f"SHIP-{self._step}", (part,)))

    def do_set(self, said: Node) -> Refusal | None:
        """Change settings; those not named stay."""
        self._settings.update(said)
        return self.warehouse.tell(ChangeSettings(settings(self._settings)))

    def do_concurrent(self, said: Node) -> Refusal | None:
        """One owner's messages are decided one after the other, in the order they arrive, whoever sends them."""
        if said.get("verbs"):
            steps = list(said["verbs"])
        else:
            orders = said.get("orders", "all")
            if orders == "all":
                orders = [key.order for key in self._orders]
            steps = [{said["verb"]: one} for one in orders] * int(said.get("repeat", 1))
        refusals = [self._tell(verb, what) for step in steps for verb, what in step.items()]
        return next((refusal for refusal in refusals if refusal is not None), None)

    def do_crash_and_replay(self, said: Node) -> Refusal | None:
        """Allocate some orders, crash, come back from the journal, hear every message again, allocate the rest."""
        keys = list(self._orders)
        first = int(said.get("after_orders", len(keys)))
        for key in keys[:first]:
            self.warehouse.tell(RequestAllocation((key,)))
        before = self.warehouse.state()
        self.warehouse.restart()
        self.warehouse.tell_all_again()
        if self.warehouse.state() != before:
            raise ScenarioError("the ledger is another one after it was played again")
        return self.warehouse.tell(RequestAllocation(()))


def _shipped_line(node: Node) -> ShippedLine:
    line, lot, location = str(node.get("line", 1)), text(node.get("lot")), text(node.get("location"))
    return ShippedLine(line, lot, number(node["qty"]), location=location)
