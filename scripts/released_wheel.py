"""Make the wheel of a release as the upgrade tests keep it: ``released_wheel.py COMMIT [--check]``.

The wheel is built from what git has under the commit, with the locked build backend and the commit's own time, so the
same commit gives the same bytes. It is put into ``tests/upgrade/released/`` in the place of the one before: tests run
the last release beside today's code. With ``--check`` nothing is written; the code in the wheel that is kept is
compared with the commit's, and exit 1 says that it differs.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / "tests" / "upgrade" / "released"


def main(arguments: list[str]) -> int:
    """Build the wheel of a commit and keep it, or compare it with the one that is kept; returns the exit code."""
    commits = [argument for argument in arguments if argument != "--check"]
    if len(commits) != 1:
        print(__doc__)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        wheel = build(commits[0], Path(folder))
        if "--check" in arguments:
            return compare(wheel, KEPT / wheel.name)
        keep(wheel)
    return 0


def build(commit: str, folder: Path) -> Path:
    """Return the wheel of a commit, built in a folder."""
    source, out = folder / "source", folder / "out"
    with ZipFile(BytesIO(_git("archive", "--format=zip", commit))) as tree:
        tree.extractall(source)
    time = {"SOURCE_DATE_EPOCH": _git("log", "-1", "--format=%ct", commit).decode().strip()}
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(out)],
        cwd=source, env={**os.environ, **time}, check=True, capture_output=True,
    )  # fmt: skip
    return next(out.glob("*.whl"))


def keep(wheel: Path) -> None:
    """Put a wheel in the place of the one that was kept before, and print its hash."""
    KEPT.mkdir(parents=True, exist_ok=True)
    for before in KEPT.glob("*.whl"):
        before.unlink()
    content = wheel.read_bytes()
    (KEPT / wheel.name).write_bytes(content)
    print(f"{wheel.name}  sha256 {hashlib.sha256(content).hexdigest()}")


def compare(built: Path, kept: Path) -> int:
    """Print which files of the package differ between two wheels; returns the exit code."""
    if not kept.exists():
        print(f"{kept.name} is not kept")
        return 1
    here, there = package_files(built), package_files(kept)
    different = sorted(name for name in here.keys() | there.keys() if here.get(name) != there.get(name))
    for name in different:
        print(f"{kept.name}: {name} is not what the commit has")
    print(f"    {len(here)} files compared")
    return 1 if different else 0


def package_files(wheel: Path) -> dict[str, bytes]:
    """Return the files of the package; its metadata may change with the build backend."""
    with ZipFile(wheel) as content:
        return {name: content.read(name) for name in content.namelist() if ".dist-info/" not in name}


def _git(*arguments: str) -> bytes:
    return subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True).stdout


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
