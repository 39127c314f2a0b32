"""What every store has to do with what was counted."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from lotstream.domain.kpis import Figures
from lotstream.errors import ClaimLost
from lotstream.store.postgres import PostgresStore
from tests.store.build import OWNER, TODAY, batch, claim, write


class KpiConformance:
    """What is counted is added, once for each batch that is written."""

    async def test_what_batches_count_adds_up(self, store: PostgresStore) -> None:
        """Two batches of one day are one row with both; another day and another owner stand beside it."""
        day, mine = TODAY["TOR"], await claim(store)
        figures = Figures(2, 1, *(Decimal(n) / 8 for n in range(1, 9)))
        first, later = (OWNER, day), (OWNER, day + timedelta(days=1))
        for _ in range(2):
            written = batch(mine)
            written.kpis = {first: figures, later: figures, ("zenith", day): Figures(shipped=Decimal(2**80))}
            mine = await write(store, written)
        sums = await store.kpis(owners_max=9)
        assert sums == {
            OWNER: Figures(8, 4, *(Decimal(n) / 2 for n in range(1, 9))), "zenith": Figures(shipped=Decimal(2**81))
        }  # fmt: skip
        assert [*await store.kpis(owners_max=1)] == [OWNER]

    async def test_a_batch_that_is_not_written_counts_nothing(self, store: PostgresStore) -> None:
        """What a transaction that fails has counted is taken back with the rest of it."""
        late = batch(replace(await claim(store), epoch=0))
        late.kpis = {(OWNER, TODAY["TOR"]): Figures(count_lines=1)}
        with pytest.raises(ClaimLost):
            await store.commit(late)
        assert await store.kpis(owners_max=9) == {}
