"""What is written as JSON is read back as it was, for every event the ledger knows."""

from __future__ import annotations

import dataclasses
import typing
from datetime import UTC, date, datetime
from decimal import Decimal

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from lotstream.domain import events
from lotstream.domain.model import Customer, Item, Location, Order, OrderKey, Receipt, Serial, Settings, Shipment, Site
from lotstream.store.codec import (
    EVENT_TYPES,
    decode,
    decode_days,
    decode_event,
    decode_headers,
    encode,
    encode_all,
    encode_days,
    encode_event,
    encode_headers,
    order_of,
)
from tests.store.build import ORDER, TODAY, order

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
INTEGER_MAX = 2**63 - 1

st.register_type_strategy(str, TEXT)
st.register_type_strategy(int, st.integers(-INTEGER_MAX, INTEGER_MAX))
st.register_type_strategy(Decimal, st.decimals(allow_nan=False, allow_infinity=False))
st.register_type_strategy(datetime, st.datetimes(timezones=st.just(UTC)))

EVENTS = list(EVENT_TYPES.values())
STATE = [Customer, Item, Location, Order, Receipt, Serial, Settings, Shipment, Site]


def _records(kind: type) -> SearchStrategy[typing.Any]:
    """Return records of a dataclass with every field drawn, those with a default too."""
    hints = typing.get_type_hints(kind)
    fields = {field.name: st.from_type(hints[field.name]) for field in dataclasses.fields(kind)}
    return st.builds(kind, **fields)


def test_every_event_has_a_name() -> None:
    """Every class of the union of events is in the table by which the journal is read back."""
    assert set(EVENT_TYPES.values()) == set(typing.get_args(events.Event))


@pytest.mark.parametrize("kind", EVENTS, ids=lambda kind: kind.__name__)
@given(data=st.data())
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_event_comes_back_as_it_was(kind: type, data: st.DataObject) -> None:
    """Any event, written for the journal and read back, is equal to what it was."""
    event = data.draw(_records(kind))
    name, body, _ = encode_event(event)
    assert name == kind.__name__
    assert decode_event(name, body) == event


@pytest.mark.parametrize("kind", STATE, ids=lambda kind: kind.__name__)
@given(data=st.data())
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_state_comes_back_as_it_was(kind: type, data: st.DataObject) -> None:
    """Any record of state, written and read back, is equal to what it was, decimals to the last digit."""
    record = data.draw(_records(kind))
    again: object = decode(encode(record), kind)
    assert again == record
    assert encode(again) == encode(record)


def test_defaults_are_left_out() -> None:
    """What has its default value is not written, whatever the depth."""
    assert encode(Item("CER-001", units={"case": Decimal("12.0")})) == b'{"sku":"CER-001","units":{"case":"12.0"}}'


def test_unknown_event_is_refused() -> None:
    """A journal row of a type this version does not know cannot be read as something else."""
    with pytest.raises(KeyError):
        decode_event("OrderForgotten", b"{}")


def test_damaged_body_is_refused() -> None:
    """A body that is not what its type says is an error, not a half-read event."""
    name, body, _ = encode_event(events.OrderRecorded(order()))
    with pytest.raises(msgspec.DecodeError):
        decode_event(name, body[:-1])
    with pytest.raises(msgspec.ValidationError):
        decode_event("DayOpened", body)


@pytest.mark.parametrize(
    ("event", "key"),
    [
        (events.OrderRecorded(order()), ORDER),
        (events.CancelRemembered(OrderKey("edi", "PO-1"), None, ()), OrderKey("edi", "PO-1")),
        (events.DayOpened("TOR", date(2026, 9, 1)), None),
    ],
)
def test_event_names_its_order(event: events.Event, key: OrderKey | None) -> None:
    """Events about an order say which; the others none."""
    assert order_of(event) == key


def test_days_are_written_in_one_order() -> None:
    """Days per site are written sorted by site, so that equal days are equal text."""
    days = {"TOR": date(2026, 9, 1), "DET": date(2026, 9, 2)}
    assert encode_days(days) == encode_days(dict(reversed(days.items()))) == '{"DET":"2026-09-02","TOR":"2026-09-01"}'
    assert decode_days(encode_days(TODAY)) == TODAY


def test_headers_keep_order_and_bytes() -> None:
    """Headers come back with their order, their repeats and any bytes; none at all is no text."""
    headers = (("a", b"\x00\xff"), ("a", b""), ("b", "ü".encode()))
    assert decode_headers(encode_headers(headers)) == headers
    assert encode_headers(()) is None
    assert decode_headers(None) == ()


def test_no_records_are_an_empty_array() -> None:
    """A list without records is an empty JSON array."""
    assert encode_all([]) == "[]"
