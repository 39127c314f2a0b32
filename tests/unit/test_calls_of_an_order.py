"""How much of our own code an ordinary order runs through, in calls: a clock would say something else each time."""

from __future__ import annotations

import asyncio
import sys
from itertools import islice
from pathlib import Path
from types import FrameType

import lotstream
from benchmarks.orders import Worker
from lotstream.testing.load import Load, orders

CALLS_MAX = 300
"""Calls of our own functions for an order of four lines, from its record to the rows of COPY; 296 when this was set."""

WARM, COUNTED = 100, 500
OWN = str(Path(lotstream.__file__).parent)


def test_what_has_nothing_to_say_to_an_ordinary_order_is_not_called() -> None:
    """From record to rows, an order with nothing special about it makes no more calls than it did."""
    assert asyncio.run(_calls()) / COUNTED <= CALLS_MAX


async def _calls() -> int:
    load, worker = Load(orders=WARM + COUNTED, owners=1, skus=10), Worker()
    await worker.begin(load)
    records = orders(load)
    await worker.one_batch(worker.polled(list(islice(records, WARM))))
    polled, calls = worker.polled(list(records)), 0

    def count(frame: FrameType, event: str, _arg: object) -> None:
        nonlocal calls
        calls += event == "call" and frame.f_code.co_filename.startswith(OWN)

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        await worker.one_batch(polled)
    finally:
        sys.setprofile(before)
    return calls
