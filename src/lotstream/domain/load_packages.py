"""Packages of a shipment: what they hold of an order, and that they left."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from lotstream.domain.commands import ConfirmShipment
from lotstream.domain.draft import Draft
from lotstream.domain.events import PackagesChanged, ShipmentConfirmed
from lotstream.domain.loaded import Loading
from lotstream.domain.model import Content, Package, PackageState, ReceiptKey, Reservation, RowKey
from lotstream.domain.packages import package_key


def packed_for(loading: Loading) -> list[Content]:
    """Return what the packages that a shipment names hold of an order, each with the package it lies in.

    Goods in a carton on a pallet lie in the carton, also where both are named.
    """
    found: dict[Content, None] = {}
    for package in known_packages(loading.draft, loading.command):
        for content in package.contents if package.state is PackageState.OPEN else ():
            if content.order == loading.part.key and not _has_left(loading.draft, content):
                found[content._replace(package=content.package or package.key.number)] = None
    return list(found)


def out_of_packages(loading: Loading, part: Reservation, row: RowKey) -> int:
    """Return how much of goods that leave ``row`` lies in packages that leave, and was not counted before.

    What such a package held and does not leave with it is loose.
    """
    here = (part.task, part.row, part.staged_at)
    inside = [one.quantity for one in packed_for(loading) if (one.task, one.row, one.staged_at) == here]
    out = [one.packed for one in loading.shipped if (one.task, one.picked_from, one.row) == (part.task, part.row, row)]
    return min(sum(inside) - sum(out), part.packed)


def _has_left(draft: Draft, content: Content) -> bool:
    """Tell whether what is on a pallet lies in a carton that has left by itself."""
    carton = None if content.package is None else draft.package(package_key(content.package))
    return carton is not None and carton.state is PackageState.SHIPPED


def known_packages(draft: Draft, command: ConfirmShipment) -> Iterator[Package]:
    """Return the packages that a shipment names and that were packed here."""
    for named in command.packages:
        package = None if named.sscc is None else draft.package(package_key(named.sscc))
        if package is not None:
            yield package


def packages_left(
    draft: Draft, command: ConfirmShipment, at: datetime, *, confirmed: Iterable[ShipmentConfirmed]
) -> list[PackagesChanged]:
    """Return that the packages of a shipment, and what stood on them, have left.

    What holds packed goods of which nothing leaves stays: those of another order, or of a line that is not named.
    """
    out = {(event.key, one.task, one.picked_from) for event in confirmed for one in event.shipped if one.packed}
    gone: dict[ReceiptKey, Package] = {}
    for package in known_packages(draft, command):
        stays = (one for one in package.contents if (one.order, one.task, one.row) not in out)
        if any(_is_packed(draft, content) for content in stays):
            continue
        inside = (package_key(content.package) for content in package.contents if content.package is not None)
        for key in (package.key, *inside):
            one = draft.package(key)
            if one is not None and one.state is PackageState.OPEN:
                gone[key] = replace(one, state=PackageState.SHIPPED)
    return [PackagesChanged(tuple(gone.values()), None, command.by, at)] if gone else []


def _is_packed(draft: Draft, content: Content) -> bool:
    """Tell whether an order has goods that are packed still."""
    order = draft.orders.get(content.order) or draft.ledger.orders.get(content.order)
    parts = [] if order is None else [part for line in order.lines for part in line.reservations]
    here = (content.task, content.row, content.staged_at)
    return any(part.packed and (part.task, part.row, part.staged_at) == here for part in parts)
