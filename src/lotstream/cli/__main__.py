"""``python -m lotstream.cli``: the same program, for whoever starts it with a Python of their choice."""

from __future__ import annotations

from lotstream.cli.app import main

main()
