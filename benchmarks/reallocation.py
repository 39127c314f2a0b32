"""Measure how many order lines a second find other stock when theirs is lost, in one decision.

Run: ``python benchmarks/reallocation.py [--lines 10000] [--beside 0,100000]``. So many orders of one line are promised
stock of one lot; then the lot is held, counted down to nothing, or recalled, and all of them take other lots in one
decision. Once there are as many other lots as there are lines, so that each is used up at once; once there is one that
is large. ``--beside`` says how many open orders of other lots lie beside them. Times are of the processor, for deciding
and applying; nothing is decoded or stored.
"""

from __future__ import annotations

import argparse
import gc
import platform
import sys
import time
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from lotstream.domain.apply import apply
from lotstream.domain.codes import Refusal
from lotstream.domain.commands import (
    Command,
    CountStock,
    DefineItem,
    GoodsLine,
    LineWanted,
    Moment,
    OpenBalance,
    PlaceHold,
    PlaceOrder,
    StockLine,
)
from lotstream.domain.decide import decide
from lotstream.domain.events import Event, ReservationFreed
from lotstream.domain.history import questions
from lotstream.domain.ledger import Ledger, Sites
from lotstream.domain.model import HoldKind, Item, OrderKey, Site
from lotstream.domain.named import orders_named, receipts_named
from lotstream.testing.history import Past

TODAY = date(2026, 9, 1)
SITE = "TOR"
ONE_BALANCE = 1000

LOSSES: dict[str, Command] = {
    "hold": PlaceHold("H1", HoldKind.HOLD, "SKU-0", "LOST"),
    "recall": PlaceHold("H1", HoldKind.RECALL, "SKU-0", "LOST"),
    "count": CountStock(SITE, True, None, None, "C1", (StockLine("1", "SKU-0", "LOST", "BIN", Decimal(0)),)),
}


def main() -> None:
    """Print a line per kind of loss, of other stock, and of orders beside."""
    options = _options()
    sys.stdout.write(
        f"Python {platform.python_version()}, {platform.machine()}, {options.lines} lines lose their lot\n"
    )
    for beside in map(int, options.beside.split(",")):
        for loss, command in LOSSES.items():
            for others in (1, options.lines):
                sys.stdout.write(_measure(options.lines, loss, command, others=others, beside=beside) + "\n")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--lines", type=int, default=10_000, help="order lines that lose their lot")
    parser.add_argument("--beside", default="0,100000", help="open orders of other lots, separated by commas")
    return parser.parse_args()


def _measure(lines: int, loss: str, command: Command, *, others: int, beside: int) -> str:
    ledger = _ledger(lines, others=others, beside=beside)
    # Who has what promised is gathered when first asked for, once in a worker's life.
    ledger.promised()
    gc.collect()
    gc.freeze()
    began = time.process_time()
    events = _do(ledger, command, 10**6)
    took = time.process_time() - began
    gc.unfreeze()
    affected = sum(isinstance(event, ReservationFreed) for event in events)
    if affected != lines:
        raise ValueError(f"{affected} orders were affected, not {lines}")
    return f"{loss:>6}  other lots {others:>6}  orders beside {beside:>7}  {lines / took:>8,.0f} lines/s  {took:.2f} s"


def _ledger(lines: int, *, others: int, beside: int) -> Ledger:
    ledger = Ledger("acme", Sites({SITE: Site(SITE)}))
    for sku in ("SKU-0", "SKU-1"):
        _do(ledger, DefineItem(Item(sku)), 0)
    _stock(ledger, [_goods("LOST", lines, "SKU-0", days=30)], "lost")
    _stock(ledger, [_goods("OTHER", beside or 1, "SKU-1", days=30)], "beside")
    for number in range(beside):
        _do(ledger, _order(number, "SKU-1"), number)
    for number in range(lines):
        _do(ledger, _order(beside + number, "SKU-0"), beside + number)
    each = -(-lines // others)
    spare = [_goods(f"L{number:06}", each, "SKU-0", days=60 + number % 300) for number in range(others)]
    for start in range(0, others, ONE_BALANCE):
        _stock(ledger, spare[start : start + ONE_BALANCE], f"spare-{start}")
    ledger.settle()
    return ledger


def _stock(ledger: Ledger, lines: list[GoodsLine], balance: str) -> None:
    _do(ledger, OpenBalance(SITE, None, None, balance, tuple(lines)), 0)


def _goods(lot: str, quantity: int, sku: str, *, days: int) -> GoodsLine:
    return GoodsLine(lot, sku, Decimal(quantity), None, "BIN", lot=lot, expires=TODAY + timedelta(days=days))


def _order(number: int, sku: str) -> PlaceOrder:
    line = LineWanted("1", sku, Decimal(1))
    return PlaceOrder(OrderKey("shop", f"#{number}"), None, None, None, None, (line,), f"content-{number}")


def _do(ledger: Ledger, command: Command, arrival: int) -> tuple[Event, ...]:
    for order in orders_named(command):
        ledger.closed[order] = None
    for receipt in receipts_named(command):
        ledger.receipts[receipt] = None
    ledger.history = Past((), ledger.known_order, ledger.orders.values).answers(questions(ledger, command))
    moment = Moment(datetime(2026, 9, 1, 8, tzinfo=UTC), {SITE: TODAY}, f"{arrival:032x}", arrival)
    events = decide(ledger, command, moment)
    if isinstance(events, Refusal):
        raise TypeError(events.message)
    for event in events:
        apply(ledger, event)
    return events


if __name__ == "__main__":
    main()
