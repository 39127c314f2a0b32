"""What a partition was told and what it answered, by the records it decided."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from lotstream import __version__
from lotstream.contracts.cloudevents import HUB_SOURCE, headers_for
from lotstream.contracts.decode import Undecodable, decode
from lotstream.contracts.inbound import type_of
from lotstream.domain.broadcasts import decide_broadcast
from lotstream.domain.commands import Moment
from lotstream.domain.ledger import Sites
from lotstream.hub.ids import decision_id
from lotstream.hub.records import EVERYBODY
from lotstream.hub.verify.found import NOTHING, Difference
from lotstream.hub.verify.told import Place
from lotstream.store.codec import encode_text
from lotstream.store.rows import Outcome

if TYPE_CHECKING:
    from lotstream.store.verify import Row

#: Type of the record that answers who told every partition something.
ANSWERED = type_of("broadcast.answered")


class Broadcasts:
    """The numbers of what a partition was told, by the records that it decided; ``rows`` are the broadcasts by number.

    A broadcast's table is the only place where it stands as it was told, so these alone are decided again.
    """

    def __init__(self, partition: int, rows: Mapping[int, Row]) -> None:
        self._partition = partition
        self._rows = rows
        #: The last that was understood, and how many there were after it that nobody could read.
        self.last = 0
        self.unread = 0
        #: The last that was answered; None when none was.
        self.answered: int | None = None

    def note(self, intake: Row, letter: Row | None) -> None:
        """Take note of a record."""
        if intake["owner"] is not None:
            return
        if intake["outcome"] == Outcome.DEAD_LETTERED:
            self.unread += letter is None or letter["key"] == EVERYBODY
        elif intake["type"] == ANSWERED:
            self.answered = int(intake["message_id"])
        elif (number := self._number(intake)) is not None and number > self.last:
            self.last, self.unread = number, 0

    def fits(self, seen: int) -> bool:
        """Tell whether a claim may have seen so many: one that nobody can read is heard too, a forged one is not."""
        return self.last <= seen <= self.last + self.unread

    def check(self, place: Place, intake: Row, journal: Sequence[Row], sites: Sites) -> Iterator[Difference]:
        """Yield what differs between a broadcast as it was told and what the partition made of it, not yet applied."""
        number = None if intake["owner"] is not None else self._number(intake)
        if number is None or intake["outcome"] not in (Outcome.DONE, Outcome.REFUSED):
            return
        row, key = self._rows.get(number), {"number": number}
        if row is None:
            yield Difference("broadcast", key, None, intake["type"], NOTHING)
        elif row["type"] != intake["type"]:
            yield Difference("broadcast", key, "type", intake["type"], row["type"])
        elif journal and all(event["code"] == __version__ for event in journal):
            says = [event["body"] for event in journal]
            said = self._again(place, intake, row, sites)
            if says != said:
                yield Difference("broadcast", key, "body", ", ".join(says), ", ".join(said) or "what changes nothing")

    def _again(self, place: Place, intake: Row, row: Row, sites: Sites) -> list[str]:
        """Return the events that follow from a broadcast as it stands in its table, or why there are none."""
        headers = headers_for(row["type"], id=intake["message_id"], source=HUB_SOURCE)
        try:
            command = decode(headers, row["body"]).command
            decision = decision_id(place.log, place.partition, place.offset)
            moment = Moment(intake["recorded_at"], sites.today, decision, 0)
            decided = decide_broadcast(sites, command, moment, number=row["number"])
        except (Undecodable, TypeError) as error:
            return [str(error)]
        return [encode_text(event) for event in decided] if isinstance(decided, tuple) else [decided.message]

    def _number(self, intake: Row) -> int | None:
        number, _, partition = (intake["message_id"] or "").partition("/")
        return int(number) if partition == str(self._partition) and number.isdecimal() else None
