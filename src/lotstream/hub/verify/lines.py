"""The rows that a record adds beside its journal: what left, and what became of each lot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from msgspec import structs

from lotstream.domain.events import Event, ShipmentConfirmed, ShipmentImported, ShipmentVoided
from lotstream.domain.ledger import Ledger
from lotstream.hub.lot_rows import lot_rows
from lotstream.hub.recall_runs import recall_runs
from lotstream.hub.traces import shipment_lines
from lotstream.hub.verify.compare import Comparison, Table
from lotstream.hub.verify.found import Findings
from lotstream.hub.verify.told import Place
from lotstream.store.added import COLUMNS, lot_history_row, recall_run_row, shipment_line_row
from lotstream.store.rows import LotHistoryRow, RecallRunRow, ShipmentLineRow

if TYPE_CHECKING:
    from lotstream.store.verify import Row

_PLACE: Final = 2
_KEY: Final = 4
"""Columns that every row of a partition, and every single row, has in front: log, partition; offset, index."""

_NOWHERE: Final = dict.fromkeys(("site", "location", "status", "region"))

SHIPMENT_LINE = Table("shipment_line", ("offset", "index"), COLUMNS["shipment_line"][_KEY:])
RECALL_RUN = Table("recall_run", ("offset", "index"), COLUMNS["recall_run"][_KEY:])
LOT_HISTORY = Table("lot_history", ("offset", "index"), COLUMNS["lot_history"][_KEY:])


@dataclass(slots=True)
class Lines:
    """What follows from the events of one record that were played so far."""

    place: Place
    shipped: list[ShipmentLineRow] = field(default_factory=list)
    became: list[LotHistoryRow] = field(default_factory=list)
    recalled: list[RecallRunRow] = field(default_factory=list)

    def add(self, ledger: Ledger, event: Event, recorded_at: datetime) -> None:
        """Take in an event that was just applied."""
        partition, offset = self.place.partition, self.place.offset
        self.became += lot_rows(
            event, owner=ledger.owner, partition=partition, offset=offset, first=len(self.became),
            recorded_at=recorded_at,
        )  # fmt: skip
        self.recalled += recall_runs(
            ledger, event, partition=partition, offset=offset, first=len(self.recalled), asked_at=recorded_at
        )
        if isinstance(event, ShipmentConfirmed | ShipmentImported | ShipmentVoided):
            self.shipped += shipment_lines(ledger, event, partition, offset, first=len(self.shipped))

    def compare(
        self, left: Sequence[Row], became: Sequence[Row], recalled: Sequence[Row], *, findings: Findings, by_first: bool
    ) -> None:  # fmt: skip
        """Note every line that differs; the first version said of no goods where they lay, and kept no histories.

        What was added to them since is compared as well.
        """
        if by_first and not became and all(row["site"] is None for row in left):
            self.shipped = [structs.replace(row, **_NOWHERE) for row in self.shipped]
        self._compare(SHIPMENT_LINE, [shipment_line_row(self.place.log, row) for row in self.shipped], left, findings)
        if became or not by_first:
            self._compare(LOT_HISTORY, [lot_history_row(self.place.log, row) for row in self.became], became, findings)
        self._compare(RECALL_RUN, [recall_run_row(self.place.log, row) for row in self.recalled], recalled, findings)

    def _compare(
        self, table: Table, wanted: Sequence[Sequence[Any]], found: Sequence[Row], findings: Findings
    ) -> None:  # fmt: skip
        given = {"log": self.place.log, "partition": self.place.partition}
        compared = Comparison(table, findings, given=given)
        says = {row[_KEY - 1]: tuple(row[_KEY:]) for row in wanted}
        said = {row["index"]: tuple(row)[_KEY - _PLACE :] for row in found}
        for index in sorted(says | said):
            key = (self.place.offset, index)
            if index in says and index in said:
                compared.columns(key, says[index], said[index])
            elif index in says:
                compared.lone(key, journal=says[index])
            else:
                compared.lone(key, found=said[index])
