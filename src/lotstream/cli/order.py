"""``lotstream order why``: what became of an order, and why these lots."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from lotstream.cli.environment import read_settings, run
from lotstream.cli.options import Json, Owner, Source
from lotstream.cli.output import print_json, say

if TYPE_CHECKING:
    from lotstream.cli.order_now import LineNow
    from lotstream.cli.order_tellers.words import Story


def register(app: typer.Typer) -> None:
    """Add the group ``order``."""
    order = typer.Typer(help="Ask about orders.", no_args_is_help=True)
    # A group of one command keeps its name in front of it.
    order.callback()(lambda: None)
    order.command("why")(why)
    app.add_typer(order, name="order")


def why(
    order: Annotated[str, typer.Argument(help="The order's number, as its sender wrote it.")],
    owner: Owner = None,
    source: Source = None,
    now: Annotated[bool, typer.Option("--now", help="Show as well which lots each line could take now.")] = False,
    as_json: Json = False,
) -> None:
    """Show what was decided about an order, and why.

    For each decision the rule that put the lots in order, each lot with what was taken of it or why it was not used,
    and what happened since. With --now every lot is looked at again as it is at this moment; nothing is promised by it.
    """
    from lotstream.cli.order_now import now_lines
    from lotstream.cli.order_story import story_lines, story_of

    story = run(_read(order, owner=owner, source=source))
    looked_at = run(_look_now(story)) if now else None
    if as_json:
        print_json(story_of(story) | ({} if looked_at is None else {"now": [asdict(line) for line in looked_at]}))
        return
    say("\n".join(story_lines(story)))
    if looked_at is not None:
        say("\n" + "\n".join(now_lines(story, looked_at)))


async def _look_now(story: Story) -> tuple[LineNow, ...]:
    from lotstream.cli.order_now import lines_now

    return await lines_now(read_settings(), story)


async def _read(number: str, *, owner: str | None, source: str | None) -> Story:
    from lotstream.cli.candidates import only_one
    from lotstream.cli.order_story import read_story
    from lotstream.store.reads import Reads

    settings = read_settings()
    async with Reads(settings.postgres_url, timeout_s=settings.postgres_timeout_s) as reads:
        found = {
            f"{who} from {key.source}": (who, key)
            for who, key in await reads.orders_called(number, owner=owner, source=source)
        }
        return await read_story(
            reads, *found[only_one("order", list(found), option="--owner or --source", what=f"order {number}")]
        )
