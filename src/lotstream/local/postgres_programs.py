"""Where PostgreSQL's programs are run from: the installed package, or a copy that the server's account can reach."""

from __future__ import annotations

import shutil
from pathlib import Path

from lotstream.local.account import Account, closed_folder
from lotstream.local.extra import postgres_programs

USED = ("initdb", "postgres", "createdb", "psql")
LIBRARIES = ("lib", "share")


def reachable_programs(stack_folder: Path, account: Account | None) -> Path:
    """Return a folder with ``bin``, ``lib`` and ``share`` that ``account`` can reach.

    Root's packages often lie in root's home, which nobody else may enter. The programs (38 MB) are then copied to the
    data folder once; the home stays closed.

    Raises:
        LocalExtraMissing: the package is not installed.
    """
    installed = postgres_programs()
    if account is None or closed_folder(installed) is None:
        return installed
    # Named after the build, so that an upgraded package is copied anew.
    copied = stack_folder / f"postgres-programs-{(installed / 'bin' / 'postgres').stat().st_mtime_ns}"
    if not copied.exists():
        _copy(installed, copied)
    return copied


def _copy(installed: Path, copied: Path) -> None:
    """Copy beside the final place, so that an interrupted copy is not taken for a whole one."""
    beside = copied.with_suffix(".new")
    shutil.rmtree(beside, ignore_errors=True)
    for part in LIBRARIES:
        shutil.copytree(installed / part, beside / part, symlinks=True)
    (beside / "bin").mkdir()
    for program in USED:
        shutil.copy2(installed / "bin" / program, beside / "bin" / program)
    for path in [beside, *beside.rglob("*")]:
        # A umask of root may have closed them.
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o055 if path.is_dir() or path.parent.name == "bin" else 0o044))
    beside.rename(copied)
