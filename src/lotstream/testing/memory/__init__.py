"""The hub's store without a server: the code of the PostgreSQL store, its statements answered from memory."""

from __future__ import annotations

from lotstream.testing.memory.store import MemoryStore
from lotstream.testing.memory.tables import Tables

__all__ = ["MemoryStore", "Tables"]
