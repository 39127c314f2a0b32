"""Serial numbers arrive with goods of a transfer: those that were read, or all of a line that came as a whole."""

from __future__ import annotations

from dataclasses import replace

from lotstream.domain.arrival import Arrival, ArrivedGoods
from lotstream.domain.codes import Code
from lotstream.domain.model import (
    TRANSFER,
    RowKey,
    Serial,
    SerialKey,
    SerialState,
    Status,
    TransferLine,
)
from lotstream.domain.places import transit_place
from lotstream.domain.serials import check_count
from lotstream.domain.serials_in import may_come_again


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
    numbers = _not_come(arrival, line) if line is not None and whole else list(said.serials)
    if line is not None and whole and line.missing and len(numbers) * 10**meant.item.decimals > meant.quantity:
        # Which of them came, and which are missing, nobody can say.
        return
    for number in numbers:
        _arrive(arrival, SerialKey(number, meant.item.sku), row)


def _check_number(arrival: Arrival, meant: ArrivedGoods, key: SerialKey, path: str) -> None:
    unit = arrival.draft.serial(key)
    if unit is not None and unit.state is SerialState.LOST and may_come_again(unit):
        return
    if unit is not None and unit.state is SerialState.IN_STOCK:
        if _is_coming(arrival, unit):
            return
        message = f"Serial {key.number} of {key.sku} did not leave with this transfer; check the number."
    elif unit is None:
        message = f"Serial {key.number} of {key.sku} is not known; check the number."
    else:
        message = f"Serial {key.number} of {key.sku} is {unit.state.value} already; check the number."
    arrival.object(Code.CONFLICTING_CONTENT, path, message, meant.said)


def _not_come(arrival: Arrival, line: TransferLine) -> list[str]:
    """Return the numbers of a line whose units are on the way, or were lost there: others were booked off it."""
    units = [(number, arrival.draft.serial(SerialKey(number, line.sku))) for number in line.serials]
    return [
        number for number, unit in units if unit and (_is_coming(arrival, unit) or unit.gone_by == _lost_by(arrival))
    ]


def _is_coming(arrival: Arrival, unit: Serial) -> bool:
    return unit.state is SerialState.IN_STOCK and unit.row.location == transit_place(arrival.command.transfer)


def _lost_by(arrival: Arrival) -> tuple[str, str]:
    return (TRANSFER, arrival.command.transfer)


def _arrive(arrival: Arrival, key: SerialKey, row: RowKey) -> None:
    """Book a unit where it came to; one that is picked, has left or was used stays what it is."""
    known = arrival.draft.serial(key)
    if known is not None and known.state is not SerialState.IN_STOCK and not may_come_again(known):
        return
    apart = known is not None and known.apart
    row = row._replace(status=Status.QUARANTINE.value) if apart else row
    unit = Serial(key, SerialState.IN_STOCK, row)
    if known is not None:
        unit = replace(known, state=SerialState.IN_STOCK, row=row, gone_by=None)
    arrival.draft.serials[key] = unit
    arrival.units.append(unit)


def lose_units(arrival: Arrival, line: TransferLine, missing: int) -> None:
    """Book the units of a line that were read nowhere as lost, where these are all that never came."""
    units = [arrival.draft.serial(SerialKey(number, line.sku)) for number in line.serials]
    coming = [one for one in units if one is not None and _is_coming(arrival, one)]
    if len(coming) * 10 ** arrival.draft.known_item(line.sku).decimals != missing:
        return
    for known in coming:
        lost = replace(known, state=SerialState.LOST, apart=False, gone_by=_lost_by(arrival))
        arrival.draft.serials[known.key] = lost
        arrival.units.append(lost)
