"""What is too large for one message is told in several."""

from __future__ import annotations

import json

import pytest

from lotstream.contracts import sending
from lotstream.contracts.sending import in_parts
from lotstream.settings import Settings


def test_a_list_that_no_topic_takes_is_told_in_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each message is within the limit and says all else alike; together they have the list, in its order."""
    monkeypatch.setattr(sending, "SENT_BYTES_MAX", 1000)
    tasks = [{"task": f"t-{number}", "action": "cancel" if number < 9 else "create"} for number in range(100)]
    told = [*in_parts("topic", "key", "type", {"owner": "acme", "tasks": tasks}, "tasks")]
    bodies = [json.loads(one.value) for one in told]
    assert len(told) > 2
    assert all(len(one.value) <= 1000 for one in told)
    assert {(one.topic, one.key, one.type) for one in told} == {("topic", "key", "type")}
    assert {body["owner"] for body in bodies} == {"acme"}
    assert [task for body in bodies for task in body["tasks"]] == tasks


def test_what_fits_is_one_message() -> None:
    """It is what it was before anything was parted, byte for byte."""
    body = {"owner": "acme", "tasks": [{"task": "t-1"}]}
    (told,) = in_parts("topic", "key", "type", body, "tasks")
    assert told.value == b'{"owner":"acme","tasks":[{"task":"t-1"}]}'


def test_one_that_is_too_large_by_itself_stays_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is nothing to halve, and whoever publishes it says that it is too large."""
    monkeypatch.setattr(sending, "SENT_BYTES_MAX", 10)
    assert len([*in_parts("topic", "key", "type", {"tasks": [{"task": "t-1"}]}, "tasks")]) == 1


def test_topics_take_what_is_not_parted() -> None:
    """The limit is that of the topics as they are made, less headers and framing."""
    assert Settings().outgoing_bytes_max - 4096 == sending.SENT_BYTES_MAX
