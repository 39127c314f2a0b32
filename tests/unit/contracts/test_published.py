from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator, FormatChecker
from pydantic import BaseModel

from lotstream.contracts import generate
from lotstream.contracts.asyncapi import CARRIES, document
from lotstream.contracts.cloudevents import schema_of
from lotstream.contracts.examples import EXAMPLES
from lotstream.contracts.inbound import INBOUND, type_of
from lotstream.contracts.json_schema import schemas
from lotstream.contracts.sent import SENT
from lotstream.contracts.topics import TOPICS
from lotstream.settings import Settings

SCHEMAS = Path(__file__).parents[3] / "schemas"
TODAY = schemas()
MODELS: dict[str, type[BaseModel]] = {**INBOUND, **SENT}


def validator(name: str) -> Draft202012Validator:
    """Return a validator of a message that checks formats too."""
    return Draft202012Validator(TODAY[name], format_checker=FormatChecker())


def parts(model: type[BaseModel], seen: set[type[BaseModel]]) -> Iterator[type[BaseModel]]:
    """Return a model and every model inside it."""
    if model in seen:
        return
    seen.add(model)
    yield model
    for field in model.model_fields.values():
        for inner in [field.annotation, *_arguments(field.annotation)]:
            if isinstance(inner, type) and issubclass(inner, BaseModel):
                yield from parts(inner, seen)


def _arguments(annotation: object) -> Iterator[object]:
    for inner in getattr(annotation, "__args__", ()):
        yield inner
        yield from _arguments(inner)


def test_published_files_are_current() -> None:
    """What is in schemas/ is what the models say today; `make schemas` makes it so."""
    assert generate.not_current(SCHEMAS) == []


def test_generating_twice_gives_the_same_bytes() -> None:
    """The same models give the same files."""
    assert generate.files() == generate.files()


def test_check_names_what_is_stale_and_write_mends_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A changed, a missing and a left-over file are each named; writing leaves exactly what there should be."""
    assert generate.main(["--folder", str(tmp_path)]) == 0
    (tmp_path / "asyncapi.yaml").write_text("asyncapi: 2.0.0\n")
    (tmp_path / "json" / "alert.v1.json").unlink()
    (tmp_path / "examples" / "order.eaten.v1.json").write_text("{}")

    assert generate.main(["--check", "--folder", str(tmp_path)]) == 1
    told = capsys.readouterr().err
    for name in ("asyncapi.yaml", "json/alert.v1.json", "examples/order.eaten.v1.json"):
        assert f"{name} is not current; run `make schemas`" in told
    assert generate.main(["--folder", str(tmp_path)]) == 0
    assert generate.main(["--check", "--folder", str(tmp_path)]) == 0


@pytest.mark.parametrize("name", MODELS)
def test_every_schema_is_a_schema_with_its_name(name: str) -> None:
    """Each message has a valid JSON Schema 2020-12, under the name that ce_dataschema carries."""
    schema = TODAY[name]
    Draft202012Validator.check_schema(schema)

    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"] == schema_of(type_of(name))


@pytest.mark.parametrize("name", MODELS)
def test_every_example_fits_schema_and_model(name: str) -> None:
    """Each message has an example that its published schema (formats checked) and its model both take."""
    published = json.loads((SCHEMAS / "examples" / f"{name}.v1.json").read_text())

    assert published == EXAMPLES[name]
    validator(name).validate(published)
    MODELS[name].model_validate_json(json.dumps(published))


@pytest.mark.parametrize(
    "change",
    [{"owner": "*"}, {"lines": []}, {"placed_at": "today"}, {"ship_date": "01.09.2026"}, {"misspelled": 1}],
    ids=str,
)
def test_the_schema_refuses_what_the_model_refuses(change: dict[str, object]) -> None:
    """A sender who checks against the published schema learns what the hub would say."""
    assert not validator("order.placed").is_valid(EXAMPLES["order.placed"] | change)


def test_every_field_is_described() -> None:
    """Schemas and pages are made of the models, so each field says what it is, and each model too."""
    for model in MODELS.values():
        for part in parts(model, set()):
            assert part.__doc__, part
            for name, field in part.model_fields.items():
                assert (field.description or "").endswith("."), f"{part.__name__}.{name}"


def test_every_topic_takes_its_limits_from_a_setting() -> None:
    """Sizes and retention of topics are settings that exist."""
    for topic in TOPICS:
        assert {topic.bytes_max.value, topic.retention} <= Settings.model_fields.keys()


def test_every_message_is_on_exactly_one_topic() -> None:
    """The channels carry every message once, and nothing else but dead letters."""
    carried = [name for names in CARRIES.values() for name in names]

    assert sorted(carried) == sorted([*MODELS, "dead_letter"])
    assert list(CARRIES) == list(TOPICS)


def references(tree: object) -> Iterator[str]:
    """Return every $ref in a document."""
    if isinstance(tree, dict):
        if "$ref" in tree:
            yield tree["$ref"]
        for part in tree.values():
            yield from references(part)
    elif isinstance(tree, list):
        for part in tree:
            yield from references(part)


def resolve(root: dict[str, Any], pointer: str) -> object:
    """Return what a reference within a document leads to; raises `KeyError` when it leads nowhere."""
    for step in pointer.removeprefix("#/").split("/"):
        root = root[step]
    return root


def test_the_asyncapi_document_holds_together() -> None:
    """Required keys of AsyncAPI 3.0 are there, references lead somewhere, operations name messages of their channel."""
    published = yaml.safe_load((SCHEMAS / "asyncapi.yaml").read_text())

    assert published == document()
    assert published["asyncapi"] == "3.0.0"
    assert {"title", "version"} <= published["info"].keys()
    for reference in references(published):
        assert resolve(published, reference) if reference.startswith("#/") else (SCHEMAS / reference).is_file()
    for channel in published["channels"].values():
        assert channel["address"] in {topic.name for topic in TOPICS}
        assert channel["messages"]
    for operation in published["operations"].values():
        assert operation["action"] in {"send", "receive"}
        channel = operation["channel"]["$ref"]
        assert all(message["$ref"].startswith(f"{channel}/messages/") for message in operation["messages"])


def test_the_hub_reads_one_topic_and_writes_the_others() -> None:
    """The document is written from the hub's side: it receives commands and sends everything else."""
    received = [name for name, operation in document()["operations"].items() if operation["action"] == "receive"]

    assert received == ["read-inbound"]
