"""What is worked out from a ledger, so that a decision need not walk through all of it."""

from __future__ import annotations

from dataclasses import dataclass

from lotstream.domain.ahead import Ahead
from lotstream.domain.model import Lot, RowKey, StockRow
from lotstream.domain.names import Names
from lotstream.domain.numbers import Numbers
from lotstream.domain.progress import Affected
from lotstream.domain.promised import Promised
from lotstream.domain.shelf import Shelf
from lotstream.domain.waiting import Waiting
from lotstream.domain.waved import Waved


@dataclass(slots=True)
class Derived:
    """What is worked out from a ledger so that a decision need not walk through all of it; never stored."""

    #: Rows by SKU and site; shelves are made of them when first asked for.
    rows: dict[tuple[str, str], dict[RowKey, StockRow]]
    shelves: dict[tuple[str, str], Shelf]
    #: Sites where a SKU has rows.
    sites_of: dict[str, set[str]]
    waiting: Waiting
    #: SKUs by trade item number, in 14 digits.
    gtins: dict[str, str]
    #: Orders by the lots promised to them; None: nobody has asked yet, and nothing is kept up to date.
    promised: Promised | None = None
    #: SKUs on the lines of open orders; None: to be gathered again.
    ordered: frozenset[str] | None = None
    #: What the walk under way has found; None: to be found again.
    affected: Affected | None = None
    #: Orders by the serial numbers they speak of; None: no item is tracked by serial number.
    numbers: Numbers | None = None
    #: SKUs by the numbers of their lots; None: nobody has asked yet, and nothing is kept up to date.
    lot_skus: dict[str, list[str]] | None = None
    #: Numbers of lots by SKU and their suppliers' numbers; None: nobody has asked yet, and nothing is kept up to date.
    supplied: dict[tuple[str, str], set[str]] | None = None
    #: Rows by site and location; None: nobody has asked yet, and nothing is kept up to date.
    bins: dict[tuple[str, str], set[RowKey]] | None = None
    #: Some item says where it may lie; None: to be looked for.
    item_rules: bool | None = None
    #: Orders that wait for their day; None: no order does.
    ahead: Ahead | None = None
    #: Orders by the waves their promises are told by; None: there is no wave.
    waved: Waved | None = None
    #: What lots and items were called before; None: nothing was called otherwise.
    names: Names | None = None
    #: Some item was counted in another unit before.
    rebased: bool = False

    def note_supplied(self, lot: Lot) -> None:
        """Put a lot among those that its supplier calls by a number, where anybody asks for them."""
        if self.supplied is not None and lot.supplier_lot is not None:
            self.supplied.setdefault((lot.sku, lot.supplier_lot), set()).add(lot.lot)
