"""The account PostgreSQL runs under: one's own, or an unprivileged one when started by root, which it refuses."""

from __future__ import annotations

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path

from lotstream.errors import LocalFolderUnfit

UNPRIVILEGED = "nobody"
"""It exists on every Linux and macOS, so no account has to be added to the system."""


@dataclass(frozen=True)
class Account:
    """A user and its group, by number."""

    user: int
    group: int


def server_account() -> Account | None:
    """Return the account to change to, or none when this process is not root.

    Raises:
        LocalFolderUnfit: this is root, and there is no unprivileged account.
    """
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam(UNPRIVILEGED)
    except KeyError:
        raise LocalFolderUnfit(
            f"PostgreSQL does not run as root, and this system has no account {UNPRIVILEGED!r} to run it under.",
            what_to_do="Run lotstream as an ordinary user.",
        ) from None
    return Account(user=entry.pw_uid, group=entry.pw_gid)


def closed_folder(path: Path) -> Path | None:
    """Return the first folder on the way to ``path`` that an unprivileged account may not enter, or none."""
    for folder in [*reversed(path.resolve().parents), path.resolve()]:
        if folder.is_dir() and not folder.stat().st_mode & stat.S_IXOTH:
            return folder
    return None


def refuse_closed_folder(folder: Path) -> None:
    """Refuse a data folder that the server's account could not reach.

    Raises:
        LocalFolderUnfit: a folder on the way is closed; nothing is opened behind its owner's back.
    """
    closed = closed_folder(folder)
    if closed is not None:
        raise LocalFolderUnfit(
            f"PostgreSQL, started by root, runs as {UNPRIVILEGED!r}, which may not enter {closed}.",
            what_to_do=f"Choose a data folder outside {closed}, or run lotstream as an ordinary user.",
        )
