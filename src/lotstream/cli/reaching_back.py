"""Saying of what is read from histories that it does not reach back to the beginning."""

from __future__ import annotations

from lotstream.cli.environment import read_settings
from lotstream.cli.output import complain


async def say_how_far() -> None:
    """Say on standard error where histories are missing of what an older version decided."""
    from lotstream.store.backfill import FIRST_VERSION, Backfill

    settings = read_settings()
    async with Backfill(settings.postgres_url, timeout_s=settings.postgres_timeout_s) as backfill:
        if await backfill.unfilled():
            complain(f"What {FIRST_VERSION} decided is not in it.", "Run `lotstream db backfill`, which adds it.")
