"""Goods leave that were not promised: free stock the line may have, then, if it has happened, whatever it was."""

from __future__ import annotations

from collections.abc import Iterator

from lotstream.domain.candidate import Candidate
from lotstream.domain.checks import terms_of, why_not_leave, why_stopped
from lotstream.domain.codes import Code, NotUsed
from lotstream.domain.load_lots import enough_first, may_join
from lotstream.domain.loaded import Loading, Wanted, note_loaded, unit_told
from lotstream.domain.looking import Passed, usable
from lotstream.domain.model import RowKey
from lotstream.domain.places import DOCK, is_staging
from lotstream.domain.wording import amount


def load_free(loading: Loading, wanted: Wanted, quantity: int) -> None:
    """Load goods that were not promised: free stock the line may have, then, if it has happened, whatever it was."""
    for candidate in _free_stock(loading, wanted, quantity):
        take = min(quantity, loading.draft.free(candidate), loading.books.unreserved(candidate.key))
        if take > 0:
            _load_row(loading, wanted, candidate.key, take)
            quantity -= take
        if quantity == 0:
            return
    rows = _rows_meant(loading, wanted)
    for row in rows:
        take = min(quantity, loading.books.unreserved(row))
        if take > 0:
            _object_to(loading, wanted, row)
            _load_row(loading, wanted, row, take)
            quantity -= take
    if quantity:
        _load_missing(loading, wanted, rows, quantity)


def _load_missing(loading: Loading, wanted: Wanted, rows: list[RowKey], quantity: int) -> None:
    said = wanted.said
    row = rows[0] if rows else RowKey(wanted.item.sku, said.lot, loading.command.site, said.location or DOCK)
    what = amount(wanted.item, quantity)
    message = f"{what} of {wanted.item.sku} is neither promised nor free; ship what is there."
    loading.object(Code.NOT_AVAILABLE, f"{wanted.path}.quantity", message, line=said.line, row=row)
    _load_row(loading, wanted, row, quantity)


def _object_to(loading: Loading, wanted: Wanted, row: RowKey) -> None:
    """Object to goods that are there but not free for the line.

    What no line wants was objected to as a whole; that it is on hold besides is said of the goods themselves.
    """
    line, order = wanted.line, loading.order
    if line is None or order is None:
        stopped = why_stopped(loading.draft, row, in_bin=not is_staging(row.location))
        if stopped is None:
            return
        loading.object(stopped[0], f"{wanted.path}.lot", stopped[1], line=wanted.said.line, row=row)
        return
    candidate = loading.draft.candidate(row)
    terms = terms_of(loading.draft, order, line, site=row.site)
    code, message = why_not_leave(loading.draft, terms, row, in_bin=True) or (
        Code.NOT_AVAILABLE, f"Stock of {row.sku} in {row.location} is promised to others; ship what is there."
    )  # fmt: skip
    other = terms.refuse(candidate)
    if code is Code.NOT_AVAILABLE and other is not None:
        code, message = Code.LOT_NOT_ALLOWED, f"Line {line.line} does not take this stock ({other.value}); take other."
    elif code is Code.NOT_AVAILABLE and not may_join(loading, line, row.lot):
        message = f"Line {line.line} may not come from so many lots ({NotUsed.LOT_LIMIT.value}); ship one it has."
        code = Code.LOT_NOT_ALLOWED
    loading.object(code, f"{wanted.path}.lot", message, line=line.line, row=row)


def _free_stock(loading: Loading, wanted: Wanted, quantity: int) -> Iterator[Candidate]:
    """Return the candidates a line may be given of, in the order of use; of one lot or a few those that have enough."""
    line, order, site = wanted.line, loading.order, loading.command.site
    if line is None or order is None:
        return
    said = wanted.said
    terms = terms_of(loading.draft, order, line, site=site)
    shelf = loading.draft.shelf(line.sku, site)
    if said.lot is not None:
        candidates = iter(loading.draft.of_lot(shelf, terms.policy, said.lot))
    elif terms.lots_max is None:
        candidates = usable(loading.draft, shelf, terms, Passed({}))
    else:
        candidates = iter(enough_first(loading, line, terms, said.location, quantity=quantity))
    for candidate in candidates:
        key = candidate.key
        fits = said.location in (None, key.location) and terms.refuse(candidate) is None
        if fits and (terms.lots_max is None or may_join(loading, line, key.lot)):
            yield candidate


def _rows_meant(loading: Loading, wanted: Wanted) -> list[RowKey]:
    """Return the rows the goods can have come from: staging places first, then the fullest."""
    said, books = wanted.said, loading.books
    place = (wanted.item.sku, loading.command.site)
    known = {*loading.draft.rows_of(*place), *(key for key in books.rows() if (key.sku, key.site) == place)}
    rows = [key for key in known if said.lot in (None, key.lot) and said.location in (None, key.location)]

    def rank(key: RowKey) -> tuple[bool, int, list[str]]:
        return (not is_staging(key.location), -books.unreserved(key), [str(part) for part in key])

    return sorted(rows, key=rank)


def _load_row(loading: Loading, wanted: Wanted, row: RowKey, quantity: int) -> None:
    """Load goods that were promised to nobody; for the rest of the decision they are gone."""
    there = loading.books.unreserved(row)
    loading.draft.take(loading.draft.candidate(row), min(quantity, there))
    said, item = wanted.said, wanted.item
    unit, factor = unit_told(wanted.line, item, quantity)
    note_loaded(
        loading,
        said.line,
        row,
        row,
        quantity=quantity,
        reserved=0,
        task=None,
        package=said.package,
        unit=(unit, factor),
        serials=wanted.told.of_row(row, quantity),
    )
