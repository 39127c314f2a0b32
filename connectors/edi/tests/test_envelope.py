"""Interchanges, groups and sets: ends that are missing, counts that are wrong, and what stands where it should not."""

from __future__ import annotations

import pytest

from lotstream_edi import samples
from lotstream_edi.envelope import Reading, read
from lotstream_edi.findings import Finding, FindingCode

TEXT = samples.file_of().decode()
TWO = samples.file_of(samples.ORDER, samples.ORDER).decode()


def every_finding(reading: Reading) -> list[Finding]:
    """Return the findings of all levels, from the outside in."""
    found = list(reading.findings)
    for interchange in reading.interchanges:
        found += interchange.findings
        for group in interchange.groups:
            found += group.findings
            found += [finding for each in group.sets for finding in each.findings]
    return found


@pytest.mark.parametrize(
    ("old", "new", "code", "value", "expected"),
    [
        ("SE*11*0001", "SE*12*0001", FindingCode.SEGMENT_COUNT, "12", "11"),
        ("SE*11*0001", "SE**0001", FindingCode.SEGMENT_COUNT, "", "11"),
        ("SE*11*0001", "SE*11*0002", FindingCode.CONTROL_NUMBER_MISMATCH, "0002", "0001"),
        ("GE*1*1", "GE*2*1", FindingCode.SET_COUNT, "2", "1"),
        ("GE*1*1", "GE*1*7", FindingCode.CONTROL_NUMBER_MISMATCH, "7", "1"),
        ("IEA*1*", "IEA*3*", FindingCode.GROUP_COUNT, "3", "1"),
        ("IEA*1*000000001", "IEA*1*000000002", FindingCode.CONTROL_NUMBER_MISMATCH, "000000002", "000000001"),
        ("IEA*1*000000001", "IEA*1*" + "9" * 5000, FindingCode.CONTROL_NUMBER_MISMATCH, "9" * 80, "000000001"),
    ],
)
def test_a_wrong_count_or_number_is_named_with_both_values(
    old: str, new: str, code: FindingCode, value: str, expected: str
) -> None:
    """SE, GE and IEA are compared with what is there; the finding has what was declared and what was expected."""
    (finding,) = every_finding(read(TEXT.replace(old, new).encode()))
    assert (finding.code, finding.is_error) == (code, True)
    assert (finding.value, finding.expected) == (value, expected)
    assert expected in finding.message


def test_control_numbers_are_compared_as_numbers() -> None:
    """Zeros before a number make no other number: 000000001 is 1."""
    assert every_finding(read(TEXT.replace("IEA*1*000000001", "IEA*1*1").encode())) == []


def test_a_set_without_se_is_refused_and_the_next_one_is_read() -> None:
    """A missing SE ends with the next ST; only its own set is touched, beside the group's sum."""
    reading = read(TWO.replace("SE*11*0001~\n", "").encode())
    first, second = reading.interchanges[0].groups[0].sets
    assert [finding.code for finding in first.findings] == [FindingCode.SE_MISSING]
    assert (second.findings, len(second.segments)) == ((), 11)


def test_a_set_without_st_is_refused_and_the_next_one_is_read() -> None:
    """Segments before an SE without ST are a set that lost its head, counted as one."""
    reading = read(TWO.replace("ST*940*0001~\n", "").encode())
    first, second = reading.interchanges[0].groups[0].sets
    assert [finding.code for finding in first.findings] == [FindingCode.ST_MISSING]
    assert (len(first.segments), second.findings) == (10, ())
    assert reading.interchanges[0].groups[0].findings == ()


def test_segments_between_two_sets_are_reported() -> None:
    """What stands behind an SE and before the next ST belongs to no set and is refused with its place."""
    reading = read(TWO.replace("ST*940*0002", "N9*XX*LOST~\nST*940*0002").encode())
    strays = reading.interchanges[0].groups[0].sets[1]
    assert [finding.code for finding in strays.findings] == [FindingCode.SEGMENT_OUTSIDE_SET]
    assert [segment.text for segment in strays.segments] == ["N9*XX*LOST"]


def test_a_missing_ge_is_named() -> None:
    """A group that the IEA closes has lost its end."""
    reading = read(TEXT.replace("GE*1*1~\n", "").encode())
    assert [finding.code for finding in every_finding(reading)] == [FindingCode.GE_MISSING]


def test_a_missing_gs_is_named_and_its_sets_are_kept() -> None:
    """Sets without a GS are read, and refused because nobody knows their version."""
    reading = read(TEXT.replace("GS*", "TA1*X~\nXX*").encode())
    (group,) = reading.interchanges[0].groups
    assert [finding.code for finding in group.findings] == [FindingCode.GS_MISSING]
    assert [len(each.segments) for each in group.sets] == [1, 11]
    assert [segment.id for segment in reading.interchanges[0].loose] == ["TA1"]


def test_an_interchange_without_iea_is_refused_and_the_one_before_is_not() -> None:
    """A half-written file holds its last interchange; what came before is whole and stays so."""
    later = samples.interchange(samples.group(samples.transaction_set()), number=2)
    for cut in (later[: later.index("IEA")], later[:-30], later[:200]):
        reading = read((TEXT + cut).encode())
        assert reading.interchanges[0].findings == ()
        missing = [f for f in reading.interchanges[1].findings if f.code is FindingCode.IEA_MISSING]
        assert ["still being written" in finding.message for finding in missing] == [True]


def test_a_next_isa_ends_an_interchange_without_iea() -> None:
    """A lost IEA in the middle of a file touches its own interchange alone."""
    later = samples.interchange(samples.group(samples.transaction_set()), number=2)
    for broken in (TEXT[: TEXT.index("IEA")], TEXT[: TEXT.index("~\nIEA")] + "\n"):
        reading = read((broken + later).encode())
        first, second = reading.interchanges
        assert FindingCode.IEA_MISSING in [finding.code for finding in first.findings]
        assert (second.findings, [len(group.sets) for group in second.groups]) == ((), [1])


def test_junk_behind_an_iea_is_reported_with_its_place() -> None:
    """What follows an interchange and is none is a warning that covers it; the interchange stands."""
    reading = read(f"{TEXT}-- END OF REPORT --".encode())
    (finding,) = every_finding(reading)
    assert (finding.code, finding.is_error) == (FindingCode.JUNK_AFTER_IEA, False)
    assert reading.text[finding.start : finding.end] == "-- END OF REPORT --"


def test_junk_before_and_between_interchanges_hides_none() -> None:
    """Mail headers before an ISA and lines between two are reported; both interchanges are read."""
    reading = read(f"Subject: orders\n\n{TEXT}page 2\n{TEXT}".encode())
    assert [finding.code for finding in reading.findings] == [FindingCode.JUNK_BEFORE_ISA, FindingCode.JUNK_AFTER_IEA]
    assert len(reading.interchanges) == 2


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", FindingCode.EMPTY_FILE),
        (b" \r\n\x1a", FindingCode.EMPTY_FILE),
        (b"\xef\xbb\xbf", FindingCode.EMPTY_FILE),
        (b"order;sku;quantity\n", FindingCode.NO_INTERCHANGE),
        (b"ISABELLA*1*2~", FindingCode.NO_INTERCHANGE),
        (b"ST*940*0001~W05*N*1~SE*3*0001~", FindingCode.NO_INTERCHANGE),
    ],
)
def test_a_file_without_interchange_is_refused_by_name(body: bytes, code: FindingCode) -> None:
    """A file that is no X12, or a set without envelope, is one error."""
    (finding,) = read(body).findings
    assert (finding.code, finding.is_error) == (code, True)


def test_a_bare_set_is_named() -> None:
    """The sentence on a file without ISA says which set it begins with."""
    assert "bare 943 set" in read(b"ST*943*0001~W06*N*SHIP001*20200101~SE*3*0001~").findings[0].message


def test_gs01_is_checked_and_not_trusted() -> None:
    """A group under the wrong functional id is read by its ST01, with a warning."""
    (finding,) = every_finding(read(TEXT.replace("GS*OW*", "GS*SW*").encode()))
    assert (finding.code, finding.is_error, finding.expected) == (FindingCode.FUNCTIONAL_ID_UNEXPECTED, False, "OW")


def test_numbers_used_twice_are_told() -> None:
    """ST02 has to differ within its group and GS06 within its interchange; between them they may be equal."""
    again = samples.group(samples.transaction_set(), samples.transaction_set())
    reading = read(samples.interchange(again, again).encode())
    assert [(finding.code, finding.segment_id) for finding in every_finding(reading)] == [
        (FindingCode.CONTROL_NUMBER_REPEATED, "GS"),
        (FindingCode.CONTROL_NUMBER_REPEATED, "ST"),
        (FindingCode.CONTROL_NUMBER_REPEATED, "ST"),
    ]


def test_segments_know_their_place_in_the_file() -> None:
    """Start and end of a segment enclose what was written, terminator included."""
    reading = read(TEXT.encode())
    for segment in reading.interchanges[0].segments():
        assert reading.text[segment.start : segment.end].startswith(segment.id)
        assert reading.text[segment.end - 1] == "~"
