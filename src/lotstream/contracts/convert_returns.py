"""From messages about goods that came back to commands of the ledger."""

from __future__ import annotations

from lotstream.contracts.convert_stock import order_named
from lotstream.contracts.inbound_returns import ReturnExpected, ReturnInspected
from lotstream.domain.commands import AnnouncedLine, ExpectReturn, InspectedLine, InspectReturn


def inspect_return(body: ReturnInspected) -> InspectReturn:
    """Return the command to book what becomes of goods that came back."""
    lines = tuple(
        InspectedLine(
            line.line,
            line.return_line,
            line.quantity,
            line.unit,
            line.disposition,
            line.location,
            line.to,
            line.reason,
            line.serials,
            line.weight_kg,
        )
        for line in body.lines
    )
    return InspectReturn(body.site, body.happened, body.by, body.occurred_at, body.return_, body.inspection, lines)


def expect_return(body: ReturnExpected) -> ExpectReturn:
    """Return the command to announce that goods will come back."""
    lines = tuple(
        AnnouncedLine(line.line, line.sku, line.lot, line.quantity, line.unit, line.reason) for line in body.lines
    )
    key = order_named(body.source, body.order)
    return ExpectReturn(body.return_, body.site, key, body.customer, body.due, lines)
