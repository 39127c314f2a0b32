"""What there is at a moment, and how other books differ from it, in as many messages as it needs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from lotstream.contracts.quantities import base_text, decimal_text
from lotstream.contracts.sending import Outgoing, encode, item_of, weight_told
from lotstream.contracts.topics import INVENTORY
from lotstream.domain.commands import Moment
from lotstream.domain.events import ComparisonRecorded, Differing, SnapshotTaken
from lotstream.domain.ledger import Ledger
from lotstream.domain.snapshots import OnHand, on_hand

SNAPSHOT_TYPE = "lotstream.inventory_snapshot.v1"
COMPARISON_TYPE = "lotstream.inventory_comparison.v1"
LINES_MAX: Final = 1_000
"""Lines of one message."""


def inventory_snapshot(ledger: Ledger, event: SnapshotTaken, moment: Moment) -> Iterator[Outgoing]:
    """Return what there is, which taking the snapshot has not changed; one message without lines for nothing."""
    head = {
        "owner": ledger.owner, "snapshot": event.notice.key.number, "site": event.site, "as_of": event.at,
        "decision": moment.decision,
    }  # fmt: skip
    lines = [_there(ledger, one) for one in on_hand(ledger, event.site)]
    yield from _in_parts(ledger, SNAPSHOT_TYPE, head, lines)


def inventory_comparison(ledger: Ledger, event: ComparisonRecorded, moment: Moment) -> Iterator[Outgoing]:
    """Return what differs; one message without lines when nothing does."""
    head = {
        "owner": ledger.owner, "comparison": event.notice.key.number, "site": event.site, "by": event.by,
        "occurred_at": event.at, "decision": moment.decision, "equal": event.equal, "differing": event.differing,
    }  # fmt: skip
    yield from _in_parts(ledger, COMPARISON_TYPE, head, [_differing(one) for one in event.differences])


def _in_parts(
    ledger: Ledger, type_: str, head: dict[str, Any], lines: Sequence[dict[str, Any]]
) -> Iterator[Outgoing]:  # fmt: skip
    pieces = [lines[first : first + LINES_MAX] for first in range(0, len(lines), LINES_MAX)] or [lines]
    for part, piece in enumerate(pieces, start=1):
        body = {**head, "part": part, "parts": len(pieces), "lines": piece}
        yield Outgoing(INVENTORY.name, ledger.owner, type_, encode(body))


def _there(ledger: Ledger, there: OnHand) -> dict[str, Any]:
    item = item_of(ledger, there.sku)
    lot = None if there.lot is None else ledger.lots.get((there.sku, there.lot))
    return {
        "sku": there.sku, "lot": there.lot, "expires": None if lot is None else lot.expires, "site": there.site,
        "status": there.status, "quantity": base_text(there.quantity, item.decimals),
        "reserved": base_text(there.reserved, item.decimals), "unit": item.base_unit,
        "held": lot is not None and bool(lot.holds), "in_transit": there.in_transit, **weight_told(there.weight_g),
    }  # fmt: skip


def _differing(one: Differing) -> dict[str, Any]:
    return {
        "sku": one.sku, "lot": one.lot, "status": one.status, "ours": decimal_text(one.ours),
        "theirs": decimal_text(one.theirs), "difference": decimal_text(one.ours - one.theirs), "unit": one.unit,
    }  # fmt: skip
