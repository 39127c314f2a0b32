"""What people ask on the command line at the end of the week, as they see it and as JSON, compared with the books."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from datetime import UTC, datetime, time, timedelta
from typing import Any

from typer.testing import CliRunner

from lotstream.cli.app import build_app
from lotstream.settings import Settings
from tests.acceptance.week.house import MONDAY, House
from tests.acceptance.week.kitchen import LOAF, MIX
from tests.acceptance.week.owner import Owner
from tests.acceptance.week.recalls import LOT
from tests.cli.conftest import environment

TUESDAY_NIGHT = datetime.combine(MONDAY + timedelta(days=1), time(23, 59), tzinfo=UTC)
THURSDAY_NIGHT = TUESDAY_NIGHT + timedelta(days=2)
Lots = dict[tuple[str, str | None], int]


class Asking:
    """A person at a terminal."""

    def __init__(self, settings: Settings) -> None:
        self._environment = environment(settings)
        #: What was printed for people.
        self.seen: list[str] = []

    async def told(self, owner: Owner, *words: str) -> Any:  # noqa: ANN401 - whatever a command prints as JSON
        """Return what a command tells of an owner."""
        return json.loads(await self._printed(*words, "--owner", owner.name, "--json"))

    async def show(self, owner: Owner, *words: str) -> None:
        """Keep what a command prints for people."""
        printed = await self._printed(*words, "--owner", owner.name)
        self.seen.append(f"$ lotstream {' '.join(words)} --owner {owner.name}\n{printed}")

    async def lines(self, *words: str) -> list[dict[str, Any]]:
        """Return what a command prints line by line as JSON."""
        return [json.loads(line) for line in (await self._printed(*words)).splitlines()]

    async def _printed(self, *words: str) -> str:
        ran = await asyncio.to_thread(CliRunner().invoke, build_app(), words, env=self._environment)
        assert ran.exit_code == 0, (words, ran.output)
        return ran.stdout


async def reported(settings: Settings, house: House) -> str:
    """Ask everything, compare it with the books, and return what people see."""
    asking, acme = Asking(settings), house.acme
    for lot in ((MIX, "M-1"), (LOAF, "L-1")):
        await _traced(asking, acme, lot)
    await _recalled(asking, acme)
    await _where(asking, acme)
    await _as_it_was(asking, acme)
    await _rolled(asking, acme)
    for owner in house.owners:
        await _exported(asking, owner)
    await asking.show(acme, "lot", "trace", MIX, "M-1")
    await asking.show(acme, "lot", "recalled", "RC-1")
    await asking.show(acme, "lot", "where", *LOT)
    await asking.show(acme, "kpi")
    return "\n".join(asking.seen)


async def _traced(asking: Asking, owner: Owner, lot: tuple[str, str]) -> None:
    """Both ways, with what is there and what has left of every lot on the way."""
    books, told = owner.books, await asking.told(owner, "lot", "trace", *lot)
    for trace in told["traces"]:
        family = books.family(lot, forward=trace["direction"] == "forward")
        shown = {(one["sku"], one["lot"]): (int(one["on_hand"]), int(one["shipped"])) for one in trace["lots"]}
        assert trace["complete"]
        assert shown == {name: (_there(owner)[name], books.gone(*name)) for name in family}
        for step in trace["steps"]:
            sides = {"used": -1, "made": 1}
            told_of = {
                (one["sku"], one["lot"]): sign * int(one["quantity"])
                for side, sign in sides.items()
                for one in step[side]
            }
            assert told_of == {made[1:]: units for made, units in books.made.items() if made.document == step["number"]}


async def _recalled(asking: Asking, owner: Owner) -> None:
    """Whoever got any is listed with what he got, and how well it went is what his answers say."""
    told = await asking.told(owner, "lot", "recalled", "RC-1")
    letters, answers = owner.books.letters["RC-1"], owner.books.answered["RC-1"]
    got: dict[tuple[str, str], Counter[tuple[str, str]]] = {}
    for one in told["consignees"]:
        mine = got.setdefault((one["customer"], one["city"]), Counter())
        mine.update({(lot["sku"], lot["lot"]): int(lot["quantity"]) for lot in one["lots"]})
    assert got == {tuple(who): units for who, units in letters.items()}, (got, letters)
    units = sum(sum(mine.values()) for mine in letters.values())
    assert [one["quantity"] for one in told["scope"]["left"]] == [str(units)]
    recovered = sum(int(one["quantity"]) for one in told["effectiveness"]["recovered"])
    assert (told["effectiveness"]["answered"], recovered) == (len(answers), sum(answers))
    assert sum(int(place["on_hand"]) for place in told["stock"]) == _there(owner)[LOT]


async def _where(asking: Asking, owner: Owner) -> None:
    told = await asking.told(owner, "lot", "where", *LOT)
    assert (int(told["on_hand"]), int(told["gone"])) == (_there(owner)[LOT], owner.books.gone(*LOT))


async def _as_it_was(asking: Asking, owner: Owner) -> None:
    """What lay where on Tuesday night, by all that was told since of what had happened before."""
    told = await asking.told(owner, "stock", "--as-of", TUESDAY_NIGHT.isoformat(), "--rows-max", "5000")
    there = Counter[tuple[Any, ...]]()
    for row in told:
        there[row["sku"], row["lot"], row["site"], row["location"], row["status"]] += int(row["on_hand"])
    books = Counter[tuple[Any, ...]]()
    for row, units in owner.books.as_of(TUESDAY_NIGHT).items():
        books[row[:5]] += units
    assert there == {place: units for place, units in books.items() if units}


async def _rolled(asking: Asking, owner: Owner) -> None:
    """Of each lot what there was on Tuesday night, what became of it until Thursday night, and what there was then."""
    period = ("--from", TUESDAY_NIGHT.isoformat(), "--to", THURSDAY_NIGHT.isoformat(), "--rows-max", "5000")
    told = (await asking.told(owner, "roll-forward", *period))["lots"]
    for name, moment in (("opening", TUESDAY_NIGHT), ("closing", THURSDAY_NIGHT)):
        lots = {(one["sku"], one["lot"]): int(one[name]) for one in told if one[name] != "0"}
        assert lots == _by_lot(owner.books.as_of(moment)), name


async def _exported(asking: Asking, owner: Owner) -> None:
    """An owner takes with it what there is, and all that ever left."""
    lines = await asking.lines("owner", "export", owner.name)
    of = {table: [line for line in lines if line.get("table") == table] for table in ("stock", "shipment_line", "lot")}
    assert lines[-1]["rows"].items() >= {table: len(rows) for table, rows in of.items()}.items()
    stock = Counter[tuple[str, str | None]]()
    for row in of["stock"]:
        stock[row["sku"], row["lot"]] += row["on_hand"]
    assert {name: units for name, units in stock.items() if units} == _by_lot(owner.books.rows)
    left = sum(row["sign"] * row["quantity"] for row in of["shipment_line"])
    assert left == (owner.books.left + owner.books.imported).total()


def _there(owner: Owner) -> Counter[tuple[str, str | None]]:
    return Counter(_by_lot(owner.books.rows))


def _by_lot(rows: Counter[Any]) -> Lots:
    lots = Counter[tuple[str, str | None]]()
    for row, units in rows.items():
        lots[row.sku, row.lot] += units
    return {name: units for name, units in lots.items() if units}
