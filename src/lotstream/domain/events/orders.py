"""Orders were taken in, changed, decided, cancelled."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from lotstream.domain.model import InWave, Order, OrderKey, OrderState, Reservation, RowKey


@dataclass(frozen=True, slots=True)
class Considered:
    """One stock row that was looked at for a line: how much was taken, or the code of why it was not used."""

    lot: str | None
    location: str
    expires: date | None
    #: Smallest units taken; 0 when not used.
    taken: int
    #: Free smallest units the row had when it was looked at.
    free: int
    #: A code of `lotstream.domain.codes.NotUsed`; None when the row was used.
    reason: str | None = None
    #: The component, on a line that orders kits; None: the line's own SKU.
    sku: str | None = None


class RuleUsed(NamedTuple):
    """A rule beside the order of use that bound a line: its name as in messages, what it says, and who made it."""

    rule: str
    value: str
    by: str


@dataclass(frozen=True, slots=True)
class LineDecision:
    """Why an order line got what it got."""

    line: str
    reserved: tuple[Reservation, ...]
    #: Smallest units still wanting after this decision.
    backordered: int
    #: Policy that ordered the lots, and where it was found (line, order, customer, item, settings).
    policy: str
    policy_from: str
    #: The first rows looked at, in the order of use; at most `allocation.CONSIDERED_MAX`.
    considered: tuple[Considered, ...]
    #: Rows not used, counted by reason code.
    not_used: dict[str, int] = field(default_factory=dict)
    #: Rules other than the usual ones; none where the line, its customer and its owner set none.
    rules: tuple[RuleUsed, ...] = ()


@dataclass(frozen=True, slots=True)
class Freed:
    """A quantity of a reservation given back to its row."""

    line: str
    task: str
    row: RowKey
    quantity: int
    #: Left of the task after this; 0 cancels the task.
    left: int
    #: The picked part of ``quantity``, which needs a put-back task, and where it stands.
    picked: int = 0
    staged_at: str | None = None
    #: The serial numbers that go back with it.
    serials: tuple[str, ...] = ()
    #: How the floor was told of the reservation, as it is said there.
    wave: InWave | None = None
    #: The floor was never told of the task, but for what of it is in its bin again.
    untold: bool = False


@dataclass(frozen=True, slots=True)
class OrderRecorded:
    """An order was taken in, with what was promised to it at once; the ledger takes ``order`` over."""

    order: Order
    decisions: tuple[LineDecision, ...] = ()


@dataclass(frozen=True, slots=True)
class OrderChanged:
    """An order was replaced by a newer version or let go on; ``order`` is the whole of it afterwards."""

    order: Order
    freed: tuple[Freed, ...] = ()
    decisions: tuple[LineDecision, ...] = ()


@dataclass(frozen=True, slots=True)
class OrderAllocated:
    """Stock was promised to an order that waited."""

    key: OrderKey
    state: OrderState
    site: str | None
    decisions: tuple[LineDecision, ...]
    #: Several sites could have filled it.
    site_chosen: bool = False


@dataclass(frozen=True, slots=True)
class LineCancelled:
    """Smallest units of a line that will not be shipped."""

    line: str
    quantity: int


@dataclass(frozen=True, slots=True)
class OrderCancelled:
    """An order, or some lines of it, were cancelled and gave back what was promised to them."""

    key: OrderKey
    state: OrderState
    version: str | None
    lines: tuple[LineCancelled, ...]
    freed: tuple[Freed, ...] = ()
    #: Why, where nobody asked for it: ``cancelled_after``.
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class OrderClosed:
    """An order of which something was shipped was closed short: what was open is cancelled and given back."""

    key: OrderKey
    state: OrderState
    version: str | None
    lines: tuple[LineCancelled, ...]
    freed: tuple[Freed, ...] = ()


@dataclass(frozen=True, slots=True)
class PromisesReleased:
    """Somebody had promises given back that were not picked."""

    key: OrderKey
    state: OrderState
    freed: tuple[Freed, ...]
    #: The order waits for its day again.
    ahead: bool = False


@dataclass(frozen=True, slots=True)
class HeldNoticed:
    """The sender of an order that is still held was told so."""

    key: OrderKey
    #: Hours it has been held for, at least.
    hours: int
    #: Why it is held.
    code: str


@dataclass(frozen=True, slots=True)
class CancelRemembered:
    """A cancellation overtook the order it names; the order is cancelled when it arrives."""

    key: OrderKey
    version: str | None
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReservationFreed:
    """Reservations were taken back because their stock may no longer be used."""

    key: OrderKey
    state: OrderState
    freed: tuple[Freed, ...]
    #: A code of `lotstream.domain.codes.NotUsed`.
    reason: str
    #: What the order gave back on top, because without what it lost its own rules forbid it to keep it.
    settled: tuple[Freed, ...] = ()
