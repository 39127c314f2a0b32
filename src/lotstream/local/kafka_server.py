"""One Kafka node as a server of a stack: formatted once, run by Java, asked whether it answers."""

from __future__ import annotations

import asyncio
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError

from lotstream.errors import LocalServerFailed
from lotstream.local.java import Java, server_environment
from lotstream.local.kafka_node import KafkaNode, new_cluster_id
from lotstream.local.ports import LOOPBACK
from lotstream.local.watched import ServerProgram

STOP_S_MAX = 20.0
FORMAT_S_MAX = 60.0
REQUEST_MS = 5_000


@dataclass(frozen=True)
class KafkaServer:
    """A node, the Java that runs it, and further Java options (the class-data archive)."""

    node: KafkaNode
    java: Java
    options: Sequence[str] = ()
    stop_s_max: float = STOP_S_MAX
    title: str = "Apache Kafka"
    #: Environment variables on top of what every server gets.
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What the watchdog calls it."""
        return f"kafka-{self.node.node_id}"

    async def prepare(self) -> None:
        """Write the settings, and format the data folder when there is none yet.

        Raises:
            LocalServerFailed: Kafka refused to format it.
        """
        self.node.folder.mkdir(parents=True, exist_ok=True)
        self._temporary_files.mkdir(exist_ok=True)
        self._properties_file.write_text(self.node.as_text())
        if not self.node.data.exists():
            await asyncio.to_thread(self._format)

    def program(self) -> ServerProgram:
        """Return how the node is run."""
        return ServerProgram(
            name=self.name,
            argv=self.java.command("kafka.Kafka", str(self._properties_file), options=self._all_options()),
            env={**server_environment(), **self.environment},
            folder=self.node.folder,
            log=self.node.folder / "kafka.log",
            lock=self.node.folder / "kafka.lock",
            stop_signal=signal.SIGTERM,
            discard_signal=signal.SIGKILL,
            grace_s=self.stop_s_max,
        )

    async def answers(self) -> bool:
        """Say whether the node listens and counts itself among the brokers that clients may use."""
        return await _listens(self.node.broker_port) and await _serves(self.node.bootstrap)

    @property
    def _properties_file(self) -> Path:
        return self.node.folder / "server.properties"

    @property
    def _temporary_files(self) -> Path:
        return self.node.folder / "tmp"

    def _all_options(self) -> list[str]:
        crash = self.node.folder / "java-crash-%p.log"
        return [f"-Djava.io.tmpdir={self._temporary_files}", f"-XX:ErrorFile={crash}", *self.options]

    def _format(self) -> None:
        """Format beside the final place, so that an interrupted attempt leaves nothing half done."""
        beside = self.node.folder / "data.new"
        shutil.rmtree(beside, ignore_errors=True)
        properties = self.node.folder / "format.properties"
        properties.write_text(self.node.as_text(data=beside))
        arguments = ["format", "--cluster-id", self.node.cluster_id or new_cluster_id(), "--config", str(properties)]
        command = self.java.command("kafka.tools.StorageTool", *arguments, options=self._all_options())
        done = subprocess.run(
            command, env=server_environment(), capture_output=True, text=True, timeout=FORMAT_S_MAX, check=False
        )
        if done.returncode != 0:
            raise LocalServerFailed(f"Kafka could not format {self.node.folder}:\n{done.stdout}{done.stderr}")
        beside.rename(self.node.data)


async def _listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection(LOOPBACK, port)
    except OSError:
        return False
    writer.close()
    return True


async def _serves(bootstrap: str) -> bool:
    """Kafka lists a broker only when its controller has let it in."""
    client = AIOKafkaClient(bootstrap_servers=bootstrap, request_timeout_ms=REQUEST_MS)
    try:
        await client.bootstrap()
        return bool(client.cluster.brokers())
    except KafkaError:
        return False
    finally:
        await client.close()
