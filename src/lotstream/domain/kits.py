"""Kits: a line that orders them is promised components, and counts whole kits.

What the components of a line make is the least that any of them is enough for. A component counts with what has left
already, so that a kit of which one half was shipped yesterday is whole when the other half is promised today. Kits that
stand assembled on a shelf count one by one beside that.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from lotstream.domain.model import KitPart, OrderLine


def skus_of(line: OrderLine) -> tuple[str, ...]:
    """Return the SKUs that a line may be promised: its own, and those of the components of a kit."""
    return (line.sku, *[part.sku for part in line.parts])


def skus_counted(line: OrderLine) -> tuple[str, ...]:
    """Return the SKUs whose units a line is counted in; while it waits for a component, of that none."""
    return skus_of(line) if line.quantity_sent is None else (line.sku,)


def wants_any_of(line: OrderLine, supply: Mapping[str, int]) -> bool:
    """Tell whether a supply by SKU has anything that a line may be promised."""
    return supply.get(line.sku, 0) > 0 or any(supply.get(part.sku, 0) > 0 for part in line.parts)


def whole_kits(parts: Iterable[KitPart], units: Mapping[str, int]) -> int:
    """Return how much of a kit (whole base units of it, in smallest units) the units of its components make."""
    return min([units.get(part.sku, 0) // part.each * part.kit for part in parts])


def promised_kits(line: OrderLine) -> int:
    """Return how much of a kit is promised to a line, picked or not."""
    return _standing(line, Counter(_by_sku(line, picked_only=False)))


def picked_kits(line: OrderLine) -> int:
    """Return how much of a kit is picked for a line with all that belongs to it."""
    return _standing(line, Counter(_by_sku(line, picked_only=True)))


def begun_kits(line: OrderLine) -> int:
    """Return what stands for picked kits in the state of an order, which is begun with the first component.

    Nothing while nothing is picked, what is promised when all of that is, and in between something that is neither.
    """
    units = sum(part.quantity for part in line.reservations)
    picked = sum(part.picked for part in line.reservations)
    if picked == 0:
        return 0
    promised = promised_kits(line)
    return promised or 1 if picked == units else promised + 1


def anything_shipped(line: OrderLine) -> bool:
    """Tell whether anything has left for a line, a single component included."""
    return line.shipped > 0 or any(part.shipped for part in line.parts)


def count_shipped(line: OrderLine, sku: str, quantity: int) -> None:
    """Count smallest units that left for a line that orders kits: a kit, or a component of it."""
    if sku == line.sku:
        line.shipped += quantity
        return
    before = whole_kits(line.parts, shipped_parts(line))
    line.parts = tuple(
        [part._replace(shipped=part.shipped + quantity) if part.sku == sku else part for part in line.parts]
    )
    line.shipped += whole_kits(line.parts, shipped_parts(line)) - before


def keep_shipped(line: OrderLine, parts: tuple[KitPart, ...]) -> None:
    """Give a line the parts it is counted with from now on; what has left of them has left."""
    gone = shipped_parts(line)
    own = line.shipped - (whole_kits(line.parts, gone) if line.parts else 0)
    line.parts = tuple([part._replace(shipped=gone.get(part.sku, 0)) for part in parts])
    line.shipped = own + (whole_kits(parts, gone) if parts else 0)


def shipped_now(line: OrderLine, shipped: Iterable[tuple[str, int]]) -> int:
    """Return how much of a kit went with one shipment, which is counted already: SKUs and what left of each."""
    now = Counter[str]()
    for sku, quantity in shipped:
        now[sku] += quantity
    after = Counter(shipped_parts(line))
    own = now.pop(line.sku, 0)
    return own + whole_kits(line.parts, after) - whole_kits(line.parts, after - now)


def shipped_parts(line: OrderLine) -> dict[str, int]:
    """Return how much of each component has left for a line."""
    return {part.sku: part.shipped for part in line.parts}


def promised_parts(line: OrderLine) -> Counter[str]:
    """Return how much of each SKU is promised to a line, picked or not."""
    return Counter(_by_sku(line, picked_only=False))


def _standing(line: OrderLine, units: Counter[str]) -> int:
    own = units.pop(line.sku, 0)
    shipped = shipped_parts(line)
    units.update(shipped)
    return own + whole_kits(line.parts, units) - whole_kits(line.parts, shipped)


def _by_sku(line: OrderLine, *, picked_only: bool) -> dict[str, int]:
    units: dict[str, int] = {}
    for part in line.reservations:
        quantity = part.picked if picked_only else part.quantity
        units[part.row.sku] = units.get(part.row.sku, 0) + quantity
    return units
