"""How far a run over mutants is: a bar on a terminal, and else a line for every so many mutants."""

from __future__ import annotations

import os
import time
from collections import Counter
from types import TracebackType
from typing import Final, Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

LINE_EVERY: Final = 25
"""Mutants from one line to the next where there is no terminal to draw on."""


class Progress:
    """Says what became of mutants while a run goes on."""

    def __init__(self, total: int, *, console: Console | None = None, line_every: int = LINE_EVERY) -> None:
        """Begin with so many mutants to try; without a console of its own it writes where the process writes."""
        self._total = total
        self._line_every = line_every
        self._began = time.monotonic()
        self._counts = Counter[str]()
        # A descriptor of its own: forks send theirs nowhere.
        self._console = console or Console(file=os.fdopen(os.dup(1), "w"), highlight=False)
        self._bar = Bar(
            BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"),
            TimeElapsedColumn(), TimeRemainingColumn(),
            console=self._console, disable=not self._console.is_terminal, auto_refresh=False, transient=True,
        )  # fmt: skip
        self._task = self._bar.add_task(self._said(), total=total)

    def __enter__(self) -> Self:
        """Begin to draw."""
        self._bar.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Take the bar away."""
        self._bar.stop()

    def tell(self, fate: str) -> None:
        """Count what became of one more mutant."""
        self._counts[fate] += 1
        self._bar.update(self._task, advance=1, description=self._said(), refresh=True)
        done = self._counts.total()
        if not self._console.is_terminal and (done % self._line_every == 0 or done == self._total):
            took_s = time.monotonic() - self._began
            self._console.print(f"{done} of {self._total} tried: {self._said()}; {took_s:.0f} s")
            self._console.file.flush()

    def _said(self) -> str:
        return ", ".join(f"{count} {fate}" for fate, count in sorted(self._counts.items()))
