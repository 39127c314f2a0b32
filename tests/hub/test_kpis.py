"""The figures owners' warehouses are judged by, over a history worked out by hand: killed, repeated, shown."""

from __future__ import annotations

from decimal import Decimal

import pytest
from prometheus_client import REGISTRY

from lotstream.domain.kpis import Figures
from lotstream.errors import PostgresUnreachable
from lotstream.hub.kpi_board import LOOK_EVERY_S, PART_OF_TIME, KpiBoard
from lotstream.store.kpis import RecallTime
from tests.hub.replayed import differences
from tests.hub.small_hub import NOON, SITE, SmallHub, a_site, owners_in
from tests.hub.test_limits import in_use, times

ACME, ZENITH = owners_in(0, 1)[0], owners_in(1, 1)[0]


def floor(**more: object) -> dict[str, object]:
    """What every message about the floor says."""
    return {"site": SITE, "happened": True, "by": "p.doe", **more}


def came(line: str, lot: str, quantity: object, **more: object) -> dict[str, object]:
    """A line of a receipt."""
    return {"line": line, "sku": "SOAP", "lot": lot, "quantity": quantity, "location": f"BIN-{lot}", **more}


def first_day(hub: SmallHub, owner: str, *, each: int) -> None:
    """Receive twice ``each`` of two lots, find 3 of another there, count four lines and ship a third of L1.

    Of the four lines two are right; the others are 2 above and 1 below.
    """
    hub.send("item.defined", {"owner": owner, "sku": "SOAP", "decimals": 1})
    hub.send("balance.opened", {"owner": owner, "site": SITE, "balance": "B-1", "lines": [came("1", "L0", 3)]})
    both = [came("1", "L1", each), came("2", "L2", each)]
    hub.send("stock.received", {"owner": owner, **floor(receipt="R-1"), "lines": both})
    lines = [("1", "L1", each), ("2", "L2", each + 2), ("3", "L0", 2), ("4", "L9", 0)]
    counted = [
        {"line": line, "sku": "SOAP", "lot": lot, "location": f"BIN-{lot}", "counted": counted}
        for line, lot, counted in lines
    ]
    hub.send("stock.counted", {"owner": owner, **floor(count="C-1"), "lines": counted})
    ordered = [{"line": "1", "sku": "SOAP", "quantity": str(Decimal(each) / 4), "lot": "L1"}]
    hub.send("order.placed", {"owner": owner, "source": "shop", "order": "O-1", "lines": ordered})
    parts = [{"source": "shop", "order": "O-1"}]
    hub.send("shipment.confirmed", {"owner": owner, **floor(shipment="S-1"), "orders": parts})


def second_day(hub: SmallHub, owner: str) -> None:
    """The shipment has not left after all; 5 more come in, and everything of the first day is told again."""
    hub.send("shipment.voided", {"owner": owner, **floor(shipment="S-1")})
    hub.send("stock.received", {"owner": owner, **floor(receipt="R-2"), "lines": [came("1", "L3", 5)]})
    hub.send("stock.received", {"owner": owner, **floor(receipt="R-1"), "lines": [came("1", "L1", 8)]})


def of(**sums: object) -> Figures:
    """The sums a history comes to."""
    return Figures(**{name: value if "lines" in name else Decimal(str(value)) for name, value in sums.items()})  # type: ignore[arg-type]


def days(hub: SmallHub, owner: str) -> dict[str, Figures]:
    """What was counted of an owner, by day."""
    return {
        row["day"].isoformat(): Figures(*[row[name] for name in Figures.__slots__])
        for row in hub.rows("kpi", owner=owner)
    }


async def lived(*, killed: bool = False) -> SmallHub:
    """Two owners who lived two days, 8 each of the first and 40 of the second; the worker was killed in between."""
    hub = SmallHub()
    worker = await hub.start()
    await a_site(hub, worker)
    for owner, each in ((ACME, 8), (ZENITH, 40)):
        first_day(hub, owner, each=each)
    if killed:
        await worker.decide(records_max=3)
        worker = await hub.start()
    await worker.settle()
    await hub.tell("day.opened", f"{SITE}/2026-09-02", {"site": SITE, "date": "2026-09-02"})
    await worker.settle()
    second_day(hub, ACME)
    if killed:
        worker = await hub.start()
    await worker.settle()
    return hub


@pytest.mark.parametrize("killed", [False, True])
async def test_a_known_history_comes_to_what_was_worked_out_by_hand(killed: bool) -> None:
    """Received 8 + 8, counted 2 + 1 off of 8 + 8 + 3, shipped 2, on the first day; 5 received, 2 back on the second.

    What is told again counts once, and so does what a worker that was killed had decided.
    """
    hub = await lived(killed=killed)
    assert days(hub, ACME) == {
        "2026-09-01": of(count_lines=4, count_lines_right=2, counted_off=3, counted_system=19, received=16, shipped=2),
        "2026-09-02": of(received=5, shipped=-2),
    }
    assert days(hub, ZENITH) == {
        "2026-09-01": of(count_lines=4, count_lines_right=2, counted_off=3, counted_system=83, received=80, shipped=10)
    }


async def test_the_journal_says_the_same() -> None:
    """Counted anew from the journal the sums are those of the table."""
    hub = SmallHub(partitions=1)
    worker = await hub.start()
    await a_site(hub, worker)
    first_day(hub, "acme", each=8)
    second_day(hub, "acme")
    await worker.settle()
    assert hub.rows("kpi", owner="acme") != []
    assert list(differences(hub, "acme")) == []


def shown(name: str, owner: str, **more: str) -> float | None:
    """What the page says of an owner."""
    return REGISTRY.get_sample_value(f"lotstream_kpi_{name}", {"owner": owner, **more})


class Clock:
    """Seconds that pass only when told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


async def test_the_page_shows_rates_and_what_they_are_made_of() -> None:
    """2 of 4 lines, 1 - 3/19, nothing expired of 21; no rate of nothing; the holder of the first partition alone."""
    hub, held, clock = await lived(), [0, 1], Clock()
    board = KpiBoard(hub.store, owners_max=9, held=lambda: held, now=clock)
    await board.look()
    assert (shown("lot_accuracy_ratio", ACME), shown("inventory_accuracy_ratio", ACME)) == (0.5, 0.842105)
    assert (shown("expiration_loss_ratio", ACME), shown("expiration_loss_value_ratio", ACME)) == (0, None)
    assert (shown("traceability_ratio", ACME), shown("traceability_ratio", ZENITH)) == (None, 0)
    assert (shown("units", ACME, of="received"), shown("units", ZENITH, of="shipped")) == (21, 10)
    assert (shown("count_lines", ACME, of="all"), shown("count_lines", ACME, of="right")) == (4, 2)
    held.remove(0)
    await board.look()
    assert (shown("units", ACME, of="received"), shown("lot_accuracy_ratio", ACME)) == (None, None)


def took(offset: int, seconds: float, *, owner: str = "a", drill: bool = False) -> RecallTime:
    """A recall that took so long."""
    return RecallTime((1, 0, offset, 0), owner, f"RC-{offset}", drill, NOON, seconds)


class Slow:
    """A database that takes its time, or does not answer."""

    def __init__(self, clock: Clock) -> None:
        self.clock, self.asked, self.gone = clock, 0, False
        self.counted = {"a": Figures(received=Decimal(1))}
        self.recalls: list[RecallTime] = []

    async def recall_times(self) -> list[RecallTime]:
        """Return the recalls there were."""
        return self.recalls

    async def kpis(self, *, owners_max: int) -> dict[str, Figures]:
        """Return one owner's sums after a second."""
        self.asked += 1
        if self.gone:
            raise PostgresUnreachable("It does not answer.")
        self.clock.now += 1
        return dict(list(self.counted.items())[:owners_max])


async def test_the_database_is_not_asked_too_often() -> None:
    """A look that took a second is not repeated within fifty; a database that is away is asked at the next look."""
    clock = Clock()
    source = Slow(clock)
    board = KpiBoard(source, owners_max=9, held=lambda: [0], now=clock)
    await board.look()
    clock.now += PART_OF_TIME - 2
    await board.look()
    assert source.asked == 1
    assert PART_OF_TIME - 1 > LOOK_EVERY_S
    clock.now += 1
    source.gone, source.counted = True, {"a": Figures(received=Decimal(2))}
    await board.look()
    assert (source.asked, shown("units", "a", of="received")) == (2, 1)
    source.gone = False
    await board.look()
    assert shown("units", "a", of="received") == 2


@pytest.mark.limit("kpi_owners_max")
async def test_only_so_many_owners_are_on_the_page() -> None:
    """Of three owners two are shown, and that there are more is counted; a rate that is gone has no series."""
    clock = Clock()
    source = Slow(clock)
    source.counted = {name: Figures(shipped=Decimal(1)) for name in ("a", "b", "c")}
    board = KpiBoard(source, owners_max=2, held=lambda: [0], now=clock)
    before = times("kpi_owners_max")
    await board.look()
    assert [shown("traceability_ratio", name) for name in ("a", "b", "c")] == [0, 0, None]
    assert (times("kpi_owners_max") - before, in_use("kpi_owners_max")) == (1, 2)
    source.counted = {"b": Figures(received=Decimal(1))}
    clock.now += 1000
    await board.look()
    assert [shown("traceability_ratio", name) for name in ("a", "b", "c")] == [None, None, None]
    assert [shown("units", name, of="received") for name in ("a", "b", "c")] == [None, 1, None]


async def test_how_long_recalls_took_is_a_histogram() -> None:
    """Each recall counts once however often it is read, drills apart; who has nothing else is shown as well."""
    clock = Clock()
    source = Slow(clock)
    source.recalls = [took(2, 40.0), took(1, 1.5), took(3, 0.5, drill=True), took(4, 9.0, owner="b")]
    held = [0]
    board = KpiBoard(source, owners_max=2, held=lambda: held, now=clock)
    for _ in range(2):
        await board.look()
        clock.now += 1000
    recall = {"drill": "false"}
    assert (shown("recall_seconds_count", "a", **recall), shown("recall_seconds_sum", "a", **recall)) == (2, 41.5)
    assert shown("recall_seconds_bucket", "a", le="2.0", **recall) == 1
    assert shown("recall_seconds_count", "a", drill="true") == 1
    assert (shown("recall_seconds_sum", "b", **recall), shown("units", "b", of="shipped")) == (9, 0)
    source.recalls.append(took(5, 1.0))
    await board.look()
    assert shown("recall_seconds_count", "a", **recall) == 3
    held.clear()
    await board.look()
    assert shown("recall_seconds_count", "a", **recall) is None
    held.append(0)
    await board.look()
    assert shown("recall_seconds_count", "a", **recall) == 3
