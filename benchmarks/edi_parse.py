"""How fast X12 is read: segments a second of the envelope alone, and of whole 940s down to canonical orders.

Run as ``python benchmarks/edi_parse.py [orders]``; prints machine, sizes and the median of three rounds each.
"""

from __future__ import annotations

import platform
import resource
import statistics
import sys
import time
from collections.abc import Callable
from typing import Final

from lotstream_edi import samples
from lotstream_edi.envelope import read
from lotstream_edi.intake import take_in
from lotstream_edi.options import Partner
from lotstream_edi.outcome import Outcome

ORDERS: Final = 3156
"""Orders of the synthetic file unless said otherwise: about 210,000 segments, 4 MB."""
LINES: Final = 14
ROUNDS: Final = 3
RSS_UNIT_BYTES: Final = 1024
"""Unit of ru_maxrss on Linux."""


def synthetic(orders: int) -> bytes:
    """Return one interchange of 940s, each with an address, references, and lines with lot and line id."""
    sets = [samples.transaction_set(_order(number), number=f"{number:04}") for number in range(1, orders + 1)]
    return samples.interchange(samples.group(*sets), sender="BENCH").replace("~\n", "~").encode()


def _order(number: int) -> list[str]:
    heading = [
        f"W05*N*SO-{number:06}*PO-{number}",
        f"N1*ST*RECEIVING DOCK {number}*92*DC{number % 40}",
        f"N3*{number} HARBOUR ROAD",
        "N4*COLUMBUS*OH*43085*US",
        "N9*DP*042",
        "G62*10*20261130",
        "NTE*WHI*HANDLE WITH CARE",
        "W66*PP*M***GROUND*****UPSN",
    ]
    lines = [
        f"LX*{line}~W01*{line}*CA**VN*SKU-{line:04}*UK*10012345678902~N9*LI*{number}-{line}~N9*LT*L{line:05}".split("~")
        for line in range(1, LINES + 1)
    ]
    return [*heading, *(segment for line in lines for segment in line), f"W76*{LINES * (LINES + 1) // 2}"]


def main(arguments: list[str]) -> None:
    """Measure and print."""
    orders = int(arguments[0]) if arguments else ORDERS
    body = synthetic(orders)
    partners = {"ZZ-BENCH": Partner(owner="bench")}
    segments = body.count(b"~")
    envelope_s = _median_s(lambda: read(body))
    intake = take_in(read(body), partners)
    if intake.outcome is Outcome.REFUSED or len(intake.messages()) != orders:
        raise SystemExit(f"expected {orders} orders, got {len(intake.messages())}: {intake.outcome}")
    del intake
    orders_s = _median_s(lambda: take_in(read(body), partners))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * RSS_UNIT_BYTES
    sys.stdout.write(
        f"Python {platform.python_version()} on {platform.machine()}, one core, median of {ROUNDS} rounds\n"
        f"{orders} orders of {LINES} lines, {len(body) / 1e6:.1f} MB, {segments} segments\n"
        f"envelope          {segments / envelope_s:10,.0f} segments/s  {len(body) / envelope_s / 1e6:6.2f} MB/s\n"
        f"canonical orders  {segments / orders_s:10,.0f} segments/s  {len(body) / orders_s / 1e6:6.2f} MB/s"
        f"  {orders / orders_s:,.0f} orders/s\n"
        f"peak memory       {peak / 1e6:10,.0f} MB resident\n"
    )


def _median_s(work: Callable[[], object]) -> float:
    return statistics.median(_timed_s(work) for _ in range(ROUNDS))


def _timed_s(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    main(sys.argv[1:])
