"""Looking at the settings that all workers have alike, and changing them."""

from __future__ import annotations

from lotstream.hub.agreed import FIXED, Shared, check, compare, open_agreed
from lotstream.settings import Settings
from lotstream.store.logs import hold_log


async def read_agreed(settings: Settings) -> list[Shared]:
    """Return every setting that all workers have alike, as agreed and as it is here."""
    async with open_agreed(settings) as session:
        return compare(settings, await session.read())


async def change_agreed(settings: Settings) -> list[tuple[str, str | None, str]]:
    """Make what is set here so for all; returns variable, value before and value after of what was changed.

    Raises `LogInUse` while workers or connectors run, and `SettingsDiffer` for the one that nobody can change.
    """
    app, timeout_s = f"{settings.app}-log", settings.postgres_timeout_s
    async with hold_log(settings.postgres_url, app=app, timeout_s=timeout_s), open_agreed(settings) as session:
        shared = compare(settings, await session.read())
        check([one for one in shared if one.name == FIXED])
        changed = [one for one in shared if one.is_set and one.agreed != one.here]
        await session.change({one.name: one.here for one in changed})
    return [(one.variable, one.agreed, one.here) for one in changed]
