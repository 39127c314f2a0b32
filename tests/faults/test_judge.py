"""The verdict as a whole: whatever is forged where, it ends as a violation of its invariant, and as exit code 1."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from lotstream.cli import faults
from lotstream.cli.app import build_app
from lotstream.contracts.topics import INBOUND, ORDER_STATUS, PICK_TASKS
from lotstream.domain.model import RowKey
from lotstream.errors import ExitCode
from lotstream.hub.verify.found import Difference, Verified
from lotstream.settings import Settings
from lotstream.store.audit import ClaimSeen, IntakeSeen, StockSeen
from lotstream.testing.faults import judge as judge_module
from lotstream.testing.faults.invariants import Invariant, Violations
from lotstream.testing.faults.judge import Counts, Logs, judge
from lotstream.testing.faults.log_ends import LogEnds
from lotstream.testing.faults.report import Plan, Report
from lotstream.testing.kafka import Seen
from lotstream.testing.load import SITE
from tests.faults.small_hub import BODIES, MESSAGES, OWNER, TASK, Tables, small_log


class Ends(LogEnds):
    """Where the small log ends."""

    def __init__(self) -> None:
        pass

    async def ends(self) -> dict[int, int]:
        return {0: 3}

    async def positions(self) -> dict[int, int]:
        return {0: 3}


@dataclass
class World:
    """All that a verdict looks at, right as long as nobody forges anything."""

    tables: Tables = field(default_factory=Tables)
    log: list[Seen] = field(default_factory=small_log)
    acknowledged: set[bytes] = field(default_factory=lambda: {b"m0", b"m1", b"m2"})
    #: What is read at the end, and what was read all the time.
    published: Counter[tuple[str, str]] = field(default_factory=lambda: Counter(MESSAGES))
    live: Counter[tuple[str, str]] = field(default_factory=lambda: Counter(MESSAGES))
    differences: list[Difference] = field(default_factory=list)
    #: What messages say, by topic.
    bodies: dict[str, dict[str, object]] = field(default_factory=lambda: dict(BODIES))


async def _judged(world: World, monkeypatch: pytest.MonkeyPatch) -> tuple[Counts, Violations]:
    async def read(settings: Settings, topic: str) -> list[Seen]:
        if topic == INBOUND.name:
            return world.log
        ids = [id_ for name, id_ in world.published.elements() if name == topic]
        body = json.dumps(world.bodies.get(topic)).encode()
        return [Seen(topic, 0, offset, None, body, {"ce_id": id_.encode()}) for offset, id_ in enumerate(ids)]

    async def verified(url: str, scope: object) -> Verified:
        return Verified(tuple(world.differences), 1, 1, {}, 0.0)

    monkeypatch.setattr(judge_module, "_all_of", read)
    monkeypatch.setattr(judge_module, "verify", verified)
    violations = Violations()
    counts = await judge(
        Settings(partitions=1), "", world.tables, Ends(), logs=Logs(), acknowledged=world.acknowledged, days_told=(),
        seen_live=world.live, violations=violations, tell=lambda _: None,
    )  # fmt: skip
    return counts, violations


def _wrong_outcome(world: World) -> None:
    world.tables.intakes[2] = IntakeSeen(1, 0, 2, "refused", "s", "m2", OWNER, "stale_version")


def _units_gone(world: World) -> None:
    world.tables.rows = [StockSeen(OWNER, "A", "L1", SITE, "BIN-1", "good", 9, 4)]


def _promised_twice(world: World) -> None:
    world.tables.rows = [StockSeen(OWNER, "A", "L1", SITE, "BIN-1", "good", 3, 4)]


def _another_bin(world: World) -> None:
    world.tables.order.lines[0].reservations[0].row = RowKey("A", "L1", SITE, "BIN-2")


def _seen_twice(world: World) -> None:
    world.published["lotstream.alerts", "b"] = world.live["lotstream.alerts", "b"] = 2


def _seen_twice_live(world: World) -> None:
    world.live["lotstream.alerts", "b"] = 2


def _undecided(world: World) -> None:
    world.tables.held = {0: ClaimSeen(log=1, next_offset=2, epoch=1, relay_position=2)}


def _lost(world: World) -> None:
    world.acknowledged.add(b"m9")


def _row_changed_by_hand(world: World) -> None:
    world.differences.append(Difference("stock", {"owner": OWNER, "sku": "A"}, "on_hand", journal=10, found=11))


def _another_lot_told(world: World) -> None:
    world.bodies[PICK_TASKS.name] = {**BODIES[PICK_TASKS.name], "tasks": [{**TASK, "lot": "L2"}]}


def _another_state_told(world: World) -> None:
    world.bodies[ORDER_STATUS.name] = {**BODIES[ORDER_STATUS.name], "status": "backordered"}


FORGED: dict[Callable[[World], None], Invariant] = {
    _wrong_outcome: Invariant.INTAKE,
    _units_gone: Invariant.SUMS,
    _promised_twice: Invariant.PROMISES,
    _another_bin: Invariant.SAME_LOTS,
    _seen_twice: Invariant.PUBLISHED,
    _seen_twice_live: Invariant.PUBLISHED,
    _undecided: Invariant.LAG,
    _lost: Invariant.NOTHING_LOST,
    _row_changed_by_hand: Invariant.VERIFIED,
    _another_lot_told: Invariant.TOLD,
    _another_state_told: Invariant.TOLD,
}
#: The others are found while things break (test_watch, test_breaking) and in what days were opened (test_oracle).


async def test_a_hub_that_is_right_is_judged_right(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three records, one order, three messages, nothing doubled and nothing found."""
    counts, violations = await _judged(World(), monkeypatch)
    assert violations.total() == 0
    assert (counts.records, counts.orders, counts.messages, counts.doubles) == (3, 1, 3, 0)


@pytest.mark.parametrize("forge", FORGED, ids=lambda forge: forge.__name__.strip("_"))
async def test_whatever_is_forged_is_found(forge: Callable[[World], None], monkeypatch: pytest.MonkeyPatch) -> None:
    """No part of the verdict can be left out without a test that fails."""
    world = World()
    forge(world)
    _, violations = await _judged(world, monkeypatch)
    assert violations.count(FORGED[forge]) >= 1


@pytest.mark.parametrize("forge", [_seen_twice, _seen_twice_live])
async def test_doubles_are_counted_from_what_readers_saw(
    forge: Callable[[World], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether it was seen twice at the end or only as it came, it counts as one message that was doubled."""
    world = World()
    forge(world)
    counts, _ = await _judged(world, monkeypatch)
    assert counts.doubles == 1


@pytest.fixture(scope="module")
def app() -> typer.Typer:
    """The program, built once."""
    return build_app()


@pytest.mark.parametrize("invariant", Invariant)
def test_any_violation_ends_with_exit_code_1(
    invariant: Invariant, app: typer.Typer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One violation of one invariant, and the command fails and says which."""

    async def forged(plan: Plan, logs: Path | None = None) -> Report:
        report = Report(plan)
        report.violations.add(invariant, "something was forged")
        return report

    monkeypatch.setattr(faults, "run_plan", forged)
    ran = CliRunner().invoke(app, ["faults", "run"])
    assert ran.exit_code == ExitCode.FAILED
    assert f"{invariant.value}: something was forged" in ran.output


def test_a_run_without_violations_ends_with_0_and_says_what_was_not_done(
    app: typer.Typer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What failed, what cannot be done and what there was no time for stand below the tables, each with its reason."""

    async def clean(plan: Plan, logs: Path | None = None) -> Report:
        report = Report(plan, no_time=["c", "d"], left_out={"b": "no root"})
        report.failed["a"] += ["no room", "no room again"]
        return report

    monkeypatch.setattr(faults, "run_plan", clean)
    ran = CliRunner().invoke(app, ["faults", "run"])
    assert ran.exit_code == ExitCode.OK
    for line in (
        "came to nothing: a: no room", "came to nothing: a: no room again", "cannot be done here: b: no root",
        "no time for 2 kinds: c; d", "no violations",
    ):  # fmt: skip
        assert line in ran.output.splitlines()
