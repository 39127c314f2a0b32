"""A file as a whole: for each transaction set what becomes of it, with every reason why.

Duplicates are told apart by three keys. The envelope (both ids and ISA13) repeated with equal content is a file sent
again: its messages have the same ids, and the hub sees each as a copy. The envelope repeated with other content is a
number used twice: refused. The business key (order, action, revision) repeated under another envelope is an order sent
again: it goes on with a warning, and the ledger says duplicate or holds it for a person. In one file that is seen here;
between files it is seen by the hub, which alone remembers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from lotstream.connect import Message, Refused, body_of
from lotstream.contracts.inbound_orders import OrderCancelled, OrderPlaced
from lotstream_edi import dates
from lotstream_edi.envelope import Group, Interchange, Reading, TransactionSet
from lotstream_edi.envelope_checks import FUNCTIONAL_IDS, as_number
from lotstream_edi.findings import Finding, FindingCode, error, has_error, warning
from lotstream_edi.options import Partner
from lotstream_edi.order_940 import CANCELLED, Mapped, map_order
from lotstream_edi.segment import Segment

ORDER: Final = "940"
ACKNOWLEDGEMENTS: Final = frozenset({"997", "999", "824"})
DIGEST_CHARS: Final = 32


class Outcome(StrEnum):
    """What became of a set, a group, an interchange or a file."""

    ACCEPTED = "accepted"
    ACCEPTED_WITH_WARNINGS = "accepted with warnings"
    #: Some of its sets were accepted, others refused.
    PARTLY_ACCEPTED = "partly accepted"
    REFUSED = "refused"


@dataclass(slots=True)
class SetIntake:
    """One transaction set and what it becomes."""

    set: TransactionSet
    findings: list[Finding]
    #: The business key, as far as the set says it.
    mapped: Mapped | None = None
    message: Message | None = None
    #: Refused by its group or its interchange, whatever it says itself.
    is_held: bool = False

    @property
    def outcome(self) -> Outcome:
        """Return the verdict on the set."""
        if self.is_held or has_error(self.findings):
            return Outcome.REFUSED
        return Outcome.ACCEPTED_WITH_WARNINGS if self.findings else Outcome.ACCEPTED


@dataclass(slots=True)
class GroupIntake:
    """One group with its sets."""

    group: Group
    findings: list[Finding]
    sets: list[SetIntake] = field(default_factory=list)

    @property
    def outcome(self) -> Outcome:
        """Return the verdict on the group."""
        return _whole(self.findings, (each.outcome for each in self.sets))


@dataclass(slots=True)
class InterchangeIntake:
    """One interchange with its groups."""

    interchange: Interchange
    partner: Partner | None
    findings: list[Finding]
    groups: list[GroupIntake] = field(default_factory=list)

    @property
    def outcome(self) -> Outcome:
        """Return the verdict on the interchange."""
        return _whole(self.findings, (group.outcome for group in self.groups))

    def sets(self) -> list[SetIntake]:
        """Return its sets, in order."""
        return [each for group in self.groups for each in group.sets]


@dataclass(slots=True)
class Intake:
    """A whole file."""

    reading: Reading
    interchanges: list[InterchangeIntake]

    @property
    def outcome(self) -> Outcome:
        """Return the verdict on the file."""
        return _whole(self.reading.findings, (each.outcome for each in self.interchanges))

    def messages(self) -> list[Message]:
        """Return the messages of the accepted sets, each id once."""
        sets = (each for interchange in self.interchanges for each in interchange.sets())
        messages = [each.message for each in sets if each.message and each.outcome is not Outcome.REFUSED]
        return list({message.message_id: message for message in messages}.values())


def take_in(reading: Reading, partners: Mapping[str, Partner], *, default: Partner | None = None) -> Intake:
    """Decide about every set of a file; ``default`` stands in for senders without a profile."""
    interchanges = [_interchange(each, partners.get(each.isa.sender) or default) for each in reading.interchanges]
    _tell_repeated_interchanges(interchanges)
    _tell_repeated_orders(interchanges)
    for interchange in interchanges:
        _hold(interchange)
    return Intake(reading, interchanges)


def _interchange(interchange: Interchange, partner: Partner | None) -> InterchangeIntake:
    findings = _graded(interchange.findings, partner)
    if partner is None:
        findings.append(_unknown_sender(interchange))
    findings += [_not_read(segment, interchange) for segment in interchange.loose]
    groups = [_group(group, interchange, partner) for group in interchange.groups]
    return InterchangeIntake(interchange, partner, findings, groups)


def _group(group: Group, interchange: Interchange, partner: Partner | None) -> GroupIntake:
    sets = [_set(each, group, interchange, partner=partner) for each in group.sets]
    return GroupIntake(group, _graded(group.findings, partner), sets)


def _set(
    transaction_set: TransactionSet, group: Group, interchange: Interchange, *, partner: Partner | None
) -> SetIntake:
    intake = SetIntake(transaction_set, _graded(transaction_set.findings, partner))
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
    intake.findings += _graded(intake.mapped.findings, partner)
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


def _graded(findings: Iterable[Finding], partner: Partner | None) -> list[Finding]:
    """Return findings as a partner's profile grades them."""
    tolerant = partner is not None and partner.mismatches == "warn"
    return [finding.tolerated() if tolerant else finding for finding in findings]


def _hold(interchange: InterchangeIntake) -> None:
    """Hold the sets of what is refused as a whole."""
    is_refused = has_error(interchange.findings)
    for group in interchange.groups:
        held = is_refused or has_error(group.findings)
        for each in group.sets:
            each.is_held = held


def _whole(findings: Iterable[Finding], parts: Iterable[Outcome]) -> Outcome:
    findings, outcomes = list(findings), set(parts)
    if has_error(findings) or (outcomes and outcomes == {Outcome.REFUSED}):
        return Outcome.REFUSED
    if outcomes & {Outcome.REFUSED, Outcome.PARTLY_ACCEPTED}:
        return Outcome.PARTLY_ACCEPTED
    return Outcome.ACCEPTED_WITH_WARNINGS if findings or outcomes - {Outcome.ACCEPTED} else Outcome.ACCEPTED


def _tell_repeated_interchanges(interchanges: list[InterchangeIntake]) -> None:
    seen: dict[tuple[str, str, int | str], Interchange] = {}
    for each in interchanges:
        isa = each.interchange.isa
        number = as_number(isa.control_number)
        key = (isa.sender, isa.receiver, isa.control_number if number is None else number)
        first = seen.setdefault(key, each.interchange)
        if first is not each.interchange:
            is_same = _content(first) == _content(each.interchange)
            each.findings += _graded([_repeated(isa.control_number, at=each, is_same=is_same)], each.partner)


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


def _tell_repeated_orders(interchanges: list[InterchangeIntake]) -> None:
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
