"""What Kafka runs on: Java, the jars and the class-data archive, fetched and made once for all stacks of a user."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lotstream.local import extra
from lotstream.local.archive import ready_archive
from lotstream.local.folders import cache_folder
from lotstream.local.jars import KAFKA_VERSION, Progress, ready_jars
from lotstream.local.java import Java
from lotstream.local.lock import wait_for
from lotstream.local.watched import WatchedServers


@dataclass(frozen=True)
class KafkaRuntime:
    """A Java with Kafka on its class path, and the options that make it start quickly."""

    java: Java
    options: Sequence[str]


async def ready_runtime(servers: WatchedServers, progress: Progress) -> KafkaRuntime:
    """Return what Kafka runs on; downloads and makes what the cache lacks, and checks all of it.

    Raises:
        LocalExtraMissing: a package is not installed.
        LocalDownloadFailed: Maven Central did not give a file.
        LocalFileTampered: a cached file is not what it should be.
    """
    program = extra.java_program()
    folder = cache_folder() / f"kafka-{KAFKA_VERSION}"
    lock = await wait_for(folder)
    try:
        java = Java(program, await ready_jars(folder, progress))
        return KafkaRuntime(java, await ready_archive(java, folder, servers, progress))
    finally:
        lock.free()
