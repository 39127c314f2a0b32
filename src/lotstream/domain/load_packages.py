"""Packages of a shipment: what they hold of an order, and that they left."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from lotstream.domain.commands import ConfirmShipment
from lotstream.domain.events import PackagesChanged
from lotstream.domain.ledger import Ledger
from lotstream.domain.loaded import Loading
from lotstream.domain.model import Content, Package, PackageState, ReceiptKey
from lotstream.domain.packages import package_key


def packed_for(loading: Loading) -> list[Content]:
    """Return what the packages that a shipment names hold of an order, each with the package it lies in.

    Goods in a carton on a pallet lie in the carton, also where both are named.
    """
    found: dict[Content, None] = {}
    for package in known_packages(loading.draft.ledger, loading.command):
        for content in package.contents if package.state is PackageState.OPEN else ():
            if content.order == loading.part.key:
                found[content._replace(package=content.package or package.key.number)] = None
    return list(found)


def known_packages(ledger: Ledger, command: ConfirmShipment) -> Iterator[Package]:
    """Return the packages that a shipment names and that were packed here."""
    for named in command.packages:
        package = None if named.sscc is None else ledger.document(package_key(named.sscc), Package)
        if package is not None:
            yield package


def packages_left(ledger: Ledger, command: ConfirmShipment, at: datetime) -> list[PackagesChanged]:
    """Return that the packages of a shipment, and what stood on them, have left."""
    gone: dict[ReceiptKey, Package] = {}
    for package in known_packages(ledger, command):
        inside = (package_key(content.package) for content in package.contents if content.package is not None)
        for key in (package.key, *inside):
            one = ledger.document(key, Package)
            if one is not None and one.state is PackageState.OPEN:
                gone[key] = replace(one, state=PackageState.SHIPPED)
    return [PackagesChanged(tuple(gone.values()), None, command.by, at)] if gone else []
