from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from lotstream.settings import Settings
from lotstream.testing.processes import WorkerProcess
from tests.hub.client import HubClient


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def worker(hub_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[WorkerProcess]:
    """One worker for all tests of a module."""
    log: Path = tmp_path_factory.mktemp("worker") / "worker.log"
    async with WorkerProcess(hub_settings, instance="tested", log=log) as running:
        yield running


@pytest_asyncio.fixture
async def client(hub_settings: Settings, worker: WorkerProcess) -> AsyncIterator[HubClient]:
    """A client of the running hub."""
    async with HubClient(hub_settings) as client:
        yield client
