"""Delimiters, terminators and the ISA: how files are written, and how they are bent."""

from __future__ import annotations

import pytest

from lotstream_edi import samples
from lotstream_edi.envelope import Interchange, Reading, read
from lotstream_edi.findings import Finding, FindingCode
from lotstream_edi.isa import Delimiters

TEXT = samples.file_of().decode()
SEGMENTS_OF_SET = 11


def the_one(reading: Reading) -> Interchange:
    """Return the only interchange of a file, read whole."""
    (interchange,) = reading.interchanges
    assert [[len(each.segments) for each in group.sets] for group in interchange.groups] == [[SEGMENTS_OF_SET]]
    assert interchange.tail is not None
    return interchange


def codes(*findings: Finding) -> list[FindingCode]:
    """Return the codes of findings."""
    return [finding.code for finding in findings]


def test_a_well_written_file_has_no_findings() -> None:
    """A file as X12 wants it is read without a word."""
    reading = read(samples.file_of())
    interchange = the_one(reading)
    assert interchange.isa.delimiters == Delimiters("*", "~", ">")
    assert (interchange.isa.sender, interchange.isa.receiver) == ("ZZ-SENDER", "ZZ-LOTSTREAM")
    assert (reading.findings, interchange.findings) == ((), ())


@pytest.mark.parametrize(
    "terminator", ["~", "~\n", "~\r\n", "\n", "\r\n", "\r", "\\\r\n", "}", "|", "\x85", "\u2026", "~\n   "]
)
def test_a_terminator_is_what_stands_in_character_106(terminator: str) -> None:
    """Any character there ends segments, and line breaks behind it mean nothing."""
    text = TEXT.replace("~\n", terminator)
    assert the_one(read(text.encode())).isa.delimiters.terminator == terminator[0]


@pytest.mark.parametrize("separator", ["|", "~", "^", "+"])
def test_an_element_separator_is_what_stands_in_character_4(separator: str) -> None:
    """Separators are read from the file, not configured."""
    text = TEXT.replace("~\n", "\n").replace("*", separator)
    interchange = the_one(read(text.encode()))
    assert interchange.groups[0].sets[0].inner[0].elements == ["W05", "N", "SO-1", "PO-9"]


@pytest.mark.parametrize("charset", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_is_taken_off(charset: str) -> None:
    """A file with a byte order mark is decoded as the mark says, without a finding."""
    reading = read(TEXT.encode(charset))
    assert not reading.findings
    the_one(reading)


def test_blanks_before_the_isa_mean_nothing() -> None:
    """Spaces and empty lines before an ISA are passed over."""
    assert not read(f"  \r\n\t {TEXT}".encode()).findings


def test_letters_beyond_ascii_are_kept_in_utf_8() -> None:
    """UTF-8 is read as such."""
    reading = read(TEXT.replace("RECEIVING DOCK 4", "Kühlhaus Köln").encode())
    assert the_one(reading).groups[0].sets[0].inner[1].element(2) == "Kühlhaus Köln"


def test_what_is_not_utf_8_is_read_as_latin_1_with_a_warning() -> None:
    """One byte that is not UTF-8 does not stop a file; the finding names it."""
    reading = read(TEXT.replace("RECEIVING DOCK 4", "K\xf6ln").encode("latin-1"))
    assert codes(*reading.findings) == [FindingCode.CHARSET]
    assert "0xf6" in reading.findings[0].message
    assert the_one(reading).groups[0].sets[0].inner[1].element(2) == "Köln"


@pytest.mark.parametrize("width", [80, 61])
def test_lines_wrapped_inside_segments_are_joined_with_a_warning(width: int) -> None:
    """Programs with lines of 80 characters break ISA and segments; nothing of them is lost."""
    flat = TEXT.replace("~\n", "~")
    wrapped = "\r\n".join(flat[at : at + width] for at in range(0, len(flat), width))
    interchange = the_one(read(wrapped.encode()))
    assert set(codes(*interchange.findings)) == {FindingCode.LINE_WRAPPED}
    assert [segment.text for segment in interchange.groups[0].sets[0].inner] == list(samples.ORDER)


def test_indented_segments_are_read_with_one_warning() -> None:
    """Blanks before segments are taken out and counted once for the interchange."""
    interchange = the_one(read(TEXT.replace("\n", "\n    ").encode()))
    assert codes(*interchange.findings) == [FindingCode.SEGMENT_INDENTED]


def test_empty_segments_are_skipped_with_a_warning() -> None:
    """A doubled terminator ends nothing; the segments behind it are read and counted as before."""
    interchange = the_one(read(TEXT.replace("DC4~", "DC4~~").replace("OH*43085*US~", "OH*43085*US~~~").encode()))
    assert codes(*interchange.findings) == [FindingCode.EMPTY_SEGMENT]
    assert "3 times" in interchange.findings[0].message


@pytest.mark.parametrize("end", ["", "\n", "\r\n\r\n", " \t", "\x1a", "\x00\x00"])
def test_a_missing_last_terminator_is_accepted(end: str) -> None:
    """An IEA at the end of the file needs no terminator; a warning says that it had none."""
    interchange = the_one(read(f"{TEXT.rstrip()[:-1]}{end}".encode()))
    assert codes(*interchange.findings) == [FindingCode.TERMINATOR_MISSING]


def test_a_second_isa_behind_a_missing_terminator_is_found() -> None:
    """An IEA without terminator does not swallow the interchange on the next line."""
    reading = read(f"{TEXT.rstrip()[:-1]}\n{TEXT.replace('*', '|')}".encode())
    assert [each.isa.delimiters.element for each in reading.interchanges] == ["*", "|"]
    assert all(each.tail for each in reading.interchanges)


def test_delimiters_are_read_anew_at_each_isa() -> None:
    """Two interchanges of one file may be written differently."""
    other = samples.interchange(samples.group(samples.transaction_set()), number=2)
    reading = read((TEXT + other.replace("*", "|").replace("~\n", "'")).encode())
    assert [each.isa.delimiters for each in reading.interchanges] == [
        Delimiters("*", "~", ">"),
        Delimiters("|", "'", ">"),
    ]


def test_isa_inside_data_is_data() -> None:
    """The letters ISA in a name begin no interchange."""
    reading = read(TEXT.replace("RECEIVING DOCK 4", "LOUISA*ISA").encode())
    assert the_one(reading).groups[0].sets[0].inner[1].element(3) == "ISA"


def test_an_unpadded_isa_is_read_by_counting_with_a_warning_for_each_element() -> None:
    """An ISA of 16 elements is read although their widths are wrong."""
    blanks = " " * 10
    text = TEXT.replace(f"{'SENDER':15}", "SENDER").replace(f"{'LOTSTREAM':15}", "LOTSTREAM")
    text = text.replace(f"*00*{blanks}", "*00*")
    interchange = the_one(read(text.encode()))
    assert set(codes(*interchange.findings)) == {FindingCode.ISA_ELEMENT_WIDTH}
    assert [finding.element for finding in interchange.findings] == [2, 4, 6, 8]
    assert interchange.isa.sender == "ZZ-SENDER"


def test_an_isa_of_the_right_length_with_two_wrong_fields_is_told() -> None:
    """Each width is checked, not the sum: one field a character too long hides one too short."""
    text = TEXT.replace(f"{'SENDER':15}*ZZ*{'LOTSTREAM':15}", f"{'SENDER':16}*ZZ*{'LOTSTREAM':14}")
    interchange = the_one(read(text.encode()))
    assert [(finding.element, finding.expected) for finding in interchange.findings] == [
        (6, "15 characters"),
        (8, "15 characters"),
    ]


@pytest.mark.parametrize("line_break", ["", "\n", "\r\n"])
def test_a_missing_isa16_is_seen_by_the_terminator_in_its_place(line_break: str) -> None:
    """With ISA16 left out the terminator moves one place forward; it is told from a component separator."""
    text = TEXT.replace("*P*>~\n", "*P*~\n").replace("~\n", f"~{line_break}")
    interchange = the_one(read(text.encode()))
    assert interchange.isa.delimiters == Delimiters("*", "~", None)
    assert codes(*interchange.findings) == [FindingCode.ISA16_MISSING]


def test_an_empty_isa16_before_a_line_break_terminator_is_read() -> None:
    """A file that ends its segments with line breaks may leave ISA16 empty as well."""
    interchange = the_one(read(TEXT.replace("*P*>~\n", "*P*\n").replace("~\n", "\n").encode()))
    assert interchange.isa.delimiters == Delimiters("*", "\n", None)


def test_a_tilde_may_be_the_component_separator() -> None:
    """A tilde in ISA16 is no terminator when lines do not end with it."""
    interchange = the_one(
        read(TEXT.replace("*P*>~\n", "*P*~\n").replace("~\n", "\r\n").replace("P*\r", "P*~\r").encode())
    )
    assert interchange.isa.delimiters == Delimiters("*", "\r", "~")


@pytest.mark.parametrize(
    ("standards", "repetition"),
    [("U*00401", None), ("^*00401", None), ("^*00501", "^"), ("U*00501", None), ("-*00406", "-"), ("^*00200", None)],
)
def test_isa11_parts_repetitions_from_version_00402_and_never_as_a_letter(
    standards: str, repetition: str | None
) -> None:
    """ISA11 is the standards identifier before 00402; a letter there is one in any version."""
    text = samples.interchange(samples.group(samples.transaction_set()), standards=standards)
    assert the_one(read(text.encode())).isa.delimiters.repetition == repetition


@pytest.mark.parametrize(
    ("isa", "code"),
    [
        ("ISA*00*          *00*", FindingCode.ISA_CUT),
        (TEXT[:105], FindingCode.ISA_CUT),
        (TEXT.replace("*>~", "~"), FindingCode.ISA_MALFORMED),
        (TEXT.replace("*U*00401", ""), FindingCode.ISA_MALFORMED),
        (TEXT.replace("*P*>~\n", "*P*>*\n"), FindingCode.ISA_MALFORMED),
        ("ISA*" + "X" * 600, FindingCode.ISA_MALFORMED),
    ],
)
def test_an_isa_that_cannot_be_read_is_refused_by_name(isa: str, code: FindingCode) -> None:
    """Without 16 elements or a possible terminator nothing can be read; the finding covers all of it."""
    reading = read(isa.encode())
    assert reading.interchanges == ()
    (finding,) = reading.findings
    assert (finding.code, finding.is_error, finding.start, finding.end) == (code, True, 0, len(isa))


@pytest.mark.parametrize(
    ("old", "new", "code", "is_error"),
    [
        ("*0*P*", "*0*X*", FindingCode.USAGE_UNKNOWN, True),
        ("*000000001*0*", "*0000000A1*0*", FindingCode.CONTROL_NUMBER_INVALID, True),
        ("*261121*1200*U*", "*261121*2500*U*", FindingCode.ISA_ELEMENT_INVALID, False),
        ("*000000001*0*", "*000000001*7*", FindingCode.ISA_ELEMENT_INVALID, False),
    ],
)
def test_contents_of_the_isa_are_checked(old: str, new: str, code: FindingCode, *, is_error: bool) -> None:
    """What decides (usage, control number) refuses when it is wrong, the rest warns."""
    findings = the_one(read(TEXT.replace(old, new, 1).encode())).findings
    assert (findings[0].code, findings[0].is_error, findings[0].expected is not None) == (code, is_error, True)


def test_passwords_of_the_isa_stand_in_no_finding_and_no_segment() -> None:
    """ISA02 and ISA04 are read past: neither values, nor findings, nor segments repeat them."""
    text = TEXT.replace(f"00*{' ' * 10}*00*{' ' * 10}", "03*SECRETUSER*01*SECRETPASSWORD")
    reading = read(text.encode())
    assert len(reading.interchanges) == 1
    assert "SECRET" not in repr(reading)
