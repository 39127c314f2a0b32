"""Somebody who knows an owner's stock from the opening balances and the topic about stock alone."""

from __future__ import annotations

from collections import Counter

from lotstream.contracts.inventory_said import CHANGES
from lotstream.contracts.sent_inventory import InventoryChange, InventoryLine
from lotstream.contracts.write_inventory import inventory_changes
from lotstream.domain.commands import Moment
from lotstream.domain.events import BalanceOpened, Event
from lotstream.domain.ledger import Ledger

Goods = tuple[str, str | None, str]
"""SKU, lot and condition."""


class StockReader:
    """Adds up what is told of stock, and compares what is said to be on hand with what is."""

    def __init__(self) -> None:
        self._believed = Counter[Goods]()

    def hear(self, ledger: Ledger, event: Event, moment: Moment) -> None:
        """Read what an event, just applied, tells."""
        if isinstance(event, BalanceOpened):
            for booked in event.lines:
                self._believed[booked.row.sku, booked.row.lot, booked.row.status] += booked.quantity
        for message in inventory_changes(ledger, event, moment) if type(event) in CHANGES else ():
            for line in InventoryChange.model_validate_json(message.value).lines:
                self._add(line)
                said = {(line.sku, line.lot, one.status.value): int(one.quantity) for one in line.on_hand}
                assert said == {
                    goods: units
                    for goods, units in _there(ledger).items()
                    if goods[:2] == (line.sku, line.lot) and line.unit == ledger.items[line.sku].base_unit
                }

    def check(self, ledger: Ledger) -> None:
        """What is believed is what is there."""
        assert {goods: units for goods, units in self._believed.items() if units} == _there(ledger)

    def _add(self, line: InventoryLine) -> None:
        units = int(line.quantity)
        if line.from_status is not None and line.to_status is not None:
            self._believed[line.sku, line.lot, line.from_status.value] -= units
            self._believed[line.sku, line.lot, line.to_status.value] += units
        else:
            self._believed[line.sku, line.lot, (line.from_status or line.to_status or "")] += units


def _there(ledger: Ledger) -> dict[Goods, int]:
    there = Counter[Goods]()
    for key, row in ledger.stock.items():
        if key.location.startswith("TRANSIT/"):
            # What is on the way to a site is not there.
            continue
        there[key.sku, key.lot, key.status] += row.on_hand
    return {goods: units for goods, units in there.items() if units}
