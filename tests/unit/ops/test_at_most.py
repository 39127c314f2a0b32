from __future__ import annotations

import httpx
import pytest
from prometheus_client import REGISTRY
from starlette.applications import Starlette

from lotstream.ops.http import AtMost


@pytest.mark.parametrize(
    "limit",
    [
        pytest.param("http_requests_max", marks=pytest.mark.limit("http_requests_max")),
        pytest.param("requests_max", marks=pytest.mark.limit("requests_max")),
    ],
)
async def test_a_request_above_the_limit_is_counted(limit: str) -> None:
    """A page or door that serves as many requests as it may answers the next one with 503 and counts it."""
    labels = {"limit": limit}
    before = REGISTRY.get_sample_value("lotstream_limit_reached_total", labels) or 0
    door = AtMost(Starlette(), requests_max=0, limit=limit)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(door), base_url="http://door") as client:
        assert (await client.get("/")).status_code == 503
    assert REGISTRY.get_sample_value("lotstream_limit_reached_total", labels) == before + 1
