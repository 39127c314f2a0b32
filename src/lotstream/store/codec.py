"""How the ledger's records are written as JSON, and read back exactly as they were.

The dataclasses of the domain are the only definition. From each a compact form is made that leaves out what has its
default value: an order of four lines takes 1.2 kB instead of 2.3 kB, and is written faster than the whole of it. The
dataclasses are read straight from such JSON. Decimals are strings, so nothing is rounded; keys are arrays.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Callable, Hashable, Iterable
from datetime import date
from functools import cache
from typing import Any, Final, TypeVar, cast

import msgspec

from lotstream.domain import events
from lotstream.domain.events import Event
from lotstream.domain.model import OrderKey

T = TypeVar("T")

EVENT_TYPES: Final[dict[str, type[Event]]] = {event.__name__: event for event in typing.get_args(events.Event)}
"""Every class of event by the name it has in the journal; a name is never given to another event."""

_json = msgspec.json.Encoder(decimal_format="string")


def encode(record: object) -> bytes:
    """Return a dataclass of the domain as compact JSON."""
    return _write(record)


def encode_text(record: object) -> str:
    """Return a dataclass of the domain as compact JSON text."""
    return encode(record).decode()


def encode_all(records: Iterable[object]) -> str:
    """Return dataclasses of the domain as the JSON text of one array."""
    return "[" + ",".join(encode_text(record) for record in records) + "]"


def encode_names(names: tuple[str, ...]) -> str:
    """Return names as the JSON text of one array."""
    return _json.encode(names).decode()


def decode(body: bytes | str, kind: type[T]) -> T:
    """Return the record that `encode` wrote; raises `msgspec.ValidationError` when it is another or damaged."""
    record: T = _decoder(cast(Hashable, kind))(body)
    return record


def encode_event(event: Event) -> tuple[str, bytes, bytes | None]:
    """Return the name and the JSON of an event, and by itself the JSON of the order that the event holds as a whole.

    An order is a third of what the hub encodes: written once, its JSON serves the journal and the table of orders.
    """
    name = type(event).__name__
    if not isinstance(event, events.OrderRecorded | events.OrderChanged):
        return name, encode(event), None
    whole = encode(event.order)
    rest = _write(event, without="order")
    return name, b'{"order":' + whole + (b"," + rest[1:] if len(rest) > len(b"{}") else b"}"), whole


def decode_event(type: str, body: bytes | str) -> Event:
    """Return the event of a journal row; raises `KeyError` for a type this version does not know."""
    return decode(body, EVENT_TYPES[type])


def order_of(event: Event) -> OrderKey | None:
    """Return the order an event is about, by which the journal finds it; None when it is about none."""
    if isinstance(event, events.OrderRecorded | events.OrderChanged):
        return event.order.key
    return getattr(event, "key", None)


def encode_days(days: dict[str, date]) -> str:
    """Return a day per site as JSON text, sites sorted."""
    return _json.encode(dict(sorted(days.items()))).decode()


def decode_days(text: str) -> dict[str, date]:
    """Return what `encode_days` wrote."""
    return decode(text, dict[str, date])


def encode_numbers(numbers: dict[str, int]) -> str:
    """Return a number per site as JSON text, sites sorted."""
    return _json.encode(dict(sorted(numbers.items()))).decode()


def decode_numbers(text: str) -> dict[str, int]:
    """Return what `encode_numbers` wrote."""
    return decode(text, dict[str, int])


def encode_headers(headers: tuple[tuple[str, bytes], ...]) -> str | None:
    """Return headers as JSON text, their bytes in base64; None when there are none."""
    return _json.encode(headers).decode() if headers else None


def encode_pairs(pairs: tuple[tuple[str, str], ...]) -> str:
    """Return pairs of names and values as JSON text."""
    return _json.encode(pairs).decode()


def decode_headers(text: str | None) -> tuple[tuple[str, bytes], ...]:
    """Return what `encode_headers` wrote."""
    return decode(text, tuple[tuple[str, bytes], ...]) if text else ()


def _write(record: object, *, without: str | None = None) -> bytes:
    form = _compact(cast(Hashable, type(record)), without)
    return _json.encode(msgspec.convert(record, form, from_attributes=True))


@cache
def _decoder(kind: Hashable) -> Callable[[bytes | str], Any]:
    return msgspec.json.Decoder(kind).decode


@cache
def _compact(kind: Hashable, without: str | None = None) -> type[msgspec.Struct]:
    """Return the form of a dataclass that leaves out defaults, and one field if named, when it is written."""
    kind = cast(type, kind)
    hints = typing.get_type_hints(kind)
    fields = [_field(field, hints[field.name]) for field in dataclasses.fields(kind) if field.name != without]
    return msgspec.defstruct(kind.__name__, fields, omit_defaults=True, kw_only=True, gc=False)


def _field(field: dataclasses.Field[Any], hint: Any) -> tuple[str, Any] | tuple[str, Any, Any]:  # noqa: ANN401
    if field.default is not dataclasses.MISSING:
        return field.name, _compacted(hint), field.default
    if field.default_factory is not dataclasses.MISSING:
        return field.name, _compacted(hint), msgspec.field(default_factory=field.default_factory)
    return field.name, _compacted(hint)


def _compacted(hint: Any) -> Any:  # noqa: ANN401 - any annotation
    """Return an annotation with the compact form in place of each dataclass."""
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return _compact(hint)
    arguments = typing.get_args(hint)
    if not arguments:
        return hint
    changed = tuple(_compacted(argument) if argument is not Ellipsis else argument for argument in arguments)
    origin = typing.get_origin(hint)
    return typing.Union[changed] if origin in {types.UnionType, typing.Union} else origin[changed]  # noqa: UP007
