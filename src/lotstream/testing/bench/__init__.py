"""The bench: how fast a backlog drains, and how long an order takes at a steady pace."""

from __future__ import annotations
