"""lotstream: the hub on which third-party logistics houses run their lots."""

from __future__ import annotations

from importlib.metadata import version

__version__ = version("lotstream")
"""The version of this code, as journal rows, relay positions and a worker's database sessions name it."""
