"""The past of a large house, written straight into PostgreSQL: lots and where they lie, what became of them, what left.

Rows are made by the server from numbers, so that a million of each take seconds and every run has the same ones. They
are shaped as the hub writes them; nothing of it is in the journal, so such a database is measured and never verified.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

import asyncpg

from benchmarks.goods.rows import ARRIVED, HELD, ITEM, ON_THE_WAY, PAPERS, PEDIGREE, RECEIPT, SHIP_TO, SHIPMENT, UNIT
from lotstream.domain.slots import slot
from lotstream.store.connection import SCHEMA

if TYPE_CHECKING:
    from asyncpg import Record

DEPTH: Final = 10
"""Productions between the first lot of a pedigree and the last."""

WIDTH: Final = 20
"""Lots on each level of a pedigree; each is made from three of the level before."""

PARENTS: Final = 3
PLACES: Final = 5
"""Stock rows of a lot."""

SKUS: Final = 40
RECALLED: Final = ("SKU-RECALLED", "RECALLED")
"""The item and the lot that went to more customers than any other."""

SUPPLIER: Final = ("S-RECALLED", "X-RECALLED")
"""Who supplied the recalled lot, and the number it has there."""

LARGE: Final = "house-0000"
"""An owner that has a tenth of everything."""

FIRST_DAY: Final = date(2026, 6, 1)
FIRST_OFFSET: Final = 1_000_000_000
"""Where these rows stand in the log: beyond what a worker on this database will write."""

PARTITIONS: Final = 8


@dataclass(frozen=True, slots=True)
class Past:
    """How much there is of everything; the defaults are the sizes that figures are told for."""

    owners: int = 500
    lots: int = 200_000
    movements: int = 1_000_000
    shipments: int = 1_000_000
    pedigrees: int = 300
    #: Customers that got the recalled lot, each with two shipments.
    consignees: int = 10_000
    #: Persons of each owner.
    persons: int = 100
    transfers: int = 50_000
    receipts: int = 100_000
    #: Units with a serial number.
    serials: int = 100_000

    def owner(self, number: int) -> str:
        """Return the owner of a lot by the lot's number."""
        return f"house-{0 if number % 10 == 0 else 1 + number % (self.owners - 1):04d}"

    def lot(self, number: int) -> tuple[str, str, str]:
        """Return owner, SKU and lot by the lot's number."""
        return self.owner(number), f"SKU-{number // self.owners % SKUS:02d}", f"L{number}"

    def made(self, pedigree: int, level: int, number: int = 0) -> tuple[str, str, str]:
        """Return owner, SKU and lot of a level of a pedigree; level 0 is what came in, `DEPTH` what came of it."""
        return f"house-{pedigree % self.owners:04d}", f"MADE-{level:02d}", f"P{pedigree}-{number}"


async def lay_down(url: str, past: Past, *, tell: Callable[[str], None]) -> dict[str, int]:
    """Write all rows into empty tables and gather statistics; returns how many rows each table has."""
    connection = await asyncpg.connect(url, server_settings={"search_path": SCHEMA, "synchronous_commit": "off"})
    try:
        await _owners(connection, past)
        for what, statement in STATEMENTS.items():
            tell(f"writing {what}")
            await connection.execute(_filled(statement, past))
        await connection.execute("VACUUM (ANALYZE)")
        counted = {table: await connection.fetchval(f"SELECT count(*) FROM {table}") for table in TABLES}
    finally:
        await connection.close()
    return counted


async def _owners(connection: asyncpg.Connection[Record], past: Past) -> None:
    names = [f"house-{number:04d}" for number in range(past.owners)]
    await connection.copy_records_to_table(
        "owner", records=[(name, slot(name.encode()), "{}") for name in names], columns=("owner", "slot", "settings")
    )


def _filled(statement: str, past: Past) -> str:
    """Return a statement with sizes and bodies put in; each stands between percent signs."""
    pedigree_rows = past.pedigrees * (DEPTH * WIDTH * (PARENTS + 1) + 2)
    words = {
        "owners": past.owners, "lots": past.lots, "shipments": past.shipments, "pedigrees": past.pedigrees,
        "consignees": past.consignees, "persons": past.persons, "skus": SKUS, "places": PLACES, "depth": DEPTH,
        "transfers": past.transfers, "receipts": past.receipts, "receipt": _text(RECEIPT), "serials": past.serials,
        "on_the_way": _text(ON_THE_WAY),
        "arrived": _text(ARRIVED), "unit": _text(UNIT),
        "width": WIDTH, "parents": PARENTS, "partitions": PARTITIONS, "first": FIRST_OFFSET, "day": f"'{FIRST_DAY}'",
        "movements": max(past.movements - pedigree_rows, 0), "held": _text(HELD), "papers": _text(PAPERS),
        "item": _text(ITEM), "ship_to": _text(SHIP_TO), "shipment": _text(SHIPMENT), "pedigree": _text(PEDIGREE),
        "sku": _text(RECALLED[0]), "lot": _text(RECALLED[1]), "large": _text(LARGE), "supplier": _text(SUPPLIER[0]),
        "supplier_lot": _text(SUPPLIER[1]),
    }  # fmt: skip
    for word, value in words.items():
        statement = statement.replace(f"%{word}%", str(value))
    return statement


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


TABLES: Final = ("lot", "stock", "lot_history", "shipment_line", "receipt", "person", "serial", "item", "owner")

STATEMENTS: Final = {
    "names of lots": """
        CREATE TEMP TABLE named AS
        SELECT n, o.owner, o.slot, 'SKU-' || lpad((n / %owners% % %skus%)::text, 2, '0') AS sku, 'L' || n AS lot
        FROM generate_series(0, %lots% - 1) AS n JOIN owner AS o
        ON o.owner = 'house-' || lpad((CASE WHEN n % 10 = 0 THEN 0 ELSE 1 + n % (%owners% - 1) END)::text, 4, '0');
        CREATE UNIQUE INDEX ON named (n); ANALYZE named""",
    "items": """
        INSERT INTO item (owner, sku, slot, body)
        SELECT o.owner, s.sku, o.slot, replace(%item%, 'THE-SKU', s.sku) FROM owner AS o CROSS JOIN (
            SELECT 'SKU-' || lpad(s::text, 2, '0') FROM generate_series(0, %skus% - 1) AS s
            UNION ALL SELECT 'MADE-' || lpad(s::text, 2, '0') FROM generate_series(0, %depth%) AS s
            UNION ALL SELECT %sku%) AS s(sku)""",
    "lots": """
        INSERT INTO lot (owner, sku, lot, slot, expires, made, received, supplier, supplier_lot, holds, more)
        SELECT owner, sku, lot, slot, DATE %day% + n % 900, DATE %day% - 90 + n % 60, DATE %day% - 30 + n % 30,
               'S-' || n % 50, 'X' || n / 3, CASE WHEN n % 97 = 0 THEN %held% ELSE '[]' END,
               CASE WHEN n % 10 = 3 THEN %papers% ELSE '{}' END
        FROM named""",
    "lots that were made": """
        INSERT INTO lot (owner, sku, lot, slot, expires, made, received, more)
        SELECT o.owner, 'MADE-' || lpad(k::text, 2, '0'), 'P' || p || '-' || i, o.slot, DATE %day% + 400,
               DATE %day% + k, DATE %day% + k,
               CASE WHEN k = 0 THEN '{}' ELSE replace(replace(replace(replace(%pedigree%,
                   'THE-SKU', 'MADE-' || lpad((k - 1)::text, 2, '0')), 'LOT-0', 'P' || p || '-' || i),
                   'LOT-1', 'P' || p || '-' || (i + 1) % %width%), 'LOT-2', 'P' || p || '-' || (i + 2) % %width%) END
        FROM generate_series(0, %pedigrees% - 1) AS p CROSS JOIN generate_series(0, %depth%) AS k
        CROSS JOIN generate_series(0, %width% - 1) AS i
        JOIN owner AS o ON o.owner = 'house-' || lpad((p % %owners%)::text, 4, '0')""",
    "the recalled lot": """
        INSERT INTO lot (owner, sku, lot, slot, expires, made, received, supplier, supplier_lot)
        SELECT owner, %sku%, %lot%, slot, DATE %day% + 400, DATE %day%, DATE %day%, %supplier%, %supplier_lot%
        FROM owner WHERE owner = %large%""",
    "stock": """
        INSERT INTO stock (owner, sku, lot, site, location, status, returned, slot, on_hand, reserved,
                           promised_elsewhere)
        SELECT owner, sku, lot, CASE WHEN p % 2 = 0 THEN 'TOR' ELSE 'MTL' END,
               'A-' || lpad((n % 2000)::text, 4, '0') || '-' || p, CASE WHEN p = 4 THEN 'damaged' ELSE 'good' END,
               false, slot, 24 + n % 100, n % 20, 0
        FROM named CROSS JOIN generate_series(0, %places% - 1) AS p""",
    "stock of what was made": """
        INSERT INTO stock (owner, sku, lot, site, location, status, returned, slot, on_hand, reserved,
                           promised_elsewhere)
        SELECT owner, sku, lot, 'TOR', 'P-' || lot, 'good', false, slot, 30, 0, 0 FROM lot
        WHERE sku LIKE 'MADE-%' OR sku = %sku%""",
    "movements": """
        INSERT INTO lot_history (log, partition, "offset", index, at, recorded_at, quantity, slot, owner, sku, lot,
                                 kind, site, location, status, to_site, to_location, to_status, document, number, line,
                                 by, reason)
        SELECT 1, slot % %partitions%, %first% + m, 0, w.at, w.at, 10 + m % 7, slot, owner, sku, lot,
               CASE WHEN m < %lots% THEN 'received' WHEN m % 20 = 19 THEN 'returned'
                    ELSE (ARRAY['moved', 'picked', 'counted', 'adjusted'])[1 + m % 4] END,
               'TOR', 'A-' || lpad((n % 2000)::text, 4, '0') || '-0', 'good',
               CASE WHEN m >= %lots% AND m % 4 < 2 THEN 'TOR' END,
               CASE WHEN m >= %lots% AND m % 4 < 2 THEN 'STAGE-' || m % 50 END,
               CASE WHEN m >= %lots% AND m % 4 < 2 THEN 'good' END,
               CASE WHEN m < %lots% THEN 'receipt' ELSE 'move' END, 'D-' || m, '1', 'scanner-4',
               CASE WHEN m % 4 = 3 THEN 'spoiled' END
        FROM generate_series(0, %movements% - 1) AS m JOIN named ON n = m % %lots%
        CROSS JOIN LATERAL (SELECT TIMESTAMPTZ %day% + make_interval(secs => m::bigint * 7919 % 7776000)) AS w(at)""",
    "productions": """
        INSERT INTO lot_history (log, partition, "offset", index, at, recorded_at, quantity, slot, owner, sku, lot,
                                 kind, site, location, status, document, number, line)
        SELECT 1, o.slot % %partitions%, 2 * %first%::bigint + (p * %depth% + k) * %width% + i, j, w.at, w.at,
               CASE WHEN j = %parents% THEN 30 ELSE -10 END, o.slot, o.owner,
               'MADE-' || lpad((CASE WHEN j = %parents% THEN k + 1 ELSE k END)::text, 2, '0'),
               'P' || p || '-' || CASE WHEN j = %parents% THEN i ELSE (i + j) % %width% END,
               CASE WHEN j = %parents% THEN 'made' ELSE 'used' END, 'TOR', 'P-OUT', 'good', 'production',
               'PR-' || p || '-' || k || '-' || i, (j + 1)::text
        FROM generate_series(0, %pedigrees% - 1) AS p CROSS JOIN generate_series(0, %depth% - 1) AS k
        CROSS JOIN generate_series(0, %width% - 1) AS i CROSS JOIN generate_series(0, %parents%) AS j
        JOIN owner AS o ON o.owner = 'house-' || lpad((p % %owners%)::text, 4, '0')
        CROSS JOIN LATERAL (SELECT TIMESTAMPTZ %day% + make_interval(days => k, mins => i)) AS w(at)""",
    "rework that closes a circle": """
        INSERT INTO lot_history (log, partition, "offset", index, at, recorded_at, quantity, slot, owner, sku, lot,
                                 kind, site, location, status, document, number, line)
        SELECT 1, o.slot % %partitions%, 3 * %first%::bigint + p, j, w.at, w.at, CASE j WHEN 0 THEN -5 ELSE 5 END,
               o.slot, o.owner, CASE j WHEN 0 THEN 'MADE-' || lpad(%depth%::text, 2, '0') ELSE 'MADE-00' END,
               'P' || p || '-0', CASE j WHEN 0 THEN 'used' ELSE 'made' END, 'TOR', 'P-OUT', 'good', 'production',
               'RW-' || p, (j + 1)::text
        FROM generate_series(0, %pedigrees% - 1) AS p CROSS JOIN generate_series(0, 1) AS j
        JOIN owner AS o ON o.owner = 'house-' || lpad((p % %owners%)::text, 4, '0')
        CROSS JOIN LATERAL (SELECT TIMESTAMPTZ %day% + make_interval(days => %depth% + 1)) AS w(at)""",
    "what left": """
        INSERT INTO shipment_line (log, partition, "offset", index, shipped_at, quantity, expires, slot, owner,
                                   shipment, source, "order", line, sku, lot, customer, person, city, postcode, country,
                                   site, location, status)
        SELECT 1, slot % %partitions%, %first% + s, j,
               TIMESTAMPTZ %day% + make_interval(secs => s::bigint * 7 % 7776000),
               1 + s % 5, DATE %day% + n % 900, slot, owner, 'SH-' || s, 'shop', 'O-' || s, (j + 1)::text, sku, lot,
               'C-' || s % 200, 'p-' || s % %persons%, 'Sampletown', '43' || lpad((s % 1000)::text, 3, '0'), 'US',
               'TOR', 'STAGE-' || s % 50, 'good'
        FROM generate_series(0, %shipments% - 1) AS s CROSS JOIN generate_series(0, 1) AS j
        JOIN named ON n = s::bigint * 7919 % %lots%
        WHERE j = 0 OR s % 5 = 0""",
    "what left of the recalled lot": """
        INSERT INTO shipment_line (log, partition, "offset", index, shipped_at, quantity, expires, slot, owner,
                                   shipment, source, "order", line, sku, lot, customer, person, city, postcode, country,
                                   site, location, status)
        SELECT 1, o.slot % %partitions%, 2 * %first%::bigint + s, 0, TIMESTAMPTZ %day% + make_interval(mins => s), 12,
               DATE %day% + 400, o.slot, o.owner, 'RC-' || s, 'shop', 'R-' || s, '1', %sku%, %lot%,
               'R-' || s % %consignees%, 'r-' || s % %consignees%, 'Sampletown', '43001', 'US', 'TOR', 'STAGE-1', 'good'
        FROM generate_series(0, 2 * %consignees% - 1) AS s JOIN owner AS o ON o.owner = %large%""",
    "what left of what was made": """
        INSERT INTO shipment_line (log, partition, "offset", index, shipped_at, quantity, expires, slot, owner,
                                   shipment, source, "order", line, sku, lot, customer, person, city, postcode, country,
                                   site, location, status)
        SELECT 1, slot % %partitions%, 3 * %first%::bigint + row_number() OVER (ORDER BY owner, sku, lot), 0,
               TIMESTAMPTZ %day% + INTERVAL '20 days', 5, expires, slot, owner, 'MA-' || lot, 'shop', 'M-' || lot, '1',
               sku, lot, 'C-1', 'p-1', 'Sampletown', '43001', 'US', 'TOR', 'STAGE-1', 'good'
        FROM lot WHERE sku = 'MADE-' || lpad(%depth%::text, 2, '0')""",
    "documents of shipments": """
        INSERT INTO receipt (owner, kind, number, slot, body)
        SELECT owner, 'shipment', shipment, slot, replace(replace(replace(replace(%shipment%,
            'THE-SHIPMENT', shipment), 'THE-ORDER', "order"), 'THE-SKU', sku), 'THE-LOT', lot)
        FROM shipment_line WHERE index = 0""",
    "receipts": """
        INSERT INTO receipt (owner, kind, number, slot, body)
        SELECT owner, 'receipt', 'RE-' || n, slot, replace(replace(replace(%receipt%,
            'THE-RECEIPT', 'RE-' || n), 'THE-SKU', sku), 'THE-LOT', lot)
        FROM named WHERE n < %receipts%""",
    "transfers": """
        INSERT INTO receipt (owner, kind, number, slot, body)
        SELECT o.owner, 'transfer', 'TR-' || n, o.slot,
               replace(CASE WHEN n % 50 = 0 THEN %on_the_way% ELSE %arrived% END, 'THE-TRANSFER', 'TR-' || n)
        FROM generate_series(0, %transfers% - 1) AS n JOIN named USING (n)
        JOIN owner AS o ON o.owner = named.owner""",
    "units with serial numbers": """
        INSERT INTO serial (owner, serial, sku, slot, state, body)
        SELECT owner, 'SN-' || n, sku, slot, 'in_stock', replace(replace(replace(%unit%,
            'THE-SERIAL', 'SN-' || n), 'THE-SKU', sku), 'THE-LOT', lot)
        FROM named WHERE n < %serials%""",
    "persons": """
        INSERT INTO person (owner, person, slot, body)
        SELECT owner, 'p-' || n, slot, replace(%ship_to%, 'THE-NUMBER', n::text)
        FROM owner CROSS JOIN generate_series(0, %persons% - 1) AS n
        UNION ALL SELECT owner, 'r-' || n, slot, replace(%ship_to%, 'THE-NUMBER', n::text)
        FROM owner CROSS JOIN generate_series(0, %consignees% - 1) AS n WHERE owner = %large%""",
}
"""What is written, in this order, and how."""
