"""From messages about recalls to commands of the ledger."""

from __future__ import annotations

from decimal import Decimal

from lotstream.contracts.inbound_recalls import LotRecalled, RecallAnswered, RecallClosed
from lotstream.domain.commands import AnswerRecall, CloseRecall, LotAnswered, RecallLots

_NOTHING = Decimal(0)


def recall_lots(body: LotRecalled) -> RecallLots:
    """Return the command to recall lots."""
    return RecallLots(
        body.recall, body.reason, tuple((lot.sku, lot.lot) for lot in body.lots), body.sku, body.supplier,
        body.supplier_lot, body.made_from, body.made_to, body.drill, body.by, body.subject, body.text,
    )  # fmt: skip


def answer_recall(body: RecallAnswered) -> AnswerRecall:
    """Return the command to note what a consignee says."""
    lots = tuple(
        LotAnswered(lot.sku, lot.lot, lot.returned or _NOTHING, lot.destroyed or _NOTHING) for lot in body.lots
    )
    return AnswerRecall(body.recall, body.consignee, body.answer, lots, body.by, body.occurred_at)


def close_recall(body: RecallClosed) -> CloseRecall:
    """Return the command to close a recall."""
    return CloseRecall(body.recall, body.by, body.occurred_at)
