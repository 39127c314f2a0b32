"""What a worker knows of the partitions it holds."""

from __future__ import annotations

from dataclasses import dataclass, field

from lotstream.domain.ledger import Sites
from lotstream.store.claim import Claim


@dataclass(slots=True)
class PartitionState:
    """A partition's claim, and its sites, locations and today, as of the batch decided last."""

    claim: Claim
    sites: Sites
    #: Offset below which everything is in Postgres; the claim is ahead of it while a batch is being written.
    written: int = field(init=False)

    def __post_init__(self) -> None:
        self.written = self.claim.next_offset
