"""Which tests go through which lines of the modules that mistakes are put into.

The lines are those of a module's text as a mutant has it (`scripts.mutants.unchanged`): one statement each. What is
known is kept from run to run: a test is looked at anew when its file is another one, or a module that it goes through.
"""

from __future__ import annotations

import pickle
import sys
import time
import types
from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final, Self

PACKAGE: Final = "lotstream.domain"


@dataclass
class Seen:
    """Tests by number, what each takes, and the numbers of those that go through a line."""

    #: Hashes of the text of modules, so that no line is taken for another.
    modules: dict[str, str]
    numbers: dict[str, int] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)
    lines: dict[tuple[str, int], array[int]] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path | None, texts: Mapping[str, str]) -> Self:
        """Return what an earlier run has kept, as far as it is true of modules with these texts."""
        kept = cls({}) if path is None or not path.exists() else pickle.loads(path.read_bytes())
        if not isinstance(kept, cls):
            kept = cls({})
        now = {module: digest(text) for module, text in texts.items()}
        new = [module for module in now if kept.modules.get(module) != now[module]]
        for module in new:
            kept._forget(module)
        if any(module not in kept.modules for module in new):
            # Nobody has looked who goes through it.
            kept = cls(now)
        kept.modules = now
        return kept

    def _forget(self, module: str) -> None:
        """Forget tests that go through a module, and which of its lines they go through."""
        lines = [line for line in self.lines if line[0] == module]
        gone = {number for line in lines for number in self.lines.pop(line)}
        self.numbers = {test: number for test, number in self.numbers.items() if number not in gone}

    def write(self, path: Path | None) -> None:
        """Keep what is known, where it is to be kept."""
        if path is not None:
            path.write_bytes(pickle.dumps(self))

    def add(self, test: str, took_s: float, lines: Iterable[tuple[str, int]]) -> None:
        """Note what a test went through."""
        number = self.numbers[test] = len(self.seconds)
        self.seconds.append(took_s)
        for line in lines:
            self.lines.setdefault(line, array("L")).append(number)


class Watch:
    """Notes lines of some modules while it is on."""

    def __init__(self, modules: Iterable[str]) -> None:
        self._modules = {f"{PACKAGE}.{module}": module for module in modules}
        #: Code → its module, None for code of any other.
        self._known: dict[types.CodeType, str | None] = {}
        self._lines: set[tuple[str, int]] = set()

    def through(self, run: Callable[[], object]) -> tuple[float, set[tuple[str, int]]]:
        """Run a test; returns its seconds and the lines it went through."""
        self._lines = set()
        began = time.monotonic()
        sys.settrace(self._call)
        run()
        sys.settrace(None)
        return time.monotonic() - began, self._lines

    def _call(self, frame: types.FrameType, _event: str, _: object) -> Any:  # noqa: ANN401 - what sys.settrace takes
        code = frame.f_code
        if code not in self._known:
            self._known[code] = self._modules.get(frame.f_globals.get("__name__", ""))
        return None if self._known[code] is None else self._line

    def _line(self, frame: types.FrameType, event: str, _: object) -> Any:  # noqa: ANN401 - as above
        if event == "line":
            self._lines.add((self._known[frame.f_code] or "", frame.f_lineno))
        return self._line


def digest(text: str) -> str:
    """Return a hash of the text of a module."""
    return blake2b(text.encode(), digest_size=16).hexdigest()


def named(items: Sequence[Any]) -> list[str]:
    """Return the name of each test with a hash of the file that it stands in."""
    files = {item.path: blake2b(item.path.read_bytes(), digest_size=8).hexdigest() for item in items}
    return [f"{item.nodeid} {files[item.path]}" for item in items]
