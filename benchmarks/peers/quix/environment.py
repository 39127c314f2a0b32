"""An environment with Quix Streams in it, made once in the cache: it wants another pydantic than lotstream."""

from __future__ import annotations

import asyncio
import hashlib
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable
from pathlib import Path

from lotstream.errors import LocalDownloadFailed
from lotstream.local.folders import cache_folder
from lotstream.local.lock import wait_for

LOCK = Path(__file__).parent / "requirements.lock"
INSTALL_S_MAX = 600.0
RETRIES = "1"
LAST_WORDS = 800


async def ready_quix(progress: Callable[[str], None]) -> Path:
    """Return the Python that has Quix Streams, after making its environment when there is none for this lock.

    Raises:
        LocalDownloadFailed: pip could not install what the lock names.
    """
    folder = cache_folder() / "peers"
    lock = await wait_for(folder)
    try:
        return await asyncio.to_thread(_ready, folder, progress)
    finally:
        lock.free()


def _ready(folder: Path, progress: Callable[[str], None]) -> Path:
    digest = hashlib.sha256(LOCK.read_bytes() + sys.version.encode()).hexdigest()[:16]
    environment = folder / f"quix-{digest}"
    python = environment / "bin" / "python"
    complete = environment / "complete"
    if not complete.exists():
        progress("Installing Quix Streams into an environment of its own, once")
        shutil.rmtree(environment, ignore_errors=True)
        venv.create(environment)
        _install(python)
        complete.touch()
    return python


def _install(python: Path) -> None:
    options = ["--quiet", "--disable-pip-version-check", "--no-input", "--retries", RETRIES, "--only-binary", ":all:"]
    # Our own pip installs there: giving the environment one takes longer than all the rest.
    command = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        str(python),
        "install",
        *options,
        "--require-hashes",
        "-r",
        str(LOCK),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=INSTALL_S_MAX, check=False)
    if done.returncode != 0:
        raise LocalDownloadFailed(
            f"Quix Streams could not be installed: {done.stderr.strip()[-LAST_WORDS:]}",
            what_to_do="Check the network and the package index pip is configured for, or leave it out with --only.",
        )
