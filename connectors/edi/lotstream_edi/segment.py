"""One segment of an interchange, with its place in the file."""

from __future__ import annotations

from typing import NamedTuple


class Segment(NamedTuple):
    """A segment as it was written, without its terminator and without line breaks that only wrap it.

    Elements are split when they are asked for: a set keeps little more than its own text in memory.
    """

    #: Number in the interchange; the ISA is 1.
    number: int
    id: str
    text: str
    #: Characters of the decoded file, first and behind the terminator.
    start: int
    end: int
    #: The element separator.
    separator: str

    @property
    def elements(self) -> list[str]:
        """Return the elements as written; the id is element 0, so that W0103 is ``elements[3]``."""
        return self.text.split(self.separator)

    def element(self, number: int) -> str:
        """Return one element without blanks around it, empty when the segment ends before it."""
        elements = self.elements
        return elements[number].strip() if number < len(elements) else ""
