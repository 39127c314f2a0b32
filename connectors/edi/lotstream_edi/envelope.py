"""Bytes to interchanges, groups and transaction sets: the front door of everything X12.

Reading never raises and never loses a byte silently: each stands in a segment of an interchange, or in the span of a
finding, or is a blank, a terminator or a byte order mark. Nothing is decided here about what may be taken; findings say
what is wrong, and their severity what it refuses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from lotstream_edi import charset, envelope_checks
from lotstream_edi.enclosure import Enclosure, enclose
from lotstream_edi.findings import Finding, FindingCode, error, warning
from lotstream_edi.isa import Isa, looks_like_isa, read_isa
from lotstream_edi.segment import Segment
from lotstream_edi.tokens import BLANKS, read_segments

_BARE_SET = re.compile(r"ST[^A-Za-z0-9\s]([0-9]{3})")


@dataclass(frozen=True, slots=True)
class TransactionSet:
    """ST to SE, or what is left of it: a set may have lost either."""

    head: Segment | None
    tail: Segment | None
    #: What stands between ST and SE.
    inner: tuple[Segment, ...]
    findings: tuple[Finding, ...] = ()

    @property
    def type(self) -> str:
        """Return ST01, e.g. ``940``; empty without ST."""
        return self.head.element(1) if self.head else ""

    @property
    def control_number(self) -> str:
        """Return ST02; empty without ST."""
        return self.head.element(2) if self.head else ""

    @property
    def segments(self) -> tuple[Segment, ...]:
        """Return all segments, ST and SE with them."""
        return (*((self.head,) if self.head else ()), *self.inner, *((self.tail,) if self.tail else ()))


@dataclass(frozen=True, slots=True)
class Group:
    """GS to GE with its sets."""

    head: Segment | None
    tail: Segment | None
    sets: tuple[TransactionSet, ...]
    findings: tuple[Finding, ...] = ()

    @property
    def functional_id(self) -> str:
        """Return GS01, e.g. ``OW``."""
        return self._element(1)

    @property
    def date(self) -> str:
        """Return GS04, the day the group was written."""
        return self._element(4)

    @property
    def control_number(self) -> str:
        """Return GS06."""
        return self._element(6)

    @property
    def version(self) -> str:
        """Return GS08, e.g. ``004010UCS``."""
        return self._element(8)

    def _element(self, number: int) -> str:
        return self.head.element(number) if self.head else ""


@dataclass(frozen=True, slots=True)
class Interchange:
    """ISA to IEA with its groups."""

    isa: Isa
    tail: Segment | None
    groups: tuple[Group, ...]
    #: Segments of the interchange itself, such as TA1.
    loose: tuple[Segment, ...]
    findings: tuple[Finding, ...] = ()

    def segments(self) -> Iterator[Segment]:
        """Yield every segment, in no particular order."""
        yield self.isa.segment
        yield from self.loose
        for group in self.groups:
            yield from (segment for segment in (group.head, group.tail) if segment)
            for transaction_set in group.sets:
                yield from transaction_set.segments
        if self.tail:
            yield self.tail


@dataclass(frozen=True, slots=True)
class Reading:
    """A whole file as it was understood."""

    #: The decoded file without its byte order mark. Holds passwords: not for logs.
    text: str = field(repr=False)
    charset: str
    interchanges: tuple[Interchange, ...]
    findings: tuple[Finding, ...] = ()


def read(body: bytes) -> Reading:
    """Read a file, whatever it is."""
    decoded = charset.decode(body)
    interchanges, findings = _split(decoded.text)
    if not interchanges and not findings:
        findings = [error(FindingCode.EMPTY_FILE, "The file holds nothing but blanks.", expected="an ISA segment")]
    return Reading(decoded.text, decoded.charset, tuple(interchanges), (*decoded.findings, *findings))


def _split(text: str) -> tuple[list[Interchange], list[Finding]]:
    interchanges: list[Interchange] = []
    findings: list[Finding] = []
    place = _behind_blanks(text, 0)
    while place < len(text):
        isa = read_isa(text, place) if looks_like_isa(text, place) else None
        if isinstance(isa, Isa):
            interchange, end = _interchange(text, isa)
            interchanges.append(interchange)
        else:
            end = _next_isa(text, place + 1)
            junk = isa or _junk(text, (place, end), is_first=not interchanges)
            findings.append(replace(junk, start=place, end=end))
        place = _behind_blanks(text, end)
    return interchanges, findings


def _behind_blanks(text: str, place: int) -> int:
    while place < len(text) and text[place] in BLANKS:
        place += 1
    return place


def _next_isa(text: str, place: int) -> int:
    """Return where the next readable ISA begins at a place where a segment may begin, or the end of the file."""
    while (found := text.find("ISA", place)) >= 0:
        begins_segment = not text[found - 1].isalnum() and looks_like_isa(text, found)
        if begins_segment and text[found - 1] != text[found + 3] and isinstance(read_isa(text, found), Isa):
            return found
        place = found + 3
    return len(text)


def _junk(text: str, span: tuple[int, int], *, is_first: bool) -> Finding:
    start, end = span
    begin = text[start : start + 3]
    if not is_first:
        return warning(
            FindingCode.JUNK_AFTER_IEA, f"{end - start} characters behind an IEA belong to no interchange: {begin!r} …"
        )
    if end < len(text):
        return warning(
            FindingCode.JUNK_BEFORE_ISA, f"{end - start} characters before the first ISA were passed over: {begin!r} …"
        )
    bare = _BARE_SET.match(text, start)
    what = f"it begins with a bare {bare[1]} set" if bare else f"it begins with {begin!r}"
    return error(
        FindingCode.NO_INTERCHANGE,
        f"The file has no ISA segment, so that nobody knows from whom it is; {what}.",
        expected="ISA",
    )


def _interchange(text: str, isa: Isa) -> tuple[Interchange, int]:
    run = read_segments(text, isa)
    tail = run.segments.pop() if run.is_closed else None
    groups: list[Group] = []
    loose: list[Segment] = []
    for part in enclose(run.segments, opener="GS", closer="GE"):
        inner, strays = _without_interchange_segments(part)
        loose += strays
        if part.head or part.tail or inner:
            groups.append(_group(replace(part, inner=inner)))
    findings = [*isa.findings, *run.findings]
    heads = [group.head for group in groups if group.head]
    count = sum(1 for group in groups if group.head or group.tail)
    findings += envelope_checks.of_interchange(isa, tail, heads=heads, groups=count)
    return Interchange(isa, tail, tuple(groups), tuple(loose), tuple(findings)), run.end


def _without_interchange_segments(part: Enclosure) -> tuple[tuple[Segment, ...], list[Segment]]:
    """Part what stands outside GS and GE into what lost its GS and the segments of the interchange itself before it."""
    if part.head:
        return part.inner, []
    own = envelope_checks.INTERCHANGE_SEGMENTS
    first = next((place for place, segment in enumerate(part.inner) if segment.id not in own), len(part.inner))
    return part.inner[first:], list(part.inner[:first])


def _group(part: Enclosure) -> Group:
    sets = tuple(_transaction_set(inner) for inner in enclose(part.inner, opener="ST", closer="SE"))
    sets = _repeated_numbers(sets)
    findings = envelope_checks.of_group(part, sets=sum(1 for each in sets if each.head or each.tail))
    return Group(part.head, part.tail, sets, findings)


def _transaction_set(part: Enclosure) -> TransactionSet:
    return TransactionSet(part.head, part.tail, part.inner, envelope_checks.of_set(part))


def _repeated_numbers(sets: tuple[TransactionSet, ...]) -> tuple[TransactionSet, ...]:
    """Return the sets of a group, with a warning on each whose number another one had before it."""
    seen: set[str] = set()
    marked: list[TransactionSet] = []
    for each in sets:
        if each.head and each.control_number in seen:
            repeated = envelope_checks.repeated_set_number(each.head)
            each = replace(each, findings=(*each.findings, repeated))  # noqa: PLW2901
        seen.add(each.control_number)
        marked.append(each)
    return tuple(marked)
