"""Find the shelf of a SKU at a site, working it out from the ledger's rows when it is missing or out of date."""

from __future__ import annotations

from lotstream.domain.candidate import Candidate
from lotstream.domain.derived import Derived
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import Lot, RowKey, StockRow, Tracking
from lotstream.domain.papers_needed import papered_until
from lotstream.domain.places import place_of
from lotstream.domain.shelf import Shelf


def derived_of(ledger: Ledger) -> Derived:
    """Return what is derived from a ledger, working it out the first time."""
    return ledger.derived or ledger.index()


def shelf_of(ledger: Ledger, sku: str, site: str, *, today: int) -> Shelf:
    """Return the shelf of a SKU at a site as of a day (an ordinal)."""
    derived = ledger.derived or ledger.index()
    shelf = _shelf_as_ruled(ledger, derived, sku, site)
    if shelf is not None and shelf.today < today:
        shelf.turn(today)
    if shelf is None or shelf.today != today:
        shelf = derived.shelves[sku, site] = Shelf(ledger.settings, ledger.sites.stamp, today=today)
        for row in derived.rows.get((sku, site), {}).values():
            shelf.add(candidate_for(ledger, row))
    return shelf


def current_shelf(ledger: Ledger, sku: str, site: str, *, today: int) -> Shelf | None:
    """Return the shelf of a SKU at a site if there is one and it is not out of date."""
    shelf = _shelf_as_ruled(ledger, derived_of(ledger), sku, site)
    return shelf if shelf is not None and shelf.today == today else None


def _shelf_as_ruled(ledger: Ledger, derived: Derived, sku: str, site: str) -> Shelf | None:
    """Return a shelf, of whatever day, that was worked out from the settings and locations as they are."""
    shelf = derived.shelves.get((sku, site))
    if shelf is None or shelf.settings is not ledger.settings or shelf.stamp is not ledger.sites.stamp:
        return None
    return shelf


def candidate_for(ledger: Ledger, row: StockRow, lot: Lot | None = None) -> Candidate:
    """Return a candidate for a row, with the facts of its lot as given or as the ledger knows them."""
    key = row.key
    item = ledger.items.get(key.sku)
    if lot is None and key.lot is not None:
        lot = ledger.lots.get((key.sku, key.lot))
    tracked = item is not None and item.tracking is not Tracking.NONE
    place = place_of(ledger.sites, key.site, key.location)
    if item is not None and item.documents:
        return Candidate(row, lot, place, lot_tracked=tracked, papered=papered_until(lot, item.documents))
    return Candidate(row, lot, place, lot_tracked=tracked)


def item_changed(ledger: Ledger, sku: str) -> None:
    """Have a SKU's shelves worked out anew after what its item says of its stock has changed."""
    derived = derived_of(ledger)
    derived.affected = None
    for site in derived.sites_of.get(sku, ()):
        derived.shelves.pop((sku, site), None)


def is_empty(row: StockRow) -> bool:
    """Tell whether a row says nothing: it may be dropped at any time, and whether it was must not show."""
    return row.on_hand == row.reserved == row.promised_elsewhere == 0


def rows_in(ledger: Ledger, site: str, location: str) -> set[RowKey]:
    """Return the rows in one bin; gathered when first asked for, as most owners never ask."""
    derived = derived_of(ledger)
    if derived.bins is None:
        derived.bins = {}
        for key in ledger.stock:
            derived.bins.setdefault((key.site, key.location), set()).add(key)
    return derived.bins.get((site, location), set())


def rows_of_lot(ledger: Ledger, sku: str, lot: str | None, *, site: str) -> list[StockRow]:
    """Return the rows of one lot at a site, empty ones too; from the shelf where there is one, else out of all rows."""
    derived = derived_of(ledger)
    shelf = derived.shelves.get((sku, site))
    if shelf is not None:
        return [candidate.row for candidate in shelf.by_lot.get(lot, {}).values()]
    return [row for key, row in derived.rows.get((sku, site), {}).items() if key.lot == lot]


def row_changed(ledger: Ledger, key: RowKey) -> None:
    """Tell the shelf of a row, if there is one yet, that the row's quantities have changed."""
    derived = derived_of(ledger)
    shelf = derived.shelves.get((key.sku, key.site))
    if shelf is not None:
        shelf.refresh(shelf.candidates[key])


def row_added(ledger: Ledger, row: StockRow) -> None:
    """Take note of a row that is new."""
    derived, key = derived_of(ledger), row.key
    derived.rows.setdefault((key.sku, key.site), {})[key] = row
    derived.sites_of.setdefault(key.sku, set()).add(key.site)
    if derived.bins is not None:
        derived.bins.setdefault((key.site, key.location), set()).add(key)
    shelf = derived.shelves.get((key.sku, key.site))
    if shelf is not None:
        shelf.add(candidate_for(ledger, row))


def lot_changed(ledger: Ledger, lot: Lot) -> None:
    """Put a lot's rows where they belong after its facts have changed."""
    derived = derived_of(ledger)
    derived.affected = None
    for site in derived.sites_of.get(lot.sku, ()):
        shelf = derived.shelves.get((lot.sku, site))
        if shelf is None:
            continue
        for key in list(shelf.by_lot.get(lot.lot, ())):
            candidate = shelf.remove(key)
            shelf.add(candidate_for(ledger, candidate.row, lot))


def row_replaced(ledger: Ledger, row: StockRow) -> None:
    """Put a row where it belongs after its own receipt date has changed."""
    shelf = derived_of(ledger).shelves.get((row.key.sku, row.key.site))
    if shelf is not None:
        shelf.remove(row.key)
        shelf.add(candidate_for(ledger, row))
