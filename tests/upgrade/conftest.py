from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from zipfile import ZipFile

import pytest
import pytest_asyncio

from lotstream.local import LocalStack
from lotstream.local.folders import temporary_folder
from lotstream.settings import Settings
from tests.upgrade.released import WHEEL, run_released


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the last released code."""
    folder = tmp_path_factory.mktemp("released")
    with ZipFile(WHEEL) as wheel:
        wheel.extractall(folder)
    return folder


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def released_hub(released: Path) -> AsyncIterator[Settings]:
    """A hub on servers of its own that the released code has set up."""
    own = LocalStack(temporary_folder(), temporary=True)
    try:
        addresses = await own.start()
        settings = Settings(
            kafka_bootstrap=addresses.kafka_bootstrap, postgres_url=addresses.postgres_url, partitions=8, http_port=0
        )
        commands = (("db", "migrate"), ("topics", "create"))
        for ran in await asyncio.gather(*(run_released(released, settings, *command) for command in commands)):
            assert ran.code == 0, ran.err
        yield settings
    finally:
        await own.stop()
