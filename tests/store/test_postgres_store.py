"""The store on PostgreSQL does what every store does."""

from __future__ import annotations

from tests.store.conformance import StoreConformance


class TestPostgresStore(StoreConformance):
    """The conformance suite on a real server."""
