"""A file as a whole: for each transaction set what becomes of it, with every reason why.

Duplicates are told apart by three keys. The envelope (both ids and ISA13) repeated with equal content is a file sent
again: its messages have the same ids, and the hub sees each as a copy. The envelope repeated with other content is a
number used twice: refused. The business key (order, action, revision) repeated under another envelope is an order sent
again: it goes on with a warning, and the ledger says duplicate or holds it for a person. In one file `repeats` sees
that; between files the hub does, which alone remembers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Final

from lotstream.connect import Message, Refused, body_of
from lotstream.contracts.inbound_orders import OrderCancelled, OrderPlaced
from lotstream_edi import dates
from lotstream_edi.envelope import Group, Interchange, Reading, TransactionSet
from lotstream_edi.envelope_checks import FUNCTIONAL_IDS, as_number
from lotstream_edi.findings import Finding, FindingCode, error, has_error, warning
from lotstream_edi.options import Partner
from lotstream_edi.order_940 import CANCELLED, map_order
from lotstream_edi.outcome import GroupIntake, Intake, InterchangeIntake, SetIntake, graded
from lotstream_edi.repeats import tell_repeated_interchanges, tell_repeated_orders
from lotstream_edi.segment import Segment

ORDER: Final = "940"
ACKNOWLEDGEMENTS: Final = frozenset({"997", "999", "824"})
DIGEST_CHARS: Final = 32


def take_in(reading: Reading, partners: Mapping[str, Partner], *, default: Partner | None = None) -> Intake:
    """Decide about every set of a file; ``default`` stands in for senders without a profile."""
    interchanges = [_interchange(each, partners.get(each.isa.sender) or default) for each in reading.interchanges]
    tell_repeated_interchanges(interchanges)
    tell_repeated_orders(interchanges)
    for interchange in interchanges:
        _hold(interchange)
    return Intake(reading, interchanges)


def _interchange(interchange: Interchange, partner: Partner | None) -> InterchangeIntake:
    findings = graded(interchange.findings, partner)
    if partner is None:
        findings.append(_unknown_sender(interchange))
    findings += [_not_read(segment, interchange) for segment in interchange.loose]
    groups = [_group(group, interchange, partner) for group in interchange.groups]
    return InterchangeIntake(interchange, partner, findings, groups)


def _group(group: Group, interchange: Interchange, partner: Partner | None) -> GroupIntake:
    sets = [_set(each, group, interchange, partner=partner) for each in group.sets]
    return GroupIntake(group, graded(group.findings, partner), sets)


def _set(
    transaction_set: TransactionSet, group: Group, interchange: Interchange, *, partner: Partner | None
) -> SetIntake:
    intake = SetIntake(transaction_set, graded(transaction_set.findings, partner))
    if transaction_set.head is None:
        return intake
    if transaction_set.type != ORDER:
        intake.findings.append(_not_an_order(transaction_set))
        return intake
    if partner is None or group.head is None:
        return intake
    intake.mapped = map_order(
        transaction_set,
        version=group.version,
        written=dates.read_group_day(group.date),
        partner=partner,
        is_test=interchange.isa.is_test,
    )
    intake.findings += graded(intake.mapped.findings, partner)
    if not has_error(intake.findings):
        _add_message(intake, group, interchange, partner)
    return intake


def _add_message(intake: SetIntake, group: Group, interchange: Interchange, partner: Partner) -> None:
    if intake.mapped is None or intake.mapped.type is None:
        return
    source = f"x12:{interchange.isa.sender}"
    values = {**intake.mapped.values, "owner": partner.owner, "source": source}
    # The body holds all of them from here on; a file of thousands of orders would keep them twice.
    intake.mapped.values = {}
    try:
        body = body_of(OrderCancelled if intake.mapped.type == CANCELLED else OrderPlaced, values, name=_x12_name)
    except Refused as refused:
        intake.findings.append(
            error(FindingCode.FIELD_INVALID, refused.refusal.message, at=intake.set.head, value=refused.refusal.field)
        )
        return
    content = body.model_dump_json(exclude_defaults=True).encode()
    intake.message = Message(
        intake.mapped.type,
        body,
        source=source,
        message_id=f"{_numbers(interchange, group, intake.set)}/{hashlib.sha256(content).hexdigest()[:DIGEST_CHARS]}",
    )


def _numbers(interchange: Interchange, group: Group, transaction_set: TransactionSet) -> str:
    """Return the control numbers that make two documents of equal content two.

    Content alone would swallow a cancellation that is sent again after it was refused, or a change back to what the
    order had been before.
    """
    written = (interchange.isa.control_number, group.control_number, transaction_set.control_number)
    numbers = (as_number(value) for value in written)
    return "/".join(value if number is None else str(number) for value, number in zip(written, numbers, strict=True))


def _hold(interchange: InterchangeIntake) -> None:
    """Hold the sets of what is refused as a whole."""
    is_refused = has_error(interchange.findings)
    for group in interchange.groups:
        held = is_refused or has_error(group.findings)
        for each in group.sets:
            each.is_held = held


def _unknown_sender(interchange: Interchange) -> Finding:
    sender = interchange.isa.sender
    return error(
        FindingCode.UNKNOWN_SENDER,
        f"No partner profile is set up for the sender {sender!r}, so that the owner of its goods is not known; add it "
        "to LOTSTREAM_EDI_PARTNERS and drop the file again.",
        at=interchange.isa.segment,
        element=6,
        value=sender,
        expected="a sender with a partner profile",
    )


def _not_read(segment: Segment, interchange: Interchange) -> Finding:
    """Return the finding on a segment of the interchange itself; beside groups it does not stand in their way."""
    make = warning if interchange.groups else error
    what = "an acknowledgement of an interchange" if segment.id == "TA1" else "a segment of the interchange itself"
    return make(FindingCode.SET_NOT_SUPPORTED, f"{segment.id} is {what}; reading it is not supported yet.", at=segment)


def _not_an_order(transaction_set: TransactionSet) -> Finding:
    code = transaction_set.type
    if code in ACKNOWLEDGEMENTS:
        what = "is an acknowledgement; reading them is not supported yet"
    elif code in FUNCTIONAL_IDS:
        what = "is not supported yet; 940 is"
    else:
        what = "is not supported; 940 is"
    return error(
        FindingCode.SET_NOT_SUPPORTED,
        f"The transaction set {code!r} {what}.",
        at=transaction_set.head,
        element=1,
        value=code,
        expected=ORDER,
    )


def _x12_name(path: tuple[int | str, ...]) -> str:
    """Return X12's word for a place in an order's message."""
    words: dict[Any, str] = {"order": "W0502", "lines": "W01", "ship_to": "N1*ST", "references": "references"}
    head = words.get(path[0], str(path[0])) if path else "the order"
    return ".".join([head, *(str(part + 1) if isinstance(part, int) else part for part in path[1:])])
