"""The consumer group's coordinator: who is a member, in which generation, and who has which partitions."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Final

from aiokafka.errors import IllegalGenerationError, RebalanceInProgressError, UnknownMemberIdError

SESSION_S: Final = 10.0
"""How long a member that is not heard of stays one, in seconds."""

REBALANCE_S: Final = 6.0
"""How long a rebalance waits for members to join again, in seconds."""


@dataclass(frozen=True, slots=True)
class Membership:
    """What joining gives: which member of which generation, and its partitions."""

    instance: str
    member: int
    generation: int
    partitions: frozenset[int]


@dataclass(slots=True)
class Member:
    """One static member as the coordinator knows it."""

    instance: str
    member: int
    heard_at: float
    generation: int = 0
    partitions: frozenset[int] = frozenset()
    joining: asyncio.Future[Membership] | None = None


@dataclass(slots=True)
class Group:
    """Static members and their partitions, as Kafka's classic protocol has them."""

    partitions: int
    random: Random
    loop: asyncio.AbstractEventLoop
    #: Has something done after seconds.
    later: Callable[[float, Callable[[], None]], None]
    generation: int = 0
    members: dict[str, Member] = field(default_factory=dict)
    _last_member: int = 0
    _rebalancing: bool = False

    def join(self, instance: str, member: int | None) -> asyncio.Future[Membership]:
        """Become a member, or join again; the answer comes when all have, or those who do not are given up."""
        answer: asyncio.Future[Membership] = self.loop.create_future()
        known = self.members.get(instance)
        if known is not None and known.member != member and not self._rebalancing:
            # A static member that was started anew takes its own place over, and nobody else hears of it.
            known.member, known.heard_at = self._next_member(), self.loop.time()
            answer.set_result(_membership(known))
            return answer
        if known is None:
            known = self.members[instance] = Member(instance, self._next_member(), self.loop.time())
        elif known.member != member:
            known.member = self._next_member()
        known.joining = answer
        self._begin()
        self._finish_when_all_joined()
        return answer

    def heartbeat(self, membership: Membership) -> None:
        """Hear of a member; raises Kafka's error when it has to join again or is none any more."""
        self._check(membership).heard_at = self.loop.time()
        if self._rebalancing:
            raise RebalanceInProgressError

    def prove(self, membership: Membership) -> None:
        """Take a group offset commit, which only members of the present generation may make."""
        self._check(membership)

    def expire(self) -> None:
        """Give up members that were not heard of for a session."""
        before = self.loop.time() - SESSION_S
        for member in [m for m in self.members.values() if m.joining is None and m.heard_at < before]:
            del self.members[member.instance]
            self._begin()
        self._finish_when_all_joined()

    def _check(self, membership: Membership) -> Member:
        known = self.members.get(membership.instance)
        if known is None or known.member != membership.member:
            raise UnknownMemberIdError
        if known.generation != membership.generation:
            raise IllegalGenerationError
        return known

    def _next_member(self) -> int:
        self._last_member += 1
        return self._last_member

    def _begin(self) -> None:
        if not self._rebalancing and self.members:
            self._rebalancing = True
            generation = self.generation
            self.later(REBALANCE_S, lambda: self._give_up(generation))

    def _give_up(self, generation: int) -> None:
        if self._rebalancing and self.generation == generation:
            self.members = {name: member for name, member in self.members.items() if member.joining is not None}
            if self.members:
                self._finish_when_all_joined()
            else:
                self._rebalancing = False

    def _finish_when_all_joined(self) -> None:
        members = list(self.members.values())
        if not self._rebalancing or not members or any(member.joining is None for member in members):
            return
        self._rebalancing = False
        self.generation += 1
        self._assign(members)
        for member in members:
            member.generation, member.heard_at = self.generation, self.loop.time()
            if member.joining is not None and not member.joining.done():
                member.joining.set_result(_membership(member))
            member.joining = None

    def _assign(self, members: list[Member]) -> None:
        """Deal the partitions out evenly; mostly as they were, now and then anew."""
        order = list(range(self.partitions))
        self.random.shuffle(order)
        self.random.shuffle(members)
        share = -(-self.partitions // len(members))
        sticky = self.random.random() < 0.6
        dealt = {member.instance: {p for p in member.partitions if sticky} for member in members}
        for held in dealt.values():
            while len(held) > share:
                held.remove(max(held))
        free = [p for p in order if not any(p in held for held in dealt.values())]
        for partition in free:
            min(dealt.values(), key=len).add(partition)
        for member in members:
            member.partitions = frozenset(dealt[member.instance])


def _membership(member: Member) -> Membership:
    return Membership(member.instance, member.member, member.generation, member.partitions)
