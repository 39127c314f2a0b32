"""What `lotstream verify` rebuilds from a journal is what was there, after any day and however it was cut."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from lotstream import __version__
from lotstream.domain.events import Event
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import Order, RowKey, StockRow
from lotstream.hub.verify.replay import Replay, is_broadcast
from lotstream.hub.verify.sums import check_lines, check_promises
from lotstream.store.codec import decode_event, encode_event
from lotstream.store.verify_spool import Spool
from lotstream.testing.scenarios_domain import OWNER
from tests.property.day import VERBS, Day

seeds = st.integers(0, 2**32 - 1)
verbs = st.lists(st.sampled_from(VERBS), min_size=15, max_size=30)
PARTITION = 0
NOON = datetime(2026, 9, 1, 12, tzinfo=UTC)


@given(seeds, verbs)
def test_a_replayed_journal_is_the_ledger(seed: int, told: list[str]) -> None:
    """Played event by event with closed orders in a file, a journal gives the same rows, orders, lots and sums.

    The warehouse forgot empty rows after each message and the replay after each event: that makes no difference.
    """
    day = Day(seed)
    for step, verb in enumerate(told):
        day.step(verb, Random(f"{seed}/{step}").getrandbits(32))
    with Spool() as spool:
        replay = Replay(spool)
        for decision in day.warehouse.journal:
            for event in decision:
                _play(replay, event)
        there, again = day.warehouse.ledger, replay.ledgers[OWNER]
        assert _rows(again) == _rows(there)
        assert (again.items, again.customers, again.lots, again.cancels, again.settings, again.progress) == (
            there.items, there.customers, there.lots, there.cancels, there.settings, there.progress,
        )  # fmt: skip
        assert again.orders == there.orders
        orders = [*replay.closed(again), *again.orders.values()]
        assert sorted(orders, key=_key) == sorted(day.warehouse.orders(), key=_key)
        assert [str(one) for one in (*check_promises(again), *replay.sums[OWNER].check(again))] == []
        assert [str(one) for order in orders for one in check_lines(OWNER, order)] == []


def _play(replay: Replay, event: Event, *, keep: bool = False) -> None:
    """Play an event as it is read from the journal; ``keep``: another one comes in the same batch."""
    again = decode_event(*encode_event(event)[:2])
    if is_broadcast(again):
        replay.hear(PARTITION, again)
        return
    ledger = replay.play(PARTITION, OWNER, again, code=__version__, recorded_at=NOON)
    if not keep:
        replay.settle(ledger)


def _rows(ledger: Ledger) -> dict[RowKey, StockRow]:
    return {key: row for key, row in ledger.stock.items() if row.on_hand or row.reserved or row.promised_elsewhere}


def _key(order: Order) -> tuple[str, str]:
    return order.key


@given(seeds, verbs)
def test_where_batches_end_changes_nothing(seed: int, told: list[str]) -> None:
    """Whether empty rows are forgotten after every event, after some or never, the rows that are left are the same."""
    day = Day(seed)
    for step, verb in enumerate(told):
        day.step(verb, Random(f"{seed}/{step}").getrandbits(32))
    ends = Random(seed)
    with Spool() as often, Spool() as seldom:
        first, second = Replay(often), Replay(seldom)
        for decision in day.warehouse.journal:
            for event in decision:
                _play(first, event)
                _play(second, event, keep=ends.random() < 0.7)
        assert _rows(first.ledgers[OWNER]) == _rows(second.ledgers[OWNER])
