"""Weights that lines of a message tell of what is decided under their names: each line's parts share what it says."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any, Final, Protocol

from lotstream.domain.checks import Verdicts
from lotstream.domain.commands import (
    AdjustStock,
    AssembleKit,
    BreakKit,
    ChangeStatus,
    Command,
    InspectReturn,
    MoveStock,
    PutAway,
    ReceiveTransfer,
    RecordProduction,
    ReleaseTitle,
    ReturnGoods,
    ShipTransfer,
)
from lotstream.domain.events import (
    Event,
    GoodsPutAway,
    GoodsReturned,
    KitAssembled,
    KitBroken,
    ProductionRecorded,
    ReturnInspected,
    StatusChanged,
    StockAdjusted,
    StockMoved,
    TitleReleased,
    TransferReceived,
    TransferShipped,
)
from lotstream.domain.ledger import Ledger
from lotstream.domain.titles import LINE_KEPT
from lotstream.domain.weighable import WAYS, change_parts
from lotstream.domain.weighed_lines import weigh_parts

SAY_WEIGHTS: Final = frozenset(
    {
        *(AdjustStock, ReturnGoods, ShipTransfer, ReceiveTransfer, ReleaseTitle, RecordProduction),
        *(AssembleKit, BreakKit, MoveStock, PutAway, ChangeStatus, InspectReturn),
    }
)
"""Commands whose lines name what is decided for them."""

_DECIDED: Final = (
    *(StockAdjusted, StockMoved, GoodsPutAway, StatusChanged),
    *(GoodsReturned, ReturnInspected, ProductionRecorded, KitAssembled, KitBroken),
)
"""What is decided for them, beside transfers and titles."""


class _Line(Protocol):
    line: str
    weight_kg: Decimal | None


def with_told(ledger: Ledger, command: Command, decided: tuple[Event, ...]) -> tuple[Event, ...]:
    """Return what was decided with the weights that lines of the command tell; raises `Refused`."""
    if type(command) not in SAY_WEIGHTS:
        return decided
    verdicts = Verdicts(getattr(command, "happened", False))
    lines: dict[str, tuple[str, _Line]] = {}
    for path, said in _lines(command):
        # Of those that share an id the first one was booked.
        lines.setdefault(said.line, (path, said))
    names = list(lines)
    for path, said in lines.values():
        if said.weight_kg is not None:
            parts = _parts_of(decided, said.line, names)
            sku = WAYS[type(parts[0])](parts[0]).sku if parts else None
            weighed = weigh_parts(verdicts, ledger.items.get(sku or ""), said.weight_kg, parts, path)
            decided = _instead(decided, parts, weighed)
    return (*decided, *verdicts.noted)


def _instead(decided: Iterable[Event], parts: Sequence[Any], weighed: Sequence[Any]) -> tuple[Event, ...]:
    """Return what was decided with other parts in the place of some."""
    others = {id(part): now for part, now in zip(parts, weighed, strict=True)}
    return tuple([change_parts(event, lambda part: others.get(id(part), part)) for event in decided])


def _lines(command: Any) -> Iterator[tuple[str, _Line]]:  # noqa: ANN401 - one of `SAY_WEIGHTS`
    for name in ("used", "made") if isinstance(command, RecordProduction) else ("lines",):
        for index, line in enumerate(getattr(command, name)):
            yield f"{name}.{index}", line


def _sold_by(part: str, names: Collection[str]) -> str | None:
    """Return the line that goods were sold by: one that takes of several rows is `1`, `1/2` and `1/3` for the buyer."""
    begins = part.rpartition("/")[0]
    return part if part in names else next((name for name in names if name[:LINE_KEPT] == begins), None)


def _parts_of(decided: Iterable[Event], line: str, names: Collection[str]) -> list[Any]:
    """Return what was decided for a line, in the order in which it moves; what is off the way again does not count."""
    found: list[Any] = []

    def collect(part: Any) -> Any:  # noqa: ANN401 - a part of any event
        if part.line == line:
            found.append(part)
        return part

    for event in decided:
        if isinstance(event, TransferShipped):
            found += [move for move in event.moves if move.line == line]
        elif isinstance(event, TitleReleased):
            found += [one for one in event.title.lines if _sold_by(one.line, names) == line]
        elif isinstance(event, TransferReceived):
            moved: tuple[Any, ...] = (*event.moves, *event.over)
            found += [part for part in moved if part.line == line]
        elif isinstance(event, _DECIDED):
            change_parts(event, collect)
    return found
