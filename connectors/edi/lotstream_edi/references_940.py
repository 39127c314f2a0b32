"""Other people's numbers and words in a 940, kept as references of the order."""

from __future__ import annotations

from typing import Final

from lotstream_edi import dates, parties
from lotstream_edi.segment import Segment
from lotstream_edi.shape_940 import Level

REVISION: Final = "R1"
"""N901 under which a partner counts the versions of an order; 004010 has no element for it."""

_CARRIER = {5: "routing", 1: "payment", 2: "transport_mode"}


def references(w05: Segment, heading: Level, days: dates.Dates) -> dict[str, str]:
    """Return other people's numbers and words, under the names of X12 where no better name is common."""
    said: list[tuple[str, str]] = [("po", w05.element(3)), ("link", w05.element(4)), ("master_link", w05.element(5))]
    said += [(f"W05{place:02}", w05.element(place)) for place in (6, 7, 8)]
    for n9 in heading.all("N9"):
        if n9.element(1) != REVISION:
            said.append((f"N9*{n9.element(1)}", " ".join(filter(None, (n9.element(2), n9.element(3))))))
    for w66 in heading.all("W66"):
        said += [(_CARRIER.get(place, f"W66{place:02}"), w66.element(place)) for place in range(1, 10)]
    said += [(f"NTE*{nte.element(1)}", nte.element(2)) for nte in heading.all("NTE")]
    used = {dates.ORDER_DATE, dates.REQUESTED_SHIP, dates.DELIVER, dates.CANCEL_AFTER}
    said += [(f"G62*{code}", day.isoformat()) for code, day in days.by_qualifier.items() if code not in used]
    said += [(f"G62*{code} time", time) for code, time in days.times.items()]
    said += parties.references(heading.parties).items()
    return _joined(said)


def _joined(said: list[tuple[str, str]]) -> dict[str, str]:
    """Return references by name; what stands under one name several times is kept line by line."""
    joined: dict[str, str] = {}
    for name, value in said:
        if value:
            joined[name] = f"{joined[name]}\n{value}" if name in joined and joined[name] != value else value
    return joined
