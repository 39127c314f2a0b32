from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import version
from typing import Any

import pytest
import typer

from lotstream.cli.app import build_app
from lotstream.cli.later import LATER
from lotstream.errors import ExitCode

HEAVY = ("aiokafka", "asyncpg", "faust", "httpx", "msgspec", "pydantic", "rich", "starlette", "structlog")


def commands(command: Any, words: str = "lotstream") -> Iterator[tuple[str, Any]]:  # noqa: ANN401
    """Yield every command and group with the words a person types."""
    yield words, command
    for name, inner in getattr(command, "commands", {}).items():
        yield from commands(inner, f"{words} {name}")


ALL = list(commands(typer.main.get_command(build_app())))


@pytest.mark.parametrize(("words", "command"), ALL, ids=[words for words, _ in ALL])
def test_every_command_and_option_explains_itself(words: str, command: Any) -> None:  # noqa: ANN401
    """No command, argument or option is without a sentence of help."""
    assert command.help, words
    for parameter in command.params:
        assert parameter.help, f"{words}: {parameter.name}"


def test_the_names_that_others_build_on_are_there() -> None:
    """Every command that is fixed by name exists, also those whose work comes later."""
    there = {words.removeprefix("lotstream ") for words, _ in ALL}

    assert there >= {
        "demo",
        "up", "worker", "connector run", "portal", "db migrate", "topics create", "doctor", "scenarios run",
        "edi parse", "shopify map", "lot trace", "lot hold", "lot recall", "order why", "stock", "expiring",
        "verify", "dlq list", "dlq show", "dlq replay", "dlq discard", "bench", "faults run",
    }  # fmt: skip


@pytest.mark.parametrize("words", LATER)
def test_a_later_command_refuses_by_name(lotstream: Callable[..., Any], words: str) -> None:
    """A command without its work says so, says what to do instead, and ends with its own exit code."""
    ran = lotstream(*words.split(), "L24A", "--json")

    assert ran.code == ExitCode.NOT_IN_THIS_VERSION
    assert f"`lotstream {words}` is not in this version." in ran.err
    assert "→" in ran.err


def test_an_error_is_one_sentence_and_a_next_step(
    lotstream: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A setting that is wrong is named with what is wrong, without a traceback and without its value."""
    monkeypatch.setenv("LOTSTREAM_PARTITIONS", "12")
    ran = lotstream("topics", "create")

    assert ran.code == ExitCode.SETUP
    assert "LOTSTREAM_PARTITIONS: Value error, it has to be a power of two" in ran.err
    assert "Traceback" not in ran.err
    assert len(ran.err.splitlines()) == 2


def test_debug_shows_where_it_happened(lotstream: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """With --debug, anywhere on the line, the traceback stands above the sentence."""
    monkeypatch.setenv("LOTSTREAM_PARTITIONS", "12")
    ran = lotstream("topics", "create", "--debug")

    assert ran.code == ExitCode.SETUP
    assert ran.err.startswith("Traceback")
    assert "lotstream: The settings cannot be used" in ran.err


def test_a_wrong_line_ends_with_usage(lotstream: Callable[..., Any]) -> None:
    """An option that does not exist ends with exit code 2."""
    assert lotstream("doctor", "--hard").code == ExitCode.USAGE


@pytest.mark.parametrize(
    ("to", "code", "said"),
    [
        ("/dev/full", ExitCode.FAILED, "lotstream: The output could not be written: No space left on device."),
        ("/dev/null", ExitCode.OK, ""),
        ("&-", ExitCode.OK, ""),
    ],
)
def test_output_that_cannot_be_written_is_said_in_a_sentence(to: str, code: int, said: str) -> None:
    """A full disk is no traceback, and a stream that was closed beforehand is nobody who listens."""
    line = f'"{sys.executable}" -m lotstream.cli scan "(01)09506000134352" >{to}'
    ran = subprocess.run(["sh", "-c", line], check=False, capture_output=True, text=True)
    assert (ran.returncode, ran.stderr.split("\n")[0]) == (code, said)


def test_who_stops_reading_hears_no_complaint() -> None:
    """A pipe whose reader has gone ends the command quietly."""
    line = f'("{sys.executable}" -m lotstream.cli --help; echo $? >&2) | true'
    ran = subprocess.run(["sh", "-c", line], check=False, capture_output=True, text=True)
    assert ran.stderr in {"0\n", "1\n"}


def test_version(lotstream: Callable[..., Any]) -> None:
    """--version prints the version of the installed package."""
    assert lotstream("--version").out == f"lotstream {version('lotstream')}\n"


def test_the_program_starts_without_heavy_packages() -> None:
    """Building the program imports none of the packages that only commands need, so that help comes at once."""
    code = (
        "import sys; from lotstream.cli.app import build_app; build_app(); "
        f"print([name for name in {HEAVY} if name in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert ran.stdout.strip() == "[]"
