"""The five figures as Prometheus reads them, beside the books' own sums."""

from __future__ import annotations

import asyncio
from collections import Counter
from decimal import Decimal
from pathlib import Path

from lotstream.testing.figures import read_figures
from tests.acceptance.week.books import Books
from tests.acceptance.week.house import House

#: A worker looks every 5 s.
PATIENCE_S, LOOK_EVERY_S = 120.0, 0.1


async def on_the_page(house: House, log: Path) -> None:
    """Wait until a worker's page says of every owner what the books say."""
    wanted = {name: value for owner in house.owners for name, value in figures(owner.name, owner.books).items()}
    page: dict[str, float] = {}
    try:
        async with asyncio.timeout(PATIENCE_S):
            while _apart(page, wanted):
                page = await read_figures(log)
                await asyncio.sleep(LOOK_EVERY_S)
    except TimeoutError:
        assert not _apart(page, wanted), _apart(page, wanted)


def _apart(page: dict[str, float], wanted: dict[str, float]) -> dict[str, tuple[float | None, float]]:
    """Return what the page and the books say differently."""
    found = {name: (page.get(name), value) for name, value in wanted.items()}
    return {
        name: (one, other) for name, (one, other) in found.items() if one is None or round(one, 6) != round(other, 6)
    }


def figures(owner: str, books: Books) -> dict[str, float]:
    """Return the figures of the definitions, and what they are made of, by the books of all days; none of nothing."""
    of = Counter[str]()
    for sums in books.judged.values():
        of.update(sums)
    units = ("received", "expired", "shipped", "traced", "counted_off", "counted_system")
    shares = {
        "lot_accuracy": ("count_lines_right", "count_lines"),
        "inventory_accuracy": ("counted_off", "counted_system"),
        "expiration_loss": ("expired", "received"),
        "expiration_loss_value": ("expired_value", "received_value"),
        "traceability": ("traced", "shipped"),
    }
    rates = {name: Decimal(of[part]) / Decimal(of[whole]) for name, (part, whole) in shares.items() if of[whole]}
    if "inventory_accuracy" in rates:
        rates["inventory_accuracy"] = 1 - rates["inventory_accuracy"]
    assert of["expired_value"] > 0, "nothing that had a cost has expired"
    found = {f"lotstream_kpi_units{{{name},{owner}}}": float(of[name]) for name in units}
    found |= {f"lotstream_kpi_value{{{name},{owner}}}": float(of[f"{name}_value"]) for name in ("received", "expired")}
    return found | {f"lotstream_kpi_{name}_ratio{{{owner}}}": round(float(rate), 6) for name, rate in rates.items()}
