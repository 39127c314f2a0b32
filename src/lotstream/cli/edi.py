"""``lotstream edi``: look at X12 files without a partner."""

from __future__ import annotations

from typing import Annotated

import typer

from lotstream.cli.options import InputFile, Json


def register(app: typer.Typer) -> None:
    """Add the group ``edi``."""
    edi = typer.Typer(help="Look at X12 files without a partner.", no_args_is_help=True)
    # A group of one command keeps its name in front of it.
    edi.callback()(lambda: None)
    edi.command("parse")(parse)
    app.add_typer(edi, name="edi")


def parse(
    file: InputFile,
    partner: Annotated[
        str | None, typer.Option("--partner", help="Profile to read it with; left out: found by the ISA's sender.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Show what one X12 file says.

    Verdict, acknowledgements and content; exits 1 when all of it is refused.
    """
    from lotstream.cli.doors import door_function, show

    raise typer.Exit(show(door_function("edi", "parse_file")(file, partner=partner), as_json=as_json))
