"""The conditions of the real SQL that make a claim one holder's: without any one of them the suite of stores fails."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import Final

import pytest

from lotstream.store.postgres import PostgresStore
from lotstream.store.sql import queries
from tests.store.conformance import StoreConformance
from tests.store.told_conformance import OpenStore

READ: Final = "test_a_claim_that_is_no_longer_as_it_was_read_is_not_taken"
EPOCH: Final = "test_the_own_name_under_an_older_epoch_is_another"
NAME: Final = "test_another_name_or_log_under_the_same_epoch_is_another"


@dataclass(frozen=True, slots=True)
class Mutation:
    """A condition of a statement that is left out, and the test of the suite that must fail then."""

    statement: tuple[str, str]
    condition: str
    #: What stands there instead: PostgreSQL has to know the type of a parameter that nothing compares.
    instead: str
    fails: str

    def __str__(self) -> str:
        """Return a name for the test."""
        return f"{'.'.join(self.statement)}: {self.condition}"


TAKE, RELEASE, NOTE = ("claims", "take"), ("claims", "release"), ("claims", "note_relay_position")
COMMIT = ("commit", "claims")

MUTATIONS: Final = (
    Mutation(TAKE, "epoch = $2", "$2::bigint > -1", READ),
    Mutation(TAKE, "log = $3", "$3::integer > -1", READ),
    Mutation(RELEASE, "log = $2", "$2::integer > -1", NAME),
    Mutation(RELEASE, "epoch = $3", "$3::bigint > -1", EPOCH),
    Mutation(RELEASE, "holder = $4", "$4::text <> ''", NAME),
    Mutation(NOTE, "log = $2", "$2::integer > -1", NAME),
    Mutation(NOTE, "epoch = $3", "$3::bigint > -1", EPOCH),
    Mutation(NOTE, "holder = $4", "$4::text <> ''", NAME),
    Mutation(NOTE, " AND relay_position < $5", "", "test_relay_position_is_never_lowered"),
    Mutation(COMMIT, " AND c.log = b.log", "", "test_another_log_cannot_commit"),
    Mutation(COMMIT, " AND c.epoch = b.epoch", "", EPOCH),
    Mutation(COMMIT, " AND c.holder = b.holder", "", "test_another_holder_cannot_commit"),
    Mutation(COMMIT, "c.next_offset = b.expected", "true", "test_wrong_next_offset_cannot_commit"),
    Mutation(COMMIT, " AND NOT c.released", "", "test_nothing_is_written_under_a_claim_given_back"),
)


@pytest.mark.parametrize("mutation", MUTATIONS, ids=str)
async def test_no_condition_of_a_claim_can_be_left_out(
    mutation: Mutation, store: PostgresStore, open_store: OpenStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A statement without one of its conditions is found by the suite that every store has to pass."""
    file, name = mutation.statement
    texts = queries(file)
    assert texts[name].count(mutation.condition) == 1
    monkeypatch.setitem(texts, name, texts[name].replace(mutation.condition, mutation.instead))
    test = getattr(StoreConformance(), mutation.fails)
    given = {"store": store, "open_store": open_store}
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        await test(**{parameter: given[parameter] for parameter in inspect.signature(test).parameters})
