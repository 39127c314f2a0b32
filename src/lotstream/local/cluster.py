"""Several Kafka nodes on one machine: replicated topics, and brokers that can be killed one by one."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from lotstream.errors import LocalStackError
from lotstream.local.folders import make_folder
from lotstream.local.kafka_node import KafkaNode, new_cluster_id
from lotstream.local.kafka_runtime import ready_runtime
from lotstream.local.kafka_server import KafkaServer
from lotstream.local.lock import FolderLock, take_data_folder
from lotstream.local.ports import kept_ports
from lotstream.local.server import bring_up
from lotstream.local.together import together
from lotstream.local.watched import WatchedServers

NODES = 3
REPLICATION = 3
IN_SYNC_MIN = 2
"""With three replicas and two in sync one broker may be gone, and nothing that was acknowledged is lost."""


class KafkaCluster:
    """Three nodes, each broker and controller, whose data lies in one folder; they end with this process."""

    def __init__(self, folder: Path, *, temporary: bool = False, progress: Callable[[str], None] | None = None) -> None:
        """Name the data folder; nothing is made before ``start``. A ``temporary`` folder is removed at the end."""
        self.folder = folder.absolute()
        self._temporary = temporary
        self._progress = progress or (lambda _: None)
        self._lock: FolderLock | None = None
        self._servers: WatchedServers | None = None
        self._nodes: dict[int, KafkaServer] = {}
        self._pids: dict[int, int] = {}

    @property
    def bootstrap(self) -> str:
        """Where clients connect: every broker, since any of them may be gone."""
        return ",".join(server.node.bootstrap for server in self._nodes.values())

    @property
    def nodes(self) -> list[int]:
        """The ids of all nodes."""
        return list(self._nodes)

    async def start(self, environments: Mapping[int, Mapping[str, str]] | None = None) -> str:
        """Start all nodes, some with further environment variables, and return where clients connect.

        Raises:
            LocalStackError: something a person has to look at, said in words.
        """
        try:
            make_folder(self.folder)
            self._lock = await take_data_folder(self.folder)
            remove = [self.folder] if self._temporary else []
            self._servers = WatchedServers(self.folder, folder_lock=self._lock.file, remove=remove)
            runtime = await ready_runtime(self._servers, self._progress)
            self._nodes = {
                node.node_id: KafkaServer(
                    node, runtime.java, runtime.options, environment=(environments or {}).get(node.node_id, {})
                )
                for node in _nodes(self.folder)
            }
            await together(server.prepare() for server in self._nodes.values())
            await self.start_nodes(self._nodes)
        except BaseException:
            await self.stop()
            raise
        return self.bootstrap

    async def start_nodes(self, nodes: Iterable[int]) -> None:
        """Start nodes at the same time; a quorum only answers together."""
        wanted = list(nodes)
        pids = await together(bring_up(self._nodes[node], self._watched) for node in wanted)
        self._pids.update(zip(wanted, pids, strict=True))

    async def kill(self, nodes: Iterable[int]) -> None:
        """End nodes as a power cut would, and wait until they are gone."""
        for node in nodes:
            os.kill(self._pids[node], signal.SIGKILL)
            await asyncio.to_thread(self._watched.stop, self._nodes[node].name)

    async def stop_nodes(self, nodes: Iterable[int]) -> None:
        """End nodes in order, at the same time."""
        await asyncio.to_thread(self._watched.stop, *(self._nodes[node].name for node in nodes))

    async def stop(self) -> None:
        """End all nodes and give the folder free; does nothing when they are not started."""
        servers, self._servers = self._servers, None
        lock, self._lock = self._lock, None
        self._pids.clear()
        if servers is not None:
            await asyncio.to_thread(servers.close)
        if lock is not None:
            lock.free()
        if self._temporary:
            await asyncio.to_thread(shutil.rmtree, self.folder, ignore_errors=True)

    @property
    def _watched(self) -> WatchedServers:
        if self._servers is None:
            raise LocalStackError("The Kafka cluster is not started.")
        return self._servers


def _nodes(folder: Path) -> list[KafkaNode]:
    """Return the nodes, each knowing the controllers of all; the cluster's id and ports are kept in the folder."""
    numbers = range(1, NODES + 1)
    names = tuple(f"{part}-{number}" for number in numbers for part in ("broker", "controller"))
    ports = kept_ports(folder / "ports.json", names)
    noted = folder / "cluster-id"
    if not noted.exists():
        noted.write_text(new_cluster_id())
    alone = [
        KafkaNode(folder / f"kafka-{number}", ports[f"broker-{number}"], ports[f"controller-{number}"], node_id=number)
        for number in numbers
    ]
    voters = tuple(node.voter for node in alone)
    return [
        KafkaNode(
            node.folder, node.broker_port, node.controller_port, node_id=node.node_id, voters=voters,
            cluster_id=noted.read_text(), replication=REPLICATION, in_sync_min=IN_SYNC_MIN,
        )
        for node in alone
    ]  # fmt: skip
