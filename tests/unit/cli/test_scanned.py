"""Labels become a receipt, or the scan of a pick; what is wrong with one has a name, and nothing is sent."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from typing import Any

import pytest

from lotstream.contracts.inbound import INBOUND
from lotstream.errors import ExitCode
from tests.unit.cli.conftest import Ran

Lotstream = Callable[..., Ran]
LABEL = "]C1010950600013435217271231{GS}10L24A"
AT = ("--owner", "acme", "--site", "TOR", "--print")
ORDER = ("--order", "#1", "--source", "shop:1", "--line", "1")


def printed(ran: Ran) -> Any:  # noqa: ANN401 - JSON of any message
    """What was printed, which nothing went wrong with."""
    assert (ran.code, ran.err) == (ExitCode.OK, "")
    return json.loads(ran.out)


def test_a_label_becomes_a_line_of_a_receipt(lotstream: Lotstream) -> None:
    """The item by the label's number, the lot as supplier's number and ours, the expiry; one of what it stands for."""
    body = printed(lotstream("receive", "R-1", LABEL, *AT, "--unit", "case", "--location", "DOCK-1"))
    INBOUND["stock.received"].model_validate_json(json.dumps(body))
    (line,) = body.pop("lines")
    assert body == {"owner": "acme", "site": "TOR", "happened": False, "receipt": "R-1"}
    assert line.pop("line")
    assert line == {
        "gtin": "09506000134352", "quantity": "1", "unit": "case", "lot": "L24A", "supplier_lot": "L24A",
        "expires": "2027-12-31", "location": "DOCK-1",
    }  # fmt: skip


def test_many_labels_are_many_lines(lotstream: Lotstream, monkeypatch: pytest.MonkeyPatch) -> None:
    """From stdin one on each line; two boxes with one label are two lines, a pallet is known by its number."""
    pallet = "(00)106141412345678908(02)09506000134352(37)40(10)L24A"
    monkeypatch.setattr(
        sys, "stdin", io.StringIO(f"(01)09506000134352(10)L1\n\n(01)09506000134352(10)L1\r\n{pallet}\n")
    )
    lines = printed(lotstream("receive", "R-1", "-", *AT, "--sku", "TEA"))["lines"]
    assert [(line["sku"], line["quantity"], line["lot"]) for line in lines] == [
        ("TEA", "1", "L1"), ("TEA", "1", "L1"), ("TEA", "40", "L24A"),
    ]  # fmt: skip
    assert len({line["line"] for line in lines}) == 3
    assert (lines[2]["line"], lines[2]["package"]) == ("106141412345678908", "106141412345678908")


def test_a_unit_is_known_by_its_serial_number(lotstream: Lotstream) -> None:
    """Scanned twice it is the same line, so that it is booked once."""
    (line,) = printed(lotstream("receive", "R-1", "(01)09506000134352(21)S-7", *AT, "--serials"))["lines"]
    assert (line["line"], line["serials"]) == ("S-7", ["S-7"])


def test_what_is_scanned_twice_at_once_is_one_line(lotstream: Lotstream) -> None:
    """A pallet and a unit are known by their numbers; two boxes are two lines, also where the line is named."""
    pallet = "(00)106141412345678908(02)09506000134352(37)40(10)L24A"
    (line,) = printed(lotstream("receive", "R-1", pallet, pallet, *AT))["lines"]
    assert line["quantity"] == "40"
    units = ("(01)09506000134352(21)S-7", "(01)09506000134352(21)S-8", "(01)09506000134352(21)S-7")
    assert [line["line"] for line in printed(lotstream("receive", "R-1", *units, *AT, "--serials"))["lines"]] == [
        "S-7", "S-8",
    ]  # fmt: skip
    assert len(printed(lotstream("receive", "R-1", LABEL, LABEL, *AT))["lines"]) == 2
    assert len(printed(lotstream("receive", "R-1", LABEL, LABEL, *AT, "--line", "1"))["lines"]) == 2


@pytest.mark.parametrize(
    ("label", "fault"),
    [
        ("(01)09506000134353(10)L1", "wrong_check_digit"),
        ("]C1010950600013435210ABC12317271231", "swallowed"),
        ("(01)09506000134352(17)271200", "day_zero"),
        ("(01)09506000134352(10)ABCDEFGHIJKLMNOPQRSTU", "too_long"),
    ],
)
def test_a_label_that_cannot_be_taken_names_its_fault(lotstream: Lotstream, label: str, fault: str) -> None:
    """For a receipt as for a pick, in words and as JSON; with a good label beside it nothing is sent either."""
    for words in (("receive", "R-1", LABEL, label), ("pick", label, *ORDER)):
        ran = lotstream(*words, *AT)
        assert (ran.code, ran.out) == (ExitCode.INPUT, "")
        assert ran.err.startswith(f"Fault: {fault}\n")
        assert "  → " in ran.err
        assert json.loads(lotstream(*words, *AT, "--json").out)["fault"] == fault


def test_a_label_becomes_the_scan_of_a_pick(lotstream: Lotstream) -> None:
    """May this lot be taken? What goods it is of goes along, so that the hub can compare them."""
    body = printed(lotstream("pick", LABEL, *AT, *ORDER, "--expected", "L23"))
    INBOUND["pick.scanned"].model_validate_json(json.dumps(body))
    assert body == {
        "owner": "acme", "site": "TOR", "happened": False, "source": "shop:1", "order": "#1", "line": "1",
        "expected": "L23", "scanned": "L24A", "gtin": "09506000134352",
    }  # fmt: skip


def test_a_pick_is_confirmed_after_it_was_asked_for(lotstream: Lotstream) -> None:
    """So that goods which may not be taken are refused before they are picked; with what the label weighs."""
    asked, picked = printed(
        lotstream(
            "pick", "(01)09506000134352(10)L1(3103)002500", *AT, *ORDER, "--confirm", "--weighed", "--unit", "each"
        )
    )
    INBOUND["pick.confirmed"].model_validate_json(json.dumps(picked))
    assert asked["scanned"] == "L1"
    assert picked["lines"] == [{"line": "1", "lot": "L1", "quantity": "1", "unit": "each", "weight_kg": "2.5"}]


def test_the_unit_of_a_label_is_picked(lotstream: Lotstream) -> None:
    """With its serial number and its lot; a label without a lot asks by the pick alone, and needs the line."""
    asked, picked = printed(lotstream("pick", "(01)09506000134352(10)L1(21)S-7", *AT, *ORDER, "--serials", "--confirm"))
    assert (asked["scanned"], picked["lines"]) == (
        "L1",
        [{"line": "1", "lot": "L1", "quantity": "1", "serials": ["S-7"]}],
    )
    INBOUND["pick.confirmed"].model_validate_json(json.dumps(picked))
    alone = ("pick", "(01)09506000134352(21)S-7", *AT, "--serials")
    picked = printed(lotstream(*alone, *ORDER, "--confirm"))
    assert (picked["happened"], picked["lines"]) == (False, [{"line": "1", "quantity": "1", "serials": ["S-7"]}])
    for missing in (ORDER, (*ORDER[:4], "--confirm"), ("--task", "T-1", "--confirm")):
        ran = lotstream(*alone, *missing)
        assert (ran.code, "is asked by picking it." in ran.err) == (ExitCode.INPUT, True)


def test_a_serial_number_is_only_told_where_units_have_one(lotstream: Lotstream) -> None:
    """Without --serials that of the label stays out of a pick; with it one that has none is refused, as at the dock."""
    _, picked = printed(lotstream("pick", "(01)09506000134352(10)L1(21)S-7", *AT, *ORDER, "--confirm"))
    assert picked["lines"] == [{"line": "1", "lot": "L1", "quantity": "1"}]
    for words in (("pick", LABEL, *AT, *ORDER, "--serials", "--confirm"), ("receive", "R-1", LABEL, *AT, "--serials")):
        ran = lotstream(*words)
        assert (ran.code, "has no serial number, (21)" in ran.err) == (ExitCode.INPUT, True)


def test_nothing_is_picked_before_its_scan_is_answered(lotstream: Lotstream) -> None:
    """Who does not wait for the answer would not hear that the lot must not be taken: refused, and nothing is sent."""
    ran = lotstream("pick", LABEL, "--owner", "acme", "--site", "TOR", *ORDER, "--confirm", "--wait", "0")
    assert ran.code == ExitCode.INPUT
    assert "Nothing is picked before its scan is answered." in ran.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("receive", "R-1", "(10)L1"), "names no goods"),
        (("receive", "R-1", "(01)09506000134352(3103)002500"), "say the unit"),
        (("receive", "R-1", LABEL, "--quantity", "two"), "two is no quantity."),
        (("pick", "(01)09506000134352", *ORDER), "has no lot"),
    ],
)
def test_a_label_that_leaves_something_open_is_refused(lotstream: Lotstream, words: tuple[str, ...], said: str) -> None:
    """With the field and a sentence that says what to do."""
    ran = lotstream(*words, *AT)
    assert ran.code == ExitCode.INPUT
    assert said in ran.err
