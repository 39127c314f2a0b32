"""Mutants put into forks of a process that has collected the tests: each runs the tests that go through its line.

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
import time
import types
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, NoReturn

import pytest

from scripts.mutants import Mutant, lines, mutated, unchanged
from scripts.mutants_seen import PACKAGE, Seen, Watch, named

CACHE: Final = type(functools.cache(lambda: None))
CPU_S: Final = 20
CPU_TIMES: Final = 3
"""A mutant goes round in circles when its tests take so many times what they take without it and those seconds."""
MEMORY_MAX: Final = 4 * 2**30
"""Bytes that a mutant may reserve, so that one that piles up rows does not take the machine with it."""


class Fate(StrEnum):
    """What became of a mutant."""

    FOUND = "found"  # a test fails
    ENDLESS = "endless"  # the tests do not end
    SURVIVED = "survived"
    UNTRIED = "untried"  # its fork ended of something else, which says nothing


_EXIT: Final = {Fate.SURVIVED: 0, Fate.FOUND: 1, Fate.UNTRIED: 2}


@dataclass
class Parts:
    """What is changed where mutants are put in: functions by module, and what remembers what was worked out."""

    functions: dict[str, list[types.FunctionType]] = field(default_factory=dict)
    caches: list[Any] = field(default_factory=list)

    @classmethod
    def of(cls, modules: Iterable[str]) -> Parts:
        """Find them among everything there is."""
        found = cls({module: [] for module in modules})
        for known in gc.get_objects():
            if isinstance(known, types.FunctionType) and known.__module__ in found.functions:
                found.functions[known.__module__].append(known)
            elif isinstance(known, CACHE):
                found.caches.append(known)
        return found

    def put_in(self, module: str, source: str) -> None:
        """Give every function of a module the code it has in another text, and forget what was worked out before."""
        every = [*_codes(compile(source, f"<mutant of {module}>", "exec"))]
        times = Counter(code.co_qualname for code in every)
        # Of several that are called alike, say two lambdas of one table, nobody knows which is which.
        codes = {code.co_qualname: code for code in every if times[code.co_qualname] == 1}
        for known in self.functions[module]:
            known.__code__ = codes.get(known.__code__.co_qualname, known.__code__)
        self.forget()

    def forget(self) -> None:
        """Have everything worked out anew."""
        for cache in self.caches:
            cache.cache_clear()


class Trying:
    """A plugin of pytest that runs mutants where pytest would run the tests."""

    def __init__(
        self,
        todo: Sequence[tuple[str, Mutant]],
        sources: Mapping[str, str],
        *,
        processes: int,
        until: float | None = None,
        calls: Path | None = None,
        tell: Callable[[str, Fate], None] = lambda _name, _fate: None,
    ) -> None:
        """Take mutants by module, and the text of all modules that are ever tried, which tests are watched in.

        None is begun after ``until``, and ``calls`` keeps which tests go through what.
        """
        self.left = list(reversed(todo))
        self.fates: dict[str, Fate] = {}
        self._sources = sources
        self._lines = {module: lines(source) for module, source in sources.items()}
        self._processes = processes
        self._until = until
        self._calls = calls
        self._tell = tell
        #: Process id → the mutant in it.
        self._running: dict[int, Mutant] = {}
        #: How many mutants each test has found; the forks count, so it is memory that all of them share.
        self._finds = memoryview(b"")
        self._parts = Parts()
        self._failed: list[str] = []

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
        if report.failed:
            self._failed.append(report.nodeid)

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Try all mutants; the session fails when the tests fail without any."""
        self._parts = Parts.of(f"{PACKAGE}.{module}" for module in self._sources)
        # What is there by now is looked at by nobody: a page that a fork does not write to is not copied.
        gc.freeze()
        # Once: somebody may be at work on the tests meanwhile.
        names = named(session.items)
        seen = self._see_who_goes_where(session, names)
        if seen is None:
            session.testsfailed = 1
            return True
        places = {seen.numbers[name]: place for place, name in enumerate(names)}
        self._finds = memoryview(mmap.mmap(-1, 4 * len(session.items))).cast("I")
        while self.left or self._running:
            while self.left and len(self._running) < self._processes and not self._late():
                self._begin(session, seen, places)
            if not self._running:
                break
            self._end_one()
        return True

    def _late(self) -> bool:
        return self._until is not None and time.monotonic() > self._until

    def _see_who_goes_where(self, session: pytest.Session, names: Sequence[str]) -> Seen | None:
        """Run the tests of which nothing is known once in a fork; returns what is known then, None when one fails."""
        seen = Seen.read(self._calls, self._sources)
        if all(name in seen.numbers for name in names):
            return seen
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(reading)
            try:
                self._run_unchanged(session, names, seen, writing)
            finally:
                os._exit(0)
        os.close(writing)
        with os.fdopen(reading, "rb") as told:
            text = told.read()
        os.waitpid(pid, 0)
        found: Seen | list[str] = pickle.loads(text) if text else []
        if isinstance(found, Seen):
            found.write(self._calls)
            return found
        print("\n".join(found))
        return None

    def _run_unchanged(self, session: pytest.Session, names: Sequence[str], seen: Seen, writing: int) -> None:
        _be_quiet(session)
        for module, source in self._sources.items():
            self._parts.put_in(f"{PACKAGE}.{module}", unchanged(source))
        watch = Watch(self._sources)
        new = [one for one in zip(session.items, names, strict=True) if one[1] not in seen.numbers]
        for (item, name), (_, following) in zip(new, _in_turn([item for item, _ in new]), strict=True):
            self._parts.forget()
            run = functools.partial(item.config.hook.pytest_runtest_protocol, item=item, nextitem=following)
            seen.add(name, *watch.through(run))
        with os.fdopen(writing, "wb") as out:
            pickle.dump(self._failed or seen, out)

    def _begin(self, session: pytest.Session, seen: Seen, places: Mapping[int, int]) -> None:
        module, mutant = self.left.pop()
        pid = os.fork()
        if pid == 0:
            line = self._lines[module][mutant.place]
            numbers = seen.lines.get((module, line), ())
            tests = [(seen.seconds[number], places[number]) for number in numbers if number in places]
            self._try(session, module, mutant, tests)
        self._running[pid] = mutant

    def _try(self, session: pytest.Session, module: str, mutant: Mutant, tests: list[tuple[float, int]]) -> NoReturn:
        """Run the tests of a mutant in this fork, which ends with what became of it."""
        fate = Fate.UNTRIED
        try:
            _be_quiet(session)
            _limit(sum(seconds for seconds, _ in tests))
            self._parts.put_in(f"{PACKAGE}.{module}", mutated(self._sources[module], mutant))
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


def put_in(module: str, source: str) -> None:
    """Give every function of a module the code it has in another text, wherever it is known by now."""
    Parts.of([module]).put_in(module, source)


def _codes(code: types.CodeType) -> Iterator[types.CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield constant
            yield from _codes(constant)


def _in_turn(items: Sequence[Any]) -> Iterator[tuple[Any, Any]]:
    """Yield each test with the one after it, whose fixtures are kept."""
    return zip(items, [*items, None][1:], strict=True)


def _be_quiet(session: pytest.Session) -> None:
    session.config.pluginmanager.unregister(name="terminalreporter")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
