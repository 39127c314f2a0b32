"""The wheel that is kept is compared with what a commit has."""

from __future__ import annotations

from pathlib import Path
from zipfile import ZipFile

import pytest

from scripts import released_wheel


def wheel(path: Path, **files: str) -> Path:
    """Write a wheel with files of a package and metadata of its own."""
    with ZipFile(path, "w") as content:
        content.writestr("lotstream-1.dist-info/METADATA", path.as_posix())
        for name, text in files.items():
            content.writestr(f"lotstream/{name}.py", text)
    return path


def test_the_same_code_is_the_same_whatever_the_metadata(tmp_path: Path) -> None:
    """Wheels of two build backends with the same files compare as equal."""
    one, two = (wheel(tmp_path / name, a="1", b="2") for name in ("one.whl", "two.whl"))
    assert released_wheel.compare(one, two) == 0


def test_code_that_differs_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Files that were changed, added or left out are named, and the exit code says so."""
    built, kept = wheel(tmp_path / "built.whl", a="1", b="2"), wheel(tmp_path / "kept.whl", a="x", c="3")
    assert released_wheel.compare(built, kept) == 1
    assert [line.split()[1] for line in capsys.readouterr().out.splitlines()[:-1]] == [
        "lotstream/a.py", "lotstream/b.py", "lotstream/c.py",
    ]  # fmt: skip


def test_one_wheel_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The wheel of a release takes the place of the one before."""
    monkeypatch.setattr(released_wheel, "KEPT", tmp_path / "kept")
    released_wheel.keep(wheel(tmp_path / "lotstream-1.whl", a="1"))
    released_wheel.keep(wheel(tmp_path / "lotstream-2.whl", a="2"))
    assert [path.name for path in (tmp_path / "kept").iterdir()] == ["lotstream-2.whl"]
    assert released_wheel.compare(tmp_path / "lotstream-1.whl", tmp_path / "kept" / "lotstream-1.whl") == 1
