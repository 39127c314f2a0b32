"""A stretch of code in which nothing outside the process is touched."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from contextvars import ContextVar
from functools import cache
from typing import Any, Final

OUTSIDE: Final = ("open", "socket.", "subprocess.", "os.", "shutil.", "sqlite3.")
"""Beginnings of the audit events (Python's table of audit events) that reach out of the process."""

_quiet: ContextVar[bool] = ContextVar("quiet", default=False)


class TouchedOutside(AssertionError):
    """Code that should be pure opened a file, a socket or a process."""


@contextlib.contextmanager
def no_outside_world() -> Iterator[None]:
    """Make opening a file, a socket or a process raise `TouchedOutside` in this block."""
    _listen()
    token = _quiet.set(True)
    try:
        yield
    finally:
        _quiet.reset(token)


@cache
def _listen() -> None:
    # An audit hook cannot be taken away again, so there is one for the process, which looks at nothing outside a block.
    sys.addaudithook(_hear)


def _hear(event: str, arguments: tuple[Any, ...]) -> None:
    if _quiet.get() and event.startswith(OUTSIDE):
        raise TouchedOutside(f"{event} {arguments!r}")
