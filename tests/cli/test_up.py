from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import sys
from pathlib import Path

import httpx
import psutil

from lotstream.local.folders import temporary_folder
from lotstream.local.ports import free_ports

PATIENCE_S = 180.0


async def test_up_brings_a_worker_that_is_ready_and_leaves_nothing_behind() -> None:
    """`lotstream up` prints addresses, its worker gets ready, and SIGTERM ends every process it started."""
    folder = temporary_folder()
    process = await start_up(folder)
    try:
        addresses = await read_addresses(process)
        await ready(f"{addresses['worker 1'].removesuffix('/metrics')}/readyz")
        children = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(signal.SIGTERM)
        code = await asyncio.wait_for(process.wait(), PATIENCE_S)
    finally:
        if process.returncode is None:
            process.kill()
        shutil.rmtree(folder, ignore_errors=True)

    assert code == 0
    assert set(addresses) == {"Kafka", "PostgreSQL", "worker 1"}
    assert children
    _, alive = psutil.wait_procs(children, timeout=PATIENCE_S)
    assert alive == []


async def start_up(folder: Path) -> asyncio.subprocess.Process:
    """Start ``lotstream up`` with servers of its own and a port for its worker that is free now."""
    # Not one that the system hands out: until the worker is up some client's connection could have it.
    (port,) = free_ports(1)
    unset = {"LOTSTREAM_KAFKA_BOOTSTRAP", "LOTSTREAM_POSTGRES_URL"}
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "lotstream.cli", "up", "--data", str(folder),
        env={**{key: value for key, value in os.environ.items() if key not in unset}, "LOTSTREAM_HTTP_PORT": str(port)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip


async def read_addresses(process: asyncio.subprocess.Process) -> dict[str, str]:
    """Read what is printed up to its last line; lines with a name and an address have blanks between."""
    assert process.stdout is not None
    addresses = {}
    async with asyncio.timeout(PATIENCE_S):
        while not (line := (await process.stdout.readline()).decode()).startswith("Ctrl-C"):
            name, _, address = line.strip().rpartition("  ")
            if name:
                addresses[name.strip()] = address.strip()
    return addresses


async def ready(url: str) -> None:
    """Ask until the page says that the worker is ready."""
    async with asyncio.timeout(PATIENCE_S), httpx.AsyncClient() as client:
        while True:
            try:
                answer = await client.get(url)
            except httpx.TransportError:
                answer = None
            if answer is not None and json.loads(answer.text)["ready"]:
                return
            await asyncio.sleep(0.1)
