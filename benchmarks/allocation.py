"""Measure how many order lines one core promises per second, and that it does not depend on how many lots there are.

Run: ``python benchmarks/allocation.py [--lots 1000,10000,100000] [--skus 1000,1] [--orders 4000]``. Orders of 4 lines
are placed, decided and applied one after the other, FEFO, one owner, one site; nothing is decoded or stored. Times are
of the processor, the median lap of 500 orders.
"""

from __future__ import annotations

import argparse
import gc
import platform
import statistics
import sys
import time
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from lotstream.domain.apply import apply
from lotstream.domain.codes import Refusal
from lotstream.domain.commands import Command, DefineItem, GoodsLine, LineWanted, Moment, OpenBalance, PlaceOrder
from lotstream.domain.decide import decide
from lotstream.domain.ledger import Ledger, Sites
from lotstream.domain.model import Item, OrderKey, Site
from lotstream.domain.named import orders_named, receipts_named

TODAY = date(2026, 9, 1)
LINES = 4
PER_LINE = Decimal(3)
PER_LOT = 60
ONE_BALANCE = 1000
#: Orders between two looks at the clock.
LAP = 500


def main() -> None:
    """Print a line per number of lots and SKUs."""
    options = _options()
    sys.stdout.write(
        f"Python {platform.python_version()}, {platform.machine()}, {options.orders} orders of {LINES} lines each\n"
    )
    for skus in map(int, options.skus.split(",")):
        for lots in map(int, options.lots.split(",")):
            if lots >= skus:
                sys.stdout.write(_measure(lots, skus, options.orders) + "\n")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--lots", default="1000,10000,100000", help="lots of the owner, separated by commas")
    parser.add_argument("--skus", default="1000,1", help="SKUs they are spread over, separated by commas")
    parser.add_argument("--orders", type=int, default=4000, help="orders placed")
    return parser.parse_args()


def _measure(lots: int, skus: int, orders: int) -> str:
    ledger = _ledger(lots, skus, units=PER_LOT)
    commands = [_order(number, skus) for number in range(orders)]
    # Every SKU is touched once before the clock runs, as in a worker that is up.
    for number in range(0, max(skus, LAP), LINES):
        _do(ledger, _order(orders + number, skus), number)
    gc.collect()
    gc.freeze()
    laps = []
    for start in range(0, orders, LAP):
        began = time.process_time()
        for number in range(start, min(start + LAP, orders)):
            _do(ledger, commands[number], orders + number)
        laps.append(time.process_time() - began)
        ledger.settle()
    gc.unfreeze()
    lap = statistics.median(laps)
    return (
        f"lots {lots:>7}  skus {skus:>5}  {LAP * LINES / lap:>9,.0f} lines/s  {1e6 * lap / LAP:>6.1f} us an order"
        f"  (slowest lap {1e6 * max(laps) / LAP:.1f} us)"
    )


def _ledger(lots: int, skus: int, *, units: int) -> Ledger:
    sites = Sites({"TOR": Site("TOR")})
    ledger = Ledger("acme", sites)
    for number in range(skus):
        _do(ledger, DefineItem(Item(f"SKU-{number}")), 0)
    for start in range(0, lots, ONE_BALANCE):
        lines = tuple(_goods(number, skus, units) for number in range(start, min(start + ONE_BALANCE, lots)))
        _do(ledger, OpenBalance("TOR", None, None, f"B{start}", lines), 0)
    ledger.settle()
    return ledger


def _goods(number: int, skus: int, units: int) -> GoodsLine:
    expires = TODAY + timedelta(days=30 + number * 7919 % 700)
    location = f"BIN-{number % 5000:04}"
    return GoodsLine(
        str(number), f"SKU-{number % skus}", Decimal(units), None, location, lot=f"L{number:06}", expires=expires
    )


def _order(number: int, skus: int) -> PlaceOrder:
    lines = tuple(
        LineWanted(str(line), f"SKU-{(number * LINES + line) * 31 % skus}", PER_LINE) for line in range(LINES)
    )
    return PlaceOrder(OrderKey("shop", f"#{number}"), None, None, None, None, lines, f"content-{number}")


def _do(ledger: Ledger, command: Command, arrival: int) -> None:
    for order in orders_named(command):
        ledger.closed[order] = None
    for receipt in receipts_named(command):
        ledger.receipts[receipt] = None
    moment = Moment(datetime(2026, 9, 1, 8, tzinfo=UTC), {"TOR": TODAY}, f"{arrival:032x}", arrival)
    events = decide(ledger, command, moment)
    if isinstance(events, Refusal):
        raise TypeError(events.message)
    for event in events:
        apply(ledger, event)


if __name__ == "__main__":
    main()
