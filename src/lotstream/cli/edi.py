"""``lotstream edi``: look at X12 files without a partner."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from lotstream.cli.options import InputFile, Json

INDENT = "  "


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
    from lotstream.cli.doors import door_function, exit_code
    from lotstream.cli.output import print_json

    parsed = door_function("edi", "parse_file")(file, partner)
    if as_json:
        print_json(parsed)
    else:
        print(f"{file.name}: {parsed['verdict']}")
        _show_findings(parsed, INDENT)
        for interchange in parsed["interchanges"]:
            _show_interchange(interchange)
        for note in parsed["notes"]:
            print(f"note: {note}")
    raise typer.Exit(exit_code(parsed))


def _show_interchange(interchange: Mapping[str, Any]) -> None:
    between = f"from {interchange['sender']} to {interchange['receiver']}"
    print(f"{INDENT}interchange {interchange['control_number']} {between}: {interchange['verdict']}")
    _show_findings(interchange, INDENT * 2)
    for group in interchange["groups"]:
        print(f"{INDENT * 2}group {group['functional_id']} {group['control_number']}: {group['verdict']}")
        _show_findings(group, INDENT * 3)
        for one in group["sets"]:
            _show_set(one)


def _show_set(one: Mapping[str, Any]) -> None:
    from lotstream.cli.doors import show_message

    print(f"{INDENT * 3}{one['type']} {one['control_number']}: {one['verdict']}")
    _show_findings(one, INDENT * 4)
    if one["content"]:
        show_message(one["content"], INDENT * 4)


def _show_findings(part: Mapping[str, Any], indent: str) -> None:
    for finding in part["findings"]:
        where = " ".join(str(finding[name]) for name in ("segment_id", "segment") if finding[name] is not None)
        print(f"{indent}{finding['severity']} {finding['code']}{f' at {where}' if where else ''}: {finding['message']}")
