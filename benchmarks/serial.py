"""How long it takes to say where the unit of a serial number went.

A table of made-up units is filled, and single ones are asked for as `lotstream serial` asks: owner left out, one query
a unit. What is timed is `Reads.serials`, from the question to the unit that was read.

    python benchmarks/serial.py --url postgresql:///bench?host=/tmp --units 1000000

The database must be empty.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import statistics
import time
from datetime import UTC, datetime

import asyncpg

from lotstream.domain.model import RowKey, Serial, SerialKey, SerialState
from lotstream.domain.slots import slot
from lotstream.store.codec import encode_text
from lotstream.store.connection import SCHEMA
from lotstream.store.migrate import migrate
from lotstream.store.reads import Reads

OWNERS = 20
QUESTIONS = 500
COLUMNS = ("owner", "serial", "sku", "slot", "state", "body")


def unit(number: int) -> Serial:
    """Return a unit that has left."""
    row = RowKey(f"SKU-{number % 400}", f"L-{number % 4000}", "TOR", "STAGING")
    at = datetime(2026, 9, 1, tzinfo=UTC)
    key = SerialKey(f"SN-{number:09d}", row.sku)
    return Serial(key, SerialState.SHIPPED, row, "shop", f"#{number}", "1", f"SHP-{number}", at, f"C-{number % 900}")


def rows(units: int) -> list[tuple[object, ...]]:
    """Return the rows of so many units, each of one owner."""
    made: list[tuple[object, ...]] = []
    for number in range(units):
        one, owner = unit(number), f"owner-{number % OWNERS}"
        made.append((owner, *one.key, slot(owner.encode()), one.state.value, encode_text(one)))
    return made


async def fill(url: str, units: int) -> None:
    """Make the tables and fill them."""
    connection = await asyncpg.connect(url, server_settings={"search_path": SCHEMA})
    try:
        await connection.executemany(
            "INSERT INTO owner (owner, slot, settings) VALUES ($1, $2, '{}')",
            [(f"owner-{number}", slot(f"owner-{number}".encode())) for number in range(OWNERS)],
        )
        await connection.copy_records_to_table("serial", records=rows(units), columns=COLUMNS)
        await connection.execute("ANALYZE serial")
    finally:
        await connection.close()


async def measure(url: str, units: int) -> dict[str, float]:
    """Return how long single questions took, in milliseconds."""
    took = []
    draw = random.Random(1)
    async with Reads(url) as reads:
        for _ in range(QUESTIONS):
            asked = unit(draw.randrange(units))
            began = time.perf_counter()
            found = await reads.serials(asked.key.number, sku=asked.key.sku, owner=None)
            took.append((time.perf_counter() - began) * 1000)
            if list(found.values()) != [asked]:
                raise SystemExit(f"{asked.key} was not found as it was written")
    return {"median_ms": statistics.median(took), "p99_ms": sorted(took)[QUESTIONS * 99 // 100], "max_ms": max(took)}


async def main() -> None:
    """Fill the table and print how long questions took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", required=True)
    parser.add_argument("--units", type=int, default=1_000_000)
    options = parser.parse_args()
    await migrate(options.url)
    await fill(options.url, options.units)
    print(json.dumps({"units": options.units, "owners": OWNERS, **await measure(options.url, options.units)}))


if __name__ == "__main__":
    asyncio.run(main())
