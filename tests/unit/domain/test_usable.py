"""Why goods may not be used, said in one place."""

from __future__ import annotations

import ast
from importlib import resources

import pytest

from lotstream.domain.codes import NotUsed
from lotstream.domain.model import Hold, HoldKind, Lot, OwnerHold, RowKey
from lotstream.domain.places import Place
from lotstream.domain.usable import why_held, why_not_used

ROW = RowKey("TEA", "L1", "TOR", "A-01")
BIN = Place(("A-01", "A"), pickable=True, sequence=1, tier=0)
HOLD, QUARANTINE, RECALL = (Hold(kind.value, kind) for kind in (HoldKind.HOLD, HoldKind.QUARANTINE, HoldKind.RECALL))
LOT = Lot("TEA", "L1", supplier="S-3")


@pytest.mark.parametrize(
    ("row", "lot", "place", "holds", "excluded", "why"),
    [
        pytest.param(ROW, LOT, BIN, (), (), None, id="nothing stands in the way"),
        pytest.param(ROW, None, BIN, (), ("B",), None, id="goods without a lot"),
        pytest.param(ROW._replace(status="damaged"), LOT, BIN, (), (), NotUsed.DAMAGED, id="damaged"),
        pytest.param(ROW._replace(status="sample"), LOT, BIN, (), (), NotUsed.QUARANTINE, id="a sample"),
        pytest.param(ROW, LOT, BIN._replace(pickable=False), (), (), NotUsed.LOCATION_NOT_PICKABLE, id="bin"),
        pytest.param(ROW, LOT, BIN, (), ("A",), NotUsed.LOCATION_NOT_PICKABLE, id="an area left out"),
        pytest.param(ROW, LOT, BIN, (OwnerHold(HOLD),), (), NotUsed.HOLD, id="the owner"),
        pytest.param(ROW, None, BIN, (OwnerHold(HOLD),), (), NotUsed.HOLD, id="the owner, goods without a lot"),
        pytest.param(ROW, LOT, BIN, (OwnerHold(HOLD, "S-3"),), (), NotUsed.HOLD, id="the supplier"),
        pytest.param(ROW, LOT, BIN, (OwnerHold(HOLD, "S-4"),), (), None, id="another supplier"),
    ],
)  # fmt: skip
def test_what_stands_in_the_way_is_named(
    row: RowKey, lot: Lot | None, place: Place, holds: tuple[OwnerHold, ...], excluded: tuple[str, ...],
    why: NotUsed | None,
) -> None:  # fmt: skip
    """Condition, holds and places each forbid the use of goods; what concerns others does not."""
    assert why_not_used(row, lot, place, holds=holds, excluded=frozenset(excluded)) is why


@pytest.mark.parametrize(
    ("lot", "owner", "why"),
    [
        ((HOLD, RECALL, QUARANTINE), (), NotUsed.RECALLED),
        ((HOLD, QUARANTINE), (), NotUsed.QUARANTINE),
        ((HOLD,), (OwnerHold(QUARANTINE),), NotUsed.HOLD),
        ((), (OwnerHold(HOLD), OwnerHold(QUARANTINE, "S-3")), NotUsed.QUARANTINE),
    ],
)
def test_the_strongest_hold_is_named(lot: tuple[Hold, ...], owner: tuple[OwnerHold, ...], why: NotUsed) -> None:
    """A recall before a quarantine before a hold; what lies on the lot itself before what lies on its supplier."""
    assert why_held(Lot("TEA", "L1", supplier="S-3", holds=lot), owner) is why


READERS = {
    "applying/facts.py": "keeps those of owners and suppliers",
    "applying/goods.py": "keeps those of lots",
    "broadcasts.py": "places and lifts those of bins",
    "checks.py": "asks usable.py, and stops numbers",
    "conditions.py": "places them",
    "facts.py": "keeps them when settings change",
    "holds.py": "places and lifts them",
    "inspecting.py": "places and lifts them",
    "kit_serials.py": "keeps those of numbers",
    "ledger.py": "keeps those of numbers",
    "lot_facts.py": "adds those that goods come with",
    "making.py": "brings what is made under the recalls of what went in",
    "merging.py": "brings those of lots along",
    "movements.py": "tells of them",
    "recall_answers.py": "finds what came under a recall since",
    "recalled_later.py": "brings what comes in under the recalls it is meant by",
    "recalling.py": "places them",
    "receipt_facts.py": "keeps those of lots whose receipts are corrected",
    "receipt_units.py": "leaves units that have any as they are",
    "returning.py": "keeps those of numbers",
    "serial_holds.py": "places and lifts those of numbers",
    "serials.py": "says which unit may be taken",
    "serials_gone.py": "says of a unit that turns up that it is on hold",
    "serials_in.py": "takes units that turn up for good ones where nobody holds them",
    "shelf.py": "asks usable.py",
    "titles.py": "asks usable.py what is held",
    "transferring.py": "asks usable.py what is recalled",
    "usable.py": "says what they forbid",
}
"""Modules of the domain that read holds, and what they do with them."""


def test_one_place_says_what_holds_forbid() -> None:
    """Whoever reads holds at all is known by name, and only `usable` weighs the kinds of those on lots and owners."""
    root = resources.files("lotstream.domain")
    files = [*root.iterdir(), *(root / "applying").iterdir()]
    texts = {_name(file.parent.name, file.name): file.read_text("utf-8") for file in files if file.name.endswith(".py")}  # type: ignore[attr-defined]
    assert {name for name, text in texts.items() if _reads_holds(text)} == set(READERS)


def _name(folder: str, file: str) -> str:
    return file if folder == "domain" else f"{folder}/{file}"


def _reads_holds(text: str) -> bool:
    nodes = list(ast.walk(ast.parse(text)))
    asked = {node.func for node in nodes if isinstance(node, ast.Call)}
    return any(isinstance(node, ast.Attribute) and node.attr == "holds" and node not in asked for node in nodes)
