from __future__ import annotations

from lotstream.store.audit import Audit
from lotstream.store.postgres import PostgresStore
from tests.store.build import batch, claim, message


async def test_messages_of_a_stretch_are_those_whose_causes_lie_in_it(store: PostgresStore, database_url: str) -> None:
    """From the first offset on, without the last, of the named partitions of one log."""
    for partition in (0, 1):
        written = batch(await claim(store, partition), records=4)
        written.outbox += [message(offset, partition=partition) for offset in range(4)]
        written.outbox.append(message(2, 1, partition=partition))
        await store.commit(written)
    async with Audit(database_url) as audit:
        found = await audit.messages_of(1, {0: (1, 3), 2: (0, 9)})
        assert sorted(id_ for _, id_ in found) == sorted(message(*at).id for at in ((1, 0), (2, 0), (2, 1)))
        assert {topic for topic, _ in found} == {"lotstream.pick-tasks"}
        assert await audit.messages_of(2, {0: (0, 9)}) == []
