"""Mutants put into forks of a process that has collected the tests: each runs the tests that call its function.

A function gets the mutant's code in place of its own, wherever it is known by then. What a module works out while it is
imported stays as it was; the modules that are tried work out nothing then.

Before any mutant all tests run once on the modules' own text, put in the same way: what fails then is no mutant's
doing. A fork says by its exit code what became of its mutant; one that ends in any other way has found nothing.
"""

from __future__ import annotations

import functools
import gc
import mmap
import os
import pickle
import resource
import signal
import sys
import time
import types
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, NoReturn

import pytest

from scripts.mutants import Mutant, mutated, unchanged

CACHE: Final = type(functools.cache(lambda: None))
PACKAGE: Final = "lotstream.domain"
CPU_S: Final = 20
CPU_TIMES: Final = 3
"""A mutant goes round in circles when its tests take so many times what they take without it and those seconds."""
MEMORY_MAX: Final = 4 * 2**30
"""Bytes that a mutant may reserve, so that one that piles up rows does not take the machine with it."""

Called = dict[tuple[str, str], list[tuple[float, int]]]
"""By module and function: the tests that call it, by their seconds and their place among all tests."""


class Fate(StrEnum):
    """What became of a mutant."""

    FOUND = "found"  # a test fails
    ENDLESS = "endless"  # the tests do not end
    SURVIVED = "survived"
    UNTRIED = "untried"  # its fork ended of something else, which says nothing


_EXIT: Final = {Fate.SURVIVED: 0, Fate.FOUND: 1, Fate.UNTRIED: 2}


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
        #: Process id → the mutant in it.
        self._running: dict[int, Mutant] = {}
        #: How many mutants each test has found; the forks count, so it is memory that all of them share.
        self._finds = memoryview(b"")
        self._failed = False

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self) -> None:
        """Keep no examples: one by which a mutant was found is none to try the right program with first.

        Each run tries the same ones, so that a mutant that was found is found again.
        """
        from hypothesis import HealthCheck, settings

        same = settings(database=None, derandomize=True, suppress_health_check=list(HealthCheck))
        settings.register_profile("mutants", same)
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
        self._finds = memoryview(mmap.mmap(-1, 4 * len(session.items))).cast("I")
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
            os.close(reading)
            try:
                self._run_unchanged(session, writing)
            finally:
                os._exit(0)
        os.close(writing)
        with os.fdopen(reading, "rb") as told:
            text = told.read()
        called: Called | None = pickle.loads(text) if text else None
        os.waitpid(pid, 0)
        if self._calls is not None and called is not None:
            self._calls.write_bytes(pickle.dumps(([item.nodeid for item in session.items], called)))
        return called

    def _run_unchanged(self, session: pytest.Session, writing: int) -> None:
        _be_quiet(session)
        for module in {module for module, _ in self.left}:
            put_in(f"{PACKAGE}.{module}", unchanged(self._source(module)))
        seen = self._run_watched(session)
        with os.fdopen(writing, "wb") as out:
            pickle.dump(None if self._failed else seen, out)

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
        if pid == 0:
            self._try(session, module, mutant, called)
        self._running[pid] = mutant

    def _try(self, session: pytest.Session, module: str, mutant: Mutant, called: Called) -> NoReturn:
        """Run the tests of a mutant in this fork, which ends with what became of it."""
        fate = Fate.UNTRIED
        try:
            _be_quiet(session)
            tests = _tests_of(module, mutant, called)
            _limit(sum(seconds for seconds, _ in tests))
            put_in(f"{PACKAGE}.{module}", mutated(self._source(module), mutant))
            fate = self._fate_by(session, tests)
        finally:
            os._exit(_EXIT[fate])

    def _fate_by(self, session: pytest.Session, tests: Iterable[tuple[float, int]]) -> Fate:
        """Run tests, those first that are quick and have found many, until one fails."""
        places = [place for _, place in sorted(tests, key=lambda test: test[0] / (1 + self._finds[test[1]]))]
        for place, following in _in_turn(places):
            item, after = session.items[place], None if following is None else session.items[following]
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=after)
            if self._failed:
                self._finds[place] += 1
                return Fate.FOUND
        return Fate.SURVIVED

    def _end_one(self) -> None:
        """Wait until one of the forks has ended."""
        pid, status = os.wait()
        if pid in self._running:
            mutant = self._running.pop(pid)
            self.fates[mutant.name] = fate_of(status)
            self._tell(mutant.name, self.fates[mutant.name])


def fate_of(status: int) -> Fate:
    """Return what the end of a fork says of its mutant, by the status that waiting for it gives."""
    code = os.waitstatus_to_exitcode(status)
    if code == -signal.SIGXCPU:
        return Fate.ENDLESS
    return next((fate for fate, own in _EXIT.items() if own == code), Fate.UNTRIED)


def _limit(usual_s: float) -> None:
    """End this process when it takes far more than its tests take without a mistake."""
    seconds = round(CPU_S + CPU_TIMES * usual_s)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MAX, MEMORY_MAX))


def _tests_of(module: str, mutant: Mutant, called: Called) -> list[tuple[float, int]]:
    """Return the tests that call the function of a mutant, with their seconds."""
    function = mutant.name.removeprefix(f"{module}.").split(":", maxsplit=1)[0]
    # Of a function within a function it is the outer one whose calls are noted.
    names = [name for at, name in called if at == f"{PACKAGE}.{module}" and f"{function}.".startswith(f"{name}.")]
    seconds = {place: took for name in names for took, place in called[f"{PACKAGE}.{module}", name]}
    return [(took, place) for place, took in seconds.items()]


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
    return zip(items, [*items, None][1:], strict=True)


def _be_quiet(session: pytest.Session) -> None:
    session.config.pluginmanager.unregister(name="terminalreporter")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
