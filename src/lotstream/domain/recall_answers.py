"""Consignees of a recall say what they did with the goods, and the recall is closed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from lotstream.domain.codes import Code, Refused, granted
from lotstream.domain.commands import AnswerRecall, CloseRecall, Moment
from lotstream.domain.events import Event, RecallAnswered, RecallClosed
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import (
    Consignee,
    ConsigneeAnswer,
    HoldKind,
    LotName,
    LotRecovered,
    Recall,
    RecallState,
    consignee_key,
    recall_key,
)
from lotstream.domain.quantities import smallest, unit_factor


def answer_recall(ledger: Ledger, command: AnswerRecall, moment: Moment) -> tuple[Event, ...]:
    """Decide recall.answered: what a consignee says last counts, and the same again changes nothing.

    An answer that comes after the recall was closed is taken too.
    """
    recall = ledger.document(recall_key(command.recall), Recall)
    known = ledger.document(consignee_key(command.recall, command.consignee), Consignee)
    if recall is None:
        raise _unknown(command.recall)
    if known is None:
        message = f"Nobody is written to as {command.consignee} in recall {command.recall}; check the letter."
        raise Refused(Code.NOT_AVAILABLE, "consignee", message)
    recovered = _recovered(ledger, command, known)
    if (known.answer, known.recovered) == (command.answer, recovered):
        return ()
    answered = replace(
        known, answer=command.answer, answered_at=command.occurred_at or moment.recorded_at, by=command.by,
        recovered=recovered,
    )  # fmt: skip
    total = Counter(recall.recovered)
    for sku, _, returned, destroyed in recovered:
        total[sku] += returned + destroyed
    for sku, _, returned, destroyed in known.recovered:
        total[sku] -= returned + destroyed
    more = (command.answer is not ConsigneeAnswer.NONE) - (known.answer is not ConsigneeAnswer.NONE)
    after = replace(recall, answered=recall.answered + more, recovered=dict(sorted((+total).items())))
    return (RecallAnswered(after, answered),)


def close_recall(ledger: Ledger, command: CloseRecall, moment: Moment) -> tuple[Event, ...]:
    """Decide recall.closed; the lots stay on hold until somebody lifts it. Told again it changes nothing."""
    recall = ledger.document(recall_key(command.recall), Recall)
    if recall is None:
        raise _unknown(command.recall)
    if recall.state is RecallState.CLOSED:
        return ()
    at = command.occurred_at or moment.recorded_at
    made = tuple(sorted({*recall.descendants, *_held_since(ledger, recall)}))
    closed = replace(recall, descendants=made, state=RecallState.CLOSED, closed_at=at, closed_by=command.by)
    return (RecallClosed(closed),)


def _held_since(ledger: Ledger, recall: Recall) -> Iterator[LotName]:
    """Yield the lots that came under a recall after it was told last: made of recalled goods, or come again."""
    meant, number = {*recall.lots}, recall.key.number
    for lot in ledger.lots.values():
        if any(hold.kind is HoldKind.RECALL and hold.id == number for hold in lot.holds):
            name = LotName(lot.sku, lot.lot)
            if name not in meant:
                yield name


def _unknown(recall: str) -> Refused:
    return Refused(Code.NOT_AVAILABLE, "recall", f"There is no recall {recall}; check its number.")


def _recovered(ledger: Ledger, command: AnswerRecall, known: Consignee) -> tuple[LotRecovered, ...]:
    """Return what is said in smallest units, sorted; refuses what cannot be, and more than the consignee got."""
    got = {(one.sku, one.lot): one.quantity for one in known.to.lots}
    said: dict[tuple[str, str], LotRecovered] = {}
    for index, line in enumerate(command.lots):
        path, name = f"lots.{index}", (line.sku, line.lot)
        if name not in got:
            message = f"Nothing of lot {line.lot} of {line.sku} left for this consignee; check the letter."
            raise Refused(Code.UNKNOWN_LOT, f"{path}.lot", message)
        if name in said:
            message = f"Lot {line.lot} of {line.sku} is there twice; say of each lot once how much it is."
            raise Refused(Code.FIELD_INVALID, f"{path}.lot", message)
        item = ledger.items.get(line.sku)
        factor = 1 if item is None else unit_factor(item, None) or 1
        units = []
        for field, quantity in (("returned", line.returned), ("destroyed", line.destroyed)):
            counted = granted(smallest(quantity, factor, f"{path}.{field}", positive=False))
            if counted < 0:
                message = f"The quantity is {quantity:f}; send one that is not below zero."
                raise Refused(Code.NOT_POSITIVE, f"{path}.{field}", message)
            units.append(counted)
        if sum(units) > got[name]:
            message = f"More of lot {line.lot} of {line.sku} than left for this consignee; check the quantities."
            raise Refused(Code.MORE_THAN_SHIPPED, f"{path}.returned", message)
        said[name] = LotRecovered(*name, *units)
    return tuple(one for _, one in sorted(said.items()) if one.returned or one.destroyed)
