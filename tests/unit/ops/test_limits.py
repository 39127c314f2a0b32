"""No limit without a name, a page, a metric and a test."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from lotstream.ops.limit_notes import CONNECTORS, HUB
from lotstream.ops.limits import declare, reached, used
from lotstream.settings import Settings
from scripts.limits_reference import connector_options, limits_page
from tests.limits import TESTED

ROOT = Path(__file__).resolve().parents[3]
IS_LIMIT = re.compile(r"_max\b|_max_|_timeout_s\b|^deadline_s$")


def test_every_limit_of_the_settings_is_explained() -> None:
    """A setting or option that is a limit by its name says what happens there and where it is seen."""
    missing = [name for name in Settings.model_fields if IS_LIMIT.search(name) and name not in HUB]
    for options in connector_options().values():
        missing += [name for name in options.model_fields if IS_LIMIT.search(name) and name not in CONNECTORS]
    assert missing == []


def test_every_limit_has_a_test() -> None:
    """Each limit of settings and options, and none that is gone, names the test that reaches it."""
    limits = {name for name in (*HUB, *CONNECTORS) if name in _settings_and_options()}
    assert sorted(TESTED) == sorted(limits)


@pytest.mark.parametrize(("limit", "node"), TESTED.items(), ids=TESTED)
def test_the_test_of_a_limit_is_there_and_marked_as_its_own(limit: str, node: str) -> None:
    """The named test exists and is watched while it runs: the limit's counter has to go up.

    Where something else shows that the limit is reached, the mark says what, and the test itself sets the limit.
    """
    path, _, name = node.partition("::")
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    [test] = [n for n in tree.body if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef) and n.name == name]
    [mark] = [call for call in _marks(test) if ast.literal_eval(call.args[0]) == limit]
    assert not mark.keywords or f"{limit}=" in "".join(map(ast.unparse, test.body))


def _marks(test: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[ast.Call]:
    for node in (node for decorator in test.decorator_list for node in ast.walk(decorator)):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.limit":
            yield node


def test_every_fixed_bound_is_explained() -> None:
    """A constant that bounds something stands on the page of limits with words about it."""
    assert [line for line in limits_page() if "_MAX`" in line and "| – |" in line] == []


def test_a_limit_is_there_before_it_is_reached() -> None:
    """What a limit is set to, what is used of it and how often it was reached are one series each, from the start."""
    declare({"relay_batches_max": 2, "app": "lotstream"}, HUB)
    labels = {"limit": "relay_batches_max"}
    before = REGISTRY.get_sample_value("lotstream_limit_reached_total", labels)
    assert before is not None
    used("relay_batches_max", 1)
    reached("relay_batches_max")
    assert REGISTRY.get_sample_value("lotstream_limit", labels) == 2
    assert REGISTRY.get_sample_value("lotstream_limit_used", labels) == 1
    assert REGISTRY.get_sample_value("lotstream_limit_reached_total", labels) == before + 1
    assert REGISTRY.get_sample_value("lotstream_limit", {"limit": "app"}) is None


def _settings_and_options() -> set[str]:
    options = (set(options.model_fields) for options in connector_options().values())
    return set(Settings.model_fields).union(*options)
