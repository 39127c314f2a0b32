from __future__ import annotations

from datetime import UTC, datetime

from lotstream.contracts.cloudevents import Envelope, headers_for, message_id_of, read_headers, schema_of

TYPE = "lotstream.order.placed.v1"


def test_headers_are_those_of_the_kafka_binding() -> None:
    """Attributes are ce_ headers, the media type is content-type, all of it UTF-8."""
    headers = headers_for(
        TYPE, id="m-1", source="shop:é", time=datetime(2026, 9, 1, 14, tzinfo=UTC), traceparent="00-a"
    )

    assert dict(headers) == {
        "ce_specversion": b"1.0",
        "ce_id": b"m-1",
        "ce_source": "shop:é".encode(),
        "ce_type": TYPE.encode(),
        "ce_time": b"2026-09-01T14:00:00+00:00",
        "ce_dataschema": schema_of(TYPE).encode(),
        "content-type": b"application/json",
        "traceparent": b"00-a",
    }
    assert len(headers) == 8


def test_an_envelope_reads_what_was_written() -> None:
    """Reading headers gives back type, id, source, time, schema and trace."""
    at = datetime(2026, 9, 1, 14, tzinfo=UTC)
    headers = headers_for(TYPE, id="m-1", source="test", time=at, traceparent="00-a")

    assert read_headers(headers) == Envelope(TYPE, "m-1", "test", at.isoformat(), schema_of(TYPE), "00-a")


def test_reading_headers_never_fails() -> None:
    """Missing, empty and badly encoded headers read as None: a dead letter still needs its coordinates."""
    assert read_headers([]) == Envelope(None, None, None)
    assert read_headers([("ce_id", b""), ("ce_source", b"\xff"), ("ce_type", b"x")]) == Envelope("x", None, None)


def test_the_last_of_two_equal_headers_counts() -> None:
    """Kafka allows a header twice; its clients' lastHeader is the one that counts."""
    assert message_id_of([("ce_id", b"1"), ("ce_id", b"2")]) == "2"


def test_a_record_without_id_has_none() -> None:
    """A foreign record has no message id."""
    assert message_id_of([("other", b"1")]) is None


def test_a_message_id_that_cannot_be_kept_is_none() -> None:
    """A partition notes the id of its last record, whatever it was; PostgreSQL keeps no NUL in a text."""
    assert message_id_of([("ce_id", b"a\0b")]) is None
