"""Segments into the wholes that an opening and a closing segment make."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lotstream_edi.segment import Segment


@dataclass(frozen=True, slots=True)
class Enclosure:
    """An opener with its closer and what stands between; either may be missing, and strays have neither."""

    head: Segment | None
    inner: tuple[Segment, ...]
    tail: Segment | None


def enclose(segments: Iterable[Segment], *, opener: str, closer: str) -> list[Enclosure]:
    """Part segments into enclosures, in order and without losing one."""
    enclosures: list[Enclosure] = []
    head: Segment | None = None
    inner: list[Segment] = []
    for segment in segments:
        if segment.id == opener:
            if head or inner:
                enclosures.append(Enclosure(head, tuple(inner), None))
            head, inner = segment, []
        elif segment.id == closer:
            enclosures.append(Enclosure(head, tuple(inner), segment))
            head, inner = None, []
        else:
            inner.append(segment)
    if head or inner:
        enclosures.append(Enclosure(head, tuple(inner), None))
    return enclosures
