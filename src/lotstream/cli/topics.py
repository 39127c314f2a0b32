"""``lotstream topics``: the topics in Kafka."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from lotstream.cli.agreeing import Yes, agree
from lotstream.cli.environment import read_settings, run
from lotstream.errors import TopicsDiffer

if TYPE_CHECKING:
    from lotstream.hub.logs.adopt import Adopted, Adoption
    from lotstream.hub.logs.moving import Moved
    from lotstream.hub.logs.resize import Resized
    from lotstream.settings import Settings


def register(app: typer.Typer) -> None:
    """Add the group ``topics``."""
    topics = typer.Typer(help="The topics in Kafka.", no_args_is_help=True)
    topics.command("create")(create)
    topics.command("resize")(resize)
    topics.command("adopt")(adopt)
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


def resize(
    partitions: Annotated[int, typer.Argument(help="How many partitions: a power of two up to 256.")],
) -> None:
    """Give the inbound topic more partitions.

    Refused while connectors or workers run, or while anything is undecided or unpublished. Safe to repeat.
    """
    resized = run(_resize(read_settings(), partitions))
    if not resized.changed:
        print(f"the inbound topic has {partitions} partitions already")
        return
    print(f"the inbound topic has {partitions} partitions, {resized.before.partitions} before")
    print(f"its records count under log number {resized.after.number} from here on")
    _tell_moved(resized.moved)
    print(f"Set LOTSTREAM_PARTITIONS={partitions} wherever it is set, then start workers and connectors.")


def adopt(yes: Yes = False) -> None:
    """Take on an inbound topic that was lost, made anew or cut.

    Refused while connectors or workers run, and while the topic is the one that was read so far. Publishes what the
    old log left, then counts from the topic's first record under the next log number. Safe to repeat.
    """
    adopted = run(_adopt(read_settings(), yes=yes))
    print(f"published {adopted.rest.published} messages of the old log")
    if adopted.rest.there_before:
        print(f"{adopted.rest.there_before} more were published already, though nobody had noted it")
    _tell_moved(adopted.moved)
    print(f"the inbound topic is read from its first record under log number {adopted.log.number}")
    print("Start workers and connectors, and let senders send again what may be lost.")


async def _resize(settings: Settings, partitions: int) -> Resized:
    from lotstream.hub.logs.resize import resize
    from lotstream.hub.logs.situation import hold

    async with hold(settings) as held:
        return await resize(held, partitions)


async def _adopt(settings: Settings, *, yes: bool) -> Adopted:
    from lotstream.cli.setup import wanted_topics
    from lotstream.contracts.topics import INBOUND
    from lotstream.hub.logs.adopt import adopt, consider
    from lotstream.hub.logs.situation import hold

    [wanted] = [topic for topic in wanted_topics(settings) if topic.name == INBOUND.name]
    async with hold(settings) as held:
        adoption = await consider(held, wanted)
        _tell_adoption(adoption)
        agree("Adopt this topic?", yes=yes)
        return await adopt(held, adoption)


def _tell_adoption(adoption: Adoption) -> None:
    situation = adoption.situation
    print(adoption.why)
    print(f"log number   {situation.log.number}, becomes {situation.newest_log() + 1}")
    print(f"partitions   {situation.sight.partitions}, {situation.log.partitions} before")
    print(f"records      {adoption.records} in the topic now; those that were decided before are duplicates")
    print(f"unpublished  {adoption.unpublished} messages of the old log, published first")
    print(f"decided to   {adoption.decided_until or 'nothing'}; records of the old topic after it may be lost")
    if situation.is_before_a_later_log:
        print(
            f"The database does not know log number {situation.newest_log()}: what was decided under it is decided "
            "again under new ids, and readers are told a second time."
        )
    if ahead := situation.ahead():
        print(f"The database was restored to an earlier point besides: {len(ahead)} partitions have published more.")


def _tell_moved(moved: Moved) -> None:
    if moved.broadcasts or moved.records:
        print(f"appended {moved.broadcasts} commands for every partition, and {moved.records} records once more")
