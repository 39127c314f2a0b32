"""Beginnings and ends: other books held against ours, what there is told at a moment, and an owner who leaves."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from lotstream.contracts import write_stock
from lotstream.contracts.outgoing import messages
from lotstream.contracts.sent import SENT
from lotstream.domain import comparing
from lotstream.domain.codes import Code
from lotstream.domain.commands import (
    AcceptTitle,
    ChangeSettings,
    CloseOwner,
    Command,
    ComparedLine,
    Covers,
    DefineItem,
    DefineOwner,
    DefineSite,
    ExpectReceipt,
    GoodsAnnounced,
    MadeLine,
    Moment,
    OpenBalance,
    PlaceHold,
    RecordComparison,
    RecordProduction,
    ShipTransfer,
    StockLine,
    TakeSnapshot,
)
from lotstream.domain.events import DiscrepancyNoted, Event
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import HoldKind, Item, Settings, Site, Tracking
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import World, goods, key, kinds, only, wanted
from tests.unit.domain.test_importing import imported


class Told:
    """A world whose outgoing messages are kept."""

    def __init__(self) -> None:
        self.said: list[dict[str, Any]] = []
        self.world = World(after=self._tell)
        self.world.told(DefineItem(Item("OIL", tracking=Tracking.NONE, decimals=2, base_unit="l")))

    def _tell(self, ledger: Ledger, event: Event, moment: Moment) -> None:
        for message in messages(ledger, event, moment):
            if message.topic == "lotstream.inventory":
                name = message.type.split(".")[1]
                SENT[name].model_validate_json(message.value)
                self.said.append({"type": name, **json.loads(message.value)})

    def tell(self, command: Command) -> list[dict[str, Any]]:
        """Tell a message that is taken; returns what was said of it."""
        self.said.clear()
        self.world.told(command)
        return [*self.said]


def compare(*lines: ComparedLine, covers: Covers = Covers.LINES, number: str = "CP-1", site: str = SITE) -> Command:
    """Another's books."""
    return RecordComparison(site, "old-wms", None, number, covers, lines)


def have(
    sku: str, quantity: str, lot: str | None = None, unit: str | None = None, *, status: str | None = None
) -> ComparedLine:
    """What they have of a lot."""
    return ComparedLine(sku, Decimal(quantity), unit, lot, status)


def stocked() -> Told:
    """12 of L1 in two bins, 5 of L2 of which 2 are damaged, and 1.50 l of oil without a lot."""
    told = Told()
    told.world.stock(
        goods("L1", 10, "A"), goods("L1", 2, "B"), goods("L2", 3, "A"), goods("L2", 2, "A", status="damaged", line="d"),
        goods(None, "1.5", "A", sku="OIL", expires=None),
    )  # fmt: skip
    return told


def test_equal_books_come_to_zero() -> None:
    """Whatever unit and bins they count in: nothing differs, and one message without lines says so."""
    mine = (have("TEA", "2", "L1", "case"), have("TEA", "5", "L2"), have("OIL", "1.50"))
    (said,) = stocked().tell(compare(*mine, covers=Covers.SITE))
    assert (said["type"], said["equal"], said["differing"], said["lines"]) == ("inventory_comparison", 3, 0, [])
    assert (said["part"], said["parts"], said["by"], said["comparison"]) == (1, 1, "old-wms", "CP-1")


def test_conditions_are_compared_where_they_are_named() -> None:
    """A lot that is named by condition is compared by condition; lines of one lot are added up."""
    good = [have("TEA", units, "L2", status="good") for units in ("2", "1")]
    (said,) = stocked().tell(compare(*good, have("TEA", "3", "L2", status="damaged")))
    assert (said["equal"], said["differing"]) == (1, 1)
    (line,) = said["lines"]
    assert (line["status"], line["ours"], line["theirs"], line["difference"]) == ("damaged", "2", "3", "-1")


@pytest.mark.parametrize(("covers", "lots"), [
    (Covers.LINES, [("TEA", "L1")]), (Covers.SKUS, [("TEA", "L1"), ("TEA", "L2"), ("TEA", "L2")]),
    (Covers.SITE, [("OIL", None), ("TEA", "L1"), ("TEA", "L2"), ("TEA", "L2")]),
])  # fmt: skip
def test_what_is_left_out_counts_as_nothing_where_it_is_said(
    covers: Covers, lots: list[tuple[str, str | None]]
) -> None:
    """Of the lots that are named, of all lots of their SKUs, or of everything at the site."""
    (said,) = stocked().tell(compare(have("TEA", "11", "L1"), covers=covers))
    assert [(line["sku"], line["lot"]) for line in said["lines"]] == lots


def test_an_item_that_nobody_knows_differs() -> None:
    """At a go-live that is the finding: it is told in their unit, and refuses nothing."""
    (said,) = stocked().tell(compare(have("NEW", "7", "L9", "box"), have("NEWER", "1")))
    assert [(line["sku"], line["ours"], line["theirs"], line["unit"]) for line in said["lines"]] == [
        ("NEW", "0", "7", "box"), ("NEWER", "0", "1", "each"),
    ]  # fmt: skip


def test_a_comparison_is_told_once_and_changes_nothing() -> None:
    """The same number again is a repeat, other lines under it a conflict; stock is as it was."""
    told = stocked()
    before = dict(told.world.ledger.stock)
    told.tell(compare(have("TEA", "1", "L1")))
    assert told.tell(compare(have("TEA", "1.0", "L1"))) == []
    assert told.world.refused(compare(have("TEA", "2", "L1"))) == (Code.CONFLICTING_CONTENT, "comparison")
    assert told.world.ledger.stock == before


@pytest.mark.parametrize(("lines", "site", "code", "field"), [
    ((have("TEA", "1", unit="pallet"),), SITE, Code.UNKNOWN_UNIT, "lines.0.unit"),
    ((have("TEA", "1"), have("TEA", "0.5")), SITE, Code.NOT_A_MULTIPLE, "lines.1.quantity"),
    ((have("NEW", "NaN"),), SITE, Code.FIELD_INVALID, "lines.0.quantity"),
    ((have("TEA", "1", "L1"), have("TEA", "1", "L1", status="good")), SITE, Code.FIELD_INVALID, "lines.1.status"),
    ((have("TEA", "1", "L1", status="good"), have("TEA", "1", "L1")), SITE, Code.FIELD_INVALID, "lines.1.status"),
    ((), "FAR", Code.FIELD_INVALID, "site"),
])  # fmt: skip
def test_what_cannot_be_compared_is_refused(lines: tuple[ComparedLine, ...], site: str, code: Code, field: str) -> None:
    """With the field that is at fault."""
    assert stocked().world.refused(compare(*lines, site=site)) == (code, field)


def test_many_differences_are_told_in_parts_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """So many to a message, so many in all; the count says how many there are."""
    monkeypatch.setattr(write_stock, "LINES_MAX", 2)
    monkeypatch.setattr(comparing, "DIFFERENCES_MAX", 3)
    said = stocked().tell(compare(*(have("NEW", "1", f"L{number}") for number in range(5))))
    assert [(one["part"], one["parts"], len(one["lines"]), one["differing"]) for one in said] == [
        (1, 2, 2, 5),
        (2, 2, 1, 5),
    ]


def test_a_snapshot_says_what_there_is() -> None:
    """By SKU, lot, site and condition, with promises and holds; a deficit as it is, and nothing of what is gone."""
    told = stocked()
    told.world.place("#1", wanted(quantity=4))
    told.world.told(PlaceHold("H-1", HoldKind.HOLD, "TEA", "L2"))
    told.world.stock(goods("L3", -1, "A"), goods("L4", 0, "A"), balance="more")
    (said,) = told.tell(TakeSnapshot("SN-1", SITE))
    names = "sku", "lot", "status", "quantity", "reserved", "held"
    assert [tuple(one[name] for name in names) for one in said["lines"]] == [
        ("OIL", None, "good", "1.5", "0", False), ("TEA", "L1", "good", "12", "4", False),
        ("TEA", "L2", "damaged", "2", "0", True), ("TEA", "L2", "good", "3", "0", True),
        ("TEA", "L3", "good", "-1", "0", False),
    ]  # fmt: skip
    assert (said["type"], said["snapshot"], said["parts"]) == ("inventory_snapshot", "SN-1", 1)


def test_a_snapshot_of_a_site_leaves_out_the_others() -> None:
    """And lots of which what there is adds up to nothing."""
    told = stocked()
    told.world.told(DefineSite(Site("FAR")))
    told.world.told(OpenBalance("FAR", None, None, "far", (goods("L1", 3, "A"),)))
    told.world.stock(goods("L4", 2, "A"), goods("L4", -2, "B", line="2"), balance="none")
    (said,) = told.tell(TakeSnapshot("SN-1", "FAR"))
    assert [(one["lot"], one["quantity"]) for one in said["lines"]] == [("L1", "3")]
    (said,) = told.tell(TakeSnapshot("SN-2"))
    assert "L4" not in {one["lot"] for one in said["lines"]}


def test_goods_on_the_way_are_told_apart() -> None:
    """They belong to the site they go to and are not there: a snapshot says so, and a comparison leaves them out."""
    told = stocked()
    told.world.told(DefineSite(Site("FAR")))
    told.world.told(OpenBalance("FAR", None, None, "far", (goods("L1", 7, "A"),)))
    sent = StockLine("1", "TEA", "L1", "A", Decimal(7))
    told.world.told(ShipTransfer("FAR", False, None, None, "T-1", SITE, (sent,)))
    (said,) = told.tell(TakeSnapshot("SN-1"))
    lines = [(one["quantity"], one["in_transit"]) for one in said["lines"] if one["lot"] == "L1"]
    assert lines == [("12", False), ("7", True)]
    (compared,) = told.tell(compare(have("TEA", "12", "L1")))
    assert compared["differing"] == 0


def test_a_snapshot_is_told_once_in_as_many_parts_as_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same number tells nothing; another site under it is a conflict; nothing at all is one empty message."""
    told = stocked()
    monkeypatch.setattr(write_stock, "LINES_MAX", 3)
    said = told.tell(TakeSnapshot("SN-1"))
    assert [(one["part"], one["parts"], len(one["lines"])) for one in said] == [(1, 2, 3), (2, 2, 1)]
    assert told.tell(TakeSnapshot("SN-1")) == []
    assert told.world.refused(TakeSnapshot("SN-1", SITE)) == (Code.CONFLICTING_CONTENT, "snapshot")
    assert told.world.refused(TakeSnapshot("SN-2", "FAR")) == (Code.FIELD_INVALID, "site")
    (empty,) = Told().tell(TakeSnapshot("SN-1"))
    assert (empty["lines"], empty["site"]) == ([], None)


def test_a_closed_owner_takes_nothing_new() -> None:
    """New orders, announced receipts and balances are refused; what is there is picked and shipped."""
    world = World()
    world.stock(goods("L1", 9))
    world.place("#1", wanted(quantity=2), version="1")
    assert kinds(world.told(CloseOwner("moves", "desk"))) == ["OwnerClosed"]
    assert world.told(CloseOwner()) == ()
    assert world.refused(world.order("#2")) == (Code.ON_HOLD, "owner")
    assert world.refused(world.receipt(goods("L2"), happened=False)) == (Code.ON_HOLD, "owner")
    announced = ExpectReceipt(SITE, "ASN-1", None, None, None, (GoodsAnnounced("1", "TEA", Decimal(3)),))
    assert world.refused(announced) == (Code.ON_HOLD, "owner")
    assert world.refused(OpenBalance(SITE, None, None, "B", (goods("L2"),))) == (Code.ON_HOLD, "owner")
    world.place("#1", wanted(quantity=3), version="2")
    world.told(world.pick("#1"))
    assert kinds(world.told(world.ship("#1")))[0] == "ShipmentConfirmed"


def test_nothing_new_is_announced_imported_made_or_bought_for_a_closed_owner() -> None:
    """Each is refused; what was announced before may still change, and be received when it stands on the dock."""
    world = World()
    line = GoodsAnnounced("1", "TEA", Decimal(3))
    world.told(ExpectReceipt(SITE, "ASN-1", None, None, "1", (line,)))
    world.told(CloseOwner())
    new: tuple[Command, ...] = (
        ExpectReceipt(SITE, "ASN-2", None, None, "1", (line,)),
        imported(),
        RecordProduction(SITE, False, None, None, "P", (), (MadeLine("1", "TEA", "L2", "BIN", Decimal(1)),)),
        AcceptTitle(SITE, False, None, None, "T", "zenith", (goods("L3", 1),)),
    )
    for command in new:
        assert world.refused(command) == (Code.ON_HOLD, "owner")
    assert world.told(ExpectReceipt(SITE, "ASN-1", None, None, "2", (line, replace(line, line="2"))))
    (noted,) = [
        event
        for event in world.told(AcceptTitle(SITE, True, None, None, "T", "zenith", (goods("L3", 1),)))
        if isinstance(event, DiscrepancyNoted)
    ]
    assert (noted.code, noted.about) == (Code.ON_HOLD, {"title": "T", "site": SITE})


def test_goods_that_stand_on_the_dock_of_a_closed_owner_are_booked() -> None:
    """What has happened is booked with a discrepancy; told again it changes nothing; what is wrong stays refused."""
    world = World()
    world.told(CloseOwner())
    events = world.told(world.receipt(goods("L1", 4)))
    noted = only(events, DiscrepancyNoted)
    assert (noted.code, noted.about) == (Code.ON_HOLD, {"receipt": "R1", "site": SITE})
    assert world.row("L1").on_hand == 4
    assert world.told(world.receipt(goods("L1", 4))) == ()
    assert world.refused(world.receipt()) == (Code.FIELD_MISSING, "lines")


def test_an_owner_comes_back_by_being_defined() -> None:
    """Settings alone do not bring one back; `owner.defined` does, with the same sites too."""
    world = World(Settings(sites=(SITE,)))
    world.told(CloseOwner())
    assert world.told(ChangeSettings(Settings(sites=(SITE,)))) == ()
    assert world.refused(world.order("#1")) == (Code.ON_HOLD, "owner")
    assert kinds(world.told(DefineOwner((SITE,)))) == ["OwnerDefined"]
    assert kinds(world.place("#1")) == ["OrderRecorded"]
    assert world.get("#1").key == key("#1")
