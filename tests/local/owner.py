"""A program that owns a local stack: prints what runs, then waits to be ended. Tests run it by its path."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from pathlib import Path

from lotstream.local import LocalStack


def forked_child() -> int:
    """Fork without exec, as ``multiprocessing`` can: the child has every open file of its parent."""
    pid = os.fork()
    if pid == 0:
        signal.pause()
    return pid


async def main() -> None:
    """Own a stack until a signal ends this process."""
    stack = LocalStack(Path(sys.argv[1]), temporary="temporary" in sys.argv)
    await stack.start()
    child = forked_child() if "forking" in sys.argv else None
    sys.stdout.write(json.dumps({"kafka": stack.kafka_pid, "postgres": stack.postgres_pid, "child": child}) + "\n")
    sys.stdout.flush()
    try:
        await asyncio.Event().wait()
    finally:
        await stack.stop()


if __name__ == "__main__":
    asyncio.run(main())
