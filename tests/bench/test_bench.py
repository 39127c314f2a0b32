"""The bench on a real hub, in the smallest size: what it measures is there, and says nothing about speed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from lotstream.settings import Settings
from lotstream.testing.bench.drain import drain
from lotstream.testing.bench.hub import bench_hub
from lotstream.testing.bench.latency import latency_round
from lotstream.testing.bench.offering import Offer
from lotstream.testing.bench.processors import Programs
from lotstream.testing.load import Load

LOAD = Load(orders=200, owners=4, skus=5)


async def test_a_backlog_is_drained_and_a_pace_is_kept(hub_settings: Settings, tmp_path: Path) -> None:
    """Every order of a backlog is decided and published; every order at a pace has a pick task after its append."""
    drained, paced = (replace(LOAD, owner_prefix=name, source=name) for name in ("drain", "pace"))
    async with bench_hub(hub_settings, programs=Programs(None, None), folder=tmp_path) as hub:
        await hub.prepare([drained, paced])
        found = await drain(hub, drained, workers=1, warm_up_s=0.0)
        offer = Offer(hub_settings.kafka_bootstrap, paced, 200.0, tmp_path / "times.json")
        kept = await latency_round(hub, offer, workers=1, warm_up_s=0.5)

    # Beside the orders the hub tells itself what day it is.
    assert 0 < found.decided <= found.published
    assert found.published >= LOAD.orders
    assert found.written.rows["journal"] >= found.written.rows["sales_order"] >= LOAD.orders
    assert found.batches.count > 0
    assert set(found.cpu_s) == {"worker", "bench"}
    assert kept.orders == LOAD.orders - 100
    # The broker notes whole milliseconds.
    assert 0 < kept.from_append.p50_ms <= kept.from_append.p99_ms <= kept.from_schedule.max_ms + 1
