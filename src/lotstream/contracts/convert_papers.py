"""From messages about the papers and inspections of lots to commands of the ledger."""

from __future__ import annotations

from lotstream.contracts import inbound_papers
from lotstream.contracts.convert_heads import head_of
from lotstream.contracts.inbound_papers import ConditionRecorded, LotDocumented, LotInspected, Result
from lotstream.domain.commands import DocumentLot, InspectLot, RecordCondition
from lotstream.domain.model import LotDocument


def inspect_lot(body: LotInspected) -> InspectLot:
    """Return the command to take note of an inspection."""
    return InspectLot(
        inspection=body.inspection,
        sku=body.sku,
        lot=body.lot,
        stage=body.stage,
        passed=body.result is Result.PASSED,
        by=body.by,
        occurred_at=body.occurred_at,
        measured=body.measured,
        reason=body.reason,
    )


def document_lot(body: LotDocumented) -> DocumentLot:
    """Return the command to take note of papers."""
    papers = tuple(_document(one) for one in body.documents)
    return DocumentLot(body.sku, body.lot, papers, body.withdrawn, body.by, body.occurred_at)


def record_condition(body: ConditionRecorded) -> RecordCondition:
    """Return the command to take note of how goods were kept."""
    return RecordCondition(
        **head_of(body),
        condition=body.condition,
        kind=body.kind,
        value=body.value,
        location=body.location,
        sku=body.sku,
        lot=body.lot,
        package=body.package,
        from_at=body.from_,
        until=body.until,
        reason=body.reason,
        hold=body.hold,
    )


def _document(body: inbound_papers.LotDocument) -> LotDocument:
    return LotDocument(
        type=body.type,
        number=body.number,
        issued=body.issued,
        expires=body.expires,
        uri=body.uri,
        sha256=body.sha256,
    )
