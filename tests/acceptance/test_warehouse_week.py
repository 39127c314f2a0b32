"""A week of a warehouse: what the hub has come to at its end is what plain bookkeeping says."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from lotstream.contracts.inbound import BY_HUB, INBOUND
from lotstream.settings import Settings
from lotstream.store.postgres import PostgresStore
from tests.acceptance.week import days
from tests.acceptance.week.agreement import agrees
from tests.acceptance.week.house import House
from tests.acceptance.week.hub import Hub
from tests.acceptance.week.judged import on_the_page
from tests.acceptance.week.reports import reported
from tests.acceptance.week.servers import Servers
from tests.acceptance.week.small import Small
from tests.acceptance.week.table import written
from tests.cli.conftest import run_lotstream

#: Tables that hold what was decided; repeats leave them as they are. (Stock rows at zero are removed by and by.)
DECIDED = (
    "owner", "item", "customer", "lot", "sales_order", "receipt", "person", "shipment_line", "lot_history", "journal",
    "serial", "continuing", "last_shipped", "outbox", "stock_weight",
)  # fmt: skip

#: How much there is at least.
SKUS, LOTS = 40, 300
#: A sale is told to the buyer by the hub.
TOLD_BY_THE_HUB = {"title.accepted"}


@pytest.mark.timeout(600)
async def test_the_week_comes_to_what_the_books_say(hub_settings: Settings, tmp_path: Path) -> None:
    """Every quantity, state, message, report and figure agrees, verify is clean, and a repeat changes nothing."""
    async with PostgresStore(hub_settings.postgres_url) as store:
        hub = Servers(hub_settings, store, tmp_path)
        await hub.open()
        try:
            house = await _lived(hub)
            sys.stdout.write(written(house))
            sys.stdout.write(await reported(hub_settings, house))
            await on_the_page(house, hub.worker.log)
        finally:
            await hub.close()
    verified = await run_lotstream(hub_settings, "verify")
    assert (verified.code, verified.err) == (0, ""), verified.out


async def test_the_week_is_the_same_for_workers_that_remember_nothing() -> None:
    """In memory, with a new worker for each burst of messages, the week comes to the same."""
    await _lived(await Small.start())


async def _lived(hub: Hub) -> House:
    """Live through the week, compare, send all of it again and compare once more."""
    house = House(hub)
    for day in days.WEEK:
        await day(house)
    lots = {(owner.name, *lot) for owner in house.owners for lot in owner.books.lots}
    assert (len(lots) >= LOTS, len({lot[:2] for lot in lots}) >= SKUS) == (True, True)
    assert hub.names_told() == INBOUND.keys() - BY_HUB - TOLD_BY_THE_HUB
    await agrees(house)
    before = await hub.everything(DECIDED)
    await hub.again()
    assert await hub.everything(DECIDED) == before
    await agrees(house)
    return house
