"""What every partition is told: heard by each once and in order, whatever happens to workers and whoever lies."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from lotstream.errors import ClaimLost
from tests.hub.small_hub import SITE, SmallHub, a_site, order, owners_in, stock


def heard(hub: SmallHub, partition: int) -> list[tuple[str, str]]:
    """Return message id and outcome of what a partition was told, in the order of its log."""
    rows = sorted(hub.intake(partition=partition, source="lotstream"), key=lambda row: row["offset"])
    return [(row["message_id"], row["outcome"]) for row in rows if row["owner"] is None]


async def test_every_partition_hears_every_number_once_and_in_order() -> None:
    """The holder appends each number to its own partition under the key `*` and the id `<number>/<partition>`."""
    hub = SmallHub()
    worker = await hub.start()
    await a_site(hub, worker)
    for partition in (0, 1):
        said = [row for row in heard(hub, partition) if "/" in row[0]]
        assert said == [(f"1/{partition}", "done"), (f"2/{partition}", "done")]
        assert {record.key for record in hub.log[partition]} == {b"*"}
        assert worker.states[partition].claim.broadcast_seen == 2
        assert worker.states[partition].sites.today[SITE].isoformat() == "2026-09-01"


async def test_what_was_heard_advances_in_the_commit() -> None:
    """A number whose batch was not committed is appended again by the next holder; of the two one is a duplicate."""
    hub = SmallHub()
    worker = await hub.start()
    await hub.tell("site.defined", f"{SITE}/1", {"site": SITE, "calendar": "scripted"})
    await worker.look()
    entries = worker.poll()
    next_holder = await hub.start()
    with pytest.raises(ClaimLost):
        await worker.commit(entries)
    assert next_holder.states[0].claim.broadcast_seen == 0
    await next_holder.settle()
    assert [said for said in heard(hub, 0) if "/" in said[0]] == [("1/0", "done"), ("1/0", "duplicate")]
    assert len(hub.rows("journal", type="SiteDefined")) == 2


async def test_a_new_partition_begins_with_the_first_number() -> None:
    """A partition that nobody held before hears everything that was ever told."""
    hub = SmallHub()
    worker = await hub.start(0)
    await hub.tell("site.defined", f"{SITE}/1", {"site": SITE, "calendar": "scripted"})
    for day in range(1, 6):
        await hub.tell("day.opened", f"{SITE}/{day}", {"site": SITE, "date": f"2026-09-0{day}"})
    await worker.settle()
    assert heard(hub, 1) == []
    await worker.claim(1)
    await worker.settle()
    assert heard(hub, 1) == [(f"{number}/1", "done") for number in range(1, 7)]
    assert worker.states[1].sites == worker.states[0].sites


async def test_the_caller_is_answered_when_all_partitions_have_passed_and_all_owners_are_through() -> None:
    """No answer while a partition or an untouched owner is behind; then one, under the number, in intake and outbox."""
    hub = SmallHub(orders_max=1)
    first, second = await hub.start(0), await hub.start(1)
    await hub.tell("site.defined", f"{SITE}/1", {"site": SITE, "calendar": "scripted"})
    await first.settle(second)
    (owner,) = owners_in(1, 1)
    stock(hub, owner, [("L1", "2026-09-01"), ("L2", "2026-12-01")])
    order(hub, owner, 1)
    order(hub, owner, 2)
    await second.settle()

    number = await hub.tell("day.opened", f"{SITE}/2", {"site": SITE, "date": "2026-09-02"})
    await first.settle()
    assert [answer["message_id"] for answer in hub.answers()] == ["1"]
    await second.look()
    await second.decide()
    assert second.states[1].claim.broadcast_seen == number
    await first.settle()
    assert [answer["message_id"] for answer in hub.answers()] == ["1"]
    await second.settle()
    assert hub.reserved(owner) == {"L2": 2}
    await first.settle()
    answer = hub.answers()[1]
    assert (answer["message_id"], answer["outcome"], answer["owner"]) == (str(number), "done", None)
    assert answer["type"] == "lotstream.day.opened.v1"
    assert [row["outcome"] for row in hub.intake(source="lotstream", message_id=str(number))] == ["done"]


async def test_a_broadcast_that_is_answered_late_is_answered_with_what_became_of_it() -> None:
    """A partition that is away for longer than ids are remembered does not turn what was done into a refusal."""
    hub = SmallHub()
    first = await hub.start(0)
    await hub.tell("site.defined", f"{SITE}/1", {"site": SITE, "calendar": "scripted"})
    await first.settle()
    (owner,) = owners_in(0, 1)
    stock(hub, owner, [("L1", "2026-12-01")])
    await first.settle()

    hub.now = hub.append_time = hub.now + timedelta(days=99)
    await hub.store.prune_intake(0, before=hub.now)
    second = await hub.start(1)
    await first.settle(second)
    assert [(answer["message_id"], answer["outcome"]) for answer in hub.answers()] == [("1", "done")]
    assert await hub.store.prune_intake(0, before=hub.now) > 0


async def test_a_refused_broadcast_is_answered_with_code_and_sentence() -> None:
    """What the partitions refuse is answered as refused, once, and what was told after it is not held up."""
    hub = SmallHub()
    worker = await hub.start()
    await hub.tell("day.opened", "NOWHERE/1", {"site": "NOWHERE", "date": "2026-09-01"})
    await hub.tell("site.defined", f"{SITE}/1", {"site": SITE})
    await worker.settle()
    refused, done, *_ = hub.answers()
    assert (refused["outcome"], refused["code"], refused["field"]) == ("refused", "field_invalid", "site")
    assert refused["message"].endswith(".")
    assert (done["message_id"], done["outcome"]) == ("2", "done")
    again = await hub.start()
    await again.settle()
    assert len(hub.rows("outbox", topic="lotstream.answers")) == len({row["message_id"] for row in hub.answers()})


async def test_what_nobody_can_read_is_heard_dead_lettered_and_answered() -> None:
    """A broadcast of a newer version is a dead letter in every partition and keeps back nothing told after it."""
    hub = SmallHub()
    worker = await hub.start()
    await hub.tell("site.painted", f"{SITE}/1", {"site": SITE})
    await hub.tell("site.defined", f"{SITE}/1", {"site": SITE, "calendar": "scripted"})
    await worker.settle()
    assert [row["code"] for row in hub.rows("dead_letter")] == ["unknown_type", "unknown_type"]
    assert SITE in worker.states[1].sites.sites
    assert heard(hub, 1) == [("1/1", "dead_lettered"), ("2/1", "done")]
    assert [(answer["message_id"], answer["outcome"]) for answer in hub.answers()] == [("1", "refused"), ("2", "done")]


FORGED: dict[str, dict[str, Any]] = {
    "a number far ahead": {"id": "900/0"},
    "the next number with another body": {"id": "3/0"},
    "another partition's number": {"id": "3/1"},
    "no number": {"id": "x/0"},
    "a number no database holds": {"id": f"{10**30}/0"},
    "a number written otherwise": {"id": "003/0"},
    "a number without a partition": {"id": "3"},
    "somebody else's name": {"id": "3/0", "source": "shop"},
}


@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED)
async def test_a_forged_broadcast_is_a_dead_letter_and_skips_no_true_one(forged: dict[str, Any]) -> None:
    """Whoever signs as the hub with a number it has not given, or with other words, is dead-lettered by `schema`."""
    hub = SmallHub()
    worker = await hub.start()
    await a_site(hub, worker)
    await hub.tell("day.opened", f"{SITE}/3", {"site": SITE, "date": "2026-09-03"})
    offset = hub.forge("day.opened", {"site": SITE, "date": "2026-09-09"}, partition=0, **forged)
    await worker.settle()
    (letter,) = hub.rows("dead_letter")
    assert (letter["partition"], letter["offset"], letter["code"]) == (0, offset, "schema")
    assert [row["message_id"] for row in hub.intake(partition=0, offset=offset)] == [None]
    assert worker.states[0].sites.today[SITE].isoformat() == "2026-09-03"
    assert ("3/0", "done") in heard(hub, 0)


async def test_an_owners_message_cannot_take_the_id_of_a_broadcast() -> None:
    """A command that signs as the hub is dead-lettered, so that the broadcast it wants to pass for is still heard."""
    hub = SmallHub()
    worker = await hub.start()
    (owner,) = owners_in(0, 1)
    body = {"owner": owner, "sku": "SOAP"}
    hub.forge("item.defined", body, partition=0, id="1/0", key=owner.encode())
    hub.forge("day.continued", {"owner": owner, "orders_max": 1}, partition=0, id="1/0", key=owner.encode())
    hub.forge("day.continued", {"owner": owner, "orders_max": 1}, partition=0, id="x", source="y", key=owner.encode())
    await a_site(hub, worker)
    letters = hub.rows("dead_letter")
    assert [(row["code"], row["field"]) for row in letters] == [
        ("schema", "ce_source"), ("schema", "ce_id"), ("schema", "ce_source"),
    ]  # fmt: skip
    assert SITE in worker.states[0].sites.sites


async def test_a_forged_answer_is_a_dead_letter() -> None:
    """An answer to what is not decided, out of turn, under another id or in another partition is not published."""
    hub = SmallHub()
    worker = await hub.start()
    said = {"number": 1, "type": "lotstream.site.defined.v1"}
    hub.forge("broadcast.answered", said, partition=0, id="1")
    await worker.decide()
    await hub.tell("site.defined", f"{SITE}/1", {"site": SITE, "calendar": "scripted"})
    await worker.settle()
    hub.forge("broadcast.answered", {**said, "number": 2}, partition=0, id="7")
    hub.forge("broadcast.answered", {**said, "number": 2}, partition=1, id="2")
    hub.forge("broadcast.answered", {**said, "number": 9}, partition=0, id="9")
    hub.forge("broadcast.answered", said, partition=0, id="1")
    await worker.settle()
    assert [answer["message_id"] for answer in hub.answers()] == ["1"]
    assert [row["code"] for row in hub.rows("dead_letter")] == ["schema"] * 4
    assert heard(hub, 0)[-1] == ("1", "duplicate")


async def test_a_broadcast_the_database_refuses_keeps_back_nothing() -> None:
    """A name no column holds is a dead letter in each partition; what was told after it is heard."""
    hub = SmallHub()
    worker = await hub.start()
    await hub.tell("site.defined", "X/1", {"site": "half \ud83d a character"})
    await hub.tell("site.defined", f"{SITE}/1", {"site": SITE, "calendar": "scripted"})
    await worker.settle()
    assert len(hub.rows("dead_letter")) == 2
    assert set(worker.states[0].sites.sites) == {SITE}
    assert [answer["message_id"] for answer in hub.answers()] == ["1", "2"]


async def test_a_hold_on_a_bin_is_told_to_all_and_moves_what_was_promised() -> None:
    """hold.placed without an owner holds the bin for every owner; lifted, it serves who waits; a repeat is nothing."""
    hub = SmallHub()
    worker = await hub.start()
    await a_site(hub, worker)
    owners = owners_in(0, 1) + owners_in(1, 1)
    for owner in owners:
        stock(hub, owner, [("L1", "2026-12-01")])
        order(hub, owner, 1)
    await worker.settle()
    hold = {"hold": "H-1", "kind": "quarantine", "site": SITE, "location": "BIN-L1"}
    await hub.tell("hold.placed", "H-1", hold)
    await hub.tell("hold.placed", "H-1 again", hold)
    await worker.settle()
    assert [hub.reserved(owner) for owner in owners] == [{}, {}]
    await hub.tell("hold.lifted", "H-1", {"hold": "H-1", "site": SITE, "location": "BIN-L1"})
    await worker.settle()
    assert [hub.reserved(owner) for owner in owners] == [{"L1": 1}, {"L1": 1}]
    assert len(hub.rows("journal", type="LocationDefined", partition=0)) == 2
    assert {answer["outcome"] for answer in hub.answers()} == {"done"}


async def test_days_open_by_each_sites_own_zone() -> None:
    """When it is noon in Greenwich it is the next day in Auckland already and still the same one in Honolulu."""
    hub = SmallHub()
    worker = await hub.start()
    await hub.tell("site.defined", "AKL/1", {"site": "AKL", "time_zone": "Pacific/Auckland"})
    await hub.tell("site.defined", "HNL/1", {"site": "HNL", "time_zone": "Pacific/Honolulu"})
    await worker.settle()

    def today() -> dict[str, str]:
        return {site: date.isoformat() for site, date in worker.states[1].sites.today.items()}

    assert today() == {"AKL": "2026-09-02", "HNL": "2026-09-01"}
    hub.now = hub.append_time = hub.now + timedelta(hours=23)
    await worker.settle()
    assert today() == {"AKL": "2026-09-02", "HNL": "2026-09-02"}
    assert [json.loads(row["body"])["date"] for row in hub.rows("broadcast", type="lotstream.day.opened.v1")] == [
        "2026-09-02", "2026-09-01", "2026-09-02",
    ]  # fmt: skip


async def test_a_clock_that_jumps_back_closes_no_day() -> None:
    """When the database's clock goes back a day, today stays; it goes on when the clock has caught up."""
    hub = SmallHub()
    worker = await hub.start()
    await hub.tell("site.defined", f"{SITE}/1", {"site": SITE})
    await worker.settle()
    for days in (-1, 0, 1):
        hub.now = hub.append_time + timedelta(days=days)
        await worker.settle()
    assert worker.states[0].sites.today[SITE].isoformat() == "2026-09-02"
    assert len(hub.rows("broadcast", type="lotstream.day.opened.v1")) == 2


async def test_a_database_whose_clock_was_days_ahead_does_not_lose_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """A day that no broker has seen is refused; once it has really come it is opened under another key."""
    monkeypatch.setattr("lotstream.hub.broadcasts.OPEN_AGAIN_S", 0.0)
    hub = SmallHub()
    worker = await hub.start()
    await hub.tell("site.defined", f"{SITE}/1", {"site": SITE})
    hub.now += timedelta(days=3)
    await worker.look()
    await worker.decide()
    await worker.look()
    await worker.decide()
    assert worker.states[0].sites.today == {}
    assert [row["code"] for row in hub.intake(partition=0, outcome="refused")] == ["field_invalid"]
    hub.append_time = hub.now
    await worker.settle()
    assert worker.states[0].sites.today[SITE].isoformat() == "2026-09-04"
    assert worker.states[1].sites.today[SITE].isoformat() == "2026-09-04"


async def test_two_holders_open_a_day_once() -> None:
    """Workers that see at once that a day is due number one day.opened between them."""
    hub = SmallHub()
    first, second = await hub.start(0), await hub.start(1)
    await hub.tell("site.defined", f"{SITE}/1", {"site": SITE})
    await first.settle(second)
    assert len(hub.rows("broadcast", type="lotstream.day.opened.v1")) == 1
    assert first.states[0].sites.today == second.states[1].sites.today
