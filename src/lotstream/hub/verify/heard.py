"""What a partition was told and what it answered, by the records it decided."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lotstream.contracts.inbound import type_of
from lotstream.hub.records import EVERYBODY
from lotstream.store.rows import Outcome

if TYPE_CHECKING:
    from lotstream.store.verify import Row

#: Type of the record that answers who told every partition something.
ANSWERED = type_of("broadcast.answered")


class Broadcasts:
    """The numbers of what a partition was told, by the records that it decided."""

    def __init__(self, partition: int) -> None:
        self._partition = partition
        #: The last that was understood, and how many there were after it that nobody could read.
        self.last = 0
        self.unread = 0
        #: The last that was answered; None when none was.
        self.answered: int | None = None

    def note(self, intake: Row, letter: Row | None) -> None:
        """Take note of a record."""
        if intake["owner"] is not None:
            return
        number, _, partition = (intake["message_id"] or "").partition("/")
        if intake["outcome"] == Outcome.DEAD_LETTERED:
            self.unread += letter is None or letter["key"] == EVERYBODY
        elif intake["type"] == ANSWERED:
            self.answered = int(number)
        elif partition == str(self._partition) and number.isdecimal() and int(number) > self.last:
            self.last, self.unread = int(number), 0

    def fits(self, seen: int) -> bool:
        """Tell whether a claim may have seen so many: one that nobody can read is heard too, a forged one is not."""
        return self.last <= seen <= self.last + self.unread
