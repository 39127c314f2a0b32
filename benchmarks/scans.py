"""How many labels are read in a second, one process, by form; and how many become a line of a receipt.

Run as ``python benchmarks/scans.py [labels]``; prints machine, labels and the median of five rounds each.
"""

from __future__ import annotations

import platform
import statistics
import sys
import time
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Final

from biip.checksums import gs1_standard_check_digit

from lotstream.connect.scans import receipt_line
from lotstream.standards.gs1 import Scan, ScanError, read_scan

LABELS: Final = 3000
ROUNDS: Final = 5
TODAY: Final = date(2026, 11, 22)
GS: Final = "\x1d"


def labels(count: int) -> dict[str, list[str]]:
    """Return as many different labels of each form, all of them saying item, lot, expiry and count."""
    forms: dict[str, list[str]] = {
        "GS1-128": [],
        "pallet": [],
        "brackets": [],
        "Digital Link": [],
        "EAN-13": [],
        "swallowed": [],
    }
    for number in range(count):
        gtin, sscc = with_check_digit(f"0950600{number:06}"), with_check_digit(f"10614141{number:09}")
        lot, expires = f"L{number:05}-{number % 97}", f"{27 + number % 9}{1 + number % 12:02}{1 + number % 28:02}"
        forms["GS1-128"].append(f"]C101{gtin}17{expires}3024{GS}10{lot}")
        forms["pallet"].append(f"]C100{sscc}02{gtin}15{expires}3724{GS}10{lot}{GS}3303001234{GS}240X-{number}")
        forms["brackets"].append(f"(01){gtin}(17){expires}(30)24(10){lot}")
        forms["Digital Link"].append(f"https://id.gs1.org/01/{gtin}/10/{lot}?17={expires}&30=24")
        forms["EAN-13"].append(f"]E0{gtin[1:]}")
        forms["swallowed"].append(f"]C101{gtin}10{lot}17{expires}")
    return forms


def with_check_digit(digits: str) -> str:
    """Return a number with its check digit."""
    return f"{digits}{gs1_standard_check_digit(digits)}"


def main(arguments: list[str]) -> None:
    """Measure and print."""
    count = int(arguments[0]) if arguments else LABELS
    print(f"Python {platform.python_version()} on {platform.machine()}, one process, median of {ROUNDS} rounds")
    for form, texts in labels(count).items():
        print(f"{form:14}{count / _median_s(partial(_read_all, texts)):10,.0f} labels/s")
    scans = [read_scan(text, today=TODAY) for text in labels(count)["GS1-128"]]
    print(f"{'receipt lines':14}{count / _median_s(partial(_lines_of, scans)):10,.0f} lines/s")


def _read_all(texts: list[str]) -> None:
    for text in texts:
        try:
            read_scan(text, today=TODAY)
        except ScanError as error:
            if error.meant is None:
                raise


def _lines_of(scans: list[Scan]) -> None:
    for scan in scans:
        receipt_line(scan, line="1", sku="SKU-1")


def _median_s(work: Callable[[], object]) -> float:
    return statistics.median(_timed_s(work) for _ in range(ROUNDS))


def _timed_s(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    main(sys.argv[1:])
