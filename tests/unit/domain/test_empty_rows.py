from __future__ import annotations

from datetime import date

import pytest

from lotstream.domain.allocation import _by_reason
from lotstream.domain.apply import apply
from lotstream.domain.draft import Draft
from lotstream.domain.events import BalanceOpened, GoodsBooked, StockFound
from lotstream.domain.ledger import Ledger, Sites
from lotstream.domain.model import Hold, HoldKind, Lot, ReceiptKey, RowKey
from tests.unit.domain.build import TODAY, World

LOOSE = RowKey("BAG", None, "TOR", "BIN")
OLD, NEW = date(2026, 1, 1), date(2026, 8, 1)


def _emptied(*, forgotten: bool) -> Ledger:
    """A ledger whose only row was filled on the old day and emptied again."""
    ledger = Ledger("acme", Sites())
    _book(ledger, "B1", 5, OLD)
    apply(ledger, StockFound(LOOSE, -5, "count"))
    if forgotten:
        ledger.settle()
    return ledger


def _book(ledger: Ledger, balance: str, quantity: int, received: date) -> None:
    ledger.receipts[ReceiptKey("balance", balance)] = None
    line = GoodsBooked("1", LOOSE, quantity, None, received)
    apply(ledger, BalanceOpened("TOR", balance, None, World().warehouse.moment().recorded_at, (line,)))


@pytest.mark.parametrize("forgotten", [False, True], ids=["in the same batch", "in another batch"])
def test_goods_in_an_emptied_row_are_as_old_as_they_are(forgotten: bool) -> None:
    """What comes into a row whose goods are all gone has its own date, wherever the batch ended in between."""
    ledger = _emptied(forgotten=forgotten)
    _book(ledger, "B2", 3, NEW)
    assert (ledger.stock[LOOSE].on_hand, ledger.stock[LOOSE].received) == (3, NEW)


@pytest.mark.parametrize("forgotten", [False, True], ids=["in the same batch", "in another batch"])
def test_what_is_found_in_an_emptied_row_has_no_date(forgotten: bool) -> None:
    """Goods nobody knew of have no receipt date, also where others stood before."""
    ledger = _emptied(forgotten=forgotten)
    apply(ledger, StockFound(LOOSE, 2, "count"))
    assert (ledger.stock[LOOSE].on_hand, ledger.stock[LOOSE].received) == (2, None)


def test_goods_that_join_others_are_as_old_as_the_oldest() -> None:
    """A row that is not empty keeps the earliest date, as before."""
    ledger = Ledger("acme", Sites())
    _book(ledger, "B1", 5, OLD)
    _book(ledger, "B2", 5, TODAY)
    assert ledger.stock[LOOSE].received == OLD


@pytest.mark.parametrize("forgotten", [False, True], ids=["in the same batch", "in another batch"])
def test_an_emptied_row_is_no_reason_for_anything(forgotten: bool) -> None:
    """Where a lot is put on hold, a row without goods is not counted as held, wherever the batch ended in between."""
    world, held = World(), Lot("CER", "L1", holds=(Hold("h-1", HoldKind.HOLD),))
    ledger = Ledger("acme", Sites())
    ledger.lots["CER", "L1"] = Lot("CER", "L1")
    for quantity in (5, -5):
        apply(ledger, StockFound(RowKey("CER", "L1", "TOR", "DOOR"), quantity, "count"))
    if forgotten:
        ledger.settle()
    draft = Draft(ledger, world.warehouse.moment())
    draft.know_lot(held)
    assert draft.counts(draft.shelf("CER", "TOR")) == {}


def test_counts_are_in_the_order_of_their_names() -> None:
    """Why rows were not used is written in one order, whatever happened to the shelf before."""
    assert list(_by_reason({"reserved": 1, "hold": 2})) == ["hold", "reserved"]
