"""The figures that each owner's warehouse is judged by, for Prometheus.

They are read from the database, where they are written with what they count: a worker that starts, dies or takes over
changes none. One worker shows them, so that they may be added up. Here alone owners are labels, because each owner is
judged by its own; how many there may be is a setting.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Final

from prometheus_client import Gauge, Histogram

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

RECALL_SECONDS: Final = Histogram(
    "lotstream_kpi_recall_seconds",
    "Seconds from the append of a recall, or of a drill, until all goods were held and everybody who got any listed.",
    ["owner", "drill"],
    buckets=(1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0, 3600.0),
)

_OF_UNITS: Final = ("received", "expired", "shipped", "traced", "counted_off", "counted_system")

Place = tuple[int, int, int, int]
"""Log, partition, offset and index of a record's row."""

Series = tuple[Gauge, tuple[str, ...]]
"""A metric and the values of its labels."""


class Shown:
    """What is on the page: only what has changed is set again, since there may be many owners."""

    def __init__(self) -> None:
        self._figures: dict[str, Figures] = {}
        #: Recalls that are on the page, by the place of what asked for them.
        self._recalls: dict[Place, str] = {}

    def show(self, counted: Mapping[str, Figures]) -> None:
        """Show what was counted of these owners and of no others; a rate of nothing has no series."""
        for owner in self._figures.keys() - counted.keys():
            _remove(_series(owner, self._figures.pop(owner)))
            self._forget_recalls(owner)
        for owner, figures in counted.items():
            if self._figures.get(owner) != figures:
                self._figures[owner] = figures
                _set(_series(owner, figures))

    def recalled(self, place: Place, owner: str, *, drill: bool, seconds: float) -> None:
        """Show how long a recall took of an owner who is shown, once."""
        if owner in self._figures and place not in self._recalls:
            self._recalls[place] = owner
            RECALL_SECONDS.labels(owner, _yes(drill)).observe(seconds)

    def _forget_recalls(self, owner: str) -> None:
        self._recalls = {place: whose for place, whose in self._recalls.items() if whose != owner}
        for drill in (False, True):
            RECALL_SECONDS.remove(owner, _yes(drill))

    def hide(self) -> None:
        """Show no owner: another worker does."""
        self.show({})


def _yes(true: bool) -> str:
    return "true" if true else "false"


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
