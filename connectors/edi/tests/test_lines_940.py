"""The lines of a 940: quantities, units, items, lots, and elements that slipped."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from lotstream_edi import samples
from lotstream_edi.findings import FindingCode
from lotstream_edi.outcome import Outcome, SetIntake

Taken = Callable[..., SetIntake]


def with_line(*segments: str) -> list[str]:
    """Return the sample order with other segments in place of its line."""
    return [*samples.HEADING, *segments]


def with_w01(w01: str, *under: str) -> list[str]:
    """Return the sample order with another W01."""
    return with_line("LX*1", w01, *under)


def lines(intake: SetIntake) -> list[dict[str, Any]]:
    """Return the lines of the order a set became."""
    assert intake.message is not None, intake.findings
    return list(intake.message.body.model_dump(mode="json")["lines"])


def codes(intake: SetIntake) -> list[FindingCode]:
    """Return the codes of a set's findings."""
    return [finding.code for finding in intake.findings]


@pytest.mark.parametrize(
    ("written", "quantity"), [("4", "4"), ("4.50", "4.5"), (".5", "0.5"), ("12.", "12"), ("007", "7")]
)
def test_quantities_are_exact_decimals(take: Taken, written: str, quantity: str) -> None:
    """W0101 has type R: whole, decimal, without the zero before its point."""
    assert lines(take(with_w01(f"W01*{written}*EA**VN*SKU-1")))[0]["quantity"] == quantity


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("0", FindingCode.QUANTITY_NOT_POSITIVE),
        ("-4", FindingCode.QUANTITY_NOT_POSITIVE),
        ("", FindingCode.QUANTITY_INVALID),
        ("four", FindingCode.QUANTITY_INVALID),
        ("1E3", FindingCode.QUANTITY_INVALID),
        ("4,5", FindingCode.QUANTITY_INVALID),
        ("\u0664", FindingCode.QUANTITY_INVALID),
        ("9" * 40, FindingCode.QUANTITY_INVALID),
        ("9" * 25, FindingCode.FIELD_INVALID),
    ],
)
def test_what_is_no_quantity_above_zero_refuses_the_order(take: Taken, written: str, code: FindingCode) -> None:
    """A minus sign is legal X12 and no demand; letters, commas and exponents are no quantity."""
    intake = take(with_w01(f"W01*{written}*EA**VN*SKU-1"))
    assert (intake.outcome, codes(intake)) == (Outcome.REFUSED, [code])


@pytest.mark.parametrize(("code", "unit"), [("EA", "each"), ("CA", "case"), ("CS", "case"), ("PL", "pallet")])
def test_units_have_names(take: Taken, code: str, unit: str) -> None:
    """Common codes of element 355 become the ledger's names."""
    assert lines(take(with_w01(f"W01*4*{code}**VN*SKU-1")))[0]["unit"] == unit


def test_a_profile_names_units_of_its_own(take: Taken) -> None:
    """A partner's table adds units and overrides the usual ones."""
    assert lines(take(with_w01("W01*4*ZZ**VN*SKU-1"), units={"ZZ": "tray"}))[0]["unit"] == "tray"
    assert lines(take(with_w01("W01*4*CA**VN*SKU-1"), units={"CA": "outer"}))[0]["unit"] == "outer"


def test_an_unknown_unit_goes_on_under_its_code_with_a_warning(take: Taken) -> None:
    """The ledger, which knows the item, holds the order when it has no unit of that name."""
    intake = take(with_w01("W01*4*XJ**VN*SKU-1"))
    assert (codes(intake), lines(intake)[0]["unit"]) == ([FindingCode.UNIT_UNKNOWN], "xj")


@pytest.mark.parametrize(
    ("w01", "sku", "gtin"),
    [
        ("W01*1*EA**VN*SKU-1", "SKU-1", None),
        ("W01*1*EA**VC*OTHER*SK*SKU-1", "SKU-1", None),
        ("W01*1*EA**UP*012345678905", None, "00012345678905"),
        ("W01*1*EA**EN*4006381333931*VN*SKU-1", "SKU-1", "04006381333931"),
        ("W01*1*CA*012345678905", None, "00012345678905"),
        ("W01*1*CA*012345678905*UK*10012345678902*VN*SKU-1", "SKU-1", "10012345678902"),
        ("W01*1*EA**VN*SKU-1**********UP*012345678905", "SKU-1", "00012345678905"),
    ],
)
def test_an_item_is_found_by_its_qualifiers(take: Taken, w01: str, sku: str | None, gtin: str | None) -> None:
    """SK before VN before VC …; trade item numbers are padded to 14 digits, W0103 comes last."""
    (line,) = lines(take(with_w01(w01)))
    assert (line["sku"], line["gtin"]) == (sku, gtin)


def test_the_profile_says_which_qualifier_is_the_sku(take: Taken) -> None:
    """A partner whose SKU stands under another qualifier names it."""
    line = "W01*1*EA**VN*THEIRS*BP*OURS"
    assert lines(take(with_w01(line), item_qualifiers=["BP", "VN"]))[0]["sku"] == "OURS"


@pytest.mark.parametrize("w01", ["W01*1*EA", "W01*1*EA**BP*BUYERS-NUMBER", "W01*1*EA**UP*NOT-A-NUMBER"])
def test_an_item_without_a_known_id_refuses_the_order(take: Taken, w01: str) -> None:
    """A qualifier that the profile does not name is not guessed to be the SKU."""
    intake = take(with_w01(w01))
    assert intake.outcome is Outcome.REFUSED
    assert FindingCode.ITEM_MISSING in codes(intake)


def test_a_wrong_check_digit_is_a_warning_with_the_right_one(take: Taken) -> None:
    """Case codes without check digit are in use in W0103, so the number is passed on as written."""
    intake = take(with_w01("W01*1*CA*012345678901"))
    assert codes(intake) == [FindingCode.GTIN_CHECK_DIGIT]
    assert (intake.findings[0].expected, lines(intake)[0]["gtin"]) == ("012345678905", "00012345678901")


def test_lines_are_named_by_li_then_lx_then_by_counting(take: Taken) -> None:
    """N9*LI is the id to echo back; several W01 under one LX get its number and their place."""
    w01 = "W01*1*EA**VN*SKU-1"
    intake = take(with_line("LX*10", w01, "N9*LI*A-7", "LX*20", w01, "LX*30", w01, w01))
    assert [line["line"] for line in lines(intake)] == ["A-7", "20", "30.1", "30.2"]
    assert [line["line"] for line in lines(take(with_line(w01, w01)))] == ["1", "2"]


def test_a_line_id_that_stands_twice_refuses_the_order(take: Taken) -> None:
    """What is picked for a line has to be told from what is picked for another."""
    w01 = "W01*1*EA**VN*SKU-1"
    intake = take(with_line("LX*1", w01, "LX*1", w01))
    assert (intake.outcome, codes(intake)) == (Outcome.REFUSED, [FindingCode.LINE_ID_REPEATED])


def test_two_lines_of_one_item_stay_two_lines(take: Taken) -> None:
    """Equal goods on two lines are not added up."""
    w01 = "W01*1*EA**VN*SKU-1"
    assert len(lines(take(with_line("LX*1", w01, "LX*2", w01)))) == 2


@pytest.mark.parametrize(
    "segments",
    [
        ["W01*4*CA**VN*SKU-1********L24A"],
        ["W01*4*CA**VN*SKU-1*LT*L24A"],
        ["W01*4*CA**VN*SKU-1", "N9*LT*L24A"],
        ["W01*4*CA**VN*SKU-1*LT*L24A******L24A", "N9*LT*L24A"],
    ],
)
def test_a_lot_is_read_in_each_place_it_was_seen(take: Taken, segments: list[str]) -> None:
    """W0113, a pair LT, N9*LT under W01; several that agree are one."""
    assert lines(take(with_w01(*segments)))[0]["lot"] == "L24A"


def test_a_lot_over_twelve_characters_is_never_cut(take: Taken) -> None:
    """W0113 has 12 characters by the standard; a longer lot is kept whole, with a warning there and none in N9."""
    long = "TLC-2026-0902-F4"
    assert lines(take(with_w01("W01*4*CA**VN*SKU-1", f"N9*LT*{long}")))[0]["lot"] == long
    intake = take(with_w01(f"W01*4*CA**VN*SKU-1********{long}"))
    assert (codes(intake), lines(intake)[0]["lot"]) == ([FindingCode.ELEMENT_LENGTH], long)


@pytest.mark.parametrize(
    "segments",
    [
        ["W01*4*CA**VN*SKU-1********VN"],
        ["W01*4*CA**VN*SKU-1", "N9*LT*UP"],
        ["W01*4*CA**VN*SKU-1*UP*012345678905******012345678905"],
        ["W01*4*CA**VN*SKU-1", "N9*LT*10012345678902"],
        ["W01*4*CA**VN*SKU-1********20261205"],
        ["W01*4*CA**VN*SKU-1", "N9*LT*19991205"],
    ],
)
def test_a_qualifier_a_gtin_or_a_date_in_a_lots_place_refuses_the_order(take: Taken, segments: list[str]) -> None:
    """Each means that elements slipped; the wrong lot would be shipped or the order wait for ever."""
    intake = take(with_w01(*segments))
    assert intake.outcome is Outcome.REFUSED
    assert [code for code in codes(intake) if code is not FindingCode.TOTAL_DIFFERS] == [FindingCode.LOT_IMPLAUSIBLE]


def test_dates_are_lots_where_the_profile_says_so(take: Taken) -> None:
    """At least one sender numbers its lots by date; its profile turns the refusal into a warning."""
    intake = take(with_w01("W01*4*CA**VN*SKU-1********20261205"), lot_may_be_date=True)
    assert (codes(intake), lines(intake)[0]["lot"]) == ([FindingCode.LOT_IMPLAUSIBLE], "20261205")


def test_two_lots_for_one_line_refuse_the_order(take: Taken) -> None:
    """W0113 and N9*LT that disagree leave open what is wanted."""
    assert codes(take(with_w01("W01*4*CA**VN*SKU-1********L1", "N9*LT*L2"))) == [FindingCode.LOT_CONFLICT]


def test_a_lot_in_the_heading_refuses_the_order(take: Taken) -> None:
    """A lot that belongs to no line cannot be asked for."""
    intake = take([samples.HEADING[0], "N9*LT*L24A", *samples.ORDER[1:]])
    assert (intake.outcome, codes(intake)) == (Outcome.REFUSED, [FindingCode.LOT_IN_HEADING])


def test_a_lot_one_element_too_far_refuses_the_order(take: Taken) -> None:
    """N9*LT with its value in N903 is a shifted pair, not an order for any lot."""
    intake = take(with_w01("W01*4*CA**VN*SKU-1", "N9*LT**L24A"))
    assert (intake.outcome, codes(intake)) == (Outcome.REFUSED, [FindingCode.ELEMENT_SHIFTED])
    assert "N903 holds 'L24A'" in intake.findings[0].message


def test_expiry_and_serial_are_asked_for(take: Taken) -> None:
    """G62*36 under a W01 is the exact expiry wanted, N9*SE the serial number."""
    (line,) = lines(take(with_w01("W01*1*EA**VN*SKU-1", "G62*36*20270630", "N9*SE*SN-77")))
    assert (line["expires_exact"], line["serial"]) == ("2027-06-30", "SN-77")


def test_a_missing_element_before_the_qualifier_is_told_as_such(take: Taken) -> None:
    """A W01 that leaves out W0103 puts its qualifier there; one sentence says so, and not what follows from it."""
    intake = take(with_w01("W01*4*CA*VN*SKU-1"))
    assert (intake.outcome, codes(intake)) == (Outcome.REFUSED, [FindingCode.ELEMENT_SHIFTED])
    assert intake.findings[0].message == ("W0103 holds 2 characters, a UPC case code has 12: is an element missing?")


@pytest.mark.parametrize(
    ("w01", "code"),
    [
        ("W01*4*CA***VN*SKU-1", FindingCode.ELEMENT_SHIFTED),
        ("W01*4*CA**VN", FindingCode.PAIR_INCOMPLETE),
        ("W01*4*CA**VN*SKU-1*VN*SKU-2", FindingCode.PAIR_INCOMPLETE),
        ("W01*4***VN*SKU-1", FindingCode.ELEMENT_MISSING),
        ("W01*4*CASE**VN*SKU-1", FindingCode.ELEMENT_SHIFTED),
        ("W01*4*CA**SKU-1*VN", FindingCode.ELEMENT_SHIFTED),
        ("W01*4*CA*10012345678902*VN*SKU-1", FindingCode.ELEMENT_SHIFTED),
        ("W01*4*CA**VN*SKU-1************X", FindingCode.ELEMENT_UNEXPECTED),
    ],
)
def test_elements_that_slipped_refuse_the_order(take: Taken, w01: str, code: FindingCode) -> None:
    """Lengths and pair rules of every position make a missing or added element visible."""
    intake = take(with_w01(w01))
    assert intake.outcome is Outcome.REFUSED
    assert code in codes(intake)


@pytest.mark.parametrize(
    "segments",
    [
        ["LX*1", "SDQ*EA*92*S1*2*S2*2", "W01*4*EA**VN*SKU-1"],
        ["LX*1", "W01*4*EA**VN*SKU-1", "SDQ*EA*92*S1*2*S2*2"],
        ["LX*1", "W01*4*EA**VN*SKU-1", "LS*1", "LX*1", "N1*ST*STORE*92*S1", "LE*1"],
        ["LX*1", "N1*ST*STORE 7*92*S7", "W01*4*EA**VN*SKU-1"],
        ["LX*1", "W01*4*EA**VN*SKU-1", "G62*10*20261201"],
    ],
)
def test_lines_for_other_places_or_days_are_refused_by_name(take: Taken, segments: list[str]) -> None:
    """What would change where, when or how much is shipped of a line is not dropped in silence."""
    intake = take(with_line(*segments))
    assert intake.outcome is Outcome.REFUSED
    assert set(codes(intake)) == {FindingCode.NOT_SUPPORTED}


def test_numbers_under_a_line_that_are_not_carried_are_named(take: Taken) -> None:
    """N9, W20 and further elements under a line are listed in one warning."""
    (finding,) = take(with_w01("W01*4*CA**VN*SKU-1*PL*X*****010005", "N9*IA*39", "W20*12", "G69*WIDGET")).findings
    assert finding.code is FindingCode.SEGMENT_NOT_USED
    assert "G69, N9*IA, W01 pair PL, W0112, W20" in finding.message


def test_an_order_without_lines_is_refused(take: Taken) -> None:
    """An order that asks for nothing is none; an LX without W01 is told besides."""
    intake = take(with_line("LX*1"))
    assert (intake.outcome, codes(intake)) == (Outcome.REFUSED, [FindingCode.SEGMENT_MISSING, FindingCode.NO_LINES])


def test_an_order_of_too_many_lines_is_refused_with_the_limit(take: Taken) -> None:
    """The hub takes 2,000 lines in one order."""
    intake = take(with_line(*["W01*1*EA**VN*SKU-1"] * 2001))
    assert [code for code in codes(intake) if code is not FindingCode.TOTAL_DIFFERS] == [FindingCode.TOO_LARGE]


@pytest.mark.parametrize("segment", ["LX*2", "W01*1*EA**VN*SKU-2", "W76*4"])
def test_lines_behind_the_total_refuse_the_order(take: Taken, segment: str) -> None:
    """What stands behind W76 is in no line and no total."""
    assert take([*samples.ORDER, segment]).outcome is Outcome.REFUSED


def test_other_segments_behind_the_total_are_told(take: Taken) -> None:
    """A note behind W76 refuses nothing and is not lost without a word."""
    intake = take([*samples.ORDER, "NTE*GEN*THANKS"])
    assert (intake.outcome, codes(intake)) == (Outcome.ACCEPTED_WITH_WARNINGS, [FindingCode.SEGMENT_UNEXPECTED])
