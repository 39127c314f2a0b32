"""From messages about goods that become others to commands of the ledger."""

from __future__ import annotations

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
        site=body.site,
        happened=body.happened,
        by=body.by,
        occurred_at=body.occurred_at,
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
        site=body.site,
        happened=body.happened,
        by=body.by,
        occurred_at=body.occurred_at,
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
        site=body.site,
        happened=body.happened,
        by=body.by,
        occurred_at=body.occurred_at,
        production=body.production,
        used=tuple(_used(line) for line in body.used),
        made=tuple(_produced(line) for line in body.made),
        added_cost=body.added_cost,
    )


def _used(line: KitPieceUsed | ProductionUsed) -> KitPiece:
    return KitPiece(
        line=line.line,
        sku=line.sku,
        lot=line.lot,
        location=line.location,
        quantity=line.quantity,
        unit=line.unit,
        package=line.package,
        serials=line.serials,
        weight_kg=line.weight_kg,
    )


def _made(line: KitPieceMade) -> PieceMade:
    return PieceMade(
        line=line.line,
        sku=line.sku,
        lot=line.lot,
        location=line.location,
        quantity=line.quantity,
        unit=line.unit,
        package=line.package,
        serials=line.serials,
        weight_kg=line.weight_kg,
        status=line.status.value,
    )


def _produced(line: ProductionMade) -> MadeLine:
    return MadeLine(
        line=line.line,
        sku=line.sku,
        lot=line.lot,
        location=line.location,
        quantity=line.quantity,
        unit=line.unit,
        package=line.package,
        serials=line.serials,
        weight_kg=line.weight_kg,
        made=line.made,
        expires=line.expires,
        status=line.status.value,
        cost=line.cost,
    )
