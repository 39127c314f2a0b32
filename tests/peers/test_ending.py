"""The benchmark can be ended at any moment and leaves nothing behind."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import pytest

from benchmarks.peers import __main__ as command
from lotstream.errors import ExitCode


def test_sigterm_ends_it_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SIGTERM goes through the same clean-up as Ctrl-C: its folder is gone, and the exit code says interrupted."""

    async def ended_meanwhile(*_: object) -> None:
        assert list(tmp_path.glob("lotstream-peers-*"))
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.Event().wait()

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(command, "ready_tools", ended_meanwhile)

    assert command.main(["--only", "odoo-style"]) == ExitCode.INTERRUPTED
    assert not list(tmp_path.iterdir())
