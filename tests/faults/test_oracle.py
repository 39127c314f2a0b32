from __future__ import annotations

import ast
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from lotstream.contracts.cloudevents import headers_for
from lotstream.contracts.inbound import type_of
from lotstream.testing.faults import oracle as oracle_module
from lotstream.testing.faults import verdict
from lotstream.testing.faults.invariants import Invariant, Violations
from lotstream.testing.faults.oracle import Oracle
from lotstream.testing.kafka import Seen

OWNER = "o"
BYTES_MAX = 128 * 1024
LAST_DAY = date(2026, 9, 1)
BEFORE_MIDNIGHT = datetime(2026, 9, 1, 23, 59, tzinfo=UTC)
AFTER_MIDNIGHT = datetime(2026, 9, 2, 0, 1, tzinfo=UTC)
#: Midnight in Toronto, which is four hours behind in September.
AFTER_MIDNIGHT_THERE = datetime(2026, 9, 2, 4, 1, tzinfo=UTC)


class Log:
    """A log of one partition that is written record by record."""

    def __init__(self) -> None:
        self.records: list[Seen] = []
        self._told = 0

    def say(self, name: str, body: Mapping[str, object], at: datetime) -> None:
        """Append a command of an owner."""
        headers = headers_for(type_of(name), id=f"m{len(self.records)}", source="s")
        self._append(OWNER.encode(), json.dumps({"owner": OWNER, **body}).encode(), dict(headers), at)

    def tell(self, name: str, body: str, at: datetime) -> None:
        """Append what every partition is told."""
        self._told += 1
        headers = headers_for(type_of(name), id=f"{self._told}/0", source="lotstream")
        self._append(b"*", body.encode(), dict(headers), at)

    def _append(self, key: bytes, value: bytes, headers: dict[str, bytes], at: datetime) -> None:
        ms = round(at.timestamp() * 1000)
        self.records.append(Seen("lotstream.inbound", 0, len(self.records), key, value, headers, ms))


def _log(time_zone: str) -> Log:
    """Return a log with ten units that are good until the first of September, and an order of four from them."""
    log = Log()
    log.tell("site.defined", f'{{"site": "S", "time_zone": "{time_zone}"}}', BEFORE_MIDNIGHT)
    log.say("item.defined", {"sku": "A"}, BEFORE_MIDNIGHT)
    lines = [{"line": "1", "sku": "A", "lot": "L", "quantity": "10", "location": "BIN", "expires": str(LAST_DAY)}]
    received = {"receipt": "R", "occurred_at": "2026-08-01T08:00:00Z", "lines": lines}
    log.say("stock.received", received, BEFORE_MIDNIGHT)
    _order(log, "1", BEFORE_MIDNIGHT)
    return log


def _order(log: Log, number: str, at: datetime) -> None:
    lines = [{"line": "1", "sku": "A", "quantity": "4"}]
    placed = {"source": "s", "order": number, "version": "1", "placed_at": "2026-08-02T08:00:00Z", "lines": lines}
    log.say("order.placed", placed, at)


def _states(log: Log, *, days_told: tuple[str, ...] = ()) -> dict[str, str]:
    oracle = _read(log, days_told=days_told)
    return {key[1]: order.state() for key, order in oracle.books[OWNER].orders.items()}


def _read(log: Log, *, days_told: tuple[str, ...] = ()) -> Oracle:
    oracle = Oracle(BYTES_MAX, days_told=days_told)
    oracle.read(log.records, log=1, partitions=1)
    return oracle


def test_over_midnight_promises_of_what_expired_are_taken_back() -> None:
    """An order from before the day turned loses its goods with the next record, and one after it gets none."""
    log = _log("UTC")
    log.tell("day.opened", '{"site": "S", "date": "2026-09-01"}', BEFORE_MIDNIGHT)
    _order(log, "2", BEFORE_MIDNIGHT)
    assert _states(log) == {"1": "allocated", "2": "allocated"}
    log.tell("day.opened", '{"site": "S", "date": "2026-09-02"}', AFTER_MIDNIGHT)
    _order(log, "3", AFTER_MIDNIGHT)
    assert _states(log) == {"1": "backordered", "2": "backordered", "3": "backordered"}
    assert _read(log).early == []


def test_it_is_the_site_that_says_when_its_day_turns() -> None:
    """After midnight UTC it is still the evening before in Toronto: its goods are good until the day turns there."""
    log = _log("America/Toronto")
    log.tell("day.opened", '{"site": "S", "date": "2026-09-01"}', BEFORE_MIDNIGHT)
    _order(log, "2", AFTER_MIDNIGHT)
    assert _states(log) == {"1": "allocated", "2": "allocated"}
    log.tell("day.opened", '{"site": "S", "date": "2026-09-02"}', AFTER_MIDNIGHT_THERE)
    _order(log, "3", AFTER_MIDNIGHT_THERE)
    assert _states(log) == {"1": "backordered", "2": "backordered", "3": "backordered"}
    assert _read(log).early == []


def test_until_a_day_is_opened_it_is_the_date_of_the_record() -> None:
    """A partition that has heard of no day goes by each record's own time."""
    log = _log("UTC")
    _order(log, "2", AFTER_MIDNIGHT)
    assert _states(log) == {"1": "allocated", "2": "backordered"}


def test_who_waits_is_served_when_the_first_day_opened_is_the_one_before() -> None:
    """After midnight UTC goods count as expired until the evening before is opened, which it still is in Toronto."""
    log = _log("America/Toronto")
    _order(log, "2", AFTER_MIDNIGHT)
    assert _states(log) == {"1": "allocated", "2": "backordered"}
    log.tell("day.opened", '{"site": "S", "date": "2026-09-01"}', AFTER_MIDNIGHT)
    _order(log, "3", AFTER_MIDNIGHT)
    assert _states(log) == {"1": "allocated", "2": "allocated", "3": "partly_allocated"}


@pytest.mark.parametrize(("time_zone", "at"), [("UTC", BEFORE_MIDNIGHT), ("America/Toronto", AFTER_MIDNIGHT)])
def test_a_day_that_has_not_begun_at_its_site_is_found(time_zone: str, at: datetime) -> None:
    """A worker whose clock is ahead must open no day; a person may."""
    log = _log(time_zone)
    log.tell("day.opened", '{"site": "S", "date": "2026-09-02"}', at)
    for days_told, found in (((), 1), (("2026-09-02",), 0)):
        violations = Violations()
        verdict.check_days(_read(log, days_told=days_told), violations)
        assert violations.count(Invariant.DAYS) == found


def test_a_day_that_has_begun_nowhere_is_refused() -> None:
    """Two days ahead of the record: refused, and today stays what it was."""
    log = _log("UTC")
    log.tell("day.opened", '{"site": "S", "date": "2026-09-03"}', BEFORE_MIDNIGHT)
    _order(log, "2", BEFORE_MIDNIGHT)
    oracle = _read(log)
    assert oracle.fates[1, 0, 4] == ("refused", "field_invalid")
    assert _states(log) == {"1": "allocated", "2": "allocated"}


def test_picked_goods_that_expire_stay_picked_and_may_not_be_shipped() -> None:
    """What stands at the staging place is neither taken away nor let out of the building."""
    log = _log("UTC")
    order: dict[str, object] = {"source": "s", "order": "1"}
    log.say("pick.confirmed", {**order, "lines": [{"line": "1", "quantity": "3"}]}, BEFORE_MIDNIGHT)
    log.tell("day.opened", '{"site": "S", "date": "2026-09-02"}', AFTER_MIDNIGHT)
    log.say("shipment.confirmed", {"shipment": "T", "orders": [order]}, AFTER_MIDNIGHT)
    oracle = _read(log)
    assert oracle.fates[1, 0, len(log.records) - 1] == ("refused", "lot_not_allowed")
    (part,) = oracle.books[OWNER].orders["s", "1"].lines[0].parts
    assert (part.quantity, part.picked) == (3, 3)


def test_the_oracle_shares_nothing_with_the_hub() -> None:
    """It and the reference import of ours one another, and from the reader of topics the shape of a record alone."""
    folder = Path(oracle_module.__file__).parent
    found = {
        (node.module, name.name)
        for file in ("oracle.py", "reference.py", "reference_model.py")
        for node in ast.walk(ast.parse((folder / file).read_text()))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("lotstream")
        for name in node.names
    }
    own = {f"lotstream.testing.faults.{name}" for name in ("reference", "reference_model")}
    assert {entry for entry in found if entry[0] not in own} == {("lotstream.testing.kafka", "Seen")}
    plain = [
        node.names[0].name
        for file in ("oracle.py", "reference.py", "reference_model.py")
        for node in ast.walk(ast.parse((folder / file).read_text()))
        if isinstance(node, ast.Import)
    ]
    assert plain == ["json"]
