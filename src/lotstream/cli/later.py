"""Commands whose names are fixed and whose work comes later: they say so, and what can be done instead."""

from __future__ import annotations

from typing import Annotated

import typer

from lotstream.errors import NotInThisVersion

#: Command → what it will do, and what to do until then. Each leaves this table when its file is written.
LATER: dict[str, tuple[str, str]] = {
    "portal": (
        "Serve web pages and JSON API.",
        "Ask with `lotstream order why` and `lotstream stock`, and read /metrics of the worker.",
    ),
}


def register(app: typer.Typer) -> None:
    """Add every later command, into the group of its name."""
    groups = {group.name: group.typer_instance for group in app.registered_groups if group.typer_instance}
    for words, (what, meanwhile) in LATER.items():
        group, _, name = words.rpartition(" ")
        _add(groups[group] if group else app, name, words=words, what=what, meanwhile=meanwhile)


def _add(app: typer.Typer, name: str, *, words: str, what: str, meanwhile: str) -> None:
    # Whatever arguments the command will take, its answer is the same today.
    @app.command(name, help=f"{what} (Not in this version.)", context_settings={"ignore_unknown_options": True})
    def refuse(
        arguments: Annotated[list[str] | None, typer.Argument(help="Not read in this version.", hidden=True)] = None,
    ) -> None:
        del arguments
        raise NotInThisVersion(f"`lotstream {words}` is not in this version.", what_to_do=meanwhile)
