"""What each order of a wave's task gets of what was picked for it, whoever comes first in the queue first."""

from __future__ import annotations

from collections.abc import Sequence

from lotstream.domain.model import Order, OrderKey, OrderLine
from lotstream.domain.sums import most_of, promised
from lotstream.domain.wave_parts import WavePart
from lotstream.domain.wave_work import Work

#: A promise, and what is picked for it.
Share = tuple[WavePart, int]


def shares(work: Work, parts: Sequence[WavePart], quantity: int) -> tuple[list[Share], int]:
    """Return what each promise of a task gets of a quantity, and what is left of it.

    Whoever comes first gets all of his. What is more than the task says goes to its orders in the same order, as far as
    the owner allows more to be picked for a line than was ordered, and as far as it is free.
    """
    asked = [one.part.quantity - one.part.picked for one in parts]
    given = _in_turn(asked, quantity)
    over = _in_turn(_rooms(work, parts), quantity - sum(given))
    got = [(one, share + more) for one, share, more in zip(parts, given, over, strict=True)]
    return [(one, share) for one, share in got if share], quantity - sum(given) - sum(over)


def _in_turn(asked: Sequence[int], quantity: int) -> list[int]:
    found = []
    for share in asked:
        found.append(min(share, quantity))
        quantity -= found[-1]
    return found


def _rooms(work: Work, parts: Sequence[WavePart]) -> list[int]:
    """Return how much more than it is promised each part may be picked; of a line its first part."""
    rooms: list[int] = []
    row, seen = parts[0].part.row, set[tuple[OrderKey, str]]()
    free = min(work.draft.free(work.draft.candidate(row)), work.books.unreserved(row))
    for one in parts:
        name = (one.order.key, one.line.line)
        room = 0 if name in seen else max(min(_room(work, one.order, one.line), free), 0)
        free -= room
        rooms.append(room)
        seen.add(name)
    return rooms


def _room(work: Work, order: Order, line: OrderLine) -> int:
    settings = work.draft.ledger.settings
    if not settings.over_pick_pct or line.parts or order.held is not None:
        return 0
    return most_of(settings, line) - line.shipped - promised(line)
