"""Bodies of rows as the hub writes them; what differs from row to row has a name that is replaced."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Final

from lotstream.domain.goods import RECEIPT as RECEIPT_KIND
from lotstream.domain.model import (
    SHIPMENT as SHIPMENT_KIND,
)
from lotstream.domain.model import (
    TRANSFER as TRANSFER_KIND,
)
from lotstream.domain.model import (
    Booked,
    Hold,
    HoldKind,
    Item,
    LotDocument,
    LotMore,
    LotName,
    OrderKey,
    Receipt,
    ReceiptKey,
    RowKey,
    Serial,
    SerialKey,
    SerialState,
    Shipment,
    ShipmentPart,
    Shipped,
    Transfer,
    TransferLine,
    TransferState,
)
from lotstream.store.codec import encode_all, encode_text

ITEM: Final = encode_text(Item("THE-SKU"))
HELD: Final = encode_all([Hold("H-1", HoldKind.HOLD, "wet", by="qa-1", at=datetime(2026, 6, 1, tzinfo=UTC))])
PAPERS: Final = encode_text(
    LotMore(came="receipt", origin="CA", documents=(LotDocument("coa", "C-1", date(2026, 1, 1), date(2027, 1, 1)),))
)
PEDIGREE: Final = encode_text(
    LotMore(came="production", made_from=tuple(LotName("THE-SKU", f"LOT-{number}") for number in range(3)))
)
SHIP_TO: Final = json.dumps(
    {
        "name": "Receiver THE-NUMBER", "company": None, "street": ["THE-NUMBER Example Street"], "city": "Sampletown",
        "region": "OH", "postcode": "43001", "country": "US", "phone": None, "email": None,
    }
)  # fmt: skip
_ROW: Final = RowKey("THE-SKU", "THE-LOT", "TOR", "STAGE-1")
_LEFT: Final = Shipped("1", "THE-SKU", "THE-LOT", date(2027, 6, 1), None, _ROW, _ROW, 12, 12, "t-1")
SHIPMENT: Final = encode_text(
    Shipment(
        ReceiptKey(SHIPMENT_KIND, "THE-SHIPMENT"), "TOR",
        (ShipmentPart(OrderKey("shop", "THE-ORDER"), "0123456789abcdef", (_LEFT,)),),
    )
)  # fmt: skip
UNIT: Final = encode_text(Serial(SerialKey("THE-SERIAL", "THE-SKU"), SerialState.IN_STOCK, _ROW))
_TRANSFER: Final = Transfer(
    ReceiptKey(TRANSFER_KIND, "THE-TRANSFER"),
    "TOR",
    "MTL",
    "0123456789abcdef",
    (TransferLine("1", "SKU-00", "L0", 12),),
)
ON_THE_WAY: Final = encode_text(_TRANSFER)
ARRIVED: Final = encode_text(
    replace(_TRANSFER, lines=(TransferLine("1", "SKU-00", "L0", 12, received=12),), state=TransferState.CLOSED)
)
RECEIPT: Final = encode_text(
    Receipt(ReceiptKey(RECEIPT_KIND, "THE-RECEIPT"), "TOR", lines={"1": Booked(_ROW, 24)}, told=1)
)
