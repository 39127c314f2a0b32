"""Play a scenario step by step: what is told, what is refused, and what is looked at on the way."""

from __future__ import annotations

from collections.abc import Sequence

from lotstream.domain.codes import Refusal
from lotstream.domain.draft import Draft
from lotstream.domain.explaining import explain
from lotstream.domain.sums import OVER, backordered, promised
from lotstream.testing.scenarios_format import Node, ScenarioError
from lotstream.testing.scenarios_messages import Writer, facts, locations, openings, settings
from lotstream.testing.scenarios_objections import objections
from lotstream.testing.scenarios_scene import Scene, Tell
from lotstream.testing.scenarios_steps import STEPS
from lotstream.testing.scenarios_steps_orders import place
from lotstream.testing.scenarios_warehouse import Message, View, Warehouse
from lotstream.testing.scenarios_words import day

#: Order, line, SKU, lot and reason code of stock that was passed over.
NotUsed = tuple[str, str, str, str | None, str]
#: Allocated, backordered and shipped smallest units.
Sums = tuple[int, int, int]


class Play:
    """A scenario while it is played."""

    def __init__(self, scenario: Node, warehouse: Warehouse) -> None:
        self.scenario = scenario
        self.warehouse = warehouse
        #: Number of a refused step → its refusal.
        self.refused: dict[int, Refusal] = {}
        #: Orders that were refused before the first step.
        self.refused_orders: dict[str, Refusal] = {}
        self.not_used: set[NotUsed] = set()
        #: After each step: order → its sums.
        self.after: list[dict[str, Sums]] = []
        self.steps: list[Node] = scenario.get("steps") or [{"allocate": "all"}]
        today = day(scenario["today"])
        if today is None:
            raise ScenarioError("today is missing")
        to = Writer(warehouse.owner, warehouse.site, today, str(scenario["items"][0].get("sku")))
        self.scene = Scene(to, warehouse.view, dict(scenario.get("settings") or {}))

    async def run(self) -> None:
        """Lay the ground, place the orders, play every step; raises `ScenarioError`."""
        await self._lay_ground()
        self._look(await self.warehouse.view())
        for index, step in enumerate(self.steps):
            self.scene.begin(index)
            verb, said = next(iter(step.items()))
            refusal = await self._step(verb, said)
            if refusal is not None:
                self.refused[index] = refusal
            view = await self.warehouse.view()
            self._look(view)
            self.after.append(sums(view))

    async def _lay_ground(self) -> None:
        scene, scenario = self.scene, self.scenario
        today = {"site": scene.to.site, "date": scene.to.today}
        site = {"site": scene.to.site, "calendar": "scripted"}
        await self._must([Message("site.defined", "site", site), Message("day.opened", "day", today)])
        ground = [*locations(scene.to.site, scenario), settings(scene.to, scene.settings, id="settings")]
        ground += facts(scene.to, scenario)
        if scenario.get("stock"):
            ground += openings(scene.to, scenario["stock"])
        scene.customers.update(str(node.get("id")) for node in scenario.get("customers") or [])
        await self._must(ground)
        await self._place_orders(scenario.get("orders") or [])

    async def _must(self, messages: Sequence[Message]) -> None:
        for message, refusal in zip(messages, await self.warehouse.tell(messages), strict=True):
            if refusal is not None:
                raise ScenarioError(f"{message.id} was refused: {refusal.field}: {refusal.message}")

    async def _place_orders(self, nodes: list[Node]) -> None:
        """Place the orders a scenario begins with; one that is refused is not there, which is then to be expected."""
        tells = [await place(self.scene, node) for node in nodes]
        refusals = iter(await self.warehouse.tell([message for tell in tells for message in tell.messages]))
        for node, tell in zip(nodes, tells, strict=True):
            found = [refusal for _ in tell.messages if (refusal := next(refusals)) is not None]
            if found:
                _not_later(found[0])
                self.refused_orders[str(node["id"])] = found[0]
            elif tell.taken is not None:
                tell.taken()

    async def _step(self, verb: str, said: object) -> Refusal | None:
        match verb, said:
            case "concurrent", dict():
                return await self._concurrent(said)
            case "crash_and_replay", dict():
                return await self._crash_and_replay(said)
            case _:
                return await self._tell([await STEPS[verb].do(self.scene, said)])

    async def _tell(self, tells: Sequence[Tell], *, workers: int = 1) -> Refusal | None:
        """Tell what steps say; returns the first refusal."""
        refusals = iter(
            await self.warehouse.tell([message for tell in tells for message in tell.messages], workers=workers)
        )
        first = None
        for tell in tells:
            found = [refusal for _ in tell.messages if (refusal := next(refusals)) is not None]
            if not found and tell.taken is not None:
                tell.taken()
            first = first or next(iter(found), None)
        if first is not None:
            _not_later(first)
        return first

    async def _concurrent(self, said: Node) -> Refusal | None:
        """Tell many things at once; all are built from what is known before."""
        if said.get("verbs"):
            steps = list(said["verbs"])
        else:
            orders = said.get("orders", "all")
            steps = [{said["verb"]: one} for one in (list(self.scene.orders) if orders == "all" else orders)]
        steps *= int(said.get("repeat") or 1)
        tells = [await STEPS[verb].do(self.scene, what) for step in steps for verb, what in step.items()]
        return await self._tell(tells, workers=int(said.get("workers") or len(tells) or 1))

    async def _crash_and_replay(self, said: Node) -> Refusal | None:
        """Allocate some orders, crash, come back from what is kept, hear every message again, allocate the rest."""
        orders = list(self.scene.orders)
        for order in orders[: int(said.get("after_orders", len(orders)))]:
            await self._tell([await STEPS["allocate"].do(self.scene, order)])
        before = _known(await self.warehouse.view())
        await self.warehouse.crash()
        if _known(await self.warehouse.view()) != before:
            raise ScenarioError("the ledger is another one after a crash")
        await self.warehouse.tell_all_again()
        if _known(await self.warehouse.view()) != before:
            raise ScenarioError("the ledger is another one after every message was told again")
        return await self._tell([await STEPS["allocate"].do(self.scene, "all")])

    def _look(self, view: View) -> None:
        """Take note of every lot that speaks against itself for a line that is open."""
        if not self.scenario["expect"].get("not_used"):
            return
        draft = Draft(view.ledger, view.moment)
        for held in view.ledger.orders.values():
            if held.held is None:
                all_of_them = objections(draft, held, site=view.site)
                self.not_used |= {(held.key.order, line, sku, lot, str(why)) for line, sku, lot, why in all_of_them}
            for line in held.lines if held.held is None else ():
                for row in explain(view.ledger, held, line, site=view.site, moment=view.moment):
                    if row.reason is not None:
                        self.not_used.add((held.key.order, line.line, row.sku or line.sku, row.lot, str(row.reason)))


def sums(view: View) -> dict[str, Sums]:
    """Return what each order has allocated, backordered and shipped."""
    return {
        order.key.order: (
            sum(promised(line) for line in order.lines),
            sum(backordered(line) for line in order.lines) if order.state not in OVER else 0,
            sum(line.shipped for line in order.lines),
        )
        for order in view.orders
    }


def _known(view: View) -> tuple[object, ...]:
    """Return what a crash must not change, to be compared."""
    orders = {order.key: repr(order) for order in view.orders}
    rows = {row.key: repr(row) for row in view.ledger.stock.values()}
    return orders, rows, repr(sorted(view.ledger.lots.items())), view.ledger.settings


def _not_later(refusal: Refusal) -> None:
    """Fail a scenario by name when what it asks for belongs to a later version."""
    if "is not supported yet" in refusal.message:
        raise ScenarioError(refusal.message)
