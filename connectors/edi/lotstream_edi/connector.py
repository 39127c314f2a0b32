"""The connector: files from an inbox folder, each 940 in them an order."""

from __future__ import annotations

from typing import ClassVar, Final

from lotstream.connect import Connector, ConnectorOptions, Delivery, Desk, Refusal, Refused, Translation
from lotstream.connect.inbox import Inbox
from lotstream_edi.envelope import read
from lotstream_edi.findings import Finding
from lotstream_edi.intake import take_in
from lotstream_edi.options import EdiOptions
from lotstream_edi.outcome import GroupIntake, Intake, Outcome, SetIntake
from lotstream_edi.report import parse_file

__all__ = ["EdiConnector", "parse_file"]

REFUSALS_MAX: Final = 1000
"""Refusals named for one file; the report of `lotstream edi parse` has them all."""


class EdiConnector(Connector[EdiOptions]):
    """X12 files from an inbox folder."""

    name: ClassVar[str] = "edi"
    Options: ClassVar[type[ConnectorOptions]] = EdiOptions

    def translate(self, delivery: Delivery) -> Translation:
        """Turn a file into the orders of its 940s; each set that is not taken is a refusal.

        Raises `Refused` when the file holds no interchange, or none that can be read.
        """
        intake = take_in(read(delivery.body), self.options.partners)
        refusals = _refusals(intake)
        if not intake.interchanges:
            first = refusals[0]
            raise Refused(first.code, first.field, first.message)
        return Translation(tuple(intake.messages()), refusals=tuple(refusals), notes=tuple(_notes(intake)))

    async def run(self, desk: Desk) -> None:
        """Watch the inbox folder until cancelled."""
        await self.inbox().run(desk)

    def inbox(self) -> Inbox:
        """Return the folder as the options say it is watched."""
        options = self.options
        return Inbox(
            options.inbox, sender="inbox", poll_s=options.poll_s, file_bytes_max=options.file_bytes_max,
            files_max=options.files_max,
            kept_days=options.kept_days,
        )  # fmt: skip


def _refusals(intake: Intake) -> list[Refusal]:
    refusals = [_refusal(finding) for finding in intake.reading.findings if finding.is_error]
    for interchange in intake.interchanges:
        where = f"interchange {interchange.interchange.isa.control_number}"
        refusals += [_refusal(finding, where) for finding in interchange.findings if finding.is_error]
        for group in interchange.groups:
            refusals += _of_group(group, f"{where}, group {group.group.control_number}")
    return _bounded(refusals)


def _bounded(refusals: list[Refusal]) -> list[Refusal]:
    more = len(refusals) - REFUSALS_MAX
    if more <= 0:
        return refusals
    message = f"{more} further refusals are not listed here; `lotstream edi parse` shows all of them."
    return [*refusals[:REFUSALS_MAX], Refusal("more_refusals", None, message)]


def _of_group(group: GroupIntake, where: str) -> list[Refusal]:
    refusals = [_refusal(finding, where) for finding in group.findings if finding.is_error]
    for each in group.sets:
        if each.outcome is Outcome.REFUSED:
            refusals += _of_set(each, f"{where}, set {each.set.control_number}")
    return refusals


def _of_set(intake: SetIntake, where: str) -> list[Refusal]:
    """Return why a set is refused; one that is held by its group or interchange is named too."""
    order = intake.mapped.order if intake.mapped else None
    errors = [finding for finding in intake.findings if finding.is_error]
    if not errors:
        message = "The set is held because the group or interchange around it is refused; nothing is wrong in itself."
        return [Refusal("held_with_its_envelope", where, message, order=order)]
    return [_refusal(finding, where, order=order) for finding in errors]


def _refusal(finding: Finding, where: str | None = None, *, order: str | None = None) -> Refusal:
    field = ", ".join(part for part in (where, finding.place) if part) or None
    return Refusal(finding.code.value, field, finding.message, order=order)


def _notes(intake: Intake) -> list[str]:
    """Return the warnings of a file as sentences, those of refused sets left out."""
    findings: list[Finding] = [*intake.reading.findings]
    for interchange in intake.interchanges:
        findings += interchange.findings
        for group in interchange.groups:
            findings += group.findings
            findings += [f for each in group.sets if each.outcome is not Outcome.REFUSED for f in each.findings]
    return [
        f"{finding.place}: {finding.message}" if finding.place else finding.message
        for finding in findings
        if not finding.is_error
    ]
