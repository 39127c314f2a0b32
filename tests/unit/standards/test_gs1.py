from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from lotstream.errors import ExitCode
from lotstream.standards.gs1 import TEXT_CHARS_MAX, Form, Scan, ScanError, ScanFault, read_scan
from lotstream.standards.scan import ADVICE

TODAY = date(2026, 11, 22)
GTIN = "09506000134352"
ITEM = f"01{GTIN}"
SSCC = "106141412345678908"
GS = "\x1d"
LINK = f"https://id.gs1.org/01/{GTIN}"


def read(text: str, *accept: ScanFault, **options: Any) -> Scan:  # noqa: ANN401 - passed on
    """Read a label on the day of these tests."""
    return read_scan(text, today=TODAY, accept=accept, **options)


def refused(text: str, *accept: ScanFault) -> ScanError:
    """Return why a label is not taken."""
    with pytest.raises(ScanError) as error:
        read(text, *accept)
    return error.value


def said(**fields: Any) -> Scan:  # noqa: ANN401
    """Return a scan that says just this."""
    return Scan(form=Form.ELEMENT_STRING, **fields)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        (f"]C1{ITEM}1727123110AB-1{GS}3024", Form.ELEMENT_STRING),
        (f"{ITEM}3024{GS}10AB-1{GS}17271231", Form.ELEMENT_STRING),
        (f"]d2{GS}10AB-1{GS}17271231{ITEM}{GS}3024{GS}\r\n", Form.ELEMENT_STRING),
        (f"]Q3{ITEM}10AB-1{{GS}}17271231{{FNC1}}3024", Form.ELEMENT_STRING),
        (f"{ITEM}10AB-1~13024^]17271231", Form.ELEMENT_STRING),
        (f"{ITEM}10AB-1␝3024␝17271231", Form.ELEMENT_STRING),
        (f"(01){GTIN}(10)AB-1(17)271231(30)24", Form.HUMAN_READABLE),
        ("(01) 9506000 134352 (17) 27 12 31 (30)24 (10) AB-1", Form.HUMAN_READABLE),
        (f"{LINK}/10/AB-1?17=271231&30=24", Form.DIGITAL_LINK),
        (f"{LINK}/10/AB-1?17=271231;30=24", Form.DIGITAL_LINK),
        ("]Q1HTTP://brand.example/shop/01/9506000134352/10/AB%2D1/?30=24&17=271231", Form.DIGITAL_LINK),
        (f"https://id.gs1.org/gtin/{GTIN}/lot/AB-1?exp=271231&30=24", Form.DIGITAL_LINK),
    ],
)
def test_one_label_says_the_same_in_every_form(text: str, form: Form) -> None:
    """Code, printed text and link, in any order of AIs and however the scanner sends FNC1, are one scan."""
    scan = read(text)

    assert scan == said(gtin=GTIN, lot="AB-1", expires=date(2027, 12, 31), count=24)
    assert scan.form is form


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("]E09506000134352", {"gtin": GTIN}),
        ("9506000134352", {"gtin": GTIN}),
        ("]I109506000134352", {"gtin": GTIN}),
        ("]E0036000291452", {"gtin": "00036000291452"}),
        ("036000291452", {"gtin": "00036000291452"}),
        ("]E496385074", {"gtin": "00000096385074"}),
        ("96385074", {"gtin": "00000096385074"}),
        ("]E3950600013435212345", {"gtin": GTIN, "other": {"add_on": "12345"}}),
        (SSCC, {"sscc": SSCC}),
        (f"00{SSCC}", {"sscc": SSCC}),
    ],
)
def test_a_number_alone_is_a_trade_item_or_a_pallet(text: str, fields: dict[str, Any]) -> None:
    """EAN-8, UPC, EAN-13, ITF-14 and SSCC are read by their length; trade items get 14 digits."""
    assert read(text) == said(**fields)


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        (f"00{SSCC}02{GTIN}3724{GS}10L1", {"sscc": SSCC, "content_gtin": GTIN, "content_count": 24, "lot": "L1"}),
        (f"{ITEM}3103001234", {"gtin": GTIN, "weight_kg": Decimal("1.234")}),
        (f"{ITEM}3100000012", {"gtin": GTIN, "weight_kg": Decimal(12)}),
        (f"{ITEM}3201000010", {"gtin": GTIN, "weight_kg": Decimal("0.45359237")}),
        (f"{ITEM}3103001234{GS}3102000123", None),
        (f"{ITEM}422056", {"gtin": GTIN, "origin": "056"}),
        (f"{ITEM}42205610L1", {"gtin": GTIN, "origin": "056", "lot": "L1"}),
        (f"{ITEM}240X{GS}21S1", {"gtin": GTIN, "serial": "S1", "other": {"240": "X"}}),
        (f"{ITEM}11260101121605", None),
        (f"{ITEM}1126010112261201", {"gtin": GTIN, "made": date(2026, 1, 1), "due": date(2026, 12, 1)}),
        (f"{ITEM}1326010216261203", {"gtin": GTIN, "packed": date(2026, 1, 2), "sell_by": date(2026, 12, 3)}),
        (f"{ITEM}7003271231{'1230'}", {"gtin": GTIN, "expires": date(2027, 12, 31), "other": {"7003": "2712311230"}}),
        (f"{ITEM}80082611221430", {"gtin": GTIN, "other": {"8008": "2611221430"}}),
        (f"{ITEM}10abc", {"gtin": GTIN, "lot": "abc"}),
        (f"{LINK}?10=A+B&17=271231#top", {"gtin": GTIN, "lot": "A+B", "expires": date(2027, 12, 31)}),
        (f"{LINK}/10/L%2F1?utm=x", {"gtin": GTIN, "lot": "L/1", "other": {"utm": "x"}}),
        (f"{LINK}/22/V/10/L/21/S", {"gtin": GTIN, "lot": "L", "serial": "S", "other": {"22": "V"}}),
        (f"https://shop.example/01/tea/01/{GTIN}/10/L", {"gtin": GTIN, "lot": "L"}),
        (f"https://shop.example/gtin/01/{GTIN}", {"gtin": GTIN}),
        (f"00{SSCC}8026{GTIN}01023724", {"sscc": SSCC, "content_count": 24, "other": {"8026": f"{GTIN}0102"}}),
        (f"(01){GTIN}\r\n(17)271231\t(10) L1", {"gtin": GTIN, "expires": date(2027, 12, 31), "lot": "L1"}),
        (f"https://id.gs1.org/00/{SSCC}?02={GTIN}&37=24", {"sscc": SSCC, "content_gtin": GTIN, "content_count": 24}),
    ],
)
def test_each_identifier_has_its_field(text: str, fields: dict[str, Any] | None) -> None:
    """Pallets, weights with their decimals, dates and origin are told apart; what has no field is kept by its AI."""
    if fields is None:
        assert refused(text).fault in {ScanFault.CONTRADICTION, ScanFault.BAD_DATE}
    else:
        assert read(text) == said(**fields)


@pytest.mark.parametrize(
    ("text", "ai", "right"),
    [
        ("0109506000134353", "01", "2"),
        ("0209506000134353372", "02", "2"),
        ("00106141412345678900", "00", "8"),
        (f"{ITEM}4109506000134353", "410", "2"),
        ("(01)09506000134353(10)L", "01", "2"),
        ("https://id.gs1.org/01/09506000134353/10/L", "01", "2"),
        ("]E09506000134353", "01", "2"),
        ("106141412345678900", "00", "8"),
    ],
)
def test_a_wrong_check_digit_is_named_with_the_right_one(text: str, ai: str, right: str) -> None:
    """The library keeps the error beside the value; here a wrong number never becomes a reading."""
    error = refused(text, *ScanFault)

    assert (error.fault, error.ai, error.reading) == (ScanFault.WRONG_CHECK_DIGIT, ai, None)
    assert f"is {error.value[-1]} and should be {right}" in str(error)


@pytest.mark.parametrize(
    ("text", "own", "meant"),
    [
        (f"{ITEM}10ABC12317271231", "ABC12317271231", f"(01){GTIN}(10)ABC123(17)271231"),
        (f"{ITEM}10ABC17271200", "ABC17271200", f"(01){GTIN}(10)ABC(17)271200"),
        (f"{ITEM}10ABC3103001234", "ABC3103001234", f"(01){GTIN}(10)ABC(3103)001234"),
        (f"10ABC{ITEM}", f"ABC{ITEM}", f"(10)ABC(01){GTIN}"),
        (f"{ITEM}10A1126010117271231", "A1126010117271231", f"(01){GTIN}(10)A(11)260101(17)271231"),
        (f"{ITEM}10A1727123121S-1", "A1727123121S-1", f"(01){GTIN}(10)A(17)271231(21)S-1"),
        (f"{ITEM}10A3000000024", "A3000000024", f"(01){GTIN}(10)A(30)00000024"),
        (f"{ITEM}21S117271231{GS}10L", "S117271231", f"(01){GTIN}(21)S1(17)271231(10)L"),
        (f"02{GTIN}372410123", "2410123", f"(02){GTIN}(37)24(10)123"),
    ],
)
def test_a_value_that_has_swallowed_the_next_one_is_named_with_both_readings(text: str, own: str, meant: str) -> None:
    """Where FNC1 is missing, the error has what stands there and what seems to be meant, and either can be taken."""
    error = refused(text)

    assert error.fault is ScanFault.SWALLOWED
    assert error.value == own
    assert error.reading is not None
    assert error.reading == read(text, ScanFault.SWALLOWED)
    assert error.meant is not None
    assert error.meant.printed == meant


def test_a_swallowed_value_may_leave_nothing_that_can_be_read() -> None:
    """A count that runs into letters is no count, and a separator that would make two expiries was not missing."""
    count, twice = refused(f"02{GTIN}372410LOT"), refused(f"{ITEM}70032712301200{GS}10A17271231")

    assert (count.fault, count.ai, count.reading) == (ScanFault.SWALLOWED, "37", None)
    assert (twice.fault, twice.meant) == (ScanFault.SWALLOWED, None)
    assert twice.reading is not None


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"{ITEM}10ABC17271331", id="no such month"),
        pytest.param(f"{ITEM}10ABC17110101", id="too long ago"),
        pytest.param(f"{ITEM}1727123110ABC17271231", id="the label has that date anyway"),
        pytest.param(f"{ITEM}10ABC1809506000134352", id="no such AI"),
        pytest.param(f"10ABC{ITEM[:-1]}9", id="a wrong check digit is no trade item"),
        pytest.param(f"{ITEM}1017271231", id="a lot has a character of its own"),
        pytest.param(f"{ITEM}91ABC17271231", id="internal data are free"),
        pytest.param(f"(01){GTIN}(10)ABC17271231", id="brackets end values"),
        pytest.param(f"{LINK}/10/ABC17271231", id="slashes end values"),
        pytest.param(f"02{GTIN}3724101", id="a count below a hundred thousand"),
        pytest.param(f"02{GTIN}3724101{GS}10L", id="a count beside a lot"),
        pytest.param(f"02{GTIN}10L{GS}372410123", id="a long count beside a lot"),
        pytest.param(f"{ITEM}10ABC1727123199", id="what follows is no element"),
    ],
)
def test_what_may_be_right_is_not_doubted(text: str) -> None:
    """A value is doubted only when its end can hardly be chance."""
    assert read(text).accepted == ()


@pytest.mark.parametrize(
    ("text", "ai", "readable"),
    [
        (f"{ITEM}10{'A' * 21}", "10", False),
        (f"{ITEM}10{'A' * 25}{GS}17271231", "10", False),
        (f"{ITEM}10{'A' * 20}17271231", "10", True),
        (f"{ITEM}30123456789", "30", False),
        (f"02{GTIN}370000002410L", "37", True),
        (f"(10){'A' * 21}", "10", False),
        (f"{LINK}/10/{'A' * 21}", "10", False),
        (f"{LINK}?21={'A' * 21}", "21", False),
        (ITEM + "10A" * TEXT_CHARS_MAX, None, False),
    ],
)
def test_a_value_that_is_too_long_is_named(text: str, ai: str | None, readable: bool) -> None:
    """A lot of 21 characters is never cut into a lot of 20 and something else; one of 20 may run on."""
    error = refused(text)

    assert (error.fault, error.ai) == (ScanFault.TOO_LONG, ai)
    assert (error.reading is not None) == readable
    if readable:
        assert read(text, ScanFault.TOO_LONG) == error.reading


def test_a_lot_of_twenty_characters_is_taken() -> None:
    """At the end of a label, or with a separator behind it, a value of full length is certain."""
    assert read(f"{ITEM}10{'A' * 20}").lot == read(f"{ITEM}10{'A' * 20}{GS}17271231").lot == "A" * 20


@pytest.mark.parametrize(
    ("text", "field", "last"),
    [
        (f"{ITEM}17280200", "expires", date(2028, 2, 29)),
        (f"{ITEM}15270400", "best_before", date(2027, 4, 30)),
        (f"(01){GTIN}(11)261200", "made", date(2026, 12, 31)),
        (f"{LINK}?17=271200", "expires", date(2027, 12, 31)),
    ],
)
def test_a_date_without_a_day_is_a_decision(text: str, field: str, last: date) -> None:
    """Day 00 is refused with what it means by the standard, and taken so when it is accepted, which the scan tells."""
    error, scan = refused(text), read(text, ScanFault.DAY_ZERO)

    assert (error.fault, error.reading) == (ScanFault.DAY_ZERO, scan)
    assert getattr(scan, field) == last
    assert scan.accepted == (ScanFault.DAY_ZERO,)


@pytest.mark.parametrize(
    "date_and_all",
    [
        "17271331", "17270001", "17270231", "17271232", "17270000", "1727123", "172712AB",
        "15570101", "11760101", "17750101", "17770101", "16890101", "11580101",
        "70032712312460", "70032712312400", "70032712001200", "70032713311200", "70032712319960",
    ],
)  # fmt: skip
def test_what_is_no_date_of_goods_is_refused(date_and_all: str) -> None:
    """No 13th month, no 30 February, no hour 24; no life that ends before 1990, none more than 30 years from now."""
    error = refused(ITEM + date_and_all, *ScanFault)

    assert (error.fault, error.reading) == (ScanFault.BAD_DATE, None)


@pytest.mark.parametrize(
    ("today", "two_digits", "year"),
    [
        (date(2026, 1, 1), "56", 2056),
        (date(2026, 1, 1), "90", 1990),
        (date(2049, 1, 1), "56", 2056),
        (date(2075, 1, 1), "05", 2105),
        (date(1999, 1, 1), "05", 2005),
    ],
)
def test_the_century_follows_the_day_that_is_given(today: date, two_digits: str, year: int) -> None:
    """Years are those nearest to the given day, whatever the machine's clock says."""
    assert read_scan(f"{ITEM}17{two_digits}0101", today=today).expires == date(year, 1, 1)


def test_what_was_made_half_a_century_ago_has_the_nearest_year() -> None:
    """Fifty-one years ahead is forty-nine years ago: whisky may be that old, and nothing is made in fifty years."""
    assert read(f"{ITEM}11770101").made == date(1977, 1, 1)


def test_an_expiry_at_midnight_ends_the_day_before() -> None:
    """Goods that expire at 00:00 cannot be used on that day; without a time, or later, they can."""
    days = [read(f"{ITEM}7003271231{time}").expires for time in ("0000", "0001", "2359", "9999")]

    assert days == [date(2027, 12, 30), *[date(2027, 12, 31)] * 3]


@pytest.mark.parametrize(
    "text",
    [
        f"{ITEM}10A{GS}10B",
        f"{LINK}?17=271231&17=281231",
        f"{LINK}/10/A?10=B",
        f"{ITEM}02{GTIN}",
        f"{ITEM}17271231{'7003'}2712301200",
        f"{ITEM}3103001234{GS}3203001234",
    ],
)
def test_a_label_that_contradicts_itself_is_refused(text: str) -> None:
    """Two values of one identifier, item and content, two expiries or two weights are never decided here."""
    error = refused(text, *ScanFault)

    assert (error.fault, error.reading) == (ScanFault.CONTRADICTION, None)


def test_what_is_said_twice_alike_is_said_once() -> None:
    """The same value twice, or the same expiry with and without its time, contradicts nothing."""
    assert read(f"{ITEM}10A{GS}10A").lot == "A"
    assert read(f"{ITEM}1727123170032712311200").expires == date(2027, 12, 31)


def test_a_count_of_content_without_content_can_be_accepted() -> None:
    """Printers write (37) beside (01), which the standard has no meaning for."""
    text = f"{ITEM}3724"

    assert refused(text).fault is ScanFault.CONTRADICTION
    assert read(text, ScanFault.CONTRADICTION) == said(gtin=GTIN, content_count=24)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("ABC", "at character 1"),
        (f"{ITEM}239AB", "at character 17"),
        (f"]C1{ITEM}10", "(10) has no value"),
        (f"{ITEM}10{GS}17271231", "(10) has no value"),
        (f"{ITEM}30{GS}10L", "(30) has no value"),
        (f"{ITEM}10AB C{GS}17271231", "' ' in (10)"),
        (f"{ITEM}10A#B", "'#' in (10)"),
        (f"{ITEM}10Ä", "Character 19"),
        ("01\N{ARABIC-INDIC DIGIT ZERO}9506000134352", "Character 3"),
        (f"{LINK[:-14]}%D9%A09506000134352", "no value of (01)"),
        (f"{ITEM}\x1e10A", "Character 17"),
        ("01950600013435", "should be"),
        ("]C10195060001343", "no value of (01)"),
        ("01" + "0" * 14, "nothing but zeros"),
        ("00" + "0" * 18, "nothing but zeros"),
        ("https://shop.example/01/tea/01", "does not name goods"),
        ("]E0123", "should hold the number"),
        ("]E112", "should hold the number"),
        ("]E0" + ITEM, "should hold the number"),
        ("[)>\x1e06\x1dPX", "15434"),
        ("(10)ABC(123", "in brackets"),
        ("(10)A(B)C", "in brackets"),
        ("(01)09506000134352()", "in brackets"),
        ("(239)A", "no application identifier (239)"),
        ("(10)", "(10) has no value"),
        ("(10)AB 1", "has a space"),
        ("https://shop.example/products/honey", "does not name goods"),
        ("https://id.gs1.org/01/09506000134352/10", "does not name goods"),
        ("https://id.gs1.org/01/09506000134352/en/home", "no application identifier"),
        (f"{LINK}?10=", "(10) has no value"),
        (f"{LINK}/10/A%20B", "no value of (10)"),
        ("https://[x/01/1", "no web address"),
        ("urn:epc:id:sgtin:9506000.013435.1", "at character 1"),
    ],
)
def test_what_cannot_be_read_says_where(text: str, where: str) -> None:
    """Nothing is dropped and nothing is passed over: the sentence says what stands where."""
    error = refused(text, *ScanFault)

    assert error.fault in {ScanFault.UNREADABLE, ScanFault.WRONG_CHECK_DIGIT}
    assert where in str(error)


def test_a_bracket_that_closes_nothing_is_part_of_a_lot() -> None:
    """Only an opening bracket begins an identifier."""
    assert read("(10)ABC)1").lot == "ABC)1"


@pytest.mark.parametrize("text", ["", " \r\n", "]C1", GS, f"]d2{GS}"])
def test_an_empty_scan_is_named(text: str) -> None:
    """A scanner that sends its suffix alone has read nothing."""
    assert refused(text).fault is ScanFault.EMPTY


@pytest.mark.parametrize("last", ["AQnYUc1gmiERhtJZ", f"01/{GTIN}/ARHKVAdpQg"])
def test_a_compressed_link_is_refused_by_name(last: str) -> None:
    """What a compressed link says is not in the text."""
    assert refused(f"https://id.gs1.org/{last}").fault is ScanFault.COMPRESSED


@pytest.mark.parametrize(
    ("prefix", "why"), [("]C0", "not one of GS1's"), ("]d1", "not one"), ("]c1", "Caps Lock"), ("]D2", "Caps Lock")]
)
def test_a_code_that_is_not_gs1s_is_a_decision(prefix: str, why: str) -> None:
    """Ordinary codes do not promise GS1 data, and an identifier with its case turned over has turned lots over too."""
    error = refused(f"{prefix}{ITEM}10L")

    assert error.fault is ScanFault.NOT_GS1
    assert why in str(error)
    assert read(f"{prefix}{ITEM}10L", ScanFault.NOT_GS1) == error.reading == said(gtin=GTIN, lot="L")


def test_a_scanner_may_write_fnc1_in_its_own_way() -> None:
    """Further separators are those the caller names, of any length; a link is left as it is."""
    assert read(f"{ITEM}10A|17271231", separators=("|",)).lot == "A"
    assert read(f"{ITEM}10A[FNC]17271231", separators=("[FNC]",)).lot == "A"
    assert read("https://id.gs1.org/~1/01/9506000134352").gtin == GTIN


def test_every_fault_says_what_to_do() -> None:
    """No error leaves a person without a next step, and a scan is refused like any other input."""
    assert set(ADVICE) == set(ScanFault)
    assert refused("").exit_code is ExitCode.INPUT
