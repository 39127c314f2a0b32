"""A program that supervises another: prints its pid, then waits to be killed. Tests run it by its path."""

from __future__ import annotations

import asyncio
import os
import sys

from lotstream.local.supervise import Happening, Program, Supervisor


def tell(happening: Happening) -> None:
    """Print the pid of a program that was started."""
    if happening.pid is not None:
        sys.stdout.write(f"{happening.pid}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    program = Program("worker", (sys.executable, "-I", "-S", "-c", sys.argv[1]), env=dict(os.environ))
    asyncio.run(Supervisor([program], tell=tell).run())
