"""The stock of one SKU at one site, sorted so that a decision looks only at rows it may use.

Rows that no line may use (held, not pickable, expired today, damaged) and rows with nothing free stand aside and are
only counted; the rest stands in queues, one per policy that was asked for. A shelf is worked out from the ledger's rows
when first asked for and told of every change of a row; it is never stored.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lotstream.domain.candidate import Candidate, Standing
from lotstream.domain.codes import NotUsed
from lotstream.domain.expiry import life_reason, papers_reason
from lotstream.domain.model import Item, Policy, RowKey, Settings, Site
from lotstream.domain.queue import Queue
from lotstream.domain.usable import why_not_used

if TYPE_CHECKING:
    from lotstream.domain.terms import Terms


class Shelf:
    """The candidates of one SKU at one site on one day."""

    __slots__ = (
        "_aside",
        "_excluded",
        "_queues",
        "_tie_break",
        "by_lot",
        "candidates",
        "counts",
        "expired_ok",
        "free",
        "settings",
        "stamp",
        "stands_aside",
        "terms",
        "today",
    )  # fmt: skip

    def __init__(self, settings: Settings, stamp: object, *, today: int) -> None:
        #: What it was worked out from; with other settings or locations, or on an earlier day, it is out of date.
        self.settings = settings
        self.stamp = stamp
        self.today = today
        self.expired_ok = settings.expired_ok
        self._excluded = frozenset(settings.exclude_locations)
        self._tie_break = settings.tie_break
        self.candidates: dict[RowKey, Candidate] = {}
        self.by_lot: dict[str | None, dict[RowKey, Candidate]] = {}
        #: Rows with goods that no line may use, by reason; rows that are promised wholly as ``reserved``.
        self.counts: dict[str, int] = {}
        #: Free units of all candidates in the queues.
        self.free = 0
        #: How many candidates stand aside.
        self.stands_aside = 0
        #: Terms of a line that asks for nothing, with the item and the site they were worked out from.
        self.terms: tuple[Item, Site | None, Terms] | None = None
        self._queues: dict[Policy, Queue] = {}
        self._aside: dict[Policy, Queue] = {}

    def queue(self, policy: Policy) -> Queue:
        """Return the candidates that lines may use, in the order of a policy."""
        queue = self._queues.get(policy)
        return self._line_up(policy, self._queues, Standing.QUEUED) if queue is None else queue

    def aside(self, policy: Policy) -> Queue:
        """Return the candidates with goods that no line may use, in the order of a policy."""
        queue = self._aside.get(policy)
        return self._line_up(policy, self._aside, Standing.ASIDE) if queue is None else queue

    def usable_of(self, lot: str | None) -> int:
        """Return how many candidates of a lot lines may use."""
        return sum(candidate.standing is Standing.QUEUED for candidate in self.by_lot.get(lot, {}).values())

    def reason_for(self, candidate: Candidate) -> NotUsed | None:
        """Return why no line may use a candidate whatever it asks, or None."""
        holds, excluded = self.settings.holds, self._excluded
        reason = why_not_used(candidate.key, candidate.lot, candidate.place, holds=holds, excluded=excluded)
        return self._life(candidate) if reason is None else reason

    def add(self, candidate: Candidate) -> None:
        """Put a row on the shelf."""
        candidate.reason = self.reason_for(candidate)
        self.candidates[candidate.key] = candidate
        self.by_lot.setdefault(candidate.key.lot, {})[candidate.key] = candidate
        self._enter(candidate)

    def remove(self, key: RowKey) -> Candidate:
        """Take a row off the shelf."""
        candidate = self.candidates.pop(key)
        same = self.by_lot[key.lot]
        del same[key]
        if not same:
            del self.by_lot[key.lot]
        self._leave(candidate)
        return candidate

    def turn(self, today: int) -> None:
        """Go on to a later day; only what has expired meanwhile changes its place."""
        self.today = today
        self.terms = None
        usable = [candidate for candidate in self.candidates.values() if candidate.reason is None]
        for candidate in [candidate for candidate in usable if self._life(candidate) is not None]:
            self._leave(candidate)
            candidate.reason = self._life(candidate)
            self._enter(candidate)

    def refresh(self, candidate: Candidate) -> None:
        """Look again at a candidate whose quantities have changed."""
        free = candidate.free()
        if candidate.standing is Standing.QUEUED and free > 0 and "smallest_qty" not in self._tie_break:
            self.free += free - candidate.free_seen
            candidate.free_seen = free
            return
        self._leave(candidate)
        self._enter(candidate)

    def _line_up(self, policy: Policy, queues: dict[Policy, Queue], standing: Standing) -> Queue:
        candidates = [candidate for candidate in self.candidates.values() if candidate.standing is standing]
        queue = queues[policy] = Queue(policy, self._tie_break, candidates)
        return queue

    def _life(self, candidate: Candidate) -> NotUsed | None:
        reason = life_reason(candidate.expires, candidate.made, ship=self.today, expired_ok=self.expired_ok)
        return papers_reason(candidate.papered, ship=self.today) if reason is None else reason

    def _enter(self, candidate: Candidate) -> None:
        row, free = candidate.row, candidate.free()
        candidate.free_seen = free
        if candidate.reason is not None:
            # What is promised although it may not be used has been picked, and says nothing about the shelf.
            candidate.standing = Standing.ASIDE if row.on_hand > max(row.reserved, 0) else Standing.NOWHERE
        elif free > 0:
            candidate.standing = Standing.QUEUED
            self.free += free
        else:
            candidate.standing = Standing.PROMISED if row.on_hand > 0 else Standing.NOWHERE
        self._count(candidate, 1)
        for queue in self._queues_of(candidate.standing):
            queue.add(candidate)

    def _leave(self, candidate: Candidate) -> None:
        for queue in self._queues_of(candidate.standing):
            queue.remove(candidate)
        self._count(candidate, -1)
        if candidate.standing is Standing.QUEUED:
            self.free -= candidate.free_seen
        candidate.standing = Standing.NOWHERE

    def _queues_of(self, standing: Standing) -> tuple[Queue, ...]:
        if standing is Standing.QUEUED:
            return tuple(self._queues.values())
        return tuple(self._aside.values()) if standing is Standing.ASIDE else ()

    def _count(self, candidate: Candidate, step: int) -> None:
        reason = candidate.counted_as()
        if reason is None:
            return
        if candidate.standing is Standing.ASIDE:
            self.stands_aside += step
        left = self.counts.get(reason, 0) + step
        if left:
            self.counts[reason] = left
        else:
            del self.counts[reason]
