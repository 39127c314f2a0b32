"""Who is to be forgotten has to be named, and a person has to agree."""

from __future__ import annotations

from collections.abc import Callable

from lotstream.errors import ExitCode
from tests.unit.cli.conftest import Ran

Lotstream = Callable[..., Ran]


def test_nobody_is_forgotten_who_is_not_named(lotstream: Lotstream) -> None:
    """Without a person, an order, a customer or a source there is nothing to ask; no server is needed to say so."""
    ran = lotstream("person", "erase", "--owner", "acme", "--yes")
    assert (ran.code, ran.err.splitlines()[0]) == (ExitCode.INPUT, "lotstream: Nobody is named.")


def test_who_has_to_agree_is_told_to_what(lotstream: Lotstream) -> None:
    """Without a terminal the question stands in the error, and how to answer it beforehand."""
    ran = lotstream("person", "erase", "--owner", "acme", "--source", "shop:1")
    asked = "Forget everybody whom orders of acme from shop:1 name for good?"
    assert (ran.code, ran.err.splitlines()[0]) == (
        ExitCode.USAGE, f"lotstream: {asked} A person has to agree first, and nobody is at a terminal.",
    )  # fmt: skip
    assert "--yes" in ran.err
