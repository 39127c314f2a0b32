"""What is known of a package by its number, and how what is in it is told of its orders."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b

from lotstream.domain.commands import PackPackage
from lotstream.domain.events import OrderPacked
from lotstream.domain.model import COUNTER, PACKAGE, Content, Document, Order, OrderKey, Package, ReceiptKey, Shipment
from lotstream.domain.sums import state_of

#: Where the owner's next package number is kept.
SSCC_COUNTER = ReceiptKey(COUNTER, "sscc")


def package_key(name: str) -> ReceiptKey:
    """Return the key a package is kept under."""
    return ReceiptKey(PACKAGE, name)


def content_of_package(command: PackPackage) -> str:
    """Return the hash of what is told of a package; equal quantities count as equal however written."""
    if command.content is not None:
        return command.content
    said = [
        (
            *line.key,
            line.line,
            line.task,
            line.lot,
            str(line.quantity and line.quantity.normalize()),
            line.unit,
            *(() if line.sku is None else (line.sku,)),
        )
        for line in command.lines
    ]
    return blake2b(repr((command.kind.value, said, command.packages)).encode(), digest_size=16).hexdigest()


def orders_packed(
    orders: dict[OrderKey, Order], package: str, contents: Iterable[Content], *, unpacked: bool = False
) -> list[OrderPacked]:
    """Return what each order had put into a package or taken out of it; ``orders`` are as they are afterwards."""
    contents, events = tuple(contents), []
    for key, order in orders.items():
        mine = tuple(content for content in contents if content.order == key)
        if mine:
            order.state = state_of(order, decided=False)
            events.append(OrderPacked(key, order.state, package, mine, unpacked))
    return events


def packages_within(document: Document | None) -> tuple[ReceiptKey, ...]:
    """Return the packages that a document tells of: what stands on a pallet, the pallet of a carton, what left."""
    if isinstance(document, Shipment):
        return tuple(package_key(part.package) for one in document.parts for part in one.shipped if part.package)
    if not isinstance(document, Package):
        return ()
    inside = dict.fromkeys(content.package for content in document.contents)
    return tuple(package_key(name) for name in (*inside, document.parent) if name is not None)
