"""Options that several commands share, so that they read the same everywhere."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
Owner = Annotated[str | None, typer.Option("--owner", help="Whose goods; may be left out while only one owner fits.")]
Source = Annotated[
    str | None, typer.Option("--source", help="Where the order came from; may be left out while only one fits.")
]
InputFile = Annotated[Path, typer.Argument(help="File to read.", exists=True, dir_okay=False, readable=True)]
