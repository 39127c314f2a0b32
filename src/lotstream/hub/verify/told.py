"""The outbox against the journal: what an event tells is told, under its own id, and nothing else is.

Messages are made anew from the ledger as it was, as far as the outbox still has them. Answers to commands and what is
said of refusals hang on the command, which the journal has not: of those the place, the id and the time are checked.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from lotstream import __version__
from lotstream.contracts.cloudevents import DEAD_LETTER_LEFT_OUT
from lotstream.contracts.decode import Undecodable
from lotstream.contracts.outgoing import Outgoing, messages
from lotstream.contracts.topics import ANSWERS, FLOOR_TASKS, INVENTORY, ORDER_STATUS, RECALL_LETTERS
from lotstream.contracts.write_recalls import nameless
from lotstream.domain.codes import DeadLetterCode
from lotstream.domain.commands import Moment
from lotstream.domain.events import Event
from lotstream.domain.ledger import Ledger
from lotstream.hub.dead_letters import dead_letter
from lotstream.hub.ids import CONTINUED, decision_id, outgoing_id
from lotstream.hub.records import Entry
from lotstream.hub.verify.compare import first_difference
from lotstream.hub.verify.found import NOTHING, Difference, Findings
from lotstream.store.codec import decode_headers, encode_headers
from lotstream.store.rows import Outcome

if TYPE_CHECKING:
    from lotstream.store.verify import Row

#: What may follow the messages of a record's events, by its outcome.
TAILS = {
    Outcome.DONE: ((), (ANSWERS.name,)),
    Outcome.REFUSED: ((), (ANSWERS.name,), (ORDER_STATUS.name, ANSWERS.name)),
    Outcome.DUPLICATE: ((),),
}
#: Topics that joined after a release: what was decided by another version may lack their messages.
JOINED = frozenset({FLOOR_TASKS.name, INVENTORY.name, RECALL_LETTERS.name})


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record stands in the log."""

    log: int
    partition: int
    offset: int

    def key(self, index: int | None = None) -> dict[str, object]:
        """Return it as the key of a row."""
        key: dict[str, object] = {"log": self.log, "partition": self.partition, "offset": self.offset}
        return key if index is None else {**key, "index": index}


class Told:
    """The outgoing messages of one record, gone through event by event."""

    def __init__(self, place: Place, recorded_at: datetime, rows: Sequence[Row], findings: Findings) -> None:
        self._place = place
        self._recorded_at = recorded_at
        self._rows = rows
        self._findings = findings
        self._at = 0
        for index, row in enumerate(rows):
            self._envelope(index, row)

    def event(self, ledger: Ledger, event: Event, today: Mapping[str, date], *, code: str) -> None:
        """Compare what an event, just applied, tells; its wording only where this version has decided it."""
        for number, wanted in enumerate(messages(ledger, event, self._moment("", today))):
            if code != __version__ and wanted.topic in JOINED and not self._comes_next(wanted):
                # An older version told nothing of it yet.
                continue
            row = self._next(wanted)
            if row is None:
                return
            told = (row["topic"], row["type"], row["key"])
            expected = (wanted.topic, wanted.type, wanted.key.encode())
            key = self._place.key(row["index"])
            self._findings.expect("outbox", key, "topic, type, key", journal=expected, found=told)
            said, says = row["value"], wanted.value
            if wanted.topic == RECALL_LETTERS.name and said is not None:
                # Names are not in the journal, and may have been erased since.
                said, says = nameless(said), nameless(says)
            if code == __version__ and said != says and told == expected:
                # What was continued before the command has a decision of its own.
                continued = list(messages(ledger, event, self._moment(CONTINUED, today)))[number]
                self._wording(row["index"], says, said, continued.value)

    def end(self, outcome: Outcome) -> None:
        """Compare what is left when all events have told what they tell."""
        rest = tuple(row["topic"] for row in self._rows[self._at :])
        if rest not in TAILS[outcome]:
            self._lone(self._rows[self._at])

    def dead_letter(self, letter: Row | None, log: int) -> None:
        """Compare the message of a record that could not be understood with what is kept of it."""
        if not self._rows:
            key = self._place.key(0)
            self._findings.add(Difference("outbox", key, None, "a dead letter", NOTHING))
            return
        if len(self._rows) > 1:
            self._lone(self._rows[1])
        if letter is not None:
            self._same_letter(self._rows[0], letter, log)

    def _same_letter(self, row: Row, letter: Row, log: int) -> None:
        reason = Undecodable(DeadLetterCode(letter["code"]), letter["field"] or "", letter["message"])
        entry = Entry(
            self._place.partition, self._place.offset, self._recorded_at, letter["key"], letter["value"],
            decode_headers(letter["headers"]),
        )  # fmt: skip
        left_out = DEAD_LETTER_LEFT_OUT in dict(decode_headers(row["headers"]))
        _, wanted = dead_letter(entry, reason, log=log, bytes_max=-1 if left_out else sys.maxsize)
        for column, expected in (
            ("topic", wanted.topic), ("type", wanted.type), ("key", wanted.key), ("value", wanted.value),
            ("headers", encode_headers(wanted.headers)),
        ):  # fmt: skip
            self._findings.expect("outbox", self._place.key(0), column, journal=expected, found=row[column])

    def _envelope(self, index: int, row: Row) -> None:
        """Compare what every message of a record has: its number, its id, its time."""
        key = self._place.key(row["index"])
        id_ = outgoing_id(self._place.log, self._place.partition, self._place.offset, row["index"])
        if row["index"] != index:
            self._findings.add(Difference("outbox", self._place.key(index), None, "a message", NOTHING))
        self._findings.expect("outbox", key, "id", journal=id_, found=row["id"])
        self._findings.expect("outbox", key, "recorded_at", journal=self._recorded_at, found=row["recorded_at"])

    def _next(self, wanted: Outgoing) -> Row | None:
        if self._at >= len(self._rows):
            says = f"{wanted.type} under key {wanted.key}"
            self._findings.add(Difference("outbox", self._place.key(self._at), None, says, NOTHING))
            return None
        self._at += 1
        return self._rows[self._at - 1]

    def _comes_next(self, wanted: Outgoing) -> bool:
        return self._at < len(self._rows) and self._rows[self._at]["topic"] == wanted.topic

    def _wording(self, index: int, wanted: bytes, found: bytes | None, continued: bytes) -> None:
        if found != continued:
            path, says, said = first_difference(wanted.decode(), (found or b"").decode(errors="replace"))
            self._findings.add(Difference("outbox", self._place.key(index), f"value{path}", says, said))

    def _lone(self, row: Row) -> None:
        self._findings.add(Difference("outbox", self._place.key(row["index"]), None, NOTHING, row["type"]))

    def _moment(self, part: str, today: Mapping[str, date]) -> Moment:
        decision = decision_id(self._place.log, self._place.partition, self._place.offset, part)
        # Its place in the queue is not told.
        return Moment(self._recorded_at, dict(today), decision, 0)
