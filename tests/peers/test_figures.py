"""How speeds and ratios come from what was seen."""

from __future__ import annotations

import pytest

from benchmarks.peers.__main__ import load_of
from benchmarks.peers.check import Verdict
from benchmarks.peers.entrants import Entrant, entrants
from benchmarks.peers.faust_take.peer import FaustTake
from benchmarks.peers.java import jdbc_url
from benchmarks.peers.lotstream_hub.peer import Lotstream
from benchmarks.peers.measure import Speed, Watch
from benchmarks.peers.report import Result, markdown
from lotstream.errors import InputRefused
from lotstream.testing.load import Load

RIGHT = Verdict(100, *[0] * 7)
WRONG = Verdict(100, 3, *[0] * 6)


def used(worker_s: float) -> dict[str, float]:
    """Return processor seconds of a peer, and twice and three times as much of the servers."""
    return {"worker": worker_s, "kafka": 2 * worker_s, "postgres": 3 * worker_s}


def result(peer: type[Lotstream | FaustTake], round_: int, rate: float, verdict: Verdict = RIGHT) -> Result:
    """Return a run at some orders a second."""
    figures = Speed(orders=int(rate * 10), seconds=10.0, cpu_s=used(rate / 1000), cut_short=False)
    return Result(Entrant(peer, 2), round_, figures, {"rows": verdict})


def watched(total: int, *seen: tuple[float, int, float]) -> Watch:
    """Return a watch that saw so many done at these times, with the peer's processor seconds so far."""
    watch = Watch(total)
    for at, done, worker_s in seen:
        watch.see(at, done, lambda worker_s=worker_s: used(worker_s))  # type: ignore[misc]  # mypy: default in a lambda
    return watch


def test_the_first_fifth_does_not_count() -> None:
    """Speed is taken from the moment a fifth of the orders is done."""
    watch = watched(100, (10.0, 1, 1.0), (12.0, 20, 2.0), (16.0, 100, 4.0))

    figures = watch.speed(16.0, used(4.0), cut_short=False)

    assert figures is not None
    assert (figures.orders_per_s, figures.cpu_us("worker"), figures.cpu_us("kafka")) == (20.0, 25_000.0, 50_000.0)


def test_for_the_slow_the_first_seconds_do_not_count() -> None:
    """Who never comes to a fifth of the orders is measured after ten seconds."""
    watch = watched(1000, (0.0, 1, 0.0), (10.0, 11, 1.0), (30.0, 51, 3.0))

    figures = watch.speed(30.0, used(3.0), cut_short=True)

    assert figures is not None
    assert figures.orders_per_s == 2.0


def test_two_moments_are_measured_from_the_first() -> None:
    """Where nothing came after the first part, all that was seen to move counts."""
    figures = watched(100, (1.0, 10, 0.1), (2.0, 100, 0.2)).speed(2.0, used(0.2), cut_short=False)

    assert figures is not None
    assert figures.orders_per_s == 90.0


def test_all_at_one_moment_is_no_speed() -> None:
    """Orders that were all seen done at once give no figure instead of a wrong one."""
    assert watched(100, (1.0, 100, 0.1)).speed(1.0, used(0.1), cut_short=False) is None


def test_a_ratio_is_taken_within_each_round() -> None:
    """Each round's figure is divided by lotstream's of the same round, so that a slow minute hits both."""
    results = [
        result(Lotstream, 1, 1000),
        result(FaustTake, 1, 500),
        result(Lotstream, 2, 500),
        result(FaustTake, 2, 500),
    ]

    table = markdown(results, Load(orders=100), rounds=2, postgres="18")

    assert "| stock Faust, take | 2 | 500 / 500 / 500 | 0.50 / 0.75 / 1.00 | 100 / 200 / 300 | rows right |" in table


def test_a_wrong_or_failed_run_is_said_so() -> None:
    """What is fast but wrong, and what did not run at all, both stand in the table in words."""
    failed = Result(Entrant(FaustTake, 2), 2, error="No progress for 60 s at 7 of 100:\nthe last words")
    table = markdown([result(FaustTake, 1, 900, WRONG), failed], Load(orders=100), rounds=2, postgres="18")

    assert "rows 3 missing" in table
    assert "failed: No progress" in table
    assert "the last words" in table


def test_everybody_plays_unless_named() -> None:
    """Without names all play, peers with as many workers as asked for; a wrong name is answered with all there are."""
    everybody = [str(entrant) for entrant in entrants([], [2])]

    assert everybody[:3] == ["lotstream-1", "lotstream-2", "java-jdbc-2"]
    assert len(everybody) == 8
    assert [str(entrant) for entrant in entrants(["quix"], [1, 2])] == ["quix-1", "quix-2"]
    with pytest.raises(InputRefused, match="kafka-streams"):
        entrants(["flink"], [2])


def test_the_stock_lasts_for_three_lots_of_four() -> None:
    """However many orders, decisions come to several lots and stock is enough."""
    for orders in (10_000, 400_000):
        load = load_of(orders, owners=16, seed=1)
        demand = orders * load.lines * 2 / (load.owners * load.skus)
        assert 2 * load.units < demand < load.lots * load.units


def test_jdbc_is_given_the_socket() -> None:
    """A database behind a Unix socket is reached through a socket factory, any other by its host."""
    local = jdbc_url("postgresql://postgres@/db?host=%2Ftmp%2Frun&port=5432&sslmode=disable")
    remote = jdbc_url("postgresql://me:secret@db.example:6432/hub")

    assert local.startswith("jdbc:postgresql://localhost:5432/db?user=postgres&sslmode=disable&socketFactory=")
    assert local.endswith("socketFactoryArg=%2Ftmp%2Frun%2F.s.PGSQL.5432")
    assert remote == "jdbc:postgresql://db.example:6432/hub?user=me&sslmode=prefer&password=secret"
