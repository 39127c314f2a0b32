"""By what goods that left are known again, whoever they left for: a hash of what was told, whatever it is called."""

from __future__ import annotations

from hashlib import blake2b

from lotstream.domain.commands import ImportShipment, ReleaseTitle, ShipTransfer, StockLine
from lotstream.domain.weights import said_weight


def content_of_transfer(command: ShipTransfer) -> str:
    """Return the hash of what is told to have left; equal quantities count as equal however they are written."""
    return command.content or _hash((command.site, command.to_site, _said(command.lines)))


def content_of_title(command: ReleaseTitle) -> str:
    """Return the hash of what is told to be released; equal quantities count as equal however they are written."""
    whole = (command.site, command.to_owner, _said(command.lines), sorted(command.to_skus.items()))
    return command.content or _hash(whole)


def content_of_import(command: ImportShipment) -> str:
    """Return the hash of what is told to have left before the hub was there."""
    said = [
        (line.line, line.sku, line.lot, str(line.quantity.normalize()), line.unit, line.expires, line.serials)
        + (() if line.cost is None else (str(line.cost.normalize()),))
        + said_weight(line)
        for line in command.lines
    ]
    return command.content or _hash((command.site, command.shipped_at.timestamp(), command.customer, said))


def _said(lines: tuple[StockLine, ...]) -> list[tuple[str | None, ...]]:
    return [
        (
            *(line.line, line.sku, line.lot, line.location, str(line.quantity.normalize()), line.unit, line.package),
            *said_weight(line),
        )
        for line in lines
    ]


def _hash(said: object) -> str:
    return blake2b(repr(said).encode(), digest_size=16).hexdigest()
