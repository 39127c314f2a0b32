"""What the tests of the embedded servers share."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from lotstream.local import LocalStack
from lotstream.local.folders import ENTER_ONLY, temporary_folder


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """An empty folder that the server's account may enter when root runs the tests; pytest's own are closed."""
    folder = Path(tempfile.mkdtemp(prefix="lotstream-test-"))
    folder.chmod(ENTER_ONLY)
    yield folder
    shutil.rmtree(folder)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def calm_stack() -> AsyncIterator[LocalStack]:
    """A started stack that the tests of one file share and leave as it is, whatever the environment points to."""
    stack = LocalStack(temporary_folder(), temporary=True)
    await stack.start()
    yield stack
    await stack.stop()


@pytest_asyncio.fixture
async def own_stack(open_folder: Path) -> AsyncIterator[LocalStack]:
    """A started stack that the test may kill."""
    stack = LocalStack(open_folder / "stack")
    await stack.start()
    yield stack
    await stack.stop()
