"""What events about beginnings and ends change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lotstream.domain.events import PersonsErased
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import Notice


def _persons_erased(ledger: Ledger, event: PersonsErased) -> None:
    """Keep the request; the ledger knows keys alone, and the table of personal data is none of its own."""
    _keep(ledger, event.notice)


def _keep(ledger: Ledger, notice: Notice) -> None:
    ledger.receipts[notice.key] = notice
    ledger.touched.receipts.add(notice.key)


#: What each event of this room changes.
APPLIERS: dict[type, Callable[[Ledger, Any], None]] = {
    PersonsErased: _persons_erased,
}
