"""Weights that lines of a message tell of what is decided under their names: each line's parts share what it says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any, Final, Protocol

from lotstream.domain.checks import Verdicts
from lotstream.domain.codes import Refusal
from lotstream.domain.commands import (
    AdjustStock,
    AssembleKit,
    BreakKit,
    Command,
    ReceiveTransfer,
    RecordProduction,
    ReleaseTitle,
    ReturnGoods,
    ShipTransfer,
)
from lotstream.domain.events import (
    Event,
    GoodsReturned,
    KitAssembled,
    KitBroken,
    ProductionRecorded,
    StockAdjusted,
    TitleReleased,
    TransferReceived,
    TransferShipped,
)
from lotstream.domain.ledger import Ledger
from lotstream.domain.weighable import WAYS, change_parts
from lotstream.domain.weighed_lines import weigh_parts

SAY_WEIGHTS: Final = frozenset(
    {
        *(AdjustStock, ReturnGoods, ShipTransfer, ReceiveTransfer, ReleaseTitle, RecordProduction),
        *(AssembleKit, BreakKit),
    }
)
"""Commands whose lines name what is decided for them."""

_DECIDED: Final = (StockAdjusted, GoodsReturned, TitleReleased, ProductionRecorded, KitAssembled, KitBroken)
"""What is decided for them, beside transfers."""


class _Line(Protocol):
    line: str
    weight_kg: Decimal | None


def with_told(ledger: Ledger, command: Command, decided: tuple[Event, ...] | Refusal) -> tuple[Event, ...] | Refusal:
    """Return what was decided with the weights that lines of the command tell; refuses one that cannot be."""
    if isinstance(decided, Refusal) or type(command) not in SAY_WEIGHTS:
        return decided
    verdicts = Verdicts(getattr(command, "happened", False))
    for path, said in _lines(command):
        if said.weight_kg is not None:
            decided = _told(ledger, verdicts, said, path, decided)
        if isinstance(decided, Refusal):
            return decided
    return (*decided, *verdicts.noted)


def _lines(command: Any) -> Iterator[tuple[str, _Line]]:  # noqa: ANN401 - one of `SAY_WEIGHTS`
    for name in ("used", "made") if isinstance(command, RecordProduction) else ("lines",):
        for index, line in enumerate(getattr(command, name)):
            yield f"{name}.{index}", line


def _told(
    ledger: Ledger, verdicts: Verdicts, said: _Line, path: str, decided: tuple[Event, ...]
) -> tuple[Event, ...] | Refusal:
    parts = _parts_of(decided, said.line)
    sku = WAYS[type(parts[0])](parts[0]).sku if parts else None
    weighed = weigh_parts(verdicts, ledger.items.get(sku or ""), said.weight_kg, parts, path)
    if isinstance(weighed, Refusal):
        return weighed
    instead = {id(part): now for part, now in zip(parts, weighed, strict=True)}
    return tuple([change_parts(event, lambda part: instead.get(id(part), part)) for event in decided])


def _parts_of(decided: Iterable[Event], line: str) -> list[Any]:
    """Return what was decided for a line, in the order in which it moves; what is off the way again does not count."""
    found: list[Any] = []

    def collect(part: Any) -> Any:  # noqa: ANN401 - a part of any event
        if part.line == line:
            found.append(part)
        return part

    for event in decided:
        if isinstance(event, TransferShipped):
            found += [move for move in event.moves if move.line == line]
        elif isinstance(event, TransferReceived):
            moved: tuple[Any, ...] = (*event.moves, *event.over)
            found += [part for part in moved if part.line == line]
        elif isinstance(event, _DECIDED):
            change_parts(event, collect)
    return found
