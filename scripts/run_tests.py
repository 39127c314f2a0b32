"""Runs all tests as two processes beside one another: most of what they take is waiting for servers.

``python -m scripts.run_tests`` is what `make test` does. Each half has servers of its own. The first is told as it
goes, what the other printed comes at the end; options that are said after the name go to both. Exits with 0 when both
passed, else with the code of the pytest that says why not.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Final
from xml.etree import ElementTree as ET

ROOT: Final = Path(__file__).resolve().parent.parent
ASIDE: Final = ("tests/hub", "tests/unit")
"""Folders that take about as long as all others together, and run beside them."""

WIDTH: Final = 80


def main(options: list[str]) -> int:
    """Run both halves to their ends and return the worse of their exit codes."""
    began = time.monotonic()
    with TemporaryDirectory() as name, (Path(name) / "printed").open("w+b") as printed:
        counted = [Path(name) / "aside.xml", Path(name) / "ahead.xml"]
        own = ["-o", "cache_dir=.pytest_cache/aside", f"--junitxml={counted[0]}"]
        aside = _start(*ASIDE, *options, *own, to=printed)
        left_out = [f"--ignore={folder}" for folder in ASIDE]
        ahead = _start(*left_out, *options, f"--junitxml={counted[1]}")
        # A terminal interrupts all three processes at once: the two say how far they came, and this one waits for them.
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
        codes = [ahead.wait(), aside.wait()]
        signal.signal(signal.SIGINT, before)
        _show(printed)
        counts = sum(map(_counts, counted), Counter[str]())
    words = ", ".join(f"{counts[what]} {what}" for what in ("failed", "passed", "skipped", "errors") if counts[what])
    # In the form of pytest's own last line, for whoever looks for that.
    print(f" both halves: {words or 'no tests ran'} in {time.monotonic() - began:.2f}s ".center(WIDTH, "="))
    return max(code % 256 for code in codes)


def _start(*arguments: str, to: IO[bytes] | None = None) -> subprocess.Popen[bytes]:
    # The many programs that tests start compile what they import once, not each for itself.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return subprocess.Popen(
        [sys.executable, "-m", "pytest", *arguments],
        cwd=ROOT, env=environment, stdout=to, stderr=subprocess.STDOUT if to else None,
    )  # fmt: skip


def _show(printed: IO[bytes]) -> None:
    print(f"==> beside the above ran {', '.join(ASIDE)}", flush=True)
    printed.seek(0)
    sys.stdout.buffer.write(printed.read())
    sys.stdout.flush()


def _counts(file: Path) -> Counter[str]:
    """Return how many tests passed, failed and so on; nothing when pytest came to no end."""
    counts = Counter[str]()
    for suite in ET.parse(file).iter("testsuite") if file.exists() else ():
        said = {what: int(suite.get(what, 0)) for what in ("failures", "errors", "skipped")}
        counts.update(passed=int(suite.get("tests", 0)) - sum(said.values()))
        counts.update(failed=said["failures"], errors=said["errors"], skipped=said["skipped"])
    return counts


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
