"""The command line: one file per command group, each importing what is heavy only when it runs."""

from __future__ import annotations

from lotstream.cli.app import main

__all__ = ["main"]
