from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from lotstream.errors import SettingInvalid
from lotstream.ops.logging import configure_logging


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def logging_as_it_was() -> Iterator[None]:
    """Give the next test the loggers this one found."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    root.handlers = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def test_a_pipe_gets_json_lines() -> None:
    """Each line is one JSON object with time, level, logger and the values given."""
    stream = io.StringIO()
    configure_logging(stream=stream)
    structlog.get_logger("lotstream.hub").info("batch", records=3)

    line = json.loads(stream.getvalue())
    assert (line["event"], line["records"], line["level"], line["logger"]) == ("batch", 3, "info", "lotstream.hub")
    assert line["timestamp"].endswith("Z")


def test_lines_of_libraries_come_out_in_the_same_form() -> None:
    """A warning of aiokafka is a JSON line too; its chatter is left out."""
    stream = io.StringIO()
    configure_logging(stream=stream)
    logging.getLogger("aiokafka.conn").info("connecting")
    logging.getLogger("aiokafka.conn").warning("lost %s", "broker 1")

    lines = [json.loads(text) for text in stream.getvalue().splitlines()]
    assert [(line["event"], line["level"]) for line in lines] == [("lost broker 1", "warning")]


def test_a_person_at_a_terminal_gets_words() -> None:
    """With ``auto`` a terminal gets lines for people instead of JSON."""
    stream = Terminal()
    configure_logging(stream=stream)
    structlog.get_logger().info("ready", port=9400)

    assert "ready" in stream.getvalue()
    assert not stream.getvalue().startswith("{")


def test_no_color_is_obeyed(monkeypatch: pytest.MonkeyPatch) -> None:
    """With NO_COLOR set not one escape sequence is written, terminal or not."""
    monkeypatch.setenv("NO_COLOR", "1")
    stream = Terminal()
    configure_logging(stream=stream)
    structlog.get_logger().warning("slow")

    assert "\x1b" not in stream.getvalue()


def test_a_traceback_is_part_of_its_json_line() -> None:
    """An exception is logged within its line, so that one event stays one line."""
    stream = io.StringIO()
    configure_logging(stream=stream)
    try:
        raise RuntimeError("broken")
    except RuntimeError:
        structlog.get_logger().exception("worker stops")

    (text,) = stream.getvalue().splitlines()
    assert json.loads(text)["exception"][0]["exc_value"] == "broken"


@pytest.mark.parametrize("log_format", ["json", "console"])
def test_a_traceback_shows_no_values(log_format: str) -> None:
    """What a variable held when a worker died is a message, maybe somebody's address, and stands in no log line."""
    stream = io.StringIO()
    configure_logging(stream=stream, log_format=log_format)
    address = "1 Example Street"
    try:
        raise RuntimeError(str(len(address)))
    except RuntimeError:
        structlog.get_logger().exception("worker stops")

    assert "RuntimeError" in stream.getvalue()
    assert "1 Example Street" not in stream.getvalue()


def test_an_unknown_level_is_refused_by_name() -> None:
    """A level that does not exist names the setting and what it can be."""
    with pytest.raises(SettingInvalid, match=r"LOTSTREAM_LOG_LEVEL is 'loud'; it can be debug, info, warning, error\."):
        configure_logging(log_level="loud")


def test_the_level_holds_for_ours() -> None:
    """Below the level nothing is written."""
    stream = io.StringIO()
    configure_logging(stream=stream, log_level="warning")
    structlog.get_logger().info("batch")

    assert not stream.getvalue()
