"""Without a network the benchmark says what it lacks and what can be done, before any server is started."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.peers.java import peers_jars, ready_java_peers
from benchmarks.peers.quix import environment
from lotstream.errors import LocalDownloadFailed
from lotstream.local.folders import cache_folder
from lotstream.local.jars import KAFKA_VERSION, MIRROR_VARIABLE, ready_jars
from lotstream.local.lock import wait_for

NOWHERE = "http://127.0.0.1:9"


def silent(_: str) -> None:
    """Progress that nobody reads."""


@pytest.fixture
async def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache that has Kafka's own jars and nothing for the peers."""
    name = f"kafka-{KAFKA_VERSION}"
    lock = await wait_for(cache_folder() / name)
    jars = await ready_jars(cache_folder() / name, silent)
    lock.free()
    folder = tmp_path / "lotstream"
    (folder / name).mkdir(parents=True)
    for jar in jars:
        (folder / name / jar.name).symlink_to(jar)
    monkeypatch.setattr("benchmarks.peers.java.cache_folder", lambda: folder)
    monkeypatch.setattr("benchmarks.peers.quix.environment.cache_folder", lambda: folder)
    return folder


async def test_jars_that_cannot_be_downloaded_are_named(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first jar that Maven Central does not give is named, with the mirror one may set."""
    monkeypatch.setenv(MIRROR_VARIABLE, NOWHERE)

    with pytest.raises(LocalDownloadFailed) as failed:
        await ready_java_peers(tmp_path / "classes", silent)

    assert any(jar.file_name in str(failed.value) for jar in peers_jars())
    assert MIRROR_VARIABLE in failed.value.what_to_do


async def test_packages_that_cannot_be_installed_are_explained(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When pip finds no index, the message says what could not be installed, and nothing counts as installed."""
    monkeypatch.setenv("PIP_NO_INDEX", "1")

    with pytest.raises(LocalDownloadFailed, match="Quix Streams could not be installed") as failed:
        await environment.ready_quix(silent)

    assert "--only" in failed.value.what_to_do
    assert not list(cache.glob("peers/quix-*/complete"))
