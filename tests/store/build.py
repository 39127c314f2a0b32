"""Claims, ledgers and batches for tests of a store, as small as a test can use them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from lotstream.domain.changed import Touched
from lotstream.domain.events import Event, OrderRecorded
from lotstream.domain.ledger import Ledger, Sites
from lotstream.domain.model import (
    SHIPMENT,
    Booked,
    CountApproval,
    Customer,
    Hold,
    HoldKind,
    Inspection,
    Item,
    Lot,
    LotDocument,
    LotMore,
    LotName,
    LotNumber,
    Mixing,
    NumberKind,
    Order,
    OrderKey,
    OrderLine,
    OrderState,
    Policy,
    Rebase,
    Receipt,
    ReceiptKey,
    Reservation,
    RowKey,
    Serial,
    SerialKey,
    SerialState,
    Settings,
    Shipment,
    ShipmentPart,
    Shipped,
    Stage,
    StockRow,
)
from lotstream.store.claim import Claim
from lotstream.store.journal import GENESIS, journal_row
from lotstream.store.rows import Batch, IntakeRow, JournalRow, OutboxRow, Outcome, PartitionBatch
from lotstream.store.seam import Store
from lotstream.store.state import state_rows

OWNER = "acme"
PARTITIONS = 8
T0 = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
TODAY = {"TOR": date(2026, 9, 1)}
ROW = RowKey("CER-001", "L24A", "TOR", "TOR-A-01")
LOOSE = RowKey("BAG-002", None, "TOR", "TOR-B-01", package="P-1", pack_size=12, status="damaged", returned=True)
ORDER = OrderKey("shopify:acme", "#1001")
MORE = LotMore(
    aliases=("24A", "24-A"), came="production", made_from=(LotName("ING-7", "77"),), cost_total=Decimal("85.000001"),
    cost_units=240, origin="CA", facility="F2", details={"expires_from": "made"},
    documents=(LotDocument("coa", "C-1", date(2026, 1, 1), date(2027, 1, 1), "https://example.com/c-1", "c0ffee"),),
    inspections=(Inspection("I-1", Stage.INBOUND, passed=True, by="qa-1", at=T0, measured={"ph": "6.1"}),),
    alerted=("expiry:30",), into=LotName("CER-001", "L24A"),
)  # fmt: skip


def fresh_claim(partition: int = 0) -> Claim:
    """Return the claim of a partition whose first record is yet to come."""
    return Claim(
        partition, log=1, next_offset=0, epoch=1, holder="worker-1", released=False, today={}, chain=GENESIS,
        broadcast_seen=0, append_time=None, last_append_time=None, last_message_id=None, relay_position=0,
    )  # fmt: skip


async def claim(store: Store, partition: int = 0, *, holder: str = "worker-1") -> Claim:
    """Return the claim of a partition, taken by a holder."""
    read = (await store.claims([partition]))[partition]
    taken = await store.take_claim(read, holder=holder)
    assert taken is not None
    return taken


def batch(before: Claim, *, records: int = 1, ledger: Ledger | None = None, events: Iterable[Event] = ()) -> Batch:
    """Return a batch that moves a claim forward, journals events at its first offset and names a touched ledger."""
    journal = journal_rows(before, events)
    after = replace(
        before,
        next_offset=before.next_offset + records,
        chain=journal[-1].hash if journal else before.chain,
        append_time=T0,
        last_append_time=T0,
        last_message_id=f"m-{before.next_offset + records - 1}",
    )
    return Batch([PartitionBatch(before, after)], state_rows([ledger] if ledger else [], journal), journal=journal)


def journal_rows(before: Claim, events: Iterable[Event]) -> list[JournalRow]:
    """Return events as journal rows of a claim's next offset, chained."""
    rows: list[JournalRow] = []
    for index, event in enumerate(events):
        previous = rows[-1].hash if rows else before.chain
        rows.append(
            journal_row(
                event, previous=previous, partition=before.partition, offset=before.next_offset, index=index,
                owner=OWNER, recorded_at=T0, today=TODAY,
            )
        )  # fmt: skip
    return rows


def after(written: Batch) -> Claim:
    """Return the claim as it is after a batch of one partition."""
    return written.partitions[0].after


def intake(offset: int, message_id: str, *, outcome: Outcome = Outcome.DONE, partition: int = 0) -> IntakeRow:
    """Return what became of a record."""
    return IntakeRow(
        partition, offset, "shopify:acme", message_id, "lotstream.order.placed.v1", OWNER, outcome, T0
    )  # fmt: skip


def message(offset: int, index: int = 0, *, partition: int = 0, value: bytes | None = b"{}") -> OutboxRow:
    """Return an outgoing message."""
    return OutboxRow(
        partition, offset, index, f"{offset:016x}{index:016x}", "lotstream.pick-tasks", b"#1001",
        "lotstream.pick_tasks.v1", value, T0,
    )  # fmt: skip


def empty_ledger(owner: str = OWNER) -> Ledger:
    """Return an owner nobody has said anything about."""
    return Ledger(owner, Sites())


def order(number: str = ORDER.order, *, state: OrderState = OrderState.ALLOCATED) -> Order:
    """Return an order of one line with a reservation."""
    line = OrderLine(
        "1", "CER-001", "case", 12, 24, min_pct_left=Decimal("33.30"), policy=Policy.FEFO,
        reservations=[Reservation("task-1", ROW, 24, picked=12, staged_at="TOTE-1")],
    )  # fmt: skip
    return Order(
        OrderKey(ORDER.source, number), "2026-09-01T14:00:02Z", T0, 7, "c0ffee", "C-7", "TOR", state,
        ship_date=date(2026, 9, 3), references={"po": "PO-9"}, lines=[line], shipments=("S-1",),
    )  # fmt: skip


def with_order(placed: Order, *, closed: bool = False) -> Ledger:
    """Return a ledger that has touched one order."""
    ledger = empty_ledger()
    if closed:
        ledger.closed[placed.key] = placed
    else:
        ledger.orders[placed.key] = placed
    ledger.touched.orders.add(placed.key)
    return ledger


def with_stock(row: StockRow) -> Ledger:
    """Return a ledger that has touched one stock row."""
    ledger = empty_ledger()
    ledger.stock[row.key] = row
    ledger.touched.stock.add(row.key)
    return ledger


def full_ledger() -> Ledger:
    """Return a ledger with one of everything, all of it touched."""
    ledger = empty_ledger()
    ledger.settings = Settings(
        policy=Policy.FIFO, min_pct_left=Decimal("0.10"), sites=("TOR", "DET"), expiry_alert_days=(30, 7),
        unsellable_alert_days=(14,), count_approval=CountApproval(percent=Decimal("2.5")), returned_status="quarantine",
        put_away_hints=True, hazard_conflicts=(("3", "5.1"),), currency="CAD", closed=True,
    )  # fmt: skip
    ledger.items["CER-001"] = Item("CER-001", units={"case": Decimal("12.000")}, gtins=("00012345678905",))
    ledger.items["BAR-002"] = Item(
        "BAR-002", required=("supplier", "certificate:organic"), shelf_life_days=180, inspect=True, storage="cold",
        lot_number=LotNumber(NumberKind.TEMPLATE, "{supplier_lot}-{seq:4}", "[A-Z0-9-]+"), hazard="3",
        mixing=Mixing.ONE_LOT, documents=("coa",), recipe={"CER-001": Decimal("0.020")}, catch_weight=True,
        keep_from_c=Decimal(2), keep_to_c=Decimal("8.0"), expiry_alert_days=(), reorder_point=Decimal(40),
        daily_use=Decimal("1.5"), rebased=(Rebase(7, 1000, 1),), former=("BAR-001",),
    )  # fmt: skip
    ledger.customers["C-7"] = Customer("C-7", min_days_left_by_sku={"CER-001": 90}, documents=("coa",))
    ledger.last_shipped["C-7", "CER-001"] = date(2027, 6, 1)
    holds = (Hold("h-1", HoldKind.QUARANTINE, "wet", by="qa-1", at=T0), Hold("h-2", HoldKind.RECALL))
    ledger.lots["CER-001", "L24A"] = Lot("CER-001", "L24A", date(2027, 6, 1), supplier="S-3", holds=holds, more=MORE)
    ledger.lots["BAR-002", "B1"] = Lot("BAR-002", "B1")
    ledger.stock[ROW] = StockRow(ROW, on_hand=240, reserved=24, promised_elsewhere=3)
    ledger.stock[LOOSE] = StockRow(LOOSE, on_hand=-5, received=date(2026, 1, 2))
    ledger.weights = {ROW: 2_400_001, LOOSE: 7}
    ledger.orders[ORDER] = order()
    ledger.cancels[OrderKey("edi", "PO-1")] = ("2", ("1", "3"))
    receipt = Receipt(ReceiptKey("receipt", "R-55"), "TOR", final=True, lines={"1": Booked(LOOSE, 12)})
    unit = Serial(SerialKey("SN-1", "CER-001"), SerialState.SHIPPED, ROW, "edi", "PO-1", "1", "SHP-1", T0, "C-7")
    for serial in (unit, Serial(SerialKey("SN-1", "TEA"), SerialState.IN_STOCK, LOOSE)):
        ledger.serials.setdefault("SN-1", {})[serial.key.sku] = serial
    left = Shipped("1", "CER-001", "L24A", date(2027, 6, 1), None, ROW, ROW, 12, 12, "t-1", "SSCC", "case", 12)
    shipment = Shipment(ReceiptKey(SHIPMENT, "SH-1"), "TOR", (ShipmentPart(ORDER, "hash", (left,)),))
    ledger.receipts.update({receipt.key: receipt, shipment.key: shipment})
    ledger.touched = Touched(
        owner=True, items=set(ledger.items), customers=set(ledger.customers),
        last_shipped=set(ledger.last_shipped), lots=set(ledger.lots),
        stock=set(ledger.stock), orders=set(ledger.orders), cancels=set(ledger.cancels), receipts=set(ledger.receipts),
        serials={SerialKey("SN-1", "CER-001"), SerialKey("SN-1", "TEA")}, weights=set(ledger.weights),
    )  # fmt: skip
    return ledger


async def write(store: Store, written: Batch) -> Claim:
    """Commit a batch of one partition and return the claim as it is afterwards."""
    await store.commit(written)
    return after(written)


async def record(store: Store, mine: Claim, placed: Order) -> Claim:
    """Record an order and return the claim as it is afterwards."""
    return await write(store, batch(mine, ledger=with_order(placed), events=[OrderRecorded(placed)]))
