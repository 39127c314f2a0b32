"""Lots are recalled: nothing of them is promised or leaves any more, and what is picked of them is taken back.

How far they have come is found out in the same decision: what is in the house and was promised, what was made of them,
and whom any of it left for, who are written to. A drill does all of that and changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from lotstream.domain.codes import Code, NotUsed, Refusal, Refused, granted
from lotstream.domain.commands import Moment, RecallLots
from lotstream.domain.draft import Draft
from lotstream.domain.events import ConsigneesListed, Event, HoldPlaced, RecallOpened
from lotstream.domain.genealogy import descendants
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import (
    Consignee,
    Hold,
    HoldKind,
    LookedBack,
    Lot,
    LotName,
    Reach,
    Recall,
    RecallState,
    Recipient,
    SoldLot,
    consignee_key,
    recall_key,
)
from lotstream.domain.moving import move_off, orders_promised
from lotstream.domain.names import names_had
from lotstream.domain.recall_scope import lots_meant
from lotstream.domain.recalled_later import rule_of

LISTED_MAX: Final = 500
"""Consignees in one event."""


class _Scope(NamedTuple):
    """The lots of a recall."""

    #: Named, found, or recalled under the number before.
    lots: tuple[LotName, ...]
    descendants: tuple[LotName, ...]

    def all(self) -> tuple[LotName, ...]:
        return (*self.lots, *self.descendants)


def recall_lots(ledger: Ledger, command: RecallLots, moment: Moment) -> tuple[Event, ...]:
    """Decide lot.recalled: all lots that are meant and all that was made of them, or none when one is not known.

    The recall is a hold on each of them under its own number; told again it changes nothing, but that consignees are
    listed whom more has reached since, or who did not fit into the list before. Orders that lose anything are decided
    again once, after all lots are out of use.
    """
    known = ledger.document(recall_key(command.recall), Recall)
    _check(known, command)
    scope = granted(recall_scope(ledger, command))
    if known is not None and known.drill:
        return ()
    draft, mine = Draft(ledger, moment), {*scope.all()}
    asked = _reach(ledger, scope, known, command)
    back = ledger.answer(asked, LookedBack)
    listed = () if command.drill else tuple(_to_write_to(ledger, command.recall, back.recipients))
    opened = known or Recall(
        recall_key(command.recall), scope.lots, scope.descendants, moment.recorded_at, command.drill, command.reason,
        command.by, command.subject, command.text,
        state=RecallState.CLOSED if command.drill else RecallState.OPEN,
    )  # fmt: skip
    new = len([one for one in listed if ledger.document(one.key, Consignee) is None])
    opened = replace(
        opened, lots=scope.lots, descendants=scope.descendants, former=asked.lots[len(scope.all()) :],
        reached=back.reached,
        held=_in_house(ledger, mine), promised=_promised(ledger, mine),
        open_orders=len(orders_promised(draft, mine)),
        consignees=back.reached.recipients if command.drill else opened.consignees + new,
        listed_to=back.recipients[-1].id if back.more else None,
    )  # fmt: skip
    fresh = [] if command.drill else _without_hold(ledger, scope.all(), command.recall)
    hold = Hold(command.recall, HoldKind.RECALL, command.reason, command.by, moment.recorded_at)
    rule, sold = rule_of(ledger, command, hold), () if command.drill else _sold_since(known, back)
    if known is not None and not (fresh or listed or rule or sold) and known.listed_to == opened.listed_to:
        return ()
    parts = [listed[at : at + LISTED_MAX] for at in range(0, len(listed), LISTED_MAX)]
    return (
        RecallOpened(opened, rule, sold),
        *_hold(draft, fresh, hold),
        *(ConsigneesListed(command.recall, part, opened.reason, opened.subject, opened.text) for part in parts),
    )


def recall_scope(ledger: Ledger, command: RecallLots) -> _Scope | Refusal:
    """Return the lots that a recall is of, those that it was of before included."""
    meant = lots_meant(ledger, command)
    if isinstance(meant, Refusal):
        return meant
    known = ledger.document(recall_key(command.recall), Recall)
    before = () if known is None else known.lots
    lots = {*before, *(LotName(lot.sku, lot.lot) for lot in meant)}
    return _Scope(tuple(sorted(lots)), descendants(ledger, lots))


def reach_asked(ledger: Ledger, command: RecallLots) -> Reach | Refusal:
    """Return what a recall asks the database."""
    scope = recall_scope(ledger, command)
    known = ledger.document(recall_key(command.recall), Recall)
    return scope if isinstance(scope, Refusal) else _reach(ledger, scope, known, command)


def _reach(ledger: Ledger, scope: _Scope, known: Recall | None, command: RecallLots) -> Reach:
    lots = scope.all()
    names = tuple(dict.fromkeys((*lots, *(name for lot in lots for name in _names(ledger, lot)))))
    after = None if known is None else known.listed_to
    return Reach(names, after or "", not command.drill)


def _names(ledger: Ledger, name: LotName) -> list[LotName]:
    """Return the names under which goods of a lot may have left."""
    lot = ledger.lots.get(name)
    return [] if lot is None else names_had(ledger.items.get(lot.sku), lot)


def _check(known: Recall | None, command: RecallLots) -> None:
    if known is None:
        return
    if known.drill != command.drill:
        was = "a drill" if known.drill else "no drill"
        message = f"Recall {command.recall} was {was}; give this one a number of its own."
        raise Refused(Code.CONFLICTING_CONTENT, "recall", message)
    if known.state is RecallState.CLOSED and not known.drill:
        message = f"Recall {command.recall} is closed; begin another one under a number of its own."
        raise Refused(Code.CONFLICTING_CONTENT, "recall", message)


def _hold(draft: Draft, fresh: Sequence[Lot], hold: Hold) -> Iterator[Event]:
    """Yield what follows when lots are held under the number of a recall."""
    for lot in fresh:
        draft.know_lot(replace(lot, holds=(*lot.holds, hold)))
        yield HoldPlaced(lot.sku, lot.lot, hold)
    mine = {(lot.sku, lot.lot) for lot in fresh}
    yield from move_off(
        draft, mine, lambda part: NotUsed.RECALLED if (part.row.sku, part.row.lot) in mine else None, picked_too=True
    )


def _without_hold(ledger: Ledger, lots: Iterable[LotName], hold: str) -> list[Lot]:
    """Return those lots that are not held under a number yet."""
    known = [ledger.lots[name] for name in lots if name in ledger.lots]
    return [lot for lot in known if all(one.id != hold for one in lot.holds)]


def _to_write_to(ledger: Ledger, recall: str, recipients: Iterable[Recipient]) -> Iterator[Consignee]:
    """Yield consignees who were not written to yet, or got more since."""
    for recipient in recipients:
        key = consignee_key(recall, recipient.id)
        known = ledger.document(key, Consignee)
        if known is None:
            yield Consignee(key, recall, recipient)
        elif any(_got(known.to, sku, lot) < quantity for sku, lot, quantity, _ in recipient.lots):
            yield replace(known, to=recipient)


def _sold_since(known: Recall | None, back: LookedBack) -> tuple[SoldLot, ...]:
    """Return what was sold to owners who were not told of it yet, or have bought other since."""
    told = {} if known is None else known.reached.sold
    return tuple(one for one in back.sold if told.get(one.owner) != back.reached.sold[one.owner])


def _got(recipient: Recipient, sku: str, lot: str) -> int:
    return sum(got.quantity for got in recipient.lots if (got.sku, got.lot) == (sku, lot))


def _in_house(ledger: Ledger, lots: Collection[tuple[str, str | None]]) -> dict[str, int]:
    """Return smallest units of some lots by SKU that lie at any site, in any condition."""
    found: Counter[str] = Counter()
    for key, row in ledger.stock.items():
        if (key.sku, key.lot) in lots:
            found[key.sku] += row.on_hand
    return dict(sorted(found.items()))


def _promised(ledger: Ledger, lots: Collection[tuple[str, str | None]]) -> dict[str, int]:
    """Return smallest units of some lots by SKU that are promised to orders, picked ones included."""
    found: Counter[str] = Counter()
    for key, row in ledger.stock.items():
        if row.reserved and (key.sku, key.lot) in lots:
            found[key.sku] += row.reserved
    return dict(sorted(found.items()))
