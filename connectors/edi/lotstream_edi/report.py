"""What `lotstream edi parse` shows of one file: verdicts, findings and content, as JSON values."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from lotstream.errors import InputRefused
from lotstream_edi.envelope import read
from lotstream_edi.findings import Finding
from lotstream_edi.intake import take_in
from lotstream_edi.options import FILE_BYTES_MAX, Partner, Profiles
from lotstream_edi.outcome import GroupIntake, Intake, InterchangeIntake, Outcome, SetIntake

NO_PROFILE: Final = "owner-not-known"
"""Owner under which a file is tried out when no profile names one; the report shows null instead."""

JsonObject = dict[str, Any]


def parse_file(path: str | Path, partner: str | None = None, *, profiles: Profiles | None = None) -> JsonObject:
    """Return what becomes of one X12 file: ``verdict``, ``findings``, ``interchanges`` with groups, sets and content.

    ``partner`` names the profile to use, e.g. ``ZZ-ACME``; without it the sender's own is used, and for a sender that
    has none the usual settings, with the owner left null. Nothing is published. Raises `InputRefused` when the file
    cannot be read, is larger than the inbox takes, or the partner has no profile.
    """
    profiles = profiles or Profiles()
    body = _read(Path(path))
    chosen = _chosen(partner, profiles)
    partners = {} if chosen else profiles.partners
    intake = take_in(read(body), partners, default=chosen or Partner(owner=NO_PROFILE))
    return _file(intake, Path(path).name, body)


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as opened:
            body = opened.read(FILE_BYTES_MAX + 1)
    except OSError as error:
        raise InputRefused(f"{path} cannot be read: {error.strerror}.") from error
    if len(body) > FILE_BYTES_MAX:
        raise InputRefused(f"{path} has more than {FILE_BYTES_MAX} bytes, the limit of a file; split it.")
    return body


def _chosen(partner: str | None, profiles: Profiles) -> Partner | None:
    if partner is None:
        return None
    if partner not in profiles.partners:
        known = ", ".join(sorted(profiles.partners)) or "none"
        raise InputRefused(
            f"There is no partner profile {partner!r}; set up are: {known}.",
            what_to_do="Add it to LOTSTREAM_EDI_PARTNERS, or leave out --partner.",
        )
    return profiles.partners[partner]


def _file(intake: Intake, name: str, body: bytes) -> JsonObject:
    return {
        "file": name,
        "bytes": len(body),
        "sha256": hashlib.sha256(body).hexdigest(),
        "charset": intake.reading.charset,
        "verdict": intake.outcome.value,
        "findings": _findings(intake.reading.findings),
        "interchanges": [_interchange(each) for each in intake.interchanges],
        "acknowledgements": [],
        "notes": ["Acknowledgements (TA1, 997, 824) are not supported yet: none was made."],
    }


def _interchange(intake: InterchangeIntake) -> JsonObject:
    isa = intake.interchange.isa
    return {
        "control_number": isa.control_number,
        "sender": isa.sender,
        "receiver": isa.receiver,
        "version": isa.value(12),
        "test": isa.is_test,
        "delimiters": asdict(isa.delimiters),
        "verdict": intake.outcome.value,
        "findings": _findings(intake.findings),
        "groups": [_group(each) for each in intake.groups],
    }


def _group(intake: GroupIntake) -> JsonObject:
    return {
        "functional_id": intake.group.functional_id,
        "control_number": intake.group.control_number,
        "version": intake.group.version,
        "verdict": intake.outcome.value,
        "findings": _findings(intake.findings),
        "sets": [_set(each) for each in intake.sets],
    }


def _set(intake: SetIntake) -> JsonObject:
    return {
        "type": intake.set.type,
        "control_number": intake.set.control_number,
        "segments": len(intake.set.segments),
        "verdict": intake.outcome.value,
        "findings": _findings(intake.findings),
        "content": _content(intake),
    }


def _content(intake: SetIntake) -> JsonObject | None:
    """Return the message of a set that is taken; null for one that is refused."""
    if intake.message is None or intake.outcome is Outcome.REFUSED:
        return None
    body = intake.message.body.model_dump(mode="json")
    if body["owner"] == NO_PROFILE:
        body["owner"] = None
    return {
        "type": intake.message.type,
        "source": intake.message.source,
        "message_id": intake.message.message_id,
        "body": body,
    }


def _findings(findings: Iterable[Finding]) -> list[JsonObject]:
    return [asdict(finding) for finding in findings]
