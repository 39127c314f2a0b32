"""``lotstream db restored``: putting a database right that was restored to an earlier point."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from lotstream.cli.agreeing import Yes, agree
from lotstream.cli.environment import read_settings, run
from lotstream.cli.output import complain
from lotstream.errors import ExitCode

if TYPE_CHECKING:
    from lotstream.hub.logs.replay import Replayed, Restoration
    from lotstream.settings import Settings


def register(app: typer.Typer) -> None:
    """Add the command to the group ``db``."""
    [db] = [group.typer_instance for group in app.registered_groups if group.name == "db"]
    if db is not None:
        db.command("restored")(restored)


def restored(
    replay: Annotated[
        bool, typer.Option("--replay", help="Decide again what readers were told, and compare it with that.")
    ] = False,
    despite_differences: Annotated[
        bool,
        typer.Option(
            "--despite-differences",
            help="With --replay: keep what is decided now also where readers were told otherwise, and list it.",
        ),
    ] = False,
    yes: Yes = False,
) -> None:
    """Say what a restored database lacks, and decide it again.

    Run it after every restore, before a worker starts. Exits 1 when --replay is needed. Nothing that was published is
    published again; --replay writes nothing that differs from it.
    """
    restoration, replayed = run(_restored(read_settings(), replay, despite_differences, yes=yes))
    if replayed is not None:
        _tell_replayed(replayed)
    elif not restoration.lacks_nothing:
        following = restoration.following
        later = f", and all of log number {following.log.number}" if following else ""
        complain(
            f"The database lacks {restoration.records} records that readers have been told of{later}.",
            "Keep all workers stopped and run `lotstream db restored --replay`.",
        )
        raise typer.Exit(ExitCode.FAILED)
    else:
        print("the database has decided all that readers were told; start the workers")


async def _restored(
    settings: Settings, wanted: bool, despite_differences: bool, *, yes: bool
) -> tuple[Restoration, Replayed | None]:
    from lotstream.hub.logs.replay import consider, replay
    from lotstream.hub.logs.situation import hold
    from lotstream.ops.logging import configure_logging

    # What a worker says of each batch is no answer to a person.
    configure_logging(log_format=settings.log_format, log_level="warning")
    async with hold(settings) as held:
        restoration = await consider(held)
        _tell_restoration(restoration)
        if not wanted:
            return restoration, None
        if despite_differences:
            agree("Keep what is decided now, though readers may have been told otherwise?", yes=yes)
        return restoration, await replay(held, restoration, despite_differences=despite_differences)


def _tell_restoration(restoration: Restoration) -> None:
    for partition, stretch in sorted(restoration.stretches.items()):
        noted = restoration.situation.noted.get(partition)
        by = f" by lotstream {noted.noted.partition(' ')[2]}" if noted else ""
        print(f"partition {partition:<3}  database at {stretch.start}, published up to {stretch.end}{by}")
    if following := restoration.following:
        print(f"Then `topics resize {following.log.partitions}` began log number {following.log.number}.")
    situation = restoration.situation
    silent = sorted(p for p, claim in situation.claims.items() if claim.next_offset and p not in situation.numbers)
    if silent:
        print(f"Kafka has no position of partitions {', '.join(map(str, silent))}: the database's own counts there")


def _tell_replayed(replayed: Replayed) -> None:
    print(f"decided {replayed.records} records again, {replayed.messages} messages")
    print(f"digest of these messages   {replayed.digest}")
    print(f"digest of those published  {replayed.published_digest}")
    for number, type_ in replayed.put_back:
        print(f"numbered again, as the topic has it: {number} {type_}")
    for difference in replayed.differences:
        print(f"{difference}")
    if more := replayed.differences_count - len(replayed.differences):
        print(f"and {more} more")
    if replayed.differences_count:
        print(f"{replayed.differences_count} messages differ; the database counts. Tell those who read them.")
    print("the relay goes on where it was; start the workers")
