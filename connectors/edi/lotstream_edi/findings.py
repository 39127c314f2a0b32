"""What was found while reading a file: records with a stable code, a place and a sentence.

An error refuses the smallest whole it stands in (a set, a group, an interchange); a warning refuses nothing. A finding
never carries the contents of ISA02 or ISA04, where passwords stand.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from lotstream_edi.segment import Segment

VALUE_CHARS_MAX: Final = 80
"""Characters of a faulty value that a finding repeats."""


class Severity(StrEnum):
    """What a finding does to the whole it stands in."""

    WARNING = "warning"
    ERROR = "error"


class FindingCode(StrEnum):
    """Stable codes of findings; lower case, never renamed."""

    # The file.
    EMPTY_FILE = "empty_file"
    NO_INTERCHANGE = "no_interchange"
    CHARSET = "charset"
    JUNK_BEFORE_ISA = "junk_before_isa"
    JUNK_AFTER_IEA = "junk_after_iea"
    # Envelopes.
    ISA_MALFORMED = "isa_malformed"
    ISA_CUT = "isa_cut"
    ISA_ELEMENT_WIDTH = "isa_element_width"
    ISA_ELEMENT_INVALID = "isa_element_invalid"
    ISA16_MISSING = "isa16_missing"
    USAGE_UNKNOWN = "usage_unknown"
    IEA_MISSING = "iea_missing"
    GS_MISSING = "gs_missing"
    GE_MISSING = "ge_missing"
    ST_MISSING = "st_missing"
    SE_MISSING = "se_missing"
    SEGMENT_OUTSIDE_SET = "segment_outside_set"
    SEGMENT_COUNT = "segment_count"
    SET_COUNT = "set_count"
    GROUP_COUNT = "group_count"
    CONTROL_NUMBER_MISMATCH = "control_number_mismatch"
    CONTROL_NUMBER_INVALID = "control_number_invalid"
    CONTROL_NUMBER_REPEATED = "control_number_repeated"
    CONTROL_NUMBER_REUSED = "control_number_reused"
    INTERCHANGE_REPEATED = "interchange_repeated"
    FUNCTIONAL_ID_UNEXPECTED = "functional_id_unexpected"
    # How segments are written.
    EMPTY_SEGMENT = "empty_segment"
    LINE_WRAPPED = "line_wrapped"
    SEGMENT_INDENTED = "segment_indented"
    TERMINATOR_MISSING = "terminator_missing"
    SEGMENT_ID_INVALID = "segment_id_invalid"
    # Sets.
    SET_NOT_SUPPORTED = "set_not_supported"
    VERSION_NOT_SUPPORTED = "version_not_supported"
    ACTION_NOT_SUPPORTED = "action_not_supported"
    NOT_SUPPORTED = "not_supported"
    UNKNOWN_SENDER = "unknown_sender"
    DOCUMENT_REPEATED = "document_repeated"
    DOCUMENT_CONFLICTING = "document_conflicting"
    TOO_LARGE = "too_large"
    FIELD_INVALID = "field_invalid"
    # Segments and elements.
    SEGMENT_MISSING = "segment_missing"
    SEGMENT_REPEATED = "segment_repeated"
    SEGMENT_UNEXPECTED = "segment_unexpected"
    SEGMENT_NOT_USED = "segment_not_used"
    ELEMENT_MISSING = "element_missing"
    ELEMENT_LENGTH = "element_length"
    ELEMENT_INVALID = "element_invalid"
    ELEMENT_SHIFTED = "element_shifted"
    ELEMENT_UNEXPECTED = "element_unexpected"
    PAIR_INCOMPLETE = "pair_incomplete"
    # What a 940 says.
    REVISION_MISSING = "revision_missing"
    CANCEL_WITH_LINES = "cancel_with_lines"
    DATE_INVALID = "date_invalid"
    DATE_IMPLAUSIBLE = "date_implausible"
    TIME_MISPLACED = "time_misplaced"
    NO_LINES = "no_lines"
    LINE_ID_REPEATED = "line_id_repeated"
    QUANTITY_INVALID = "quantity_invalid"
    QUANTITY_NOT_POSITIVE = "quantity_not_positive"
    UNIT_UNKNOWN = "unit_unknown"
    ITEM_MISSING = "item_missing"
    GTIN_CHECK_DIGIT = "gtin_check_digit"
    LOT_IMPLAUSIBLE = "lot_implausible"
    LOT_CONFLICT = "lot_conflict"
    LOT_IN_HEADING = "lot_in_heading"
    TOTAL_DIFFERS = "total_differs"
    SHIP_TO_MISSING = "ship_to_missing"
    PERSON_NOT_CARRIED = "person_not_carried"


TOLERABLE: Final = frozenset(
    {
        FindingCode.SEGMENT_COUNT,
        FindingCode.SET_COUNT,
        FindingCode.GROUP_COUNT,
        FindingCode.CONTROL_NUMBER_MISMATCH,
        FindingCode.CONTROL_NUMBER_REUSED,
    }
)
"""Errors that a partner's profile may turn into warnings: the sets are there, the sums in the envelope are wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is wrong or unusual, and where."""

    code: FindingCode
    severity: Severity
    #: What is wrong and what was expected, as one sentence.
    message: str
    #: Number of the segment in its interchange; the ISA is 1.
    segment: int | None = None
    segment_id: str | None = None
    #: Number of the element in its segment; W0103 is element 3 of W01.
    element: int | None = None
    value: str | None = None
    expected: str | None = None
    #: Characters of the decoded file this is about, first and behind the last; the byte order mark is not counted.
    start: int | None = None
    end: int | None = None

    @property
    def is_error(self) -> bool:
        """Tell whether this refuses the whole it stands in."""
        return self.severity is Severity.ERROR

    @property
    def place(self) -> str | None:
        """Return where it is in a few words, e.g. ``segment 12, W0103``."""
        if self.segment is None:
            return None
        return f"segment {self.segment}, {self.segment_id or ''}{f'{self.element:02}' if self.element else ''}"

    def tolerated(self) -> Finding:
        """Return this finding as a warning when a profile may tolerate it, else unchanged."""
        return replace(self, severity=Severity.WARNING) if self.code in TOLERABLE else self


def error(
    code: FindingCode,
    message: str,
    *,
    at: Segment | None = None,
    element: int | None = None,
    value: str | None = None,
    expected: str | None = None,
) -> Finding:
    """Return a finding that refuses the whole it stands in."""
    return _finding(code, Severity.ERROR, message, at=at, element=element, value=value, expected=expected)


def warning(
    code: FindingCode,
    message: str,
    *,
    at: Segment | None = None,
    element: int | None = None,
    value: str | None = None,
    expected: str | None = None,
) -> Finding:
    """Return a finding that refuses nothing."""
    return _finding(code, Severity.WARNING, message, at=at, element=element, value=value, expected=expected)


def has_error(findings: Iterable[Finding]) -> bool:
    """Tell whether any of these refuses."""
    return any(finding.is_error for finding in findings)


def _finding(
    code: FindingCode,
    severity: Severity,
    message: str,
    *,
    at: Segment | None,
    element: int | None,
    value: str | None,
    expected: str | None,
) -> Finding:
    return Finding(
        code=code,
        severity=severity,
        message=message,
        segment=at.number if at else None,
        segment_id=at.id if at else None,
        element=element,
        value=value[:VALUE_CHARS_MAX] if value is not None else None,
        expected=expected,
        start=at.start if at else None,
        end=at.end if at else None,
    )
