"""Migrations are written so that a deployment can roll: what is released stays, and before comes before after."""

from __future__ import annotations

import re
from zipfile import ZipFile

import pytest

from lotstream.store.migrate import Migration, migrations
from tests.upgrade.released import VERSION, WHEEL

FOLDER = "lotstream/store/migrations/"
BREAKING = re.compile(
    r"\bDROP\s+(?:TABLE|COLUMN|FUNCTION|TYPE)\b|\bRENAME\b|\bSET\s+NOT\s+NULL\b|\bALTER\s+COLUMN\s+\S+\s+(?:SET\s+DATA\s+)?TYPE\b",
    re.IGNORECASE,
)
"""What the code that still runs cannot live with."""


def released() -> dict[str, str]:
    """Return the migrations of the last release by name."""
    with ZipFile(WHEEL) as wheel:
        names = [name for name in wheel.namelist() if name.startswith(FOLDER) and name.endswith(".sql")]
        return {name.removeprefix(FOLDER): wheel.read(name).decode() for name in names}


def unreleased() -> list[Migration]:
    """Return the migrations since the last release, in order."""
    return [migration for migration in migrations() if migration.name not in released()]


def test_released_migrations_are_frozen() -> None:
    """Every migration of the last release is still there with the text it was released with."""
    today = {migration.name: migration.text for migration in migrations()}
    assert released().items() <= today.items(), f"a migration that was released with {VERSION} was changed"


def test_new_migrations_come_after_the_released_ones() -> None:
    """A migration made since the last release has a higher number than any released one, and one of its own."""
    numbers = [migration.name[:4] for migration in unreleased()]
    assert all(number > max(released())[:4] for number in numbers)
    assert len(set(numbers)) == len(numbers)


def test_before_comes_before_after() -> None:
    """Since the last release nothing that runs before deployment stands behind what runs after it."""
    kinds = [migration.is_post for migration in unreleased()]
    assert kinds == sorted(kinds), "`db migrate --before-deployment` would stop before it has applied everything"


@pytest.mark.parametrize(
    "migration", [one for one in unreleased() if not one.is_post], ids=lambda migration: str(migration.name)
)
def test_what_runs_before_deployment_takes_nothing_away(migration: Migration) -> None:
    """A migration that runs while the old code does drops, renames and retypes nothing."""
    statements = "\n".join(line for line in migration.text.splitlines() if not line.lstrip().startswith("--"))
    assert BREAKING.search(statements) is None


@pytest.mark.parametrize(
    "text", ["ALTER TABLE a DROP COLUMN b", "alter table a rename to b", "ALTER TABLE a ALTER COLUMN b TYPE bigint"]
)
def test_what_breaks_the_old_code_is_found(text: str) -> None:
    """Statements that take something away are known as such."""
    assert BREAKING.search(text)
