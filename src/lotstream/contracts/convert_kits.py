"""From messages about goods that become others to commands of the ledger."""

from __future__ import annotations

from decimal import Decimal
from typing import TypedDict

from lotstream.contracts.convert_heads import head_of
from lotstream.contracts.inbound_kits import (
    KitAssembled,
    KitBroken,
    KitPieceMade,
    KitPieceUsed,
    ProductionMade,
    ProductionRecorded,
    ProductionUsed,
)
from lotstream.domain.commands import AssembleKit, BreakKit, KitPiece, MadeLine, PieceMade, RecordProduction


def assemble_kit(body: KitAssembled) -> AssembleKit:
    """Return the command to book kits that were made of components."""
    return AssembleKit(
        **head_of(body),
        assembly=body.assembly,
        sku=body.sku,
        lot=body.lot,
        location=body.location,
        quantity=body.quantity,
        lines=tuple(_used(line) for line in body.lines),
        unit=body.unit,
        package=body.package,
        made=body.made,
        expires=body.expires,
        serials=body.serials,
    )


def break_kit(body: KitBroken) -> BreakKit:
    """Return the command to book kits that were taken apart."""
    return BreakKit(
        **head_of(body),
        breaking=body.breaking,
        sku=body.sku,
        lot=body.lot,
        location=body.location,
        quantity=body.quantity,
        lines=tuple(_made(line) for line in body.lines),
        unit=body.unit,
        package=body.package,
        serials=body.serials,
    )


def record_production(body: ProductionRecorded) -> RecordProduction:
    """Return the command to book goods that were made of others."""
    return RecordProduction(
        **head_of(body),
        production=body.production,
        used=tuple(_used(line) for line in body.used),
        made=tuple(_produced(line) for line in body.made),
        added_cost=body.added_cost,
    )


class _Piece(TypedDict):
    """What is said of goods that are used and of goods that are made."""

    line: str
    sku: str
    lot: str | None
    location: str | None
    quantity: Decimal
    unit: str | None
    package: str | None
    serials: tuple[str, ...]
    weight_kg: Decimal | None


def _piece(line: KitPieceUsed | ProductionUsed | KitPieceMade | ProductionMade) -> _Piece:
    return {
        "line": line.line, "sku": line.sku, "lot": line.lot, "location": line.location, "quantity": line.quantity,
        "unit": line.unit, "package": line.package, "serials": line.serials, "weight_kg": line.weight_kg,
    }  # fmt: skip


def _used(line: KitPieceUsed | ProductionUsed) -> KitPiece:
    return KitPiece(**_piece(line))


def _made(line: KitPieceMade) -> PieceMade:
    return PieceMade(**_piece(line), status=line.status.value)


def _produced(line: ProductionMade) -> MadeLine:
    return MadeLine(**_piece(line), made=line.made, expires=line.expires, status=line.status.value, cost=line.cost)
