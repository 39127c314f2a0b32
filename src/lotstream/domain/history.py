"""Which decisions need to know what has become of goods before: it is read from the database when they are made.

Memory has what is in the house, and knows nothing of what has left it. A record that asks is therefore decided when
everything before it is written, whoever decides it and however often: the answer is the same each time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, Final, cast

from lotstream.domain.codes import Refusal
from lotstream.domain.commands import (
    ApproveCount,
    Command,
    CorrectLot,
    CountStock,
    ErasePersons,
    PlaceHold,
    RebaseItem,
    RecallLots,
    ReturnGoods,
    StockLine,
)
from lotstream.domain.decide import counts_of_late
from lotstream.domain.gone import went_with
from lotstream.domain.holds import find_lot
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import (
    CountPending,
    CountsTold,
    GotFrom,
    HoldKind,
    Left,
    LookedBack,
    OrderKey,
    OrdersFound,
    PersonsFrom,
    PersonsOf,
    Question,
    ReceiptKey,
    Since,
    consignee_key,
)
from lotstream.domain.names import names_had
from lotstream.domain.paper import COUNT
from lotstream.domain.rebasing import asked_of_past
from lotstream.domain.recalling import reach_asked
from lotstream.domain.returns_meant import asked
from lotstream.domain.second_counts import pending_key, since, since_counted
from lotstream.domain.told_late import MAY_BE_LATE, counts_asked, late_since


def asks_history(command: Command, recorded_at: datetime | None = None) -> bool:
    """Tell whether a command needs what has become of goods before; only one of a type in ``MAY_ASK`` does.

    ``recorded_at`` is when it was told; None: at once.
    """
    # Every order comes through here.
    if type(command) not in MAY_ASK:
        return False
    asks = ASKERS.get(type(command))
    return (asks is not None and asks(command)) or _is_late(command, recorded_at)


def questions(ledger: Ledger, command: Command, recorded_at: datetime | None = None) -> tuple[Question, ...]:
    """Return what ``ledger.history`` has to answer before a command is decided; nothing for most commands."""
    if not asks_history(command, recorded_at):
        return ()
    names = ledger.names()
    known = command if names is None else names.now(command)
    asks = ASKERS.get(type(command))
    asked = [*_QUESTIONS[type(command)](ledger, known)] if asks is not None and asks(command) else []
    if recorded_at is not None and (at := late_since(known, recorded_at)) is not None:
        # Of a return that asks something else nothing can be decided yet.
        is_open = isinstance(known, ReturnGoods) and asked
        asked += _counts_named(ledger, known, at) if is_open else counts_of_late(ledger, known, recorded_at, at)
    return tuple(dict.fromkeys(asked))


def _counts_named(ledger: Ledger, command: Any, at: datetime) -> Iterable[Question]:  # noqa: ANN401 - goods that came back
    """Return what is asked of counts of the lots that a return names."""
    named = [(_sku_meant(ledger, line), line.lot) for line in command.lines]
    return [one for sku, lot in named if sku is not None for one in counts_asked(ledger, sku, lot, at)]


def _is_late(command: Command, recorded_at: datetime | None) -> bool:
    return recorded_at is not None and late_since(command, recorded_at) is not None


def documents_answered(ledger: Ledger, command: Command) -> tuple[ReceiptKey, ...]:
    """Return the documents that answers tell of: each must be in ``ledger.receipts`` before the command is decided."""
    if type(command) in MAY_BE_LATE:
        counts = [answer for answer in ledger.history.values() if isinstance(answer, CountsTold)]
        return tuple(dict.fromkeys(ReceiptKey(COUNT, one.number) for told in counts for one in told.of))
    if not isinstance(command, RecallLots) or command.drill:
        return ()
    answers = [answer for answer in ledger.history.values() if isinstance(answer, LookedBack)]
    return tuple(consignee_key(command.recall, one.id) for answer in answers for one in answer.recipients)


def orders_answered(ledger: Ledger, command: Command) -> tuple[OrderKey, ...]:
    """Return the orders that answers tell of: each must be among a ledger's orders before the command is decided."""
    if not isinstance(command, ReturnGoods | ErasePersons):
        return ()
    answers = [answer for answer in ledger.history.values() if isinstance(answer, GotFrom | OrdersFound)]
    return tuple(dict.fromkeys(key for answer in answers for key in answer.orders))


def _reach_of_recalled(ledger: Ledger, command: RecallLots) -> Iterable[Question]:
    asked = reach_asked(ledger, command)
    return () if isinstance(asked, Refusal) else (asked,)


def _left_of_held(ledger: Ledger, command: PlaceHold) -> Iterable[Question]:
    return _left(ledger, [(command.sku, command.lot)])


def _departed(ledger: Ledger, command: CorrectLot) -> Iterable[Question]:
    lot = find_lot(ledger, command.sku, command.lot)
    return () if isinstance(lot, Refusal) else (*_left(ledger, [(lot.sku, lot.lot)]), went_with(ledger, lot))


def _left(ledger: Ledger, named: Iterable[tuple[str | None, str]]) -> Iterable[Question]:
    found = [find_lot(ledger, sku, lot) for sku, lot in named]
    lots = (lot for lot in found if not isinstance(lot, Refusal))
    # What left under a former name is the same goods.
    return [Left(*name) for lot in lots for name in names_had(ledger.items.get(lot.sku), lot)]


def _since_counted(ledger: Ledger, command: CountStock) -> Iterable[Question]:
    at = cast(datetime, command.as_of)
    for line in command.lines:
        sku = _sku_meant(ledger, line)
        if sku is not None and line.location is not None:
            yield from since(ledger, Since(sku, line.lot, command.site, line.location, line.status, at))
            yield from counts_asked(ledger, sku, line.lot, at)


def _sku_meant(ledger: Ledger, line: StockLine) -> str | None:
    """Return the SKU that a line means, as whoever decides it will understand it."""
    if line.sku is not None or line.lot is None:
        return line.sku
    found = [lot.sku for lot in ledger.lots_called(line.lot)]
    return found[0] if len(found) == 1 else None


def _since_kept(ledger: Ledger, command: ApproveCount) -> Iterable[Question]:
    pending = ledger.document(pending_key(command.count), CountPending)
    return [] if pending is None else since_counted(ledger, pending)


def _persons_meant(_: Ledger, command: ErasePersons) -> Iterable[Question]:
    asked: list[Question] = [*command.references]
    asked += [] if command.customer is None else [PersonsOf(command.customer)]
    return asked + ([] if command.source is None else [PersonsFrom(command.source)])


ASKERS: Final[dict[type, Callable[[Any], bool]]] = {
    RecallLots: lambda _: True,
    # What was decided before is written in the old unit, whether anything is asked or not.
    RebaseItem: lambda _: True,
    ReturnGoods: lambda command: command.key is None,
    PlaceHold: lambda command: command.kind is HoldKind.RECALL,
    CorrectLot: lambda _: True,
    CountStock: lambda command: command.as_of is not None,
    ApproveCount: lambda command: command.approved,
    ErasePersons: lambda command: bool(
        command.customer is not None or command.source is not None or command.references
    ),
}
"""By command, whether one asks; a command without a line does when it has happened and is told late, or never."""

MAY_ASK: Final = frozenset({*ASKERS, *MAY_BE_LATE})
"""Commands that may ask; none of any other type does."""

_QUESTIONS: Final[dict[type, Callable[[Ledger, Any], Iterable[Question]]]] = {
    RecallLots: _reach_of_recalled,
    RebaseItem: asked_of_past,
    ReturnGoods: asked,
    PlaceHold: _left_of_held,
    CorrectLot: _departed,
    CountStock: _since_counted,
    ApproveCount: _since_kept,
    ErasePersons: _persons_meant,
}
"""What the commands above ask, of what the ledger knows when they are decided."""
