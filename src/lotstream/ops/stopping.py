"""What SIGTERM and SIGINT do to a program that runs for long: they ask it to end in order."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable

STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)


def on_stop_signal(stop: Callable[[], object]) -> None:
    """Call ``stop`` whenever one of `STOP_SIGNALS` comes, in the event loop that is running now."""
    loop = asyncio.get_running_loop()
    for number in STOP_SIGNALS:
        loop.add_signal_handler(number, stop)
