"""By what a document about lots is known again: a hash of what was told, whatever the lots are called by then."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from decimal import Decimal
from hashlib import blake2b

from lotstream.domain.commands import CorrectLot, CorrectReceipt, MergeLots, SplitLot
from lotstream.domain.notices import content_of

#: Every command about lots as such.
OfLots = CorrectLot | MergeLots | SplitLot


def content_of_lots(command: OfLots) -> str:
    """Return the hash of what is told of lots; equal quantities count as equal however written."""
    if command.content is not None:
        return command.content
    said = [(field.name, _plain(getattr(command, field.name))) for field in fields(command)]
    return blake2b(repr(said).encode(), digest_size=16).hexdigest()


def content_of_receipt(command: CorrectReceipt) -> str:
    """Return the hash of what is told of the lines of a receipt; equal quantities count as equal however written."""
    if command.content is not None:
        return command.content
    lines = [[_plain(getattr(line, field.name)) for field in fields(line)] for line in command.lines]
    return content_of(lines)


def _plain(value: object) -> object:
    match value:
        case Decimal():
            return str(value.normalize())
        case dict():
            return sorted(value.items())
        case tuple():
            return [_plain(one) for one in value]
        case _ if is_dataclass(value) and not isinstance(value, type):
            return [_plain(getattr(value, field.name)) for field in fields(value)]
        case _:
            return value
