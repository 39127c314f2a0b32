"""A wave as a person sees it."""

from __future__ import annotations

from lotstream.cli.wave import in_words, shown
from lotstream.domain.model import Item, Wave
from lotstream.domain.wave_parts import wave_key
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import goods, key, wanted
from tests.unit.domain.lotting import LotWorld
from tests.unit.domain.waving import pick


def test_a_task_by_lot_says_where_it_is_expected() -> None:
    """It names no bin; the bins in which the hub expects the rest are told beside it, until nothing is left."""
    world = LotWorld()
    world.stock(goods("L1", 4, "A"), goods("L1", 6, "B"))
    world.place("#1", wanted(quantity=9))
    world.told(world.release("#1"))
    wave, orders = Wave(wave_key("W-1"), SITE, "", (key("#1"),)), list(world.ledger.orders.values())
    told = shown("acme", wave, orders, {"TEA": Item("TEA")})
    assert told["tasks"][0]["location"] is None
    assert in_words(told)[1].startswith(
        "  TEA lot L1 from bins that the warehouse names, expected in A and B: 0 of 9 each picked (task lot-"
    )
    world.told(pick(world.task(), 9, happened=True))
    assert "expected" not in in_words(shown("acme", wave, list(world.ledger.orders.values()), {}))[1]
