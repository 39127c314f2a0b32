"""The program ``lotstream``: its groups of commands, and what a person sees when something goes wrong.

A group is a module of this package with ``register(app)``; it is added by its name in `GROUPS`.
"""

from __future__ import annotations

import errno
import logging
import os
import sys
import traceback
from importlib import import_module
from pathlib import Path
from typing import Annotated, TextIO

import typer

from lotstream import __version__
from lotstream.cli.output import complain
from lotstream.errors import ExitCode, LotstreamError

GROUPS = (
    "demo",
    "up",
    "worker",
    "connector",
    "simulator",
    "db",
    "restored",
    "topics",
    "doctor",
    "scenarios",
    "edi",
    "shopify",
    "order",
    "stock",
    "roll_forward",
    "scan",
    "scanned",
    "serial",
    "wave",
    "lot",
    "lot_recall",
    "holds",
    "lot_where",
    "returns",
    "expiring",
    "kpi",
    "person",
    "person_erased",
    "person_shown",
    "count",
    "receipts",
    "transfer",
    "title",
    "owner",
    "site",
    "verify",
    "dlq",
    "bench",
    "faults",
    "later",
)
"""Modules of this package with commands, in the order of the help."""

DEBUG = "--debug"

_UNWRITABLE = frozenset({errno.EPIPE, errno.ENOSPC, errno.EDQUOT, errno.EIO})
"""Why output cannot be written: nobody reads it, or its disk is full or broken."""


def build_app() -> typer.Typer:
    """Return the program with all its commands."""
    app = typer.Typer(
        name="lotstream",
        help="The hub between the systems that ask for goods and the warehouse that has them in lots.",
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )
    app.callback()(_global_options)
    for group in GROUPS:
        import_module(f"lotstream.cli.{group}").register(app)
    return app


def main() -> None:
    """Run the program with the arguments of the process; never returns."""
    _open_streams()
    # Taken out first, so that it may stand anywhere on the line.
    debug = DEBUG in sys.argv
    # What libraries log is for the programs that run for long; they set their own handler.
    logging.getLogger().addHandler(logging.NullHandler())
    arguments = [argument for argument in sys.argv[1:] if argument != DEBUG]
    try:
        _run(arguments)
    except LotstreamError as error:
        if debug:
            traceback.print_exc()
        complain(str(error), error.what_to_do)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(ExitCode.INTERRUPTED)
    except OSError as error:
        if error.errno not in _UNWRITABLE:
            raise
        # What is left in the buffer would be tried again when Python ends, and complained of once more.
        sys.stdout = _nowhere()
        if error.errno != errno.EPIPE:
            complain(f"The output could not be written: {error.strerror}.", "Free space, or write it elsewhere.")
        sys.exit(ExitCode.FAILED)


def _open_streams() -> None:
    """Have what is printed go nowhere where whoever started the program has closed its streams."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, _nowhere())


def _nowhere() -> TextIO:
    return Path(os.devnull).open("w", encoding="utf-8")


def _run(arguments: list[str]) -> None:
    try:
        build_app()(arguments, prog_name="lotstream")
    finally:
        sys.stdout.flush()


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"lotstream {__version__}")
        raise typer.Exit


def _global_options(
    show_version: Annotated[
        bool, typer.Option("--version", help="Print the version and end.", is_eager=True, callback=_print_version)
    ] = False,
    debug: Annotated[bool, typer.Option(DEBUG, help="Show the traceback of an error (anywhere on the line).")] = False,
) -> None:
    """Give the options that stand before every command; they act while the line is read."""
