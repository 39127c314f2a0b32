from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from lotstream.cli.lot import _facts, _heading, _in_words, _shown
from lotstream.domain.model import Hold, HoldKind, Item
from lotstream.store.reads_goods import HistoryLine, LotFacts

HOLD = Hold("H-1", HoldKind.RECALL, "metal")
FACTS = LotFacts(
    date(2027, 6, 1), None, None, "S-3", "24A", (HOLD,), Item("TEA", base_unit="kg", decimals=2), on_hand=1250
)  # fmt: skip
NOTHING = LotFacts(None, None, None, None, None, (), None, 0)
LINE = HistoryLine(
    at=datetime(2026, 9, 1, 8, 5, tzinfo=UTC), log=1, partition=0, offset=7, part=0, index=0, recorded_at=None,
    kind="status_changed", quantity=250, site="TOR", location="A-01", status="good", to_site="TOR", to_location="A-01",
    to_status="damaged", document="status_change", number="SC-1", line="1", source=None, order=None, by="p.doe",
    reason="wet", code=None, customer=None,
)  # fmt: skip


def test_a_lot_is_introduced_by_what_is_known_of_it() -> None:
    """What is on hand in base units, its facts, former numbers and holds; nothing is said of what nobody knows."""
    head: dict[str, Any] = {"owner": "acme", "sku": "TEA", "lot": "L1", "former": []}
    assert _heading({**head, **_facts(FACTS)}) == (
        "TEA lot L1 of acme: 12.5 kg on hand, expires 2027-06-01, supplier S-3, held by H-1 (recall)"
    )
    former = [{"sku": "TEA", "lot": "L0"}, {"sku": "TEA", "lot": "LO"}]
    assert _heading({**head, **_facts(NOTHING), "former": former}) == "TEA lot L1 of acme: 0 on hand, was L0, LO"
    assert _heading({**head, "lot": None, **_facts(NOTHING)}) == "TEA without a lot of acme: 0 on hand"


def test_a_line_says_from_where_to_where() -> None:
    """A move names both places, with the condition where it is not good; a fact has neither quantity nor place."""
    assert _in_words(_shown(LINE, FACTS)) == (
        "2026-09-01 08:05", "status changed", "2.5", "A-01 at TOR", "A-01 at TOR (damaged)", "status change SC-1", None,
        "p.doe", "wet",
    )  # fmt: skip
    places = dict.fromkeys(("site", "location", "status", "to_site", "to_location", "to_status"))
    fact = {**_shown(LINE, FACTS), **places, "kind": "held", "quantity": "0", "document": "hold", "number": "H-1"}
    assert _in_words(fact)[1:6] == ("held", None, None, None, "hold H-1")
    assert _in_words({**fact, "code": "spoiled"})[-1] == "spoiled: wet"
    assert _in_words({**fact, "code": "spoiled", "reason": None})[-1] == "spoiled"


def test_a_line_says_for_whom() -> None:
    """The order with its line where there is one, else the customer."""
    told = {**_shown(LINE, FACTS), "order": "#1", "source": "shop", "customer": "C-7"}
    assert _in_words(told)[6] == "#1 from shop, line 1"
    assert _in_words({**told, "order": None})[6] == "C-7"
