"""Steps on the floor: picked, not found, another lot scanned, shipped."""

from __future__ import annotations

from lotstream.domain.model import Order
from lotstream.testing.scenarios_format import Node
from lotstream.testing.scenarios_scene import Scene, Step, Tell
from lotstream.testing.scenarios_warehouse import SOURCE
from lotstream.testing.scenarios_words import SMALLEST, name, number, text

#: What the lines of a shipment may say.
SHIPPED_KEYS = frozenset({"line", "lot", "qty", "sku", "location"})


async def pick(scene: Scene, said: object) -> Tell:
    """Pick what is named, else everything promised."""
    node: Node = said if isinstance(said, dict) else {"order": said}
    lines = [await _named(scene, node)] if node.get("qty") is not None else await _promised(scene, node)
    body = {"source": SOURCE, "order": name(node.get("order")), "lines": lines}
    return Tell([scene.to.of_floor("pick.confirmed", f"pick-{scene.number()}", **body)])


async def _named(scene: Scene, node: Node) -> Node:
    return {
        "line": await scene.line(node),
        "lot": text(node.get("lot")),
        "location": text(node.get("location")),
        "quantity": number(node["qty"]),
    }


async def _promised(scene: Scene, node: Node) -> list[Node]:
    """Return everything promised and not picked by its tasks; where nothing is, what the order wants, to be refused."""
    order = await scene.order(node.get("order"))
    line, lot, location = text(node.get("line")), text(node.get("lot")), text(node.get("location"))
    parts = [
        {"task": part.task, "quantity": (part.quantity - part.picked) / SMALLEST}
        for one in (order.lines if order is not None else ())
        if line in (None, one.line)
        for part in one.reservations
        if part.quantity > part.picked and lot in (None, part.row.lot) and location in (None, part.row.location)
    ]
    return parts or [{"line": line or _first_line(order), "lot": lot, "location": location, "quantity": 1}]


def _first_line(order: Order | None) -> str:
    return order.lines[0].line if order is not None and order.lines else "1"


async def short_pick(scene: Scene, said: Node) -> Tell:
    """Pick less than was promised, because no more was found in the bin."""
    line = {
        "line": await scene.line(said),
        "lot": text(said.get("lot")),
        "location": text(said.get("location")),
        "picked": number(said.get("picked") or 0),
    }
    body = {"source": SOURCE, "order": name(said.get("order")), "lines": [line]}
    return Tell([scene.to.of_floor("pick.shorted", f"short-{scene.number()}", **body)])


async def scan_lot(scene: Scene, said: Node) -> Tell:
    """Scan another lot than the one that was promised."""
    body = {
        "source": SOURCE,
        "order": name(said.get("order")),
        "line": await scene.line(said),
        "expected": text(said.get("expected")),
        "scanned": text(said.get("scanned")),
    }
    return Tell([scene.to.of_floor("pick.scanned", f"scan-{scene.number()}", **body)])


async def ship(scene: Scene, said: object) -> Tell:
    """Ship what is named, else everything picked; where nothing is picked, everything promised."""
    node: Node = said if isinstance(said, dict) else {"order": said}
    order = name(node.get("order"))
    lines = [await _shipped(scene, order, line) for line in node.get("lines") or []]
    shipment = f"ship-{scene.number()}"
    body = {"shipment": shipment, "orders": [{"source": SOURCE, "order": order, "lines": lines}]}
    return Tell([scene.to.of_floor("shipment.confirmed", shipment, **body)])


async def _shipped(scene: Scene, order: str, node: Node) -> Node:
    return {
        "line": await scene.line({"order": order, **node}) or "1",
        "sku": text(node.get("sku")),
        "lot": text(node.get("lot")),
        "location": text(node.get("location")),
        "quantity": number(node["qty"]),
    }


STEPS: dict[str, Step] = {
    "pick": Step(pick, frozenset({"order", "line", "lot", "qty", "location"}), by_name=True),
    "short_pick": Step(short_pick, frozenset({"order", "line", "lot", "location", "picked"})),
    "scan_lot": Step(scan_lot, frozenset({"order", "line", "expected", "scanned"})),
    "ship": Step(ship, frozenset({"order", "lines"}), by_name=True),
}
