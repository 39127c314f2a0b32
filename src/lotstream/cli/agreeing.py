"""Asking a person before something is done that cannot be undone."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from lotstream.errors import ExitCode, LotstreamError

Yes = Annotated[bool, typer.Option("--yes", help="Do it without asking.")]


class NobodyToAsk(LotstreamError):
    """A person has to agree first, and nobody is at a terminal."""

    exit_code = ExitCode.USAGE
    advice = "Run the command again with --yes when that is what you want."


def agree(question: str, *, yes: bool) -> None:
    """Return when it may be done; ends the program when the person says no, raises `NobodyToAsk` without a terminal."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise NobodyToAsk(f"{question} A person has to agree first, and nobody is at a terminal.")
    typer.confirm(question, abort=True, err=True)
