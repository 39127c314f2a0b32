"""Every peer decides a small log rightly: what is compared for speed does the work.

`make test` plays lotstream and two in Python that need nothing more than it does, `make nightly` all of them: Java and
Quix Streams are downloaded once.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from benchmarks.peers.entrants import PEERS, entrants
from benchmarks.peers.game import Game, play, ready_tools
from benchmarks.peers.stage import Stage
from lotstream.local import LocalStack
from lotstream.local.folders import temporary_folder
from lotstream.testing.bench.processors import Programs
from lotstream.testing.load import Load

LENGTH = os.environ.get("LOTSTREAM_TEST_LENGTH", "short")
QUICK = ("lotstream", "faust", "odoo-style")
PLAYED = tuple(PEERS) if LENGTH == "nightly" else QUICK
#: Every lot is used up, and at last there is none: shortage is decided too.
LOAD = Load(orders=1_500, owners=4, skus=20, lots=3, units=50)
RUN_S_MAX = 60.0


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage() -> AsyncIterator[Stage]:
    """A small log on servers of its own: topics have fixed names, so stages cannot share a Kafka."""
    folder = temporary_folder()
    stack = LocalStack(folder, temporary=True)
    try:
        addresses = await stack.start()
        programs = Programs(stack.kafka_pid, stack.postgres_pid)
        async with Stage(addresses, LOAD, programs=programs, folder=folder) as ready:
            await ready.prepare()
            yield ready
    finally:
        await stack.stop()


def silent(_: str) -> None:
    """Progress that nobody reads."""


@pytest.mark.timeout(600)
@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("name", PLAYED)
async def test_a_peer_places_every_order_once_and_rightly(stage: Stage, tmp_path: Path, name: str) -> None:
    """With two workers every order is told once, no lot is over-promised, and lots are those of a plain reference."""
    game = Game([each for each in entrants([name], [2]) if each.workers == 2], rounds=1, seconds_max=RUN_S_MAX)
    tools = await ready_tools(game.entrants, tmp_path / "classes", silent)

    (result,) = await play(game, stage, tools, silent)

    assert result.right, result.error or result.said()
    assert {verdict.orders for verdict in result.verdicts.values()} == {LOAD.orders}
