"""``lotstream db``: the database of the hub."""

from __future__ import annotations

from typing import Annotated

import typer

from lotstream.cli.environment import read_settings, run


def register(app: typer.Typer) -> None:
    """Add the group ``db``."""
    db = typer.Typer(help="The database of the hub.", no_args_is_help=True)
    db.command("migrate")(migrate)
    app.add_typer(db, name="db")


def migrate(
    before_deployment: Annotated[
        bool,
        typer.Option(
            "--before-deployment",
            help="Apply only what the code that still runs can live with; the rest waits for a second run.",
        ),
    ] = False,
) -> None:
    """Bring the database to this version.

    Safe to run twice, and from two machines at once.
    """
    from lotstream.cli.setup import prepare_database

    applied = run(prepare_database(read_settings(), post=not before_deployment))
    for name in applied:
        print(f"applied {name}")
    print("the database is up to date" if not applied else f"{len(applied)} migrations applied")
