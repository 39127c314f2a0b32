"""The connector: from the inbox folder to messages, refusals and notes, and the report of one file."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lotstream.connect import Delivery
from lotstream.errors import InputRefused
from lotstream.testing.desk import MemoryDesk
from lotstream_edi import samples
from lotstream_edi.connector import REFUSALS_MAX, EdiConnector, parse_file
from lotstream_edi.findings import FindingCode
from lotstream_edi.options import FILE_BYTES_MAX, EdiOptions, Partner, Profiles

ACME = {"ZZ-SENDER": Partner(owner="acme")}


def delivery(body: bytes) -> Delivery:
    """Return a file as the inbox gives it."""
    return Delivery("inbox", "orders.edi", "orders.edi/1", body, datetime(2026, 11, 21, tzinfo=UTC))


def dropped(folder: Path, body: bytes) -> Path:
    """Write a file and return its path."""
    file = folder / "orders.edi"
    file.write_bytes(body)
    return file


async def looked(connector: EdiConnector) -> tuple[MemoryDesk, list[str]]:
    """Look into the inbox until its file is taken; return the desk and the names of what was made."""
    desk, inbox = MemoryDesk(connector), connector.inbox()
    moved = [await inbox.look(desk), await inbox.look(desk)]
    assert moved == [0, 1], "a file is taken when it did not change between two looks"
    files = await asyncio.to_thread(lambda: sorted(p for p in inbox.folder.glob("*/*") if p.is_file()))
    return desk, [str(file.relative_to(inbox.folder)) for file in files]


async def test_a_dropped_file_becomes_orders_and_is_moved_to_done(tmp_path: Path) -> None:
    """The inbox folder is watched; a whole file is published and put away."""
    dropped(tmp_path, samples.file_of())
    desk, made = await looked(EdiConnector(EdiOptions(inbox=tmp_path, partners=ACME)))
    assert made == ["done/orders.edi"]
    assert [message.type for message in desk.publisher.published] == ["order.placed"]


async def test_a_refused_file_is_kept_with_its_reason(tmp_path: Path) -> None:
    """A file of an unknown sender lies in refused with a sentence beside it that says what to set."""
    dropped(tmp_path, samples.file_of())
    _, made = await looked(EdiConnector(EdiOptions(inbox=tmp_path)))
    assert made == ["refused/orders.edi", "refused/orders.edi.reason.txt"]
    reason = (tmp_path / "refused" / "orders.edi.reason.txt").read_text(encoding="utf-8")
    assert "ZZ-SENDER" in reason
    assert "LOTSTREAM_EDI_PARTNERS" in reason


def test_warnings_become_notes_with_their_place(tmp_path: Path) -> None:
    """What was read with a doubt is a note of the delivery; notes of refused sets are left out."""
    good = [*samples.ORDER[:-1], "W76*5"]
    bad = [segment.replace("W01*4", "W01*-4") for segment in good]
    connector = EdiConnector(EdiOptions(inbox=tmp_path, partners=ACME))
    translation = connector.translate(delivery(samples.file_of(good, bad)))
    assert translation.notes == ("segment 12, W7601: W7601 declares 5 units in all, the lines add up to 4.",)


def test_refusals_of_one_file_are_bounded_and_counted(tmp_path: Path) -> None:
    """A file of thousands of bad orders names the first thousand and says how many more there are."""
    bad = ["W05*Q*SO-1"]
    connector = EdiConnector(EdiOptions(inbox=tmp_path, partners=ACME))
    refusals = connector.translate(delivery(samples.file_of(*[bad] * (REFUSALS_MAX + 7)))).refusals
    assert len(refusals) == REFUSALS_MAX + 1
    assert (refusals[-1].code, refusals[-1].message.split()[0]) == ("more_refusals", "7")


def test_options_are_read_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Partners are one JSON object in LOTSTREAM_EDI_PARTNERS."""
    monkeypatch.setenv("LOTSTREAM_EDI_INBOX", str(tmp_path))
    monkeypatch.setenv("LOTSTREAM_EDI_PARTNERS", '{"ZZ-SENDER": {"owner": "acme", "units": {"ZZ": "tray"}}}')
    options = EdiOptions()
    assert options.partners["ZZ-SENDER"].unit("ZZ") == "tray"


def test_the_report_shows_verdicts_findings_and_content_at_every_level(tmp_path: Path) -> None:
    """`parse_file` returns JSON values: verdict per file, interchange, group and set, and the order itself."""
    report = parse_file(dropped(tmp_path, samples.file_of()), profiles=Profiles(partners=ACME))
    assert json.loads(json.dumps(report)) == report
    (interchange,) = report["interchanges"]
    (group,) = interchange["groups"]
    (transaction_set,) = group["sets"]
    levels = (report, interchange, group, transaction_set)
    assert {level["verdict"] for level in levels} == {"accepted"}
    assert [level["findings"] for level in levels] == [[], [], [], []]
    assert (interchange["sender"], interchange["version"], interchange["test"]) == ("ZZ-SENDER", "00401", False)
    assert (group["functional_id"], group["version"]) == ("OW", "004010")
    assert transaction_set["content"]["body"]["owner"] == "acme"
    assert report["acknowledgements"] == []
    assert "not supported yet" in report["notes"][0]


def test_a_finding_in_the_report_names_place_value_and_expectation(tmp_path: Path) -> None:
    """Each finding has code, severity, sentence, segment, element, value, expected value and the characters."""
    body = samples.file_of([segment.replace("**VN", "*VN") for segment in samples.ORDER])
    report = parse_file(dropped(tmp_path, body), profiles=Profiles(partners=ACME))
    transaction_set = report["interchanges"][0]["groups"][0]["sets"][0]
    assert (transaction_set["verdict"], transaction_set["content"]) == ("refused", None)
    first = transaction_set["findings"][0]
    start, end = first.pop("start"), first.pop("end")
    assert body[start:end] == b"W01*4*CA*VN*SKU-1*UK*10012345678902~"
    assert first == {
        "code": "element_shifted",
        "severity": "error",
        "message": "W0103 holds 2 characters, a UPC case code has 12: is an element missing?",
        "segment": 10,
        "segment_id": "W01",
        "element": 3,
        "value": "VN",
        "expected": "12 characters",
    }


def test_a_file_is_tried_out_without_a_profile(tmp_path: Path) -> None:
    """Before a partner is set up its files can be looked at: the owner is null, all else is there."""
    report = parse_file(dropped(tmp_path, samples.file_of()), profiles=Profiles())
    body = report["interchanges"][0]["groups"][0]["sets"][0]["content"]["body"]
    assert (report["verdict"], body["owner"], body["order"]) == ("accepted", None, "SO-1")


def test_a_named_partner_is_used_for_any_sender(tmp_path: Path) -> None:
    """`--partner` tries a file under a profile, whoever sent it."""
    file = dropped(tmp_path, samples.file_of(sender="STRANGER"))
    report = parse_file(file, "ZZ-SENDER", profiles=Profiles(partners=ACME))
    assert report["interchanges"][0]["groups"][0]["sets"][0]["content"]["body"]["owner"] == "acme"


def test_a_partner_without_profile_is_refused_with_those_there_are(tmp_path: Path) -> None:
    """A name that is not set up is told, with the names that are."""
    with pytest.raises(InputRefused, match="ZZ-SENDER"):
        parse_file(dropped(tmp_path, samples.file_of()), "ACME", profiles=Profiles(partners=ACME))


def test_a_file_that_cannot_be_read_or_is_too_large_is_refused(tmp_path: Path) -> None:
    """The report has the inbox's limit of a file's size."""
    with pytest.raises(InputRefused, match="cannot be read"):
        parse_file(tmp_path / "missing.edi")
    with pytest.raises(InputRefused, match="limit"):
        parse_file(dropped(tmp_path, b" " * (FILE_BYTES_MAX + 1)))


def test_every_code_and_every_key_of_a_profile_is_documented() -> None:
    """The README names each code of a finding and each key of a partner's profile, with its description."""
    readme = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    assert [code for code in FindingCode if f"`{code}`" not in readme] == []
    undocumented = [name for name in Partner.model_fields if f"| `{name}` |" not in readme]
    assert undocumented == []
    described = {name: field.description or "" for name, field in Partner.model_fields.items()}
    told = ("owner", "item_qualifiers", "customer_party", "sites", "lot_may_be_date")
    assert [name for name in told if described[name] not in readme] == []
