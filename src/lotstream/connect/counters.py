"""What a connector counts, for Prometheus."""

from __future__ import annotations

from prometheus_client import Counter

from lotstream.connect.delivery import Settlement

DELIVERIES = Counter(
    "lotstream_connector_deliveries", "Deliveries settled, by connector and verdict.", ["connector", "verdict"]
)
REFUSALS = Counter(
    "lotstream_connector_refusals",
    "Deliveries or orders in them refused, by connector and code.",
    ["connector", "code"],
)
MESSAGES = Counter("lotstream_connector_messages", "Messages published and acknowledged, by connector.", ["connector"])
FOR_PEOPLE = Counter(
    "lotstream_connector_for_people",
    "Deliveries that ask for what only a person can do, by connector; `lotstream connector deliveries` says what.",
    ["connector"],
)
REPEATED = Counter(
    "lotstream_connector_repeated_deliveries", "Deliveries that were settled before and came again.", ["connector"]
)
REJECTED = Counter(
    "lotstream_connector_rejected_deliveries",
    "Deliveries turned away at the door, by connector and reason; those not done in time are kept and taken up later.",
    ["connector", "reason"],
)


class Counters:
    """The counters of one connector."""

    def __init__(self, connector: str) -> None:
        self._connector = connector

    def settled(self, settlement: Settlement) -> None:
        """Count a settled delivery, its messages and its refusals."""
        DELIVERIES.labels(self._connector, settlement.verdict.value).inc()
        MESSAGES.labels(self._connector).inc(settlement.messages)
        FOR_PEOPLE.labels(self._connector).inc(settlement.for_people)
        for refusal in settlement.refusals:
            REFUSALS.labels(self._connector, refusal.code).inc()

    def repeated(self) -> None:
        """Count a delivery that had been settled before."""
        REPEATED.labels(self._connector).inc()

    def rejected(self, reason: str) -> None:
        """Count what was turned away at the door."""
        REJECTED.labels(self._connector, reason).inc()
