"""Who writes: nothing under an old epoch, nothing under somebody else's name."""

from __future__ import annotations

from typing import Any

from lotstream.store.claim import Claim
from lotstream.store.rows import Batch
from lotstream.testing.memory.tables import Key, Row
from lotstream.testing.simulation.violations import Invariant, must

Claims = dict[Key, Row]


def check_write(name: str, args: tuple[Any, ...], result: object, before: Claims) -> None:
    """Raise `Violated` when a call of the store was done without a right; ``before`` are the claims until then."""
    if name == "commit":
        _check_commit(args[0], before)
    elif name == "take_claim" and result is not None:
        _check_take(args[0], before)


def _check_commit(batch: Batch, before: Claims) -> None:
    for part in batch.partitions:
        mine, row = part.before, before[(part.before.partition,)]
        must(
            (mine.epoch, mine.holder) == (row["epoch"], row["holder"]),
            Invariant.EPOCHS,
            f"{mine.holder} wrote under epoch {mine.epoch} to partition {mine.partition}, which {row['holder']} holds "
            f"in epoch {row['epoch']}",
        )
        must(
            mine.next_offset == row["next_offset"] and not row["released"],
            Invariant.EPOCHS,
            f"{mine.holder} wrote to partition {mine.partition} from {mine.next_offset}, which was at "
            f"{row['next_offset']} and {'given back' if row['released'] else 'held'}",
        )


def _check_take(read: Claim, before: Claims) -> None:
    row = before[(read.partition,)]
    must(
        read.epoch == row["epoch"],
        Invariant.EPOCHS,
        f"partition {read.partition} was taken over as in epoch {read.epoch} and was in {row['epoch']}: its holder is "
        "not fenced",
    )
