"""Log lines: JSON for machines, colours for a person at a terminal, one way for everybody's lines.

What lotstream logs goes through structlog; what Faust, aiokafka and uvicorn log through the standard library comes out
in the same form, from WARNING on (everything with the level ``debug``). Normal running writes one line per batch.
"""

from __future__ import annotations

import logging
import os
import sys
from typing import TextIO

import structlog
from structlog.typing import Processor

from lotstream.errors import SettingInvalid

LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}

#: Libraries whose INFO lines tell how they work, not how we do.
LIBRARIES = ("aiokafka", "asyncio", "faust", "httpcore", "httpx", "mode", "uvicorn")


def configure_logging(*, log_format: str = "auto", log_level: str = "info", stream: TextIO | None = None) -> None:
    """Send every log line of this process to ``stream`` (stderr), in one form.

    ``log_format`` is ``json``, ``console``, or ``auto``: for people when the stream is a terminal. Raises
    `SettingInvalid` for a level that is not one of `LEVELS`. May be called again; the last call counts.
    """
    stream = stream or sys.stderr
    level = _level(log_level)
    structlog.configure(
        processors=[*_shared(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.stdlib.LoggerFactory(),
        # The level may change with the next call, so loggers are not frozen on first use.
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_formatter(as_json=_as_json(log_format, stream), colors=_colors(stream)))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for name in LIBRARIES:
        logging.getLogger(name).setLevel(level if level == logging.DEBUG else max(level, logging.WARNING))


def _level(name: str) -> int:
    try:
        return LEVELS[name.lower()]
    except KeyError:
        raise SettingInvalid(f"LOTSTREAM_LOG_LEVEL is {name!r}; it can be {', '.join(LEVELS)}.") from None


def _as_json(log_format: str, stream: TextIO) -> bool:
    return log_format == "json" or (log_format == "auto" and not stream.isatty())


def _colors(stream: TextIO) -> bool:
    return stream.isatty() and not os.environ.get("NO_COLOR")


def _shared() -> list[Processor]:
    """Return what every line gets, ours and the libraries'."""
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]


def _formatter(*, as_json: bool, colors: bool) -> logging.Formatter:
    # Without the variables of each frame: they hold messages, and messages hold names and addresses.
    tracebacks = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
    last: list[Processor] = (
        [structlog.processors.ExceptionRenderer(tracebacks), structlog.processors.JSONRenderer(default=str)]
        if as_json
        else [structlog.dev.ConsoleRenderer(colors=colors, exception_formatter=structlog.dev.plain_traceback)]
    )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*_shared(), structlog.stdlib.ExtraAdder()],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
    )
