"""The conformance suite finds what it is there to find."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from lotstream.connect import Connector, Delivery, Message, Refused, Translation
from lotstream.testing.connectors import Case, ConnectorConformance, read_cases
from lotstream.testing.quiet import TouchedOutside, no_outside_world
from tests.connect.doubles import PlainConnector


class ReadsAFile(PlainConnector):
    def translate(self, delivery: Delivery) -> Translation:
        Path(os.devnull).read_bytes()
        return super().translate(delivery)


class RandomIds(PlainConnector):
    def translate(self, delivery: Delivery) -> Translation:
        messages = super().translate(delivery).messages
        return Translation(tuple(replace(message, message_id=uuid4().hex) for message in messages))


class OneIdForAll(PlainConnector):
    def translate(self, delivery: Delivery) -> Translation:
        messages = super().translate(delivery).messages
        return Translation(tuple(replace(message, message_id="1") for message in messages))


class WithoutASource(PlainConnector):
    def translate(self, delivery: Delivery) -> Translation:
        messages = super().translate(delivery).messages
        return Translation(tuple(replace(message, source="") for message in messages))


class NoSentence(PlainConnector):
    def translate(self, delivery: Delivery) -> Translation:
        raise Refused("Bad", None, "no")


class DropsAnOrder(PlainConnector):
    def translate(self, delivery: Delivery) -> Translation:
        messages: tuple[Message, ...] = super().translate(delivery).messages
        return Translation(messages[1:])


def suite(connector: Callable[[], PlainConnector]) -> ConnectorConformance:
    """Return the suite for a connector."""

    class Suite(ConnectorConformance):
        def connector(self, folder: Path) -> Connector[Any]:
            return connector()

    return Suite()


@pytest.fixture
def cases(tmp_path: Path) -> list[Case]:
    """A fixture that is accepted, and one that is refused."""
    for name, words, verdict, orders in (("good", "A1 A2", "accepted", ["A1", "A2"]), ("bad", "refuse", "refused", [])):
        (tmp_path / name).write_text(words)
        said = {
            "verdict": verdict,
            "messages": [{"type": "order.placed", "body": {"order": order}} for order in orders],
            "refusals": [{"code": "not_text"}] if not orders else [],
        }
        (tmp_path / f"{name}.case.json").write_text(json.dumps(said))
    return read_cases(tmp_path)


async def test_a_connector_that_does_as_it_should_passes(cases: list[Case], tmp_path: Path) -> None:
    """The plain connector holds all of it but one thing: it breaks on bytes that are no text."""
    checks = suite(PlainConnector)
    made = PlainConnector()
    await checks.test_each_fixture_becomes_what_is_said_beside_it(made, cases)
    checks.test_translating_is_pure(made, tmp_path, cases)
    checks.test_messages_say_who_they_are(made, cases)
    await checks.test_a_crash_before_settling_publishes_again_under_the_same_ids(made, cases)
    await checks.test_a_refusal_has_a_code_a_sentence_and_the_bytes(made, cases)


def test_reading_a_file_while_translating_is_found(cases: list[Case], tmp_path: Path) -> None:
    """A translation that looks outside the delivery is not pure."""
    with pytest.raises(TouchedOutside):
        suite(ReadsAFile).test_translating_is_pure(ReadsAFile(), tmp_path, cases)


async def test_ids_that_change_are_found(cases: list[Case], tmp_path: Path) -> None:
    """Another id for the same delivery would make a copy look like a new order."""
    with pytest.raises(AssertionError, match="good"):
        suite(RandomIds).test_translating_is_pure(RandomIds(), tmp_path, cases)
    with pytest.raises(AssertionError, match="good"):
        await suite(RandomIds).test_a_crash_before_settling_publishes_again_under_the_same_ids(RandomIds(), cases)


@pytest.mark.parametrize("connector", [OneIdForAll, WithoutASource])
def test_messages_without_an_identity_are_found(cases: list[Case], connector: type[PlainConnector]) -> None:
    """One id for two messages, or no source, would lose one of them in the hub."""
    with pytest.raises(AssertionError):
        suite(connector).test_messages_say_who_they_are(connector(), cases)


async def test_an_order_that_gets_lost_is_found(cases: list[Case]) -> None:
    """A fixture says all of what is published, not only a part of it."""
    with pytest.raises(AssertionError, match="expected 2, got"):
        await suite(DropsAnOrder).test_each_fixture_becomes_what_is_said_beside_it(DropsAnOrder(), cases)


async def test_a_refusal_that_tells_nothing_is_found(cases: list[Case]) -> None:
    """A code in capitals and a single word help nobody."""
    with pytest.raises(AssertionError):
        await suite(NoSentence).test_a_refusal_has_a_code_a_sentence_and_the_bytes(NoSentence(), cases)


def test_breaking_on_damaged_bytes_is_found(cases: list[Case]) -> None:
    """Bytes that are no text must be refused and not be an error of the connector."""
    with pytest.raises(UnicodeDecodeError):
        suite(PlainConnector).test_damaged_bytes_are_refused_and_never_break_it(PlainConnector(), cases)


def test_fixtures_that_refuse_nothing_are_found(cases: list[Case]) -> None:
    """A connector whose fixtures only succeed has not shown what it refuses."""
    with pytest.raises(AssertionError):
        suite(PlainConnector).test_fixtures_show_what_is_taken_and_what_is_refused(cases[1:])


def test_outside_the_block_everything_is_as_before(tmp_path: Path) -> None:
    """The watch over files and sockets ends with its block."""
    with no_outside_world():
        pass
    (tmp_path / "file").write_text("A1")
