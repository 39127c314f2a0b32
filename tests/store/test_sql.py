"""SQL as named text: complete, and valid on the schema of this version."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import asyncpg
import pytest

from lotstream.store import sql
from lotstream.store.commit import create_staging
from lotstream.store.connection import SCHEMA
from lotstream.store.sql import files, queries

UNPREPARED = {
    ("commit", "create_staging"),
    ("export", "rows"),
    ("migrate", "create_schema"),
    ("verify", "places"),
    ("verify", "owners"),
}
"""What was done before this test looks, and what has a name to be put in."""


async def test_every_query_is_valid(database_url: str) -> None:
    """The server accepts every named query on the tables of this version."""
    connection = await asyncpg.connect(database_url, server_settings={"search_path": SCHEMA})
    try:
        await create_staging(connection)
        for file in files():
            for name, text in queries(file).items():
                if (file, name) not in UNPREPARED:
                    await connection.prepare(text)
    finally:
        await connection.close()


def test_files_are_found() -> None:
    """The files of queries are found wherever the package is installed."""
    assert {"claims", "commit", "load", "outbox"} <= set(files())


@pytest.mark.parametrize(
    "text",
    [
        "SELECT 1;\n-- name: a\n-- Says what.\nSELECT 2;\n",
        "-- name: a\nSELECT 1;\n",
        "-- name: a\n-- Says what.\n",
        "-- name: a\n-- Says what.\nSELECT 1;\n-- name: a\n-- Again.\nSELECT 2;\n",
    ],
    ids=["text before the first", "no comment", "no query", "a name twice"],
)
def test_untidy_file_is_refused(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A query without a name of its own, a comment or a text is an error when the file is read."""
    (tmp_path / "sql").mkdir()
    (tmp_path / "sql" / "untidy.sql").write_text(text)
    monkeypatch.setattr(sql, "resources", _Resources(tmp_path))
    with pytest.raises(ValueError, match="untidy"):
        queries.__wrapped__("untidy")


class _Resources:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def files(self, package: str) -> Path:
        assert resources.files(package).is_dir()
        return self.folder
