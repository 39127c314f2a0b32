"""The ledger that tests of outgoing messages begin with."""

from __future__ import annotations

import pytest

from lotstream.domain.ledger import Ledger
from tests.unit.contracts.building import ledger_of_an_order


@pytest.fixture
def ledger() -> Ledger:
    """Return a ledger with one order, which is promised goods of two items."""
    return ledger_of_an_order()
