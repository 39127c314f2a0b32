"""Verdicts: per set, per group, per interchange, per file; and documents that come twice."""

from __future__ import annotations

from lotstream_edi import samples
from lotstream_edi.envelope import read
from lotstream_edi.findings import FindingCode
from lotstream_edi.intake import take_in
from lotstream_edi.options import Partner
from lotstream_edi.outcome import Intake, Outcome

ACME = Partner(owner="acme")
TOLERANT = Partner(owner="acme", mismatches="warn")


def taken(body: bytes | str, partner: Partner = ACME) -> Intake:
    """Take in a file of the sample sender."""
    return take_in(read(body.encode() if isinstance(body, str) else body), {"ZZ-SENDER": partner})


def outcomes(intake: Intake) -> list[Outcome]:
    """Return the verdict on every set."""
    return [each.outcome for interchange in intake.interchanges for each in interchange.sets()]


def order(number: str, *, quantity: str = "4") -> list[str]:
    """Return the sample order under another number."""
    return [segment.replace("SO-1", number).replace("W01*4*", f"W01*{quantity}*") for segment in samples.ORDER[:-1]]


def test_one_bad_set_never_stops_the_others() -> None:
    """Of three orders the second is refused; the file is partly accepted and two messages go out."""
    intake = taken(samples.file_of(order("A"), order("B", quantity="-4"), order("C")))
    assert outcomes(intake) == [Outcome.ACCEPTED, Outcome.REFUSED, Outcome.ACCEPTED]
    assert intake.interchanges[0].groups[0].outcome is Outcome.PARTLY_ACCEPTED
    assert intake.interchanges[0].outcome is Outcome.PARTLY_ACCEPTED
    assert intake.outcome is Outcome.PARTLY_ACCEPTED
    assert len(intake.messages()) == 2


def test_other_sets_are_recognised_and_refused_by_name() -> None:
    """An 850 beside a 940 is refused with its number, and an acknowledgement as such; the order is taken."""
    groups = [
        samples.group(samples.transaction_set()),
        samples.group(samples.transaction_set(["BEG*00*SA*1**20261121"], type="850"), functional_id="PO", number=2),
        samples.group(samples.transaction_set(["AK1*OW*1"], type="997"), functional_id="FA", number=3),
        samples.group(samples.transaction_set(["XXX*1"], type="999"), functional_id="FA", number=4),
        samples.group(samples.transaction_set(["XXX*1"], type="123"), functional_id="ZZ", number=5),
    ]
    intake = taken(samples.interchange(*groups))
    assert outcomes(intake) == [Outcome.ACCEPTED, *[Outcome.REFUSED] * 4]
    sentences = [each.findings[0].message for each in intake.interchanges[0].sets()[1:]]
    assert sentences == [
        "The transaction set '850' is not supported yet; 940 is.",
        "The transaction set '997' is an acknowledgement; reading them is not supported yet.",
        "The transaction set '999' is an acknowledgement; reading them is not supported yet.",
        "The transaction set '123' is not supported; 940 is.",
    ]


def test_a_ta1_alone_is_refused_by_name_and_beside_orders_a_warning() -> None:
    """An interchange acknowledgement is not read yet; it does not stand in the way of orders."""
    alone = samples.interchange().replace("IEA", "TA1*000000850*260904*1000*A*000~\nIEA")
    intake = taken(alone)
    assert (intake.outcome, [f.code for f in intake.interchanges[0].findings]) == (
        Outcome.REFUSED,
        [FindingCode.SET_NOT_SUPPORTED],
    )
    beside = samples.file_of().decode().replace("GS*", "TA1*000000850*260904*1000*A*000~\nGS*")
    assert outcomes(taken(beside)) == [Outcome.ACCEPTED]


def test_an_unknown_sender_is_refused_by_name() -> None:
    """Without a profile nobody knows whose goods are asked for; the sentence names the sender and the option."""
    intake = taken(samples.file_of(sender="STRANGER"))
    (finding,) = intake.interchanges[0].findings
    assert (finding.code, finding.value) == (FindingCode.UNKNOWN_SENDER, "ZZ-STRANGER")
    assert outcomes(intake) == [Outcome.REFUSED]
    assert intake.messages() == []


def test_an_unknown_sender_does_not_stop_a_known_one() -> None:
    """Each interchange of a file is judged by its own sender."""
    intake = taken(samples.file_of(sender="STRANGER") + samples.file_of())
    assert outcomes(intake) == [Outcome.REFUSED, Outcome.ACCEPTED]


def test_a_wrong_count_refuses_the_whole_it_closes() -> None:
    """SE refuses its set, GE its group, IEA its interchange, and nothing beside them."""
    text = samples.interchange(
        samples.group(samples.transaction_set(order("A")), samples.transaction_set(order("B"), number="0002")),
        samples.group(samples.transaction_set(order("C")), number=2),
    )
    accepted, refused = Outcome.ACCEPTED, Outcome.REFUSED
    assert outcomes(taken(text)) == [accepted, accepted, accepted]
    assert outcomes(taken(text.replace("SE*10*0002", "SE*9*0002"))) == [accepted, refused, accepted]
    assert outcomes(taken(text.replace("GE*2*1", "GE*3*1"))) == [refused, refused, accepted]
    assert outcomes(taken(text.replace("IEA*2", "IEA*1"))) == [refused, refused, refused]
    assert taken(text.replace("IEA*2", "IEA*1")).messages() == []


def test_a_profile_may_let_wrong_counts_warn() -> None:
    """Partners who never count right are taken, loudly: each mismatch is a warning then."""
    text = samples.file_of().decode().replace("SE*11", "SE*9").replace("GE*1*1", "GE*2*7").replace("IEA*1*", "IEA*4*")
    intake = taken(text, TOLERANT)
    assert outcomes(intake) == [Outcome.ACCEPTED_WITH_WARNINGS]
    codes = [finding.code for finding in intake.interchanges[0].groups[0].findings]
    assert codes == [FindingCode.SET_COUNT, FindingCode.CONTROL_NUMBER_MISMATCH]


def test_a_profile_cannot_tolerate_a_missing_end() -> None:
    """A set without SE or an interchange without IEA may lack lines; no setting takes it."""
    text = samples.file_of().decode()
    assert outcomes(taken(text.replace("SE*11*0001~\n", ""), TOLERANT)) == [Outcome.REFUSED]
    assert outcomes(taken(text[: text.index("IEA")], TOLERANT)) == [Outcome.REFUSED]


def test_the_last_interchange_of_a_half_written_file_is_held() -> None:
    """What came before the cut is taken; nothing of the cut interchange is, although its sets are kept."""
    later = samples.file_of(order("B"), number=2).decode()
    intake = taken(samples.file_of(order("A")).decode() + later[: later.index("IEA")])
    assert outcomes(intake) == [Outcome.ACCEPTED, Outcome.REFUSED]
    assert intake.interchanges[1].sets()[0].mapped is not None


def test_a_file_sent_again_has_the_same_message_ids() -> None:
    """The same envelope with the same content is the same message, also with other line ends and padding."""
    text = samples.file_of().decode()
    ids = {
        tuple(message.message_id for message in taken(written).messages())
        for written in (text, text.replace("~\n", "~"), text.replace("*", "|"), text.replace("000000001", "1        "))
    }
    assert len(ids) == 1


def test_content_or_control_numbers_that_differ_make_another_message() -> None:
    """A cancellation sent again after a refusal, or other content under a used number, is not swallowed as a copy."""
    bodies = [
        samples.file_of(order("A")),
        samples.file_of(order("A"), number=2),
        samples.file_of(order("A", quantity="5")),
        samples.file_of(order("A"), usage="T"),
    ]
    assert len({message.message_id for body in bodies for message in taken(body).messages()}) == len(bodies)


def test_an_interchange_that_stands_twice_in_a_file_is_taken_once() -> None:
    """Same envelope, same content: a warning, and one message."""
    intake = taken(samples.file_of() * 2)
    assert [f.code for f in intake.interchanges[1].findings] == [FindingCode.INTERCHANGE_REPEATED]
    assert len(intake.messages()) == 1


def test_a_control_number_used_for_other_content_refuses_the_second() -> None:
    """Same envelope, other content: the second is refused, numbers compared as numbers; a profile may let it warn."""
    body = samples.file_of(order("A")) + samples.file_of(order("B")).replace(b"000000001", b"1        ")
    assert outcomes(taken(body)) == [Outcome.ACCEPTED, Outcome.REFUSED]
    assert [f.code for f in taken(body).interchanges[1].findings] == [FindingCode.CONTROL_NUMBER_REUSED]
    assert len(taken(body, TOLERANT).messages()) == 2


def test_the_same_number_from_another_qualifier_is_another_envelope() -> None:
    """Qualifiers are part of who somebody is: 01-SENDER and ZZ-SENDER count for themselves."""
    other = samples.file_of(order("B")).replace(b"*ZZ*SENDER", b"*01*SENDER")
    intake = take_in(read(samples.file_of(order("A")) + other), {"ZZ-SENDER": ACME, "01-SENDER": ACME})
    assert outcomes(intake) == [Outcome.ACCEPTED, Outcome.ACCEPTED]


def test_an_order_sent_again_under_another_number_goes_on_with_a_warning() -> None:
    """Other envelope, same business key: the ledger decides, and the warning says whether the content is equal."""
    same = taken(samples.file_of(order("A")) + samples.file_of(order("A"), number=2))
    other = taken(samples.file_of(order("A")) + samples.file_of(order("A", quantity="5"), number=2))
    assert [f.code for f in same.interchanges[1].sets()[0].findings] == [FindingCode.DOCUMENT_REPEATED]
    assert [f.code for f in other.interchanges[1].sets()[0].findings] == [FindingCode.DOCUMENT_CONFLICTING]
    assert len(same.messages()) == len(other.messages()) == 2


def test_a_later_revision_of_an_order_is_no_repetition() -> None:
    """The business key has the revision in it."""
    first = [*order("A"), "N9*R1*1"]
    first.insert(1, first.pop())
    second = [segment.replace("N9*R1*1", "N9*R1*2").replace("W05*N", "W05*R") for segment in first]
    assert outcomes(taken(samples.file_of(first, second))) == [Outcome.ACCEPTED, Outcome.ACCEPTED]
