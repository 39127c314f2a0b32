"""Fetch and try all the local stack needs: ``python -m lotstream.local`` downloads once, starts both, ends both."""

from __future__ import annotations

import asyncio
import sys

from lotstream.errors import LotstreamError
from lotstream.local import local_stack


def main() -> int:
    """Return the exit code: 0 when both servers came up."""
    try:
        asyncio.run(_start_and_end())
    except LotstreamError as error:
        sys.stderr.write(f"{error}\n{error.what_to_do}\n")
        return int(error.exit_code)
    return 0


def _show(words: str) -> None:
    sys.stderr.write(f"{words}\n")


async def _start_and_end() -> None:
    async with local_stack(progress=_show):
        pass


if __name__ == "__main__":
    raise SystemExit(main())
