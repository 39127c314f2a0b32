"""How long files that were taken or refused lie in their folders: they hold personal data, so not for ever."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Final

KEPT_DAYS: Final = 30
"""Days that a file lies in ``done`` or ``refused``, unless the options say otherwise; as long as raw deliveries do."""

DAY_S: Final = 86_400


def delete_old(folder: Path, *, before: float) -> int:
    """Delete files that were moved into a folder before a time, in seconds of the clock; returns how many.

    When it was moved counts, which is when its entry last changed, and not when its writer wrote it: a file may have
    waited for long. Raises `OSError` when one cannot be deleted.
    """
    old = [path for path in folder.iterdir() if _is_old(path, before)]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _is_old(path: Path, before: float) -> bool:
    try:
        status = path.lstat()
    except FileNotFoundError:
        return False
    return stat.S_ISREG(status.st_mode) and status.st_ctime < before
