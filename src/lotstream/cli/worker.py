"""``lotstream worker``: one worker of the hub."""

from __future__ import annotations

import typer

from lotstream.cli.environment import configure_logs, read_settings, run


def register(app: typer.Typer) -> None:
    """Add the command ``worker``."""
    app.command("worker")(worker)


def worker() -> None:
    """Run one worker of the hub.

    It ends with SIGTERM or SIGINT. Start as many as there is work for, each with a LOTSTREAM_INSTANCE of its own.
    """
    from lotstream.hub.worker import run_worker

    settings = read_settings()
    configure_logs(settings)
    run(run_worker(settings))
