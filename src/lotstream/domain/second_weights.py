"""What the second counter weighed: who weighs a bin last is right."""

from __future__ import annotations

from dataclasses import replace

from lotstream.domain.checks import Verdicts
from lotstream.domain.codes import Code
from lotstream.domain.commands import ApproveCount
from lotstream.domain.events import Event
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import CountedLine, CountPending, Receipt
from lotstream.domain.weights import not_weighed, told_grams


def weighed_again(ledger: Ledger, command: ApproveCount, pending: CountPending, verdicts: Verdicts) -> CountPending:
    """Return a count that waited with what a second counter says its goods weigh, where he does.

    Asked, the weight of an item that has none is refused; happened, a person is told.
    """
    told = {said.line: (index, said.weight_kg) for index, said in enumerate(command.lines) if said.weight_kg}
    lines: list[CountedLine] = []
    for line in pending.lines:
        item, (index, weight_kg) = ledger.items[line.sku], told.get(line.line, (0, None))
        wrong = None if weight_kg is None else not_weighed(item, f"lines.{index}")
        if wrong is not None:
            about = {"count": command.count, "line": line.line, "sku": line.sku, "lot": line.lot}
            verdicts.object(wrong.code, wrong.field, wrong.message, about)
        lines.append(line._replace(weight_g=told_grams(item, weight_kg) or line.weight_g))
    return replace(pending, lines=tuple(lines)) if command.approved else pending


def check_weights(
    ledger: Ledger, command: ApproveCount, booked: Receipt | None, verdicts: Verdicts
) -> tuple[Event, ...]:
    """Object to a second count that is told again with another weight than was booked; returns what people are told."""
    for index, said in enumerate(command.lines):
        known = None if booked is None else booked.lines.get(said.line)
        item = None if known is None else ledger.items.get(known.row.sku)
        weighs = 0 if booked is None else booked.weights.get(said.line, 0)
        if item is not None and told_grams(item, said.weight_kg) not in (0, weighs):
            message = f"Line {said.line} of count {command.count} was weighed otherwise; count the bin anew."
            about: dict[str, str | None] = {"count": command.count, "line": said.line}
            verdicts.object(Code.CONFLICTING_CONTENT, f"lines.{index}.weight_kg", message, about)
    return tuple(verdicts.noted)
