"""Real Apache Kafka and real PostgreSQL from Python packages alone, for the demo, the tests and small installations."""

from __future__ import annotations

from lotstream.local.stack import Addresses, LocalStack, local_stack

__all__ = ["Addresses", "LocalStack", "local_stack"]
