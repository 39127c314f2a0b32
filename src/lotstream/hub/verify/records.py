"""One partition, record by record: its chain of hashes, and all rows that belong to each record.

Every table that has rows by record is read in the order of the log, side by side, so that of none more than a piece is
in memory.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NoReturn

from lotstream.domain.events import Event
from lotstream.hub.verify.compare import Comparison, Table
from lotstream.hub.verify.found import NOTHING, Difference, Findings
from lotstream.hub.verify.heard import Broadcasts
from lotstream.hub.verify.lines import Lines
from lotstream.hub.verify.replay import DAMAGED, FIRST_VERSION, Replay
from lotstream.hub.verify.streams import Stream
from lotstream.hub.verify.told import Place, Told
from lotstream.store.codec import decode_event, encode_days, order_of
from lotstream.store.journal import link
from lotstream.store.rows import Outcome
from lotstream.store.verify import RECORD_TABLES, Snapshot

if TYPE_CHECKING:
    from lotstream.store.verify import Row

DEAD_LETTER = Table("dead_letter", ("offset",), ("recorded_at", "code", "field", "message"))
#: Outcomes of records that events may belong to: before a command is refused, its owner's day is continued.
WITH_EVENTS = frozenset({Outcome.DONE, Outcome.REFUSED})


class Broken(Exception):
    """The journal cannot be followed any further; the difference is noted."""


@dataclass(frozen=True, slots=True)
class Kept:
    """Since when rows cannot have been pruned."""

    outbox: datetime
    dead_letters: datetime

    @classmethod
    def at(cls, now: datetime, *, outbox_days: int, retention_days: int) -> Kept:
        """Return the times by settings."""
        return cls(now - timedelta(days=outbox_days), now - timedelta(days=retention_days))


class PartitionCheck:
    """Follows one partition's records, plays its journal and compares what belongs to each record."""

    def __init__(
        self, snapshot: Snapshot, replay: Replay, findings: Findings, *, partition: int, chain: bytes, kept: Kept,
        told: Mapping[int, Row], log: int, relay_position: int, owner: str | None, outbox: bool,
    ) -> None:  # fmt: skip
        self._snapshot = snapshot
        self._replay = replay
        self._findings = findings
        self._partition = partition
        self._kept = kept
        #: The present log, and the offset of it below which everything is published.
        self._log = log
        self._relay_position = relay_position
        #: The only owner whose events are played; None for all.
        self._owner = owner
        self._outbox = outbox
        self._today = encode_days({})
        self._sent_from: Row | None = None
        self._kept_from = 0
        #: Some of its oldest intake rows are gone, as they should be.
        self.was_pruned = False
        self.chain = chain
        #: The record before the end, and the largest append time.
        self.last: Row | None = None
        self.append_time: datetime | None = None
        #: Some of its events were decided by the first version.
        self.first_version = False
        self.broadcasts = Broadcasts(partition, told)

    async def follow(self, log: int, *, start: int, kept_from: int) -> int:
        """Go through one log from its first offset and return the offset after its last record.

        Below ``kept_from`` the intake was pruned. Raises `Broken` where the journal cannot be followed, and `Enough`.
        """
        streams = [
            await Stream(await self._snapshot.of_record(table, log, self._partition)).open() for table in RECORD_TABLES
        ]
        self._sent_from = streams[RECORD_TABLES.index("outbox")].first
        self._today = encode_days(self._replay.sites(self._partition).today)
        self.last = None
        self._kept_from = expected = max(start, kept_from)
        self.was_pruned = self.was_pruned or kept_from > start
        while (offset := min((s.head for s in streams if s.head is not None), default=None)) is not None:
            rows = [await stream.take(offset) for stream in streams]
            self._count(rows)
            if offset < self._kept_from:
                self._pruned(Place(log, self._partition, offset), rows)
                continue
            if offset > expected:
                missing = Place(log, self._partition, expected)
                self._findings.add(Difference("intake", missing.key(), None, "a record", NOTHING))
            expected = offset + 1
            self._record(Place(log, self._partition, offset), rows)
        return expected

    def _count(self, rows: Sequence[Sequence[Row]]) -> None:
        for table, found in zip(RECORD_TABLES, rows, strict=True):
            if found:
                self._findings.rows[table] += len(found)

    def _record(self, place: Place, rows: Sequence[Sequence[Row]]) -> None:
        intakes, journal, sent, letters, *added = rows
        intake = intakes[0] if intakes else None
        if intake is None:
            self._findings.add(Difference("intake", place.key(), None, "a record", NOTHING))
            return
        self._note(intake)
        self.broadcasts.note(intake, letters[0] if letters else None)
        self._letter(place, intake, letters)
        mine = self._owner is None or intake["owner"] == self._owner
        told = Told(place, intake["recorded_at"], sent, self._findings) if mine and self._told(place, intake) else None
        events = [self._linked(place, index, row) for index, row in enumerate(journal)]
        for difference in self.broadcasts.check(place, intake, journal, self._replay.sites(self._partition)):
            self._findings.add(difference)
        lines = Lines(place)
        for row, event in zip(journal, events, strict=True):
            self._columns(place, row, event, intake)
            self._play(row, event, told, lines)
        if mine:
            self._lines(lines, journal, added)
        if told is not None:
            self._rest(told, intake, letters, place.log)

    def _pruned(self, place: Place, rows: Sequence[Sequence[Row]]) -> None:
        """Play what was decided of a record whose intake row is gone."""
        intakes, journal, _, _, *added = rows
        if intakes:
            self._findings.add(Difference("intake", place.key(), None, NOTHING, intakes[0]["outcome"], "it was pruned"))
        lines = Lines(place)
        for index, row in enumerate(journal):
            event = self._linked(place, index, row)
            self._said(place, row, event)
            self._play(row, event, None, lines)
        if self._owner is None or (journal and journal[0]["owner"] == self._owner):
            self._lines(lines, journal, added)

    def _note(self, intake: Row) -> None:
        """Keep what the claim has of the last record."""
        self.last = intake
        recorded_at = intake["recorded_at"]
        self.append_time = recorded_at if self.append_time is None else max(self.append_time, recorded_at)

    def _linked(self, place: Place, index: int, row: Row) -> Event:
        """Return a row's event after its link to the row before it was checked; raises `Broken`."""
        body = row["body"]
        chain = link(self.chain, place.partition, place.offset, row["index"], row["type"], body.encode())
        if row["index"] != index:
            self._stop(Difference("journal", place.key(index), None, "an event", NOTHING))
        if chain != row["hash"]:
            note = "this row, or the one before it, was changed, moved, inserted or deleted"
            self._stop(Difference("journal", place.key(index), "hash", chain, row["hash"], note))
        self.chain = chain
        try:
            return decode_event(row["type"], body)
        except DAMAGED as error:
            kind = f"an event of type {row['type']}"
            self._stop(Difference("journal", place.key(index), "body", kind, str(error)))

    def _stop(self, difference: Difference) -> NoReturn:
        self._findings.add(difference)
        raise Broken

    def _said(self, place: Place, row: Row, event: Event) -> None:
        """Compare what a row says beside its event with the event, and with the days as they are then."""
        order = order_of(event)
        wanted, found = (*(order or (None, None)), self._today), (row["source"], row["order"], row["today"])
        if wanted != found:
            for name, says, said in zip(("source", "order", "today"), wanted, found, strict=True):
                self._findings.expect("journal", place.key(row["index"]), name, journal=says, found=said)

    def _columns(self, place: Place, row: Row, event: Event, intake: Row) -> None:
        """Compare what a row says beside its event."""
        self._said(place, row, event)
        for name in ("owner", "recorded_at"):
            note = "the hash does not cover it: the row of the journal may be the wrong one"
            self._findings.expect("intake", place.key(), name, journal=row[name], found=intake[name], note=note)
        if intake["outcome"] not in WITH_EVENTS:
            self._findings.expect("intake", place.key(), "outcome", journal=Outcome.DONE, found=intake["outcome"])

    def _play(self, row: Row, event: Event, told: Told | None, lines: Lines) -> None:
        owner = row["owner"]
        if owner is not None and self._owner is not None and owner != self._owner:
            return
        sites = self._replay.sites(self._partition)
        try:
            if row["code"] == FIRST_VERSION:
                self.first_version = True
            if owner is None:
                self._replay.hear(self._partition, event)
                self._today = encode_days(sites.today)
                return
            ledger = self._replay.play(self._partition, owner, event, code=row["code"], recorded_at=row["recorded_at"])
            if told is not None:
                told.event(ledger, event, sites.today, code=row["code"])
            lines.add(ledger, event, row["recorded_at"])
            self._replay.settle(ledger)
        except DAMAGED as error:
            note = "it does not fit what was decided before it"
            says = f"{type(error).__name__}: {error}"
            self._stop(Difference("journal", lines.place.key(row["index"]), "body", says, row["type"], note))

    def _lines(self, lines: Lines, journal: Sequence[Row], added: Sequence[Sequence[Row]]) -> None:
        by_first = any(row["code"] == FIRST_VERSION for row in journal)
        lines.compare(*added, findings=self._findings, by_first=by_first)

    def _letter(self, place: Place, intake: Row, letters: Sequence[Row]) -> None:
        """Compare what is kept of a record that could not be understood with what became of it."""
        is_dead = intake["outcome"] == Outcome.DEAD_LETTERED
        if letters and not is_dead:
            self._findings.add(Difference("dead_letter", place.key(), None, NOTHING, letters[0]["code"]))
        elif letters:
            said = tuple(letters[0][name] for name in DEAD_LETTER.columns)
            says = tuple(intake[name] for name in DEAD_LETTER.columns)
            given = {"log": place.log, "partition": place.partition}
            Comparison(DEAD_LETTER, self._findings, given=given).columns((place.offset,), says, said)
        elif is_dead and intake["recorded_at"] >= self._kept.dead_letters:
            self._findings.add(Difference("dead_letter", place.key(), None, intake["code"], NOTHING))

    def _told(self, place: Place, intake: Row) -> bool:
        """Tell whether the outbox must still have all that a record has told."""
        if not self._outbox:
            return False
        first = self._sent_from
        waits = place.log == self._log and place.offset >= self._relay_position
        if waits or intake["recorded_at"] >= self._kept.outbox:
            return True
        if first is None or place.offset < first["offset"]:
            return False
        return place.offset > first["offset"] or bool(first["index"] == 0)

    def _rest(self, told: Told, intake: Row, letters: Sequence[Row], log: int) -> None:
        if intake["outcome"] == Outcome.DEAD_LETTERED:
            told.dead_letter(letters[0] if letters else None, log)
        else:
            told.end(Outcome(intake["outcome"]))
