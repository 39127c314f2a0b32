"""X12 written by rule: 940s in their envelopes for tests, benchmarks and trying out, always well formed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

HEADING: Final = (
    "W05*N*SO-1*PO-9",
    "N1*ST*RECEIVING DOCK 4*92*DC4",
    "N3*125 HARBOUR ROAD",
    "N4*COLUMBUS*OH*43085*US",
    "G62*10*20261130",
)
"""The heading of an order for one address."""

LINE: Final = ("LX*1", "W01*4*CA**VN*SKU-1*UK*10012345678902", "N9*LT*L24A")
"""A line that asks for four cases of one lot."""

TOTAL: Final = ("W76*4",)

ORDER: Final = (*HEADING, *LINE, *TOTAL)
"""A whole order, without ST and SE."""


def transaction_set(segments: Sequence[str] = ORDER, *, number: str = "0001", type: str = "940") -> str:
    """Return a set from ST to SE with the right count."""
    lines = [f"ST*{type}*{number}", *segments, f"SE*{len(segments) + 2}*{number}"]
    return "".join(f"{line}~\n" for line in lines)


def group(*sets: str, number: int = 1, version: str = "004010", functional_id: str = "OW") -> str:
    """Return a group from GS to GE with the right count."""
    head = f"GS*{functional_id}*SENDER*LOTSTREAM*20261121*1200*{number}*X*{version}~\n"
    return f"{head}{''.join(sets)}GE*{len(sets)}*{number}~\n"


def interchange(
    *groups: str, sender: str = "SENDER", number: int = 1, usage: str = "P", standards: str = "U*00401"
) -> str:
    """Return an interchange from ISA to IEA with the right count; ``standards`` is ISA11 and ISA12."""
    blank = " " * 10
    isa = (
        f"ISA*00*{blank}*00*{blank}*ZZ*{sender:15}*ZZ*{'LOTSTREAM':15}*261121*1200*{standards}*{number:09}*0*{usage}*>"
    )
    return f"{isa}~\n{''.join(groups)}IEA*{len(groups)}*{number:09}~\n"


def file_of(*orders: Sequence[str], sender: str = "SENDER", number: int = 1, usage: str = "P") -> bytes:
    """Return a file with one interchange of one group of orders; none means one sample order."""
    sets = [
        transaction_set(segments, number=f"{place:04}") for place, segments in enumerate(orders or [ORDER], start=1)
    ]
    return interchange(group(*sets), sender=sender, number=number, usage=usage).encode()
