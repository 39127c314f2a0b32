"""Write docs/reference/ from the code: settings, topics, metrics, commands, exit codes.

``--check`` writes nothing, names the pages that are no longer what the code says, and exits 1. Run by ``make check``;
``make docs`` writes.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import typer
from prometheus_client.metrics import MetricWrapperBase
from pydantic.fields import FieldInfo

import lotstream.connect.counters
import lotstream.ops.kpis
import lotstream.ops.limits
import lotstream.ops.metrics
from lotstream.cli.app import build_app
from lotstream.contracts.topics import TOPICS, Topic
from lotstream.errors import NOT_RESTARTED, ExitCode
from lotstream.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "reference"
GENERATED = "<!-- Written by `make docs`; change the code instead. -->"
MEASURED_BY = (lotstream.ops.metrics, lotstream.ops.kpis, lotstream.ops.limits, lotstream.connect.counters)
#: What the text format adds to a metric's name.
SUFFIX = {"counter": "_total", "info": "_info"}


def main(arguments: list[str]) -> int:
    """Write or check all pages; returns the exit code."""
    check = arguments == ["--check"]
    stale = []
    for name, write in PAGES.items():
        path, text = FOLDER / name, "\n".join([GENERATED, "", *write()]).rstrip() + "\n"
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(path.relative_to(ROOT).as_posix())
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    for page in stale:
        print(f"{page}: {'is not what the code says; run `make docs`' if check else 'written'}")
    return 1 if check and stale else 0


def settings_page() -> Iterator[str]:
    """Yield the page about settings."""
    yield from _opening(
        "Settings",
        "Every setting is an environment variable; what is not set has its default.",
        "Connectors have options of their own, listed in their READMEs.",
    )
    for name, field in Settings.model_fields.items():
        yield from _heading(f"LOTSTREAM_{name.upper()}")
        yield field.description or ""
        yield f"Default: {_default(field)}.{_bounds(field)}"
        yield ""


def _default(field: FieldInfo) -> str:
    # A factory looks at this machine; the page has to be the same on each.
    return "worked out when it is read" if field.default_factory else f"`{field.default}`"


def _bounds(field: FieldInfo) -> str:
    words = {"ge": "at least {}", "gt": "more than {}", "le": "at most {}", "lt": "less than {}"}
    found = [
        text.format(getattr(limit, name))
        for limit in field.metadata
        for name, text in words.items()
        if getattr(limit, name, None) is not None
    ]
    return f" Can be {' and '.join(found)}." if found else ""


def topics_page() -> Iterator[str]:
    """Yield the page about topics."""
    yield from _opening(
        "Topics",
        "The inbound topic has LOTSTREAM_PARTITIONS partitions, each other one LOTSTREAM_OUTGOING_PARTITIONS; all have "
        "`LogAppendTime`, and none is ever compacted.",
        "`lotstream topics create` makes them; the messages on them are in `schemas/`.",
    )
    for topic in TOPICS:
        yield from _heading(topic.name)
        yield from _topic(topic)


def _topic(topic: Topic) -> Iterator[str]:
    yield topic.description
    yield ""
    yield f"- Key: {topic.key}."
    yield f"- Read by: {topic.readers}."
    yield f"- Largest message: LOTSTREAM_{topic.bytes_max.upper()}."
    yield f"- Kept for: LOTSTREAM_{topic.retention.upper()}."
    yield ""


def metrics_page() -> Iterator[str]:
    """Yield the page about metrics."""
    yield from _opening(
        "Metrics",
        "A worker has them on `/metrics` of LOTSTREAM_HTTP_HOST and LOTSTREAM_HTTP_PORT, for Prometheus to read.",
        "No label ever holds an order, a SKU or a lot.",
        "An owner is a label only of what its warehouse is [judged by](../concepts/kpis.md).",
    )
    for metric in _metrics():
        (family,) = metric.describe()
        yield from _heading(family.name + SUFFIX.get(family.type, ""))
        yield family.documentation
        labels = ", ".join(f"`{label}`" for label in metric._labelnames)  # noqa: SLF001 - nothing public has them
        yield f"Type: {family.type}{f', by {labels}' if labels else ''}."
        yield ""


def _metrics() -> list[MetricWrapperBase]:
    declared = {id(value): value for module in MEASURED_BY for value in vars(module).values()}
    ours = [value for value in declared.values() if isinstance(value, MetricWrapperBase)]
    return sorted(ours, key=lambda metric: next(iter(metric.describe())).name)


def commands_page() -> Iterator[str]:
    """Yield the page about commands."""
    yield from _opening(
        "Commands",
        "Results go to stdout, progress and complaints to stderr; `NO_COLOR` is obeyed.",
        "What the exit codes mean stands in [exit-codes.md](exit-codes.md).",
    )
    yield from _command(typer.main.get_command(build_app()), "lotstream")


def _command(command: Any, words: str) -> Iterator[str]:  # noqa: ANN401 - typer's own click has no public name
    inner = getattr(command, "commands", {})
    if not inner or words == "lotstream":
        yield from _heading(words)
        yield from _sentences(inspect.cleandoc(command.help or ""))
        shown = [parameter for parameter in command.params if not getattr(parameter, "hidden", False)]
        yield from (f"- `{_typed(parameter)}`: {parameter.help}" for parameter in shown)
        yield from [""] if shown else []
    for name in inner:
        yield from _command(inner[name], f"{words} {name}")


def _sentences(text: str) -> Iterator[str]:
    """Yield a text one sentence per line, its paragraphs kept apart."""
    for paragraph in text.split("\n\n"):
        yield from re.split(r"(?<=[.!?]) (?=[A-Z])", " ".join(paragraph.split()))
        yield ""


def _typed(parameter: Any) -> str:  # noqa: ANN401 - as above
    if parameter.param_type_name == "argument":
        return f"{parameter.name.upper()}{'…' if parameter.nargs != 1 else ''}"
    return " / ".join([*parameter.opts, *parameter.secondary_opts])


def exit_codes_page() -> Iterator[str]:
    """Yield the page about exit codes."""
    yield from _opening(
        "Exit codes",
        "Stable: scripts and supervisors may build on them.",
        "`lotstream up` starts a program again after those marked so; systemd or Kubernetes should do the same.",
    )
    meanings = re.findall(r"#: ((?:.+\n\s+#: )*.+)\n\s+(\w+) = (\d+)", inspect.getsource(ExitCode))
    for meaning, name, number in meanings:
        yield from _heading(f"{number} {name}")
        yield re.sub(r"\s+#: ", " ", meaning)
        again = ExitCode(int(number)) not in NOT_RESTARTED
        yield f"Started again: {'yes' if again else 'no'}."
        yield ""


def limits_reference() -> Iterator[str]:
    """Yield the page about limits."""
    yield from _opening(
        "Limits",
        "Everything that could grow has a limit with a name: queues, batches, messages, lines, retries, waits.",
        "A limit that is reached makes something wait, cuts it or refuses it; how near each is, the metrics say.",
        "Why they are, and what happens when a part stalls: [back-pressure](../concepts/back-pressure.md).",
    )
    # Run as a program, a script does not see its neighbours.
    sys.path.insert(0, str(ROOT))
    from scripts.limits_reference import limits_page

    yield from limits_page()


def _opening(title: str, *sentences: str) -> Iterator[str]:
    yield f"# {title}"
    yield ""
    yield from sentences
    yield ""


def _heading(text: str) -> Iterator[str]:
    yield f"## {text}"
    yield ""


PAGES: dict[str, Callable[[], Iterator[str]]] = {
    "settings.md": settings_page,
    "topics.md": topics_page,
    "metrics.md": metrics_page,
    "limits.md": limits_reference,
    "commands.md": commands_page,
    "exit-codes.md": exit_codes_page,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
