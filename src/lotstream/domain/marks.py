"""What the turn of a day tells of lots: they have expired, will before long, or soon nobody may get them any more.

Marks on the lot say what is known of it, so that every threshold of a lot is told once, whatever the clock does: where
it jumps over several, the nearest is told and the others are marked with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from itertools import islice
from typing import Final, NamedTuple

from lotstream.domain.candidate import ordinal
from lotstream.domain.draft import Draft
from lotstream.domain.events import Ahead, Event, ExpiryNoticed, LotExpired
from lotstream.domain.expiry import NEVER, days_left, ends_by, has_expired, last_ship_day
from lotstream.domain.ledger import Ledger
from lotstream.domain.losses import counted, lost_of, part_lost, with_lost, without
from lotstream.domain.lot_facts import with_more
from lotstream.domain.minima import Askers, Minima, Minimum
from lotstream.domain.model import PLAIN, Lot, RowKey
from lotstream.domain.shelves import derived_of, rows_of_lot

MARKS_MAX: Final = 1000
"""Lots of which something is told in one part of a walk, at most."""

CUSTOMERS_MAX: Final = 20
"""Customers that one notice names."""

EXPIRY_MARK: Final = "expiry"

LotKey = tuple[str, str]


class Noticed(NamedTuple):
    """What a part tells, and whether there is more for the next."""

    events: tuple[Event, ...] = ()
    more: bool = False


def due(draft: Draft, sites: Iterable[str]) -> Noticed:
    """Return what is to be told of lots with stock at sites whose day has turned; of the first so many, by expiry."""
    sites = [site for site in sites if site in draft.ledger.sites.today]
    if not sites:
        return Noticed()
    looking = _Looking(draft, sites)
    stock = _stock_at(draft, looking)
    events: list[Event] = []
    found = (told for key in sorted(stock, key=looking.order) if (told := [*looking.told(key, stock[key])]))
    for told in islice(found, MARKS_MAX):
        events += told
    return Noticed(tuple(events), next(found, None) is not None)


def arrived(draft: Draft, lot: Lot, site: str) -> Lot:
    """Return a lot that comes in at a site, marked where it has expired already: it does not expire here."""
    if site not in draft.ledger.sites.today or not has_expired(lot.expires, draft.today(site)):
        return lot
    alerted, mark = (lot.more or PLAIN).alerted, expired_mark(site)
    return lot if mark in alerted else with_more(lot, alerted=(*alerted, mark))


def came_expired(draft: Draft, rows: Iterable[RowKey], *, sent_from: str | None = None) -> Iterator[LotExpired]:
    """Yield that lots of rows that goods come to now have expired before they came, so that they do not expire there.

    That is so where they have expired by the day of the site, or are known to have expired ``sent_from`` another. Where
    some of a lot lay before, that expires there as ever.
    """
    for sku, number, site in dict.fromkeys((row.sku, row.lot, row.site) for row in rows):
        lot = draft.lot(sku, number)
        if lot is None or any(row.on_hand > 0 for row in rows_of_lot(draft.ledger, sku, number, site=site)):
            continue
        marked = arrived(draft, lot, site)
        if sent_from is not None and {expired_mark(sent_from), expired_mark(site)} & {*_alerted(lot)} == {
            expired_mark(sent_from)
        }:
            marked = _marked(lot, (expired_mark(site),))
        if marked is not lot:
            draft.know_lot(marked)
            yield LotExpired(site, marked, 0, told=False)


def of_another_day(draft: Draft, lot: Lot, expires: date | None) -> Lot:
    """Return a lot with another last day, of which people know nothing but where it has expired all the same.

    What was lost elsewhere is not lost after all; its new thresholds are told as the old ones were.
    """
    sites = [one for one in draft.ledger.sites.today if has_expired(expires, draft.today(one))]
    marks = {expired_mark(site) for site in sites}
    return with_more(
        replace(lot, expires=expires),
        alerted=tuple(mark for mark in _alerted(lot) if mark in marks),
        lost=tuple(one for one in lost_of(lot) if one.site in sites),
    )


def as_one(draft: Draft, lot: Lot, lots: Iterable[Lot]) -> Lot:
    """Return a lot that some are now, which has expired where all that lies of them has.

    Where some of it has not, all that lies there is counted when its day turns; what was lost of it is taken back. What
    was told ahead of the lot that they become is not told again while it expires on the same day.
    """
    ledger, lots = draft.ledger, [*lots]
    same = [one for one in lots if (one.lot, one.expires) == (lot.lot, lot.expires)]
    ahead = tuple(mark for one in same for mark in _alerted(one) if mark not in expired_marks(one))
    lot = with_more(lot, alerted=(*ahead, *_expired_where(ledger, lots)), lost=())
    for one in lots:
        again = [site for site, *_ in lost_of(one) if expired_mark(site) not in _alerted(lot)]
        lying = [part for site in again for part in part_lost(one, site, _on_hand(ledger, one, site))]
        lot = with_lost(lot, *lost_of(without(one, lying)))
    return lot


def _on_hand(ledger: Ledger, lot: Lot, site: str) -> int:
    return sum(max(row.on_hand, 0) for row in rows_of_lot(ledger, lot.sku, lot.lot, site=site))


def _expired_where(ledger: Ledger, lots: Iterable[Lot]) -> tuple[str, ...]:
    """Return the marks of sites where all that lies of some lots, which become one, is known to have expired."""
    lying: dict[str, bool] = {}
    for lot in lots:
        for site in derived_of(ledger).sites_of.get(lot.sku, ()):
            if any(row.on_hand > 0 for row in rows_of_lot(ledger, lot.sku, lot.lot, site=site)):
                mark = expired_mark(site)
                lying[mark] = lying.get(mark, True) and mark in _alerted(lot)
    return tuple(sorted(mark for mark, known in lying.items() if known))


def expired_marks(lot: Lot) -> tuple[str, ...]:
    """Return the marks of a lot that say where it is known to have expired."""
    return tuple(mark for mark in _alerted(lot) if mark.startswith(expired_mark("")))


def has_expired_at(lot: Lot, site: str) -> bool:
    """Tell whether it is known of a lot that it has expired at a site."""
    return expired_mark(site) in _alerted(lot)


def expired_mark(site: str) -> str:
    """Return the mark that a lot is known to have expired at a site."""
    return f"expired:{site}"


def _stock_at(draft: Draft, looking: _Looking) -> dict[LotKey, dict[str, int]]:
    """Return what is on hand of lots whose end is near, by site, where some of it is at a site that is looked at.

    Every row of the owner comes through here whenever a day turns.
    """
    lots, far, found = draft.ledger.lots, looking.far, dict[LotKey, dict[str, int]]()
    for row in draft.ledger.stock.values():
        sku, number, site = row.key[:3]
        if row.on_hand <= 0 or number is None:
            continue
        lot = lots.get((sku, number))
        if lot is not None and ends_by(lot.expires, far):
            at = found.setdefault((sku, number), {})
            at[site] = at.get(site, 0) + row.on_hand
    sites = set(looking.sites)
    return {key: at for key, at in found.items() if not sites.isdisjoint(at)}


class _Looking:
    """What is asked of every lot, worked out once."""

    def __init__(self, draft: Draft, sites: list[str]) -> None:
        self._draft = draft
        self.sites = sites
        self._today = max(draft.today(site) for site in sites)
        settings = draft.ledger.settings
        self._expiry = settings.expiry_alert_days
        self._unsellable = settings.unsellable_alert_days
        self._minima = Minima(draft.ledger) if self._unsellable else None
        #: What is asked of each SKU, with the name of its marks.
        self._of_sku: dict[str, list[tuple[Minimum, str, Askers]]] = {}
        #: Days from the last on which goods may be shipped to their own last, by minimum and length of life.
        self._before: dict[tuple[Minimum, int], int | None] = {}
        #: Nothing is told of lots that expire after this day.
        self.far = self._today + self._days_ahead()

    def order(self, key: LotKey) -> tuple[int, LotKey]:
        """Return the place of a lot: what expires first comes first."""
        return ordinal(self._draft.ledger.lots[key].expires), key

    def told(self, key: LotKey, at: dict[str, int]) -> Iterator[Event]:
        """Yield what is told of a lot; each event has it as it is after those before."""
        lot = self._draft.ledger.lots[key]
        expires, quantity = ordinal(lot.expires), sum(at.values())
        days = self._days(lot.sku)
        for site in self.sites:
            mark = expired_mark(site)
            if site in at and has_expired(lot.expires, self._draft.today(site)) and mark not in _alerted(lot):
                lost = counted(self._draft.item(lot.sku), lot, site, at[site])
                lot = with_lost(_marked(lot, (mark,)), lost)
                yield LotExpired(site, lot, at[site], told=bool(days))
        left = days_left(expires, self._today)
        if left < 0:
            return
        if marks := _crossed(lot, EXPIRY_MARK, left, days):
            lot = _marked(lot, marks)
            yield ExpiryNoticed(Ahead.EXPIRY, lot, date.fromordinal(expires), left, quantity)
        for minimum, mark, askers in self._asked(lot.sku):
            last = self._last_day(expires, ordinal(lot.made), minimum)
            # Until the first day on which it may not be shipped.
            left = days_left(NEVER if last is None else last, self._today) + 1
            if marks := _crossed(lot, mark, left, self._unsellable):
                lot = _marked(lot, marks)
                names, by = askers.customers, date.fromordinal(max(last or 0, 1))
                yield ExpiryNoticed(
                    Ahead.UNSELLABLE, lot, by, left, quantity, names[:CUSTOMERS_MAX], len(names), askers.anybody
                )

    def _days_ahead(self) -> int:
        """Return how many days before a lot expires something may be told of it."""
        items = [item.expiry_alert_days or () for item in self._draft.ledger.items.values()]
        ahead = max((day for days in (self._expiry, *items) for day in days), default=0)
        if self._minima is None:
            return ahead
        return max(ahead, max(self._unsellable) + self._minima.days_max)

    def _last_day(self, expires: int, made: int, minimum: Minimum) -> int | None:
        """Return the last day on which a lot may be shipped; lots that live as long end as long before their own."""
        life = minimum, expires - made
        if life not in self._before:
            last = last_ship_day(expires, made, **minimum._asdict())
            self._before[life] = None if last is None else expires - last
        before = self._before[life]
        return None if before is None else expires - before

    def _days(self, sku: str) -> tuple[int, ...]:
        item = self._draft.ledger.items.get(sku)
        return self._expiry if item is None or item.expiry_alert_days is None else item.expiry_alert_days

    def _asked(self, sku: str) -> list[tuple[Minimum, str, Askers]]:
        if self._minima is None:
            return []
        if sku not in self._of_sku:
            asked = self._minima.of(sku).items()
            self._of_sku[sku] = [(minimum, minimum.mark(), askers) for minimum, askers in asked]
        return self._of_sku[sku]


def _alerted(lot: Lot) -> tuple[str, ...]:
    return (lot.more or PLAIN).alerted


def _marked(lot: Lot, marks: tuple[str, ...]) -> Lot:
    return with_more(lot, alerted=(*_alerted(lot), *marks))


def _crossed(lot: Lot, name: str, left: int, days: Iterable[int]) -> tuple[str, ...]:
    """Return the marks of the thresholds that are crossed; none where the nearest of them was told before."""
    crossed = sorted({day for day in days if left <= day})
    if not crossed or f"{name}:{crossed[0]}" in _alerted(lot):
        return ()
    marks = [f"{name}:{day}" for day in crossed]
    return tuple(mark for mark in marks if mark not in _alerted(lot))
