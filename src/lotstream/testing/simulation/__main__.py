"""``python -m lotstream.testing.simulation``: one seed with all its steps, or many seeds and their summary."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence

from lotstream.errors import ExitCode
from lotstream.testing.simulation.runner import Summary, report, simulate, simulate_on_all_cores


def main(arguments: Sequence[str] | None = None) -> ExitCode:
    """Run the simulation; the exit code says whether every invariant held."""
    parser = argparse.ArgumentParser(prog="python -m lotstream.testing.simulation", description=__doc__)
    parser.add_argument("--seed", type=int, help="Live through this seed and print all its steps.")
    parser.add_argument("--seeds", type=int, default=100, metavar="N", help="Live through so many seeds (100).")
    parser.add_argument("--first", type=int, default=1, metavar="SEED", help="The first of them (1).")
    given = parser.parse_args(arguments)
    if given.seed is not None:
        outcome = simulate(given.seed)
        _say(report(outcome, steps=None))
        return ExitCode.OK if outcome.violation is None else ExitCode.FAILED
    started = time.monotonic()
    summary = simulate_on_all_cores(range(given.first, given.first + given.seeds))
    _summarise(summary, seconds=time.monotonic() - started)
    return ExitCode.FAILED if summary.failed else ExitCode.OK


def _summarise(summary: Summary, *, seconds: float) -> None:
    for outcome in summary.failed:
        _say(report(outcome))
    for name, count in sorted(summary.counts.items()):
        _say(f"{count:10}  {name}")
    _say(f"{len(summary.crashed_at):10}  awaits of the hub at which a process was killed")
    _say(f"{summary.seeds} seeds in {seconds:.0f} s, {len(summary.failed)} with a violation")


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main())
