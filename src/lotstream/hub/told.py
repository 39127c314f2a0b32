"""Which records for every partition are truly the hub's own: the numbered row in Postgres is the truth, not the record.

Anybody who may write to the inbound topic may write the hub's name and any number into a header. A partition therefore
takes its broadcasts one after the other, and each only as its row says; whatever else carries the key `*` is
dead-lettered and moves nothing, so that no true broadcast is ever passed over.
"""

from __future__ import annotations

from collections.abc import Iterable

from lotstream.contracts.cloudevents import HUB_SOURCE, text_of
from lotstream.contracts.decode import Undecodable
from lotstream.contracts.inbound import type_of
from lotstream.domain.codes import DeadLetterCode
from lotstream.domain.commands import AnswerBroadcast
from lotstream.hub.records import EVERYBODY, Entry
from lotstream.store.rows import Broadcast
from lotstream.store.seam import Store

#: The partition whose holder answers those who told every partition something.
ANSWERING_PARTITION = 0
ANSWERED = type_of("broadcast.answered")
#: Digits of a number that a database can hold; one with more is nobody's.
DIGITS_MAX = 18


def number_of(entry: Entry) -> int | None:
    """Return the number that a record for every partition has by its id; None when it is not one of the hub's."""
    headers = dict(entry.headers)
    number, _, partition = (text_of(headers, "ce_id") or "").partition("/")
    hubs_own = entry.key == EVERYBODY and text_of(headers, "ce_source") == HUB_SOURCE
    return _number(number) if hubs_own and partition == str(entry.partition) else None


def answered_by(entry: Entry) -> AnswerBroadcast | None:
    """Return what a record says of a broadcast that is to be answered; None for any other record."""
    command = entry.decoded.command if entry.decoded is not None else None
    return command if isinstance(command, AnswerBroadcast) else None


def _number(text: str) -> int | None:
    """Return a number as the hub writes it."""
    if len(text) > DIGITS_MAX or not (text.isascii() and text.isdecimal()):
        return None
    return int(text) if str(int(text)) == text else None


def why_not(entry: Entry, row: Broadcast | None, *, seen: int) -> Undecodable | None:
    """Return why a record is not the broadcast that follows the last one its partition has seen; None when it is."""
    number = number_of(entry)
    if number is None:
        return _forged("ce_id", "It is not numbered as the hub numbers what it tells every partition.")
    if number != seen + 1:
        return _forged("ce_id", f"Its number is {number} and the partition has {seen + 1} to hear next.")
    if row is None or (row.type, row.body) != (text_of(dict(entry.headers), "ce_type"), entry.value):
        return _forged("", f"It is not what the hub has told under number {number}.")
    return None


def why_no_answer(entry: Entry, number: int, *, seen: int, answered: int) -> Undecodable | None:
    """Return why a record may not answer the broadcast after the last one that was answered; None when it may."""
    message_id = entry.decoded.message_id if entry.decoded is not None else None
    if message_id != str(number) or entry.partition != ANSWERING_PARTITION:
        return _forged("ce_id", "It is not numbered as the hub numbers its answers.")
    if number != answered + 1 or number > seen:
        return _forged("ce_id", f"It answers number {number}; {answered + 1} is next, and {seen} is decided.")
    return None


async def rows_told(entries: Iterable[Entry], *, store: Store) -> dict[int, Broadcast]:
    """Return the numbered rows that a batch's broadcasts must agree with, by number, in one query or none."""
    numbers = {number for entry in entries if (number := number_of(entry)) is not None}
    return await store.broadcasts_numbered(numbers) if numbers else {}


def _forged(field: str, message: str) -> Undecodable:
    advice = "What concerns every partition is told with the lotstream command alone."
    return Undecodable(DeadLetterCode.SCHEMA, field, f"{message} {advice}")
