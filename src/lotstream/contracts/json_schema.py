"""JSON Schema (2020-12) of every message, from its pydantic model."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema

from lotstream.contracts.cloudevents import schema_of
from lotstream.contracts.inbound import INBOUND, type_of
from lotstream.contracts.sent import SENT


class _WithoutTitles(GenerateJsonSchema):
    """pydantic gives every field a title made from its name, which says nothing twice."""

    def field_title_should_be_set(self, schema: object) -> bool:
        return False


def schemas() -> dict[str, dict[str, Any]]:
    """Return the schema of every message, inbound and outgoing, by short name."""
    return {name: schema_for(name, model) for name, model in {**INBOUND, **SENT}.items()}


def schema_for(name: str, model: type[BaseModel]) -> dict[str, Any]:
    """Return the schema of one message; its ``$id`` is what ``ce_dataschema`` says."""
    schema = model.model_json_schema(schema_generator=_WithoutTitles, by_alias=True)
    return {
        "$schema": _WithoutTitles.schema_dialect,
        "$id": schema_of(type_of(name)),
        "title": schema.pop("title"),
        "description": schema.pop("description"),
        **schema,
    }
