"""The class-data archive of Kafka, made once: with it Kafka is up in a third of the time.

Java writes it at the end of a run with ``-XX:AOTCacheOutput`` and reads it with ``-XX:AOTCache`` (JEP 483, JEP 514). It
fits one Java, one class path and one set of options, so its name carries a digest of these.
"""

from __future__ import annotations

import asyncio
import hashlib
import tempfile
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from lotstream.local.extra import JAVA_PACKAGE
from lotstream.local.jars import Progress, check_sum, file_sha256
from lotstream.local.java import HEAP_OPTIONS, Java
from lotstream.local.kafka_node import KafkaNode
from lotstream.local.kafka_server import KafkaServer
from lotstream.local.ports import free_ports
from lotstream.local.server import bring_up
from lotstream.local.watched import WatchedServers

WRITE_S_MAX = 120.0
"""How long Java may take to write the archive when it ends; it took 3 s."""


async def ready_archive(java: Java, folder: Path, servers: WatchedServers, progress: Progress) -> list[str]:
    """Return the Java options that use the archive, after making it when ``folder`` has none that fits.

    Raises:
        LocalFileTampered: the archive is not as it was written.
        LocalServerFailed: Kafka did not start for the run that writes it.
    """
    archive = archive_file(folder, java)
    if not archive.exists():
        progress("Making Kafka's class-data archive, once")
        await _make(archive, java, servers)
    if not archive.exists():
        progress("Java wrote no class-data archive; Kafka starts without it, a second slower")
        return []
    await asyncio.to_thread(check_sum, archive, _sum_file(archive).read_text().strip())
    return [f"-XX:AOTCache={archive}"]


def archive_file(folder: Path, java: Java) -> Path:
    """Return where the archive is that fits this Java."""
    digest = hashlib.sha256("\n".join(_what_must_fit(java)).encode()).hexdigest()
    return folder / f"kafka-{digest[:16]}.aot"


async def _make(archive: Path, java: Java, servers: WatchedServers) -> None:
    """Run a Kafka of its own up and down; the archive takes its name only when its sum is noted."""
    with tempfile.TemporaryDirectory(dir=archive.parent, prefix="training-") as beside:
        written = Path(beside) / archive.name
        broker_port, controller_port = free_ports(2)
        node = KafkaNode(Path(beside), broker_port, controller_port)
        server = KafkaServer(node, java, options=[f"-XX:AOTCacheOutput={written}"], stop_s_max=WRITE_S_MAX)
        await KafkaServer(node, java).prepare()
        await bring_up(server, servers)
        await asyncio.to_thread(servers.stop, server.name)
        if written.exists():
            _sum_file(archive).write_text(file_sha256(written) + "\n")
            written.replace(archive)


def _sum_file(archive: Path) -> Path:
    return archive.with_suffix(".sha256")


def _what_must_fit(java: Java) -> Iterator[str]:
    """Java refuses an archive when one of these has changed, the times of the jars among them."""
    yield version(JAVA_PACKAGE)
    yield from HEAP_OPTIONS
    for jar in java.jars:
        yield f"{jar} {jar.stat().st_mtime_ns}"
