"""Goods are announced before they come."""

from __future__ import annotations

from dataclasses import replace

from lotstream.domain.codes import Code, Refused, granted, stop_if
from lotstream.domain.commands import ExpectReceipt, GoodsAnnounced, Moment
from lotstream.domain.draft import Draft
from lotstream.domain.events import Event, ReceiptExpected
from lotstream.domain.goods import site_unknown
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import Expected, ExpectedLine, expected_key
from lotstream.domain.quantities import smallest, unit_factor
from lotstream.domain.versions import compare_versions


def expect_receipt(ledger: Ledger, command: ExpectReceipt, moment: Moment) -> tuple[Event, ...]:
    """Decide receipt.expected: a newer version replaces the one before while nothing of it has come.

    Goods may come before their announcement does: what they are counted against is known from then on.
    """
    key = expected_key(command.expected)
    known = ledger.document(key, Expected)
    stop_if(site_unknown(ledger, command.site, noted=None))
    lines = _lines(Draft(ledger, moment), command)
    expected = Expected(key, command.site, command.supplier, command.due, command.version, announced=True, lines=lines)
    if known is None or not known.announced:
        return (ReceiptExpected(expected if known is None else replace(expected, receipts=known.receipts)),)
    if (known.site, known.supplier, known.due, known.lines) == (command.site, command.supplier, command.due, lines):
        return ()
    _may_not_change(command, known)
    return (ReceiptExpected(expected),)


def _may_not_change(command: ExpectReceipt, known: Expected) -> None:
    name = command.expected
    if known.receipts or known.closed:
        message = f"Goods of {name} have come, or are awaited no more; announce others under another number."
        raise Refused(Code.CONFLICTING_CONTENT, "expected", message)
    newer = compare_versions(command.version, known.version)
    if newer is None or newer == 0:
        message = f"{name} was announced with other content; send the change with a newer version."
        raise Refused(Code.CONFLICTING_CONTENT, "version", message)
    if newer < 0:
        message = f"Version {command.version} of {name} is older than {known.version}; nothing was changed."
        raise Refused(Code.STALE_VERSION, "version", message)


def _lines(draft: Draft, command: ExpectReceipt) -> tuple[ExpectedLine, ...]:
    if not command.lines:
        raise Refused(Code.FIELD_MISSING, "lines", "There are no lines; send at least one.")
    lines: dict[str, ExpectedLine] = {}
    for index, said in enumerate(command.lines):
        if said.line in lines:
            message = f"Line {said.line} is there twice; give each line an id of its own."
            raise Refused(Code.FIELD_INVALID, f"lines.{index}.line", message)
        line = _line(draft, said, f"lines.{index}")
        lines[said.line] = line
    return tuple(lines.values())


def _line(draft: Draft, said: GoodsAnnounced, path: str) -> ExpectedLine:
    item = draft.find_item(said.sku or None, said.gtin)
    if item is None:
        name, goods = ("sku", said.sku) if said.sku or said.gtin is None else ("gtin", f"GTIN {said.gtin}")
        raise Refused(Code.UNKNOWN_ITEM, f"{path}.{name}", f"{goods} is not defined; define the item first.")
    factor = unit_factor(item, said.unit)
    if factor is None:
        message = f"{item.sku} has no unit {said.unit}; define the item with it."
        raise Refused(Code.UNKNOWN_UNIT, f"{path}.unit", message)
    quantity = granted(smallest(said.quantity, factor, f"{path}.quantity"))
    return ExpectedLine(
        said.line, item.sku, quantity, said.lot, said.supplier_lot, said.made, said.expires, said.package
    )
