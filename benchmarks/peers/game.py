"""The rounds: every entrant in turn, each run measured, ended, and checked before the next begins."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from benchmarks.peers.check import check
from benchmarks.peers.entrants import JAVA, Entrant
from benchmarks.peers.java import ready_java_peers
from benchmarks.peers.measure import drain
from benchmarks.peers.peer import Peer, Tools
from benchmarks.peers.program import PeerFailed
from benchmarks.peers.quix.environment import ready_quix
from benchmarks.peers.quix.peer import Quix
from benchmarks.peers.report import Result
from benchmarks.peers.stage import Stage

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Game:
    """How it is played."""

    entrants: Sequence[Entrant]
    rounds: int
    #: Longest that one run is watched, in seconds.
    seconds_max: float


async def ready_tools(entrants: Sequence[Entrant], classes: Path, tell: Tell) -> Tools:
    """Return what the entrants are run with; raises `LocalDownloadFailed` when something cannot be downloaded."""
    names = {entrant.peer.name for entrant in entrants}
    java = await ready_java_peers(classes, tell) if names & JAVA else None
    quix = await ready_quix(tell) if Quix.name in names else None
    return Tools(java=java, quix=quix)


async def play(game: Game, stage: Stage, tools: Tools, tell: Tell) -> list[Result]:
    """Play all rounds; who begins changes from round to round."""
    results = []
    for number in range(1, game.rounds + 1):
        shift = (number - 1) % len(game.entrants)
        for entrant in (*game.entrants[shift:], *game.entrants[:shift]):
            result = Result(entrant, number)
            async with stage.run(f"{entrant}-r{number}") as run:
                peer = entrant.peer(stage, run, workers=entrant.workers, tools=tools)
                await _play_one(game, peer, result)
            results.append(result)
            rate = f"{result.speed.orders_per_s:,.0f} orders/s, " if result.speed else ""
            tell(f"round {number}: {entrant}: {rate}{result.said()}")
    return results


async def _play_one(game: Game, peer: Peer, result: Result) -> None:
    try:
        try:
            await peer.start()
            result.speed = await drain(peer, total=peer.stage.orders, seconds_max=game.seconds_max)
        finally:
            await peer.stop()
        await _check(peer, result)
    except PeerFailed as error:
        result.error = str(error)
    except TimeoutError:
        result.error = "What it wrote could not be read back in time."
    finally:
        await peer.close()


async def _check(peer: Peer, result: Result) -> None:
    positions = await peer.positions()
    for source, read in peer.sources.items():
        result.verdicts[source] = check(peer.stage.expected, await read(peer.run), peer.run, positions)


async def postgres_version(url: str) -> str:
    """Return the server's version."""
    connection = await asyncpg.connect(url)
    try:
        return str(await connection.fetchval("SHOW server_version"))
    finally:
        await connection.close()
