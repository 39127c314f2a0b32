from __future__ import annotations

from aiokafka import ConsumerRecord

from lotstream.contracts.topics import DEAD_LETTERS, PICK_TASKS
from lotstream.testing.faults.reader import Reader


def _record(offset: int, *, topic: str = PICK_TASKS.name, id_: str = "a", dlq: str | None = None) -> ConsumerRecord:
    headers = [("ce_id", id_.encode()), *([("lotstream_dlq_id", dlq.encode())] if dlq else [])]
    return ConsumerRecord(topic, 0, offset, 0, 1, b"", b"", None, 0, 0, headers)


def test_the_same_record_read_again_is_no_double_and_another_record_of_its_id_is() -> None:
    """A reader that had to begin anew reads old offsets again; a message at two offsets was published twice."""
    reader = Reader("")
    for offset in (0, 1, 0, 1):
        reader.take(_record(offset, id_=f"m{offset}"))
    assert set(reader.seen.values()) == {1}
    reader.take(_record(2, id_="m0"))
    assert reader.seen[PICK_TASKS.name, "m0"] == 2


def test_a_dead_letter_is_known_by_its_own_id() -> None:
    """Two dead letters of one message are two messages."""
    reader = Reader("")
    for offset in (0, 1):
        reader.take(_record(offset, topic=DEAD_LETTERS.name, id_="poison", dlq=f"d{offset}"))
    assert reader.seen == {(DEAD_LETTERS.name, "d0"): 1, (DEAD_LETTERS.name, "d1"): 1}
