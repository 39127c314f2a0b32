"""The loops of a 940: a heading with its parties, and the lines under their LX."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from lotstream_edi.findings import Finding, FindingCode, error, warning
from lotstream_edi.segment import Segment

HEADING: Final = frozenset({"W05", "N1", "N2", "N3", "N4", "PER", "N9", "G61", "G62", "NTE", "W09", "W66", "W6", "R2"})
DETAIL: Final = frozenset({"LX", "W01", "N9", "G62", "N1", "N2", "N3", "N4", "PER", "NTE", "SDQ", "W20", "G69"})
_OTHERS = "BNX LM LQ MAN QTY AMT G66 LS LE FA1 FA2 TD3 AT9 LEP LFH LH1 LH2 LH3 LH4 LH6 LHE LHR LHT"
OTHERS: Final = frozenset(_OTHERS.split())
"""May stand in a 940 and is not read into the order."""
KNOWN: Final = HEADING | DETAIL | OTHERS | {"W76"}
"""Segments of a 940 in versions 004010 and 005010."""

_OF_A_PARTY = frozenset({"N2", "N3", "N4", "PER"})


@dataclass(slots=True)
class Party:
    """An N1 with what belongs to it."""

    n1: Segment
    others: list[Segment] = field(default_factory=list)

    @property
    def code(self) -> str:
        """Return N101, e.g. ``ST``."""
        return self.n1.element(1)

    @property
    def id(self) -> str:
        """Return N104."""
        return self.n1.element(4)

    def all(self, id: str) -> list[Segment]:
        """Return the segments of one id."""
        return [segment for segment in self.others if segment.id == id]


@dataclass(slots=True)
class Level:
    """Segments of one level with its parties apart."""

    segments: list[Segment] = field(default_factory=list)
    parties: list[Party] = field(default_factory=list)

    def all(self, id: str) -> list[Segment]:
        """Return the segments of one id."""
        return [segment for segment in self.segments if segment.id == id]

    def add(self, segment: Segment) -> None:
        """Take a segment in; N2, N3, N4 and PER go to the party before them."""
        if segment.id == "N1":
            self.parties.append(Party(segment))
        elif segment.id in _OF_A_PARTY and self.parties:
            self.parties[-1].others.append(segment)
        else:
            self.segments.append(segment)


@dataclass(slots=True)
class Item:
    """A W01 with what stands under it."""

    w01: Segment
    level: Level = field(default_factory=Level)


@dataclass(slots=True)
class Loop:
    """An LX with its items; the LX may have been left out."""

    lx: Segment | None
    level: Level = field(default_factory=Level)
    items: list[Item] = field(default_factory=list)


@dataclass(slots=True)
class Shape:
    """A whole 940."""

    heading: Level = field(default_factory=Level)
    loops: list[Loop] = field(default_factory=list)
    total: Segment | None = None
    findings: list[Finding] = field(default_factory=list)


def shape_of(inner: Sequence[Segment]) -> Shape:
    """Sort the segments between ST and SE into their loops; what does not belong is a finding."""
    shape = Shape()
    # LX also stands inside LS … LE, where it counts something else.
    bounded = False
    for segment in inner:
        if segment.id not in KNOWN:
            shape.findings.append(_unexpected(segment))
        elif segment.id == "W76":
            _total(shape, segment)
        elif shape.total is not None:
            shape.findings.append(_behind_total(segment))
        elif segment.id == "LX" and not bounded:
            shape.loops.append(Loop(segment))
        elif segment.id == "W01":
            _item(shape, segment)
        else:
            bounded = (bounded or segment.id == "LS") and segment.id != "LE"
            _innermost(shape).add(segment)
    return shape


def _innermost(shape: Shape) -> Level:
    if not shape.loops:
        return shape.heading
    loop = shape.loops[-1]
    return loop.items[-1].level if loop.items else loop.level


def _item(shape: Shape, segment: Segment) -> None:
    if not shape.loops:
        shape.loops.append(Loop(None))
    shape.loops[-1].items.append(Item(segment))


def _total(shape: Shape, segment: Segment) -> None:
    if shape.total is not None:
        shape.findings.append(
            error(
                FindingCode.SEGMENT_REPEATED,
                f"Segment {segment.number} is a second W76; a 940 has one, at its end.",
                at=segment,
                expected="SE",
            )
        )
    shape.total = segment


def _unexpected(segment: Segment) -> Finding:
    is_id = 2 <= len(segment.id) <= 3 and segment.id.isascii() and segment.id.isalnum() and segment.id.isupper()
    if is_id:
        return error(
            FindingCode.SEGMENT_UNEXPECTED,
            f"Segment {segment.number} is a {segment.id}, which has no place in a 940.",
            at=segment,
            value=segment.id,
        )
    return error(
        FindingCode.SEGMENT_ID_INVALID,
        f"Segment {segment.number} begins with {segment.id[:10]!r}, which is no segment id: was a line broken, or a "
        "terminator used inside data?",
        at=segment,
        value=segment.id,
        expected="a segment id",
    )


def _behind_total(segment: Segment) -> Finding:
    make = error if segment.id in {"W01", "LX"} else warning
    return make(
        FindingCode.SEGMENT_UNEXPECTED,
        f"Segment {segment.number} ({segment.id}) stands behind the total W76, where only SE belongs.",
        at=segment,
        expected="SE",
    )
