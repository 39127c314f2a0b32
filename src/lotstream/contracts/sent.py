"""The body of each outgoing message by its type; the hub writes them in `outgoing` without pydantic."""

from __future__ import annotations

from lotstream.contracts.fields import Sent
from lotstream.contracts.sent_floor import FloorTasks, Package
from lotstream.contracts.sent_inventory import InventoryChange
from lotstream.contracts.sent_lots import LotChanged
from lotstream.contracts.sent_notices import Alert, Answer
from lotstream.contracts.sent_orders import Availability, OrderStatus
from lotstream.contracts.sent_recalls import RecallLetter
from lotstream.contracts.sent_receipts import ReceiptClosedTold
from lotstream.contracts.sent_road import ShipmentProgress
from lotstream.contracts.sent_shipments import ShipConfirmation
from lotstream.contracts.sent_stock import InventoryComparison, InventorySnapshot
from lotstream.contracts.sent_tasks import PickTasks, WaveTasks

#: Name of an outgoing message → the model of its body; the name is `lotstream.<name>.v1` in ``ce_type``.
SENT: dict[str, type[Sent]] = {
    "pick_tasks": PickTasks,
    "wave_tasks": WaveTasks,
    "floor_tasks": FloorTasks,
    "package": Package,
    "order_status": OrderStatus,
    "ship_confirmation": ShipConfirmation,
    "availability": Availability,
    "receipt_closed": ReceiptClosedTold,
    "inventory_change": InventoryChange,
    "inventory_snapshot": InventorySnapshot,
    "inventory_comparison": InventoryComparison,
    "lot_changed": LotChanged,
    "alert": Alert,
    "answer": Answer,
    "recall_letter": RecallLetter,
    "shipment_progress": ShipmentProgress,
}
