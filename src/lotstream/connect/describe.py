"""A connector's options as a table, so that its README says what its code takes.

``python -m lotstream.connect.describe NAME README.md`` writes the table between the two markers of a README; the
conformance suite fails when it is not current.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from lotstream.connect.connector import ConnectorOptions
from lotstream.connect.registry import find_connector
from lotstream.errors import InputRefused

BEGIN: Final = "<!-- options -->"
END: Final = "<!-- end of options -->"

README_HEADINGS: Final = (
    "What it does",
    "Set up",
    "Options",
    "Limits",
    "What it refuses",
    "Remove it",
    "When something is wrong",
)
"""The parts every connector's README has."""


def options_table(options: type[ConnectorOptions]) -> str:
    """Return the options of a connector as a Markdown table, in the order they are declared."""
    prefix = options.model_config.get("env_prefix", "")
    rows = [_row(f"{prefix}{name.upper()}", field) for name, field in options.model_fields.items()]
    return "\n".join(["| variable | default | what it is |", "|---|---|---|", *rows])


def with_options(readme: str, options: type[ConnectorOptions]) -> str:
    """Return a README with the current table between its markers; raises `InputRefused` when it has none."""
    head, begin, rest = readme.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not (begin and end):
        raise InputRefused(f"The README has no {BEGIN} … {END}.")
    return f"{head}{BEGIN}\n{options_table(options)}\n{END}{tail}"


def _row(variable: str, field: FieldInfo) -> str:
    return f"| `{variable}` | {_default(field)} | {_cell(field.description or '')} |"


def _default(field: FieldInfo) -> str:
    default = field.get_default(call_default_factory=True, validated_data={})
    if default is PydanticUndefined:
        return "required"
    if default is None or default in ({}, ()) or default == "":
        return "none"
    return f"`{_cell(str(default))}`"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def main(arguments: list[str]) -> None:
    """Write the options of a named connector into a README."""
    name, path = arguments
    readme = Path(path)
    readme.write_text(with_options(readme.read_text(encoding="utf-8"), find_connector(name).Options), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
