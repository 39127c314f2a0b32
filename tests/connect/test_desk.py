from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from lotstream.connect import Limits, Verdict
from lotstream.connect.counters import DELIVERIES, FOR_PEOPLE, REJECTED
from lotstream.errors import InputRefused
from lotstream.testing.desk import Crash, MemoryDesk
from tests.connect.doubles import PlainConnector, delivery


def desk(*, limits: Limits | None = None) -> tuple[MemoryDesk, PlainConnector]:
    """Return a desk in memory and its connector."""
    connector = PlainConnector()
    return MemoryDesk(connector, limits=limits), connector


@pytest.mark.parametrize(
    ("body", "verdict", "messages"),
    [
        ("A1 A2", Verdict.ACCEPTED, 2),
        ("A1 bad2 A3", Verdict.PARTLY_REFUSED, 2),
        ("bad1", Verdict.REFUSED, 0),
        ("refuse", Verdict.REFUSED, 0),
        ("pass", Verdict.NOT_HANDLED, 0),
        ("ask", Verdict.NOT_HANDLED, 0),
    ],
)
async def test_a_delivery_ends_with_a_verdict(body: str, verdict: Verdict, messages: int) -> None:
    """What was published and refused decides the verdict, which is kept and counted."""
    before = DELIVERIES.labels("plain", verdict.value)._value.get()
    taken, _ = desk()
    exchange = await taken.take(delivery(body))
    assert (exchange.settlement.verdict, exchange.settlement.messages) == (verdict, messages)
    assert taken.exchanges.kept[exchange.id].settlement == exchange.settlement
    assert DELIVERIES.labels("plain", verdict.value)._value.get() == before + 1


@pytest.mark.parametrize(("body", "people"), [("ask", 1), ("pass", 0), ("A1", 0)])
async def test_what_only_a_person_can_do_is_told(body: str, people: int) -> None:
    """It is counted and warned of when the delivery ends, once however often it comes; nothing else is."""
    counted = FOR_PEOPLE.labels("plain")
    before = counted._value.get()
    taken, _ = desk()
    with capture_logs() as logs:
        exchange = await taken.take(delivery(body))
        await taken.take(delivery(body))
    warned = [(log["log_level"], log["exchange"], log["what"]) for log in logs if log["event"] == "delivery_for_people"]
    assert warned == [("warning", exchange.id, "Somebody has to answer by 2026-10-01.")] * people
    assert counted._value.get() == before + people


async def test_a_connector_that_breaks_refuses_only_that_delivery() -> None:
    """An unexpected error in a translation is a refusal with the bytes kept, and the next delivery is taken."""
    taken, _ = desk()
    broken = await taken.take(delivery("break"))
    assert [refusal.code for refusal in broken.settlement.refusals] == ["connector_failed"]
    assert taken.exchanges.kept[broken.id].delivery.body == b"break"
    assert (await taken.take(delivery("A1", key="2"))).settlement.verdict is Verdict.ACCEPTED


async def test_replies_are_given_after_publishing_and_again_after_a_crash() -> None:
    """A reply follows the acknowledged messages; a crash before settling gives it once more with the same bytes."""
    taken, connector = desk()
    taken.exchanges.crash_before_settle = True
    with pytest.raises(Crash):
        await taken.take(delivery("A1"))
    assert await taken.resume() == 1
    assert [reply.body for reply in connector.given] == [b"A1", b"A1"]


async def test_no_reply_is_given_when_publishing_failed() -> None:
    """A sender is told nothing before the broker has acknowledged."""
    taken, connector = desk()
    taken.publisher.failure = ConnectionError()
    with pytest.raises(ConnectionError):
        await taken.take(delivery("A1"))
    assert connector.given == []


async def test_what_is_being_worked_on_is_not_taken_up_again() -> None:
    """Resuming leaves an exchange alone whose publishing is under way."""
    taken, _ = desk()
    taken.publisher.open.clear()
    taking = asyncio.create_task(taken.take(delivery("A1")))
    await taken.publisher.reached.wait()
    assert await taken.resume() == 0
    taken.publisher.open.set()
    assert (await taking).settlement.verdict is Verdict.ACCEPTED
    assert len(taken.publisher.published) == 1


async def test_a_delivery_under_the_same_key_with_other_bytes_is_another_delivery() -> None:
    """A key that a sender uses twice for different things loses neither of them."""
    taken, _ = desk()
    first, second = await taken.take(delivery("A1")), await taken.take(delivery("A2"))
    assert first.id != second.id
    assert len(taken.publisher.published) == 2


async def test_a_key_longer_than_an_index_takes_is_kept_as_its_hash() -> None:
    """A sender may call a delivery anything; the same long key is still the same delivery."""
    taken, _ = desk()
    first = await taken.take(delivery("A1", key="k" * 10_000))
    second = await taken.take(delivery("A1", key="k" * 10_000))
    assert first.id == second.id
    assert len(first.delivery.key) == 64


async def test_only_the_message_that_is_too_large_is_refused() -> None:
    """The other orders of a delivery go on."""
    taken, connector = desk()
    sizes = [taken.publisher.size(m) for m in connector.translate(delivery("A1 A" + "2" * 100)).messages]
    taken, _ = desk(limits=Limits(message_bytes_max=min(sizes)))
    settled = (await taken.take(delivery("A1 A" + "2" * 100))).settlement
    assert (settled.verdict, settled.messages) == (Verdict.PARTLY_REFUSED, 1)
    assert [(refusal.code, refusal.order) for refusal in settled.refusals] == [("too_large", "A" + "2" * 100)]


@pytest.mark.parametrize(
    "limits",
    [
        pytest.param(Limits(pending_max=2), marks=pytest.mark.limit("pending_max")),
        pytest.param(Limits(pending_bytes_max=3), marks=pytest.mark.limit("pending_bytes_max")),
    ],
)
async def test_what_was_left_is_taken_up_in_parts(limits: Limits) -> None:
    """Only so many pending deliveries, or bytes of them, are read at a time, and in the end all of them are settled."""
    taken, _ = desk(limits=limits)
    kept = [await taken.keep(delivery(f"A{number}")) for number in range(5)]
    assert await taken.resume() == 2
    await taken.resume_all()
    assert all(not taken.exchanges.kept[exchange.id].is_pending for exchange in kept)
    assert len(taken.publisher.published) == len(kept)


async def test_a_refused_delivery_can_be_replayed_when_the_reason_is_gone() -> None:
    """Replaying reads the kept bytes again with the connector as it is now."""
    taken, _ = desk()
    exchange = await taken.take(delivery("refuse"))
    kept = taken.exchanges.kept[exchange.id]
    taken.exchanges.kept[exchange.id] = replace(kept, delivery=replace(kept.delivery, body=b"A1"))
    replayed = await taken.replay(exchange.id)
    assert replayed.settlement.verdict is Verdict.ACCEPTED
    assert taken.exchanges.kept[exchange.id].settlement.verdict is Verdict.ACCEPTED


async def test_an_exchange_of_another_connector_is_not_replayed() -> None:
    """Only the connector that a delivery came through can read it."""
    taken, _ = desk()
    exchange = await taken.take(delivery("A1"))
    taken.exchanges.kept[exchange.id] = replace(exchange, connector="other")
    with pytest.raises(InputRefused, match="no exchange 1 of connector plain"):
        await taken.replay(exchange.id)
    with pytest.raises(InputRefused, match="no exchange 99"):
        await taken.replay(99)


def test_what_is_turned_away_is_counted_and_not_kept() -> None:
    """A delivery that is not trusted leaves a count by reason and nothing else."""
    taken, _ = desk()
    before = REJECTED.labels("plain", "bad_signature")._value.get()
    taken.turn_away("bad_signature", sender="s" * 1000, size=7)
    assert REJECTED.labels("plain", "bad_signature")._value.get() == before + 1
    assert taken.exchanges.kept == {}
