"""What lines of a message say that cannot be is left out: what was done was done all the same.

Asked, a weight of nothing, a cost below nothing or a line that is there twice is refused. Where it has happened the
goods are there: they are booked without what cannot be, as if nobody had said it, and a person is told what was said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from decimal import Decimal
from typing import Any, Final, NamedTuple, TypeVar

from lotstream.domain.codes import Code, Refusal, stop_if
from lotstream.domain.commands import (
    AcceptTitle,
    AdjustStock,
    ApproveCount,
    AssembleKit,
    BreakKit,
    ChangeStatus,
    Command,
    ConfirmPick,
    ConfirmShipment,
    CorrectReceipt,
    CorrectShipment,
    CountStock,
    GoodsLine,
    ImportShipment,
    InspectReturn,
    MoveStock,
    OpenBalance,
    PackPackage,
    PutAway,
    ReceiveStock,
    ReceiveTransfer,
    RecordProduction,
    ReleaseTitle,
    ReportShort,
    ReturnGoods,
    ShippedOrder,
    ShippedPackage,
    ShipTransfer,
    StockLine,
    WorkOnWave,
)
from lotstream.domain.events import DiscrepancyNoted
from lotstream.domain.goods_lines import check_cost
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import OrderKey, Receipt
from lotstream.domain.named import receipts_named
from lotstream.domain.on_the_way import BRING, kept_off
from lotstream.domain.weights import FIELD, check_package_weight, check_weight
from lotstream.domain.wording import in_words

LineT = TypeVar("LineT")
WithId = TypeVar("WithId", GoodsLine, StockLine)
"""A line that has an id of its own in its document."""


class Sifted(NamedTuple):
    """A message without what cannot be, and what a person is told of it."""

    command: Command
    #: Weights, costs and places that were left out. Where nothing is booked it was booked before, and they were told.
    values: tuple[DiscrepancyNoted, ...] = ()
    #: Lines that were left out.
    lines: tuple[DiscrepancyNoted, ...] = ()


@dataclass(slots=True)
class _Sieve:
    """What is left out of one message so far."""

    ledger: Ledger
    command: Any
    happened: bool
    values: list[DiscrepancyNoted] = field(default_factory=list)
    lines: list[DiscrepancyNoted] = field(default_factory=list)

    def object(self, why: Refusal | None, about: Mapping[str, object], noted: list[DiscrepancyNoted]) -> bool:
        """Object to something where there is a reason to; raises `Refused` when it was only asked."""
        if why is None:
            return False
        if not self.happened:
            stop_if(why)
        told = {name: in_words(value) for name, value in {**_document(self.command), **about}.items()}
        noted.append(DiscrepancyNoted(why.code.value, why.message, {name: text for name, text in told.items() if text}))
        return True

    def fit(self, line: LineT, path: str) -> LineT:
        """Return a line without a weight or a cost that cannot be; the same one where both can."""
        odd: dict[str, Any] = {}
        for name, check in _CHECKED:
            value: Decimal | None = getattr(line, name, None)
            wrong = None if value is None else check(value, f"{path}.{name}")
            if wrong is not None:
                self.object(wrong, {**_named(line), name: value}, [] if self._is_booked(line) else self.values)
                odd[name] = None
        return replace(line, **odd) if odd else line  # type: ignore[type-var]  # lines are dataclasses

    def _is_booked(self, line: Any) -> bool:  # noqa: ANN401 - a line of any message
        """Tell whether a line of a document was booked before; what is corrected is no repeat of it."""
        keys = () if isinstance(self.command, CorrectReceipt) else receipts_named(self.command)[:1]
        known = [self.ledger.receipts.get(key) for key in keys]
        return any(isinstance(one, Receipt) and line.line in one.lines for one in known)


_CHECKED: Final[tuple[tuple[str, Callable[[Decimal, str], Refusal | None]], ...]] = (
    (FIELD, check_weight),
    ("cost", check_cost),
)


def sift(ledger: Ledger, command: Command) -> Sifted:
    """Return a command of `SIFTED` without what cannot be. Asked, it is refused: raises `Refused`."""
    brought: tuple[DiscrepancyNoted, ...] = ()
    if type(command) in BRING:
        command, brought = kept_off(command)
    sieve = _Sieve(ledger, command, getattr(command, "happened", False))
    now = _SIEVES[type(command)](sieve)
    return Sifted(now, (*brought, *sieve.values), tuple(sieve.lines))


def _once(sieve: _Sieve, lines: Iterable[WithId]) -> tuple[WithId, ...]:
    """Return lines of which each has an id of its own: the first of those that share one."""
    kept: dict[str, WithId] = {}
    for index, line in enumerate(lines):
        path = f"lines.{index}"
        if line.line not in kept:
            kept[line.line] = sieve.fit(line, path)
            continue
        message = f"Line {line.line} is there twice; give each line an id of its own."
        why = Refusal(Code.FIELD_INVALID, f"{path}.line", message)
        sieve.object(why, {one.name: getattr(line, one.name) for one in fields(line)}, sieve.lines)
    return tuple(kept.values())


def _document_lines(sieve: _Sieve) -> Command:
    command: ReceiveStock = sieve.command
    return replace(command, lines=_once(sieve, command.lines))


def _count(sieve: _Sieve) -> CountStock:
    """Return a count without lines that share an id and the goods: what either says is not all that was counted."""
    command: CountStock = sieve.command
    kept, why = list[StockLine](), None
    for index, line in enumerate(_once(sieve, command.lines)):
        shared = [other for other in command.lines if other.line == line.line and _goods(other) == _goods(line)]
        if len(shared) == 1:
            kept.append(line)
            continue
        why = Refusal(Code.FIELD_INVALID, f"lines.{index}.line", f"Line {line.line} is there twice; count it again.")
        sieve.object(why, {one.name: getattr(line, one.name) for one in fields(line)}, sieve.lines)
    # With nothing left to book it is refused as if it had been asked.
    stop_if(None if kept else why)
    return replace(command, lines=tuple(kept))


def _goods(line: StockLine) -> tuple[str | None, ...]:
    return line.sku, line.lot, line.location


def _lines(sieve: _Sieve) -> Command:
    """Return a message whose lines may share their ids, as those of orders do, or are asked for them elsewhere."""
    command: ConfirmPick = sieve.command
    return replace(command, lines=_any(sieve, command.lines, "lines"))


def _any(sieve: _Sieve, lines: Iterable[LineT], path: str) -> tuple[LineT, ...]:
    return tuple([sieve.fit(line, f"{path}.{index}") for index, line in enumerate(lines)])


def _wave(sieve: _Sieve) -> WorkOnWave:
    command: WorkOnWave = sieve.command
    said = command.said
    if isinstance(said, ConfirmPick):
        return replace(command, said=replace(said, lines=_any(sieve, said.lines, "lines")))
    if isinstance(said, ReportShort):
        return replace(command, said=replace(said, lines=_any(sieve, said.lines, "lines")))
    return command


def _production(sieve: _Sieve) -> RecordProduction:
    command: RecordProduction = sieve.command
    now = replace(command, used=_any(sieve, command.used, "used"), made=_any(sieve, command.made, "made"))
    wrong = check_cost(command.added_cost, "added_cost")
    is_wrong = sieve.object(wrong, {"added_cost": command.added_cost}, sieve.values)
    return replace(now, added_cost=None) if is_wrong else now


def _package(sieve: _Sieve) -> PackPackage:
    command: PackPackage = sieve.command
    wrong = check_package_weight(command.weight_kg, FIELD)
    is_wrong = sieve.object(wrong, {FIELD: command.weight_kg}, sieve.values)
    return replace(command, weight_kg=None) if is_wrong else command


def _shipment(sieve: _Sieve) -> ConfirmShipment:
    """Return a shipment that tells of each order once: all of it together where it is there twice."""
    command: ConfirmShipment = sieve.command
    orders: dict[OrderKey, ShippedOrder] = {}
    for index, part in enumerate(command.orders):
        lines = _any(sieve, part.lines, f"orders.{index}.lines")
        before = orders.get(part.key)
        if before is not None:
            message = f"Order {part.key.order} is there twice; send all of its lines together."
            why = Refusal(Code.FIELD_INVALID, f"orders.{index}.order", message)
            sieve.object(why, {"order": part.key.order, "source": part.key.source}, sieve.values)
            # A part without lines is all that was picked.
            lines = (*before.lines, *lines) if before.lines and lines else ()
        orders[part.key] = replace(part, lines=lines)
    packages = [_shipped_package(sieve, package, index) for index, package in enumerate(command.packages)]
    return replace(command, orders=tuple(orders.values()), packages=tuple(packages))


def _shipped_package(sieve: _Sieve, package: ShippedPackage, index: int) -> ShippedPackage:
    wrong = check_package_weight(package.weight_kg, f"packages.{index}.{FIELD}")
    about = {"package": package.sscc, FIELD: package.weight_kg}
    return replace(package, weight_kg=None) if sieve.object(wrong, about, sieve.values) else package


_SIEVES: Final[dict[type, Callable[[_Sieve], Command]]] = {
    **dict.fromkeys((ReceiveStock, CorrectReceipt, OpenBalance, AcceptTitle, ReleaseTitle), _document_lines),
    **dict.fromkeys((AdjustStock, MoveStock, PutAway, ChangeStatus), _document_lines),
    **dict.fromkeys((ReturnGoods, InspectReturn, ShipTransfer, ReceiveTransfer), _document_lines),
    **dict.fromkeys((ConfirmPick, ReportShort, ImportShipment, AssembleKit, BreakKit, ApproveCount), _lines),
    **dict.fromkeys((ConfirmShipment, CorrectShipment), _shipment),
    CountStock: _count,
    RecordProduction: _production,
    WorkOnWave: _wave,
    PackPackage: _package,
}

SIFTED: Final = frozenset(_SIEVES)
"""Commands that may say what cannot be."""

_NUMBERS: Final = (
    *("receipt", "correction", "balance", "title", "adjustment", "count", "move", "change", "inspection", "transfer"),
    *("assembly", "breaking", "production", "shipment", "wave", "package"),
)


def _document(command: Command) -> dict[str, object]:
    """Return which document a message is of, by the names of its fields."""
    key = getattr(command, "key", None)
    about = {} if not isinstance(key, OrderKey) else {"order": key.order, "source": key.source}
    if isinstance(command, ReturnGoods):
        about |= {"return": command.number}
    return {**about, **{name: getattr(command, name, None) for name in _NUMBERS}}


def _named(line: object) -> dict[str, object]:
    """Return which line it is, and of which goods."""
    return {name: getattr(line, name, None) for name in ("line", "task", "sku", "gtin", "lot", "location")}
