"""``lotstream shopify``: look at Shopify's webhooks without a shop."""

from __future__ import annotations

from typing import Annotated

import typer

from lotstream.cli.options import InputFile, Json


def register(app: typer.Typer) -> None:
    """Add the group ``shopify``."""
    shopify = typer.Typer(help="Look at Shopify's webhooks without a shop.", no_args_is_help=True)
    # A group of one command keeps its name in front of it.
    shopify.callback()(lambda: None)
    shopify.command("map")(map_body)
    app.add_typer(shopify, name="shopify")


def map_body(
    file: InputFile,
    topic: Annotated[str, typer.Option("--topic", help="Topic of the webhook, e.g. orders/create.")],
    as_json: Json = False,
) -> None:
    """Show what the body of a webhook becomes.

    Exits 1 when all of it is refused.
    """
    from lotstream.cli.doors import door_function, show

    raise typer.Exit(show(door_function("shopify", "map_file")(file, topic), as_json=as_json))
