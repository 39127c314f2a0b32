from __future__ import annotations

from lotstream.domain.codes import NotUsed
from lotstream.domain.commands import DefineSite, OpenBalance, OpenDay
from lotstream.domain.explaining import explain
from lotstream.domain.model import Calendar, Site
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
