"""A person at the command line: runs what the runbooks say, and knows what this version does not have."""

from __future__ import annotations

import asyncio
import os
import sys
from dataclasses import dataclass

from lotstream.errors import ExitCode
from lotstream.settings import Settings

#: Longest that one command may take, in seconds.
COMMAND_S = 120.0


@dataclass(frozen=True)
class Ran:
    """What became of a command."""

    code: int
    output: str

    @property
    def unknown(self) -> bool:
        """Say whether this version does not have the command."""
        return self.code in (ExitCode.NOT_IN_THIS_VERSION, ExitCode.USAGE)


async def operate(settings: Settings, *words: str) -> Ran:
    """Run a command of lotstream to its end."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "lotstream.cli", *words, env={**os.environ, **settings.as_environment()},
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    async with asyncio.timeout(COMMAND_S):
        output, _ = await process.communicate()
    return Ran(process.returncode or 0, output.decode(errors="replace"))
