"""A 940 warehouse shipping order as a canonical order: pure, without a clock, whatever was written.

Versions 004010, with the flavours UCS and VICS folded into it, and 005010, which places what is read here alike.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from lotstream.contracts.limits import LINES_MAX
from lotstream_edi import checks, dates, parties
from lotstream_edi.decimals import read_decimal
from lotstream_edi.envelope import TransactionSet
from lotstream_edi.findings import Finding, FindingCode, error, warning
from lotstream_edi.lines_940 import Lines, read_lines
from lotstream_edi.options import Partner
from lotstream_edi.references_940 import REVISION, references
from lotstream_edi.segment import Segment
from lotstream_edi.shape_940 import Level, Shape, shape_of

VERSIONS: Final = ("004010", "005010")
"""Base versions (the first six characters of GS08) that are read."""

PLACED, CANCELLED = "order.placed", "order.cancelled"

ACTIONS: Final = {"N": PLACED, "R": PLACED, "F": CANCELLED, "D": CANCELLED}
"""What W0501 (element 473) becomes."""

ACTION_NAMES: Final = {
    "A": "information",
    "B": "backorder",
    "C": "confirmation",
    "E": "correction",
    "G": "change other than of lines",
    "L": "replacement of single lines",
    "S": "future order",
    "T": "resubmission",
    "X": "simulation",
}
"""What the codes mean that are refused by name."""

CHANGE: Final = "R"
REVISION_DIGITS: Final = 9
"""Revisions are padded to this, so that they compare as text: 10 comes after 9."""

_HEADING_READ = frozenset({"W05", "N9", "G62", "NTE", "W66"})


@dataclass(slots=True)
class Mapped:
    """What a 940 becomes: values of a message without owner and source, or findings that refuse it."""

    #: ``order.placed`` or ``order.cancelled``; None when W0501 does not say either.
    type: str | None = None
    order: str | None = None
    #: N9*R1 as written.
    revision: str | None = None
    values: dict[str, Any] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def map_order(
    transaction_set: TransactionSet, *, version: str, written: date | None, partner: Partner, is_test: bool
) -> Mapped:
    """Return what a 940 asks for; everything that is wrong or left out is a finding."""
    mapped = Mapped()
    if version[:6] not in VERSIONS:
        mapped.findings.append(_version(transaction_set, version))
        return mapped
    for segment in transaction_set.inner:
        mapped.findings += checks.check(segment, is_5010=version.startswith("005010"))
    shape = shape_of(transaction_set.inner)
    mapped.findings += shape.findings
    w05 = _w05(shape, transaction_set, mapped)
    if w05 is None:
        return mapped
    mapped.order = w05.element(2) or None
    mapped.revision = _n9(shape.heading, REVISION)
    mapped.type = _type(w05, mapped)
    if mapped.type == CANCELLED:
        _cancel(mapped, shape)
    elif mapped.type == PLACED:
        _place(mapped, shape, w05, partner=partner, written=written, is_test=is_test)
    mapped.findings = _without_consequences(mapped.findings)
    return mapped


def _without_consequences(findings: list[Finding]) -> list[Finding]:
    """Leave out what follows from a shifted element: every place behind it in its segment is wrong as well."""
    shifted: dict[int | None, Finding] = {}
    for finding in findings:
        if finding.code is FindingCode.ELEMENT_SHIFTED:
            shifted.setdefault(finding.segment, finding)
    return [finding for finding in findings if shifted.get(finding.segment, finding) is finding]


def _w05(shape: Shape, transaction_set: TransactionSet, mapped: Mapped) -> Segment | None:
    found = shape.heading.all("W05")
    if len(found) > 1:
        mapped.findings.append(
            error(FindingCode.SEGMENT_REPEATED, "A second W05 stands in this set; an order has one.", at=found[1])
        )
    if found:
        return found[0]
    mapped.findings.append(
        error(
            FindingCode.SEGMENT_MISSING,
            "The 940 has no W05, so that it has no order number and nobody knows what is to be done.",
            at=transaction_set.head,
            expected="W05",
        )
    )
    return None


def _type(w05: Segment, mapped: Mapped) -> str | None:
    action = w05.element(1)
    message_type = ACTIONS.get(action)
    if message_type is None and action:
        mapped.findings.append(
            error(
                FindingCode.ACTION_NOT_SUPPORTED,
                f"W0501 holds {action!r} ({ACTION_NAMES.get(action, 'no code of element 473')}), which is not "
                "supported; N (new), R (change of the whole order), F and D (cancel) are.",
                at=w05,
                element=1,
                value=action,
                expected="N, R, F or D",
            )
        )
    if message_type == PLACED and action == CHANGE and mapped.revision is None:
        mapped.findings.append(
            warning(
                FindingCode.REVISION_MISSING,
                "A change without N9*R1 does not say that it is newer; if its content differs, the order is held for a "
                "person.",
                at=w05,
                element=1,
                value=action,
                expected="N9*R1",
            )
        )
    return message_type


def _cancel(mapped: Mapped, shape: Shape) -> None:
    count = sum(len(loop.items) for loop in shape.loops)
    if count:
        message = f"The cancellation lists {count} lines; the whole order is cancelled."
        mapped.findings.append(warning(FindingCode.CANCEL_WITH_LINES, message, at=shape.loops[0].items[0].w01))
    mapped.values = {"order": mapped.order, "version": _version_of(mapped.revision), "lines": ()}


def _place(
    mapped: Mapped, shape: Shape, w05: Segment, *, partner: Partner, written: date | None, is_test: bool
) -> None:
    heading = shape.heading
    days = dates.read_dates(heading.all("G62"), written=written)
    to = parties.ship_to(heading.parties)
    lines = read_lines(shape.loops, partner=partner, written=written)
    mapped.findings += [*days.findings, *to.findings, *lines.findings, *_header_lot(heading), *_total(shape, lines)]
    mapped.findings += _line_count(lines, w05)
    unused = _unused(heading) + lines.unused
    mapped.values = {
        "order": mapped.order,
        "version": _version_of(mapped.revision),
        "placed_at": days.by_qualifier.get(dates.ORDER_DATE),
        "customer": parties.id_of(heading.parties, partner.customer_party) if partner.customer_party else None,
        "site": partner.sites.get(parties.id_of(heading.parties, "WH") or ""),
        "ship_date": days.by_qualifier.get(dates.REQUESTED_SHIP) or days.by_qualifier.get(dates.NOT_BEFORE),
        "deliver_by": days.by_qualifier.get(dates.DELIVER),
        "cancel_after": days.by_qualifier.get(dates.CANCEL_AFTER),
        "test": is_test,
        "ship_to": to.values,
        "carrier": _carrier(heading),
        "references": references(w05, heading, days),
        "lines": tuple(lines.values),
    }
    mapped.findings += _contradictions(mapped.values, days)
    if unused:
        mapped.findings.append(_not_used(unused, w05))


def _version_of(revision: str | None) -> str | None:
    """Return a revision so that a later one is the greater text."""
    if revision is None:
        return None
    return revision.zfill(REVISION_DIGITS) if revision.isascii() and revision.isdecimal() else revision


def _n9(level: Level, qualifier: str) -> str | None:
    return next((n9.element(2) for n9 in level.all("N9") if n9.element(1) == qualifier and n9.element(2)), None)


def _carrier(heading: Level) -> dict[str, Any] | None:
    scac = next((w66.element(10) for w66 in heading.all("W66") if w66.element(10)), None)
    return {"scac": scac, "service": None} if scac else None


def _header_lot(heading: Level) -> list[Finding]:
    return [
        error(
            FindingCode.LOT_IN_HEADING,
            "N9*LT stands in the heading, so that it is not known which line wants the lot; it belongs under a W01.",
            at=n9,
            element=1,
            value=n9.element(2),
            expected="N9*LT under a W01",
        )
        for n9 in heading.all("N9")
        if n9.element(1) == "LT"
    ]


def _total(shape: Shape, lines: Lines) -> list[Finding]:
    if shape.total is None:
        return []
    written = shape.total.element(1)
    said = read_decimal(written)
    if said is None or said == lines.total:
        return []
    return [
        warning(
            FindingCode.TOTAL_DIFFERS,
            f"W7601 declares {written[:40]} units in all, the lines add up to {lines.total}.",
            at=shape.total,
            element=1,
            value=written,
            expected=str(lines.total),
        )
    ]


def _line_count(lines: Lines, w05: Segment) -> list[Finding]:
    if not lines.values:
        return [error(FindingCode.NO_LINES, "The order has no line: no W01 stands in it.", at=w05, expected="W01")]
    if len(lines.values) > LINES_MAX:
        message = f"The order has {len(lines.values)} lines, the limit is {LINES_MAX}; split it."
        return [error(FindingCode.TOO_LARGE, message, at=w05, expected=f"at most {LINES_MAX} lines")]
    return []


def _contradictions(values: dict[str, Any], days: dates.Dates) -> list[Finding]:
    ship, cancel = values["ship_date"], values["cancel_after"]
    if ship is None or cancel is None or cancel >= ship:
        return []
    return [
        warning(
            FindingCode.DATE_IMPLAUSIBLE,
            f"The order is to be cancelled after {cancel.isoformat()}, before its ship date {ship.isoformat()}.",
            at=days.segments[dates.CANCEL_AFTER],
            element=2,
            value=cancel.isoformat(),
            expected=f"{ship.isoformat()} or later",
        )
    ]


def _unused(heading: Level) -> Counter[str]:
    """Count what the heading says and an order has no place for."""
    unused = Counter(segment.id for segment in heading.segments if segment.id not in _HEADING_READ)
    for party in heading.parties:
        if party.code not in parties.SHIP_TO and not party.id:
            unused[f"N1*{party.code}"] += 1
    return unused


def _not_used(unused: Counter[str], w05: Segment) -> Finding:
    named = ", ".join(f"{name} ({count} times)" if count > 1 else name for name, count in sorted(unused.items()))
    return warning(FindingCode.SEGMENT_NOT_USED, f"Understood and not carried into the order: {named}.", at=w05)


def _version(transaction_set: TransactionSet, version: str) -> Finding:
    return error(
        FindingCode.VERSION_NOT_SUPPORTED,
        f"GS08 says version {version!r}; 940s of {' and '.join(VERSIONS)} and their flavours are read.",
        at=transaction_set.head,
        value=version,
        expected=" or ".join(VERSIONS),
    )
