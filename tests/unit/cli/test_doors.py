from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lotstream.cli.doors import door_function, exit_code, show
from lotstream.errors import ExitCode, PackageMissing


def test_a_connector_that_is_not_installed_says_how_it_is() -> None:
    """The error names what is installed and what to install."""
    with pytest.raises(PackageMissing, match="There is no connector edifact") as missing:
        door_function("edifact", "parse_file")

    assert "pip install" in missing.value.what_to_do


def test_a_connector_without_the_function_is_the_wrong_version() -> None:
    """An installed connector that lacks what the command needs is named with its function."""
    with pytest.raises(PackageMissing, match="The installed connector edi has no read_minds"):
        door_function("edi", "read_minds")


def test_what_a_delivery_becomes_is_shown_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    """Verdict, messages with their lines, refusals with their place, and notes each have a line."""
    line = {"line": "1", "sku": None, "gtin": "00012345600012", "quantity": "3", "unit": "case"}
    body = {"order": "#7", "owner": "acme", "lines": [line]}
    result = {
        "verdict": "partly_refused",
        "messages": [{"type": "order.placed", "message_id": "m1", "body": body}],
        "refusals": [{"code": "not_positive", "field": "row 3", "message": "The quantity is 0."}],
        "notes": ["A tip was left aside."],
    }  # fmt: skip

    assert show(result, as_json=False) == ExitCode.OK
    assert capsys.readouterr().out.splitlines() == [
        "verdict: partly_refused",
        "order.placed: #7 of acme",
        "  line 1: 3 case of 00012345600012",
        "refused: not_positive at row 3: The quantity is 0.",
        "note: A tip was left aside.",
    ]


def test_all_of_it_refused_is_a_failure() -> None:
    """Only a delivery of which nothing was taken fails the command."""
    assert exit_code({"verdict": "refused"}) == ExitCode.FAILED
    assert exit_code({"verdict": "accepted with warnings"}) == ExitCode.OK


def test_a_body_that_is_not_json_is_refused_by_the_shopify_door(lotstream: Callable[..., Any], tmp_path: Path) -> None:
    """`shopify map` prints the verdict as JSON and exits 1."""
    body = tmp_path / "body.json"
    body.write_text("{")
    ran = lotstream("shopify", "map", str(body), "--topic", "orders/create", "--json")

    assert ran.code == ExitCode.FAILED
    assert json.loads(ran.out)["refusals"][0]["code"] == "not_json"


def test_a_file_that_is_not_x12_is_refused_by_the_edi_door(lotstream: Callable[..., Any], tmp_path: Path) -> None:
    """`edi parse` names what is wrong with the file, in words and as JSON, and exits 1."""
    file = tmp_path / "order.edi"
    file.write_text("UNB+UNOC:3+SENDER")
    words = lotstream("edi", "parse", str(file))
    parsed = json.loads(lotstream("edi", "parse", str(file), "--json").out)

    assert words.code == ExitCode.FAILED
    assert words.out.startswith("order.edi: refused")
    assert parsed["verdict"] == "refused"
    assert parsed["findings"][0]["code"] in words.out
