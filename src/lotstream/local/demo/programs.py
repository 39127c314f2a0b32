"""The processes of the demo: a worker, three connectors and the warehouse simulator, each as its own command."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from lotstream.errors import DemoFailed
from lotstream.local.ports import LOOPBACK, free_ports
from lotstream.local.supervise import Happening, Program, Supervisor, What
from lotstream.settings import PREFIX, Settings

SHOP: Final = "lotstream-demo.myshopify.com"
PARTNER: Final = "ZZ-DEMORETAIL"
POLL_S: Final = 0.2
"""Seconds between two looks into an inbox."""

LOG_LINES_SHOWN: Final = 12


@dataclass(frozen=True, slots=True)
class House:
    """Where the processes of the demo find one another and their files."""

    folder: Path
    webhook_port: int
    #: Signs the webhooks; another one each time.
    secret: str = field(repr=False)

    @classmethod
    def made_in(cls, folder: Path) -> House:
        """Make the folders of inboxes and logs and choose a port for the webhook."""
        house = cls(folder, free_ports(1)[0], secrets.token_hex(32))
        for made in (house.inbox("edi"), house.inbox("flatfile"), house.logs):
            made.mkdir(parents=True)
        return house

    @property
    def webhook(self) -> str:
        """The address of the Shopify webhook."""
        return f"http://{LOOPBACK}:{self.webhook_port}/webhooks"

    @property
    def logs(self) -> Path:
        """The folder of the processes' log files."""
        return self.folder / "logs"

    def inbox(self, connector: str) -> Path:
        """Return the folder a connector takes its files from."""
        return self.folder / "inbox" / connector

    def log(self, program: str) -> Path:
        """Return the log file of a program."""
        return self.logs / f"{program.replace(' ', '-')}.log"


def programs(house: House, settings: Settings, *, owner: str) -> list[Program]:
    """Return everything that runs beside the servers."""
    connectors = {
        "shopify": {
            "SHOPIFY_HOST": LOOPBACK,
            "SHOPIFY_PORT": str(house.webhook_port),
            "SHOPIFY_SHOPS": json.dumps(
                [{"domain": SHOP, "owner": owner, "secrets": [house.secret], "customer": "WEB"}]
            ),
        },
        "edi": {
            "EDI_INBOX": str(house.inbox("edi")),
            "EDI_POLL_S": str(POLL_S),
            "EDI_PARTNERS": json.dumps({PARTNER: {"owner": owner, "customer_party": "ST"}}),
        },
        "flatfile": {
            "FLATFILE_INBOX": str(house.inbox("flatfile")),
            "FLATFILE_POLL_S": str(POLL_S),
            "FLATFILE_OWNER": owner,
        },
    }
    return [
        _program(house, settings, "worker"),
        *(_program(house, settings, f"connector run {name}", own=own) for name, own in connectors.items()),
        _program(house, settings, "simulator"),
    ]


def _program(house: House, settings: Settings, command: str, *, own: Mapping[str, str] | None = None) -> Program:
    """Return a program with the demo's settings and, for a connector, options of its own."""
    # What is set for a hub of one's own does not reach the demo.
    others = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    options = {f"{PREFIX}{name}": value for name, value in (own or {}).items()}
    name = command.replace(" run", "")
    argv = (sys.executable, "-m", "lotstream.cli", *command.split())
    return Program(name, argv, {**others, **settings.as_environment(), **options}, log=house.log(name))


class Running:
    """Programs that run for the time of a ``with`` block; none of them is expected to end before it."""

    def __init__(self, house: House, wanted: list[Program]) -> None:
        self._house = house
        self._supervisor = Supervisor(wanted, tell=self._tell)
        self._ended: asyncio.Future[Happening] = asyncio.get_running_loop().create_future()
        self._running: asyncio.Task[dict[str, int]] | None = None
        self._closing = False

    async def __aenter__(self) -> Self:
        self._running = asyncio.create_task(self._supervisor.run(), name="programs")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing = True
        await self._supervisor.stop()
        if self._running is not None:
            with suppress(asyncio.CancelledError):
                await self._running

    async def all_well(self) -> None:
        """Wait for a program to end, which none should; raises `DemoFailed` with the last lines of its log then."""
        happening = await self._ended
        log = self._house.log(happening.program)
        raise DemoFailed(
            f"The process {happening.program} ended with exit code {happening.exit_code}. Its last lines:\n{tail(log)}"
        )

    def _tell(self, happening: Happening) -> None:
        if happening.what is not What.STARTED and not self._closing and not self._ended.done():
            self._ended.set_result(happening)


def tail(log: Path) -> str:
    """Return the last lines of a log file."""
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    return "\n".join(lines[-LOG_LINES_SHOWN:]) or "(nothing)"
