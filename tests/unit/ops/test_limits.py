"""No limit without a name, a page, a metric and a test."""

from __future__ import annotations

import re
from pathlib import Path

from prometheus_client import REGISTRY

from lotstream.ops.limit_notes import CONNECTORS, HUB
from lotstream.ops.limits import declare, reached, used
from lotstream.settings import Settings
from scripts.limits_reference import connector_options, limits_page

ROOT = Path(__file__).resolve().parents[3]
IS_LIMIT = re.compile(r"_max\b|_max_|_timeout_s\b|^deadline_s$")
#: What a setting is called where it is passed on and tested.
PASSED_ON_AS = {
    "clock_skew_max_s": "skew_max_s",
    "publish_attempts_max": "attempts_max",
    "publish_s_max": "total_s_max",
}


def test_every_limit_of_the_settings_is_explained() -> None:
    """A setting or option that is a limit by its name says what happens there and where it is seen."""
    missing = [name for name in Settings.model_fields if IS_LIMIT.search(name) and name not in HUB]
    for options in connector_options().values():
        missing += [name for name in options.model_fields if IS_LIMIT.search(name) and name not in CONNECTORS]
    assert missing == []


def test_every_limit_has_a_test() -> None:
    """Each limit of settings and options is named in some test beside this one."""
    places = ("tests", "connectors/*/tests", "src/lotstream/testing")
    files = [path for place in places for path in ROOT.glob(f"{place}/**/*.py")]
    text = "\n".join(path.read_text(encoding="utf-8") for path in files if path != Path(__file__))
    there = [name for name in (*HUB, *CONNECTORS) if name in _settings_and_options()]
    assert [name for name in there if PASSED_ON_AS.get(name, name) not in text] == []


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
