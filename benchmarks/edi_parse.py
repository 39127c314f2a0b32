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

from lotstream_edi.envelope import read
from lotstream_edi.intake import Outcome, take_in
from lotstream_edi.options import Partner

ORDERS: Final = 3156
"""Orders of the synthetic file unless said otherwise: about 205,000 segments, 5 MB."""
LINES: Final = 14
ROUNDS: Final = 3
MAX_RSS_BYTES: Final = 1024
"""Unit of ru_maxrss on Linux."""


def synthetic(orders: int, *, lines: int = LINES) -> bytes:
    """Return one interchange of 940s, each with an address, references, and lines with lot and line id."""
    isa = "ISA*00*          *00*          *ZZ*BENCH          *ZZ*LOTSTREAM      *261121*1200*U*00401*000000001*0*P*>~"
    sets = "".join(_order(number, lines) for number in range(1, orders + 1))
    return f"{isa}GS*OW*BENCH*LOTSTREAM*20261121*1200*1*X*004010~{sets}GE*{orders}*1~IEA*1*000000001~".encode()


def _order(number: int, lines: int) -> str:
    heading = (
        f"W05*N*SO-{number:06}*PO-{number}~N1*ST*RECEIVING DOCK {number}*92*DC{number % 40}~N3*{number} HARBOUR ROAD~"
        "N4*COLUMBUS*OH*43085*US~N9*DP*042~G62*10*20261130~NTE*WHI*HANDLE WITH CARE~W66*PP*M***GROUND*****UPSN~"
    )
    loops = "".join(
        f"LX*{line}~W01*{line}*CA**VN*SKU-{line:04}*UK*10012345678902~N9*LI*{number}-{line}~N9*LT*L{line:05}~"
        for line in range(1, lines + 1)
    )
    total = lines * (lines + 1) // 2
    count = 2 + 8 + 4 * lines + 1
    return f"ST*940*{number:04}~{heading}{loops}W76*{total}~SE*{count}*{number:04}~"


def main(arguments: list[str]) -> None:
    """Measure and print."""
    orders = int(arguments[0]) if arguments else ORDERS
    body = synthetic(orders)
    partners = {"ZZ-BENCH": Partner(owner="bench")}
    segments = body.count(b"~")
    print(f"Python {platform.python_version()} on {platform.machine()}, {orders} orders of {LINES} lines,")
    print(f"{len(body) / 1e6:.1f} MB, {segments} segments, one core, median of {ROUNDS} rounds")
    seconds = _median_s(lambda: read(body))
    print(f"envelope          {segments / seconds:10,.0f} segments/s  {len(body) / seconds / 1e6:6.2f} MB/s")
    intake = take_in(read(body), partners)
    if intake.outcome is Outcome.REFUSED or len(intake.messages()) != orders:
        raise SystemExit(f"expected {orders} orders, got {len(intake.messages())}: {intake.outcome}")
    del intake
    seconds = _median_s(lambda: take_in(read(body), partners))
    print(f"canonical orders  {segments / seconds:10,.0f} segments/s  {len(body) / seconds / 1e6:6.2f} MB/s", end="")
    print(f"  {orders / seconds:,.0f} orders/s")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * MAX_RSS_BYTES
    print(f"peak memory       {peak / 1e6:10,.0f} MB resident")


def _median_s(work: Callable[[], object]) -> float:
    return statistics.median(_timed_s(work) for _ in range(ROUNDS))


def _timed_s(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    main(sys.argv[1:])
