"""Processes whose wall clock is wrong, by a shift that can be changed while they run (Linux with a C compiler)."""

from __future__ import annotations

import mmap
import shutil
import struct
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

SOURCE = Path(__file__).with_suffix(".c")
COMPILE_S_MAX = 60.0
_SECONDS = struct.Struct("q")


class ShiftedClock:
    """One wall clock, shared by the processes that are started with its environment."""

    def __init__(self, library: Path, file: Path) -> None:
        self._library = library
        self._file = file
        self._file.write_bytes(_SECONDS.pack(0))

    @property
    def environment(self) -> Mapping[str, str]:
        """The environment variables of a process that is to go by it."""
        return {"LD_PRELOAD": str(self._library), "LOTSTREAM_CLOCK_FILE": str(self._file)}

    def shift(self, seconds: int) -> None:
        """Put it so many seconds ahead of the true time; 0 puts it right."""
        with self._file.open("r+b") as file, mmap.mmap(file.fileno(), _SECONDS.size) as shared:
            _SECONDS.pack_into(shared, 0, seconds)


def build_library(folder: Path) -> Path | None:
    """Compile what shifts a clock into a folder; None where that cannot be done."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None or sys.platform != "linux":
        return None
    library = folder / "shifted_clock.so"
    command = [compiler, "-O2", "-shared", "-fPIC", "-o", str(library), str(SOURCE)]
    done = subprocess.run(command, capture_output=True, timeout=COMPILE_S_MAX, check=False)
    return library if done.returncode == 0 else None
