"""Whether topics hold enough for the oldest backup, and records that are read again are still known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from lotstream.cli.setup import DAY_MS
from lotstream.contracts.topics import INBOUND
from lotstream.ops.topics import Topic
from lotstream.settings import Settings

FOREVER: Final = -1
"""What Kafka has for a limit that is none."""


def retention_problems(settings: Settings, found: Mapping[str, Topic]) -> Iterator[tuple[str, str]]:
    """Yield what is wrong, and what to do, for each topic that keeps too little or more than is remembered."""
    for topic in found.values():
        kept_ms = int(topic.config.get("retention.ms", FOREVER))
        if kept_ms != FOREVER and kept_ms < settings.backup_days * DAY_MS:
            yield (
                f"The topic {topic.name} keeps {kept_ms / DAY_MS:g} days, a backup may be {settings.backup_days} old.",
                "Raise the topic's retention.ms and LOTSTREAM_RETENTION_DAYS, or lower LOTSTREAM_BACKUP_DAYS.",
            )
        if int(topic.config.get("retention.bytes", FOREVER)) != FOREVER:
            yield (
                f"The topic {topic.name} is cut by size, however young its records are.",
                "Set retention.bytes of the topic to -1 with Kafka's own tools.",
            )
    inbound = found.get(INBOUND.name)
    kept_ms = int(inbound.config.get("retention.ms", FOREVER)) if inbound else 0
    if kept_ms == FOREVER or kept_ms > settings.intake_days * DAY_MS:
        yield (
            f"The topic {INBOUND.name} keeps records longer than the {settings.intake_days} days their ids are known.",
            "Raise LOTSTREAM_INTAKE_DAYS, or lower the topic's retention.ms and LOTSTREAM_RETENTION_DAYS.",
        )
