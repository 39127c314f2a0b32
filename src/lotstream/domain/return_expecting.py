"""Somebody announces that goods will come back."""

from __future__ import annotations

from dataclasses import replace
from hashlib import blake2b

from lotstream.domain.codes import Code, Refused, granted, stop_if
from lotstream.domain.commands import AnnouncedLine, ExpectReturn, Moment
from lotstream.domain.events import Event, ReturnAnnounced
from lotstream.domain.goods import site_unknown
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import ExpectedBack, Order, ReturnExpected, return_expected_key
from lotstream.domain.quantities import smallest, unit_factor

_DIGEST_BYTES = 16


def expect_return(ledger: Ledger, command: ExpectReturn, moment: Moment) -> tuple[Event, ...]:
    """Decide return.expected: of an order, no more than left with it and did not come back; else of a customer.

    Told again it changes nothing; as long as nothing has come it may be told otherwise.
    """
    del moment
    key, content = return_expected_key(command.return_), _content(command)
    known = ledger.document(key, ReturnExpected)
    if known is not None and known.content == content:
        return ()
    if known is not None and any(line.returned for line in known.lines):
        message = f"Some of return {command.return_} has come already; announce the rest under another number."
        raise Refused(Code.CONFLICTING_CONTENT, "return", message)
    stop_if(site_unknown(ledger, command.site, noted=None))
    _check(ledger, command)
    order = None if command.key is None else ledger.order(command.key)
    lines = _lines(ledger, command, order)
    announced = ReturnExpected(key, command.site, command.key, command.customer, command.due, content, lines)
    return (ReturnAnnounced(announced),)


def _content(command: ExpectReturn) -> str:
    """Return a hash of what is announced; 12.0 is 12."""
    lines = [replace(line, quantity=line.quantity.normalize()) for line in command.lines]
    return blake2b(repr(replace(command, lines=tuple(lines))).encode(), digest_size=_DIGEST_BYTES).hexdigest()


def _check(ledger: Ledger, command: ExpectReturn) -> None:
    if command.key is None and command.customer is None:
        message = "Neither an order nor a customer is named; send one of them."
        raise Refused(Code.FIELD_MISSING, "order", message)
    if command.key is not None and ledger.order(command.key) is None:
        message = f"Order {command.key.order} is not known; check its number and source."
        raise Refused(Code.UNKNOWN_ORDER, "order", message)


def _lines(ledger: Ledger, command: ExpectReturn, order: Order | None) -> tuple[ExpectedBack, ...]:
    announced: dict[str, ExpectedBack] = {}
    for index, said in enumerate(command.lines):
        path = f"lines.{index}"
        if said.line in announced:
            message = f"Line {said.line} is there twice; give each line an id of its own."
            raise Refused(Code.FIELD_INVALID, f"{path}.line", message)
        quantity = _quantity(ledger, said, path)
        before = sum(one.quantity for one in announced.values() if (one.sku, one.lot) == (said.sku, said.lot))
        if order is not None and before + quantity > gone_with(order, said.sku, said.lot):
            message = f"More of {said.lot or said.sku} than left with the order and stayed away; check lot and order."
            raise Refused(Code.MORE_THAN_SHIPPED, f"{path}.quantity", message)
        announced[said.line] = ExpectedBack(said.line, said.sku, said.lot, quantity, said.reason)
    if not announced:
        raise Refused(Code.FIELD_MISSING, "lines", "There are no lines; send at least one.")
    return tuple(announced.values())


def _quantity(ledger: Ledger, said: AnnouncedLine, path: str) -> int:
    item = ledger.items.get(said.sku)
    if item is None:
        message = f"{said.sku} is not defined; define the item and send this again."
        raise Refused(Code.UNKNOWN_ITEM, f"{path}.sku", message)
    factor = unit_factor(item, said.unit)
    if factor is None:
        message = f"{said.sku} has no unit {said.unit}; define the item with it and send this again."
        raise Refused(Code.UNKNOWN_UNIT, f"{path}.unit", message)
    return granted(smallest(said.quantity, factor, f"{path}.quantity"))


def gone_with(order: Order, sku: str, lot: str | None) -> int:
    """Return what of an item, or of a lot of it, has left with an order and not come back."""
    left = (one for line in order.lines for one in line.lots_shipped if one.sku == sku and lot in (None, one.lot))
    return sum(one.quantity - one.returned for one in left)


def came_back(expected: ReturnExpected, sku: str, lot: str | None, quantity: int) -> tuple[ReturnExpected, int]:
    """Return an announcement after goods have come, and how much of them was not announced."""
    lines = []
    for line in expected.lines:
        fits = line.sku == sku and line.lot in (None, lot)
        units = min(line.quantity - line.returned, quantity) if fits else 0
        lines.append(line._replace(returned=line.returned + units))
        quantity -= units
    after = ReturnExpected(
        expected.key, expected.site, expected.order, expected.customer, expected.due, expected.content, tuple(lines)
    )
    return after, quantity
