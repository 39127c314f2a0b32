"""The settings a command runs with, and an event loop to run it in."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

from lotstream.errors import SettingInvalid

if TYPE_CHECKING:
    from lotstream.settings import Settings

ResultT = TypeVar("ResultT")


def read_settings() -> Settings:
    """Return the settings of the environment; raises `SettingInvalid` naming every variable that is wrong."""
    from pydantic import ValidationError

    from lotstream.settings import settings

    try:
        return settings()
    except ValidationError as error:
        # Without the input: an address may hold a password.
        wrong = [
            f"LOTSTREAM_{'_'.join(map(str, problem['loc'])).upper()}: {problem['msg']}"
            for problem in error.errors(include_url=False, include_input=False, include_context=False)
        ]
        raise SettingInvalid(f"The settings cannot be used: {'; '.join(wrong)}.") from error


def configure_logs(settings: Settings) -> None:
    """Send this process's log lines where and how the settings say."""
    from lotstream.ops.logging import configure_logging

    configure_logging(log_format=settings.log_format, log_level=settings.log_level)


def run(work: Coroutine[Any, Any, ResultT]) -> ResultT:
    """Run a command's work to its end in an event loop of its own."""
    return asyncio.run(work)
