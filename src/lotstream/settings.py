"""Every setting of lotstream, read from ``LOTSTREAM_…`` environment variables; units last in the names."""

from __future__ import annotations

import socket
from functools import lru_cache
from typing import Final

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX: Final = "LOTSTREAM_"
"""What the name of every environment variable of lotstream and its connectors begins with."""


AGREED: Final = {
    "app": "the relay's positions in Kafka are noted under it",
    "message_bytes_max": "a larger record is dead-lettered",
    "outgoing_bytes_max": "a record that leads to a larger message is dead-lettered",
    "continued_orders_max": "so many orders are looked at again before a command that touches their owner",
    "intake_days": "so long a repeat of a message changes nothing",
}
"""Settings that all workers of one database have alike, and what hangs on each: `lotstream.hub.agreed` sees to it.

Any other may differ between workers: the same log gives the same lots whatever it is.
"""


class Settings(BaseSettings):
    """Where the servers are, who we are, and every limit by name."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True)

    kafka_bootstrap: str = Field(default="127.0.0.1:9092", description="Kafka brokers, host:port separated by commas.")
    postgres_url: str = Field(
        default="postgresql://127.0.0.1:5432/lotstream", description="PostgreSQL database of the hub."
    )
    app: str = Field(default="lotstream", description="Name of the consumer group, and prefix of the relay's group.")
    instance: str = Field(
        default_factory=lambda: f"{socket.gethostname()}-1",
        description="Static member id of this worker, the host's name and -1 unless it is set; two live processes must "
        "not share one.",
    )
    partitions: int = Field(default=32, ge=1, le=256, description="Partitions of the inbound topic, a power of two.")
    outgoing_partitions: int = Field(
        default=8,
        ge=1,
        le=256,
        description="Partitions of each outgoing topic; every relay transaction writes to most of them.",
    )
    replication: int = Field(default=1, ge=1, description="Replicas of each topic; 3 on a real cluster.")

    batch_records_max: int = Field(default=1000, ge=1, description="Records decided in one batch.")
    fetch_bytes_max: int = Field(
        default=16 * 1024 * 1024, ge=1024, description="Bytes in one answer of a broker; a larger record comes alone."
    )
    relay_batches_max: int = Field(default=2, ge=1, description="Batches that wait behind those being published.")
    message_bytes_max: int = Field(
        default=1024 * 1024, ge=1024, description="Largest inbound message that is read; a larger one is dead-lettered."
    )
    inbound_bytes_max: int = Field(
        default=4 * 1024 * 1024, ge=1024, description="Largest message the inbound topic takes at all."
    )
    outgoing_bytes_max: int = Field(
        default=6 * 1024 * 1024, ge=1024, description="Largest message of the outgoing topics; above the inbound one's."
    )
    ledger_bytes_max: int = Field(
        default=768 * 1024 * 1024,
        ge=1024,
        description="Estimated bytes of the owners kept in memory; the least recently used go, an owner above it is "
        "decided alone.",
    )
    ledger_load_bytes_max: int = Field(
        default=32 * 1024 * 1024, ge=1024, description="Estimated bytes of owners read from the database at once."
    )
    batch_bytes_max: int = Field(
        default=16 * 1024 * 1024, ge=1024, description="Bytes of the records decided in one batch; one may be above it."
    )
    continued_orders_max: int = Field(
        default=200,
        ge=1,
        le=10_000,
        description="Orders of one owner looked at again in one part after a new day, a bin on hold or a changed rule.",
    )
    continued_owners_max: int = Field(
        default=50, ge=1, description="Owners whose next part a worker has appended and not yet decided."
    )
    outbox_days: int = Field(default=2, ge=1, description="Days published messages stay in the outbox.")
    intake_days: int = Field(
        default=30,
        ge=1,
        description="Days a message id is remembered, so that a repeat changes nothing; its row goes two days later.",
    )
    retention_days: int = Field(
        default=30,
        ge=1,
        description="Days that topics, dead letters and the deliveries kept at the doors hold personal data.",
    )
    untaken_days: int = Field(
        default=30,
        ge=1,
        description="Days that a delivery is kept at its door which its connector has not dealt with; it was not "
        "acknowledged, so its sender has it still.",
    )
    backup_days: int = Field(
        default=7,
        ge=1,
        description="Age in days of the oldest backup of PostgreSQL one would restore; the doctor checks that topics "
        "hold as much, so that what came since can be decided again.",
    )
    maintenance_s: float = Field(default=60.0, gt=0, description="Pause between two rounds of maintenance.")
    maintenance_calls_max: int = Field(
        default=10, ge=1, description="Deletions per table and partition in one round, each of up to 10,000 rows."
    )

    session_timeout_s: float = Field(default=10.0, gt=0, description="Kafka session timeout of a worker.")
    heartbeat_s: float = Field(default=1.0, gt=0, description="Kafka heartbeat interval of a worker.")
    request_timeout_s: float = Field(default=20.0, gt=0, description="Longest wait for one Kafka request.")
    claim_timeout_s: float = Field(
        default=15.0,
        gt=0,
        description="Longest a take-over may last, beside what it publishes; below the request timeout.",
    )
    relay_timeout_s: float = Field(
        default=15.0,
        gt=0,
        description="Longest one relay transaction may last; one of very many messages has it for each 50,000, at "
        "most 8 times.",
    )
    postgres_timeout_s: float = Field(
        default=15.0,
        gt=0,
        description="Longest one database call may last; the transaction of a batch has it for each 20,000 rows.",
    )
    postgres_connections_max: int = Field(
        default=4, ge=2, description="Database connections of a worker, beside the one that holds the instance lock."
    )
    claim_attempts_max: int = Field(
        default=5, ge=1, description="Times a take-over starts over because another worker was faster."
    )
    stop_timeout_s: float = Field(
        default=20.0, gt=0, description="Longest a stop may take to finish the batch, publish and give claims back."
    )
    instance_lock_timeout_s: float = Field(default=10.0, gt=0, description="Longest wait for the instance lock.")
    clock_skew_max_s: float = Field(
        default=600.0, gt=0, description="Append time ahead of the database's clock at which a worker stops."
    )
    constraint_failures_max: int = Field(
        default=3, ge=0, description="Records dead-lettered for a constraint in ten minutes before a worker stops."
    )
    idle_position_s: float = Field(
        default=10.0, gt=0, description="Idle time after which the relay position is copied."
    )

    http_host: str = Field(default="127.0.0.1", description="Address of /livez, /readyz and /metrics.")
    http_port: int = Field(
        default=9400, ge=0, le=65535, description="Port of /livez, /readyz and /metrics; 0 picks one."
    )
    http_requests_max: int = Field(
        default=32, ge=1, description="Connections and requests those pages serve at a time."
    )
    kpi_owners_max: int = Field(
        default=500, ge=0, description="Owners whose KPIs /metrics shows, the first by name; 0 shows none."
    )
    log_format: str = Field(
        default="auto", pattern="^(auto|json|console)$", description="Log lines as JSON or for people."
    )
    log_level: str = Field(default="info", description="Least level that is logged.")

    @field_validator("partitions")
    @classmethod
    def _power_of_two(cls, partitions: int) -> int:
        # Rows carry a slot, the key's hash modulo 256, and a slot has to lie in one partition.
        if partitions & (partitions - 1):
            raise ValueError("it has to be a power of two")
        return partitions

    def as_environment(self) -> dict[str, str]:
        """Return the environment variables that give another process these settings.

        All of them, but for what workers agree on and nobody has set: that a process takes from the database.
        """
        left = AGREED.keys() - self.model_fields_set
        return {f"{PREFIX}{name.upper()}": str(value) for name, value in self.model_dump().items() if name not in left}


@lru_cache(maxsize=1)
def settings() -> Settings:
    """Return the settings of this process, read once."""
    return Settings()
