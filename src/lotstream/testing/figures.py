"""What a running worker says about itself: its metrics, found by the port in its log, and its resident memory."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import psutil
from prometheus_client.parser import text_string_to_metric_families

ANSWER_S = 60.0
"""Longest that the page of metrics is waited for."""


async def read_figures(log: Path) -> dict[str, float]:
    """Return each sample of a worker by name, those with labels as ``name{value,…}``; raises `LookupError` at first.

    ``log`` is what the worker writes, as JSON; until it has said which port it listens on there is nothing to read.
    """
    port = _port(log)
    async with httpx.AsyncClient(timeout=ANSWER_S, trust_env=False) as client:
        page = (await client.get(f"http://127.0.0.1:{port}/metrics")).text
    return {
        sample.name + (f"{{{','.join(sample.labels.values())}}}" if sample.labels else ""): sample.value
        for family in text_string_to_metric_families(page)
        for sample in family.samples
    }


def resident_bytes(pid: int) -> int:
    """Return the resident memory of a process."""
    return int(psutil.Process(pid).memory_info().rss)


def _port(log: Path) -> int:
    """Return the port that the worker which wrote last listens on."""
    port = None
    for line in log.read_bytes().splitlines():
        if b'"http_listening"' in line:
            port = json.loads(line)["port"]
    if port is None:
        raise LookupError(f"No worker has said in {log} which port it listens on.")
    return int(port)
