"""Whatever is dropped: an answer for every set, and every character accounted for."""

from __future__ import annotations

import re
from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lotstream_edi import samples
from lotstream_edi.charset import decode
from lotstream_edi.envelope import Interchange, Reading, read
from lotstream_edi.findings import has_error
from lotstream_edi.intake import take_in
from lotstream_edi.options import Partner
from lotstream_edi.outcome import InterchangeIntake, Outcome
from lotstream_edi.tokens import BLANKS

PARTNERS = {"ZZ-SENDER": Partner(owner="acme")}
BASES = (
    samples.file_of(),
    samples.file_of(samples.ORDER, samples.ORDER)
    + samples.file_of(number=2).replace(b"*", b"|").replace(b"~\n", b"\r\n"),
    samples.file_of(["W05*F*SO-1", "N9*R1*002"], usage="T").replace(b"~\n", b"\n"),
)
PIECES = (
    *(b"~", b"~~", b"*", b"**", b"\n", b"\r\n", b" ", b">", b"^", b"\xff", b"\x00", b"\xe2\x80\xa6", b"-", b"0", b"VN"),
    *(b"ISA", b"GS*", b"ST*940*0001~", b"SE*3*0001~", b"GE*1*1~", b"IEA*1*000000001~", b"W01*", b"LX*1~", b"N9*LT*~"),
    BASES[0][:106],
)

edits = st.lists(
    st.tuples(st.integers(0, 2000), st.integers(0, 60), st.one_of(st.sampled_from(PIECES), st.binary(max_size=6))),
    min_size=1,
    max_size=5,
)


def edited(base: bytes, changes: list[tuple[int, int, bytes]]) -> bytes:
    """Return a file with pieces cut out and put in."""
    body = base
    for place, length, piece in changes:
        at = place % (len(body) + 1)
        body = body[:at] + piece + body[at + length :]
    return body


def spans(reading: Reading) -> list[tuple[int, int]]:
    """Return everything a reading accounts for."""
    found = [(f.start, f.end) for f in reading.findings if f.start is not None and f.end is not None]
    found += [(s.start, s.end) for each in reading.interchanges for s in each.segments()]
    return sorted(found)


def unaccounted(reading: Reading) -> str:
    """Return the characters that stand in no segment and no finding and are no blank or terminator."""
    left, place = [], 0
    for start, end in spans(reading):
        left.append(reading.text[place:start])
        place = max(place, end)
    left.append(reading.text[place:])
    terminators = "".join(each.isa.delimiters.terminator for each in reading.interchanges)
    return "".join(left).strip(BLANKS + terminators) if terminators else "".join(left).strip(BLANKS)


def overlapping(interchange: Interchange) -> bool:
    """Tell whether two segments claim the same character."""
    ends = sorted((segment.start, segment.end) for segment in interchange.segments())
    return any(end > start for (_, end), (start, _) in pairwise(ends))


def is_answered(intake: InterchangeIntake) -> bool:
    """Tell whether every set has a message or an error in itself, its group or its interchange."""
    whole = has_error(intake.findings)
    return all(
        (each.message is not None) == (each.outcome is not Outcome.REFUSED)
        if not each.is_held
        else each.outcome is Outcome.REFUSED and (whole or has_error(group.findings))
        for group in intake.groups
        for each in group.sets
    )


def check(body: bytes) -> None:
    """Check all that holds for any file."""
    reading = read(body)
    assert re.sub(f"[{re.escape(BLANKS)}]", "", unaccounted(reading)) == ""
    assert not any(map(overlapping, reading.interchanges))
    intake = take_in(reading, PARTNERS)
    assert all(map(is_answered, intake.interchanges))
    segments = [s for each in reading.interchanges for s in each.segments() if s.id == "ST"]
    sets = [each for interchange in intake.interchanges for each in interchange.sets()]
    assert sum(each.set.head is not None for each in sets) == len(segments)
    ids = [message.message_id for message in intake.messages()]
    assert len(set(ids)) == len(ids)
    assert intake.interchanges or reading.findings


@settings(max_examples=5000, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(base=st.sampled_from(BASES), changes=edits)
def test_a_changed_file_is_answered_set_by_set(base: bytes, changes: list[tuple[int, int, bytes]]) -> None:
    """5,000 damaged files raise nothing, lose no character, and leave no set without message or reason."""
    check(edited(base, changes))


@settings(max_examples=500, deadline=None, derandomize=True)
@given(body=st.one_of(st.binary(max_size=300), st.text(max_size=200).map(str.encode)))
def test_any_bytes_are_answered(body: bytes) -> None:
    """Bytes that are no X12 at all raise nothing and are covered by a finding."""
    check(body)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(body=st.binary(max_size=200))
def test_decoding_loses_no_byte(body: bytes) -> None:
    """Encoding a decoded file again gives the same bytes, behind the byte order mark."""
    decoded = decode(body)
    assert body.endswith(decoded.text.encode(decoded.charset))
    assert len(body) - len(decoded.text.encode(decoded.charset)) <= 3
