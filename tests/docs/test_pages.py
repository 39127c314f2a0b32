"""What has to be documented is documented."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path

import pytest
import typer
from prometheus_client import REGISTRY

from lotstream.cli.app import build_app
from lotstream.cli.later import LATER
from lotstream.connect.delivery import DeliveryCode
from lotstream.contracts.topics import TOPICS
from lotstream.domain.codes import Code, DeadLetterCode, NotUsed
from lotstream.errors import ExitCode
from lotstream.local.jars import MIRROR_VARIABLE
from lotstream.settings import Settings
from lotstream.standards.scan import ScanFault

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("connectors/*/README.md")])


def headings(page: str) -> set[str]:
    """Return the second-level headings of a reference page."""
    return set(re.findall(r"^## (.+)$", (ROOT / "docs" / "reference" / page).read_text(), re.MULTILINE))


def test_every_setting_has_its_heading() -> None:
    """A setting cannot be added without a place where it is explained."""
    assert headings("settings.md") == {f"LOTSTREAM_{name.upper()}" for name in Settings.model_fields}


def test_every_topic_has_its_heading() -> None:
    """Each topic that is made is explained."""
    assert headings("topics.md") == {topic.name for topic in TOPICS}


def test_every_metric_has_its_heading() -> None:
    """Each metric that a process of ours exposes is explained."""
    exposed = {
        family.name + {"counter": "_total", "info": "_info"}.get(family.type, "")
        for family in REGISTRY.collect()
        if family.name.startswith("lotstream_")
    }

    assert exposed <= headings("metrics.md")


def test_every_command_has_its_heading() -> None:
    """Each command is explained, those that come later among them."""
    groups = getattr(typer.main.get_command(build_app()), "commands", {})
    wanted = {
        f"lotstream {name} {inner}" if inner else f"lotstream {name}"
        for name, command in groups.items()
        for inner in getattr(command, "commands", {"": None})
    }

    assert wanted | {f"lotstream {words}" for words in LATER} <= headings("commands.md")


def test_every_exit_code_has_its_heading() -> None:
    """What a program says by ending is explained."""
    assert headings("exit-codes.md") == {f"{code.value} {code.name}" for code in ExitCode}


@pytest.mark.parametrize("codes", [NotUsed, Code, DeadLetterCode, DeliveryCode, ScanFault])
def test_every_code_has_its_row(codes: type[StrEnum]) -> None:
    """Each code that a sender can get is explained."""
    page = (ROOT / "docs" / "reference" / "codes.md").read_text()

    assert [code.value for code in codes if f"| `{code.value}` |" not in page] == []


@pytest.mark.parametrize("page", PAGES, ids=[path.relative_to(ROOT).as_posix() for path in PAGES])
def test_every_link_inside_the_house_leads_somewhere(page: Path) -> None:
    """A link to a file or folder of the repository names one that exists."""
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text())

    assert [link for link in links if not (page.parent / link).exists()] == []


def test_every_metric_and_setting_in_a_page_exists() -> None:
    """A metric or setting that a page speaks of is one that there is."""
    known = headings("metrics.md") | headings("settings.md")
    histograms = {f"{name}_{suffix}" for name in known for suffix in ("bucket", "count", "sum")}
    for page in ROOT.glob("docs/**/*.md"):
        named = set(re.findall(r"\b(?:lotstream_[a-z_]+_[a-z]+|LOTSTREAM_[A-Z_]+)\b", page.read_text()))
        ours = {
            name for name in named if not name.startswith(("LOTSTREAM_FLATFILE", "LOTSTREAM_SHOPIFY", "LOTSTREAM_EDI"))
        }

        others = {"lotstream_example", "LOTSTREAM_", "LOTSTREAM_TEST_LENGTH", MIRROR_VARIABLE}
        assert ours - known - histograms - others == set(), page


def test_the_readme_begins_with_the_two_commands() -> None:
    """The first screen of the README has the demo and the tests, and .ci/run runs the latter."""
    first_screen = (ROOT / "README.md").read_text().splitlines()[:24]

    assert any(line.startswith("make demo") for line in first_screen)
    assert any(line.startswith("make test") for line in first_screen)
    assert "make test" in (ROOT / ".ci" / "run").read_text()
