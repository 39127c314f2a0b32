"""Run lotstream and its peers side by side and print the table: ``python -m benchmarks.peers``.

All get the same orders, on one Kafka and one PostgreSQL of their own that are gone afterwards; docs/side-by-side.md
says what is compared with what. Exits 1 when a run failed or came to something wrong.
"""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.peers.entrants import PEERS, entrants
from benchmarks.peers.game import Game, play, postgres_version, ready_tools
from benchmarks.peers.peer import Tools
from benchmarks.peers.report import Result, markdown
from benchmarks.peers.stage import Stage
from lotstream.errors import ExitCode, LotstreamError
from lotstream.local import LocalStack
from lotstream.local.folders import temporary_folder
from lotstream.testing.bench.processors import Programs
from lotstream.testing.load import Load

SKUS, LOTS, LINES = 100, 4, 4
#: Units a line of the load orders, on average.
UNITS_PER_LINE = 2
#: Lots that the orders use up, of the four of each SKU: a decision that never comes to a second lot would be too easy.
LOTS_USED = 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    options = _options().parse_args(arguments)
    only = [name for text in options.only for name in text.split(",") if name]
    workers = [int(count) for count in options.workers.split(",")]
    try:
        game = Game(entrants(only, workers), rounds=options.rounds, seconds_max=options.seconds)
        load = load_of(options.orders, owners=options.owners, seed=options.seed)
        results = asyncio.run(_play(game, load))
    except LotstreamError as error:
        print(f"benchmarks.peers: {error}\n  → {error.what_to_do}", file=sys.stderr)
        return error.exit_code
    except (KeyboardInterrupt, asyncio.CancelledError):
        # Peers and servers have been ended on the way here.
        return ExitCode.INTERRUPTED
    return ExitCode.OK if all(result.right for result in results) else ExitCode.FAILED


def load_of(orders: int, *, owners: int, seed: int) -> Load:
    """Return the load for so many orders: so much stock that they use up three lots of four."""
    demand = orders * LINES * UNITS_PER_LINE / (owners * SKUS)
    return Load(
        orders=orders,
        owners=owners,
        skus=SKUS,
        lots=LOTS,
        lines=LINES,
        units=max(1, round(demand / LOTS_USED)),
        seed=seed,
    )


async def _play(game: Game, load: Load) -> list[Result]:
    if (task := asyncio.current_task()) is not None:
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    with TemporaryDirectory(prefix="lotstream-peers-") as name:
        folder = Path(name)
        # Before anything runs: what cannot be downloaded is said at once.
        tools = await ready_tools(game.entrants, folder / "classes", _tell)
        stack = LocalStack(temporary_folder(), temporary=True, progress=_tell)
        try:
            await stack.start()
            return await _on(stack, game, load, tools=tools, folder=folder)
        finally:
            await stack.stop()


async def _on(stack: LocalStack, game: Game, load: Load, *, tools: Tools, folder: Path) -> list[Result]:
    programs = Programs(stack.kafka_pid, stack.postgres_pid)
    async with Stage(stack.addresses, load, programs=programs, folder=folder) as stage:
        _tell(f"writing {load.orders} orders into the log")
        await stage.prepare()
        results = await play(game, stage, tools, _tell)
    print(markdown(results, load, rounds=game.rounds, postgres=await postgres_version(stack.addresses.postgres_url)))
    return results


def _tell(message: str) -> None:
    print(f"… {message}", file=sys.stderr, flush=True)


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m benchmarks.peers", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--orders", type=int, default=200_000, help="orders in the log (200,000)")
    parser.add_argument("--rounds", type=int, default=3, help="rounds (3)")
    parser.add_argument("--seconds", type=float, default=60.0, help="longest that one run is watched (60)")
    parser.add_argument("--workers", default="2", help="processes or threads of each peer, e.g. 1,2 (2)")
    parser.add_argument("--owners", type=int, default=16, help="owners the orders are spread over (16)")
    parser.add_argument("--seed", type=int, default=1, help="seed of the made-up orders (1)")
    parser.add_argument("--only", action="append", default=[], help=f"some of {', '.join(PEERS)}, by commas")
    return parser


if __name__ == "__main__":
    sys.exit(main())
