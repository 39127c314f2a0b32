"""Labels at the dock: one in each form that there is, and one with each fault."""

from __future__ import annotations

from datetime import date

import pytest

from lotstream.connect.scans import receipt_line
from lotstream.standards.gs1 import ScanError, ScanFault, read_scan
from tests.acceptance.week.house import LABELLED, TOR
from tests.acceptance.week.owner import Owner
from tests.acceptance.week.said import Goods

GTIN = "09506000134352"
SSCC = "106141412345678908"
GS = "\x1d"
#: A day of the week; labels are read as they were then.
TODAY = date(2025, 3, 3)
RIGHT = {
    "AB-1": f"]C101{GTIN}1725123110AB-1{GS}3024",
    "AB-2": f"(01){GTIN}(17)251231(30)24(10)AB-2",
    "AB-3": f"https://id.gs1.org/01/{GTIN}/10/AB-3?17=251231&30=24",
    "AB-4": f"]d200{SSCC}02{GTIN}172512313724{GS}10AB-4",
}
"""By lot: as a scanner sends it, as it is printed, as a link, and on a pallet."""

WRONG = {
    ScanFault.EMPTY: " ",
    ScanFault.UNREADABLE: f"(01){GTIN}(10)AB(1",
    ScanFault.TOO_LONG: f"01{GTIN}10{'A' * 21}",
    ScanFault.WRONG_CHECK_DIGIT: "0109506000134351",
    ScanFault.BAD_DATE: f"01{GTIN}17251331",
    ScanFault.DAY_ZERO: f"01{GTIN}17251200",
    ScanFault.SWALLOWED: f"01{GTIN}10AB-117251231",
    ScanFault.CONTRADICTION: f"01{GTIN}10AB-1{GS}10AB-2",
}
"""By fault, a label that has it."""


def scanned_in(owner: Owner) -> None:
    """Receive what labels say; those that are wrong are named and nothing of them is taken."""
    for fault, label in WRONG.items():
        with pytest.raises(ScanError) as error:
            read_scan(label, today=TODAY)
        assert error.value.fault is fault
    lines = [
        receipt_line(
            read_scan(label, today=TODAY), line=str(n), sku=LABELLED, more={"location": f"L-{n}", "supplier": "SUP-5"}
        ).model_dump(mode="json", exclude_unset=True)
        for n, label in enumerate(RIGHT.values(), 1)
    ]
    goods = [
        Goods(LABELLED, 24, f"L-{n}", lot, expires=date(2025, 12, 31), supplier="SUP-5")
        for n, lot in enumerate(RIGHT, 1)
    ]
    owner.receive(TOR, "R-SCANNED", goods, said=lines)
