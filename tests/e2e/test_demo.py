"""`lotstream demo` as people run it: what it shows, and that nothing of it is left however it ends."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import psutil
import pytest
import pytest_asyncio

from lotstream.local.folders import ENTER_ONLY

LOOK_S = 0.05


class Demo:
    """One demo as a process, whose temporary files lie in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.mark = f"DEMO_{uuid4().hex}"

    async def start(self, *options: str) -> asyncio.subprocess.Process:
        """Start ``lotstream demo``; every process it starts inherits the mark or has the folder in its command line."""
        environment = {**os.environ, "TMPDIR": str(self.folder), "NO_COLOR": "1", self.mark: "1"}
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", "lotstream.cli", "demo", *options, env=environment,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip

    def processes(self) -> list[psutil.Process]:
        """Return the processes that belong to it."""
        return [process for process in psutil.process_iter() if self._is_of_it(process)]

    def _is_of_it(self, process: psutil.Process) -> bool:
        try:
            if process.status() == psutil.STATUS_ZOMBIE:
                return False
            return self.mark in process.environ() or any(str(self.folder) in part for part in process.cmdline())
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            return False

    async def logs(self, program: str) -> None:
        """Wait until one of its programs has written its first line."""
        while not any(log.stat().st_size for log in self.folder.glob(f"*/logs/{program}.log")):
            await asyncio.sleep(LOOK_S)

    def left(self) -> list[str]:
        """Return what it left behind: files, and processes by their command line."""
        processes = [" ".join(process.cmdline()) for process in self.processes()]
        return [*map(str, self.folder.iterdir()), *processes]


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder for temporary files that the server's account may enter."""
    made = Path(tempfile.mkdtemp(prefix="lotstream-demo-"))
    made.chmod(ENTER_ONLY)
    yield made
    shutil.rmtree(made)


@pytest_asyncio.fixture
async def demo(folder: Path) -> AsyncIterator[Demo]:
    """A demo that was not started yet; whatever it leaves is ended after the test."""
    made = Demo(folder)
    yield made
    for process in made.processes():
        process.kill()


async def test_the_demo_shows_what_happened_and_clears_everything_away(demo: Demo) -> None:
    """Exit 0; three orders in, lots with reasons, shipments with lots, figures, and neither file nor process left."""
    process = await demo.start()
    out, err = await process.communicate()
    shown = out.decode()
    assert (process.returncode, err.decode()) == (0, ""), shown
    assert "\x1b" not in shown
    assert max(len(line) for line in shown.splitlines()) <= 100
    for fact in (
        r"orders-create\.json.*HTTP 200",
        r"warehouse-order\.edi.*moved to done/",
        r"erp-orders\.csv.*moved to done/",
        r"signed wrongly: HTTP 401",
        r"dead letter not_json",
        r"CO-0412 .* – +it is expired",
        r"CO-0518 .* – +it is on hold",
        r"CO-0607 .* – +too short a life, 90 days wanted",
        r"CO-0725 .* 36 +36 +first to expire that may go",
        r"Order 7001 left DEMO with SHP-\w{12}, SSCC \d{18}",
        r"3 allocated, .* 3 shipped",
        r"#1001 +\d+ ms +\d+ ms",
        r"All came out as it should",
    ):
        assert re.search(fact, shown), f"{fact} in:\n{shown}"
    assert demo.left() == []


async def test_kept_up_it_prints_addresses_and_ends_with_control_c(demo: Demo) -> None:
    """With --keep everything stays up until SIGINT; then it ends with 0 and leaves nothing."""
    process = await demo.start("--keep")
    assert process.stdout is not None
    shown = (await process.stdout.readuntil(b"Ctrl-C ends everything.")).decode()
    assert {"Kafka", "PostgreSQL", "metrics", "webhook", "X12 inbox", "CSV inbox", "logs"} <= set(
        re.findall(r"^(\S+(?: inbox)?)  +\S+$", shown, re.MULTILINE)
    )
    assert len(demo.processes()) >= 8
    process.send_signal(signal.SIGINT)
    await process.communicate()
    assert process.returncode == 0
    assert demo.left() == []


async def test_interrupted_in_the_middle_it_clears_everything_away(demo: Demo) -> None:
    """SIGTERM while its processes start ends it with 130 and leaves nothing."""
    process = await demo.start()
    await demo.logs("worker")
    process.send_signal(signal.SIGTERM)
    _, err = await process.communicate()
    assert (process.returncode, err.decode()) == (130, "")
    assert demo.left() == []


async def test_a_folder_that_is_in_use_is_left_alone(demo: Demo, tmp_path: Path) -> None:
    """Data of somebody else is not touched: exit 1 and a sentence before anything is started."""
    (tmp_path / "mine").write_text("mine")
    process = await demo.start("--folder", str(tmp_path))
    _, err = await process.communicate()
    assert process.returncode == 1
    assert "is in use already" in err.decode()
    assert [file.name for file in tmp_path.iterdir()] == ["mine"]
