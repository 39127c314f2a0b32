from __future__ import annotations

import pytest

from lotstream.settings import Settings


def test_another_process_reads_the_same_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment made of settings gives a process those very settings, whatever was set before."""
    monkeypatch.setenv("LOTSTREAM_PARTITIONS", "64")
    chosen = Settings(postgres_url="postgresql://db/x?host=%2Frun", partitions=8, instance="w-2", claim_timeout_s=1.5)
    for name, value in chosen.as_environment().items():
        monkeypatch.setenv(name, value)
    assert Settings() == chosen
