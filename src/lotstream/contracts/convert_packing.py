"""From messages about packages to commands of the ledger."""

from __future__ import annotations

from lotstream.contracts.convert_heads import head_of
from lotstream.contracts.inbound_packing import PackagePacked, PackageUnpacked
from lotstream.domain.commands import PackedLine, PackPackage, UnpackPackage
from lotstream.domain.model import OrderKey


def pack_package(body: PackagePacked) -> PackPackage:
    """Return the command to pack."""
    return PackPackage(
        **head_of(body),
        package=body.package,
        kind=body.kind,
        lines=tuple(
            PackedLine(OrderKey(one.source, one.order), one.line, one.task, one.lot, one.quantity, one.unit, one.sku)
            for one in body.lines
        ),
        packages=body.packages,
        weight_kg=body.weight_kg,
    )


def unpack_package(body: PackageUnpacked) -> UnpackPackage:
    """Return the command to unpack."""
    return UnpackPackage(**head_of(body), package=body.package)
