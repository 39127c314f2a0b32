"""Measure how many order lines one core promises per second, and what that depends on.

Run: ``python benchmarks/allocation.py [--lots 1000,10000,100000] [--skus 1000,1] [--others 0,10000,100000]
[--orders 4000]``. Orders of 4 lines are placed, decided and applied one after the other, FEFO, one owner, one site;
nothing is decoded or stored. Times are of the processor, the median lap of 500 orders; how much of them is the decision
alone stands beside it. The collector works as in a worker.

Two curves should be flat: over the lots of the owner, and over ``others``, orders that wait for something else. What is
not flat stands in the last column: the first order after a day has turned, when what lies on the shelves of its SKUs is
looked at anew.
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
from lotstream.hub.collector import leave_ledgers_alone

TODAY = date(2026, 9, 1)
LINES = 4
PER_LINE = Decimal(3)
PER_LOT = 60
ONE_BALANCE = 1000
#: SKUs without stock, and how many of them there are.
NOWHERE = "NOWHERE"
OTHER_SKUS = 50
#: Orders measured after a day has turned, each with SKUs of its own.
FIRST_ORDERS = 20
#: Orders between two looks at the clock.
LAP = 500


def main() -> None:
    """Print a line per number of lots and SKUs."""
    options = _options()
    leave_ledgers_alone()
    sys.stdout.write(
        f"Python {platform.python_version()}, {platform.machine()}, {options.orders} orders of {LINES} lines each\n"
    )
    lots, others = _numbers(options.lots), _numbers(options.others)
    for skus in _numbers(options.skus):
        for count in lots:
            if count >= skus:
                sys.stdout.write(_measure(count, skus, orders=options.orders, others=others[0]) + "\n")
    for waiting in others[1:]:
        sys.stdout.write(_measure(lots[-1], max(_numbers(options.skus)), orders=options.orders, others=waiting) + "\n")


def _numbers(option: str) -> list[int]:
    return [int(number) for number in option.split(",")]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--lots", default="1000,10000,100000", help="lots of the owner, separated by commas")
    parser.add_argument("--skus", default="1000,1", help="SKUs they are spread over, separated by commas")
    parser.add_argument("--others", default="0,10000,100000", help="orders that wait for something else, likewise")
    parser.add_argument("--orders", type=int, default=4000, help="orders placed")
    return parser.parse_args()


def _measure(lots: int, skus: int, *, orders: int, others: int) -> str:
    ledger = _ledger(lots, skus, units=PER_LOT)
    commands = [_order(number, skus) for number in range(orders)]
    for number in range(others):
        _do(ledger, _other_order(number), number)
    # Every SKU is touched before the clock runs, as in a worker that is up.
    for number in range(max(-(-skus // LINES), LAP)):
        _do(ledger, _order(orders + number, skus), others + number)
    gc.collect()
    laps, alone = [], []
    for start in range(0, orders, LAP):
        began = time.process_time()
        lap = range(start, min(start + LAP, orders))
        decided = sum([_do(ledger, commands[number], others + orders + number) for number in lap])
        laps.append((time.process_time() - began) / LAP)
        alone.append(decided / LAP)
        ledger.settle()
    order = statistics.median(laps)
    return (
        f"lots {lots:>7}  skus {skus:>5}  others {others:>7}  {LINES / order:>9,.0f} lines/s"
        f"  {1e6 * order:>6.1f} us an order, {1e6 * statistics.median(alone):.1f} to decide it"
        f" (slowest lap {1e6 * max(laps):.1f})"
        f"  first of a day {1e3 * _first_of_a_day(ledger, skus, arrival=2 * (others + orders)):.1f} ms"
    )


def _first_of_a_day(ledger: Ledger, skus: int, *, arrival: int) -> float:
    """Return the median seconds of orders that are each the first of their SKUs after the day has turned."""
    times = []
    for number in range(min(-(-skus // LINES), FIRST_ORDERS)):
        order = _order(arrival + number, skus)
        began = time.process_time()
        _do(ledger, order, arrival + number, today=TODAY + timedelta(days=1))
        times.append(time.process_time() - began)
    return statistics.median(times)


def _ledger(lots: int, skus: int, *, units: int) -> Ledger:
    sites = Sites({"TOR": Site("TOR")})
    ledger = Ledger("acme", sites)
    for name in (
        *(f"SKU-{number}" for number in range(skus)),
        *(f"{NOWHERE}-{number}" for number in range(OTHER_SKUS)),
    ):
        _do(ledger, DefineItem(Item(name)), 0)
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


def _other_order(number: int) -> PlaceOrder:
    """Return an order for goods that never come."""
    line = LineWanted("1", f"{NOWHERE}-{number % OTHER_SKUS}", PER_LINE)
    return PlaceOrder(OrderKey("shop", f"#other-{number}"), None, None, None, None, (line,), f"other-{number}")


def _do(ledger: Ledger, command: Command, arrival: int, *, today: date = TODAY) -> float:
    """Decide and apply a command; return the seconds that deciding it took."""
    for order in orders_named(command):
        ledger.closed[order] = None
    for receipt in receipts_named(command):
        ledger.receipts[receipt] = None
    moment = Moment(datetime(2026, 9, 1, 8, tzinfo=UTC), {"TOR": today}, f"{arrival:032x}", arrival)
    began = time.process_time()
    events = decide(ledger, command, moment)
    took = time.process_time() - began
    if isinstance(events, Refusal):
        raise TypeError(events.message)
    for event in events:
        apply(ledger, event)
    return took


if __name__ == "__main__":
    main()
