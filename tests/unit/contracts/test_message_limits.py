"""Limits of the messages: what is at one is read, what is above it is a dead letter that names the field."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import pytest

from lotstream.contracts import limits
from lotstream.contracts.cloudevents import HUB_SOURCE, headers_for
from lotstream.contracts.decode import Undecodable, decode
from lotstream.contracts.examples import EXAMPLES
from lotstream.contracts.inbound import BROADCAST, type_of
from lotstream.domain.codes import DeadLetterCode

ROOMY = 64 * 1024 * 1024
"""Bytes of a message here: only the limit at hand is to be met."""


@dataclass(frozen=True, slots=True)
class Case:
    """Where a limit holds: a field of a message, and what fills it with so much."""

    limit: str
    type: str
    path: tuple[str | int, ...]
    fill: Callable[[int], object]

    def __str__(self) -> str:
        """Return a name for the test."""
        return f"{self.limit} {self.type} {'.'.join(map(str, self.path))}"


def names(count: int) -> list[str]:
    """Return so many names."""
    return [f"N{number}" for number in range(count)]


def texts(count: int) -> dict[str, str]:
    """Return so many named texts."""
    return dict.fromkeys(names(count), "x")


def letters(count: int) -> str:
    """Return a text of so many characters."""
    return "x" * count


def number(value: int) -> int:
    """Return a number as it is."""
    return value


def like(type: str, *path: str | int) -> Callable[[int], object]:
    """Return what makes so many copies of a part of an example, each with a line of its own where it has one."""

    def copies(count: int) -> object:
        part: Any = EXAMPLES[type]
        for step in path:
            part = part[step]
        return [{**part, "line": str(n)} if "line" in part else part for n in range(count)]

    return copies


CASES = (
    Case("LINES_MAX", "order.placed", ("lines",), like("order.placed", "lines", 0)),
    Case("LINES_MAX", "order.cancelled", ("lines",), names),
    Case("LINES_MAX", "stock.received", ("lines",), like("stock.received", "lines", 0)),
    Case("LINES_MAX", "balance.opened", ("lines",), like("balance.opened", "lines", 0)),
    Case("LINES_MAX", "pick.confirmed", ("lines",), like("pick.confirmed", "lines", 0)),
    Case(
        "LINES_MAX", "shipment.confirmed", ("orders", 0, "lines"), like("shipment.confirmed", "orders", 0, "lines", 0)
    ),
    Case("ORDERS_MAX", "shipment.confirmed", ("orders",), like("shipment.confirmed", "orders", 0)),
    Case("ORDERS_MAX", "allocation.requested", ("orders",), like("allocation.requested", "orders", 0)),
    Case("ORDERS_MAX", "person.erased", ("orders",), like("person.erased", "orders", 0)),
    Case("COMPARED_MAX", "comparison.recorded", ("lines",), like("comparison.recorded", "lines", 0)),
    Case("REFERENCED_MAX", "person.erased", ("references",), like("person.erased", "references", 0)),
    Case("PERSONS_MAX", "person.erased", ("persons",), names),
    Case("WAVE_ORDERS_MAX", "wave.released", ("orders",), like("wave.released", "orders", 0)),
    Case("SERIALS_MAX", "stock.received", ("lines", 0, "serials"), names),
    Case("SERIALS_MAX", "shipment.confirmed", ("orders", 0, "lines", 0, "serials"), names),
    Case("LOTS_MAX", "lot.recalled", ("lots",), lambda count: [{"lot": "L1"}] * count),
    Case("LOTS_MAX", "recall.answered", ("lots",), like("recall.answered", "lots", 0)),
    Case("PACKAGES_MAX", "shipment.confirmed", ("packages",), like("shipment.confirmed", "packages", 0)),
    Case("SITES_MAX", "owner.defined", ("sites",), names),
    Case("SITES_MAX", "settings.changed", ("sites",), names),
    Case("LOCATIONS_MAX", "settings.changed", ("exclude_locations",), names),
    Case("ZONES_MAX", "settings.changed", ("zone_rules",), lambda count: [{"zone": "A"}] * count),
    Case("CHANNELS_MAX", "settings.changed", ("channels",), like("settings.changed", "channels", 0)),
    Case("NOTICE_HOURS_MAX", "settings.changed", ("held_notice_hours",), number),
    Case("GATHER_SECONDS_MAX", "settings.changed", ("availability_every_s",), number),
    Case("UNITS_MAX", "item.defined", ("units",), lambda count: dict.fromkeys(names(count), "2")),
    Case("COMPONENTS_MAX", "item.defined", ("kit",), lambda count: dict.fromkeys(names(count), "2")),
    Case("GTINS_MAX", "item.defined", ("gtins",), names),
    Case("SKU_RULES_MAX", "customer.defined", ("min_days_left_by_sku",), lambda count: dict.fromkeys(names(count), 1)),
    Case("REFERENCES_MAX", "order.placed", ("references",), texts),
    Case("CONFLICTS_MAX", "settings.changed", ("hazard_conflicts",), like("settings.changed", "hazard_conflicts", 0)),
    Case("LOT_DOCUMENTS_MAX", "lot.documented", ("documents",), like("lot.documented", "documents", 0)),
    Case("ALERT_DAYS_MAX", "settings.changed", ("expiry_alert_days",), lambda count: [7] * count),
    Case("CLASSES_MAX", "item.defined", ("documents",), names),
    Case("MEASURED_MAX", "lot.inspected", ("measured",), texts),
    Case("INSPECTION_CHARS_MAX", "lot.inspected", ("inspection",), letters),
    Case("DETAILS_MAX", "stock.received", ("lines", 0, "details"), texts),
    Case("FACTS_MAX", "item.defined", ("required",), names),
    Case(
        "CERTIFICATES_MAX",
        "stock.received",
        ("lines", 0, "certificates"),
        lambda count: [{"type": "organic", "number": str(at)} for at in range(count)],
    ),
    Case("STREET_LINES_MAX", "order.placed", ("ship_to", "street"), names),
    Case("OWNER_CHARS_MAX", "order.placed", ("owner",), letters),
    Case("NAME_CHARS_MAX", "order.placed", ("lines", 0, "sku"), letters),
    Case("TRANSFER_CHARS_MAX", "transfer.shipped", ("transfer",), letters),
    Case("TEXT_CHARS_MAX", "item.defined", ("description",), letters),
    Case("QUANTITY_WHOLE_DIGITS_MAX", "balance.opened", ("lines", 0, "quantity"), lambda count: "9" * count),
    Case("QUANTITY_DECIMALS_MAX", "order.placed", ("lines", 0, "quantity"), lambda count: f"0.{'1' * count}"),
    Case("ITEM_DECIMALS_MAX", "item.defined", ("decimals",), number),
    Case("LIFE_DAYS_MAX", "item.defined", ("min_days_left",), number),
    Case("INTEGER_MAX", "order.placed", ("priority",), number),
    Case("INTEGER_MAX", "item.defined", ("version",), number),
    Case("CONTINUED_ORDERS_MAX", "day.continued", ("orders_max",), number),
)


def test_every_limit_of_a_message_has_its_case() -> None:
    """No limit of the messages is left out here, but for those of the whole and of its id, tested elsewhere."""
    elsewhere = {"MESSAGE_BYTES_MAX", "MESSAGE_ID_CHARS_MAX"}
    assert {case.limit for case in CASES} | elsewhere == {name for name in vars(limits) if name.endswith("_MAX")}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_at_the_limit_it_is_read_and_above_it_is_not(case: Case) -> None:
    """As much as the limit says is read; one more is a dead letter with the code `schema` and the field's name."""
    limit: int = getattr(limits, case.limit)
    assert read(case, limit) is None
    above = read(case, limit + 1)
    assert above is not None
    assert (above.code, str(above.field).split(".")[0]) == (DeadLetterCode.SCHEMA, case.path[0])


def read(case: Case, count: int) -> Undecodable | None:
    """Decode the example with so much in the field; returns why it cannot be read, None when it can."""
    body = deepcopy(EXAMPLES[case.type])
    part: Any = body
    for step in case.path[:-1]:
        part = part[step]
    part[case.path[-1]] = case.fill(count)
    assert case.type not in BROADCAST
    headers = headers_for(type_of(case.type), id="m-1", source=HUB_SOURCE if case.type == "day.continued" else "test")
    try:
        decode(headers, json.dumps(body).encode(), bytes_max=ROOMY)
    except Undecodable as reason:
        return reason
    return None
