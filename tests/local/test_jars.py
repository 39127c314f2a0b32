"""Kafka's jars are the pinned ones or none: nothing else is ever put on the class path."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from pathlib import Path

import pytest
import pytest_asyncio

from lotstream.errors import LocalDownloadFailed, LocalExtraMissing, LocalFileTampered
from lotstream.local import LocalStack
from lotstream.local.archive import archive_file, ready_archive
from lotstream.local.extra import java_program
from lotstream.local.folders import cache_folder
from lotstream.local.jars import COORDINATES, KAFKA_VERSION, MIRROR_VARIABLE, Jar, pinned_jars, ready_jars
from lotstream.local.java import Java
from lotstream.local.lock import FolderLock, wait_for
from lotstream.local.pin_jars import as_text
from lotstream.local.watched import WatchedServers

NOWHERE = "http://127.0.0.1:9"


def ignore(_: str) -> None:
    """Progress that nobody reads."""


@pytest_asyncio.fixture
async def cached(tmp_path: Path) -> Path:
    """A cache with every jar in it, as links to the user's own, so that a test can change single ones."""
    folder = cache_folder() / f"kafka-{KAFKA_VERSION}"
    lock = await wait_for(folder)
    for jar in await ready_jars(folder, ignore):
        (tmp_path / jar.name).symlink_to(jar)
    lock.free()
    return tmp_path


class QuietHandler(SimpleHTTPRequestHandler):
    """Serves files and writes no log."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def mirror(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A Maven mirror on loopback that serves the files of a folder."""
    folder = tmp_path_factory.mktemp("mirror")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietHandler, directory=str(folder)))
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    monkeypatch.setenv(MIRROR_VARIABLE, f"http://127.0.0.1:{server.server_port}")
    yield folder
    server.shutdown()
    serving.join()
    server.server_close()


def names_in(folder: Path) -> set[str]:
    """Return the names of what lies in a folder."""
    return {path.name for path in folder.iterdir()}


def put_on(mirror: Path, jar: Jar, content: bytes) -> None:
    """Give the mirror a file where Maven looks for the jar."""
    place = mirror.joinpath(*jar.group.split("."), jar.artifact, jar.version, jar.file_name)
    place.parent.mkdir(parents=True)
    place.write_bytes(content)


async def test_with_all_jars_there_nothing_is_asked_for(cached: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full cache is enough to start without a network."""
    monkeypatch.setenv(MIRROR_VARIABLE, NOWHERE)
    jars = await ready_jars(cached, ignore)
    assert jars == sorted(jars)
    assert len(jars) == len(pinned_jars())


async def test_a_tampered_jar_is_refused(cached: Path) -> None:
    """One changed byte in the cache keeps Kafka from starting, and the message names the file to delete."""
    jar = cached / pinned_jars()[0].file_name
    content = bytearray(jar.read_bytes())
    content[-1] ^= 1
    jar.unlink()
    jar.write_bytes(content)
    with pytest.raises(LocalFileTampered) as refused:
        await ready_jars(cached, ignore)
    assert str(jar) in refused.value.what_to_do


async def test_a_missing_jar_is_downloaded(cached: Path, mirror: Path) -> None:
    """Only what is missing is fetched, from the mirror that is set, and progress says so."""
    jar = pinned_jars()[0]
    put_on(mirror, jar, (cached / jar.file_name).read_bytes())
    (cached / jar.file_name).unlink()
    said: list[str] = []
    assert cached / jar.file_name in await ready_jars(cached, said.append)
    assert [words.endswith("file 1 of 1") for words in said] == [True]


async def test_a_wrong_download_is_refused(cached: Path, mirror: Path) -> None:
    """What a mirror gives in place of a pinned jar never reaches the cache."""
    jar = pinned_jars()[0]
    put_on(mirror, jar, b"something else")
    (cached / jar.file_name).unlink()
    with pytest.raises(LocalFileTampered):
        await ready_jars(cached, ignore)
    assert names_in(cached) == {each.file_name for each in pinned_jars()[1:]}


async def test_an_unreachable_maven_is_explained(cached: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a network and with a jar missing, the error names the file and says what can be done."""
    monkeypatch.setenv(MIRROR_VARIABLE, NOWHERE)
    jar = cached / pinned_jars()[0].file_name
    jar.unlink()
    with pytest.raises(LocalDownloadFailed, match=jar.name) as failed:
        await ready_jars(cached, ignore)
    assert MIRROR_VARIABLE in failed.value.what_to_do


async def test_missing_packages_are_named(open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the extra, starting says how to install it; importing the module works all the same."""
    monkeypatch.setattr("lotstream.local.extra.find_spec", lambda _: None)
    with pytest.raises(LocalExtraMissing) as refused:
        await LocalStack(open_folder / "stack").start()
    assert "pip install 'lotstream[local]'" in refused.value.what_to_do


async def test_a_tampered_archive_is_refused(cached: Path) -> None:
    """The class-data archive is checked against the sum noted when it was written."""
    java = Java(java_program(), await ready_jars(cached, ignore))
    archive = archive_file(cached, java)
    archive.write_bytes(b"not what Java wrote")
    archive.with_suffix(".sha256").write_text("0" * 64)
    lock = FolderLock(cached)
    servers = WatchedServers(cached, folder_lock=lock.file)
    with pytest.raises(LocalFileTampered, match=archive.name):
        await ready_archive(java, cached, servers, ignore)
    servers.close()
    lock.free()


def test_the_pinned_list_has_what_was_asked_for() -> None:
    """Kafka and its log binding are among the jars, and no file is named twice."""
    named = {f"{jar.group}:{jar.artifact}:{jar.version}" for jar in pinned_jars()}
    assert set(COORDINATES.split("+")) <= named
    assert len({jar.file_name for jar in pinned_jars()}) == len(pinned_jars())


def test_the_pinned_list_is_as_its_tool_writes_it() -> None:
    """The list in the package has the tool's heading and order, so that an update changes single lines."""
    assert as_text(reversed(pinned_jars())) == (files("lotstream.local") / "kafka_jars.txt").read_text()
