"""Every field of every message: missing, null, of another type, empty, too long, negative, huge.

The cases are made from the models, so that a message or a field that is added is tried without a word here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any, NamedTuple
from uuid import uuid4

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from lotstream.contracts.examples import EXAMPLES
from lotstream.contracts.inbound import BROADCAST, BY_HUB, EITHER, INBOUND, type_of
from lotstream.contracts.json_schema import schemas
from lotstream.domain.codes import Code, DeadLetterCode
from lotstream.domain.slots import partition_of
from tests.hub.small_hub import SmallHub, a_site

SCHEMAS = schemas()
Path = tuple[str | int, ...]
OWNER = "acme"
#: Numbers of digits that no field takes, and characters.
HUGE, LONG = 10**60, 70_000

#: What is wrong with how much there is. Asked, it is refused; goods that are there already come in without that line,
#: which `tests/unit/domain/test_uncounted.py` is about.
AMOUNTS = {"negative", "huge", "large"}

#: What must be as it was: everything that is kept of an owner.
STATE = (
    *("owner", "item", "customer", "lot", "stock", "sales_order", "receipt", "early_cancel", "person", "continuing"),
    *("site", "location", "journal", "shipment_line", "lot_history", "recall_run", "owner_clock", "availability"),
    "stock_weight",
)
#: Goods that were sold are somebody's whatever is said of them: what cannot be counted is kept in a discrepancy.
KEPT_WHOLE = ("title.accepted", "pack_size")
#: Negative numbers that mean something: where a rank stands, a deficit that was found, and what is said of both.
MAY_BE_NEGATIVE = {
    ("balance.opened", "quantity"), ("location.defined", "sequence"), ("location.defined", "tier"),
    ("order.placed", "priority"), ("stock.adjusted", "quantity"), ("condition.recorded", "value"),
    ("item.defined", "keep_from_c"), ("item.defined", "keep_to_c"), ("comparison.recorded", "quantity"),
    KEPT_WHOLE,
}  # fmt: skip
#: Numbers of eighteen digits that harm nobody.
MAY_BE_LARGE = {
    *((name, "weight_kg") for name in ("shipment.confirmed", "shipment.corrected", "package.packed")), KEPT_WHOLE,
}  # fmt: skip


class Case(NamedTuple):
    """One message with one thing wrong."""

    kind: str
    path: Path
    body: dict[str, Any]

    @property
    def field(self) -> str:
        """Return the name of the field, places in lists left out."""
        return next(str(step) for step in reversed(self.path) if isinstance(step, str))


def fields(schema: dict[str, Any], defs: dict[str, Any], path: Path = ()) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Yield every field of a schema with its own schema; of a list the first place."""
    schema = _meant(schema, defs)
    for name, part in schema.get("properties", {}).items():
        meant = _meant(part, defs)
        yield (*path, name), meant
        inner = _meant(meant.get("items", {}), defs) if meant.get("type") == "array" else meant
        step: Path = (*path, name, 0) if meant.get("type") == "array" else (*path, name)
        if "properties" in inner:
            yield from fields(inner, defs, step)


def _meant(schema: dict[str, Any], defs: dict[str, Any]) -> dict[str, Any]:
    """Return a schema behind references, the null of an optional field left out."""
    while "$ref" in schema or "anyOf" in schema:
        schema = defs[schema["$ref"].rsplit("/", 1)[1]] if "$ref" in schema else schema["anyOf"][0]
    return schema


def wrong(schema: dict[str, Any]) -> Iterator[tuple[str, object]]:
    """Yield what is wrong for a field of a schema, by kind."""
    kind = schema.get("type")
    yield "null", None
    yield "wrong type", "text" if kind in {"object", "array"} else {"wrong": True}
    is_quantity = schema.get("pattern", "").startswith("^-?[0-9]")
    if kind == "string":
        yield "empty", ""
        yield "too long", "9" * LONG if is_quantity else "x" * LONG
    if kind == "array":
        yield "empty", []
        yield "wrong type", [{"wrong": {}}]
    if kind in {"integer", "number"} or is_quantity:
        yield "negative", "-1" if is_quantity else -1
        yield "huge", str(HUGE) if is_quantity else HUGE
        yield "large", "9" * 18 if is_quantity else 2**31


def cases(name: str) -> list[Case]:
    """Return every message of a name with one field wrong."""
    schema = SCHEMAS[name]
    made = []
    for path, part in fields(schema, schema.get("$defs", {})):
        for kind, value in [("missing", MISSING), *wrong(part)]:
            body = deepcopy(EXAMPLES[name])
            if kind in AMOUNTS and "happened" in body:
                body["happened"] = False
            if _put(body, path, value):
                made.append(Case(kind, path, body))
    return made


MISSING = object()


def _put(body: dict[str, Any], path: Path, value: object) -> bool:
    """Put a value at a path; False where the example has nothing around it."""
    parent: Any = body
    for step in path[:-1]:
        try:
            parent = parent[step]
        except (KeyError, IndexError, TypeError):
            return False
        if parent is None:
            return False
    if value is not MISSING:
        parent[path[-1]] = value
        return True
    return parent.pop(path[-1], MISSING) is not MISSING


class House:
    """A hub with something of everything."""

    async def build(self) -> House:
        """Define everything the examples speak of."""
        self.hub = SmallHub(partitions=2)
        self.worker = await self.hub.start()
        await a_site(self.hub, self.worker)
        for sku in ("CER-001", "CER-002"):
            self.hub.send("item.defined", {**EXAMPLES["item.defined"], "sku": sku, "version": 1, "gtins": []})
        named = ("owner.defined", "customer.defined", "balance.opened", "stock.received", "order.placed")
        for name in named:
            body = EXAMPLES[name]
            self.hub.send(name, {**body, "sites": ["TOR"]} if name == "owner.defined" else body)
        await self.worker.settle()
        return self

    def state(self) -> dict[str, list[dict[str, Any]]]:
        """Return everything that is kept of owners and places."""
        return {table: self.hub.rows(table) for table in STATE}

    async def told(self, name: str, told: list[Case]) -> list[dict[str, Any]]:
        """Tell messages one after the other; returns what became of each."""
        if name in BROADCAST - BY_HUB:
            return await self._everybody(name, told)
        key, partition = OWNER.encode(), partition_of(OWNER.encode(), 2)
        offsets = [
            self.hub.forge(name, case.body, partition=partition, id=uuid4().hex, source="test", key=key)
            for case in told
        ]
        await self.worker.decide(records_max=10_000)
        found = {row["offset"]: row for row in self.hub.intake(partition=partition)}
        return [found[offset] for offset in offsets]

    async def _everybody(self, name: str, told: list[Case]) -> list[dict[str, Any]]:
        numbers = []
        for case in told:
            body = json.dumps(case.body).encode()
            numbers.append(await self.hub.store.add_broadcast(type_of(name), key=uuid4().hex, body=body))
        await self.worker.broadcasts._append_all()
        await self.worker.decide(records_max=10_000)
        found = {row["message_id"]: row for row in self.hub.intake(partition=0, source="lotstream")}
        return [found[f"{number}/0"] for number in numbers]


@pytest.mark.parametrize("name", INBOUND)
async def test_a_field_that_is_wrong_is_refused_or_dead_lettered_and_changes_nothing(name: str) -> None:
    """Whatever is wrong with whichever field: a code, the field and a sentence, and the ledger is as it was.

    What is taken all the same is what the published schema allows: a field that may be left out, be null or be empty.
    """
    house = await House().build()
    schema = Draft202012Validator(SCHEMAS[name], format_checker=FormatChecker())
    allowed: list[Case] = []
    bad: list[Case] = []
    for case in cases(name):
        (allowed if _may_be_taken(name, case, schema) else bad).append(case)
    before = house.state()
    for case, row in zip(bad, await house.told(name, bad), strict=True):
        assert row["outcome"] in {"refused", "dead_lettered"}, (case.kind, case.path)
        _is_explained(name, case, row)
    assert house.state() == before
    assert len(bad) >= len(allowed)
    for case, row in zip(allowed, await house.told(name, allowed), strict=True):
        if row["outcome"] != "done":
            _is_explained(name, case, row)


def _is_explained(name: str, case: Case, row: dict[str, Any]) -> None:
    """Fail unless an outcome has a code, the field and a sentence."""
    assert row["code"] in {*Code, *DeadLetterCode}, (case.kind, case.path)
    # Of a hold it is said together what names a lot and what names a bin.
    assert row["field"] or name in EITHER, (case.kind, case.path, row["code"], row["message"])
    assert row["message"].endswith("."), (case.kind, case.path, row["message"])
    if row["outcome"] == "refused" and row["field"]:
        steps = {step for step in row["field"].split(".") if not step.isdigit()}
        assert steps <= words(name), (case.kind, case.path, row["field"])


def _may_be_taken(name: str, case: Case, schema: Draft202012Validator) -> bool:
    if case.kind in AMOUNTS:
        allowed = {"negative": MAY_BE_NEGATIVE, "large": MAY_BE_LARGE}.get(case.kind, set())
        return (name, case.field) in allowed
    return case.kind in {"missing", "null", "empty"} and schema.is_valid(case.body)


def words(name: str) -> set[str]:
    """Return what a path into a message may be made of: names of fields, and the keys of its example's maps."""
    return {step for path in _every(name) for step in path if isinstance(step, str)} | set(_keys(EXAMPLES[name]))


def _keys(body: object) -> Iterator[str]:
    for part in body.values() if isinstance(body, dict) else body if isinstance(body, list) else ():
        yield from _keys(part)
    yield from body if isinstance(body, dict) else ()


def _every(name: str) -> set[Path]:
    return {path for path, _ in fields(SCHEMAS[name], SCHEMAS[name].get("$defs", {}))}


def test_every_field_of_every_message_is_tried() -> None:
    """The cases reach into lists and parts: a field is left out only where the example has nothing around it."""
    tried = {name: {case.path for case in cases(name)} for name in INBOUND}
    left_out = {(name, *path) for name in INBOUND for path in _every(name) - tried[name]}
    assert left_out == set()
