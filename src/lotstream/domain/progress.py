"""What of an owner is to be decided again, and how far that has come: kept with the owner, so that every replay agrees.

A broadcast changes what a partition knows and decides nothing about an owner. Each owner has the number of the last one
that is decided for it; while that is behind its partition, or its own rules have changed, its orders are walked through
in queue order, a bounded part at a time. Nothing here hangs on when a worker was started or what it has in memory.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from lotstream.domain.model import Settings
from lotstream.domain.waiting import QueueKey

#: Names one scope may hold; with more it is everything, so that a long import of items does not make a long row.
NAMES_MAX = 100


@dataclass(frozen=True, slots=True)
class Scope:
    """Which promises and which waiting orders are to be looked at again."""

    #: Sites where what is promised may no longer be used, or more may be used than before.
    sites: tuple[str, ...] = ()
    #: SKUs whose rules have changed: who waits for them may be served now.
    skus: tuple[str, ...] = ()
    #: Customers whose rules have changed.
    customers: tuple[str, ...] = ()
    #: True after a change of the owner's settings, and when too many names would have to be kept.
    everything: bool = False

    def __bool__(self) -> bool:
        return bool(self.everything or self.sites or self.skus or self.customers)

    def with_rules(self, *, skus: tuple[str, ...] = (), customers: tuple[str, ...] = ()) -> Scope:
        """Return the scope with more SKUs and customers in it."""
        if self.everything:
            return self
        all_skus, all_customers = _joined(self.skus, skus), _joined(self.customers, customers)
        if len(all_skus) + len(all_customers) > NAMES_MAX:
            return Scope(everything=True)
        return Scope(self.sites, all_skus, all_customers)


def _joined(some: tuple[str, ...], more: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted({*some, *more}))


@dataclass(frozen=True, slots=True)
class Walk:
    """A walk through an owner's orders that is under way."""

    scope: Scope
    #: When it is done, every broadcast through this number is decided for the owner.
    number: int
    #: The step it began with.
    begun: int
    #: The place of the last order looked at; None at the beginning.
    after: QueueKey | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an owner is."""

    #: Every broadcast through this number is decided for the owner.
    number: int = 0
    #: Parts decided so far; the next part's message id is made of it.
    step: int = 0
    walk: Walk | None = None
    #: What the next walk will look at beside the sites that are behind.
    due: Scope = field(default_factory=Scope)
    #: Items below their reorder point of which people were told.
    hinted: tuple[str, ...] = ()

    @property
    def is_due(self) -> bool:
        """Tell whether something is left to decide, whatever the partition has been told since."""
        return self.walk is not None or bool(self.due)


@dataclass(slots=True)
class Affected:
    """Orders with promises that may no longer be kept, found once per walk; worked out again whenever it is missing."""

    #: What it was worked out from: the walk's first step, the partition's turn, the stamp of its bins, the settings.
    source: tuple[int, int, object, Settings]
    #: Places in the queue, the last first, so that those that are done are taken from the end.
    places: list[QueueKey]
