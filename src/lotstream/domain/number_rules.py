"""How lots of an item are numbered: templates that numbers are made of, patterns that they have to match.

Both are a small language of their own. A pattern is a part of regular expressions without groups and with few parts of
varying length, so that no text takes long to be compared with one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Final, NamedTuple

from lotstream.domain.codes import Code, Refusal
from lotstream.domain.model import LotNumber, NumberKind

SUPPLIER_LOT: Final = "supplier_lot"
FACILITY: Final = "facility"
MADE: Final = "made"
RECEIVED: Final = "received"
#: The next number of the owner's lots, with at least so many digits.
SEQUENCE: Final = "seq"
_TEXTS: Final = (SUPPLIER_LOT, FACILITY)
_DATES: Final = (MADE, RECEIVED)
#: Digits of a sequence, and of a date by the letter that stands for them.
_DIGITS_MAX: Final = 12
_PARTS: Final = {"%y": "{0.year:04d}", "%Y": "{0.year:04d}", "%m": "{0.month:02d}", "%d": "{0.day:02d}"}
_DAY_OF_YEAR: Final = "%j"
#: Characters of a template or a pattern.
TEMPLATE_CHARS_MAX: Final = 128
#: What numbers are made of where nothing else is said.
_USUAL: Final = {NumberKind.SEQUENCE: "{seq}", NumberKind.DATE: "{received:%y%m%d}"}
_MADE_ON: Final = "{made:%y%m%d}"

_FIELD = re.compile(r"\{([a-z_]*)(?::([^{}]*))?\}")
_DATE_SPEC = re.compile(r"(?:%[yYmdj]|[^%])+")
_PATTERN_PART = re.compile(
    r"(?:\\d|\\[^A-Za-z0-9]|\[\^?(?:[A-Za-z0-9]-[A-Za-z0-9]|[A-Za-z0-9_./ +#:]|-(?=\]))+\]|[^][\\(){}|^$*+?])"
    r"(\{[0-9]{1,3}\}|(\{[0-9]{1,3},[0-9]{0,3}\}|[*+?]))?"
)
#: Parts of varying length in one pattern: the third power of the length of a name is soon gone through.
_VARYING_MAX: Final = 3


class Part(NamedTuple):
    """A piece of a template: a text, or a fact with how it is written."""

    text: str
    fact: str | None = None
    form: str = ""


def template_of(rule: LotNumber, *, made: bool) -> str:
    """Return what numbers are made of; where dates are and nothing is said, of the day of making when it is known."""
    if rule.template:
        return rule.template
    return _MADE_ON if rule.kind is NumberKind.DATE and made else _USUAL.get(rule.kind, "")


def parts_of(template: str) -> Iterator[Part]:
    """Yield the pieces of a template that was checked."""
    at = 0
    for found in _FIELD.finditer(template):
        if found.start() > at:
            yield Part(template[at : found.start()])
        yield Part("", found[1], found[2] or "")
        at = found.end()
    if at < len(template):
        yield Part(template[at:])


def written_day(day: date, form: str) -> str:
    """Return a day as a template writes it, the same on every machine."""
    text = form or "%y%m%d"
    for mark, how in _PARTS.items():
        digits = how.format(day)
        text = text.replace(mark, digits[2:] if mark == "%y" else digits)
    return text.replace(_DAY_OF_YEAR, f"{day.timetuple().tm_yday:03d}")


def check_numbers(rule: LotNumber | None, field: str) -> Refusal | None:
    """Refuse a rule for the numbers of lots that no number could be made by, or compared with."""
    if rule is None:
        return None
    if rule.kind is NumberKind.TEMPLATE and not rule.template:
        return Refusal(Code.FIELD_MISSING, f"{field}.template", "Numbers by template need one; send it.")
    wrong = _wrong_template(rule.template)
    if wrong is not None:
        return Refusal(Code.FIELD_INVALID, f"{field}.template", f"{wrong}; correct the template.")
    wrong = None if rule.pattern is None else _wrong_pattern(rule.pattern)
    return None if wrong is None else Refusal(Code.FIELD_INVALID, f"{field}.pattern", f"{wrong}; correct the pattern.")


def matches(pattern: str, number: str) -> bool:
    """Tell whether a number is as a checked pattern wants the whole of it."""
    return re.fullmatch(pattern, number) is not None


def _wrong_template(template: str) -> str | None:
    if len(template) > TEMPLATE_CHARS_MAX:
        return f"A template has at most {TEMPLATE_CHARS_MAX} characters"
    for part in parts_of(template):
        known = {*_TEXTS, *_DATES, SEQUENCE}
        if part.fact is None:
            if "{" in part.text or "}" in part.text:
                return f"There is a brace too many in {part.text!r}"
        elif part.fact not in known:
            return f"There is no {{{part.fact}}}, but {', '.join(sorted(known))}"
        elif not _is_form(part):
            return f"{part.form!r} is no way to write {part.fact}"
    return None


def _is_form(part: Part) -> bool:
    if part.fact in _TEXTS or not part.form:
        return not part.form
    if part.fact in _DATES:
        return _DATE_SPEC.fullmatch(part.form) is not None
    return part.form.isascii() and part.form.isdigit() and 0 < int(part.form) <= _DIGITS_MAX


def _wrong_pattern(pattern: str) -> str | None:
    if not pattern or len(pattern) > TEMPLATE_CHARS_MAX:
        return f"A pattern has 1 to {TEMPLATE_CHARS_MAX} characters"
    at, varying = 0, 0
    while at < len(pattern):
        found = _PATTERN_PART.match(pattern, at)
        if found is None:
            return f"What begins with {pattern[at:][:10]!r} cannot stand in a pattern"
        varying += found[2] is not None
        at = found.end()
    if varying > _VARYING_MAX:
        return f"More than {_VARYING_MAX} parts of the pattern are of varying length"
    try:
        re.compile(pattern)
    except (re.error, OverflowError) as error:
        return f"It is no pattern ({error})"
    return None
