"""The figures of the bench: from measurements to what is printed."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from lotstream.cli.bench_report import Report, about, as_dict, print_report
from lotstream.store.measuring import Written
from lotstream.testing.bench.batches import batches
from lotstream.testing.bench.drain import MARGIN, Length
from lotstream.testing.bench.figures import DrainRound, LatencyRound, Spread, min_median_max, percentile, spread
from lotstream.testing.bench.offering import Offer, Times
from lotstream.testing.bench.processors import between
from lotstream.testing.load import Load, catalogue, orders

SPREAD = Spread(count=9, p50_ms=20.0, p99_ms=99.0, max_ms=120.0)
WRITTEN = Written(rows={"journal": 1000, "outbox": 2000}, wal_bytes=7_000_000, disk_bytes=4_000_000)
DRAINED = DrainRound(
    workers=1, orders=1000, decided=800, decided_s=0.2, published=900, published_s=0.3, batches=SPREAD,
    cpu_s={"worker": 0.18, "bench": 0.01}, written=WRITTEN,
)  # fmt: skip
OFFERED = LatencyRound(
    workers=2, offered_per_s=500.0, sent_per_s=499.6, orders=1500, from_append=SPREAD,
    from_schedule=replace(SPREAD, p99_ms=105.0), batches=SPREAD, cpu_s={"worker": 0.5},
)  # fmt: skip


@pytest.mark.parametrize(("share", "found"), [(0.0, 1.0), (0.5, 50.0), (0.501, 51.0), (0.99, 99.0), (1.0, 100.0)])
def test_a_percentile_is_a_measurement(share: float, found: float) -> None:
    """The percentile is the smallest measurement that so large a share lies at or below."""
    assert percentile([float(number) for number in range(1, 101)], share) == found


def test_the_spread_does_not_depend_on_the_order() -> None:
    """Measurements are sorted first; without any the spread is zeros."""
    assert spread([3.0, 1.0, 2.0]) == Spread(3, 2.0, 3.0, 3.0)
    assert spread([]) == Spread(0, 0.0, 0.0, 0.0)


def test_rounds_are_reported_by_least_median_and_greatest() -> None:
    """Of an even number the median lies between the two in the middle."""
    assert min_median_max([4.0, 1.0, 3.0, 2.0]) == (1.0, 2.5, 4.0)


def test_a_round_is_as_long_as_asked_for() -> None:
    """A round gets the orders its seconds need at the expected speed and a margin more, or exactly those asked for."""
    assert Length(None, 30.0, 3.0).orders_for(1000.0, MARGIN) == 41_250
    assert Length(700, 30.0, 3.0).orders_for(1000.0, MARGIN) == 700


def test_batches_are_those_of_the_measured_time(tmp_path: Path) -> None:
    """Batches before and after the measured time, and other lines, are left out."""
    log = tmp_path / "worker.log"
    lines = [{"event": "batch", "total_ms": ms, "timestamp": f"2026-11-21T10:00:0{ms}Z"} for ms in range(1, 8)]
    log.write_text("\n".join(map(json.dumps, [*lines, {"event": "claimed", "timestamp": "2026-11-21T10:00:03Z"}])))
    since, until = (datetime(2026, 11, 21, 10, 0, second, tzinfo=UTC) for second in (3, 6))
    assert batches([log], since=since, until=until) == Spread(4, 4.0, 6.0, 6.0)


def test_what_was_written_is_the_difference_of_two_readings() -> None:
    """Rows by table that were not touched are left out."""
    later = Written({"journal": 1500, "outbox": 2000, "intake": 5}, 7_000_500, 4_000_000)
    assert later.since(WRITTEN) == Written({"journal": 500, "intake": 5}, 500, 0)


def test_processor_time_is_the_difference_of_two_readings() -> None:
    """A program that was not seen before has used all it shows."""
    assert between({"worker": 1.0}, {"worker": 1.5, "kafka": 0.25}) == {"worker": 0.5, "kafka": 0.25}


def test_an_offer_arrives_as_it_was_made() -> None:
    """The generator reads the very offer that its argument was made of."""
    made = Offer("127.0.0.1:9092", Load(orders=10, owner_prefix="pace1"), 500.0, Path("times.json"))
    read = msgspec.json.decode(made.as_argument(), type=Offer, dec_hook=lambda kind, value: kind(value))
    assert read == made


def test_the_pace_is_that_of_the_orders_sent() -> None:
    """Eleven orders in two seconds are five a second: the first takes no time."""
    assert Times([0.0] * 11, [0.0] * 11, began_s=5.0, ended_s=7.0, cpu_s=0.1).sent_per_s == 5.0


def test_loads_with_other_words_share_no_owner_and_no_message() -> None:
    """Rounds with owners and sources of their own have the same orders otherwise."""
    one, two = Load(orders=5, owners=2, skus=5), Load(orders=5, owners=2, skus=5, owner_prefix="other", source="other")
    for make in (catalogue, orders):
        firsts, seconds = list(make(one)), list(make(two))
        assert {record.key for record in firsts}.isdisjoint(record.key for record in seconds)
        assert [json.loads(r.value)["owner"] for r in firsts] != [json.loads(r.value)["owner"] for r in seconds]
    lines = [[json.loads(record.value)["lines"] for record in orders(load)] for load in (one, two)]
    assert lines[0] == lines[1]


def test_a_report_says_what_an_order_cost() -> None:
    """The JSON has machine, versions and seed, and rows, bytes and processor time by order."""
    told = as_dict(Report(Load(orders=1, seed=7), about(), [DRAINED], [OFFERED]))
    assert {"machine", "python", "lotstream", "aiokafka", "asyncpg", "seed"} <= told.keys()
    drained = told["drain"][0]
    assert (drained["decided_per_s"], drained["published_per_s"]) == (4000.0, 3000.0)
    assert (drained["rows_per_order"], drained["wal_bytes_per_order"]) == (3.0, 7000)
    assert drained["cpu_us_per_order"]["worker"] == 200.0
    assert told["latency"][0]["from_append"]["p99_ms"] == 99.0


def test_a_printed_report_has_every_round_and_their_spread(capsys: pytest.CaptureFixture[str]) -> None:
    """Rounds come first, then least, median and greatest of each column."""
    faster = replace(DRAINED, published_s=0.2)
    print_report(Report(Load(orders=1), about(), [DRAINED, faster], [OFFERED, OFFERED]))
    printed = capsys.readouterr().out
    assert "A backlog drained by one worker" in printed
    assert "From the log to a readable pick task, 2 workers" in printed
    words = [line.split() for line in printed.splitlines()]
    assert ["min", "4,000", "3,000"] in [line[:3] for line in words]
    assert ["max", "4,000", "4,500"] in [line[:3] for line in words]
    assert ["500", "median"] in [line[:2] for line in words]
