"""Steps about orders: placed, changed, cancelled, decided, reserved by name, released; and the owner's settings."""

from __future__ import annotations

from copy import deepcopy

from lotstream.testing.scenarios_format import ORDER_KEYS, SETTINGS_KEYS, Node, ScenarioError
from lotstream.testing.scenarios_messages import customer, order, settings
from lotstream.testing.scenarios_scene import Scene, Step, Tell
from lotstream.testing.scenarios_warehouse import SOURCE
from lotstream.testing.scenarios_words import midnight, name, number, text


async def place(scene: Scene, said: Node, *, version: str | None = None) -> Tell:
    """Place an order, or tell of it again; a customer nobody has defined has no rules."""
    order_id = name(said.get("id"))
    messages = []
    if (who := text(said.get("customer"))) is not None and who not in scene.customers:
        scene.customers.add(who)
        messages.append(customer(scene.to, {"id": who}))
    # Told again it was not placed anew: when it was placed is part of what an order says.
    placed_at = scene.placed_at.setdefault(order_id, midnight(scene.to.today))
    messages.append(order(scene.to, said, placed_at=placed_at, id=f"order-{scene.number()}", version=version))
    return Tell(messages, lambda: scene.orders.update({order_id: deepcopy(said)}))


async def allocate(scene: Scene, said: object) -> Tell:
    """Ask for the allocation of all orders, of one, or of some."""
    orders = [] if said == "all" else said if isinstance(said, list) else [said]
    named = [{"source": SOURCE, "order": name(one)} for one in orders]
    if not named and said != "all":
        raise ScenarioError(f"step {scene.step} allocates no order")
    return Tell([scene.to.of_owner("allocation.requested", f"allocate-{scene.number()}", orders=named)])


async def reserve(scene: Scene, said: Node) -> Tell:
    """Reserve a quantity of a lot that is named."""
    body = {
        "line": await scene.line(said),
        "sku": text(said.get("sku")),
        "lot": text(said.get("lot")),
        "location": text(said.get("location")),
        "quantity": number(said["qty"]),
    }
    return Tell([scene.to.of_order("stock.reserved", f"reserve-{scene.number()}", said.get("order"), **body)])


async def cancel(scene: Scene, said: object) -> Tell:
    """Cancel an order or one of its lines."""
    node = said if isinstance(said, dict) else {"order": said}
    order_id, line = name(node.get("order")), text(node.get("line"))
    lines = [] if line is None else [line]

    def taken() -> None:
        if line is not None and order_id in scene.orders:
            kept = enumerate(scene.orders[order_id].get("lines") or [], 1)
            scene.orders[order_id]["lines"] = [{"id": at, **one} for at, one in kept if str(one.get("id", at)) != line]

    return Tell([scene.to.of_order("order.cancelled", f"cancel-{scene.number()}", order_id, lines=lines)], taken)


async def release(scene: Scene, said: object) -> Tell:
    """Give back what is reserved for an order and not picked."""
    order_id = said.get("order") if isinstance(said, dict) else said
    return Tell([scene.to.of_order("order.unreserved", f"release-{scene.number()}", order_id)])


async def change_qty(scene: Scene, said: Node) -> Tell:
    """Change how much of a line is wanted, by a newer version of the order; who wants nothing cancels the line."""
    node = deepcopy(scene.orders.get(name(said.get("order"))))
    if node is None:
        raise ScenarioError(f"step {scene.step} changes order {said.get('order')}, which was never placed")
    lines = [{"id": at, **line} for at, line in enumerate(node.get("lines") or [], 1)]
    wanted = text(said.get("line")) or (str(lines[0]["id"]) if len(lines) == 1 else None)
    if wanted not in {str(line["id"]) for line in lines}:
        raise ScenarioError(f"step {scene.step} changes line {wanted} of order {node['id']}, which has no such line")
    if number(said["qty"]) == 0:
        return await cancel(scene, {"order": node["id"], "line": wanted})
    node["lines"] = [{**line, "qty": said["qty"]} if str(line["id"]) == wanted else line for line in lines]
    return await place(scene, node, version=scene.next_version())


async def set_settings(scene: Scene, said: Node) -> Tell:
    """Change settings; those not named stay."""
    after = {**scene.settings, **said}
    message = settings(scene.to, after, id=f"settings-{scene.number()}")
    return Tell([message], lambda: scene.settings.update(after))


STEPS: dict[str, Step] = {
    "allocate": Step(allocate, None, by_name=True),
    "order": Step(place, ORDER_KEYS),
    "reserve": Step(reserve, frozenset({"order", "line", "lot", "qty", "location", "sku"})),
    "cancel": Step(cancel, frozenset({"order", "line"}), by_name=True),
    "release": Step(release, frozenset({"order"}), by_name=True),
    "change_qty": Step(change_qty, frozenset({"order", "line", "qty"})),
    "set": Step(set_settings, SETTINGS_KEYS),
}
