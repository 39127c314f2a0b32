from __future__ import annotations

from pathlib import Path

from lotstream.domain.slots import partition_of
from lotstream.settings import Settings
from lotstream.testing.figures import read_figures
from lotstream.testing.processes import WorkerProcess
from tests.hub.client import HubClient

OWNERS = [f"owner-{number}" for number in range(16)]
SHARED = "SELECT FROM claim HAVING count(DISTINCT holder) = 2 AND NOT bool_or(released)"
OF_SECOND = "SELECT partition FROM claim WHERE holder LIKE '%-second-%'"


async def test_a_rebalance_loads_nothing_of_what_stays(hub_settings: Settings, tmp_path: Path) -> None:
    """When a second worker joins, the first loads none of the owners it keeps and drops those of the others."""
    log, other = tmp_path / "first.log", tmp_path / "second.log"
    async with WorkerProcess(hub_settings, instance="first", log=log), HubClient(hub_settings) as client:
        await _touch_all(client, version=1)
        assert (await read_figures(log))["lotstream_owners_loaded_total"] == len(OWNERS)
        async with WorkerProcess(hub_settings, instance="second", log=other):
            await client.row(SHARED)
            partitions = {row["partition"] for row in await client.rows(OF_SECOND)}
            await _touch_all(client, version=2)
            first, second = await read_figures(log), await read_figures(other)
    moved = [owner for owner in OWNERS if partition_of(owner.encode(), hub_settings.partitions) in partitions]
    assert 0 < len(moved) < len(OWNERS)
    assert first["lotstream_owners_loaded_total"] == len(OWNERS)
    assert first["lotstream_owners_dropped_total{revoked}"] == len(moved)
    assert second["lotstream_owners_loaded_total"] == len(moved)


async def _touch_all(client: HubClient, *, version: int) -> None:
    for owner in OWNERS:
        body = {"owner": owner, "sku": "S", "base_unit": "each", "version": version}
        assert (await client.send("item.defined", body))["outcome"] == "done"
