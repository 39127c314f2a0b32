"""What is told of closed receipts."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime

from lotstream.contracts.outgoing import messages
from lotstream.contracts.sent_receipts import ReceiptClosedTold
from lotstream.contracts.write_receipts import LINES_MAX
from lotstream.domain.commands import Moment
from lotstream.domain.events import ReceiptClosed, ReceiptLineTold
from lotstream.domain.ledger import Ledger, Sites
from lotstream.domain.model import Item, Lot

AT = datetime(2026, 9, 1, 12, tzinfo=UTC)
MOMENT = Moment(AT, {}, "d" * 32, 1)
CLOSED = ReceiptClosed(
    "TOR", "R-1", "ASN", "S-3", "dock", AT,
    (
        ReceiptLineTold("1", "RICE", "24A", 5000, 6000, 1000, 500),
        ReceiptLineTold("2", "RICE", None, 2500, 0, supplier_lot="24B", expires=date(2027, 1, 1)),
        ReceiptLineTold(None, "RICE", "9", 0, 1),
    ),
)  # fmt: skip


def told(event: ReceiptClosed) -> list[ReceiptClosedTold]:
    """What is told of a closed receipt, as its readers read it."""
    ledger = Ledger("acme", Sites(), items={"RICE": Item("RICE", base_unit="kg", decimals=3)})
    ledger.lots["RICE", "24A"] = Lot("RICE", "24A", expires=date(2027, 6, 1), made=date(2026, 6, 1), supplier_lot="A")
    found = list(messages(ledger, event, MOMENT))
    assert {(message.topic, message.type, message.key) for message in found} == {
        ("lotstream.receipts", "lotstream.receipt_closed.v1", "acme")
    }
    return [ReceiptClosedTold.model_validate_json(message.value) for message in found]


def test_a_closed_receipt_is_told_in_base_units() -> None:
    """Expected, received, damaged and in quarantine, over and short, with the facts of the lot or as announced."""
    (body,) = told(CLOSED)
    assert (body.receipt, body.expected, body.supplier, body.revision, body.part, body.parts) == (
        "R-1", "ASN", "S-3", 1, 1, 1,
    )  # fmt: skip
    rows = [json.loads(line.model_dump_json()) for line in body.lines]
    amounts = ("expected", "received", "damaged", "quarantined", "over", "short", "unannounced")
    assert [[row[name] for name in amounts] for row in rows] == [
        ["5", "6", "1", "0.5", "1", "0", False],
        ["2.5", "0", "0", "0", "0", "2.5", False],
        ["0", "0.001", "0", "0", "0", "0", True],
    ]
    facts = ("line", "lot", "supplier_lot", "made", "expires", "unit")
    assert [[row[name] for name in facts] for row in rows] == [
        ["1", "24A", "A", "2026-06-01", "2027-06-01", "kg"],
        ["2", None, "24B", None, "2027-01-01", "kg"],
        [None, "9", None, None, None, "kg"],
    ]


def test_a_receipt_of_very_many_lines_is_told_in_parts() -> None:
    """Each part says which it is; a receipt on which nothing is left is told all the same."""
    bodies = told(replace(CLOSED, lines=CLOSED.lines[:1] * (LINES_MAX + 1), told=2))
    assert [(body.part, body.parts, len(body.lines), body.revision) for body in bodies] == [
        (1, 2, LINES_MAX, 2), (2, 2, 1, 2),
    ]  # fmt: skip
    (nothing,) = told(replace(CLOSED, lines=()))
    assert nothing.lines == ()
