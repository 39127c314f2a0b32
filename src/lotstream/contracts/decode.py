"""From a record's bytes to a command of the ledger: the only way in.

pydantic's core reads the JSON straight into the model of the message (never through a dict), and a hand-written
function makes the command of it. What cannot be read raises `Undecodable` with a code, a field and a sentence.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple, NoReturn

from pydantic import TypeAdapter, ValidationError

from lotstream.contracts import convert_ends as ends
from lotstream.contracts import convert_facts as facts
from lotstream.contracts import convert_floor as floor
from lotstream.contracts import convert_goods as goods
from lotstream.contracts import convert_hub as hub
from lotstream.contracts import convert_kits as kits
from lotstream.contracts import convert_lots as lots
from lotstream.contracts import convert_moving as moving
from lotstream.contracts import convert_orders as orders
from lotstream.contracts import convert_packing as packing
from lotstream.contracts import (
    convert_papers as papers,
)
from lotstream.contracts import convert_places as places
from lotstream.contracts import (
    convert_recalls as recalls,
)
from lotstream.contracts import convert_receipts as receipts
from lotstream.contracts import convert_returns as returns
from lotstream.contracts import convert_road as road
from lotstream.contracts import convert_stock as stock
from lotstream.contracts import convert_waves as waves
from lotstream.contracts.cloudevents import Header, text_of
from lotstream.contracts.convert_orders import Person
from lotstream.contracts.fields import QUANTITY_FAULT, Inbound
from lotstream.contracts.inbound import BROADCAST_KEY, INBOUND, type_of
from lotstream.contracts.limits import MESSAGE_BYTES_MAX, MESSAGE_ID_CHARS_MAX, NAME_CHARS_MAX
from lotstream.contracts.undecodable import Undecodable, field_path, from_validation
from lotstream.domain.codes import DeadLetterCode
from lotstream.domain.commands import Command

__all__ = ["Decoded", "Person", "Undecodable", "decode"]

#: Decimal exponents beyond this are no quantity, and would be written out as that many digits.
_EXPONENT_MAX = 40


@dataclass(frozen=True, slots=True)
class Decoded:
    """A message that was understood."""

    #: As in the header, e.g. ``lotstream.order.placed.v1``.
    type: str
    source: str
    message_id: str
    #: None for what concerns every partition.
    owner: str | None
    command: Command
    person: Person | None

    @property
    def key(self) -> str:
        """Return the key that the record must have."""
        return BROADCAST_KEY if self.owner is None else self.owner


class _Door(NamedTuple):
    """How one message type is read."""

    type: str
    #: pydantic's core for the model, called without the wrapping of `BaseModel`.
    validate: Callable[[bytes | str], Inbound]
    convert: Callable[[Any], tuple[Command, Person | None]]


def decode(headers: Iterable[Header], value: bytes | None, *, bytes_max: int = MESSAGE_BYTES_MAX) -> Decoded:
    """Return the command in a record; raises `Undecodable` when it cannot be understood."""
    found = dict(headers)
    _check_size(value, bytes_max)
    door = _DOORS.get(found.get("ce_type", b"")) or _no_door(found)
    source, message_id = _identity(found, "ce_source"), _identity(found, "ce_id")
    body = _read(door, value or b"")
    command, person = door.convert(body)
    return Decoded(door.type, source, message_id, getattr(body, "owner", None), command, person)


def _check_size(value: bytes | None, bytes_max: int) -> None:
    if value is None:
        raise Undecodable(DeadLetterCode.NO_VALUE, "", "The record has no value.")
    if len(value) > bytes_max:
        raise Undecodable(
            DeadLetterCode.TOO_LARGE, "", f"The value has {len(value)} bytes, more than the {bytes_max} that are read."
        )


def _no_door(found: dict[str, bytes]) -> NoReturn:
    """Raise `Undecodable` for a type that this version does not read."""
    name = text_of(found, "ce_type")
    if name is None:
        message = "The header ce_type is missing, empty or not UTF-8."
    else:
        message = f"There is no message type {name[:NAME_CHARS_MAX]!r}."
    raise Undecodable(DeadLetterCode.UNKNOWN_TYPE, "ce_type", message)


def _identity(found: dict[str, bytes], header: str) -> str:
    """Return source or message id; both are needed to tell a repeat from a new message."""
    text = text_of(found, header)
    if text is None:
        raise Undecodable(DeadLetterCode.SCHEMA, header, f"The header {header} is missing, empty or not UTF-8.")
    if len(text) > MESSAGE_ID_CHARS_MAX or "\0" in text:
        raise Undecodable(
            DeadLetterCode.SCHEMA,
            header,
            f"The header {header} must have at most {MESSAGE_ID_CHARS_MAX} characters and no NUL.",
        )
    return text


def _read(door: _Door, value: bytes) -> Inbound:
    try:
        body = door.validate(value)
    except ValidationError as error:
        body = _read_numbers(door, value, error)
    if b"\\u0000" in value:
        _refuse_nul(value)
    return body


def _read_numbers(door: _Door, value: bytes, error: ValidationError) -> Inbound:
    """Read a message again with its fractional numbers taken digit by digit; raises when something else is wrong.

    A JSON number with a fraction reaches the model as a float, whose digits are no longer those that were sent. So the
    quantities among them are put in as text, exactly as written, and everything else is left as it was. What pydantic
    raised is dropped: it holds the values, which may be personal data and have no business in a log.
    """
    paths = [
        fault["loc"]
        for fault in error.errors(include_url=False, include_context=False)
        if fault["type"] == QUANTITY_FAULT and isinstance(fault["input"], float)
    ]
    if not paths:
        raise from_validation(error) from None
    tree = json.loads(value, parse_float=Decimal)
    for path in paths:
        _write_out(tree, path)
    try:
        return door.validate(json.dumps(tree, default=float))
    except ValidationError as remaining:
        raise from_validation(remaining) from None


def _write_out(tree: dict[str, Any], path: tuple[int | str, ...]) -> None:
    """Replace the number at a path by its digits as text."""
    *above, last = path
    parent: Any = tree
    for step in above:
        parent = parent[step]
    number = parent[last]
    if isinstance(number, Decimal) and abs(number.adjusted()) <= _EXPONENT_MAX:
        parent[last] = format(number, "f")


def _refuse_nul(value: bytes) -> None:
    """Raise `Undecodable` when a text holds NUL, which PostgreSQL cannot keep."""
    for path, text in _texts(json.loads(value), ()):
        if "\0" in text:
            field = field_path(path)
            raise Undecodable(
                DeadLetterCode.SCHEMA, field, f"Field {field} holds a NUL character (\\u0000); remove it."
            )


def _texts(tree: object, path: tuple[int | str, ...]) -> Iterator[tuple[tuple[int | str, ...], str]]:
    """Yield every text in a message with its path, names of fields included."""
    match tree:
        case str():
            yield path, tree
        case list():
            for index, part in enumerate(tree):
                yield from _texts(part, (*path, index))
        case dict():
            for name, part in tree.items():
                yield (*path, name), name
                yield from _texts(part, (*path, name))


def _alone(convert: Callable[[Any], Command]) -> Callable[[Any], tuple[Command, Person | None]]:
    """Return a conversion for messages without personal data."""
    return lambda body: (convert(body), None)


_CONVERSIONS: dict[str, Callable[[Any], tuple[Command, Person | None]]] = {
    "owner.defined": _alone(facts.define_owner),
    "settings.changed": _alone(facts.change_settings),
    "item.defined": _alone(facts.define_item),
    "customer.defined": _alone(facts.define_customer),
    "supplier.defined": _alone(facts.define_supplier),
    "site.defined": _alone(facts.define_site),
    "location.defined": _alone(facts.define_location),
    "day.opened": _alone(facts.open_day),
    "order.placed": orders.place_order,
    "order.cancelled": _alone(orders.cancel_order),
    "order.released": _alone(orders.release_order),
    "order.unreserved": _alone(orders.unreserve_order),
    "order.closed": _alone(orders.close_order),
    "stock.reserved": _alone(orders.reserve_stock),
    "allocation.requested": _alone(orders.request_allocation),
    "stock.received": _alone(goods.receive_stock),
    "receipt.expected": _alone(receipts.expect_receipt),
    "receipt.corrected": _alone(receipts.correct_receipt),
    "receipt.closed": _alone(receipts.close_receipt),
    "balance.opened": _alone(goods.open_balance),
    "hold.placed": _alone(goods.place_hold),
    "hold.lifted": _alone(goods.lift_hold),
    "lot.inspected": _alone(papers.inspect_lot),
    "lot.documented": _alone(papers.document_lot),
    "lot.recalled": _alone(recalls.recall_lots),
    "recall.answered": _alone(recalls.answer_recall),
    "recall.closed": _alone(recalls.close_recall),
    "return.inspected": _alone(returns.inspect_return),
    "return.expected": _alone(returns.expect_return),
    "shipment.progressed": _alone(road.progress_shipment),
    "condition.recorded": _alone(papers.record_condition),
    "stock.adjusted": _alone(stock.adjust_stock),
    "kit.assembled": _alone(kits.assemble_kit),
    "kit.broken": _alone(kits.break_kit),
    "production.recorded": _alone(kits.record_production),
    "stock.counted": _alone(stock.count_stock),
    "count.approved": _alone(stock.approve_count),
    "stock.moved": _alone(stock.move_stock),
    "transfer.shipped": _alone(moving.ship_transfer),
    "transfer.received": _alone(moving.receive_transfer),
    "title.released": _alone(moving.release_title),
    "title.accepted": _alone(moving.accept_title),
    "putaway.done": _alone(places.put_away),
    "task.done": _alone(places.finish_task),
    "stock.status_changed": _alone(stock.change_status),
    "goods.returned": _alone(stock.return_goods),
    "lot.corrected": _alone(lots.correct_lot),
    "lot.merged": _alone(lots.merge_lots),
    "item.rebased": _alone(lots.rebase_item),
    "item.renamed": _alone(lots.rename_item),
    "lot.split": _alone(lots.split_lot),
    "wave.released": _alone(waves.release_wave),
    "wave.cancelled": _alone(waves.cancel_wave),
    "pick.confirmed": _alone(floor.confirm_pick),
    "pick.started": _alone(floor.start_pick),
    "pick.undone": _alone(floor.undo_pick),
    "pick.shorted": _alone(floor.report_short),
    "pick.scanned": _alone(floor.scan_lot),
    "package.packed": _alone(packing.pack_package),
    "package.unpacked": _alone(packing.unpack_package),
    "shipment.confirmed": _alone(floor.confirm_shipment),
    "shipment.voided": _alone(floor.void_shipment),
    "shipment.corrected": _alone(floor.correct_shipment),
    "owner.closed": _alone(ends.close_owner),
    "shipment.imported": ends.import_shipment,
    "snapshot.requested": _alone(ends.take_snapshot),
    "comparison.recorded": _alone(ends.record_comparison),
    "person.erased": _alone(ends.erase_persons),
    "day.continued": _alone(hub.continue_day),
    "clock.ticked": _alone(hub.tick_clock),
    "broadcast.answered": _alone(hub.answer_broadcast),
}
_DOORS = {
    type_of(name).encode(): _Door(type_of(name), TypeAdapter(model).validator.validate_json, _CONVERSIONS[name])
    for name, model in INBOUND.items()
}
