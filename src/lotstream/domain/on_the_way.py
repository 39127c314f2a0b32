"""Goods on the way between sites get there by their departure and leave by their arrival.

Whatever else is told to happen there is refused when asked. What has happened is booked so that what is on the way
stays what its transfers say: goods brought to such a place are booked at the dock, and goods taken from one have
arrived, or are missing, by the transfer too. Either way a person is told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final, NamedTuple

from lotstream.domain.codes import Code, Refused
from lotstream.domain.commands import (
    AcceptTitle,
    AdjustStock,
    ApproveCount,
    AssembleKit,
    BreakKit,
    Command,
    ConfirmPick,
    ConfirmShipment,
    CorrectShipment,
    CountStock,
    InspectReturn,
    Moment,
    MoveStock,
    OpenBalance,
    PutAway,
    ReceiveStock,
    ReceiveTransfer,
    RecordProduction,
    ReleaseTitle,
    ReportShort,
    ReturnGoods,
    ShipTransfer,
    WorkOnWave,
)
from lotstream.domain.events import DiscrepancyNoted, Event, TransferReceived
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import TRANSFER, CountPending, ReceiptKey, RowKey, Transfer, TransferLine, TransferState
from lotstream.domain.places import DOCK, is_staging, is_transit, transfer_on
from lotstream.domain.second_counts import pending_key
from lotstream.domain.weighable import WAYS, change_parts


class _Into(NamedTuple):
    """Where a command says where goods are put: the field of its number, its lines, and their fields for places."""

    number: str
    lines: str
    places: tuple[str, ...] = ("location",)


_INTO: Final[dict[type, _Into]] = {
    ReceiveStock: _Into("receipt", "lines"),
    OpenBalance: _Into("balance", "lines"),
    AcceptTitle: _Into("title", "lines"),
    ReceiveTransfer: _Into("transfer", "lines"),
    ReturnGoods: _Into("number", "lines"),
    InspectReturn: _Into("inspection", "lines", ("location", "to")),
    RecordProduction: _Into("production", "made"),
    AssembleKit: _Into("assembly", ""),
    BreakKit: _Into("breaking", "lines"),
    MoveStock: _Into("move", "lines", ("to",)),
    PutAway: _Into("move", "lines", ("to",)),
}

BRING: Final = frozenset(_INTO)
"""Commands that say where goods are put."""


def _of_lines(command: Any) -> list[str | None]:  # noqa: ANN401 - any command whose lines name a place
    return [line.location for line in command.lines]


_FROM: Final[dict[type, Callable[[Any], list[str | None]]]] = {
    **dict.fromkeys((AdjustStock, CountStock, MoveStock, PutAway, ShipTransfer, ReleaseTitle), _of_lines),
    **dict.fromkeys((ConfirmPick, ReportShort, AssembleKit), _of_lines),
    BreakKit: lambda command: [command.location],
    RecordProduction: lambda command: [piece.location for piece in command.used],
    ConfirmShipment: lambda command: [line.location for part in command.orders for line in part.lines],
    CorrectShipment: lambda command: [line.location for part in command.orders for line in part.lines],
    WorkOnWave: lambda command: _of_lines(command.said) if isinstance(command.said, ConfirmPick | ReportShort) else [],
}
"""Where a command says that goods are taken from."""

TAKE: Final = frozenset({*_FROM, ApproveCount})
"""Commands that may name goods on the way, to take them off it."""

_LOST: Final = (AdjustStock, CountStock, ApproveCount)
"""Of these, those by which goods are gone that never came; by the others they have come."""


def transfers_named(command: Command) -> tuple[ReceiptKey, ...]:
    """Return the transfers whose goods on the way a command names; most name none."""
    places = _FROM.get(type(command))
    return () if places is None else _transfers(places(command))


def transfers_counted(pending: CountPending) -> tuple[ReceiptKey, ...]:
    """Return the transfers whose goods on the way a count names that waits."""
    return _transfers([line.location for line in pending.lines])


def _transfers(places: list[str | None]) -> tuple[ReceiptKey, ...]:
    named = dict.fromkeys([place for place in places if place is not None and is_transit(place)])
    return tuple([ReceiptKey(TRANSFER, transfer_on(place)) for place in named])


def why_on_the_way(place: str) -> str:
    """Return a sentence on a place that goods get to by their departure alone, and leave by their arrival."""
    return f"Goods come to and leave {place} by transfers; name another bin."


def kept_off(command: Command) -> tuple[Command, tuple[DiscrepancyNoted, ...]]:
    """Return a command of `BRING` that brings nothing among goods on the way, and what a person is told of it.

    What has happened is brought to the dock. Goods that came in and were put among those that were picked stand there,
    for somebody to put away. Asked, both are refused: raises `Refused`.
    """
    into = _INTO[type(command)]
    lines = (command,) if not into.lines else getattr(command, into.lines)
    noted, kept = list[DiscrepancyNoted](), list[Any]()
    for index, line in enumerate(lines):
        wrong = {name: place for name in into.places if (place := getattr(line, name)) and _is_wrong(command, place)}
        for name, place in wrong.items():
            if not getattr(command, "happened", False):
                path = f"{into.lines}.{index}.{name}" if into.lines else name
                raise Refused(_CODES.get(name, Code.LOT_NOT_ALLOWED), path, _why_wrong(place))
            noted.append(_brought(into, command, line, name, place))
        brought = [name for name, place in wrong.items() if is_transit(place)]
        kept.append(replace(line, **dict.fromkeys(brought, DOCK)) if brought else line)
    if not noted:
        return command, ()
    fields: dict[str, Any] = {into.lines: tuple(kept)}
    return (replace(command, **fields) if into.lines else kept[0]), tuple(noted)


def _is_wrong(command: Command, place: str) -> bool:
    return is_transit(place) or (is_staging(place) and isinstance(command, _COME_IN))


def _why_wrong(place: str) -> str:
    if is_transit(place):
        return why_on_the_way(place)
    return f"{place} is where picked goods wait, and nobody picks from it; move these to a bin."


_COME_IN: Final = (ReceiveStock, ReceiveTransfer, ReturnGoods, RecordProduction, AssembleKit, BreakKit)
"""Commands by which goods come in that nobody has picked. What was found, or changed its owner, lies where it lies."""

_CODES: Final = {"to": Code.FIELD_INVALID}
"""Why a place is refused, by its field: where goods are brought to it is one in which they must not lie."""


def _brought(into: _Into, command: Command, line: Any, name: str, place: str) -> DiscrepancyNoted:  # noqa: ANN401
    """Return what a person is told of goods that were brought among those on the way."""
    facts = {name: getattr(line, name, None) for name in ("line", "sku", "lot")}
    about = {into.number: getattr(command, into.number), "location": place, **facts}
    said = {name: str(value) for name, value in about.items() if value}
    return DiscrepancyNoted(_CODES.get(name, Code.LOT_NOT_ALLOWED).value, _why_wrong(place), said)


def with_transfers(ledger: Ledger, command: Command, decided: tuple[Event, ...], moment: Moment) -> tuple[Event, ...]:
    """Return what was decided with what it takes off goods on the way, by their transfers too."""
    if not _names_any(ledger, command):
        return decided
    own = command.transfer if isinstance(command, ShipTransfer | ReceiveTransfer) else None
    taken = _taken(decided, own)
    transfers: dict[str, Transfer] = {}
    for (number, sku, lot), units in taken.items():
        known = transfers.get(number) or _known(ledger, number)
        if known is not None and units > 0:
            transfers[number] = _less(known, sku, lot, units, lost=isinstance(command, _LOST))
    told = (_told(command, moment, number, transfer) for number, transfer in transfers.items())
    return (*decided, *told) if transfers else decided


def _names_any(ledger: Ledger, command: Command) -> bool:
    if not isinstance(command, ApproveCount):
        return bool(transfers_named(command))
    pending = ledger.document(pending_key(command.count), CountPending)
    return pending is not None and bool(transfers_counted(pending))


def _taken(decided: tuple[Event, ...], own: str | None) -> Counter[tuple[str, str, str | None]]:
    """Return what a decision takes off goods on the way, by transfer and lot, but for its ``own`` transfer."""
    taken = Counter[tuple[str, str, str | None]]()

    def count(part: Any) -> Any:  # noqa: ANN401 - a part of any event
        way = WAYS[type(part)](part)
        for row, units in ((way.row, way.quantity), (way.to, -way.quantity)):
            name = _on_the_way(row)
            if row is not None and name is not None and name != own:
                taken[name, row.sku, row.lot] += units
        return part

    for event in decided:
        change_parts(event, count)
    return taken


def _on_the_way(row: RowKey | None) -> str | None:
    return transfer_on(row.location) if row is not None and is_transit(row.location) else None


def _known(ledger: Ledger, number: str) -> Transfer | None:
    key = ReceiptKey(TRANSFER, number)
    return ledger.document(key, Transfer) if key in ledger.receipts else None


def _less(transfer: Transfer, sku: str, lot: str | None, units: int, *, lost: bool) -> Transfer:
    """Return a transfer of which so much has arrived, or is missing, besides what it says."""
    lines: list[TransferLine] = []
    for line in transfer.lines:
        part = min(line.under_way, units) if (line.sku, line.lot) == (sku, lot) else 0
        units -= part
        lines.append(_line_less(line, part, lost=lost) if part else line)
    state = transfer.state
    if state is TransferState.SHIPPED and not any(line.under_way for line in lines):
        state = TransferState.RECEIVED
    return replace(transfer, lines=tuple(lines), state=state)


def _line_less(line: TransferLine, units: int, *, lost: bool) -> TransferLine:
    if lost:
        return replace(line, missing=line.missing + units)
    return replace(line, received=line.received + units)


def _told(command: Any, moment: Moment, number: str, transfer: Transfer) -> Event:  # noqa: ANN401 - one of `TAKE`
    said = command.said if isinstance(command, WorkOnWave) else command
    at = said.occurred_at or moment.recorded_at
    return TransferReceived(transfer.to_site, number, None, said.by, at, transfer)
