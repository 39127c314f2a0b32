"""A folder into which another system drops files.

A file is taken when its size and time have not changed between two looks, so that one still being written is left
alone; a writer that cannot promise to write faster than that writes under a name that is ignored and renames. Files are
moved: to ``done``, or to ``refused`` with a ``.reason.txt`` beside it. There they are deleted after some days, since
they hold personal data.
"""

from __future__ import annotations

import asyncio
import heapq
import os
import stat
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import structlog
from pydantic import Field

from lotstream.connect.connector import ConnectorOptions
from lotstream.connect.counters import Counters
from lotstream.connect.delivery import Delivery, Settlement, Verdict
from lotstream.connect.desk import Desk
from lotstream.connect.inbox_kept import DAY_S, KEPT_DAYS, delete_old
from lotstream.connect.reason import reason_text, too_large_text
from lotstream.errors import SettingInvalid
from lotstream.ops.limits import reached, used

IGNORED_SUFFIXES: Final = (".tmp", ".part")
"""Names under which a writer may build a file before it renames it."""

POLL_S: Final = 1.0
"""Seconds between two looks, unless the options say otherwise."""

FILE_BYTES_MAX: Final = 16 * 1024 * 1024
"""Largest file that is read, unless the options say otherwise."""

FILES_MAX: Final = 10_000
"""Files noted at one look, unless the options say otherwise."""

PRUNE_EVERY_S: Final = 3600.0
"""Seconds between two looks for files that have been kept for long enough."""

NAMES_MAX: Final = 10_000
"""Files of one name kept in ``done`` or ``refused``; a later one finds no free name and stays in the inbox."""

log = structlog.get_logger(__name__)


class InboxOptions(ConnectorOptions):
    """Options of every connector that reads an inbox folder."""

    inbox: Path = Field(description="Folder the files are dropped into; `done` and `refused` are made in it.")
    poll_s: float = Field(
        default=POLL_S,
        gt=0,
        description="Seconds between two looks into the inbox; a file is taken when it did not change between two.",
    )
    file_bytes_max: int = Field(
        default=FILE_BYTES_MAX, ge=1, description="Largest file that is read; a larger one is refused unread."
    )
    kept_days: int = Field(
        default=KEPT_DAYS,
        ge=1,
        description="Days that a file lies in `done` or `refused` before it is deleted: it holds personal data.",
    )
    files_max: int = Field(
        default=FILES_MAX, ge=1, description="Files noted at one look, the oldest; the others wait in the folder."
    )


@dataclass(frozen=True, slots=True)
class Seen:
    """A file at one look; equal at two looks means that nobody is writing it."""

    path: Path
    inode: int
    bytes: int
    mtime_ns: int


class Inbox:
    """One folder, watched by looking into it again and again."""

    def __init__(
        self,
        folder: Path,
        *,
        sender: str,
        poll_s: float = POLL_S,
        file_bytes_max: int = FILE_BYTES_MAX,
        files_max: int = FILES_MAX,
        kept_days: int = KEPT_DAYS,
    ) -> None:
        self.folder = folder
        self.done = folder / "done"
        self.refused = folder / "refused"
        self._sender = sender
        self._poll_s = poll_s
        self._file_bytes_max = file_bytes_max
        self._files_max = files_max
        self._kept_s = kept_days * DAY_S
        #: Looks until old files are looked for again.
        self._until_pruned = 0
        self._seen: dict[Path, Seen] = {}
        self._unreadable: set[Seen] = set()

    async def run(self, desk: Desk) -> None:
        """Take files until cancelled; raises `SettingInvalid` when the folder cannot be used at all."""
        try:
            await asyncio.to_thread(self._make_folders)
        except OSError as error:
            raise SettingInvalid(f"The inbox {self.folder} cannot be used: {error}.") from error
        while True:
            await self.look(desk)
            await asyncio.sleep(self._poll_s)

    async def look(self, desk: Desk) -> int:
        """Take every file that has not changed since the last look, oldest first; returns how many were moved."""
        stable = await asyncio.to_thread(self._stable)
        await self._prune()
        return sum([await self._take(file, desk) for file in stable])

    async def _prune(self) -> None:
        """Delete what has lain in ``done`` and ``refused`` for too long, now and then."""
        self._until_pruned -= 1
        if self._until_pruned >= 0:
            return
        self._until_pruned = round(PRUNE_EVERY_S / self._poll_s)
        for folder in (self.done, self.refused):
            try:
                deleted = await asyncio.to_thread(delete_old, folder, before=time.time() - self._kept_s)
            except OSError as error:
                log.warning("old_files_stay", folder=str(folder), reason=str(error))
                continue
            if deleted:
                log.info("old_files_deleted", folder=str(folder), files=deleted)

    def _make_folders(self) -> None:
        self.done.mkdir(parents=True, exist_ok=True)
        self.refused.mkdir(parents=True, exist_ok=True)

    def _stable(self) -> list[Seen]:
        self._make_folders()
        found = (seen for seen in map(_seen, self.folder.iterdir()) if seen is not None)
        # Those that cannot be read come last: however many they are, they keep no other from being taken.
        noted = heapq.nsmallest(self._files_max, found, key=lambda seen: (seen in self._unreadable, *_age(seen)))
        now = {seen.path: seen for seen in noted}
        used("files_max", len(now))
        if len(now) >= self._files_max:
            reached("files_max")
        stable = [seen for path, seen in now.items() if self._seen.get(path) == seen]
        self._seen = now
        self._unreadable &= set(now.values())
        return sorted(stable, key=_age)

    async def _take(self, file: Seen, desk: Desk) -> bool:
        """Take one file; False when it has to stay where it is."""
        try:
            used("file_bytes_max", file.bytes)
            if file.bytes > self._file_bytes_max:
                reached("file_bytes_max")
                Counters(desk.connector.name).rejected("too_large")
                await asyncio.to_thread(self._refuse, file, too_large_text(file.bytes, self._file_bytes_max))
                return True
            body = await asyncio.to_thread(_read, file)
        except OSError as error:
            self._stays(file, desk, error)
            return False
        if body is None:
            return False
        exchange = await desk.take(self._delivery(file, body))
        try:
            return await asyncio.to_thread(self._file_away, file, exchange.settlement)
        except OSError as error:
            self._stays(file, desk, error)
            return False

    def _delivery(self, file: Seen, body: bytes) -> Delivery:
        # With the time in the key a file dropped again on purpose is a new delivery, while one found again after a
        # crash is the old one.
        name = _shown(file.path)
        return Delivery(
            sender=self._sender,
            name=name,
            key=f"{name}/{file.mtime_ns}",
            body=body,
            received_at=datetime.now(UTC),
        )

    def _file_away(self, file: Seen, settlement: Settlement) -> bool:
        """Move a settled file; False when somebody went on writing it meanwhile: then it is taken again, whole."""
        if _seen(file.path) != file:
            return False
        if settlement.verdict is Verdict.ACCEPTED:
            _move(file.path, self.done)
        else:
            self._refuse(file, reason_text(settlement))
        return True

    def _refuse(self, file: Seen, reason: str) -> None:
        place = _move(file.path, self.refused)
        place.with_name(f"{place.name}.reason.txt").write_text(reason, encoding="utf-8")

    def _stays(self, file: Seen, desk: Desk, error: OSError) -> None:
        """Say once that a file cannot be read or moved; it is tried again at every look."""
        if file in self._unreadable:
            return
        self._unreadable.add(file)
        Counters(desk.connector.name).rejected("unreadable")
        log.error("file_stays_in_inbox", file=_shown(file.path), reason=str(error))


def _age(file: Seen) -> tuple[int, str]:
    """Return what files are sorted by: the oldest first."""
    return file.mtime_ns, file.path.name


def _shown(path: Path) -> str:
    """Return a file's name as text; bytes in it that are no UTF-8 are written out, since no database takes them."""
    return os.fsencode(path.name).decode("utf-8", "backslashreplace")


def _seen(path: Path) -> Seen | None:
    """Return what a folder entry looks like now; None for what is not ours to read."""
    if path.name.startswith(".") or path.name.lower().endswith(IGNORED_SUFFIXES):
        return None
    try:
        status = path.lstat()
    except FileNotFoundError:
        return None
    # A link could lead anywhere on the machine; only what was dropped here itself is read.
    if not stat.S_ISREG(status.st_mode):
        return None
    return Seen(path, status.st_ino, status.st_size, status.st_mtime_ns)


def _read(file: Seen) -> bytes | None:
    """Return a file's bytes; None when it changed since it was seen."""
    with os.fdopen(os.open(file.path, os.O_RDONLY | os.O_NOFOLLOW), "rb") as opened:
        body = opened.read(file.bytes + 1)
    return body if len(body) == file.bytes and _seen(file.path) == file else None


def _move(file: Path, folder: Path) -> Path:
    """Move a file into a folder under its own name, or with a number when that name is taken; never overwrites."""
    place = _free_name(folder, file.name)
    try:
        file.replace(place)
    except OSError:
        place.unlink()
        raise
    return place


def _free_name(folder: Path, name: str) -> Path:
    given = Path(name)
    for number in range(1, NAMES_MAX + 1):
        place = folder / (name if number == 1 else f"{given.stem}.{number}{given.suffix}")
        try:
            os.close(os.open(place, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
        except FileExistsError:
            continue
        return place
    raise FileExistsError(f"{folder} has {NAMES_MAX} files named {name}")
