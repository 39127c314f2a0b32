"""The Java command line: a small heap, a quick start, and the class-data archive when there is one."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

HEAP_OPTIONS = (
    "-Xmx256m",
    "-XX:+UseSerialGC",
    # The quick compiler alone: Kafka is up sooner and holds less memory; it is not the limit of a small machine.
    "-XX:TieredStopAtLevel=1",
    "-XX:+ExitOnOutOfMemoryError",
    # No file below /tmp for each Java process.
    "-XX:-UsePerfData",
)

LOG_OPTIONS = (
    "-Dorg.slf4j.simpleLogger.showDateTime=true",
    "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
    # Each start would write some 600 lines of settings.
    "-Dorg.slf4j.simpleLogger.log.org.apache.kafka.common.config=warn",
    # Remarks on single entries of the archive that are skipped.
    "-Xlog:aot*=error",
)

ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "TZ")
"""What a server gets of the owner's environment: JAVA_TOOL_OPTIONS and PG… variables would change what it does."""


@dataclass(frozen=True)
class Java:
    """A Java runtime and the class path of Kafka."""

    program: Path
    jars: Sequence[Path]

    def command(self, main: str, *arguments: str, options: Sequence[str] = ()) -> list[str]:
        """Return the command line that runs a main class of Kafka."""
        class_path = os.pathsep.join(str(jar) for jar in self.jars)
        return [str(self.program), *HEAP_OPTIONS, *LOG_OPTIONS, *options, "-cp", class_path, main, *arguments]


def server_environment() -> dict[str, str]:
    """Return the environment a server is run in."""
    return {name: os.environ[name] for name in ENVIRONMENT if name in os.environ}
