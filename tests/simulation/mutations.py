"""Ten bugs and some more, each put into the real code in one place: what a commit must not get wrong, gotten wrong."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import replace as replaced
from typing import Any, Final, cast

import pytest

from lotstream.domain.ledger import Ledger
from lotstream.domain.model import Document, ReceiptKey, Transfer
from lotstream.errors import ConstraintViolated, RelayFailed
from lotstream.hub.claim import Claims
from lotstream.hub.commit import CommitUnit, Decided
from lotstream.hub.hub import Hub
from lotstream.hub.pipeline import Pipeline
from lotstream.hub.records import Entry
from lotstream.hub.relay import Grant, Outgoing, Relay
from lotstream.hub.seam import Position
from lotstream.hub.ticking import OwnRecord
from lotstream.hub.titles import Titles
from lotstream.hub.transport import Consumer, Records
from lotstream.store import added, state
from lotstream.store.broadcasts import Broadcasts
from lotstream.store.claim import Claim
from lotstream.store.commit import Commits, add, replace, replace_stock, write_claims
from lotstream.store.load import State
from lotstream.store.rows import Batch, MessageKey
from lotstream.store.sql import queries
from lotstream.testing.memory import claims, statements
from lotstream.testing.memory.tables import Row, Tables
from lotstream.testing.simulation.outcome import Script
from lotstream.testing.simulation.runner import simulate
from lotstream.testing.simulation.violations import Invariant, Violated

Mutation = Callable[[pytest.MonkeyPatch], None]

SEEDS_MAX: Final = 100
"""Seeds that a bug is looked for in; most show in the first few."""


def skip_the_epoch_check(patch: pytest.MonkeyPatch) -> None:
    """Claims are taken and written whatever epoch they are in."""

    def take(tables: Tables, partition: int, epoch: int, log: int, holder: str) -> list[Row]:
        row = tables.rows["claim"][(partition,)]
        taken = row.changed(epoch=row["epoch"] + 1, holder=holder, released=False)
        tables.put("claim", taken)
        return [taken]

    def ours(tables: Tables, partition: int, log: int, epoch: int, holder: str) -> Row | None:
        row = tables.rows["claim"][(partition,)]
        return row if (row["log"], row["holder"]) == (log, holder) else None

    patch.setitem(statements._ANSWERS, queries("claims")["take"], take)
    patch.setattr(claims, "_ours", ours)


def skip_the_holder_check(patch: pytest.MonkeyPatch) -> None:
    """Claims are written whoever holds them, as long as the epoch is right."""

    def ours(tables: Tables, partition: int, log: int, epoch: int, holder: str) -> Row | None:
        row = tables.rows["claim"][(partition,)]
        return row if (row["log"], row["epoch"]) == (log, epoch) else None

    patch.setattr(claims, "_ours", ours)


def move_the_position_before_the_sends(patch: pytest.MonkeyPatch) -> None:
    """The relay notes that a batch is published, and then publishes it."""

    async def transaction(self: Relay, outgoing: Outgoing) -> None:
        producer: Any = self._producer
        noted = {p: Position(offset, f"{self._log.number} 0") for p, offset in outgoing.positions.items()}
        await producer.begin()
        await producer.note(noted)
        await producer.commit()
        await producer.begin()
        await producer.send(outgoing.rows)
        await producer.note(noted)
        await producer.commit()

    patch.setattr(Relay, "_transaction", transaction)


def keep_a_failed_batchs_partition_state(patch: pytest.MonkeyPatch) -> None:
    """After a batch that the database refused, what the partition learnt from it is believed."""

    async def reread(self: Claims, partitions: set[int]) -> None:
        return None

    patch.setattr(Claims, "reread", reread)


def forget_one_dedupe_key(patch: pytest.MonkeyPatch) -> None:
    """One message of each batch is not looked up among those that were done."""
    whole = State.seen

    async def seen(self: State, keys: Sequence[MessageKey]) -> set[MessageKey]:
        return await whole(self, keys[:-1])

    patch.setattr(State, "seen", seen)


def commit_offsets_before_state(patch: pytest.MonkeyPatch) -> None:
    """Claims move on in one transaction, and what was decided is written in the next."""

    async def commit(self: Commits, batch: Batch) -> None:
        rows, changed = added.added_rows(batch), batch.state
        replaced = {**state.shared_rows(batch), **changed.replaced, "sales_order": changed.changed}
        async with self._database.transaction() as connection:
            await write_claims(connection, batch.partitions)
        async with self._database.transaction() as connection:
            for table, tuples in rows.items():
                await add(connection, table, tuples, columns=added.COLUMNS[table])
            await add(connection, "sales_order", changed.recorded, columns=state.ORDER_COLUMNS)
            await replace_stock(connection, changed.stock)
            for query, tuples in replaced.items():
                await replace(connection, query, tuples)

    patch.setattr(Commits, "commit", commit)


def read_the_position_before_fencing(patch: pytest.MonkeyPatch) -> None:
    """A take-over reads how far the former holder has published while that one may still publish."""
    whole = Claims._take

    async def take(self: Claims, partitions: set[int]) -> dict[int, Claim]:
        relay = cast(Any, self._relay)
        noted = await Relay._noted_positions(relay, partitions)
        taken = await whole(self, partitions)

        async def as_read(_: object) -> dict[int, int]:
            return noted

        relay._noted_positions = as_read
        return taken

    patch.setattr(Claims, "_take", take)


def initialise_the_own_transactional_id_twice(patch: pytest.MonkeyPatch) -> None:
    """A relay that was fenced initialises its id once more and tries again."""
    whole = Relay._publish

    async def publish(self: Relay, outgoing: Outgoing) -> None:
        try:
            await whole(self, outgoing)
        except RelayFailed:
            self._producer = None
            await self.start()
            await whole(self, outgoing)

    patch.setattr(Relay, "_publish", publish)


def lower_the_position_after_a_restore(patch: pytest.MonkeyPatch) -> None:
    """A position above next offset is taken for a mistake of the log and lowered."""
    whole = Relay.resume

    async def resume(self: Relay, claims: dict[int, Claim], *, kept_back: Collection[int], grant: Grant) -> None:
        noted = await Relay._noted_positions(self, claims)
        lowered = {p: min(position, claims[p].next_offset) for p, position in noted.items()}

        async def as_lowered(_: object) -> dict[int, int]:
            return lowered

        cast(Any, self)._noted_positions = as_lowered
        await whole(self, claims, kept_back=kept_back, grant=grant)

    patch.setattr(Relay, "resume", resume)


def answer_a_broadcast_too_early(patch: pytest.MonkeyPatch) -> None:
    """Who told everybody something is answered as soon as the first partition has passed it."""

    async def passed(self: Broadcasts) -> int:
        return 2**31

    patch.setattr(Broadcasts, "passed", passed)


def believe_what_was_decided_on_a_refused_batch(patch: pytest.MonkeyPatch) -> None:
    """A batch that was decided on top of one that the database refused is written as it was decided."""
    whole = Pipeline._recover

    async def recover(self: Pipeline, refused: list[Entry], error: ConstraintViolated) -> None:
        await whole(self, refused, error)
        self._recoveries -= 1

    patch.setattr(Pipeline, "_recover", recover)


def let_go_of_what_the_next_batch_names(patch: pytest.MonkeyPatch) -> None:
    """Closed orders and receipts leave memory with the batch that looked them up, whatever the next one names."""
    whole = CommitUnit.write

    async def write(self: CommitUnit, decided: Decided) -> None:
        await whole(self, decided)
        for owner in decided.owners:
            if owner in self._ledgers:
                self._ledgers[owner].closed.clear()
                self._ledgers[owner].receipts.clear()

    patch.setattr(CommitUnit, "write", write)


def give_back_while_a_batch_is_under_way(patch: pytest.MonkeyPatch) -> None:
    """Claims are given back although a transaction is still on its way to the database."""

    async def drain(self: Hub) -> None:
        await self._claims.release()

    patch.setattr(Hub, "drain", drain)


def hand_on_what_was_polled_before_the_claim(patch: pytest.MonkeyPatch) -> None:
    """A poll that began under an earlier claim hands on what it has read under this one."""

    async def as_read(self: Consumer, records: Records, epochs: Mapping[int, int]) -> Records:
        return records

    patch.setattr(Consumer, "_without_stale", as_read)


def tell_no_buyer(patch: pytest.MonkeyPatch) -> None:
    """Nobody looks for what buyers have to be told of goods that others gave them."""

    async def next_titles(self: Titles) -> list[OwnRecord]:
        return []

    patch.setattr(Titles, "next_titles", next_titles)


def write_no_weights(patch: pytest.MonkeyPatch) -> None:
    """What rows weigh is known in memory and never written."""

    def weights(ledger: Ledger) -> dict[str, Iterable[Any]]:
        return {}

    patch.setattr(state, "_weights", weights)


def write_transfers_as_they_left(patch: pytest.MonkeyPatch) -> None:
    """What has arrived of a transfer is taken off the way, and not noted with the transfer."""
    whole = state._receipt

    def receipt(ledger: Ledger, key: ReceiptKey) -> Document:
        written = whole(ledger, key)
        if not isinstance(written, Transfer):
            return written
        return replaced(written, lines=tuple(replaced(line, received=0) for line in written.lines))

    patch.setattr(state, "_receipt", receipt)


@dataclass(frozen=True, slots=True)
class Bug:
    """A bug, and what it breaks."""

    put_in: Mutation
    #: Invariants that it breaks; whichever a seed comes to first is found.
    breaks: frozenset[Invariant]
    #: What is arranged in the lives in which it is looked for, so that it shows in one of a few of them.
    script: Script

    @property
    def name(self) -> str:
        """Return its name."""
        return self.put_in.__name__

    @property
    def what(self) -> str:
        """Return what it is, as one sentence."""
        return (self.put_in.__doc__ or "").splitlines()[0]


def _bug(put_in: Mutation, *breaks: Invariant, only: tuple[str, ...] = (), late: tuple[str, str] | None = None) -> Bug:
    return Bug(put_in, frozenset(breaks), Script(only=only, late=late))


BUGS: Final = (
    _bug(skip_the_epoch_check, Invariant.EPOCHS, only=("late",), late=("take_claim", "take_claim")),
    _bug(skip_the_holder_check, Invariant.EPOCHS),
    _bug(move_the_position_before_the_sends, Invariant.POSITIONS),
    _bug(keep_a_failed_batchs_partition_state, Invariant.LAG, Invariant.REFERENCE, only=("database_slow",)),
    _bug(forget_one_dedupe_key, Invariant.REFERENCE, only=("crash", "ambush_kill")),
    _bug(commit_offsets_before_state, Invariant.INTAKE),
    _bug(
        read_the_position_before_fencing, Invariant.PUBLISHED, Invariant.POSITIONS,
        only=("late",), late=("end transaction", "positions"),
    ),
    _bug(
        initialise_the_own_transactional_id_twice, Invariant.PUBLISHED, Invariant.POSITIONS, only=("zombie", "mute")
    ),
    _bug(lower_the_position_after_a_restore, Invariant.PUBLISHED, Invariant.POSITIONS, only=("restore",)),
    _bug(answer_a_broadcast_too_early, Invariant.REFERENCE),
)  # fmt: skip


GOODS_BUGS: Final = (
    _bug(tell_no_buyer, Invariant.LAG),
    _bug(write_no_weights, Invariant.SUMS, Invariant.REFERENCE),
    _bug(write_transfers_as_they_left, Invariant.SUMS, Invariant.REFERENCE),
)
"""What becomes of goods that are weighed, on the way, or between two owners, gotten wrong."""

FURTHER_BUGS: Final = (
    _bug(believe_what_was_decided_on_a_refused_batch, Invariant.LAG, Invariant.REFERENCE),
    _bug(let_go_of_what_the_next_batch_names, Invariant.LAG),
    _bug(give_back_while_a_batch_is_under_way, Invariant.LAG),
    _bug(hand_on_what_was_polled_before_the_claim, Invariant.LAG, only=("join", "freeze", "kafka_slow")),
)
"""What going one batch ahead, and polling over a rebalance, must not get wrong; looked for in the long runs."""


@dataclass(frozen=True, slots=True)
class Found:
    """The first seed in which a bug broke an invariant, and which one."""

    seed: int
    violated: Violated


def find(bug: Bug, seeds: Iterable[int]) -> Found | None:
    """Return the first of some seeds in which an invariant breaks with a bug put in; None when all hold."""
    with pytest.MonkeyPatch.context() as patch:
        bug.put_in(patch)
        for seed in seeds:
            violated = simulate(seed, bug.script).violation
            if violated is not None:
                return Found(seed, violated)
    return None


def main() -> None:
    """Print the table of all bugs: what each is, what it has to break, and after how many seeds it did."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation.mutations", description=main.__doc__)
    parser.add_argument("--seeds", type=int, default=SEEDS_MAX, metavar="N", help="Look for each bug in so many seeds.")
    parser.add_argument("--bug", help="Look for this one alone.")
    given = parser.parse_args()
    sys.stdout.write("| bug | what it is | must break | looked for with | found in seed | by |\n")
    sys.stdout.write("|---|---|---|---|---|---|\n")
    for bug in (*BUGS, *GOODS_BUGS, *FURTHER_BUGS):
        if given.bug in {None, bug.name}:
            sys.stdout.write(_line(bug, find(bug, range(1, given.seeds + 1))))
            sys.stdout.flush()


def _line(bug: Bug, found: Found | None) -> str:
    seed, by = (found.seed, _shown(found.violated.invariant)) if found is not None else ("none", "")
    breaks = ", ".join(_shown(invariant) for invariant in sorted(bug.breaks))
    arranged = f"`{str(bug.script).strip()}`" if str(bug.script) else "whatever is drawn"
    return f"| `{bug.name}` | {bug.what} | {breaks} | {arranged} | {seed} | {by} |\n"


def _shown(invariant: Invariant) -> str:
    return f"{int(invariant)} {invariant.name.lower()}"


if __name__ == "__main__":
    main()
