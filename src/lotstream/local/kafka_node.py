"""The settings of one Kafka node: broker and controller in one process, alone or one of several."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lotstream.local.ports import LOOPBACK

MESSAGE_BYTES_MAX = 8 * 1024 * 1024
"""Above the 6 MiB that outgoing topics take, so that the topic's own limit is the one that counts."""

SMALL: Mapping[str, str] = {
    # Without these two the log cleaner alone takes 128 MB of a 256 MB heap.
    "log.cleaner.dedupe.buffer.size": str(4 * 1024 * 1024),
    "log.cleaner.io.buffer.size": str(256 * 1024),
    # The first consumer and the first transaction wait until these partitions are made; the default is 50 each.
    "offsets.topic.num.partitions": "4",
    "transaction.state.log.num.partitions": "4",
}


QUICKLY_BACK: Mapping[str, str] = {
    # A killed broker is let in again only when its old session has ended: 11 s after the kill with the default of 9 s,
    # under 3 s with this.
    "broker.session.timeout.ms": "2000",
    "broker.heartbeat.interval.ms": "400",
    # A group of one member must not wait three seconds for others.
    "group.initial.rebalance.delay.ms": "0",
}


@dataclass(frozen=True)
class KafkaNode:
    """One node of a cluster; several with the same voters and cluster id make a larger one."""

    folder: Path
    broker_port: int
    controller_port: int
    node_id: int = 1
    #: All nodes of the cluster as ``id@host:port`` of their controllers; empty means this one alone.
    voters: tuple[str, ...] = ()
    cluster_id: str = ""
    replication: int = 1
    in_sync_min: int = 1

    @property
    def bootstrap(self) -> str:
        """Where clients connect."""
        return f"{LOOPBACK}:{self.broker_port}"

    @property
    def voter(self) -> str:
        """How the other nodes know this one."""
        return f"{self.node_id}@{LOOPBACK}:{self.controller_port}"

    @property
    def data(self) -> Path:
        """Where the records are."""
        return self.folder / "data"

    def properties(self, *, data: Path | None = None) -> dict[str, str]:
        """Return the node's settings, with another data folder while that is being made."""
        return {
            "process.roles": "broker,controller",
            "node.id": str(self.node_id),
            "controller.quorum.voters": ",".join(self.voters or (self.voter,)),
            "log.dirs": str(data or self.data),
            "auto.create.topics.enable": "false",
            "message.max.bytes": str(MESSAGE_BYTES_MAX),
            "replica.fetch.max.bytes": str(MESSAGE_BYTES_MAX),
            **self._listeners(),
            **self._replication(),
            **SMALL,
            **QUICKLY_BACK,
        }

    def as_text(self, *, data: Path | None = None) -> str:
        """Return the settings as the file Kafka reads."""
        return "".join(f"{name}={_escaped(value)}\n" for name, value in self.properties(data=data).items())

    def _listeners(self) -> dict[str, str]:
        return {
            "listeners": f"PLAINTEXT://{self.bootstrap},CONTROLLER://{LOOPBACK}:{self.controller_port}",
            "advertised.listeners": f"PLAINTEXT://{self.bootstrap}",
            "controller.listener.names": "CONTROLLER",
            "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        }

    def _replication(self) -> dict[str, str]:
        copies, in_sync = str(self.replication), str(self.in_sync_min)
        return {
            "default.replication.factor": copies,
            "min.insync.replicas": in_sync,
            "offsets.topic.replication.factor": copies,
            "transaction.state.log.replication.factor": copies,
            "transaction.state.log.min.isr": in_sync,
        }


def new_cluster_id() -> str:
    """Return a cluster id in the form Kafka wants: a UUID in 22 characters of URL-safe base64, no dash first."""
    while True:
        text = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        if not text.startswith("-"):
            return text


def _escaped(value: str) -> str:
    """Escape a value for a Java properties file, where a backslash starts an escape."""
    return value.replace("\\", "\\\\")
