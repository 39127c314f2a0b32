"""Text to segments: one interchange from behind its ISA to its IEA, the next ISA, or the end of the file."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from sys import intern
from typing import Final

from lotstream_edi.findings import Finding, FindingCode, warning
from lotstream_edi.isa import Delimiters, Isa, looks_like_isa, read_isa
from lotstream_edi.segment import Segment

BLANKS: Final = " \t\r\n\ufeff\x00\x1a"
"""What may stand between segments and interchanges without meaning anything; the last is DOS's end of file."""
LINE_BREAKS: Final = "\r\n"
ID_CHARS_MAX: Final = 3
"""Characters of a segment id by the standard."""

_ISA_ON_NEW_LINE = re.compile(r"[\r\n][ \t]*(?=ISA[^A-Za-z0-9\s])")
_WHOLE_IEA = re.compile(r"IEA[^A-Za-z0-9\s][0-9]+[^A-Za-z0-9\s][0-9]+[ \t]*(?=[\r\n])")


@dataclass(slots=True)
class Oddity:
    """How often something harmless was seen in an interchange, and where first."""

    code: FindingCode
    message: str
    count: int = 0
    first: Segment | None = None
    first_number: int = 0

    def seen(self, number: int, segment: Segment | None = None) -> None:
        """Count one more, at or before segment ``number``."""
        if not self.count:
            self.first_number, self.first = number, segment
        self.count += 1

    def finding(self) -> Finding | None:
        """Return one warning for all of them, or None."""
        if not self.count:
            return None
        text = self.message.format(times="once" if self.count == 1 else f"{self.count} times", at=self.first_number)
        return warning(self.code, text, at=self.first)


@dataclass(slots=True)
class Run:
    """The segments of one interchange behind its ISA."""

    segments: list[Segment] = field(default_factory=list)
    #: Character behind the last segment.
    end: int = 0
    findings: list[Finding] = field(default_factory=list)

    @property
    def is_closed(self) -> bool:
        """Tell whether the interchange ends with its IEA."""
        return bool(self.segments) and self.segments[-1].id == "IEA"


class _Oddities:
    def __init__(self) -> None:
        self.empty = Oddity(
            FindingCode.EMPTY_SEGMENT,
            "An empty segment (two terminators in a row) was skipped {times}, first before segment {at}.",
        )
        self.wrapped = Oddity(
            FindingCode.LINE_WRAPPED, "A line break inside a segment was taken out {times}, first in segment {at}."
        )
        self.indented = Oddity(
            FindingCode.SEGMENT_INDENTED,
            "A segment is indented {times}, first segment {at}; the blanks were taken out.",
        )

    def findings(self) -> list[Finding]:
        found = (oddity.finding() for oddity in (self.empty, self.wrapped, self.indented))
        return [finding for finding in found if finding is not None]


def read_segments(text: str, isa: Isa) -> Run:
    """Return the segments that follow an ISA, up to its IEA or to where the interchange breaks off."""
    run, oddities, delimiters = Run(), _Oddities(), isa.delimiters
    place, size = isa.segment.end, len(text)
    while place < size:
        end = text.find(delimiters.terminator, place)
        is_terminated = end >= 0
        piece = text[place : end if is_terminated else size]
        body = piece.lstrip(BLANKS)
        lead = len(piece) - len(body)
        start = place + lead
        number = len(run.segments) + 2
        if body.startswith("ISA") and _is_next_isa(text, start):
            break
        place = end + 1 if is_terminated else size
        body = body.rstrip(LINE_BREAKS if is_terminated else BLANKS)
        if not body:
            if is_terminated:
                oddities.empty.seen(number)
            continue
        if "\n" in body or "\r" in body:
            cut = _cut_at(text, start, body, is_terminated=is_terminated)
            if cut is not None:
                body, place, is_terminated = body[:cut], start + cut, False
            else:
                body = body.replace("\r", "").replace("\n", "")
                oddities.wrapped.seen(number)
        segment = _segment(number, body, (start, place), delimiters)
        run.segments.append(segment)
        run.end = place
        if lead and (" " in piece[:lead] or "\t" in piece[:lead]):
            oddities.indented.seen(number, segment)
        if not is_terminated:
            run.findings.append(_unterminated(segment))
        if segment.id == "IEA":
            break
    run.end = run.end or isa.segment.end
    run.findings += oddities.findings()
    return run


def _segment(number: int, body: str, span: tuple[int, int], delimiters: Delimiters) -> Segment:
    id_end = body.find(delimiters.element)
    segment_id = body if id_end < 0 else body[:id_end]
    segment_id = segment_id.rstrip()
    if len(segment_id) <= ID_CHARS_MAX:
        # A file has some twenty ids and hundreds of thousands of segments: each id is kept once.
        segment_id = intern(segment_id)
    return Segment(number, segment_id, body, span[0], span[1], delimiters.element)


def _is_next_isa(text: str, start: int) -> bool:
    return looks_like_isa(text, start) and isinstance(read_isa(text, start), Isa)


def _cut_at(text: str, start: int, body: str, *, is_terminated: bool) -> int | None:
    """Return where a segment without terminator ends, when a line break and a new interchange follow it.

    The last segment of an interchange often has no terminator. What stands behind it then is told from a wrapped
    segment by a readable ISA on a new line, or, at the end of the file, by the line break after a whole IEA.
    """
    for found in _ISA_ON_NEW_LINE.finditer(body):
        if _is_next_isa(text, start + found.end()):
            return found.start()
    whole = None if is_terminated else _WHOLE_IEA.match(body)
    return whole.end() if whole else None


def _unterminated(segment: Segment) -> Finding:
    return warning(
        FindingCode.TERMINATOR_MISSING,
        f"Segment {segment.number} ({segment.id[:3]}) has no terminator; it was read as if it had one.",
        at=segment,
    )
