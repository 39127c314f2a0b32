"""Which lot is meant by a number: ours, its supplier's, or one that it had before."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from lotstream.cli.environment import read_settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lotstream.domain.model import LotName
    from lotstream.store.reads_goods import LotCalled


class LotMeant(NamedTuple):
    """A lot by our number, and others that somebody may have meant."""

    #: None: it is not known whose.
    owner: str | None
    lot: str
    also: tuple[str, ...]


async def lot_meant(owner: str | None, sku: str, called: str, *, former: bool = False) -> LotMeant:
    """Return which lot of an item is meant; one that has the number itself is, else the one that has another's.

    ``former``: one that had the number before may be meant, too.
    Raises `MoreThanOne` where several have it from their suppliers, or several owners have one.
    """
    from lotstream.cli.candidates import MoreThanOne, only_one

    found = await lots_called(called, owner=owner, sku=sku, former=former)
    if not found:
        return LotMeant(owner, called, ())
    who = only_one("owner", sorted({one.owner for one in found}), option="--owner", what=f"lot {called} of {sku}")
    mine = [one for one in found if one.owner == who]
    exact = [one for one in mine if one.lot == called]
    if not exact and len(mine) > 1:
        raise MoreThanOne(f"More than one lot fits: {_texts(mine)}.", what_to_do="Name it by its own number.")
    (meant,) = exact or mine
    return LotMeant(who, meant.lot, tuple(one.text for one in mine if one.lot != meant.lot))


async def lots_called(called: str, *, owner: str | None, sku: str | None, former: bool = False) -> list[LotCalled]:
    """Return the lots that somebody may mean by a number."""
    from lotstream.store.reads_goods import GoodsReads

    settings = read_settings()
    async with GoodsReads(settings.postgres_url, timeout_s=settings.postgres_timeout_s) as reads:
        return await reads.lots_called(called, owner=owner, sku=sku, former=former)


async def names_of(owner: str, sku: str, lot: str) -> list[LotName]:
    """Return what a lot is called now, and then what it was called before, by any of its names."""
    from lotstream.domain.model import LotName
    from lotstream.store.reads_trace import TraceReads

    settings = read_settings()
    async with TraceReads(settings.postgres_url, timeout_s=settings.postgres_timeout_s) as reads:
        return await reads.names(owner, LotName(sku, lot))


def note(meant: LotMeant, called: str) -> str | None:
    """Return what a person is told of a number that is not the lot's own, or that another lot has too."""
    if meant.lot != called:
        return f"{called} is another number of lot {meant.lot}."
    return f"{called} is also the supplier's number of {', '.join(meant.also)}." if meant.also else None


def _texts(found: Sequence[LotCalled]) -> str:
    return ", ".join(one.text for one in found)
