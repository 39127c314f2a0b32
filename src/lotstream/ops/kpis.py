"""The figures that each owner's warehouse is judged by, for Prometheus.

They are read from the database, where they are written with what they count: a worker that starts, dies or takes over
changes none. One worker shows them, so that they may be added up. Here alone owners are labels, because each owner is
judged by its own; how many there may be is a setting.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Final

from prometheus_client import Gauge

from lotstream.domain.kpis import Figures, rates

LOT_ACCURACY: Final = Gauge(
    "lotstream_kpi_lot_accuracy_ratio",
    "Lines of counts that found the lot and the quantity the books had, of all lines counted.",
    ["owner"],
)
INVENTORY_ACCURACY: Final = Gauge(
    "lotstream_kpi_inventory_accuracy_ratio",
    "1 - what counts were off, above and below alike, of what the books had; below 0 where they are far off.",
    ["owner"],
)
EXPIRATION_LOSS: Final = Gauge(
    "lotstream_kpi_expiration_loss_ratio", "Units that expired in stock or were written off as such, of all received.",
    ["owner"],
)  # fmt: skip
EXPIRATION_LOSS_VALUE: Final = Gauge(
    "lotstream_kpi_expiration_loss_value_ratio", "The same by what the goods have cost, where that is known.", ["owner"]
)
TRACEABILITY: Final = Gauge(
    "lotstream_kpi_traceability_ratio",
    "Shipped units with a lot, how it came in, its supplier or parent lots, and who got it, of all shipped.",
    ["owner"],
)
UNITS: Final = Gauge(
    "lotstream_kpi_units",
    "Base units the rates are made of: received, expired, shipped, traced, counted_off, counted_system.",
    ["owner", "of"],
)
VALUE: Final = Gauge(
    "lotstream_kpi_value", "The same in the owner's currency: received, expired.", ["owner", "of"]
)  # fmt: skip
COUNT_LINES: Final = Gauge("lotstream_kpi_count_lines", "Lines of counts: all, right.", ["owner", "of"])

_OF_UNITS: Final = ("received", "expired", "shipped", "traced", "counted_off", "counted_system")

Series = tuple[Gauge, tuple[str, ...]]
"""A metric and the values of its labels."""


class Shown:
    """What is on the page: only what has changed is set again, since there may be many owners."""

    def __init__(self) -> None:
        self._figures: dict[str, Figures] = {}

    def show(self, counted: Mapping[str, Figures]) -> None:
        """Show what was counted of these owners and of no others; a rate of nothing has no series."""
        for owner in self._figures.keys() - counted.keys():
            _remove(_series(owner, self._figures.pop(owner)))
        for owner, figures in counted.items():
            if self._figures.get(owner) != figures:
                self._figures[owner] = figures
                _set(_series(owner, figures))

    def hide(self) -> None:
        """Show no owner: another worker does."""
        self.show({})


def _set(series: Mapping[Series, Decimal | int | None]) -> None:
    for (gauge, labels), value in series.items():
        if value is None:
            gauge.remove(*labels)
        else:
            gauge.labels(*labels).set(float(value))


def _remove(series: Iterable[Series]) -> None:
    for gauge, labels in series:
        gauge.remove(*labels)


def _series(owner: str, figures: Figures) -> dict[Series, Decimal | int | None]:
    """Return all of an owner's series, None for what there is not."""
    found = rates(figures)
    return {
        (LOT_ACCURACY, (owner,)): found.lot_accuracy,
        (INVENTORY_ACCURACY, (owner,)): found.inventory_accuracy,
        (EXPIRATION_LOSS, (owner,)): found.expiration_loss,
        (EXPIRATION_LOSS_VALUE, (owner,)): found.expiration_loss_value,
        (TRACEABILITY, (owner,)): found.traceability,
        **{(UNITS, (owner, of)): getattr(figures, of) for of in _OF_UNITS},
        (VALUE, (owner, "received")): figures.received_value,
        (VALUE, (owner, "expired")): figures.expired_value,
        (COUNT_LINES, (owner, "all")): figures.count_lines,
        (COUNT_LINES, (owner, "right")): figures.count_lines_right,
    }
