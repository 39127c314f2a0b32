from __future__ import annotations

from datetime import date
from decimal import Decimal
from urllib.parse import quote

from biip.checksums import gs1_standard_check_digit
from hypothesis import given
from hypothesis import strategies as st

from lotstream.standards.gs1 import SEPARATORS, Form, Scan, ScanError, ScanFault, read_scan

TODAY = date(2026, 11, 22)
GS = "\x1d"
#: The characters that values may have (General Specifications, figure 7.11-1).
CHARACTERS = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
VARYING = frozenset({"10", "21", "30", "37", "240"})
#: Which AI each field is written with.
DATES = {"made": "11", "due": "12", "packed": "13", "best_before": "15", "sell_by": "16", "expires": "17"}
TEXTS = {"lot": "10", "serial": "21"}

texts = st.text(CHARACTERS, min_size=1, max_size=20).filter(lambda text: not any(mark in text for mark in SEPARATORS))
days = st.dates(date(1990, 1, 1), date(2056, 12, 31))


def keys(digits: int) -> st.SearchStrategy[str]:
    """Return numbers with their right check digit, never zeros alone."""
    bodies = st.integers(1, 10 ** (digits - 1) - 1).map(lambda number: f"{number:0{digits - 1}}")
    return bodies.map(lambda body: f"{body}{gs1_standard_check_digit(body)}")


@st.composite
def scans(draw: st.DrawFn) -> Scan:
    """Draw what a label may say: an item, or a pallet with its content."""
    said: dict[str, object] = {name: draw(days) for name in draw(st.sets(st.sampled_from(sorted(DATES))))}
    said |= {name: draw(texts) for name in draw(st.sets(st.sampled_from(sorted(TEXTS))))}
    if draw(st.booleans()):
        said["gtin"] = draw(keys(14))
        said |= draw(st.fixed_dictionaries({}, optional={"count": st.integers(0, 10**8 - 1)}))
        if draw(st.booleans()):
            said["weight_kg"] = Decimal(draw(st.integers(0, 999_999))).scaleb(-3)
    else:
        said |= {"sscc": draw(keys(18)), "content_gtin": draw(keys(14))}
        said["content_count"] = draw(st.integers(0, 10**8 - 1))
    other = draw(st.fixed_dictionaries({}, optional={"240": texts}))
    return Scan(form=Form.ELEMENT_STRING, other=other, **said)  # type: ignore[arg-type]


def elements(scan: Scan) -> list[tuple[str, str]]:
    """Write what a scan says as AIs and values, keys first."""
    names = {"sscc": "00", "gtin": "01", "content_gtin": "02", **TEXTS, "count": "30", "content_count": "37"}
    found = [(ai, str(value)) for name, ai in names.items() if (value := getattr(scan, name)) is not None]
    found += [(ai, f"{day:%y%m%d}") for name, ai in DATES.items() if (day := getattr(scan, name)) is not None]
    if scan.weight_kg is not None:
        found.append(("3103", f"{int(scan.weight_kg.scaleb(3)):06}"))
    return [*found, *scan.other.items()]


@given(scan=scans(), data=st.data())
def test_what_is_written_is_read(scan: Scan, data: st.DataObject) -> None:
    """Every label that is written as the standard says is read as what it says, in any order, with FNC1 in any form."""
    written = data.draw(st.permutations(elements(scan)))
    separator = data.draw(st.sampled_from([GS, "{GS}", "^]"]))
    ends = [separator if ai in VARYING or data.draw(st.booleans()) else "" for ai, _ in written]
    code = "".join(f"{ai}{value}{end}" for (ai, value), end in zip(written, ends, strict=True))

    # What looks swallowed by chance is read as it stands.
    assert read_scan(f"]C1{code}", today=TODAY, accept=[ScanFault.SWALLOWED]) == scan


@given(scan=scans())
def test_printed_text_and_link_say_the_same(scan: Scan) -> None:
    """Brackets and links need no separators: nothing in them is ever taken for swallowed."""
    (key, number), *more = elements(scan)
    link = f"https://example.com/{key}/{number}?" + "&".join(f"{ai}={quote(value)}" for ai, value in more)
    printed = "".join(f"({ai}){value}" for ai, value in elements(scan))

    assert read_scan(link, today=TODAY) == scan
    if "(" not in "".join(value for _, value in elements(scan)):
        assert read_scan(printed, today=TODAY) == scan


@given(
    text=st.one_of(
        st.text(max_size=60),
        st.text("0123456789", max_size=40).map(lambda digits: f"]C1{digits}"),
        st.lists(st.sampled_from([*"0127AZ(){}%&=?/ ", GS, "01", "10", "17", "3103", "]d2", "https://x/01/"])).map(
            "".join
        ),
    )
)
def test_any_text_is_a_scan_or_a_named_fault(text: str) -> None:
    """Whatever a scanner sends, nothing but a reading or a `ScanError` comes of it, and a reading says something."""
    outcome = outcome_of(text)

    if isinstance(outcome, Scan):
        assert outcome.printed
    else:
        assert outcome.reading is None


def outcome_of(text: str) -> Scan | ScanError:
    """Return what a label says with all faults accepted that can be, or why it says nothing."""
    try:
        return read_scan(text, today=TODAY, accept=ScanFault)
    except ScanError as error:
        return error
