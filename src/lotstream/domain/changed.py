"""What of a ledger has changed: since it was written last, and since people were told last."""

from __future__ import annotations

from dataclasses import dataclass, field

from lotstream.domain.model import OrderKey, ReceiptKey, RowKey, SerialKey


@dataclass(slots=True)
class Touched:
    """What changed since the last commit, so that only that is written."""

    owner: bool = False
    items: set[str] = field(default_factory=set)
    customers: set[str] = field(default_factory=set)
    last_shipped: set[tuple[str, str]] = field(default_factory=set)
    lots: set[tuple[str, str]] = field(default_factory=set)
    stock: set[RowKey] = field(default_factory=set)
    orders: set[OrderKey] = field(default_factory=set)
    cancels: set[OrderKey] = field(default_factory=set)
    receipts: set[ReceiptKey] = field(default_factory=set)
    progress: bool = False
    serials: set[SerialKey] = field(default_factory=set)
    clock: bool = False
    told: set[tuple[str, str, str]] = field(default_factory=set)
    weights: set[RowKey] = field(default_factory=set)


@dataclass(slots=True)
class Untold:
    """SKUs whose figures may differ from what was told last; never stored, and everything when that is not known."""

    #: None: any SKU.
    skus: set[str] | None = None
    #: What all figures hang on: settings, bins, and the last turn of a day. With other ones any SKU counts.
    stood_on: tuple[object, ...] = ()
    #: True while figures may be among them of which memory has nothing but that they were told.
    is_whole: bool = True
