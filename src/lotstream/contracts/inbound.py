"""Every inbound message this version reads, by name; and the names that later versions will read."""

from __future__ import annotations

from lotstream.contracts import inbound_ends as ends
from lotstream.contracts import inbound_facts as facts
from lotstream.contracts import inbound_floor as floor
from lotstream.contracts import inbound_goods as goods
from lotstream.contracts import inbound_hub as hub
from lotstream.contracts import inbound_kits as kits
from lotstream.contracts import inbound_lots as lots
from lotstream.contracts import inbound_moving as moving
from lotstream.contracts import inbound_orders as orders
from lotstream.contracts import inbound_packing as packing
from lotstream.contracts import (
    inbound_papers as papers,
)
from lotstream.contracts import inbound_places as places
from lotstream.contracts import (
    inbound_recalls as recalls,
)
from lotstream.contracts import inbound_receipts as receipts
from lotstream.contracts import inbound_returns as returns
from lotstream.contracts import inbound_road as road
from lotstream.contracts import inbound_stock as stock
from lotstream.contracts import inbound_waves as waves
from lotstream.contracts.fields import Inbound
from lotstream.contracts.inbound_settings import SettingsChanged

#: Name of a command → the model of its body; the name is `lotstream.<name>.v1` in ``ce_type``.
INBOUND: dict[str, type[Inbound]] = {
    "owner.defined": facts.OwnerDefined,
    "settings.changed": SettingsChanged,
    "item.defined": facts.ItemDefined,
    "customer.defined": facts.CustomerDefined,
    "supplier.defined": facts.SupplierDefined,
    "site.defined": facts.SiteDefined,
    "location.defined": facts.LocationDefined,
    "day.opened": facts.DayOpened,
    "order.placed": orders.OrderPlaced,
    "order.cancelled": orders.OrderCancelled,
    "order.released": orders.OrderReleased,
    "order.unreserved": orders.OrderUnreserved,
    "order.closed": orders.OrderClosed,
    "stock.reserved": orders.StockReserved,
    "allocation.requested": orders.AllocationRequested,
    "stock.received": goods.StockReceived,
    "receipt.expected": receipts.ReceiptExpected,
    "receipt.corrected": receipts.ReceiptCorrected,
    "receipt.closed": receipts.ReceiptClosed,
    "balance.opened": goods.BalanceOpened,
    "hold.placed": goods.HoldPlaced,
    "hold.lifted": goods.HoldLifted,
    "lot.inspected": papers.LotInspected,
    "lot.documented": papers.LotDocumented,
    "lot.recalled": recalls.LotRecalled,
    "recall.answered": recalls.RecallAnswered,
    "recall.closed": recalls.RecallClosed,
    "return.inspected": returns.ReturnInspected,
    "return.expected": returns.ReturnExpected,
    "shipment.progressed": road.ShipmentProgressed,
    "condition.recorded": papers.ConditionRecorded,
    "stock.adjusted": stock.StockAdjusted,
    "kit.assembled": kits.KitAssembled,
    "kit.broken": kits.KitBroken,
    "production.recorded": kits.ProductionRecorded,
    "stock.counted": stock.StockCounted,
    "count.approved": stock.CountApproved,
    "stock.moved": stock.StockMoved,
    "transfer.shipped": moving.TransferShipped,
    "transfer.received": moving.TransferReceived,
    "title.released": moving.TitleReleased,
    "title.accepted": moving.TitleAccepted,
    "putaway.done": places.PutawayDone,
    "task.done": places.TaskDone,
    "stock.status_changed": stock.StockStatusChanged,
    "goods.returned": stock.GoodsReturned,
    "lot.corrected": lots.LotCorrected,
    "lot.merged": lots.LotMerged,
    "item.rebased": lots.ItemRebased,
    "item.renamed": lots.ItemRenamed,
    "lot.split": lots.LotSplit,
    "wave.released": waves.WaveReleased,
    "wave.cancelled": waves.WaveCancelled,
    "pick.confirmed": floor.PickConfirmed,
    "pick.started": floor.PickStarted,
    "pick.undone": floor.PickUndone,
    "pick.shorted": floor.PickShorted,
    "pick.scanned": floor.PickScanned,
    "package.packed": packing.PackagePacked,
    "package.unpacked": packing.PackageUnpacked,
    "shipment.confirmed": floor.ShipmentConfirmed,
    "shipment.voided": floor.ShipmentVoided,
    "shipment.corrected": floor.ShipmentCorrected,
    "owner.closed": ends.OwnerClosed,
    "shipment.imported": ends.ShipmentImported,
    "snapshot.requested": ends.SnapshotRequested,
    "comparison.recorded": ends.ComparisonRecorded,
    "person.erased": ends.PersonErased,
    "day.continued": hub.DayContinued,
    "clock.ticked": hub.ClockTicked,
    "broadcast.answered": hub.BroadcastAnswered,
}

#: What the hub alone appends, under its own source.
BY_HUB: frozenset[str] = frozenset({"day.continued", "clock.ticked", "broadcast.answered"})

#: What concerns every partition: no owner, message key `*`, written by the hub's own tools only.
BROADCAST: frozenset[str] = frozenset({"site.defined", "location.defined", "day.opened", "broadcast.answered"})
#: What concerns one owner, or every partition when it names none: a hold on a lot, or on a bin.
EITHER: frozenset[str] = frozenset({"hold.placed", "hold.lifted"})
#: Message key of what concerns every partition.
BROADCAST_KEY = "*"


def type_of(name: str) -> str:
    """Return the ``ce_type`` of a message name: ``order.placed`` becomes ``lotstream.order.placed.v1``."""
    return f"lotstream.{name}.v1"
