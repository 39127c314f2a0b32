"""Which lots an order's lines could take at this moment, and what speaks against each: asked of the ledger itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from lotstream.cli.order_tellers.words import Story, considered_line
from lotstream.domain.commands import Moment
from lotstream.domain.events import Considered
from lotstream.domain.explaining import explain
from lotstream.domain.kits import skus_of
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import Order, OrderLine
from lotstream.settings import Settings
from lotstream.store.postgres import PostgresStore
from lotstream.store.reads import Reads

LOTS_MAX: Final = 50
"""Lots of one line that are told one by one; further ones are counted by reason."""


@dataclass(frozen=True, slots=True)
class LineNow:
    """What one line could take now: every row of its goods, in the order of use."""

    line: str
    #: None: nothing of it is anywhere.
    site: str | None
    rows: tuple[Considered, ...]


async def lines_now(settings: Settings, story: Story) -> tuple[LineNow, ...]:
    """Read the owner and return what each line of an order could take now; nothing is decided or promised.

    An order that is held or over has no lines here: no lots are looked at for it.
    """
    async with Reads(settings.postgres_url, timeout_s=settings.postgres_timeout_s) as reads:
        sites = await reads.sites()
    async with PostgresStore(settings.postgres_url, timeout_s=settings.postgres_timeout_s) as store:
        ledger = (await store.ledgers({story.owner: sites}))[story.owner]
        moment = Moment(await store.now(), sites.today, decision="", arrival=0)
    order = ledger.orders.get(story.order.key)
    if order is None or order.held is not None:
        return ()
    return tuple([_line_now(ledger, order, line, moment) for line in order.lines])


def now_lines(story: Story, looked_at: Sequence[LineNow]) -> Iterator[str]:
    """Yield the same in words."""
    yield "Now"
    if not looked_at:
        yield "    no lots are looked at for an order that is held or over"
    for line in looked_at:
        yield f"    line {line.line}{f' at {line.site}' if line.site else ''}"
        yield from (f"      {told}" for told in _rows(story, line))


def _line_now(ledger: Ledger, order: Order, line: OrderLine, moment: Moment) -> LineNow:
    site = _site(ledger, order, line)
    return LineNow(line.line, site, () if site is None else explain(ledger, order, line, site=site, moment=moment))


def _site(ledger: Ledger, order: Order, line: OrderLine) -> str | None:
    """Return the site whose lots come first: the order's, else the owner's first, else the first that has goods."""
    there = sorted({row.site for row in ledger.stock if row.sku in skus_of(line)})
    return next(iter([site for site in (order.site, *ledger.settings.sites, *there) if site]), None)


def _rows(story: Story, line: LineNow) -> Iterator[str]:
    for number, row in enumerate(line.rows[:LOTS_MAX], start=1):
        yield f"{number}. {considered_line(story, line.line, row)}"
    more = Counter((row.reason or "could be used").replace("_", " ") for row in line.rows[LOTS_MAX:])
    if more:
        yield f"{more.total()} more: {', '.join(f'{reason} ({count})' for reason, count in sorted(more.items()))}"
    if not line.rows:
        yield "there is nothing of it"
