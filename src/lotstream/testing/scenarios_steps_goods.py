"""Steps about goods: received, adjusted, counted, moved, returned, put on hold; and the turn of the day."""

from __future__ import annotations

from lotstream.domain.model import Tracking
from lotstream.testing.scenarios_format import STOCK_KEYS, Node, ScenarioError
from lotstream.testing.scenarios_messages import receipt
from lotstream.testing.scenarios_scene import Scene, Step, Tell
from lotstream.testing.scenarios_warehouse import Message
from lotstream.testing.scenarios_words import STOCK, day, number, text


async def receive(scene: Scene, said: Node) -> Tell:
    """Receive a stock row; lot-tracked goods without a lot are loaded as they are found."""
    item = None if said.get("lot") is not None else (await scene.look()).ledger.items.get(scene.to.sku(said))
    lotless = item is not None and item.tracking is Tracking.LOT
    return Tell(receipt(scene.to, said, number=scene.number(), as_found=lotless))


async def adjust(scene: Scene, said: Node) -> Tell:
    """Add to what a bin has of a lot, or take from it."""
    line = {**await _row(scene, said), "quantity": number(said["qty"])}
    return _document(scene, "stock.adjusted", "adjustment", line)


async def count(scene: Scene, said: Node) -> Tell:
    """Count what a bin has of a lot."""
    line = {**await _row(scene, said), "counted": number(said["qty"])}
    return _document(scene, "stock.counted", "count", line)


async def move(scene: Scene, said: Node) -> Tell:
    """Move goods from one bin to another."""
    line = {**await _row(scene, said, "from"), "quantity": number(said["qty"]), "to": str(said["to"])}
    return _document(scene, "stock.moved", "move", line)


async def _row(scene: Scene, said: Node, place: str = "location") -> Node:
    location = await scene.location(said, place)
    return {"line": "1", "sku": await scene.sku(said), "lot": text(said.get("lot")), "location": location}


def _document(scene: Scene, message: str, kind: str, line: Node) -> Tell:
    document = f"{kind}-{scene.number()}"
    return Tell([scene.to.of_floor(message, document, **{kind: document}, lines=[line])])


async def give_back(scene: Scene, said: Node) -> Tell:
    """Return goods that were shipped to a customer."""
    document = f"return-{scene.number()}"
    line = {
        "line": "1",
        "sku": text(said.get("sku")),
        "lot": text(said.get("lot")),
        "quantity": number(said["qty"]),
        "location": str(said.get("location") or STOCK),
    }
    body = {"return": document, "source": "scenario", "order": str(said.get("order")), "lines": [line]}
    return Tell([scene.to.of_floor("goods.returned", document, **body)])


async def hold(scene: Scene, said: Node, kind: str = "hold") -> Tell:
    """Put a lot or a bin on hold."""
    held = f"{kind}-{scene.number()}"
    return Tell([await _held(scene, "hold.placed", held, said, hold=held, kind=kind)])


async def recall(scene: Scene, said: Node) -> Tell:
    """Recall a lot."""
    return await hold(scene, said, kind="recall")


async def unhold(scene: Scene, said: Node) -> Tell:
    """Lift all holds of a lot, or of a bin."""
    return Tell([await _held(scene, "hold.lifted", f"unhold-{scene.number()}", said)])


async def _held(scene: Scene, message: str, id: str, said: Node, **body: object) -> Message:
    """Return a message about a lot, which is the owner's, or about a bin, which is everybody's.

    A number that several SKUs have, none of which is named, is that of the first item, as everywhere in a scenario.
    """
    if said.get("lot") is not None:
        several = len({facts.sku for facts in (await scene.look()).ledger.lots_called(str(said["lot"]))}) > 1
        sku = text(said.get("sku")) or (scene.to.usual_sku if several else None)
        return scene.to.of_owner(message, id, sku=sku, lot=str(said["lot"]), **body)
    if said.get("location") is None:
        raise ScenarioError(f"step {scene.step} names neither a lot nor a location")
    return Message(message, id, {"site": scene.to.site, "location": str(said["location"]), **body})


async def turn(scene: Scene, said: object) -> Tell:
    """Turn the day; what has expired by then moves."""
    today = day(said)
    if today is None:
        raise ScenarioError(f"step {scene.step} opens no day")
    scene.to.today = max(scene.to.today, today)
    return Tell([Message("day.opened", f"day-{scene.number()}", {"site": scene.to.site, "date": today})])


_ROW = frozenset({"lot", "location", "qty", "sku"})
_HELD = frozenset({"lot", "location", "sku"})
STEPS: dict[str, Step] = {
    "receive": Step(receive, STOCK_KEYS),
    "adjust": Step(adjust, _ROW),
    "count": Step(count, _ROW),
    "move": Step(move, frozenset({"lot", "from", "to", "qty", "sku"})),
    "return": Step(give_back, frozenset({"order", "line", "lot", "qty", "location", "sku"})),
    "hold": Step(hold, _HELD),
    "unhold": Step(unhold, _HELD),
    "recall": Step(recall, frozenset({"lot", "sku"})),
    "today": Step(turn, None, by_name=True),
}
