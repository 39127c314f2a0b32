"""Settings that all workers must have alike: kept in the database, so that no worker goes by others.

Two workers that take turns with a partition would otherwise decide the same records differently, and a replay after a
restore would differ from what was published. Which settings these are and why stands with `AGREED`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from lotstream.errors import SettingsDiffer
from lotstream.settings import AGREED, PREFIX, Settings
from lotstream.store.agreed import Agreed

FIXED: Final = "app"
"""The setting that nobody can change: positions in Kafka are noted under it, and without them messages go out twice."""


@dataclass(frozen=True, slots=True)
class Shared:
    """One setting that is the same for all workers."""

    name: str
    #: None before a worker has ever started.
    agreed: str | None
    here: str
    #: Whether it was set here, and is not the default.
    is_set: bool

    @property
    def variable(self) -> str:
        """Return the environment variable that sets it."""
        return f"{PREFIX}{self.name.upper()}"

    @property
    def shown(self) -> str:
        """Return what holds here, and that nobody has set it when that is so."""
        return self.here if self.is_set else "not set"

    @property
    def differs(self) -> bool:
        """Tell whether it says something else here; one that is not set follows what was agreed, but for the name."""
        return self.agreed not in (None, self.here) and (self.is_set or self.name == FIXED)


def compare(settings: Settings, agreed: Mapping[str, str]) -> list[Shared]:
    """Return every setting that all workers have alike, beside its value here."""
    set_here = settings.model_fields_set
    return [Shared(name, agreed.get(name), value, name in set_here) for name, value in values_of(settings).items()]


def values_of(settings: Settings) -> dict[str, str]:
    """Return the values to agree on, as text."""
    return {name: str(getattr(settings, name)) for name in AGREED}


async def under_agreement(settings: Settings) -> Settings:
    """Return settings with what all workers have agreed on in place of what is not set here; the first one decides.

    Call it while the log is shared or held, so that nobody changes it meanwhile. Raises `SettingsDiffer` when something
    else is set here.
    """
    async with open_agreed(settings) as session:
        agreed = await session.agree(values_of(settings))
    check(compare(settings, agreed))
    followed = {name: type(getattr(settings, name))(agreed[name]) for name in AGREED}
    return settings.model_copy(update=followed)


def open_agreed(settings: Settings) -> Agreed:
    """Return what was agreed on in the database of these settings, to be opened."""
    return Agreed(settings.postgres_url, app=f"{settings.app}-agreed", timeout_s=settings.postgres_timeout_s)


def check(shared: list[Shared]) -> None:
    """Raise `SettingsDiffer` for the first setting that says something else than was agreed."""
    for one in shared:
        if one.differs:
            raise SettingsDiffer(
                f"{one.variable} is {one.here} here, and the workers of this database have agreed on {one.agreed}.",
                what_to_do=_what_to_do(one),
            )


def _what_to_do(one: Shared) -> str:
    if one.name == FIXED:
        return f"Set {one.variable}={one.agreed}: Kafka has this hub's positions under that name."
    return (
        f"Unset {one.variable} here, or stop every worker and connector and run `lotstream db settings --change` with "
        "it to make it so for all."
    )
