"""Every place where the hub waits and another task may run: which are written, where it stood, where it was killed.

A place is an ``await`` of the hub's own code, by file and line, or a call over one of the two seams, once while it is
on its way and once when it is done and its answer is not heard yet. A process can be killed at each of them by name.
"""

from __future__ import annotations

import ast
import asyncio
from collections import Counter
from collections.abc import Iterator
from enum import StrEnum
from functools import cache
from importlib import resources
from types import FrameType
from typing import Any, Final

HUB: Final = "/lotstream/hub/"

FILES: Final = (
    *("broadcasts", "claim", "clock", "commit", "continuing", "hub", "ledgers", "log_check", "lookup"),
    *("maintenance", "outbox_tail", "pipeline", "relay", "ticking", "titles", "told", "transport"),
)
"""Modules of the hub that the simulation runs and that wait for anything."""

Frame = tuple[str, int, int]
"""(file, first line of the function, instruction): where a suspended function stands."""


class Phase(StrEnum):
    """How far a call over a seam is."""

    ON_ITS_WAY = "on its way"
    DONE = "done, not heard of"


_DATABASE: Final = (
    *("now", "log", "seal", "lock", "claims", "take_claim", "release_claim", "note_relay_position", "sites", "seen"),
    *("owner_sizes", "ledgers", "closed_orders", "receipts", "history", "commit", "outbox", "add_broadcast"),
    *("broadcasts", "broadcasts_numbered", "owners_due", "clocks_due", "titles_due", "owners_behind"),
    "broadcasts_passed",
    *("broadcast_outcomes", "prune_outbox", "prune_empty_stock", "prune_exchanges", "prune_intake"),
    *("prune_dead_letters", "prune_untaken"),
)
_KAFKA: Final = ("positions", "look", "initialise", "send", "note", "end", "append", "fetch")
_COORDINATOR: Final = ("join", "prove", "heartbeat")


def call_place(server: str, what: str, phase: Phase) -> str:
    """Return the place of a call to a server, such as ``database commit: on its way``."""
    return f"{server} {what.partition(' ')[0]}: {phase}"


@cache
def calls() -> tuple[str, ...]:
    """Return the places of every call over a seam that the hub makes in the simulation."""
    servers = {"database": _DATABASE, "kafka": _KAFKA, "coordinator": _COORDINATOR}
    return tuple(call_place(server, name, phase) for server in servers for name in servers[server] for phase in Phase)


@cache
def written() -> dict[str, str]:
    """Return every ``await`` of the hub's modules that the simulation runs, with its function and its line of code.

    Entering a time limit is none: nobody else may run there.
    """
    return {place: within for name in FILES for place, within in _awaits_of(name)}


@cache
def places() -> tuple[str, ...]:
    """Return every place at which a process may be killed."""
    return *written(), *calls()


def _awaits_of(module: str) -> Iterator[tuple[str, str]]:
    text = resources.files("lotstream.hub").joinpath(f"{module}.py").read_text("utf-8")
    lines = text.splitlines()
    for line, within in _awaits_in(ast.parse(text), within=""):
        yield f"{module}.py:{line}", f"{within}: {lines[line - 1].strip()}"


def _awaits_in(node: ast.AST, *, within: str) -> Iterator[tuple[int, str]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Await | ast.AsyncFor) or (isinstance(child, ast.AsyncWith) and not _is_limit(child)):
            yield child.lineno, within
        named = isinstance(child, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        inner = f"{within}.{child.name}".lstrip(".") if named else within  # type: ignore[attr-defined]
        yield from _awaits_in(child, within=inner)


def _is_limit(block: ast.AsyncWith) -> bool:
    return all(ast.unparse(item.context_expr).startswith("asyncio.timeout(") for item in block.items)


class Awaits:
    """Where the processes of one world stood, and where they were killed."""

    def __init__(self, aim: str | None = None) -> None:
        #: The aim that stays, whatever is aimed at besides.
        self._first = aim
        #: How often a task stood at each place.
        self.stood = Counter[str]()
        #: How often a process was killed while a task of it stood there.
        self.killed = Counter[str]()
        #: Places at which a process is to be killed, and how often somebody has to have stood there; each once.
        self._aims: dict[str, int] = {} if aim is None else {aim: 1}
        self._names: dict[Frame, str] = {}

    def aim(self, place: str, *, times: int = 1) -> None:
        """Kill whatever process stands at a place next, or for the n-th time from now on."""
        if place != self._first:
            self._aims[place] = self.stood[place] + times

    def aim_no_more(self) -> None:
        """Let everybody live who stands anywhere but at the place given at first."""
        self._aims = {place: times for place, times in self._aims.items() if place == self._first}

    def passes(self, place: str) -> bool:
        """Note that somebody stands at a place; tell whether that was to be the end of its process."""
        self.stood[place] += 1
        if place not in self._aims or self.stood[place] < self._aims[place]:
            return False
        del self._aims[place]
        return True

    def pass_all(self, task: asyncio.Task[Any]) -> bool:
        """Note where a task stands after a step; tell whether that was to be the end of its process."""
        hits = [self.passes(place) for place in self.places(task)]
        return any(hits)

    def places(self, task: asyncio.Task[Any]) -> list[str]:
        """Return where a task stands in the hub, outermost first."""
        found = []
        work: Any = task.get_coro()
        while work is not None:
            frame = getattr(work, "cr_frame", None)
            if frame is not None and (place := self._place(frame)):
                found.append(place)
            work = getattr(work, "cr_await", None)
        return found

    def _place(self, frame: FrameType) -> str:
        """Return ``file:line`` of a frame of the hub, nothing of any other."""
        code = frame.f_code
        key = code.co_filename, code.co_firstlineno, frame.f_lasti
        if key not in self._names:
            folder, _, name = code.co_filename.rpartition("/")
            self._names[key] = f"{name}:{frame.f_lineno}" if f"{folder}/".endswith(HUB) else ""
        return self._names[key]
