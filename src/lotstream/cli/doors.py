"""Functions that connector packages give to the command line, found through their entry points."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any

from lotstream.cli.output import print_json
from lotstream.errors import ExitCode, PackageMissing

REFUSED = "refused"
"""The verdict of a delivery of which nothing was taken."""


def door_function(connector: str, function: str) -> Callable[..., dict[str, Any]]:
    """Return a function of the module an installed connector lives in; raises `PackageMissing` when it is not there."""
    from lotstream.connect.registry import find_connector

    module = sys.modules[find_connector(connector).__module__]
    found: Callable[..., dict[str, Any]] | None = getattr(module, function, None)
    if found is None:
        raise PackageMissing(
            f"The installed connector {connector} has no {function}.",
            what_to_do=f"Install the version of lotstream-{connector} that belongs to this lotstream.",
        )
    return found


def show(result: Mapping[str, Any], *, as_json: bool) -> ExitCode:
    """Print what a delivery would become; returns `FAILED` when all of it is refused."""
    if as_json:
        print_json(result)
    else:
        print(f"verdict: {result['verdict']}")
        for message in result.get("messages", ()):
            show_message(message)
        for refusal in result.get("refusals", ()):
            where = f" at {refusal['field']}" if refusal.get("field") else ""
            print(f"refused: {refusal['code']}{where}: {refusal['message']}")
        for note in result.get("notes", ()):
            print(f"note: {note}")
    return exit_code(result)


def exit_code(result: Mapping[str, Any]) -> ExitCode:
    """Return how a command ends that showed this: `FAILED` when all of it is refused."""
    return ExitCode.FAILED if result["verdict"] == REFUSED else ExitCode.OK


def show_message(message: Mapping[str, Any], indent: str = "") -> None:
    """Print a canonical message: its type, what it is about, and its lines."""
    body = message["body"]
    about, owner = body.get("order", message["message_id"]), body.get("owner") or "nobody yet"
    print(f"{indent}{message['type']}: {about} of {owner}")
    for line in body.get("lines", ()):
        # A cancellation has the ids of lines only.
        if isinstance(line, Mapping):
            what = line.get("sku") or line.get("gtin") or "an item without a name"
            print(f"{indent}  line {line['line']}: {line['quantity']} {line.get('unit') or 'base units'} of {what}")
