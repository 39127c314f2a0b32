"""What a 940 becomes: heading, dates, addresses, references, actions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from lotstream_edi import samples
from lotstream_edi.findings import FindingCode
from lotstream_edi.outcome import Outcome, SetIntake

Taken = Callable[..., SetIntake]


def body(intake: SetIntake) -> dict[str, Any]:
    """Return the body of the message a set became."""
    assert intake.message is not None, intake.findings
    return intake.message.body.model_dump(mode="json")


def codes(intake: SetIntake) -> list[FindingCode]:
    """Return the codes of a set's findings."""
    return [finding.code for finding in intake.findings]


def with_heading(*segments: str) -> list[str]:
    """Return the sample order with more segments in its heading."""
    return [*samples.HEADING, *segments, *samples.LINE, *samples.TOTAL]


def replaced(old: str, new: str) -> list[str]:
    """Return the sample order with a piece of text replaced."""
    return [segment.replace(old, new) for segment in samples.ORDER]


def test_a_new_order_becomes_order_placed(take: Taken) -> None:
    """Order number, PO, owner, source, address, ship date and line are where the ledger looks for them."""
    intake = take()
    assert intake.outcome is Outcome.ACCEPTED
    assert intake.message is not None
    assert (intake.message.type, intake.message.source) == ("order.placed", "x12:ZZ-SENDER")
    order = body(intake)
    assert (order["owner"], order["source"], order["order"]) == ("acme", "x12:ZZ-SENDER", "SO-1")
    assert (order["version"], order["test"], order["ship_date"]) == (None, False, "2026-11-30")
    assert order["references"] == {"po": "PO-9", "N1*ST": "92-DC4"}
    assert order["ship_to"] == {
        "name": "RECEIVING DOCK 4",
        "company": None,
        "street": ["125 HARBOUR ROAD"],
        "city": "COLUMBUS",
        "region": "OH",
        "postcode": "43085",
        "country": "US",
        "phone": None,
        "email": None,
    }
    (line,) = order["lines"]
    assert (line["line"], line["sku"], line["gtin"]) == ("1", "SKU-1", "10012345678902")
    assert (line["quantity"], line["unit"], line["lot"]) == ("4", "case", "L24A")


@pytest.mark.parametrize("version", ["004010", "004010UCS", "004010VICS", "005010", "005010X001"])
def test_flavours_are_folded_into_their_version(take: Taken, version: str) -> None:
    """004010UCS and 004010VICS are read as 004010, and 005010 places everything alike."""
    assert take(version=version).outcome is Outcome.ACCEPTED


@pytest.mark.parametrize("version", ["003060", "004060", "006010", "", "X"])
def test_other_versions_are_refused_by_name(take: Taken, version: str) -> None:
    """A version nobody has tried is not guessed at."""
    intake = take(version=version)
    assert (intake.outcome, codes(intake)) == (Outcome.REFUSED, [FindingCode.VERSION_NOT_SUPPORTED])


def test_a_test_interchange_makes_test_orders(take: Taken) -> None:
    """ISA15 T marks every order of the interchange, so that it is never promised stock."""
    assert body(take(usage="T"))["test"] is True


def test_a_revision_becomes_a_version_that_compares_as_text(take: Taken) -> None:
    """N9*R1 counts the versions of an order; 10 has to come after 9."""
    versions = [body(take(with_heading(f"N9*R1*{number}")))["version"] for number in ("001", "9", "10")]
    assert versions == sorted(versions)
    assert body(take(with_heading("N9*R1*B")))["version"] == "B"


def test_a_change_with_a_revision_is_a_newer_version_of_the_order(take: Taken) -> None:
    """W0501 R replaces the whole order; its revision is the version."""
    segments = [segment.replace("W05*N", "W05*R") for segment in with_heading("N9*R1*002")]
    intake = take(segments)
    assert (intake.outcome, body(intake)["version"]) == (Outcome.ACCEPTED, "000000002")


def test_a_change_without_a_revision_warns_that_it_will_be_held(take: Taken) -> None:
    """Without N9*R1 nobody can tell which of two contents is newer."""
    intake = take(replaced("W05*N", "W05*R"))
    assert (intake.outcome, codes(intake)) == (Outcome.ACCEPTED_WITH_WARNINGS, [FindingCode.REVISION_MISSING])


@pytest.mark.parametrize("action", ["F", "D"])
def test_a_cancellation_becomes_order_cancelled(take: Taken, action: str) -> None:
    """W0501 F or D withdraws the order, without lines and with its revision."""
    intake = take([f"W05*{action}*SO-1", "N9*R1*003", "NTE*SPH*CANCELLED", "W76*0"])
    assert intake.outcome is Outcome.ACCEPTED
    assert intake.message is not None
    assert intake.message.type == "order.cancelled"
    assert body(intake) == {
        "owner": "acme",
        "source": "x12:ZZ-SENDER",
        "order": "SO-1",
        "version": "000000003",
        "lines": [],
    }


def test_a_cancellation_with_lines_cancels_the_whole_order(take: Taken) -> None:
    """A cancellation that repeats the lines withdraws the order all the same, and says so."""
    intake = take(replaced("W05*N", "W05*F"))
    assert (codes(intake), body(intake)["lines"]) == ([FindingCode.CANCEL_WITH_LINES], [])


@pytest.mark.parametrize("action", ["T", "G", "L", "B", "S", "C", "A", "X", "E", "Q"])
def test_other_actions_are_refused_by_name(take: Taken, action: str) -> None:
    """What is not read yet is refused with its code and meaning, never taken for a new order."""
    intake = take(replaced("W05*N", f"W05*{action}"))
    assert (intake.outcome, codes(intake)) == (Outcome.REFUSED, [FindingCode.ACTION_NOT_SUPPORTED])
    assert intake.findings[0].value == action


@pytest.mark.parametrize(
    ("w05", "code"),
    [
        ("W05**SO-1", FindingCode.ELEMENT_MISSING),
        ("W05*N", FindingCode.ELEMENT_MISSING),
        ("W05*SO-1*PO-9", FindingCode.ELEMENT_SHIFTED),
        ("N9*ZZ*1", FindingCode.SEGMENT_MISSING),
    ],
)
def test_an_order_without_action_or_number_is_refused(take: Taken, w05: str, code: FindingCode) -> None:
    """W0501 and W0502 are what an order is known by."""
    intake = take([w05, *samples.ORDER[1:]])
    assert intake.outcome is Outcome.REFUSED
    assert intake.findings[0].code is code


def test_a_consignee_stands_in_for_a_missing_ship_to(take: Taken) -> None:
    """Some partners send N1*CN and never N1*ST."""
    assert body(take(replaced("N1*ST", "N1*CN")))["ship_to"]["name"] == "RECEIVING DOCK 4"


def test_an_order_without_an_address_is_accepted_with_a_warning(take: Taken) -> None:
    """The address may be known otherwise; that it is missing is said."""
    intake = take([segment for segment in samples.ORDER if segment[:2] not in {"N1", "N3", "N4"}])
    assert (codes(intake), body(intake)["ship_to"]) == ([FindingCode.SHIP_TO_MISSING], None)


def test_contact_and_second_name_lines_are_carried(take: Taken) -> None:
    """N2 is the company, PER has phone and mail; a contact of another name is told and stands in no reference."""
    segments = list(samples.ORDER)
    segments[4:4] = ["PER*CN*J SMITH*TE*5550100*EM*dock4@example.test"]
    segments[2:2] = ["N2*DISTRIBUTION LTD*UNIT 7"]
    intake = take(segments)
    to = body(intake)["ship_to"]
    assert (to["company"], to["phone"], to["email"]) == ("DISTRIBUTION LTD, UNIT 7", "5550100", "dock4@example.test")
    assert codes(intake) == [FindingCode.PERSON_NOT_CARRIED]
    assert "SMITH" not in str(body(intake))
    assert "SMITH" not in str([finding.message for finding in intake.findings])


def test_customer_and_site_come_from_parties_by_the_profile(take: Taken) -> None:
    """N104 is the customer number of the party the profile names; N1*WH is a site where the profile maps it."""
    segments = with_heading("N1*WH*WAREHOUSE*91*W-TOR", "N1*BY*RETAILER*92*C-7")
    assert body(take(segments))["customer"] is None
    order = body(take(segments, customer_party="BY", sites={"W-TOR": "TOR"}))
    assert (order["customer"], order["site"]) == ("C-7", "TOR")
    assert order["references"]["N1*WH"] == "91-W-TOR"


def test_dates_go_where_they_mean_something(take: Taken) -> None:
    """10 is the ship date, 02 deliver by, 01 cancel after, 04 the order's day; 38 is kept and cancels nothing."""
    days = ["G62*02*20261205", "G62*01*20261210", "G62*04*20261120", "G62*38*20261202"]
    order = body(take(with_heading(*days)))
    assert (order["ship_date"], order["deliver_by"]) == ("2026-11-30", "2026-12-05")
    assert (order["cancel_after"], order["placed_at"]) == ("2026-12-10", "2026-11-20")
    assert order["references"]["G62*38"] == "2026-12-02"


def test_not_before_is_the_ship_date_when_nothing_else_is(take: Taken) -> None:
    """G62*37 stands in for a missing G62*10 and is kept as a reference besides."""
    order = body(take(replaced("G62*10", "G62*37")))
    assert (order["ship_date"], order["references"]["G62*37"]) == ("2026-11-30", "2026-11-30")


@pytest.mark.parametrize(("g62", "element"), [("G62*10*20261130*173000", 3), ("G62*10*20261130***173000", 5)])
def test_a_time_in_the_wrong_place_is_read_with_a_warning(take: Taken, g62: str, element: int) -> None:
    """Senders write the time where its qualifier or zone belongs; the date is good all the same."""
    intake = take(replaced("G62*10*20261130", g62))
    assert [(finding.code, finding.element) for finding in intake.findings] == [(FindingCode.TIME_MISPLACED, element)]
    assert body(intake)["references"]["G62*10 time"] == "173000"


@pytest.mark.parametrize("day", ["20261331", "20260230", "261130", "2026-11-30", "19991130", "21001130", "TODAY", ""])
def test_a_date_that_is_none_refuses_the_order(take: Taken, day: str) -> None:
    """An order is not shipped on a day that was guessed."""
    intake = take(replaced("20261130", day))
    assert (intake.outcome, codes(intake)) == (Outcome.REFUSED, [FindingCode.DATE_INVALID])


def test_a_date_far_from_the_day_of_writing_is_doubted(take: Taken) -> None:
    """More than two years from GS04 is a warning: a typing error is likelier than such an order."""
    assert codes(take(replaced("20261130", "20361130"))) == [FindingCode.DATE_IMPLAUSIBLE]


def test_two_dates_of_one_kind_refuse_the_order(take: Taken) -> None:
    """Nobody can tell which of two requested ship dates counts; the same date twice is no question."""
    assert codes(take(with_heading("G62*10*20261201"))) == [FindingCode.DATE_IMPLAUSIBLE]
    assert take(with_heading("G62*10*20261201")).outcome is Outcome.REFUSED
    assert take(with_heading("G62*10*20261130")).outcome is Outcome.ACCEPTED


def test_cancelling_before_shipping_is_doubted(take: Taken) -> None:
    """A cancel-after before the ship date is passed on with a warning."""
    assert codes(take(with_heading("G62*01*20261101"))) == [FindingCode.DATE_IMPLAUSIBLE]


def test_carrier_terms_notes_and_numbers_are_carried(take: Taken) -> None:
    """W6610 is the SCAC; routing, payment, notes and N9 numbers are references, several of one kind line by line."""
    order = body(
        take(
            with_heading(
                "N9*DP*042*DEPT FORTY-TWO",
                "NTE*WHI*HANDLE WITH CARE",
                "NTE*WHI*NO STACKING",
                "W66*PP*M***GROUND*****UPSN",
            )
        )
    )
    assert order["carrier"] == {"scac": "UPSN", "service": None}
    assert order["references"] == {
        "po": "PO-9",
        "N9*DP": "042 DEPT FORTY-TWO",
        "routing": "GROUND",
        "payment": "PP",
        "transport_mode": "M",
        "NTE*WHI": "HANDLE WITH CARE\nNO STACKING",
        "N1*ST": "92-DC4",
    }


def test_what_has_no_place_in_an_order_is_named(take: Taken) -> None:
    """Segments of a 940 that are understood and not carried are listed with their number, in one warning."""
    (finding,) = take(with_heading("W6*SH1", "W6*SH2", "G61*DC*J SMITH*TE*5550100")).findings
    assert finding.code is FindingCode.SEGMENT_NOT_USED
    assert "G61, W6 (2 times)" in finding.message


@pytest.mark.parametrize(
    ("segment", "code"),
    [
        ("W12*CC*1", FindingCode.SEGMENT_UNEXPECTED),
        ("4*COLUMBUS", FindingCode.SEGMENT_ID_INVALID),
        ("W05*N*SO-2", FindingCode.SEGMENT_REPEATED),
    ],
)
def test_a_segment_that_has_no_place_in_a_940_refuses_it(take: Taken, segment: str, code: FindingCode) -> None:
    """A strange segment may have carried what was to be shipped; nothing is guessed around it."""
    intake = take(with_heading(segment))
    assert intake.outcome is Outcome.REFUSED
    assert code in codes(intake)


@pytest.mark.parametrize("total", ["W76*5", "W76*4.5", "W76*400"])
def test_a_total_that_differs_is_a_warning_with_both_sums(take: Taken, total: str) -> None:
    """W7601 is compared with the sum of the lines; partners count units or lines in it, so it refuses nothing."""
    (finding,) = take([*samples.ORDER[:-1], total]).findings
    assert (finding.code, finding.is_error, finding.expected) == (FindingCode.TOTAL_DIFFERS, False, "4")


def test_a_value_longer_than_the_ledger_takes_is_refused_with_its_place(take: Taken) -> None:
    """What the contract of the hub does not take is refused here, in X12's words."""
    (finding,) = [each for each in take(replaced("SO-1", "S" * 200)).findings if each.is_error]
    assert (finding.code, finding.value) == (FindingCode.FIELD_INVALID, "W0502")
