from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from lotstream.cli.candidates import MoreThanOne, only_one
from lotstream.cli.stock import free, obstacles
from lotstream.domain.ledger import Sites
from lotstream.domain.model import Hold, HoldKind, Location
from lotstream.errors import ExitCode, InputRefused
from lotstream.store.reads import StockLine

TODAY = Sites(today={"TOR": date(2026, 9, 1)})
LINE = StockLine(
    sku="CER-001", lot="L1", expires=date(2026, 9, 1), site="TOR", location="A-01", package=None, pack_size=None,
    status="good", returned=False, on_hand=10, reserved=3, promised_elsewhere=2, holds=(), item=None,
)  # fmt: skip


def test_the_last_day_of_use_is_a_good_one() -> None:
    """A lot that expires today is free today and not tomorrow."""
    assert free(LINE, TODAY) == 5
    assert obstacles(LINE, Sites(today={"TOR": date(2026, 9, 2)})) == ["expired"]


def test_a_site_without_a_day_expires_nothing() -> None:
    """Where no day was opened yet, nothing is said to be expired."""
    assert obstacles(LINE, Sites()) == []


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"status": "damaged"}, ["damaged"]),
        ({"holds": (Hold("H-1", HoldKind.RECALL),)}, ["recall H-1"]),
        ({"status": "quarantine", "holds": (Hold("H-2", HoldKind.HOLD),)}, ["quarantine", "hold H-2"]),
    ],
)
def test_every_obstacle_is_named(changed: dict[str, object], why: list[str]) -> None:
    """Status and holds each stand in the way, and nothing is free while one does."""
    line = replace(LINE, **changed)  # type: ignore[arg-type]

    assert obstacles(line, TODAY) == why
    assert free(line, TODAY) == 0


@pytest.mark.parametrize(
    "locations",
    [
        pytest.param([Location("TOR", "A-01", hold=True)], id="the bin is on hold"),
        pytest.param([Location("TOR", "A-01", pickable=False)], id="the bin is not for picking"),
        pytest.param([Location("TOR", "A-01", parent="A"), Location("TOR", "A", hold=True)], id="its area is on hold"),
    ],
)
def test_what_lies_where_nobody_may_pick_is_not_free(locations: list[Location]) -> None:
    """Stock in a bin on hold or not for picking, or in an area that is, is not shown as free."""
    sites = Sites(locations={(place.site, place.id): place for place in locations}, today=TODAY.today)
    assert obstacles(LINE, sites) == ["location_not_pickable"]
    assert free(LINE, sites) == 0


def test_a_deficit_is_never_shown_as_free() -> None:
    """Free is never below zero, whatever was recorded."""
    assert free(replace(LINE, on_hand=-4), TODAY) == 0


def test_the_only_candidate_is_taken() -> None:
    """An option may be left out while one value fits; none and many are said in words."""
    assert only_one("owner", ["acme"], option="--owner", what="stock") == "acme"
    with pytest.raises(InputRefused, match="There is no stock here"):
        only_one("owner", [], option="--owner", what="stock")
    with pytest.raises(MoreThanOne, match="More than one owner fits: acme, zenith") as many:
        only_one("owner", ["acme", "zenith"], option="--owner", what="stock")
    assert many.value.exit_code == ExitCode.USAGE
