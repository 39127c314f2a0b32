"""``lotstream topics``: the topics in Kafka."""

from __future__ import annotations

import typer

from lotstream.cli.environment import read_settings, run
from lotstream.errors import TopicsDiffer


def register(app: typer.Typer) -> None:
    """Add the group ``topics``."""
    topics = typer.Typer(help="The topics in Kafka.", no_args_is_help=True)
    topics.command("create")(create)
    app.add_typer(topics, name="topics")


def create() -> None:
    """Make the topics that are missing.

    Says what differs in those that are there and exits 4 then. Safe to run twice.
    """
    from lotstream.cli.setup import prepare_topics

    created, different = run(prepare_topics(read_settings()))
    for name in created:
        print(f"created {name}")
    if different:
        raise TopicsDiffer(
            f"{'; '.join(map(str, different))}.",
            what_to_do="Change the topic with Kafka's own tools, or the setting; nothing that exists is changed here.",
        )
    print("the topics are as they should be")
