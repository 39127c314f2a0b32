"""Check, without the network, that requirements.lock answers what the pyproject files ask for.

Every requirement (extras, the development tools and build backends too) has a pinned version that fits it, every pin
has hashes, and none of our own packages is in it. A group that is installed in an environment of its own has a lock of
its own, of which the same holds. Run by ``make check``; `make lock` mends it.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parent.parent
RUNTIME_LOCK = "deploy/container/requirements.lock"
#: Dependency groups with a lock of their own.
OWN_LOCKS = {"peers": "benchmarks/peers/quix/requirements.lock"}
PIN = re.compile(
    r"^(?P<name>[A-Za-z0-9._-]+)(?:\[[^\]]*\])?==(?P<version>[^\s;\\]+)(?P<rest>.*?)(?=^\S|\Z)",
    re.MULTILINE | re.DOTALL,
)


def main() -> int:
    """Print every difference; returns the exit code."""
    projects = [
        tomllib.loads(path.read_text()) for path in (ROOT / "pyproject.toml", *ROOT.glob("connectors/*/pyproject.toml"))
    ]
    ours = {str(canonicalize_name(project["project"]["name"])) for project in projects}
    pins, runtime = pins_of("requirements.lock"), pins_of(RUNTIME_LOCK)
    problems = [
        *asked_and_not_pinned(projects, ours=ours, pins=pins),
        *unsound_pins(pins, ours=ours),
        *not_part_of(pins, runtime),
    ]
    for group, name in OWN_LOCKS.items():
        problems += group_problems(projects, group, name, ours=ours)
    for problem in problems:
        print(problem)
    print(f"    {len(pins)} pinned versions")
    return 1 if problems else 0


def pins_of(name: str) -> list[re.Match[str]]:
    """Return the pinned versions of a lock file."""
    return list(PIN.finditer((ROOT / name).read_text()))


def group_problems(projects: list[dict[str, Any]], group: str, lock: str, *, ours: set[str]) -> Iterator[str]:
    """Yield what is wrong with the lock of a group that has one of its own."""
    pins = pins_of(lock)
    for project in projects:
        wanted = [Requirement(text) for text in project.get("dependency-groups", {}).get(group, ())]
        yield from unpinned(project["project"]["name"], wanted, ours=ours, pins=pins, lock=lock)
    yield from unsound_pins(pins, ours=ours, lock=lock)


def not_part_of(pins: list[re.Match[str]], runtime: list[re.Match[str]]) -> Iterator[str]:
    """Yield what the lock of the container has and the lock does not."""
    whole = {pin.group().strip() for pin in pins}
    for pin in runtime:
        if pin.group().strip() not in whole:
            yield f"{RUNTIME_LOCK}: {pin['name']} is not as in requirements.lock; run `make lock`"


def asked_and_not_pinned(projects: list[dict[str, Any]], *, ours: set[str], pins: list[re.Match[str]]) -> Iterator[str]:
    """Yield each requirement that has no pin, or one that does not fit."""
    for project in projects:
        yield from unpinned(project["project"]["name"], asked(project), ours=ours, pins=pins, lock="requirements.lock")


def unpinned(
    project: str, requirements: Iterable[Requirement], *, ours: set[str], pins: list[re.Match[str]], lock: str
) -> Iterator[str]:
    """Yield each requirement of a project that a lock has no pin for, or one that does not fit."""
    pinned = {canonicalize_name(pin["name"]): Version(pin["version"]) for pin in pins}
    for requirement in requirements:
        name = canonicalize_name(requirement.name)
        if name in ours:
            continue
        if name not in pinned:
            yield f"{project} needs {requirement}, which {lock} does not have; run `make lock`"
        elif not requirement.specifier.contains(pinned[name], prereleases=True):
            yield f"{project} needs {requirement}, {lock} has {pinned[name]}; run `make lock`"


def asked(project: dict[str, Any]) -> Iterator[Requirement]:
    """Yield every requirement a pyproject file states, but for groups with a lock of their own."""
    groups = project.get("dependency-groups", {})
    stated = [
        project["build-system"]["requires"],
        project["project"].get("dependencies", []),
        *project["project"].get("optional-dependencies", {}).values(),
        *(requirements for name, requirements in groups.items() if name not in OWN_LOCKS),
    ]
    return (Requirement(text) for texts in stated for text in texts)


def unsound_pins(pins: list[re.Match[str]], *, ours: set[str], lock: str = "requirements.lock") -> Iterator[str]:
    """Yield pins without a hash, and our own packages."""
    for pin in pins:
        if "--hash=sha256:" not in pin["rest"]:
            yield f"{lock}: {pin['name']} has no hash"
        if canonicalize_name(pin["name"]) in ours:
            yield f"{lock}: {pin['name']} is our own and does not belong there"


if __name__ == "__main__":
    sys.exit(main())
