from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from lotstream.contracts.fields import Amount, Quantity
from lotstream.contracts.quantities import base_text, decimal_text, writer

UNITS = st.integers(min_value=-(10**18), max_value=10**18)


@given(units=UNITS, decimals=st.integers(min_value=0, max_value=6))
def test_smallest_units_are_written_exactly(units: int, decimals: int) -> None:
    """Text and back gives the same count of smallest units, at every number of decimals."""
    assert Decimal(base_text(units, decimals)).scaleb(decimals) == units
    assert writer(decimals)(units) == base_text(units, decimals)


@given(units=UNITS, decimals=st.integers(min_value=0, max_value=6))
def test_both_ways_of_writing_agree(units: int, decimals: int) -> None:
    """A quantity from smallest units reads as the same quantity from a decimal."""
    text = base_text(units, decimals)

    assert text == decimal_text(Decimal(text))


@given(value=st.decimals(min_value=-(10**17), max_value=10**17, places=12))
def test_a_quantity_survives_json(value: Decimal) -> None:
    """A decimal of 18 digits before and 12 after the point is the same after writing and reading."""
    adapter = TypeAdapter(Quantity)

    assert adapter.validate_json(adapter.dump_json(value)) == value


@pytest.mark.parametrize(("units", "text"), [(0, "0"), (12000, "12"), (12500, "12.5"), (-1, "-0.001"), (-2000, "-2")])
def test_no_trailing_zeros_are_written(units: int, text: str) -> None:
    """Three decimals of 12.500 are written as 12.5."""
    assert base_text(units, 3) == text


@pytest.mark.parametrize(("value", "text"), [("120", "120"), ("1.2E+2", "120"), ("12.00", "12"), ("1E-3", "0.001")])
def test_a_decimal_is_written_without_exponent(value: str, text: str) -> None:
    """Equal quantities have equal texts, and no reader meets an exponent."""
    assert decimal_text(Decimal(value)) == text


@pytest.mark.parametrize("value", ["1E+18", "1E-13", "123456789012345678.1234567890124"])
def test_a_sender_cannot_make_a_quantity_that_nobody_reads(value: str) -> None:
    """Building a message in Python is held to the same digits as reading one."""
    with pytest.raises(ValidationError, match="a decimal number of at most"):
        TypeAdapter(Quantity).validate_python(Decimal(value))


def test_an_outgoing_quantity_is_text_only() -> None:
    """Readers of outgoing messages meet text; a number there is a fault of the writer."""
    with pytest.raises(ValidationError):
        TypeAdapter(Amount).validate_json("12")
