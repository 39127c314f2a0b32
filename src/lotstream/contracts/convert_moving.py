"""From messages about goods that go from site to site to commands of the ledger."""

from __future__ import annotations

from dataclasses import replace

from lotstream.contracts.convert_goods import received_line
from lotstream.contracts.convert_heads import head_of
from lotstream.contracts.inbound_moving import (
    TitleAccepted,
    TitleAcceptedLine,
    TitleReleased,
    TransferReceived,
    TransferReceivedLine,
    TransferShipped,
    TransferShippedLine,
)
from lotstream.domain.commands import (
    AcceptTitle,
    ArrivedLine,
    GoodsLine,
    ReceiveTransfer,
    ReleaseTitle,
    ShipTransfer,
    StockLine,
)


def ship_transfer(body: TransferShipped) -> ShipTransfer:
    """Return the command to book goods that leave for another site."""
    return ShipTransfer(
        **head_of(body),
        transfer=body.transfer,
        to_site=body.to_site,
        lines=tuple(_leaving(line) for line in body.lines),
        expected_at=body.expected_at,
        scac=body.scac,
    )


def receive_transfer(body: TransferReceived) -> ReceiveTransfer:
    """Return the command to book goods that came from another site."""
    return ReceiveTransfer(
        **head_of(body),
        transfer=body.transfer,
        receipt=body.receipt,
        final=body.final,
        lines=tuple(_arrived(line) for line in body.lines),
    )


def release_title(body: TitleReleased) -> ReleaseTitle:
    """Return the command to book goods that are another owner's from now on."""
    return ReleaseTitle(
        owner=body.owner,
        **head_of(body),
        title=body.title,
        to_owner=body.to_owner,
        lines=tuple(_leaving(line) for line in body.lines),
        to_skus=body.to_skus,
    )


def accept_title(body: TitleAccepted) -> AcceptTitle:
    """Return the command to book goods that were another owner's."""
    return AcceptTitle(
        **head_of(body),
        title=body.title,
        from_owner=body.from_owner,
        lines=tuple(_taken_over(line) for line in body.lines),
    )


def _taken_over(line: TitleAcceptedLine) -> GoodsLine:
    return replace(
        received_line(line), received=line.received, returned=line.returned, hold=line.hold, recall=line.recall
    )


def _leaving(line: TransferShippedLine) -> StockLine:
    return StockLine(
        line=line.line,
        sku=line.sku,
        lot=line.lot,
        location=line.location,
        quantity=line.quantity,
        unit=line.unit,
        package=line.package,
        pack_size=line.pack_size,
        status=None if line.status is None else line.status.value,
        reason=line.reason,
        serials=line.serials,
        weight_kg=line.weight_kg,
    )


def _arrived(line: TransferReceivedLine) -> ArrivedLine:
    return ArrivedLine(
        line=line.line,
        quantity=line.quantity,
        unit=line.unit,
        transfer_line=line.transfer_line,
        sku=line.sku,
        lot=line.lot,
        location=line.location,
        package=line.package,
        status=None if line.status is None else line.status.value,
        reason=line.reason,
        serials=line.serials,
        weight_kg=line.weight_kg,
    )
