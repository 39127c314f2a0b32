"""Packages from events: which number a carton or a pallet has, and what is in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lotstream.contracts.quantities import base_text, decimal_text
from lotstream.contracts.sending import Outgoing, encode, item_of
from lotstream.contracts.topics import FLOOR_TASKS
from lotstream.domain.commands import Moment
from lotstream.domain.events import PackagesChanged
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import Content

TYPE = "lotstream.package.v1"


def packages(ledger: Ledger, event: PackagesChanged, moment: Moment) -> Iterator[Outgoing]:
    """Return one message for each package that changed."""
    for package in event.packages:
        body = {
            "owner": ledger.owner,
            "site": package.site,
            "package": package.key.number,
            "kind": package.kind,
            "status": package.state,
            "parent": package.parent,
            "weight_kg": None if package.weight_kg is None else decimal_text(package.weight_kg),
            "decision": moment.decision,
            "contents": [_content(ledger, content) for content in package.contents],
        }
        yield Outgoing(FLOOR_TASKS.name, package.site, TYPE, encode(body))


def _content(ledger: Ledger, content: Content) -> dict[str, Any]:
    item = item_of(ledger, content.row.sku)
    return {
        "source": content.order.source,
        "order": content.order.order,
        "line": content.line,
        "sku": content.row.sku,
        "lot": content.row.lot,
        "quantity": base_text(content.quantity, item.decimals),
        "unit": item.base_unit,
        "package": content.package,
    }
