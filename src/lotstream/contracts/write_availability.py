"""What may be sold, as shops and trading partners are told it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from lotstream.contracts.quantities import base_text
from lotstream.contracts.sending import Outgoing, encode, item_of
from lotstream.contracts.topics import AVAILABILITY
from lotstream.domain.commands import Moment
from lotstream.domain.events import AvailabilityTold, Figure
from lotstream.domain.ledger import Ledger

AVAILABILITY_TYPE = "lotstream.availability.v1"


def availability(ledger: Ledger, event: AvailabilityTold, moment: Moment) -> Iterator[Outgoing]:
    """Return one message per SKU with all sites and channels where what may be sold has changed."""
    for sku, figures in groupby(event.figures, key=lambda figure: figure.sku):
        item = item_of(ledger, sku)
        body = {
            "owner": ledger.owner,
            "sku": sku,
            "unit": item.base_unit,
            "as_of": moment.recorded_at,
            "decision": moment.decision,
            "figures": [_written(figure, item.decimals) for figure in figures],
        }
        yield Outgoing(AVAILABILITY.name, ledger.owner, AVAILABILITY_TYPE, encode(body))


def _written(figure: Figure, decimals: int) -> dict[str, str]:
    return {"site": figure.site, "channel": figure.channel, "quantity": base_text(figure.quantity, decimals)}
