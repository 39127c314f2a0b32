from __future__ import annotations

import json

import pytest

from lotstream.contracts.cloudevents import headers_for
from lotstream.contracts.decode import decode
from lotstream.contracts.examples import EXAMPLES
from lotstream.contracts.inbound import type_of
from lotstream.contracts.refused_facts import as_sent
from lotstream.domain.codes import Code, Refusal


@pytest.mark.parametrize(
    ("name", "field", "told"),
    [
        ("item.defined", "item.version", "version"),
        ("item.defined", "item.units.case", "units.case"),
        ("settings.changed", "settings.channels.1.name", "channels.1.name"),
        ("owner.defined", "settings.sites", "sites"),
        ("customer.defined", "customer.site", "site"),
        ("customer.defined", "owner", "owner"),
        ("order.placed", "item.version", "item.version"),
    ],
)
def test_a_refusal_names_the_field_that_was_sent(name: str, field: str, told: str) -> None:
    """A body that is an item, a customer or settings has no field of that name around it."""
    decoded = decode(headers_for(type_of(name), id="m-1", source="test"), json.dumps(EXAMPLES[name]).encode())

    refusal = as_sent(decoded, Refusal(Code.FIELD_INVALID, field, "It is wrong."))

    assert refusal == Refusal(Code.FIELD_INVALID, told, "It is wrong.")
