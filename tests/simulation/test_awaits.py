"""Crashes at every await: where the hub waits, somebody was killed; what the simulation cannot reach is listed."""

from __future__ import annotations

import shlex
from typing import Final

import pytest

from lotstream.testing.simulation.__main__ import parse, script_of
from lotstream.testing.simulation.awaits import calls, written
from lotstream.testing.simulation.everywhere import crash_everywhere
from lotstream.testing.simulation.outcome import Script
from lotstream.testing.simulation.runner import Summary, report_failed, simulate, simulate_on_cores
from tests.simulation.conftest import LENGTH

pytestmark = pytest.mark.timeout(7200)

#: Where no process of the simulation ever stands, by class, function or line of code, and why.
NOWHERE: Final = {
    "ConsumerThread.": "it is Faust's thread, and the simulation has one of its own",
    "Consumer.commit: ": "Faust calls it, and nobody reads back what it says",
    "Fetcher._fetcher: ": "Faust calls it; the simulation calls what it calls",
    "LedgerTable.": "Faust starts its tables, and these have nothing to wait for",
    "LedgerTables.": "the same",
    "Relay.stop: ": "a process that ends well closes its connections, and the simulation has none",
    "Hub.drain: await self.written()": "what is waited for is done by then",
}

#: Awaits that a hundred seeds may leave out; a thousand leave out none.
UNREACHED_MAX: Final = 12

EVERY: Final = {"short": 97, "long": 1, "nightly": 1}
"""Of how many steps of the calm life one is a crash."""


@pytest.fixture(autouse=True)
def _unless_one_seed_was_asked_for(only_seed: int | None) -> None:
    """Who wants to see one seed wants nothing else."""
    if only_seed is not None:
        pytest.skip("one seed was asked for, and this is about many")


def test_a_process_was_killed_wherever_the_hub_waits(summary: Summary, capsys: pytest.CaptureFixture[str]) -> None:
    """Wherever somebody stood in the seeds somebody was killed: at every await, at every call before and after it.

    Where chance has killed nobody, the shortest of the lives that come there is lived once more and ends there.
    """
    missed = summary.missed()
    aimed = simulate_on_cores(missed)
    assert not aimed.failed, "\n\n".join(report_failed(outcome) for outcome in aimed.failed[:3])
    assert [place for place in summary.stood if not summary.killed[place] + aimed.killed[place]] == []
    awaits = sum(place in written() for place in summary.stood)
    sides = len(summary.stood) - awaits
    with capsys.disabled():
        print(f"\nkilled at {awaits} awaits and {sides} sides of calls, {len(missed)} by aim", end=" ")  # noqa: T201


def test_every_await_of_the_hub_is_reached_or_listed(summary: Summary) -> None:
    """Every await written in the hub's modules is stood at in these seeds, or said here why it is not."""
    missing = [f"{place} {code}" for place, code in _reachable().items() if not summary.stood[place]]
    assert len(missing) <= (UNREACHED_MAX if LENGTH == "short" else 0), missing
    assert [place for place in summary.stood if place not in written() and place not in calls()] == []


def test_what_is_said_never_to_be_reached_is_not(summary: Summary) -> None:
    """Nobody stood where it is said that nobody can: the list does not hide what has become possible."""
    reached = [f"{place} {code}" for place, code in written().items() if summary.stood[place] and _is_listed(code)]
    assert reached == []


def test_a_process_may_die_before_any_of_its_steps(capsys: pytest.CaptureFixture[str]) -> None:
    """In a life in which nothing else goes wrong, a process killed before any one step leaves nothing wrong behind."""
    lives = crash_everywhere(1, every=EVERY[LENGTH])
    assert not lives.failed, "\n\n".join(report_failed(outcome) for outcome in lives.failed[:3])
    assert lives.counts["crashed"] == lives.seeds
    with capsys.disabled():
        print(f"\n{lives.seeds} lives, each ended at another step", end=" ")  # noqa: T201 - a result


def test_an_aim_is_hit_in_the_seed_that_comes_there() -> None:
    """A seed lives the same life until the process dies that was aimed at, and there it dies."""
    calm, aim = simulate(3, Script(calm=True)), "database commit: done, not heard of"
    outcome = simulate(3, Script(calm=True, aim=aim))
    at = next(n for n, step in enumerate(outcome.steps) if step[2] == "is killed")
    assert outcome.steps[:at] == calm.steps[:at]
    assert outcome.steps[at][3].endswith(aim)
    assert (calm.counts["crashed"], outcome.counts["crashed"], outcome.killed[aim]) == (0, 1, 1)


def test_a_report_names_the_options_that_show_the_same() -> None:
    """What was arranged in a life is asked for again by the options that its report ends with."""
    for script in (
        Script(aim="kafka end: on its way", crash_at=7, calm=True, seconds=4.5, orders=8),
        Script(only=("late", "restore"), late=("end transaction", "positions")),
    ):
        assert script_of(parse(shlex.split(str(script)))) == script
    assert str(Script()) == ""


def _reachable() -> dict[str, str]:
    return {place: code for place, code in written().items() if not _is_listed(code)}


def _is_listed(code: str) -> bool:
    return code.startswith(tuple(NOWHERE))
