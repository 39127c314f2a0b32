"""Kafka forgets the relay's positions after its retention: the database's copy counts, and the larger of the two."""

from __future__ import annotations

from pathlib import Path

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import Array, Int16, Int32, Schema, String

from lotstream.contracts.topics import INBOUND
from lotstream.hub.kafka import AioKafka
from lotstream.settings import Settings
from lotstream.testing.load import Load, catalogue, orders
from tests.hub.logs import bring_to_rest, define_site, long_only, rows, sound_books

LOAD = Load(orders=40, owners=8, skus=4)


class DeleteGroupsResponseV0(Response):  # type: ignore[misc]  # aiokafka has no types
    """What became of each group."""

    API_KEY = 42
    API_VERSION = 0
    SCHEMA = Schema(("throttle_time_ms", Int32), ("results", Array(("group", String("utf-8")), ("error_code", Int16))))


class DeleteGroupsRequestV0(RequestStruct):  # type: ignore[misc]  # aiokafka has no types
    """Groups to forget, with all their positions."""

    API_KEY = 42
    API_VERSION = 0
    RESPONSE_TYPE = DeleteGroupsResponseV0
    SCHEMA = Schema(("groups", Array(String("utf-8"))))


class DeleteGroupsRequest(Request[DeleteGroupsRequestV0]):  # type: ignore[misc]  # aiokafka has no types
    """What Kafka does by itself when a group was idle for its retention; aiokafka's client cannot ask for it."""

    API_KEY = 42

    def __init__(self, groups: list[str]) -> None:
        self._groups = groups

    def build(self, request_struct_class: type[DeleteGroupsRequestV0]) -> DeleteGroupsRequestV0:
        """Return the request in the one version there is."""
        return request_struct_class(self._groups)


@long_only
async def test_kafkas_position_counts_when_the_copy_is_behind(hub_settings: Settings, tmp_path: Path) -> None:
    """A copy that is behind, as after a crash, makes no message come twice: the larger of the two counts."""
    await define_site(hub_settings, tmp_path)
    await bring_to_rest(hub_settings, tmp_path, records=[*catalogue(LOAD), *orders(LOAD)])
    await rows(hub_settings, "UPDATE claim SET relay_position = 0")
    await bring_to_rest(hub_settings, tmp_path, records=orders(LOAD, first=LOAD.orders))
    assert (await sound_books(hub_settings)).orders == 2 * LOAD.orders
    assert await rows(hub_settings, "SELECT partition FROM claim WHERE relay_position <> next_offset") == []


@long_only
async def test_the_copy_counts_when_kafka_has_forgotten(hub_settings: Settings, tmp_path: Path) -> None:
    """After Kafka forgot all positions nothing is published twice or left out, and Kafka is told all of them again."""
    before = await _positions(hub_settings)
    await _forget(hub_settings)
    assert await _positions(hub_settings) == {}

    await bring_to_rest(hub_settings, tmp_path, records=orders(LOAD, first=2 * LOAD.orders))
    assert (await sound_books(hub_settings)).orders == 3 * LOAD.orders
    after = await _positions(hub_settings)
    assert after.keys() == before.keys()
    assert all(after[p] >= before[p] for p in after)


async def _positions(settings: Settings) -> dict[int, int]:
    noted = await AioKafka(settings, topic=INBOUND.name).positions(range(settings.partitions))
    return {partition: position.offset for partition, position in noted.items()}


async def _forget(settings: Settings) -> None:
    group = f"{settings.app}-relay"
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.kafka_bootstrap)
    await admin.start()
    try:
        coordinator = await admin.find_coordinator(group)
        answer = await admin._send_request(DeleteGroupsRequest([group]), coordinator)
    finally:
        await admin.close()
    assert [code for _, code in answer.results] == [0]
