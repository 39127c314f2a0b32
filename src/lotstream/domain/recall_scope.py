"""Which lots a recall is of: those that are named, or all that fit what is said."""

from __future__ import annotations

from dataclasses import replace

from lotstream.domain.codes import Code, Refusal
from lotstream.domain.commands import RecallLots
from lotstream.domain.holds import find_lot
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import Lot, LotName
from lotstream.domain.recalled_later import is_meant


def lots_meant(ledger: Ledger, command: RecallLots) -> list[Lot] | Refusal:
    """Return the lots that are named, or all that fit what is said instead, each once and sorted."""
    said = {
        name: value
        for name in ("supplier", "supplier_lot", "made_from", "made_to")
        if (value := getattr(command, name)) is not None
    }
    if command.lots:
        if said or command.sku is not None:
            field = next(iter(said), "sku")
            return Refusal(
                Code.FIELD_INVALID, field, "The lots are named already; say what they have in common, or them."
            )
        return _named(ledger, command)
    if not said:
        message = "The recall names no lots; send at least one, or a supplier, its lot, or the days they were made."
        return Refusal(Code.FIELD_MISSING, "lots", message)
    if command.made_from is not None and command.made_to is not None and command.made_from > command.made_to:
        return Refusal(Code.FIELD_INVALID, "made_to", "The days end before they begin; send made_from up to made_to.")
    found = [lot for lot in ledger.lots.values() if _fits(lot, command)]
    if not found:
        field = next(name for name in ("supplier_lot", "made_from", "made_to", "supplier") if name in said)
        return Refusal(Code.UNKNOWN_LOT, field, "No lot fits what is said; check it, or name the lots.")
    return sorted(found, key=_name)


def _named(ledger: Ledger, command: RecallLots) -> list[Lot] | Refusal:
    lots: dict[LotName, Lot] = {}
    for index, (sku, number) in enumerate(command.lots):
        lot = find_lot(ledger, sku, number)
        if isinstance(lot, Refusal):
            return replace(lot, field=f"lots.{index}.{lot.field}")
        lots[_name(lot)] = lot
    return [lots[name] for name in sorted(lots)]


def _fits(lot: Lot, command: RecallLots) -> bool:
    return command.sku in (None, lot.sku) and is_meant(command, lot)


def _name(lot: Lot) -> LotName:
    return LotName(lot.sku, lot.lot)
