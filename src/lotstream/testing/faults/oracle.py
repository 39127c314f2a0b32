"""What must have become of each record of the inbound topic, worked out by the plain reference from the bytes alone."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from aiokafka.partitioner import murmur2

from lotstream.testing.faults.reference import Books
from lotstream.testing.faults.reference_model import Refused
from lotstream.testing.kafka import Seen

#: Orders of more lines than this lead to messages that no topic of a fault run takes.
LINES_TOO_MANY = 300

#: Log, partition, offset.
Coordinates = tuple[int, int, int]
#: What became of a record, and its code where it was not done.
Fate = tuple[str, str | None]

_KNOWN = {
    "item.defined", "balance.opened", "stock.received", "order.placed", "order.cancelled", "hold.placed", "hold.lifted",
    "pick.confirmed", "shipment.confirmed",
}  # fmt: skip
_BROADCAST = {"site.defined", "day.opened"}
#: What the hub tells itself: an owner is to go on after a turn of the day, as it does with any record that touches it,
#: and whoever told every partition something is answered.
_CONTINUED, _ANSWERED = "day.continued", "broadcast.answered"
_HUBS_OWN = {_CONTINUED, _ANSWERED}
_A_DAY = timedelta(days=1)


class Unread(Exception):
    """A record cannot be understood; the code says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Oracle:
    """Reads logs from their start, partition by partition, and keeps the books that follow."""

    def __init__(self, bytes_max: int, *, days_told: Collection[str] = ()) -> None:
        """Name the largest value that is read, and the dates that somebody has opened by hand."""
        self._bytes_max = bytes_max
        self._days_told = days_told
        #: Partitions of the log being read.
        self._partitions = 1
        #: Partition → its today, and the number of the turn that made it so.
        self._days: dict[int, tuple[date, int]] = {}
        self._zone: tzinfo = UTC
        #: Days that were opened before they had begun, and by nobody's hand.
        self.early: list[str] = []
        self.books: dict[str, Books] = {}
        self.fates: dict[Coordinates, Fate] = {}
        #: (source, message id) of everything done or refused.
        self.messages: set[tuple[str, str]] = set()
        self._broadcasts: dict[int, int] = defaultdict(int)

    def read(self, records: Iterable[Seen], *, log: int, partitions: int) -> None:
        """Take a log in, each partition in the order of its offsets; a second log goes on where the first ended."""
        self._partitions = partitions
        for record in records:
            self.fates[log, record.partition, record.offset] = self._fate(record, log)

    def _fate(self, record: Seen, log: int) -> Fate:
        try:
            name, body = self._understand(record)
        except Unread as unread:
            return "dead_lettered", unread.code
        message = (record.headers["ce_source"].decode(), record.headers["ce_id"].decode())
        if message in self.messages:
            return "duplicate", None
        if name in _BROADCAST:
            return self._broadcast(record, name, body)
        if len(body.get("lines", ())) > LINES_TOO_MANY:
            return "dead_lettered", "too_large"
        self.messages.add(message)
        if name == _ANSWERED:
            return "done", None
        # Until a day was opened it is the date of the record itself.
        today, turn = self._days.get(record.partition) or (_appended(record).date(), 0)
        books = self.books.setdefault(body["owner"], Books(today))
        books.see_day(today, turn)
        if name == _CONTINUED:
            return "done", None
        try:
            books.do(name, body, (log, record.offset))
        except Refused as refused:
            return "refused", refused.code
        return "done", None

    def _broadcast(self, record: Seen, name: str, body: dict[str, Any]) -> Fate:
        id_ = record.headers["ce_id"].decode()
        number = int(id_.split("/")[0])
        if number <= self._broadcasts[record.partition]:
            return "duplicate", None
        self._broadcasts[record.partition] = number
        self.messages.add((record.headers["ce_source"].decode(), id_))
        if name == "day.opened":
            return self._open_day(record, number, body["date"])
        self._zone = ZoneInfo(body.get("time_zone") or "UTC")
        return "done", None

    def _open_day(self, record: Seen, number: int, said: str) -> Fate:
        day = date.fromisoformat(said)
        known = self._days.get(record.partition)
        if known is not None and day <= known[0]:
            return "done", None
        if day > _appended(record).date() + _A_DAY:
            return "refused", "field_invalid"
        if said not in self._days_told and day > _appended(record).astimezone(self._zone).date():
            self.early.append(f"{said} was opened in partition {record.partition} at {_appended(record)}")
        self._days[record.partition] = (day, number)
        return "done", None

    def _understand(self, record: Seen) -> tuple[str, dict[str, Any]]:
        """Return name and body of a command; raises `Unread`."""
        if record.value is None:
            raise Unread("no_value")
        if len(record.value) > self._bytes_max:
            raise Unread("too_large")
        name = record.headers["ce_type"].decode().removeprefix("lotstream.").removesuffix(".v1")
        if name not in _KNOWN | _BROADCAST | _HUBS_OWN:
            raise Unread("unknown_type")
        try:
            body: dict[str, Any] = json.loads(record.value)
        except ValueError:
            raise Unread("not_json") from None
        if name == "order.placed" and "lines" not in body:
            raise Unread("schema")
        if name in _KNOWN:
            self._check_place(record, body["owner"].encode())
        return name, body

    def _check_place(self, record: Seen, owner: bytes) -> None:
        if record.key != owner or (murmur2(owner) & 0x7FFFFFFF) % self._partitions != record.partition:
            raise Unread("wrong_partition")


def _appended(record: Seen) -> datetime:
    return datetime.fromtimestamp(record.timestamp_ms / 1000, UTC)
