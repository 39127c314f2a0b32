"""What a run notes of what it breaks, on a stage where nothing is real."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
from aiokafka.errors import KafkaConnectionError

from lotstream.testing.faults.breaking import KINDS
from lotstream.testing.faults.catalogue import CATALOGUE, Fault, NotDone
from lotstream.testing.faults.crashes import NOT_REACHED
from lotstream.testing.faults.episodes import EPISODES, Episode, Failed
from lotstream.testing.faults.invariants import Invariant
from lotstream.testing.faults.report import Report
from lotstream.testing.faults.scene import Scene
from lotstream.testing.faults.stage import Stage
from tests.faults.fake_stage import FakeStage, breaking, once

Act = Callable[[Scene], Awaitable[str | None]]


async def _nothing(scene: Scene) -> None:
    """Break nothing."""


async def _played(stage: Stage) -> tuple[str, str]:
    return "exit 4", "the runbook"


def _all_kinds() -> list[Fault | Episode]:
    """Return every kind of the product, acting on nothing and possible everywhere."""
    faults = [replace(fault, act=_nothing, mend=None, cannot=lambda _: None) for fault in CATALOGUE]
    episodes = [replace(episode, act=_played, cannot=lambda _: None) for episode in EPISODES]
    return [*faults, *episodes]


async def test_a_run_that_is_long_enough_does_every_kind_and_leaves_nothing_out() -> None:
    """Each fault and each episode once, none failed, none left out, none without time."""
    report = Report(once())
    await breaking(FakeStage(report), report, *_all_kinds()).run()
    assert {name: len(times) for name, times in report.done.items()} == {kind.name: 1 for kind in KINDS}
    assert (report.left_out, report.failed, report.no_time) == ({}, {}, [])
    assert [played.name for played in report.episodes] != []
    assert report.comparisons == len(EPISODES)


async def test_a_short_run_says_what_there_was_no_time_for() -> None:
    """In 30 s nothing that takes longer is begun, and each of them is named."""
    report = Report(once(seconds=30))
    await breaking(FakeStage(report), report, *_all_kinds()).run()
    assert set(report.no_time) == {kind.name for kind in KINDS if kind.takes_s >= 30}
    assert {episode.name for episode in EPISODES} <= set(report.no_time)
    assert report.done.keys() == {kind.name for kind in KINDS if kind.takes_s < 30}


async def test_what_cannot_be_done_on_this_machine_is_named_with_its_reason() -> None:
    """It is not drawn, and is none of those there was no time for."""
    report = Report(once())
    await breaking(FakeStage(report), report, Fault("a", 1, _nothing, cannot=lambda _: "no root")).run()
    assert report.left_out == {"a": "no root"}
    assert (dict(report.done), report.no_time) == ({}, [])


@pytest.mark.parametrize("error", [NotDone("no room"), OSError(28, "no room"), KafkaConnectionError("no room")])
async def test_an_act_that_came_to_nothing_is_not_counted(error: Exception) -> None:
    """It stands apart with its reason, once for each of its two tries, and the run goes on."""

    async def fail(scene: Scene) -> None:
        raise error

    report = Report(once())
    await breaking(FakeStage(report), report, Fault("a", 1, fail), Fault("b", 1, _nothing)).run()
    assert report.done.keys() == {"b"}
    assert report.failed.keys() == {"a"}
    assert len(report.failed["a"]) == 2
    assert all("no room" in reason for reason in report.failed["a"])
    assert report.violations.total() == 0


async def test_an_act_that_works_the_second_time_is_counted_once() -> None:
    """What is put back comes at the end of its round."""
    tries = []

    async def fail_first(scene: Scene) -> None:
        tries.append(1)
        if len(tries) == 1:
            raise NotDone("not yet")

    report = Report(once())
    await breaking(FakeStage(report), report, Fault("a", 1, fail_first)).run()
    assert (len(report.done["a"]), report.failed["a"]) == (1, ["not yet"])


async def test_a_point_that_is_not_reached_is_a_kind_of_its_own() -> None:
    """A plain kill does not count as the crash that was wanted, which is tried once more."""

    async def miss(scene: Scene) -> str | None:
        return NOT_REACHED

    report = Report(once())
    await breaking(FakeStage(report), report, Fault("worker kill -9 after commit", 1, miss)).run()
    assert {name: len(times) for name, times in report.done.items()} == {NOT_REACHED: 2}
    assert report.no_time == ["worker kill -9 after commit"]


@pytest.mark.parametrize("never", ["decided", "published"])
async def test_a_hub_that_does_not_come_back_in_time_is_found(never: str) -> None:
    """Decided alone is not back: a read_committed reader has to have it too."""
    report = Report(once())
    stage = FakeStage(report)
    stage.never = never
    await breaking(stage, report, Fault("a", 1, _nothing)).run()
    assert report.violations.found[Invariant.LAG] == [f"60 s after a the log was not {never}"]


async def test_a_worker_that_ends_for_good_after_a_fault_is_found_and_started_again() -> None:
    """Only an operator's cases may keep it down."""

    async def refuse(scene: Scene) -> None:
        scene.crew.refused.append(("w", 4))

    report = Report(once())
    stage = FakeStage(report)
    await breaking(stage, report, Fault("a", 1, refuse)).run()
    assert report.violations.found[Invariant.STAYS_UP] == ["w ended with 4 after a"]
    assert stage.scene.crew.refused == []


async def test_after_an_episode_everything_is_compared_before_anything_else_breaks() -> None:
    """Rest, the episode, workers, traffic, rest, the comparison with its verification, and only then workers again."""
    report = Report(once())
    stage = FakeStage(report)
    await breaking(stage, report, Episode("e", 1, _played)).run()
    assert stage.asked == ["rest", "start", "traffic", "rest", "compare", "start"]
    assert not stage.scene.sender.silent


async def test_a_hub_that_does_not_refuse_where_it_must_is_found_and_nothing_more_is_broken() -> None:
    """What follows from a state that nobody has put right would say nothing."""

    async def ran_on(stage: Stage) -> tuple[str, str]:
        raise Failed("workers ran on")

    report = Report(once())
    kinds: list[Fault | Episode] = [Episode("e", 1, ran_on), *(Fault(str(number), 1, _nothing) for number in range(5))]
    stage = FakeStage(report)
    await breaking(stage, report, *kinds).run()
    assert report.violations.found[Invariant.STAYS_UP] == ["e: workers ran on"]
    assert stage.asked[-1] == "stop"
    assert report.failed["e"] == ["workers ran on"]
    assert report.done.keys() | {*report.no_time} == {str(number) for number in range(5)}
    assert report.no_time


async def test_a_comparison_that_finds_something_ends_the_breaking() -> None:
    """What is wrong already would be found again and again."""
    report = Report(once())
    stage = FakeStage(report)
    run = breaking(stage, report, *(Episode(str(number), 1, _played) for number in range(3)))
    report.violations.add(Invariant.SAME_LOTS, "another lot")
    await run.run()
    assert (len(report.episodes), len(report.no_time)) == (1, 2)
