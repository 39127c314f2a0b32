"""The workers that Kafka still counts in their group, though none of them runs.

Members are static: one that has ended is a member until its session times out, and gets back the very partitions it had
when it returns before. After a change of partitions it must not.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from typing import Final

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import CoordinatorNotAvailableError, KafkaError
from aiokafka.protocol.group import LeaveGroupRequest

from lotstream.errors import KafkaUnreachable, LogInUse
from lotstream.hub.logs.reading import kafka_answers
from lotstream.settings import Settings
from lotstream.store.claim import Claim

GONE_WITHIN_S: Final = 5.0
"""How much longer than the session timeout Kafka may take to forget workers that were killed."""

LOOK_EVERY_S: Final = 0.2


async def forget_members(settings: Settings, claims: Collection[Claim]) -> None:
    """Take members out of the workers' group that have given all their claims back; wait for those that were killed.

    Raises `LogInUse` when members are left after the session timeout: workers that do not share the lock on the log.
    """
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.kafka_bootstrap)
    released = all(claim.released or not claim.holder for claim in claims)
    try:
        with kafka_answers():
            await admin.start()
        async with asyncio.timeout(settings.session_timeout_s + GONE_WITHIN_S):
            while members := await _members(admin, settings.app):
                if released:
                    await _take_out(admin, settings.app, members)
                await asyncio.sleep(LOOK_EVERY_S)
    except TimeoutError as error:
        raise LogInUse(f"The consumer group {settings.app} still has members: a worker runs somewhere.") from error
    except KafkaError as error:
        raise KafkaUnreachable(f"Kafka does not answer: {error}.") from error
    finally:
        await admin.close()


async def _members(admin: AIOKafkaAdminClient, group: str) -> list[str]:
    """Return the ids of a group's members; waits for a broker that has just made the topic of all groups."""
    while True:
        try:
            [answer] = await admin.describe_consumer_groups([group])
        except CoordinatorNotAvailableError:
            await asyncio.sleep(LOOK_EVERY_S)
            continue
        _, _, _, _, _, members, *_ = answer.groups[0]
        return [str(member_id) for member_id, *_ in members]


async def _take_out(admin: AIOKafkaAdminClient, group: str, members: list[str]) -> None:
    coordinator = await admin.find_coordinator(group)
    for member in members:
        # The admin client has no call of its own for it.
        await admin._send_request(LeaveGroupRequest(group, member), coordinator)  # noqa: SLF001
