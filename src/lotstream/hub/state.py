"""What a worker knows of the partitions it holds."""

from __future__ import annotations

from dataclasses import dataclass

from lotstream.domain.ledger import Sites
from lotstream.store.rows import Claim


@dataclass(slots=True)
class PartitionState:
    """A partition's claim, and its sites, locations and today, as of the batch decided last."""

    claim: Claim
    sites: Sites
