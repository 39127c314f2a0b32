"""A licence that does not go with ours is found."""

from __future__ import annotations

from email.message import Message
from importlib.metadata import Distribution
from os import PathLike
from pathlib import Path

import pytest

from scripts import licences


class Package(Distribution):
    """A package that says of its licence what a test wants."""

    def __init__(self, **fields: str) -> None:
        self._fields = fields

    def read_text(self, filename: str) -> str | None:
        """Return the metadata as a file would have it."""
        if filename != "METADATA":
            return None
        message = Message()
        for name, value in self._fields.items():
            message[name.replace("_", "-")] = value
        return message.as_string()

    def locate_file(self, path: str | PathLike[str]) -> Path:
        """No files are looked at."""
        return Path(path)


@pytest.mark.parametrize(
    ("fields", "fits"),
    [
        ({"License_Expression": "MIT"}, True),
        ({"License_Expression": "Apache-2.0 AND MIT"}, True),
        ({"Classifier": "License :: OSI Approved :: Mozilla Public License 2.0 (MPL 2.0)"}, True),
        ({"License": "BSD-3-Clause"}, True),
        ({"License": "PSF-2.0"}, True),
        ({"License_Expression": "GPL-3.0-or-later"}, False),
        ({"License_Expression": "AGPL-3.0-only"}, False),
        ({"License": "LGPL-2.1"}, False),
        ({"Classifier": "License :: OSI Approved :: GNU General Public License v2 (GPLv2)"}, False),
        ({"License": "All rights reserved"}, False),
        ({}, False),
    ],
)
def test_only_what_goes_with_ours_may_be_used(
    fields: dict[str, str],
    fits: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Expression, classifier and free text are each read; what says nothing is not trusted."""
    monkeypatch.setattr(licences, "find", lambda _: Package(Name="made-up", **fields))

    assert (licences.problem_with("made-up") is None) is fits


def test_a_package_that_is_missing_is_a_problem() -> None:
    """What is needed and not installed cannot be judged, and is said so."""
    problem = licences.problem_with("no-such-package-anywhere")

    assert problem is not None
    assert "make setup" in problem


def test_the_exceptions_are_still_needed() -> None:
    """Every exception has a reason and is reached from our own packages."""
    assert all(licences.EXCEPTIONS.values())
    assert licences.EXCEPTIONS.keys() <= licences.reachable(licences.ours())
