"""Serial numbers arrive with goods of a transfer: those that were read, or all of a line that came as a whole."""

from __future__ import annotations

from dataclasses import replace

from lotstream.domain.arrival import Arrival, ArrivedGoods
from lotstream.domain.codes import Code
from lotstream.domain.model import (
    RowKey,
    Serial,
    SerialKey,
    SerialState,
    Status,
)
from lotstream.domain.places import transit_place
from lotstream.domain.serials import check_count


def read_numbers(arrival: Arrival, meant: ArrivedGoods, row: RowKey) -> None:
    """Book units where they came to: those that were read, or all of a line that has come as a whole."""
    said = meant.said
    refused = check_count(said.serials, meant.quantity, meant.item, meant.path)
    if refused is not None:
        arrival.object(refused.code, refused.field, refused.message, said)
        return
    line = None if meant.line is None else arrival.lines[meant.line]
    for index, number in enumerate(said.serials):
        _check_number(arrival, meant, SerialKey(number, meant.item.sku), f"{meant.path}.serials.{index}")
    whole = line is not None and not said.serials and meant.quantity >= line.under_way
    numbers = line.serials if line is not None and whole else said.serials
    for number in numbers:
        _arrive(arrival, SerialKey(number, meant.item.sku), row)


def _check_number(arrival: Arrival, meant: ArrivedGoods, key: SerialKey, path: str) -> None:
    unit = arrival.draft.serial(key)
    if unit is not None and unit.state is SerialState.IN_STOCK:
        if unit.row.location == transit_place(arrival.command.transfer):
            return
        message = f"Serial {key.number} of {key.sku} did not leave with this transfer; check the number."
    elif unit is None:
        message = f"Serial {key.number} of {key.sku} is not known; check the number."
    else:
        message = f"Serial {key.number} of {key.sku} is {unit.state.value} already; check the number."
    arrival.object(Code.CONFLICTING_CONTENT, path, message, meant.said)


def _arrive(arrival: Arrival, key: SerialKey, row: RowKey) -> None:
    """Book a unit where it came to; one that is picked, has left or was used stays what it is."""
    known = arrival.draft.serial(key)
    if known is not None and known.state is not SerialState.IN_STOCK:
        return
    apart = known is not None and known.apart
    row = row._replace(status=Status.QUARANTINE.value) if apart else row
    unit = Serial(key, SerialState.IN_STOCK, row) if known is None else replace(known, row=row)
    arrival.draft.serials[key] = unit
    arrival.units.append(unit)
