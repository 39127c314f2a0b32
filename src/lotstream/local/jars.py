"""The jars of Kafka: pinned by sha256, kept in the user's cache folder, downloaded when missing.

The list names every jar, so nothing is resolved at run time: Maven Central is asked for the missing files by name, and
not at all when all are there. Made from ``COORDINATES`` by ``pin_jars``; a log4j binding in place of slf4j-simple drags
kafka-clients back to 3.8, and the pom of Kafka 4.4.0 names an artefact that does not exist.
"""

from __future__ import annotations

import asyncio
import errno
import hashlib
import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import count
from pathlib import Path

from lotstream.errors import LocalDownloadFailed, LocalFileTampered, LocalFolderUnfit, LotstreamError
from lotstream.local import extra
from lotstream.local.together import together

KAFKA_VERSION = "4.3.1"
COORDINATES = f"org.apache.kafka:kafka_2.13:{KAFKA_VERSION}+org.slf4j:slf4j-simple:1.7.36"
MIRROR_VARIABLE = "LOTSTREAM_MAVEN_REPOSITORY"
DOWNLOADS_AT_ONCE = 6
TIMEOUT_S = 30

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Jar:
    """One file of a class path, by its Maven coordinates."""

    sha256: str
    group: str
    artifact: str
    version: str

    @property
    def file_name(self) -> str:
        """The name of the file, as Maven repositories have it."""
        return f"{self.artifact}-{self.version}.jar"


@cache
def pinned_jars() -> tuple[Jar, ...]:
    """Return the jars this version of lotstream was published with."""
    return read_list((files("lotstream.local") / "kafka_jars.txt").read_text(encoding="ascii"))


def read_list(text: str) -> tuple[Jar, ...]:
    """Return the jars of a list: a sha256 and coordinates a line, comments begin with ``#``."""
    return tuple(_read_line(line) for line in text.splitlines() if not line.startswith("#"))


def _read_line(line: str) -> Jar:
    sha256, coordinates = line.split()
    return Jar(sha256, *coordinates.split(":"))


async def ready_jars(
    folder: Path, progress: Progress, *, jars: Sequence[Jar] | None = None, title: str = f"Apache Kafka {KAFKA_VERSION}"
) -> list[Path]:
    """Return a class path (Kafka's unless others are named), sorted, after downloading what ``folder`` lacks.

    All of it is checked, downloaded or not; progress speaks of ``title``.

    Raises:
        LocalDownloadFailed: Maven Central did not give a file.
        LocalFileTampered: a file, cached or downloaded, does not have its pinned sha256.
        LocalExtraMissing: something has to be downloaded and jgo is not installed.
    """
    wanted = pinned_jars() if jars is None else jars
    missing = [jar for jar in wanted if not (folder / jar.file_name).exists()]
    if missing:
        await _download_all(missing, folder, lambda count: progress(f"Downloading {title}, once: file {count}"))
    await asyncio.to_thread(_check_all, wanted, folder)
    return sorted(folder / jar.file_name for jar in wanted)


def _check_all(jars: Sequence[Jar], folder: Path) -> None:
    for jar in jars:
        check_sum(folder / jar.file_name, jar.sha256)


def check_sum(file: Path, sha256: str) -> None:
    """Compare a file with the sum it must have.

    Raises:
        LocalFileTampered: they differ.
    """
    found = file_sha256(file)
    if found != sha256:
        raise LocalFileTampered(
            f"{file} has sha256 {found} and not the expected {sha256}.",
            what_to_do=f"Delete {file}; the next start makes or downloads it again.",
        )


def file_sha256(file: Path) -> str:
    """Return the sha256 of a file in hexadecimal."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


async def _download_all(missing: Sequence[Jar], folder: Path, progress: Progress) -> None:
    extra.require_maven()
    turns = asyncio.Semaphore(DOWNLOADS_AT_ONCE)
    done = count(1)

    async def download(jar: Jar) -> None:
        async with turns:
            await asyncio.to_thread(_download, jar, folder)
        progress(f"{next(done)} of {len(missing)}")

    await together(download(jar) for jar in missing)


def _download(jar: Jar, folder: Path) -> None:
    """Fetch one jar beside its place, check it, and only then put it there."""
    with tempfile.TemporaryDirectory(dir=folder, prefix="download-") as beside:
        try:
            file = _fetch(jar, Path(beside))
        except (OSError, RuntimeError) as error:
            raise _download_error(jar, folder, error) from error
        check_sum(file, jar.sha256)
        file.replace(folder / jar.file_name)


def _fetch(jar: Jar, repository: Path) -> Path:
    # Imported here: the package is an extra, and nobody needs it once the files are there.
    from jgo.maven import MavenContext

    mirror = os.environ.get(MIRROR_VARIABLE)
    remotes = {"mirror": mirror} if mirror else None
    maven = MavenContext(repo_cache=repository, remote_repos=remotes, timeout=TIMEOUT_S)
    return maven.project(jar.group, jar.artifact).at_version(jar.version).artifact().resolve()


def _download_error(jar: Jar, folder: Path, error: OSError | RuntimeError) -> LotstreamError:
    if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return LocalFolderUnfit(
            f"There is no room left for {jar.file_name} in {folder}.",
            what_to_do="Free some space, or set XDG_CACHE_HOME to a folder on another disk.",
        )
    return LocalDownloadFailed(f"{jar.file_name} could not be downloaded: {error}")
