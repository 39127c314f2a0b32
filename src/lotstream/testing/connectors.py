"""What every connector must do, as tests to inherit.

A connector's test file says how to make one and where its fixtures are::

    class TestConformance(ConnectorConformance):
        fixtures = Path(__file__).parent / "fixtures"
        readme = Path(__file__).parents[1] / "README.md"

        def connector(self, folder: Path) -> ShopifyConnector:
            return ShopifyConnector(ShopifyOptions(...))

Each fixture is a raw file as it would arrive and beside it ``<file>.case.json``: ``sender``, ``name``, ``headers`` and
what comes of it: ``verdict``, ``messages`` (each as a part of what is published), ``refusals`` and ``notes``.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar, Final

import pytest

from lotstream.connect.connector import Connector
from lotstream.connect.delivery import Delivery, DeliveryCode, NotHandled, Refused, Translation, Verdict
from lotstream.connect.describe import README_HEADINGS, with_options
from lotstream.connect.desk import Limits
from lotstream.connect.preview import message_json
from lotstream.connect.registry import find_connector
from lotstream.testing.desk import Crash, MemoryDesk
from lotstream.testing.quiet import no_outside_world

ARRIVED: Final = datetime(2026, 9, 1, 14, 0, tzinfo=UTC)
"""When every fixture arrives."""

CASE_SUFFIX: Final = ".case.json"

DAMAGED_MAX: Final = 200
"""Damaged copies made of each fixture."""


@dataclass(frozen=True, slots=True)
class Case:
    """One fixture: what arrives and what comes of it."""

    delivery: Delivery
    verdict: Verdict
    messages: tuple[dict[str, Any], ...] = ()
    refusals: tuple[dict[str, Any], ...] = ()
    notes: int | None = None

    @property
    def name(self) -> str:
        """Return the fixture's file name, for messages of failing tests."""
        return self.delivery.key


def read_cases(folder: Path) -> list[Case]:
    """Read every fixture of a folder."""
    return [_read_case(path) for path in sorted(folder.glob(f"*{CASE_SUFFIX}"))]


def _read_case(path: Path) -> Case:
    said = json.loads(path.read_text(encoding="utf-8"))
    file = path.with_name(path.name.removesuffix(CASE_SUFFIX))
    delivery = Delivery(
        sender=said.get("sender", "fixture"),
        name=said.get("name", file.name),
        key=file.name,
        body=file.read_bytes(),
        received_at=ARRIVED,
        headers=tuple((key.lower(), value) for key, value in said.get("headers", {}).items()),
    )
    return Case(
        delivery,
        Verdict(said["verdict"]),
        messages=tuple(said.get("messages", ())),
        refusals=tuple(said.get("refusals", ())),
        notes=said.get("notes"),
    )


class ConnectorConformance:
    """Inherit this, and your connector is tested as all others are."""

    fixtures: ClassVar[Path]
    readme: ClassVar[Path]

    def connector(self, folder: Path) -> Connector[Any]:
        """Return a connector as the fixtures need it; ``folder`` is empty and its own."""
        raise NotImplementedError

    @pytest.fixture
    def made(self, tmp_path: Path) -> Connector[Any]:
        """A connector of this test."""
        return self.connector(tmp_path)

    @pytest.fixture
    def cases(self) -> list[Case]:
        """Every fixture."""
        cases = read_cases(self.fixtures)
        assert cases, f"no *{CASE_SUFFIX} in {self.fixtures}"
        return cases

    def test_fixtures_show_what_is_taken_and_what_is_refused(self, cases: list[Case]) -> None:
        """There is at least one fixture that is accepted and one that is refused."""
        assert {Verdict.ACCEPTED, Verdict.REFUSED} <= {case.verdict for case in cases}

    def test_it_is_found_by_its_name(self, made: Connector[Any]) -> None:
        """The entry point of the connector's name leads to its class."""
        assert find_connector(made.name) is type(made)

    async def test_each_fixture_becomes_what_is_said_beside_it(self, made: Connector[Any], cases: list[Case]) -> None:
        """Verdict, messages, refusals and notes of every fixture are as written down."""
        for case in cases:
            desk = MemoryDesk(made)
            settled = (await desk.take(case.delivery)).settlement
            assert settled.verdict is case.verdict, f"{case.name}: {settled}"
            assert case.notes is None or len(settled.notes) == case.notes, f"{case.name}: {settled.notes}"
            published = [message_json(message) for message in desk.publisher.published]
            assert_parts(case.messages, published, about=case.name)
            refusals = [{"code": r.code, "field": r.field, "order": r.order} for r in settled.refusals]
            assert_parts(case.refusals, refusals, about=case.name)

    def test_translating_is_pure(self, made: Connector[Any], tmp_path: Path, cases: list[Case]) -> None:
        """The same delivery gives the same answer from two connectors, without a file, a socket or a process."""
        other = self.connector(tmp_path)
        for case in cases:
            first = _outcome(made, case.delivery)
            with no_outside_world():
                again = _outcome(other, case.delivery)
            assert first == again, case.name

    def test_messages_say_who_they_are(self, made: Connector[Any], cases: list[Case]) -> None:
        """Every message has a source, an owner and an id of its own within its delivery."""
        for case in cases:
            translation = _outcome(made, case.delivery)
            messages = translation.messages if isinstance(translation, Translation) else ()
            ids = {(message.source, message.message_id) for message in messages}
            assert len(ids) == len(messages), f"{case.name}: ids are not unique"
            assert all(m.source and m.message_id and message_json(m)["body"]["owner"] for m in messages), case.name

    async def test_raw_bytes_are_kept_before_anything_is_published(
        self, made: Connector[Any], cases: list[Case]
    ) -> None:
        """Whatever comes of a delivery, its bytes are kept, and were kept before its first message."""
        for case in cases:
            desk = MemoryDesk(made)
            exchange = await desk.take(case.delivery)
            assert desk.exchanges.kept[exchange.id].delivery.body == case.delivery.body, case.name
            assert all(kept == 1 for kept in desk.publisher.kept_before), case.name

    async def test_nothing_is_settled_when_publishing_fails(self, made: Connector[Any], cases: list[Case]) -> None:
        """A broker that does not answer leaves the delivery pending; taking it up again publishes all of it."""
        for case in _accepted(cases):
            desk = MemoryDesk(made)
            desk.publisher.failure = ConnectionError("no broker")
            with pytest.raises(ConnectionError):
                await desk.take(case.delivery)
            assert [e.delivery for e in await desk.exchanges.pending(made.name, limit=9, bytes_max=1)] == [
                case.delivery
            ], case.name
            assert await desk.resume() == 1
            assert len(desk.publisher.published) == len(case.messages), case.name

    async def test_a_crash_before_settling_publishes_again_under_the_same_ids(
        self, made: Connector[Any], cases: list[Case]
    ) -> None:
        """What was published and not settled is published once more, message for message the same."""
        for case in _accepted(cases):
            desk = MemoryDesk(made)
            desk.exchanges.crash_before_settle = True
            with pytest.raises(Crash):
                await desk.take(case.delivery)
            before, desk.publisher.published = desk.publisher.published, []
            assert await desk.resume() == 1
            assert desk.publisher.published == before, case.name
            assert await desk.resume() == 0, case.name

    async def test_a_delivery_given_twice_is_published_once(self, made: Connector[Any], cases: list[Case]) -> None:
        """The same key with the same bytes finds the exchange that is there and does nothing more."""
        for case in cases:
            desk = MemoryDesk(made)
            first = await desk.take(case.delivery)
            count = len(desk.publisher.published)
            later = replace(case.delivery, received_at=datetime(2026, 9, 2, tzinfo=UTC))
            second = await desk.take(later)
            assert (second.id, second.settlement.verdict) == (first.id, first.settlement.verdict), case.name
            assert len(desk.publisher.published) == count, case.name

    async def test_a_refusal_has_a_code_a_sentence_and_the_bytes(self, made: Connector[Any], cases: list[Case]) -> None:
        """What is refused says why in a code and a sentence, keeps its bytes and can be replayed."""
        for case in (case for case in cases if case.verdict in {Verdict.REFUSED, Verdict.PARTLY_REFUSED}):
            desk = MemoryDesk(made)
            exchange = await desk.take(case.delivery)
            for refusal in exchange.settlement.refusals:
                assert refusal.code == refusal.code.lower(), case.name
                assert len(refusal.message.split()) > 3, f"{case.name}: {refusal.message!r} is no sentence"
            assert exchange.settlement.refusals, case.name
            assert (await desk.replay(exchange.id)).settlement == exchange.settlement, case.name

    async def test_a_message_above_the_limit_is_refused_before_it_is_published(
        self, made: Connector[Any], cases: list[Case]
    ) -> None:
        """A message that the hub would not read is refused at the door with the code too_large."""
        for case in _accepted(cases):
            desk = MemoryDesk(made, limits=Limits(message_bytes_max=1))
            settled = (await desk.take(case.delivery)).settlement
            assert {refusal.code for refusal in settled.refusals} == {DeliveryCode.TOO_LARGE}, case.name
            assert desk.publisher.published == [], case.name

    def test_damaged_bytes_are_refused_and_never_break_it(self, made: Connector[Any], cases: list[Case]) -> None:
        """Cut off, with bytes changed or put in: the answer is a translation or a refusal, never another error."""
        for case in cases:
            for body in damaged(case.delivery.body, seed=case.name):
                _outcome(made, replace(case.delivery, body=body))

    def test_the_readme_is_complete_and_current(self, made: Connector[Any]) -> None:
        """The README has every part, and its options are those of the code, each with a description."""
        readme = self.readme.read_text(encoding="utf-8")
        missing = [heading for heading in README_HEADINGS if f"\n## {heading}\n" not in readme]
        assert missing == []
        assert with_options(readme, made.Options) == readme
        assert [name for name, field in made.Options.model_fields.items() if not field.description] == []


def assert_parts(expected: Iterable[Any], got: list[Any], *, about: str) -> None:
    """Check that each expected value is a part of what came, in order, with nothing more beside."""
    wanted = list(expected)
    assert len(wanted) == len(got), f"{about}: expected {len(wanted)}, got {json.dumps(got, indent=1, default=str)}"
    for index, (part, whole) in enumerate(zip(wanted, got, strict=True)):
        _assert_part(part, whole, where=f"{about} [{index}]")


def _assert_part(part: Any, whole: Any, *, where: str) -> None:  # noqa: ANN401 - any JSON value
    if isinstance(part, dict) and isinstance(whole, dict):
        for key, value in part.items():
            assert key in whole, f"{where}.{key} is missing"
            _assert_part(value, whole[key], where=f"{where}.{key}")
    elif isinstance(part, list) and isinstance(whole, list):
        assert_parts(part, whole, about=where)
    else:
        assert part == whole, f"{where}: expected {part!r}, got {whole!r}"


def damaged(body: bytes, *, seed: str) -> Iterator[bytes]:
    """Yield copies of a body that are cut off, changed in a byte or longer by a few; the same for the same seed."""
    chance = random.Random(seed)
    for _ in range(DAMAGED_MAX):
        at = chance.randrange(len(body) + 1)
        yield chance.choice(
            [
                body[:at],
                body[at:],
                body[:at] + bytes([chance.randrange(256)]) + body[at + 1 :],
                body[:at] + chance.randbytes(chance.randrange(1, 5)) + body[at:],
            ]
        )


def _accepted(cases: list[Case]) -> list[Case]:
    return [case for case in cases if case.verdict is Verdict.ACCEPTED and case.messages]


def _outcome(connector: Connector[Any], delivery: Delivery) -> Translation | str:
    """Return the translation, or the refusal as text."""
    try:
        return connector.translate(delivery)
    except (Refused, NotHandled) as error:
        return repr(error)
