from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import date, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from pydantic import BaseModel

from lotstream.contracts.cloudevents import headers_for
from lotstream.contracts.decode import Undecodable, decode
from lotstream.contracts.inbound import INBOUND, type_of
from lotstream.contracts.json_schema import schemas
from lotstream.domain.codes import Refusal
from lotstream.domain.commands import (
    FinishTask,
    ImportShipment,
    LiftBinHold,
    LiftOwnerHold,
    LiftSerialHold,
    LineWanted,
    PlaceBinHold,
    PlaceOrder,
    PlaceOwnerHold,
    PlaceSerialHold,
    PutAway,
    RecordCondition,
    ReturnGoods,
    StockLine,
    WorkOnWave,
    nobody,
)
from lotstream.domain.model import Hold, HoldKind, Inspection, OrderKey

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

#: Commands that hold the model's thing as a whole, and what the thing's id is called in the message.
WHOLE = {"settings": None, "item": None, **{name: name for name in ("customer", "supplier", "site", "location")}}
#: Fields of a placed order that are made of others, as every hash of what was told; they have tests of their own.
MADE = {"person", "city", "region", "postcode", "country", "scac", "service"}
#: Fields of documents about stock that the messages name as people do.
RENAMED = {
    "move": ("putaway",),
    "from_at": ("from_",),
    "quantity": ("counted",),
    "to": ("to_status",),
    "number": ("return_",),
}
RENAMERS = (StockLine, ReturnGoods, PutAway, RecordCondition)
SCHEMAS = schemas()
#: Fields that no message of their thing sets: holds are placed on a location one by one; that a site has reserved by
#: lot is noted by the ledger; that an owner has left, and how an item was counted and called before, others tell.
KEPT = {"holds", "recalls", "lifted", "lot_tasks", "closed", "rebased", "former"}
#: Fields that are kept and that no message sets yet: a message that gets one of them takes it out of here.
KEPT |= {
    "currency",
}  # fmt: skip
#: Fields that exclude others: a hold lies on a lot or on a bin, which has tests of its own.
_OTHER_TARGETS = ("site", "location", "supplier", "everything", "serial")
#: Work is told of an order or of a wave, which has a test of its own.
ON_THE_FLOOR = ("pick.confirmed", "pick.started", "pick.undone", "pick.shorted", "pick.scanned")
LEFT_OUT = {
    "hold.placed": _OTHER_TARGETS,
    "hold.lifted": _OTHER_TARGETS,
    "task.done": ("lines",),
    "condition.recorded": ("sku", "lot", "package"),
    **dict.fromkeys(ON_THE_FLOOR, ("wave",)),
}
#: Fields that goods of the one kind have and those of the other kind do not.
DEFAULTS = {
    "received": None,
    "inspection": None,
    "reason": None,
    "hold": None,
    "recall": None,
    "returned": False,
    "promised_elsewhere": 0,
}
#: What only some documents about stock say of a line: numbers of goods that come back, a code, a weight.
STOCK_LINE = {"serials": (), "code": None, "weight_kg": None}


def filled(name: str) -> dict[str, Any]:
    """Return a message in which every field that may be filled has a value found nowhere else in it."""
    schema = SCHEMAS[name]
    body = _value(schema, schema.get("$defs", {}), count(1))
    assert isinstance(body, dict)
    body = {field: value for field, value in body.items() if field not in LEFT_OUT.get(name, ())}
    Draft202012Validator(schema, format_checker=FormatChecker()).validate(body)
    return body


def _value(schema: dict[str, Any], defs: dict[str, Any], numbers: Iterator[int]) -> object:
    if "$ref" in schema:
        return _value(defs[schema["$ref"].rsplit("/", 1)[1]], defs, numbers)
    if "anyOf" in schema:
        return _value(schema["anyOf"][0], defs, numbers)
    if "examples" in schema:
        return schema["examples"][0]
    if "enum" in schema:
        return schema["enum"][next(numbers) % len(schema["enum"])]
    match schema["type"]:
        case "object" if "properties" in schema:
            return {key: _value(part, defs, numbers) for key, part in schema["properties"].items()}
        case "object":
            return {f"key-{next(numbers)}": _value(schema["additionalProperties"], defs, numbers)}
        case "array":
            return [] if schema.get("maxItems") == 0 else [_value(schema["items"], defs, numbers)]
        case "string":
            return _text(schema, next(numbers))
        case "integer":
            return min(next(numbers), schema.get("maximum", 10**9))
        case "boolean":
            return not schema.get("default", True)
        case _:
            return None


def _text(schema: dict[str, Any], number: int) -> str:
    match schema:
        case {"format": "date"}:
            return (date(2026, 1, 1) + timedelta(days=number)).isoformat()
        case {"format": "date-time"}:
            return f"{(date(2026, 1, 1) + timedelta(days=number)).isoformat()}T12:00:00Z"
        case {"pattern": pattern} if "0-9" in pattern and "A-Z" not in pattern:
            return f"{number}.5"
        case _:
            return f"text-{number}"


def agree(thing: object, body: BaseModel) -> None:
    """Fail unless every field of a command has the value of the message's field of the same name."""
    for name in _names(thing):
        value = getattr(thing, name)
        if name == "key":
            assert value == (dict(body)["source"], dict(body)["order"])
        elif name in WHOLE and is_dataclass(value) and not isinstance(value, type):
            _agree_whole(value, body, WHOLE[name])
        elif isinstance(value, Refusal):
            agree(value, body)
        elif name == "passed" and "result" in type(body).model_fields:
            assert value == (dict(body)["result"] == "passed")
        elif isinstance(thing, Inspection) and name in ("stage", "at"):
            # Goods are looked at where they come in, and when that happens where it is said.
            assert name == "at" or value is not None
        elif name in DEFAULTS and name not in type(body).model_fields:
            assert value == DEFAULTS[name]
        elif isinstance(thing, StockLine) and name in STOCK_LINE and name not in type(body).model_fields:
            assert value == STOCK_LINE[name]
        elif isinstance(thing, RENAMERS) and name in RENAMED and name not in type(body).model_fields:
            said = [value for other, value in body if other in RENAMED[name]]
            assert said == [value] or (said, value) == ([], "")
        elif not (name in ("content", "label") or (isinstance(thing, PlaceOrder | ImportShipment) and name in MADE)):
            _agree_value(value, getattr(body, name))


def _names(thing: object) -> tuple[str, ...]:
    """Return the fields of a command or of a line of one."""
    if isinstance(thing, LineWanted):
        return thing._fields
    assert is_dataclass(thing)
    return tuple(field.name for field in fields(thing))


def _agree_whole(thing: DataclassInstance, body: BaseModel, id_field: str | None) -> None:
    for field in fields(thing):
        if field.name in KEPT:
            continue
        name = id_field if field.name == "id" and id_field is not None else field.name
        _agree_value(getattr(thing, field.name), getattr(body, name))


def _agree_value(value: object, sent: object) -> None:
    if isinstance(value, tuple) and value and (is_dataclass(value[0]) or isinstance(value[0], LineWanted)):
        assert isinstance(sent, tuple)
        for one, other in zip(value, sent, strict=True):
            agree(one, other)
    elif is_dataclass(value) and isinstance(sent, BaseModel):
        agree(value, sent)
    elif isinstance(value, tuple) and isinstance(sent, tuple) and sent and isinstance(sent[0], BaseModel):
        assert value == tuple(tuple(dict(part).values()) for part in sent)
    elif isinstance(sent, BaseModel) and is_dataclass(value):
        agree(value, sent)
    else:
        assert value == sent


@pytest.mark.parametrize("name", INBOUND)
def test_every_field_of_a_message_reaches_its_command(name: str) -> None:
    """No conversion drops a field or takes one for another: each value of the message stands under its own name."""
    value = json.dumps(filled(name)).encode()
    command = decode(headers_for(type_of(name), id="m", source="s"), value).command

    agree(command, INBOUND[name].model_validate_json(value))


@pytest.mark.parametrize("name", ON_THE_FLOOR)
def test_work_is_told_of_an_order_or_of_a_wave(name: str) -> None:
    """A wave stands in place of an order; both, neither, or an order without its source is not understood."""
    headers, body = headers_for(type_of(name), id="m", source="s"), filled(name)
    order = {"source": body.pop("source"), "order": body.pop("order")}
    command = decode(headers, json.dumps({**body, "wave": "W-1"}).encode()).command
    alone = decode(headers, json.dumps({**body, **order}).encode()).command
    assert isinstance(command, WorkOnWave)
    assert (command.wave, command.happened) == ("W-1", command.said.happened)
    assert command.said.key == nobody("W-1")
    assert replace(command.said, key=OrderKey(**order)) == alone
    for wrong, field in (({**order, "wave": "W-1"}, "order"), ({}, "order"), ({"order": "#1"}, "source")):
        with pytest.raises(Undecodable) as refused:
            decode(headers, json.dumps({**body, **wrong}).encode())
        assert (refused.value.code, refused.value.field) == ("schema", field)


def test_a_task_that_moved_goods_is_booked_as_put_away() -> None:
    """With lines it is a document of what was moved, under the number of the task; without it moved nothing."""
    headers, body = headers_for(type_of("task.done"), id="m", source="s"), filled("task.done")
    lines = filled("putaway.done")["lines"]
    moved = decode(headers, json.dumps({**body, "lines": lines}).encode()).command
    assert isinstance(moved, PutAway)
    assert (moved.move, moved.task, len(moved.lines)) == (body["task"], body["task"], 1)
    assert isinstance(decode(headers, json.dumps(body).encode()).command, FinishTask)


def test_a_hold_on_a_bin_has_no_owner() -> None:
    """A hold that names site and location is one on a bin: it concerns every partition and belongs to no owner."""
    body = {"hold": "H-1", "kind": "quarantine", "reason": "Leak", "site": "TOR", "location": "A-01"}
    placed = decode(headers_for(type_of("hold.placed"), id="m", source="s"), json.dumps(body).encode())
    assert (placed.owner, placed.key) == (None, "*")
    assert placed.command == PlaceBinHold(Hold("H-1", HoldKind.QUARANTINE, "Leak"), "TOR", "A-01")
    lifted = decode(headers_for(type_of("hold.lifted"), id="m", source="s"), b'{"site":"TOR","location":"A-01"}')
    assert lifted.command == LiftBinHold(None, "TOR", "A-01")


@pytest.mark.parametrize(("target", "supplier"), [({"supplier": "S-1"}, "S-1"), ({"everything": True}, None)])
def test_a_hold_lies_on_a_supplier_or_an_owner(target: dict[str, object], supplier: str | None) -> None:
    """Without a lot it lies on all that came from a supplier, or on all that the owner has."""
    body = {"owner": "acme", "hold": "H-1", **target}
    placed = decode(headers_for(type_of("hold.placed"), id="m", source="s"), json.dumps(body).encode())
    assert placed.command == PlaceOwnerHold(Hold("H-1", HoldKind.HOLD), supplier)
    lifted = decode(headers_for(type_of("hold.lifted"), id="m", source="s"), json.dumps(body).encode())
    assert lifted.command == LiftOwnerHold("H-1", supplier)


@pytest.mark.parametrize("sku", [None, "PUMP"])
def test_a_hold_lies_on_one_unit(sku: str | None) -> None:
    """A serial number, with its SKU where it needs one, instead of a lot."""
    value = json.dumps({"owner": "acme", "hold": "H-1", "serial": "S-1", "sku": sku, "reason": "Leak"}).encode()
    placed = decode(headers_for(type_of("hold.placed"), id="m", source="s"), value)
    assert placed.command == PlaceSerialHold(Hold("H-1", HoldKind.HOLD, "Leak"), sku, "S-1")
    body = json.dumps({"owner": "acme", "serial": "S-1", "sku": sku}).encode()
    lifted = decode(headers_for(type_of("hold.lifted"), id="m", source="s"), body)
    assert lifted.command == LiftSerialHold(None, sku, "S-1")


@pytest.mark.parametrize(
    "target",
    [
        {},
        {"owner": "acme"},
        {"lot": "L1"},
        {"site": "TOR"},
        {"owner": "acme", "site": "TOR", "location": "A-01"},
        {"owner": "acme", "lot": "L1", "site": "TOR", "location": "A-01"},
        {"owner": "acme", "lot": "L1", "supplier": "S-1"},
        {"owner": "acme", "lot": "L1", "serial": "S-1"},
        {"serial": "S-1"},
        {"owner": "acme", "supplier": "S-1", "everything": True},
        {"owner": "acme", "supplier": "S-1", "sku": "SOAP"},
        {"site": "TOR", "location": "A-01", "supplier": "S-1"},
        {"site": "TOR", "location": "A-01", "sku": "SOAP"},
    ],
)
def test_a_hold_lies_on_one_thing(target: dict[str, object]) -> None:
    """A hold on neither an owner's lot nor a site's bin, or on both, is not understood."""
    value = json.dumps({"hold": "H-1", **target}).encode()
    with pytest.raises(Undecodable) as refused:
        decode(headers_for(type_of("hold.placed"), id="m", source="s"), value)
    assert refused.value.code == "schema"
