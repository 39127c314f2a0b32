"""From messages of the hub to itself to commands."""

from __future__ import annotations

from lotstream.contracts.inbound_hub import BroadcastAnswered, ClockTicked, DayContinued
from lotstream.domain.codes import Refusal
from lotstream.domain.commands import AnswerBroadcast, ContinueDay, TickClock


def continue_day(body: DayContinued) -> ContinueDay:
    """Return the command to look at an owner's next orders again."""
    return ContinueDay(body.orders_max)


def tick_clock(_body: ClockTicked) -> TickClock:
    """Return the command to tell what of an owner is due."""
    return TickClock()


def answer_broadcast(body: BroadcastAnswered) -> AnswerBroadcast:
    """Return the command to answer whoever told every partition something."""
    refusal = None if body.code is None else Refusal(body.code, body.field or "", body.message or "")
    return AnswerBroadcast(body.number, body.type, refusal)
