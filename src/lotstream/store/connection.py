"""Connections to PostgreSQL: how they are opened, how long a call may last, and what its failures mean.

Every call has a limit on both sides: the server ends a statement, a lock wait or an idle transaction by itself, and the
client gives up a little later. A worker that froze in the middle of a transaction therefore holds its rows for seconds.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import asyncpg
from asyncpg import exceptions as refused

from lotstream.errors import ConstraintViolated, NotMigrated, PostgresUnreachable, SettingInvalid
from lotstream.ops.limits import reached

if TYPE_CHECKING:
    from asyncpg import Record
    from asyncpg.pool import PoolConnectionProxy

    Connection = asyncpg.Connection[Record] | PoolConnectionProxy[Record]
    Prepare = Callable[[asyncpg.Connection[Record]], Coroutine[Any, Any, None]]

SCHEMA: Final = "lotstream"
"""Schema of the hub's tables; a connector has one of its own."""

CONNECTIONS_MIN: Final = 1
CONNECTIONS_MAX: Final = 4
"""Connections of one store beside the one that holds the instance lock, unless its owner's settings say otherwise."""

LIMIT: Final = "postgres_connections_max"
"""The limit on connections, as the metrics call it."""

TIME_LIMIT: Final = "postgres_timeout_s"
"""The limit on one call, as the metrics call it."""

IDLE_IN_TRANSACTION_S: Final = 5.0
"""How long a transaction may wait for its client before the server ends it."""

CLIENT_GRACE_S: Final = 1.0
"""How much longer than the server the client waits, so that the server's answer is the one that is seen."""

WORK_MEM: Final = "16MB"
"""Memory of one step of a query: a batch's bodies fit, so that nothing is spilled to a file."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a database is, who asks, and how long one call may last."""

    url: str
    #: Shown in ``pg_stat_activity``.
    app: str
    call_s: float = 15.0
    connect_s: float = 5.0
    #: A wait for a row somebody else has locked: longer than a frozen transaction can hold it.
    lock_s: float = 8.0
    #: A transaction that waits for its client; None: as long as it likes, for those that lock nothing.
    idle_s: float | None = IDLE_IN_TRANSACTION_S
    schema: str = SCHEMA
    connections_max: int = CONNECTIONS_MAX
    #: Every query of a worker is by key; without statistics the planner would now and then read a whole table instead.
    by_key_only: bool = False
    #: Plan a query anew for each call: one that asks for a SKU or for all of them (null) has no plan that fits both.
    plan_each_call: bool = False

    def session(self) -> dict[str, str]:
        """Return the settings of a session."""
        always = {
            "application_name": self.app,
            "search_path": self.schema,
            "timezone": "UTC",
            "jit": "off",
            "work_mem": WORK_MEM,
            "statement_timeout": _ms(self.call_s),
            "lock_timeout": _ms(self.lock_s),
            "idle_in_transaction_session_timeout": _ms(self.idle_s or 0),
            "client_connection_check_interval": "2s",
            # Together 9 s: whoever takes the place of a machine that died waits 10 s for its instance id.
            "tcp_keepalives_idle": "3",
            "tcp_keepalives_interval": "2",
            "tcp_keepalives_count": "3",
        }
        keyed = {"enable_seqscan": "off", "enable_hashjoin": "off", "enable_mergejoin": "off"}
        planned = {"plan_cache_mode": "force_custom_plan"}
        return always | (keyed if self.by_key_only else {}) | (planned if self.plan_each_call else {})


async def connect(address: Address) -> asyncpg.Connection[Record]:
    """Open one connection; raises `PostgresUnreachable` or `SettingInvalid`."""
    with translated(), _connecting():
        return await asyncpg.connect(address.url, **_options(address))


class Database:
    """A few connections to one database, and queries over them."""

    def __init__(self, address: Address, *, prepare: Prepare | None = None) -> None:
        self.address = address
        #: Done once with each new connection.
        self._prepare = prepare
        self._pool: asyncpg.Pool[Record] | None = None
        #: Calls that have a connection or wait for one.
        self._calls = 0

    async def open(self) -> None:
        """Connect; raises `PostgresUnreachable` or `SettingInvalid`."""
        with translated(), _connecting():
            self._pool = await asyncpg.create_pool(
                self.address.url,
                min_size=CONNECTIONS_MIN,
                max_size=self.address.connections_max,
                init=self._prepare,
                reset=_leave_as_is,
                **_options(self.address),
            )

    async def close(self) -> None:
        """Close all connections; calls under way are given as long as one call may last."""
        pool, self._pool = self._pool, None
        if pool is None:
            return
        try:
            async with asyncio.timeout(self.address.call_s):
                await pool.close()
        except TimeoutError:
            pool.terminate()

    @property
    def in_use(self) -> int:
        """How many connections do something at this moment."""
        return min(self._calls, self.address.connections_max)

    async def fetch(self, query: str, *args: object) -> list[Record]:
        """Return the rows of a query."""
        async with self._connection() as connection:
            return await connection.fetch(query, *args)

    async def row(self, query: str, *args: object) -> Record | None:
        """Return the first row of a query, or None."""
        async with self._connection() as connection:
            return await connection.fetchrow(query, *args)

    async def value(self, query: str, *args: object) -> Any:  # noqa: ANN401 - whatever the column holds
        """Return the first column of the first row of a query, or None."""
        async with self._connection() as connection:
            return await connection.fetchval(query, *args)

    async def execute(self, query: str, *args: object) -> str:
        """Run a statement and return its status, such as ``DELETE 3``."""
        async with self._connection() as connection:
            return await connection.execute(query, *args)

    @asynccontextmanager
    async def transaction(self, *, calls: int = 1) -> AsyncIterator[Connection]:
        """Give a connection inside a transaction, committed at the end and rolled back by any exception.

        It may last as long as so many calls.
        """
        limit_s = calls * self.address.call_s + CLIENT_GRACE_S
        with translated():
            async with asyncio.timeout(limit_s), self._connection() as connection, connection.transaction():
                yield connection

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[Connection]:
        if self._pool is None:
            raise PostgresUnreachable("The store is not open.")
        if self._calls >= self.address.connections_max:
            reached(LIMIT)
        self._calls += 1
        try:
            with translated():
                async with self._pool.acquire(timeout=self.address.call_s) as connection:
                    yield connection
        finally:
            self._calls -= 1


@contextmanager
def translated() -> Iterator[None]:
    """Turn the driver's errors into ours; what has no name here passes through and stops the process."""
    try:
        yield
    except refused.IntegrityConstraintViolationError as error:
        raise ConstraintViolated(
            error.constraint_name, detail=error.detail, check=isinstance(error, refused.CheckViolationError)
        ) from error
    except (refused.DataError, refused.ProgramLimitExceededError, OverflowError, UnicodeEncodeError) as error:
        # A value no column can hold: a NUL character, a number beyond 64 bits, a key longer than an index takes.
        raise ConstraintViolated(None, detail=str(error)) from error
    except (refused.UndefinedTableError, refused.UndefinedColumnError, refused.InvalidSchemaNameError) as error:
        raise NotMigrated(f"The database does not have what this version needs: {error}.") from error
    except (refused.InvalidAuthorizationSpecificationError, refused.InvalidCatalogNameError) as error:
        raise SettingInvalid(f"PostgreSQL refuses the connection: {error}.") from error
    except _UNREACHABLE as error:
        if isinstance(error, refused.QueryCanceledError | TimeoutError):
            reached(TIME_LIMIT)
        raise PostgresUnreachable(f"PostgreSQL does not answer: {str(error) or type(error).__name__}.") from error


@contextmanager
def _connecting() -> Iterator[None]:
    try:
        yield
    except (refused.ClientConfigurationError, ValueError) as error:
        raise SettingInvalid(f"LOTSTREAM_POSTGRES_URL cannot be used: {error}.") from error


_UNREACHABLE: Final = (
    OSError,  # and TimeoutError
    refused.PostgresConnectionError,
    refused.InterfaceError,
    refused.InsufficientResourcesError,
    refused.OperatorInterventionError,
    refused.LockNotAvailableError,
    refused.IdleInTransactionSessionTimeoutError,
    refused.DeadlockDetectedError,
)


def _options(address: Address) -> dict[str, Any]:
    return {
        "timeout": address.connect_s,
        "command_timeout": address.call_s + CLIENT_GRACE_S,
        "server_settings": address.session(),
    }


async def _leave_as_is(connection: Connection) -> None:
    """Spare a round trip per call: no query here changes its session."""


def _ms(seconds: float) -> str:
    return str(round(seconds * 1000))
