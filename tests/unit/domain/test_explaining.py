from __future__ import annotations

from decimal import Decimal

from lotstream.domain.codes import NotUsed
from lotstream.domain.commands import ChangeSettings, DefineSite, OpenBalance, OpenDay
from lotstream.domain.explaining import explain
from lotstream.domain.model import Calendar, PackRule, Settings, Site
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import TODAY, World, goods, wanted


def test_what_lies_at_another_site_is_told_last_with_its_site() -> None:
    """An order is filled from one site: goods elsewhere are not used for that reason, whatever else they are."""
    made = World()
    made.told(DefineSite(Site("FAR", calendar=Calendar.SCRIPTED)))
    made.told(OpenDay("FAR", TODAY))
    far = (goods("L9", 7, "B"), goods("L8", 5, "A", status="damaged"), goods("L7", 3, "C"), goods("L6", 0, "D"))
    made.told(OpenBalance("FAR", None, None, "far", far))
    made.stock(goods("L1", 10, "A"))
    made.place("O1", wanted(quantity=4), site=SITE)
    order = made.get("O1")
    rows = explain(made.ledger, order, order.lines[0], site=SITE, moment=made.warehouse.moment())
    assert [(row.lot, row.location, row.taken, row.reason) for row in rows] == [
        ("L1", "A", 4, None),
        ("L7", "C at FAR", 0, NotUsed.OTHER_SITE),
        ("L8", "A at FAR", 0, NotUsed.OTHER_SITE),
        ("L9", "B at FAR", 0, NotUsed.OTHER_SITE),
    ]


def test_of_an_item_nobody_knows_there_is_nothing_to_look_at() -> None:
    """A line that was dropped before its item was defined stays with the order, and no row is told of it."""
    made = World()
    made.place("O1", wanted(quantity=4), wanted("2", sku="NEW"), version="1")
    made.place("O1", wanted(quantity=4), version="2")
    order = made.get("O1")
    assert order.held is None
    assert explain(made.ledger, order, order.lines[1], site=SITE, moment=made.warehouse.moment()) == ()


def test_a_pack_that_is_too_large_for_what_is_wanted_still() -> None:
    """Of a pack of ten nothing is used for one that is wanted; it may be, where packs cover a line or are broken."""
    made = World()
    made.stock(
        goods("L1", 3, "A"), goods("L2", 50, "B", pack_size=Decimal(10)), goods("L3", 9, "C", pack_size=Decimal(10))
    )
    made.place("O1", wanted(quantity=4), site=SITE)

    def reasons(rule: PackRule) -> list[str | None]:
        made.told(ChangeSettings(Settings(allocate="on_request", pack_rule=rule)))
        order = made.get("O1")
        rows = explain(made.ledger, order, order.lines[0], site=SITE, moment=made.warehouse.moment())
        return [row.reason for row in rows]

    assert reasons(PackRule.NEVER_OVER) == [None, NotUsed.PACK_SIZE, NotUsed.PACK_SIZE]
    assert reasons(PackRule.COVER) == [None, None, NotUsed.PACK_SIZE]
    assert reasons(PackRule.PARTIAL_PACKS) == [None, None, None]
