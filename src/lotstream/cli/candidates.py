"""An option that was left out while only one value fits it."""

from __future__ import annotations

from collections.abc import Sequence, Sized
from typing import ClassVar, Final

from lotstream.cli.environment import read_settings, run
from lotstream.errors import ExitCode, InputRefused, LotstreamError

SITES_NAMED_MAX: Final = 20
"""Most sites that are named where another one was meant."""


class MoreThanOne(LotstreamError):
    """More than one thing fits what was asked for."""

    exit_code: ClassVar[ExitCode] = ExitCode.USAGE


def one_if_any(name: str, candidates: Sequence[str], *, option: str) -> str | None:
    """Return the only candidate, or None when there is none, as in a list of nothing; raises `MoreThanOne`."""
    return only_one(name, candidates, option=option, what=name) if candidates else None


def check_owner(owner: str | None, found: Sized) -> None:
    """Raise `InputRefused` for an owner of whom nothing was found because it is not known: its name is mistyped."""
    if owner is not None and not found:
        run(_check_known(owner))


async def _check_known(owner: str) -> None:
    from lotstream.store.export import export_of

    settings = read_settings()
    async with export_of(settings.postgres_url, owner, timeout_s=settings.postgres_timeout_s) as export:
        if not await export.is_known():
            raise InputRefused(f"Nothing is known of an owner {owner}.", what_to_do="Check how it is written.")


def check_site(site: str | None, found: Sized) -> None:
    """Raise `InputRefused` for a site of which nothing was found because nobody defined it: its name is mistyped."""
    if site is not None and not found:
        run(_check_defined(site))


async def _check_defined(site: str) -> None:
    from lotstream.store.reads_told import ToldReads

    settings = read_settings()
    async with ToldReads(settings.postgres_url, timeout_s=settings.postgres_timeout_s) as reads:
        sites = await reads.sites()
    if site not in sites:
        raise InputRefused(f"Site {site} is not defined; {sites_named(sites)}.", what_to_do="Check how it is written.")


def sites_named(sites: Sequence[str]) -> str:
    """Return which sites there are, as the end of a sentence on one that is not."""
    if not sites:
        return "no site is"
    more = " and others" if len(sites) > SITES_NAMED_MAX else ""
    return f"these are: {', '.join(sites[:SITES_NAMED_MAX])}{more}"


def only_one(name: str, candidates: Sequence[str], *, option: str, what: str) -> str:
    """Return the only candidate; raises `MoreThanOne` naming them all, or `InputRefused` when there is none."""
    if not candidates:
        raise InputRefused(
            f"There is no {what} here.",
            what_to_do=f"Check how it is written and {option}, or whether the worker has caught up.",
        )
    if len(candidates) > 1:
        raise MoreThanOne(
            f"More than one {name} fits: {', '.join(candidates)}.", what_to_do=f"Say which with {option}."
        )
    return candidates[0]
