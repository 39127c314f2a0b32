"""What one file says twice: interchanges and orders."""

from __future__ import annotations

from lotstream_edi.envelope import Interchange
from lotstream_edi.envelope_checks import as_number
from lotstream_edi.findings import Finding, FindingCode, error, warning
from lotstream_edi.outcome import InterchangeIntake, SetIntake, graded


def tell_repeated_interchanges(interchanges: list[InterchangeIntake]) -> None:
    """Add a finding to each interchange whose ids and number stand in the file before."""
    seen: dict[tuple[str, str, int | str], Interchange] = {}
    for each in interchanges:
        isa = each.interchange.isa
        number = as_number(isa.control_number)
        key = (isa.sender, isa.receiver, isa.control_number if number is None else number)
        first = seen.setdefault(key, each.interchange)
        if first is not each.interchange:
            is_same = _content(first) == _content(each.interchange)
            each.findings += graded([_repeated(isa.control_number, at=each, is_same=is_same)], each.partner)


def _content(interchange: Interchange) -> tuple[bool, list[str]]:
    """Return what an interchange says behind its ISA, and whether it is a test."""
    return interchange.isa.is_test, [segment.text for segment in interchange.segments() if segment.id != "ISA"]


def _repeated(number: str, *, at: InterchangeIntake, is_same: bool) -> Finding:
    isa = at.interchange.isa.segment
    if is_same:
        message = f"The interchange {number} stands in this file before, with the same content; it is taken once."
        return warning(FindingCode.INTERCHANGE_REPEATED, message, at=isa, element=13, value=number)
    return error(
        FindingCode.CONTROL_NUMBER_REUSED,
        f"ISA13 {number} stands in this file before, with other content; a new interchange needs a new number.",
        at=isa,
        element=13,
        value=number,
        expected="a number that was not used",
    )


def tell_repeated_orders(interchanges: list[InterchangeIntake]) -> None:
    """Add a finding to each order whose business key stands in the file before, under another envelope."""
    seen: dict[tuple[str, str | None, str | None, str | None], SetIntake] = {}
    for interchange in interchanges:
        for each in interchange.sets():
            if each.mapped is None or each.message is None:
                continue
            key = (each.message.source, each.mapped.order, each.mapped.type, each.mapped.revision)
            first = seen.setdefault(key, each)
            if first is not each and first.message and first.message.message_id != each.message.message_id:
                each.findings.append(_repeated_order(first, each))


def _repeated_order(first: SetIntake, again: SetIntake) -> Finding:
    same = first.message is not None and again.message is not None and first.message.body == again.message.body
    order = again.mapped.order if again.mapped else None
    where = f"segment {first.set.head.number} of its interchange" if first.set.head else "this file"
    return warning(
        FindingCode.DOCUMENT_REPEATED if same else FindingCode.DOCUMENT_CONFLICTING,
        f"The order {order!r} was sent before in this file ({where}), "
        + ("with equal content: the ledger takes it once." if same else "with other content: the ledger decides."),
        at=again.set.head,
        value=order,
    )
