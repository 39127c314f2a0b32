"""Where a local stack keeps its data and its downloads, and whether there is room."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import tempfile
from pathlib import Path

from lotstream.errors import LocalFolderUnfit

FREE_BYTES_MIN = 512 * 1024 * 1024
"""Kafka and PostgreSQL stop when the disk is full; a fresh pair takes 60 MB."""

SOCKET_PATH_BYTES_MAX = 103
"""The shortest limit on the path of a Unix socket (macOS; Linux has 107)."""

SOCKET_NAME = ".s.PGSQL.5432"
ENTER_ONLY = 0o711
PRIVATE = 0o700


def default_folder() -> Path:
    """Return the data folder of ``lotstream up``: the user's data folder, or a system one for root.

    PostgreSQL does not run as root, and the account it runs under then may not enter root's home.
    """
    if os.geteuid() == 0:
        return Path("/var/lib/lotstream")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "lotstream"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "lotstream"


def cache_folder() -> Path:
    """Return the folder of downloads, which any number of stacks share."""
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "lotstream"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "lotstream"


def make_folder(folder: Path) -> None:
    """Make a data folder that others may at most pass through.

    Raises:
        LocalFolderUnfit: it cannot be made, or there is too little room.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(folder).free
        if os.geteuid() == 0:
            folder.chmod(ENTER_ONLY)
    except OSError as error:
        raise LocalFolderUnfit(f"The data folder {folder} cannot be used: {error.strerror}.") from error
    if free < FREE_BYTES_MIN:
        raise LocalFolderUnfit(
            f"Only {free // 2**20} MB are free in {folder}; Kafka and PostgreSQL need {FREE_BYTES_MIN // 2**20} MB.",
            what_to_do="Free some space, or choose a data folder on another disk.",
        )


def temporary_folder() -> Path:
    """Make a new data folder among the temporary files."""
    folder = Path(tempfile.mkdtemp(prefix="lotstream-"))
    folder.chmod(ENTER_ONLY if os.geteuid() == 0 else PRIVATE)
    return folder


def socket_folder(folder: Path) -> Path:
    """Return a folder for PostgreSQL's socket whose path is short enough for one, the same one at each start."""
    inside = folder.resolve() / "postgres" / "run"
    if len(os.fsencode(inside / SOCKET_NAME)) <= SOCKET_PATH_BYTES_MAX:
        return inside
    digest = hashlib.sha256(os.fsencode(folder.resolve())).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"lotstream-{os.geteuid()}-{digest}"


def make_private_folder(folder: Path, *, user: int) -> None:
    """Make a folder that only ``user`` can use.

    Raises:
        LocalFolderUnfit: somebody else made it before.
    """
    folder.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid not in {user, os.geteuid()}:
        raise LocalFolderUnfit(f"The folder {folder} belongs to somebody else.")
    if folder.stat().st_uid != user:
        os.chown(folder, user, -1)
    folder.chmod(PRIVATE)
