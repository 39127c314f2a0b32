"""Weights in the messages of a story: mostly of goods that are weighed, some of others, and some that cannot be."""

from __future__ import annotations

from collections import Counter
from dataclasses import is_dataclass, replace
from decimal import Decimal
from typing import Any, Final

from lotstream.domain.commands import Command
from lotstream.domain.events import Event, ItemRebased
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import RowKey
from lotstream.domain.move import Move
from tests.property.words import Chance

WEIGHED: Final = "A"
"""The SKU whose units differ in weight."""

_LINES: Final = ("lines", "used", "made", "orders", "said")
_KILOGRAMS: Final = (
    *map(Decimal, ("2", "3.1", "0.001", "7.25", "11.999", "2.5") * 3), *map(Decimal, ("0", "-1", "0.0005")), None,
)  # fmt: skip


def weighed(chance: Chance, command: Command) -> Command:
    """Return a message with weights on those of its lines that may have one."""
    told: Command = _with_weights(chance, command)
    return told


def _with_weights(chance: Chance, told: Any) -> Any:  # noqa: ANN401 - a message or a line of any
    changed: dict[str, Any] = {}
    for name in _LINES:
        lines = getattr(told, name, None)
        if isinstance(lines, tuple):
            changed[name] = tuple(_line(chance, line) for line in lines)
        elif name == "said" and is_dataclass(lines):
            changed[name] = _with_weights(chance, lines)
    return replace(told, **changed) if changed else told


def _line(chance: Chance, line: Any) -> Any:  # noqa: ANN401 - a line of any message
    if not hasattr(line, "weight_kg"):
        return _with_weights(chance, line) if hasattr(line, "lines") else line
    if getattr(line, "sku", None) in (WEIGHED, "", None) or chance.choice((False,) * 14 + (True,)):
        return replace(line, weight_kg=chance.choice(_KILOGRAMS))
    return line


class Weights:
    """What every row weighs, taken from what moved; in and out are what one item's goods weighed in the end."""

    def __init__(self) -> None:
        self._rows: Counter[RowKey] = Counter()
        self._sums: Counter[str] = Counter()

    def take_in(self, move: Move) -> None:
        """Count what a move weighs."""
        if move.row is None:
            assert move.weight_g == 0, move
            return
        self._rows[move.row] += move.weight_g if move.to is None else -move.weight_g
        if move.to is None:
            self._sums[move.sku] += move.weight_g
        else:
            self._rows[move.to] += move.weight_g

    def recount(self, event: Event) -> None:
        """Let goods weigh what they did in rows whose packs are counted otherwise now."""
        others = [one for one in event.rows if one.row != one.to] if isinstance(event, ItemRebased) else []
        grams = {one.to: self._rows.pop(one.row, 0) for one in others}
        self._rows.update(grams)

    def check(self, ledger: Ledger) -> None:
        """Weight in less weight out is what is there, row by row and item by item, and nothing without goods weighs."""
        there = Counter[str]()
        for row, grams in ledger.weights.items():
            there[row.sku] += grams
            assert grams > 0, (row, grams)
            assert ledger.stock[row].on_hand > 0, (row, ledger.stock[row])
            assert ledger.items[row.sku].catch_weight, row
        assert +there == Counter({sku: grams for sku, grams in self._sums.items() if grams})
        assert ledger.weights == {row: grams for row, grams in self._rows.items() if grams}
