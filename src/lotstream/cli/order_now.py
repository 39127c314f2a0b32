"""Which lots an order's lines could take at this moment, and what speaks against each: asked of the ledger itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from lotstream.cli.order_tellers.words import Story, considered_line
from lotstream.domain.commands import Moment
from lotstream.domain.events import Considered
from lotstream.domain.explaining import explain
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import Order, OrderLine
from lotstream.settings import Settings
from lotstream.store.postgres import PostgresStore
from lotstream.store.reads import Reads

LOTS_MAX: Final = 50
"""Lots of one line that are told one by one; further ones are counted by reason."""


async def lots_now(settings: Settings, story: Story) -> tuple[str, ...]:
    """Read the owner and return what each line of an order could take now; nothing is decided or promised."""
    async with Reads(settings.postgres_url, timeout_s=settings.postgres_timeout_s) as reads:
        sites = await reads.sites()
    async with PostgresStore(settings.postgres_url, timeout_s=settings.postgres_timeout_s) as store:
        ledger = (await store.ledgers({story.owner: sites}))[story.owner]
        moment = Moment(await store.now(), sites.today, decision="", arrival=0)
    order = ledger.orders.get(story.order.key)
    return tuple(_now(story, ledger, order, moment))


def _now(story: Story, ledger: Ledger, order: Order | None, moment: Moment) -> Iterator[str]:
    yield "Now"
    if order is None or order.held is not None:
        yield "    no lots are looked at for an order that is held or over"
        return
    for line in order.lines:
        site = _site(ledger, order, line)
        yield f"    line {line.line}{f' at {site}' if site else ''}"
        rows = explain(ledger, order, line, site=site, moment=moment) if site else ()
        yield from (f"      {told}" for told in _rows(story, line, rows))


def _site(ledger: Ledger, order: Order, line: OrderLine) -> str:
    """Return the site whose lots come first: the order's, else the owner's first, else the first that has goods."""
    there = sorted({row.site for row in ledger.stock if row.sku == line.sku})
    return next(iter([site for site in (order.site, *ledger.settings.sites, *there) if site]), "")


def _rows(story: Story, line: OrderLine, rows: Sequence[Considered]) -> Iterator[str]:
    for number, row in enumerate(rows[:LOTS_MAX], start=1):
        yield f"{number}. {considered_line(story, line.line, row)}"
    more = Counter((row.reason or "could be used").replace("_", " ") for row in rows[LOTS_MAX:])
    if more:
        yield f"{more.total()} more: {', '.join(f'{reason} ({count})' for reason, count in sorted(more.items()))}"
    if not rows:
        yield "there is nothing of it"
