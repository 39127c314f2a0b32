"""The demo: embedded servers, every program as a process of its own, real payloads through every door, and a check."""

from __future__ import annotations
