"""What becomes of a file and of its parts: the verdicts, and the findings and messages they rest on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from lotstream.connect import Message
from lotstream_edi.envelope import Group, Interchange, Reading, TransactionSet
from lotstream_edi.findings import Finding, has_error
from lotstream_edi.options import Partner
from lotstream_edi.order_940 import Mapped


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


def graded(findings: Iterable[Finding], partner: Partner | None) -> list[Finding]:
    """Return findings as a partner's profile grades them."""
    tolerant = partner is not None and partner.mismatches == "warn"
    return [finding.tolerated() if tolerant else finding for finding in findings]


def _whole(findings: Iterable[Finding], parts: Iterable[Outcome]) -> Outcome:
    findings, outcomes = list(findings), set(parts)
    if has_error(findings) or (outcomes and outcomes == {Outcome.REFUSED}):
        return Outcome.REFUSED
    if outcomes & {Outcome.REFUSED, Outcome.PARTLY_ACCEPTED}:
        return Outcome.PARTLY_ACCEPTED
    return Outcome.ACCEPTED_WITH_WARNINGS if findings or outcomes - {Outcome.ACCEPTED} else Outcome.ACCEPTED
