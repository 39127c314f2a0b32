"""Mutants put into forks of a process that has collected the tests: each runs the tests that call its function.

A function gets the mutant's code in place of its own, wherever it is known by then. What a module works out while it is
imported stays as it was; the modules that are tried work out nothing then.
"""

from __future__ import annotations

import functools
import gc
import os
import pickle
import signal
import sys
import time
import types
from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import pytest

from scripts.mutants import Mutant, mutated

CACHE: Final = type(functools.cache(lambda: None))
PACKAGE: Final = "lotstream.domain"
LOST_S: Final = 300
"""A mutant whose tests take longer than this goes round in circles, and is found."""

Called = dict[tuple[str, str], list[tuple[float, int]]]
"""By module and function: the tests that call it, by their seconds and their place among all tests."""


class Fate(StrEnum):
    """What became of a mutant."""

    FOUND = "found"
    SURVIVED = "survived"


class Trying:
    """A plugin of pytest that runs mutants where pytest would run the tests."""

    def __init__(
        self,
        todo: Sequence[tuple[str, Mutant]],
        source: Callable[[str], str],
        *,
        processes: int,
        until: float | None = None,
        calls: Path | None = None,
        tell: Callable[[str, Fate], None] = lambda _name, _fate: None,
    ) -> None:
        """Take mutants by module; none is begun after ``until``, and ``calls`` keeps which tests call what."""
        self.left = list(reversed(todo))
        self.fates: dict[str, Fate] = {}
        self._source = source
        self._processes = processes
        self._until = until
        self._calls = calls
        self._tell = tell
        #: Process id → the mutant in it, and when it began.
        self._running: dict[int, tuple[Mutant, float]] = {}
        self._failed = False

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self) -> None:
        """Keep no examples: one by which a mutant was found is none to try the right program with first."""
        from hypothesis import HealthCheck, settings

        settings.register_profile("mutants", settings(database=None, suppress_health_check=list(HealthCheck)))
        settings.load_profile("mutants")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note that a test has failed."""
        self._failed |= report.failed

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Try all mutants; the session fails when the tests fail without any."""
        called = self._kept_calls(session) or self._see_who_calls(session)
        if called is None:
            session.testsfailed = 1
            return True
        while self.left or self._running:
            while self.left and len(self._running) < self._processes and not self._late():
                self._begin(session, called)
            if not self._running:
                break
            self._end_one()
        return True

    def _late(self) -> bool:
        return self._until is not None and time.monotonic() > self._until

    def _kept_calls(self, session: pytest.Session) -> Called | None:
        """Return what an earlier run has seen of these tests."""
        if self._calls is None or not self._calls.exists():
            return None
        names, called = pickle.loads(self._calls.read_bytes())
        return called if names == [item.nodeid for item in session.items] else None

    def _see_who_calls(self, session: pytest.Session) -> Called | None:
        """Run all tests once in a fork; returns what each function's tests are, or None when one fails."""
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            _be_quiet(session)
            os.close(reading)
            seen = self._run_watched(session)
            with os.fdopen(writing, "wb") as out:
                pickle.dump(None if self._failed else seen, out)
            os._exit(0)
        os.close(writing)
        with os.fdopen(reading, "rb") as told:
            called: Called | None = pickle.load(told)
        os.waitpid(pid, 0)
        if self._calls is not None and called is not None:
            self._calls.write_bytes(pickle.dumps(([item.nodeid for item in session.items], called)))
        return called

    def _run_watched(self, session: pytest.Session) -> Called:
        called: Called = {}
        known: dict[types.CodeType, tuple[str, str] | None] = {}
        seen: set[tuple[str, str]] = set()

        def call(frame: types.FrameType, _event: str, _: object) -> None:
            code = frame.f_code
            if code not in known:
                name = frame.f_globals.get("__name__", "")
                known[code] = (name, _top(code.co_qualname)) if name.startswith(f"{PACKAGE}.") else None
            if (function := known[code]) is not None:
                seen.add(function)

        for place, (item, following) in enumerate(_in_turn(session.items)):
            seen.clear()
            began = time.monotonic()
            # Told of each call, and as nothing is returned, of nothing within it.
            sys.settrace(call)
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            sys.settrace(None)
            for function in seen:
                called.setdefault(function, []).append((time.monotonic() - began, place))
        return called

    def _begin(self, session: pytest.Session, called: Called) -> None:
        module, mutant = self.left.pop()
        pid = os.fork()
        if pid:
            self._running[pid] = (mutant, time.monotonic())
            return
        _be_quiet(session)
        put_in(f"{PACKAGE}.{module}", mutated(self._source(module), mutant))
        for item, following in _in_turn([session.items[place] for place in _tests_of(module, mutant, called)]):
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if self._failed:
                os._exit(1)
        os._exit(0)

    def _end_one(self) -> None:
        """Wait until one of the forks has ended, or is found to go round in circles."""
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid in self._running:
                mutant, _ = self._running.pop(pid)
                fate = self.fates[mutant.name] = Fate.FOUND if status else Fate.SURVIVED
                self._tell(mutant.name, fate)
                return
            for one, (_, began) in self._running.items():
                if time.monotonic() - began > LOST_S:
                    os.kill(one, signal.SIGKILL)
            time.sleep(0.01)


def _tests_of(module: str, mutant: Mutant, called: Called) -> list[int]:
    """Return the tests that call the function of a mutant, the quickest first."""
    function = mutant.name.removeprefix(f"{module}.").split(":", maxsplit=1)[0]
    # Of a function within a function it is the outer one whose calls are noted.
    names = [name for at, name in called if at == f"{PACKAGE}.{module}" and f"{function}.".startswith(f"{name}.")]
    return [place for _, place in sorted({test for name in names for test in called[f"{PACKAGE}.{module}", name]})]


def put_in(module: str, source: str) -> None:
    """Give every function of a module the code it has in another text, and forget what was worked out before."""
    codes = {code.co_qualname: code for code in _codes(compile(source, f"<mutant of {module}>", "exec"))}
    for known in gc.get_objects():
        if isinstance(known, types.FunctionType) and known.__module__ == module:
            known.__code__ = codes.get(known.__code__.co_qualname, known.__code__)
        elif isinstance(known, CACHE):
            known.cache_clear()


def _codes(code: types.CodeType) -> Iterator[types.CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield constant
            yield from _codes(constant)


def _top(qualname: str) -> str:
    """Return the function or method that something is written in."""
    return qualname.split(".<locals>", maxsplit=1)[0]


def _in_turn(items: Sequence[Any]) -> Iterator[tuple[Any, Any]]:
    """Yield each test with the one after it, whose fixtures are kept."""
    return zip(items, [*items[1:], None], strict=True)


def _be_quiet(session: pytest.Session) -> None:
    session.config.pluginmanager.unregister(name="terminalreporter")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
