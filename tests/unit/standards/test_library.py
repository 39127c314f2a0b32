from __future__ import annotations

from collections.abc import Callable

import pytest
from biip import ParseError
from biip.gs1_digital_link_uris import GS1DigitalLinkURI
from biip.gs1_messages import GS1Message

from lotstream.standards.elements import scanned_elements

ITEM = "0109506000134352"
LINK = f"https://id.gs1.org/01/{ITEM[2:]}"


@pytest.mark.parametrize(
    "text",
    [
        ITEM,
        f"{ITEM}1727123110AB-1",
        f"{ITEM}10A\x1d240X\x1d3103001234",
        "001061414123456789080209506000134352372\x1d42205610L",
        f"{ITEM}80082611221430\x1d7003271231123041495060001343528003009506000134352X",
        f"{ITEM}39301241234\x1d8010ABC/1#\x1d710A",
    ],
)
def test_pieces_are_cut_as_the_library_cuts_them(text: str) -> None:
    """What is written by the standard has the same pieces here and in the library's own parser."""
    theirs = [(element.ai.ai, element.value) for element in GS1Message.parse(text).element_strings]

    assert [(element.ai, element.value) for element in scanned_elements(text)] == theirs


@pytest.mark.parametrize(
    ("parse", "text", "taken"),
    [
        pytest.param(GS1Message.parse, "0109506000134353", "09506000134353", id="wrong check digit"),
        pytest.param(
            GS1Message.parse, "00106141412345678900", "106141412345678900", id="wrong check digit of a pallet"
        ),
        pytest.param(GS1DigitalLinkURI.parse, f"{LINK[:-1]}3", "09506000134353", id="wrong check digit in a link"),
        pytest.param(GS1Message.parse, "10ABC12317271231", "ABC12317271231", id="swallowed"),
        pytest.param(GS1Message.parse, f"10{'A' * 20}17271231", "A" * 20, id="full length and no separator"),
        pytest.param(GS1Message.parse, "30", "", id="no value"),
        pytest.param(GS1Message.parse, "01" + "0" * 14, "0" * 14, id="zeros"),
        pytest.param(GS1Message.parse, "01\N{ARABIC-INDIC DIGIT ZERO}9506000134352", None, id="other digits"),
        pytest.param(GS1Message.parse, "10A\x1d10B", "A", id="two values"),
        pytest.param(GS1Message.parse_hri, "(10)ABC(123", "ABC", id="the rest is dropped"),
        pytest.param(GS1Message.parse_hri, "(10)AB 1", "AB1", id="a space is dropped"),
        pytest.param(GS1DigitalLinkURI.parse, f"{LINK}?17=271231&17=281231", "09506000134352", id="the last one wins"),
        pytest.param(GS1DigitalLinkURI.parse, f"{LINK}?10=", "09506000134352", id="an empty value is dropped"),
    ],
)
def test_what_the_library_takes_in_silence(
    parse: Callable[[str], GS1Message | GS1DigitalLinkURI], text: str, taken: str | None
) -> None:
    """Each of these is found by lotstream's own reading; one that fails here has been mended in the library."""
    first = parse(text).element_strings[0].value

    assert first == taken or (taken is None and not first.isascii())


@pytest.mark.parametrize(
    ("parse", "text"),
    [
        (GS1Message.parse, f"]C1{ITEM}"),
        (GS1Message.parse, f"{ITEM}10A{{GS}}17271231"),
        (GS1DigitalLinkURI.parse, f"{LINK}/10/A/"),
        (GS1DigitalLinkURI.parse, f"{LINK}?10=A+B"),
        (GS1DigitalLinkURI.parse, "https://id.gs1.org/gtin/09506000134352/lot/A"),
    ],
)
def test_what_the_library_does_not_read(
    parse: Callable[[str], GS1Message | GS1DigitalLinkURI], text: str
) -> None:  # fmt: skip
    """Symbology identifiers, written separators, closing slashes, plus signs and names in links are read here."""
    with pytest.raises(ParseError):
        parse(text)
