"""Crashes at every await: where the hub waits, somebody was killed; what the simulation cannot reach is listed."""

from __future__ import annotations

from typing import Final

import pytest

from lotstream.testing.simulation.awaits import calls, written
from lotstream.testing.simulation.everywhere import crash_everywhere
from lotstream.testing.simulation.outcome import Script
from lotstream.testing.simulation.runner import Summary, report_failed, simulate, simulate_on_cores
from tests.simulation.conftest import LENGTH

pytestmark = pytest.mark.timeout(7200)

#: Where no process of the simulation ever stands, by module, function or line, and why.
NOWHERE: Final = {
    "Consumer.": "Faust's consumer, for which the simulation has one of its own; fault runs kill it where it stands",
    "ConsumerThread.": "the same",
    "Fetcher.": "the same",
    "LedgerTable.": "Faust starts its tables, and these have nothing to wait for",
    "LedgerTables.": "the same",
    "Relay.stop: ": "a process that ends closes its connections, and the simulation has none",
    "Broadcasts.run: await self._appender.stop()": "the same",
    "Hub.drain: await self.written()": "what is waited for is done by then",
}

#: Where somebody stands in some of a thousand seeds, and hardly in a hundred.
SELDOM: Final = {
    "Broadcasts._open_day: ": "the database's clock opened a day that no broker has begun, and a minute has passed",
    "Relay._check_still_held: ": "a partition is taken over, and published, while it is being claimed",
    "Relay.resume: await self._check_still_held(claim)": "the same",
    "Relay.resume: await self._publish(": "Kafka has forgotten a position that somebody takes over",
    "Pipeline._begin: await self._recover(entries, error)": "the database refuses to be asked about a record",
    "read_piece: whole = ": "the messages of one record are more than are read back at once",
    "Pipeline._try: ": "the database refuses a row",
    "Pipeline._again: ": "the same",
}

EVERY: Final = {"short": 97, "long": 1, "nightly": 1}
"""Of how many steps of the calm life one is a crash."""


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
    listed = tuple(NOWHERE) if LENGTH != "short" else (*NOWHERE, *SELDOM)
    missing = {place: code for place, code in written().items() if not summary.stood[place]}
    assert {place: code for place, code in missing.items() if not code.startswith(listed)} == {}
    assert [place for place in summary.stood if place not in written() and place not in calls()] == []


def test_what_is_said_never_to_be_reached_is_not(summary: Summary) -> None:
    """Nobody stood where it is said that nobody can: the list does not hide what has become possible."""
    reached = [code for place, code in written().items() if summary.stood[place] and code.startswith(tuple(NOWHERE))]
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
