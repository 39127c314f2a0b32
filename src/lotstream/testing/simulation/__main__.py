"""``python -m lotstream.testing.simulation``: one seed with all its steps, or many seeds and their summary."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence

from lotstream.errors import ExitCode
from lotstream.testing.simulation.awaits import written
from lotstream.testing.simulation.everywhere import crash_everywhere
from lotstream.testing.simulation.faults import KINDS
from lotstream.testing.simulation.outcome import CHAOS_S, ORDERS, Script
from lotstream.testing.simulation.restore import RESTORE
from lotstream.testing.simulation.runner import Summary, report, report_failed, simulate, simulate_on_cores


def main(arguments: Sequence[str] | None = None) -> ExitCode:
    """Run the simulation; the exit code says whether every invariant held."""
    given = parse(arguments)
    script = script_of(given)
    if given.seed is not None and not given.crash_everywhere:
        outcome = simulate(given.seed, script)
        _say(report(outcome, steps=None))
        return ExitCode.OK if outcome.violation is None else ExitCode.FAILED
    started = time.monotonic()
    if given.crash_everywhere:
        summary = crash_everywhere(given.seed or given.first, every=given.every, cores=given.cores)
    else:
        summary = simulate_on_cores([(given.first + n, script) for n in range(given.seeds)], cores=given.cores)
    missed = summary.missed()
    if given.aim_at_missed and missed:
        summary.merge(simulate_on_cores(missed, cores=given.cores))
    _summarise(summary, seconds=time.monotonic() - started)
    return ExitCode.FAILED if summary.failed else ExitCode.OK


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Return what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m lotstream.testing.simulation", description=__doc__)
    add = parser.add_argument
    add("--seed", type=int, help="Live through this seed and print all its steps.")
    add("--seeds", type=int, default=100, metavar="N", help="Live through so many seeds (100).")
    add("--first", type=int, default=1, metavar="SEED", help="The first of them (1).")
    add("--cores", type=int, metavar="N", help="Use so many processes (as many as there are cores).")
    add("--aim", metavar="PLACE", help="Kill the process that comes to this place first, as a summary names it.")
    add("--aim-at-missed", action="store_true", help="Then kill a process at each place where none was killed.")
    add("--calm", action="store_true", help="Let nothing go wrong but what is asked for.")
    add("--seconds", type=float, default=CHAOS_S, help="Let faults come so long, in made-up seconds (30).")
    add("--orders", type=int, default=ORDERS, metavar="N", help="Place so many orders meanwhile (40).")
    add("--only", nargs="+", choices=[*KINDS, RESTORE], default=[], metavar="KIND", help="Let no other faults come.")
    add(
        "--late", nargs=2, metavar="CALL", help="Where a call is held up let it be the first, until the second is made."
    )
    add("--crash-at", type=int, metavar="STEP", help="Kill the first process before this step of its own.")
    add("--crash-everywhere", action="store_true", help="Live through a calm seed once per step, and crash there.")
    add("--every", type=int, default=1, metavar="N", help="With --crash-everywhere: crash at every n-th step (1).")
    return parser.parse_args(arguments)


def script_of(given: argparse.Namespace) -> Script:
    """Return what was asked for as it is arranged in a world."""
    return Script(
        given.aim, given.crash_at, calm=given.calm, seconds=given.seconds, orders=given.orders, only=tuple(given.only),
        late=(given.late[0], given.late[1]) if given.late else None,
    )  # fmt: skip


def _summarise(summary: Summary, *, seconds: float) -> None:
    for outcome in summary.failed:
        _say(report_failed(outcome))
    for name, count in sorted(summary.counts.items()):
        _say(f"{count:10}  {name}")
    for place, count in sorted(summary.stood.items()):
        _say(f"{count:10} stood, {summary.killed[place]:6} killed at {place} {written().get(place, '')}".rstrip())
    missed = summary.missed()
    _say(f"{len(summary.stood)} places where somebody stood, {len(missed)} of them where nobody was killed")
    for _, script in missed:
        _say(f"  {script.aim}")
    _say(f"{summary.seeds} lives in {seconds:.0f} s, {len(summary.failed)} with a violation")


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main())
