"""What a fault run needs of its servers; `lotstream.local` has them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol


class Clock(Protocol):
    """A wall clock that can be put wrong for the processes that go by it."""

    @property
    def environment(self) -> Mapping[str, str]:
        """The environment variables of a process that is to go by it."""
        ...

    def shift(self, seconds: int) -> None:
        """Put it so many seconds ahead of the true time; 0 puts it right."""
        ...


class Servers(Protocol):
    """Kafka brokers and a PostgreSQL that can be broken."""

    @property
    def postgres_url(self) -> str:
        """The database without anything in between."""
        ...

    @property
    def postgres_socket(self) -> Path:
        """The Unix socket that PostgreSQL listens on."""
        ...

    @property
    def kafka_bootstrap(self) -> str:
        """Where Kafka clients connect."""
        ...

    @property
    def brokers(self) -> list[int]:
        """The ids of all brokers."""
        ...

    @property
    def disk_can_be_filled(self) -> bool:
        """Say whether PostgreSQL writes to a disk that can be filled."""
        ...

    @property
    def broker_clock(self) -> Clock | None:
        """The clock of one broker; None where no clock can be put wrong."""
        ...

    @property
    def worker_clock(self) -> Clock | None:
        """A clock for a worker; None where no clock can be put wrong."""
        ...

    async def kill_brokers(self, brokers: list[int]) -> None:
        """End brokers as a power cut would."""
        ...

    async def start_brokers(self, brokers: list[int]) -> None:
        """Start brokers again on their data."""
        ...

    async def kill_postgres(self) -> None:
        """End PostgreSQL as a power cut would."""
        ...

    async def start_postgres(self) -> None:
        """Start PostgreSQL again on its data."""
        ...

    def freeze_postgres(self) -> None:
        """Let no process of PostgreSQL do anything."""
        ...

    def thaw_postgres(self) -> None:
        """Let PostgreSQL go on."""
        ...

    def fill_disk(self) -> None:
        """Leave no byte on the disk that PostgreSQL writes to."""
        ...

    def empty_disk(self) -> None:
        """Give the room back."""
        ...

    async def copy_postgres(self, name: str) -> None:
        """Keep a copy of PostgreSQL's data under a name; it is stopped meanwhile."""
        ...

    async def put_postgres_back(self, name: str) -> None:
        """Replace PostgreSQL's data by a copy that was kept."""
        ...
