from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from copy import deepcopy
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lotstream.contracts.cloudevents import Header, headers_for
from lotstream.contracts.decode import Decoded, Undecodable, decode
from lotstream.contracts.examples import EXAMPLES
from lotstream.contracts.inbound import BROADCAST, INBOUND, type_of
from lotstream.contracts.limits import MESSAGE_ID_CHARS_MAX
from lotstream.domain.codes import DeadLetterCode
from lotstream.domain.commands import OpenBalance, PlaceOrder, ReceiveStock

Body = dict[str, Any]


def headers(name: str = "order.placed") -> list[Header]:
    """Return the headers of a message."""
    return headers_for(type_of(name), id="m-1", source="test")


def read(body: Body, name: str = "order.placed") -> Decoded:
    """Decode a body."""
    return decode(headers(name), json.dumps(body).encode())


def order() -> Body:
    """Return an order that a test may change."""
    return deepcopy(EXAMPLES["order.placed"])


def placed(change: Callable[[Body], object] = lambda body: None) -> PlaceOrder:
    """Decode an order after a change."""
    body = order()
    change(body)
    command = read(body).command
    assert isinstance(command, PlaceOrder)
    return command


def fault(change: Callable[[Body], object]) -> Undecodable:
    """Return why an order cannot be read after a change."""
    body = order()
    change(body)
    with pytest.raises(Undecodable) as caught:
        read(body)
    return caught.value


def on_line(**fields: object) -> Callable[[Body], object]:
    """Return a change of the first line."""
    return lambda body: body["lines"][0].update(fields)


def on_order(**fields: object) -> Callable[[Body], object]:
    """Return a change of the head."""
    return lambda body: body.update(fields)


def raw_quantity(digits: str) -> bytes:
    """Return an order whose first quantity is a bare JSON number."""
    return json.dumps(order()).encode().replace(b'"quantity": "12"', b'"quantity": ' + digits.encode(), 1)


@pytest.mark.parametrize("name", INBOUND)
def test_every_example_decodes_with_owner_source_and_id(name: str) -> None:
    """Each inbound message has an example that becomes a command, with its owner if it has one."""
    decoded = read(EXAMPLES[name], name)

    assert decoded.owner == EXAMPLES[name].get("owner")
    assert (decoded.source, decoded.message_id, decoded.type) == ("test", "m-1", type_of(name))
    assert decoded.key == ("*" if name in BROADCAST else "acme")


def test_a_record_without_value_is_no_value() -> None:
    """A null value is dead-lettered as no_value, before anything else is looked at."""
    with pytest.raises(Undecodable, match="no value") as caught:
        decode([], None)
    assert caught.value.code is DeadLetterCode.NO_VALUE


def test_a_value_over_the_limit_is_too_large() -> None:
    """Two megabytes are refused by size, without being parsed."""
    with pytest.raises(Undecodable, match="2000000 bytes") as caught:
        decode(headers(), b"x" * 2_000_000)
    assert caught.value.code is DeadLetterCode.TOO_LARGE


def test_the_limit_itself_is_still_read() -> None:
    """A value of exactly the limit is read."""
    value = json.dumps(order()).encode()

    assert decode(headers(), value, bytes_max=len(value)).owner == "acme"
    with pytest.raises(Undecodable):
        decode(headers(), value, bytes_max=len(value) - 1)


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b"order",
        b'{"owner": "ac',
        b"\xff\xfe",
        b"\xef\xbb\xbf{}",
        b'{"owner": "\xff"}',
        b'{"owner": "\\ud800"}',
        b"[" * 100_000,
    ],
    ids=["empty", "word", "truncated", "not utf-8", "byte order mark", "bad utf-8", "half a character", "deep"],
)
def test_what_is_not_json_says_so(value: bytes) -> None:
    """Truncated, empty, wrongly encoded and too deeply nested values are not_json, with the place of the fault."""
    with pytest.raises(Undecodable, match=r"is not JSON: .* at line 1 column") as caught:
        decode(headers(), value)
    assert caught.value.code is DeadLetterCode.NOT_JSON
    assert caught.value.field == ""


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        (lambda body: body.pop("owner"), "owner", "Field owner is missing."),
        (on_line(quantity=True), "lines.0.quantity", "a decimal number of at most 18 digits"),
        (on_line(quantity="1e5"), "lines.0.quantity", "a text of 3 characters"),
        (on_line(quantity="\uff11\uff12"), "lines.0.quantity", "a decimal number"),
        (on_line(quantity="NaN"), "lines.0.quantity", "a decimal number"),
        (on_line(quantity=10**20), "lines.0.quantity", "a decimal number"),
        (on_line(lot=12), "lines.0.lot", "a text is expected, but it is a number"),
        (on_line(lot=12.5), "lines.0.lot", "a text is expected, but it is a number"),
        (
            on_line(lot="9" * 200),
            "lines.0.lot",
            "a text of at most 128 characters is expected, but it is a text of 200",
        ),
        (on_line(max_lots=2**31), "lines.0.max_lots", "a number up to 2147483647 is expected, and it is above."),
        (on_line(lot="a\0b"), "lines.0.lot", "Field lines.0.lot holds a NUL character (\\u0000); remove it."),
        (on_line(single_lot="yes"), "lines.0.single_lot", "true or false is expected"),
        (on_line(min_days_left="90"), "lines.0.min_days_left", "a whole number is expected"),
        (on_line(max_lots=0), "lines.0.max_lots", "a number from 1 on is expected, and it is below."),
        (on_line(max_lot=1), "lines.0.max_lot", "Field lines.0.max_lot is not known in this version"),
        (on_line(sku=""), "lines.0.sku", "not empty or blank"),
        (on_line(lot=" \t"), "lines.0.lot", "not empty or blank"),
        (on_order(lines=[]), "lines", "at least 1 entries are expected"),
        (
            lambda body: body.update(lines=body["lines"] * 2001),
            "lines",
            "at most 2000 entries are expected in one message",
        ),
        (on_order(lines={}), "lines", "a list is expected, but it is an object"),
        (on_order(ship_to=[]), "ship_to", "an object is expected, but it is a list of 0"),
        (on_order(policy="fefo"), "policy", "one of 'FEFO', 'FIFO'"),
        (on_order(owner="*"), "owner", "pattern"),
        (on_order(allocate_days_ahead=-1), "allocate_days_ahead", "a number from 0 on is expected, and it is below."),
        (on_order(placed_at=None, priority=None), "priority", "a whole number is expected, but it is null"),
    ],
)
def test_a_wrong_field_is_named_with_a_sentence(change: Callable[[Body], object], field: str, sentence: str) -> None:
    """A message that breaks its schema names the first offending field by path and says what was expected."""
    reason = fault(change)

    assert reason.code is DeadLetterCode.SCHEMA
    assert reason.field == field
    assert sentence in reason.message
    assert reason.message.endswith(".")


def test_blanks_around_a_name_are_none_of_it() -> None:
    """Fields of fixed width and scanners add them; a lot must not become two by what nobody sees."""
    body = order()
    named = {"lot": "  L24A\t", "sku": "CER-001 \r\n"}
    body["lines"][0].update(named)
    assert read(body).command == placed(on_line(lot="L24A", sku="CER-001"))


def test_further_faults_are_counted() -> None:
    """The sentence names the first fault and says how many more there are; what only follows from it is none."""
    with pytest.raises(Undecodable, match=r"Field owner is missing \(3 more faults\)\."):
        decode(headers(), b"{}")
    two = fault(lambda body: body["lines"][0].update(lot=1, sku=1))
    assert two.message.endswith("but it is a number (1 more fault).")
    received = deepcopy(EXAMPLES["stock.received"])
    received["lines"][0]["quantity"] = "1e3"
    with pytest.raises(Undecodable, match=r"but it is a text of 3 characters\.$"):
        read(received, "stock.received")


@pytest.mark.parametrize("value", [b"null", b"[]", b'"order"', b"1"])
def test_a_value_that_is_no_object_is_a_schema_fault(value: bytes) -> None:
    """JSON that is no object is well-formed and still no message."""
    with pytest.raises(Undecodable, match="The value: an object is expected") as caught:
        decode(headers(), value)
    assert caught.value.code is DeadLetterCode.SCHEMA


def test_a_fault_never_repeats_values() -> None:
    """What is wrong with an address is said without the address, also in what a log would print of the error."""
    reason = fault(on_order(ship_to={"name": ["Example Person"], "email": "person@shop.example"}))

    assert "Example" not in reason.message
    assert reason.__cause__ is None
    assert reason.__suppress_context__


def test_an_unknown_type_is_named() -> None:
    """A type that lotstream never had is unknown_type, by name."""
    with pytest.raises(Undecodable, match=r"no message type 'lotstream\.order\.eaten\.v1'") as caught:
        decode(headers("order.eaten"), b"{}")
    assert caught.value.code is DeadLetterCode.UNKNOWN_TYPE
    assert caught.value.field == "ce_type"


def test_a_missing_type_names_the_header() -> None:
    """Without ce_type nothing can be read."""
    with pytest.raises(Undecodable, match="header ce_type is missing") as caught:
        decode([], b"{}")
    assert caught.value.code is DeadLetterCode.UNKNOWN_TYPE


@pytest.mark.parametrize("header", ["ce_id", "ce_source"])
@pytest.mark.parametrize(
    "value", [None, b"", b"\xff", b"a\0b", b"x" * (MESSAGE_ID_CHARS_MAX + 1)],
    ids=["missing", "empty", "not utf-8", "NUL", "too long"],
)  # fmt: skip
def test_a_message_without_identity_is_a_schema_fault(header: str, value: bytes | None) -> None:
    """Source and id tell a repeat from a new message, so a record without either is not read; the header is named."""
    kept = [pair for pair in headers() if pair[0] != header]
    if value is not None:
        kept.append((header, value))

    with pytest.raises(Undecodable) as caught:
        decode(kept, json.dumps(order()).encode())
    assert (caught.value.code, caught.value.field) == (DeadLetterCode.SCHEMA, header)


@pytest.mark.parametrize(
    ("digits", "quantity"),
    [
        ("12", "12"),
        ("12.50", "12.50"),
        ("0.100000000001", "0.100000000001"),
        ("123456789012345678.123456789012", "123456789012345678.123456789012"),
        ("1e3", "1000"),
        ("-3.5", "-3.5"),
    ],
)
def test_a_json_number_is_taken_digit_by_digit(digits: str, quantity: str) -> None:
    """A quantity written as a number has exactly the digits that were sent, never those of a float."""
    command = decode(headers(), raw_quantity(digits)).command

    assert isinstance(command, PlaceOrder)
    assert str(command.lines[0].quantity) == quantity


@pytest.mark.parametrize("digits", ["0.1000000000000000055511151231257827", "1e400", "1E999999999", "NaN", "-Infinity"])
def test_a_number_that_is_no_quantity_is_refused_and_not_rounded(digits: str) -> None:
    """More digits than a quantity has, or none at all, are a fault of that field."""
    with pytest.raises(Undecodable) as caught:
        decode(headers(), raw_quantity(digits))
    assert caught.value.field == "lines.0.quantity"


def test_a_fault_beside_a_number_is_still_found() -> None:
    """Reading numbers again does not hide another fault, nor turn other numbers into texts."""
    value = raw_quantity("1.5").replace(b'"sku": "CER-001"', b'"sku": 1.5', 1)

    with pytest.raises(Undecodable, match=r"lines\.0\.sku: a text is expected"):
        decode(headers(), value)


@pytest.mark.parametrize("quantity", ["-1", "0", "-0.5"])
def test_a_quantity_that_is_not_positive_is_left_to_the_ledger(quantity: str) -> None:
    """A negative quantity is a fault of business, refused with its own code, and no dead letter."""
    assert placed(on_line(quantity=quantity)).lines[0].quantity == Decimal(quantity)


@pytest.mark.parametrize("day", ["20270601", "1756684800", 1756684800, "2027-6-1", "2027-02-30", "0001-01-01"])
def test_digits_are_never_read_as_seconds_since_1970(day: object) -> None:
    """What does not look like a day is no expiry date: pydantic alone would take digits for a time stamp."""
    assert fault(on_line(expires_exact=day)).field == "lines.0.expires_exact"


def test_a_day_is_a_day() -> None:
    """An ISO date becomes that date."""
    assert placed(on_line(expires_exact="2027-06-01")).lines[0].expires_exact == date(2027, 6, 1)


@pytest.mark.parametrize("at", ["2026-09-01T14:00:00", "2026-09-01 14:00:00Z", "1756735200", 1756735200, "yesterday"])
def test_a_time_without_offset_is_refused(at: object) -> None:
    """Without an offset from UTC nobody knows when it was."""
    assert fault(on_order(placed_at=at)).field == "placed_at"


def test_placed_at_keeps_its_instant() -> None:
    """A time with an offset is that instant."""
    at = placed(on_order(placed_at="2026-09-01T10:00:00-04:00")).placed_at

    assert at == datetime(2026, 9, 1, 14, tzinfo=UTC)


@pytest.mark.parametrize("at", ["2026-09-01", None])
def test_a_bare_day_means_the_time_the_hub_recorded_it(at: str | None) -> None:
    """An order placed on a day, or at no time given, has no time of its own."""
    assert placed(on_order(placed_at=at)).placed_at is None


def test_nul_in_a_text_is_refused() -> None:
    """PostgreSQL's text cannot hold NUL, so a message with one is a schema fault and not a failing batch."""
    with pytest.raises(Undecodable, match="NUL") as caught:
        read(order() | {"references": {"po": "a\0b"}})
    assert caught.value.code is DeadLetterCode.SCHEMA


def test_nul_in_a_field_name_is_refused() -> None:
    """A name with NUL in a map is found too."""
    with pytest.raises(Undecodable, match="NUL"):
        read(order() | {"references": {"p\0o": "9"}})


def test_a_backslash_before_u0000_is_only_text() -> None:
    """The six characters backslash u 0 0 0 0 are a text like any other."""
    assert placed(on_order(references={"po": "\\u0000"})).references == {"po": "\\u0000"}


def test_a_placed_order_has_every_field_of_the_message() -> None:
    """Nothing that an order says is lost on the way to the ledger."""
    body = order() | {
        "customer": "C-7", "site": "TOR", "source_location": "TOR-A", "policy": "FIFO", "priority": 5,
        "ship_policy": "complete", "ship_date": "2026-09-02", "deliver_by": "2026-09-05", "cancel_after": "2026-09-09",
        "test": True,
    }  # fmt: skip
    body["lines"] = [
        {
            "line": "1", "sku": "CER-001", "gtin": "00012345600012", "quantity": "12", "unit": "case", "lot": "L24A",
            "serial": "S1", "expires_exact": "2027-06-01", "min_days_left": 90, "min_pct_left": "33.3",
            "single_lot": True, "max_lots": 2, "policy": "LIFO", "pack_size": "6", "source_location": "TOR-A-01",
            "ship_date": "2026-09-03",
        }
    ]  # fmt: skip
    command = read(body).command

    assert isinstance(command, PlaceOrder)
    line = {name: getattr(command.lines[0], name) for name in body["lines"][0]}
    assert line == body["lines"][0] | {
        "quantity": Decimal(12), "min_pct_left": Decimal("33.3"), "pack_size": Decimal(6),
        "expires_exact": date(2027, 6, 1), "ship_date": date(2026, 9, 3),
    }  # fmt: skip
    same = ["version", "customer", "site", "source_location", "policy", "priority", "ship_policy", "test", "references"]
    assert {name: getattr(command, name) for name in same} == {name: body[name] for name in same}
    assert command.key == (body["source"], body["order"])
    assert (command.ship_date, command.deliver_by, command.cancel_after) == (
        date(2026, 9, 2), date(2026, 9, 5), date(2026, 9, 9),
    )  # fmt: skip
    assert (command.city, command.region, command.postcode, command.country) == ("Columbus", "OH", "43085", "US")
    assert (command.scac, command.service) == ("UPSN", "Ground")


def test_received_goods_have_every_field_of_the_message() -> None:
    """A receipt's lines reach the ledger with lot, supplier, dates, place and condition."""
    command = read(EXAMPLES["stock.received"], "stock.received").command

    assert isinstance(command, ReceiveStock)
    assert command.happened
    assert command.occurred_at == datetime(2026, 9, 1, 12, 12, tzinfo=UTC)
    sent = EXAMPLES["stock.received"]["lines"][0]
    for name in ("line", "sku", "unit", "lot", "supplier", "supplier_lot", "location", "status"):
        assert getattr(command.lines[0], name) == sent[name]
    assert (command.lines[0].made, command.lines[0].expires) == (date(2026, 6, 1), date(2027, 6, 1))


def test_an_opening_balance_keeps_what_was_promised_elsewhere() -> None:
    """Stock as found carries its original receipt date and the promises of others."""
    command = read(EXAMPLES["balance.opened"], "balance.opened").command

    assert isinstance(command, OpenBalance)
    assert command.lines[0].promised_elsewhere == Decimal(5)
    assert command.lines[0].received == date(2026, 3, 15)


@pytest.mark.parametrize(("name", "field"), [("stock.received", "serials"), ("balance.opened", "serials")])
def test_serials_of_goods_are_read(name: str, field: str) -> None:
    """Serial numbers of goods that come in are handed to the ledger as they were sent."""
    body = deepcopy(EXAMPLES[name])
    body["lines"][0][field] = ["S-1"]

    command = read(body, name).command

    assert isinstance(command, ReceiveStock | OpenBalance)
    assert command.lines[0].serials == ("S-1",)


@given(value=st.binary(max_size=200), name=st.sampled_from(sorted(INBOUND)))
def test_no_bytes_raise_anything_but_undecodable(value: bytes, name: str) -> None:
    """Whatever a record holds, it is either a command or a dead letter."""
    with suppress(Undecodable):
        decode(headers(name), value)


@given(data=st.data(), name=st.sampled_from(sorted(INBOUND)))
def test_no_change_of_a_message_raises_anything_but_undecodable(data: st.DataObject, name: str) -> None:
    """A message with any one value replaced by any other JSON value is either a command or a dead letter."""
    body = deepcopy(EXAMPLES[name])
    field = data.draw(st.sampled_from(sorted(body)))
    scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
    body[field] = data.draw(st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
    with suppress(Undecodable):
        read(body, name)


@pytest.mark.parametrize(
    ("field", "value"),
    [("time_zone", "Mars/Phobos"), ("time_zone", "../UTC"), ("time_zone", "America"), ("reserve", "shelf")],
)
def test_a_site_that_no_worker_could_keep_is_refused(field: str, value: str) -> None:
    """A time zone nobody knows, and what this version cannot do, end at the door and never in a worker's state."""
    with pytest.raises(Undecodable) as caught:
        read({"site": "TOR", field: value}, "site.defined")
    assert caught.value.field == field
