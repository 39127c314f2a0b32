"""What may be sold, as shops and trading partners are told it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Final

from lotstream.contracts.quantities import base_text
from lotstream.contracts.sending import Outgoing, encode, item_of
from lotstream.contracts.topics import AVAILABILITY
from lotstream.domain.commands import Moment
from lotstream.domain.events import AvailabilityTold, Figure
from lotstream.domain.ledger import Ledger

#: Sites and channels in one message: with the longest names there are, still no larger than the topic takes.
FIGURES_MAX: Final = 1_000

AVAILABILITY_TYPE = "lotstream.availability.v1"


def availability(ledger: Ledger, event: AvailabilityTold, moment: Moment) -> Iterator[Outgoing]:
    """Return one message per SKU with the sites and channels where its figure has changed; several of very many."""
    for sku, group in groupby(event.figures, key=lambda figure: figure.sku):
        item, figures = item_of(ledger, sku), list(group)
        for first in range(0, len(figures), FIGURES_MAX):
            body = {
                "owner": ledger.owner,
                "sku": sku,
                "unit": item.base_unit,
                "as_of": moment.recorded_at,
                "decision": moment.decision,
                "figures": [_written(figure, item.decimals) for figure in figures[first : first + FIGURES_MAX]],
            }
            yield Outgoing(AVAILABILITY.name, ledger.owner, AVAILABILITY_TYPE, encode(body))


def _written(figure: Figure, decimals: int) -> dict[str, str]:
    return {"site": figure.site, "channel": figure.channel, "quantity": base_text(figure.quantity, decimals)}
