"""Goods come in: received at the dock, or taken over as found at the beginning."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from lotstream.domain.codes import Code, Refusal
from lotstream.domain.commands import GoodsLine, Moment, OpenBalance, ReceiveStock
from lotstream.domain.draft import Draft
from lotstream.domain.events import BalanceOpened, DiscrepancyNoted, Event, GoodsBooked, StockReceived
from lotstream.domain.ledger import Ledger
from lotstream.domain.lot_facts import Conflict, contradiction, learn
from lotstream.domain.model import Booked, Hold, Item, Lot, Receipt, ReceiptKey, RowKey, Status, Tracking
from lotstream.domain.moving import shut_out
from lotstream.domain.places import DOCK
from lotstream.domain.quantities import check_quantity, smallest, unit_factor
from lotstream.domain.serials_in import arriving, take_in
from lotstream.domain.settling import settle
from lotstream.domain.taking_back import take_back

#: Kinds of documents goods come in under.
RECEIPT = "receipt"
BALANCE = "balance"
_STATUSES = frozenset(Status)


@dataclass(slots=True)
class _Delivery:
    """What is decided so far about one document of goods."""

    draft: Draft
    site: str
    #: Business date: the receipt date of lines that name none.
    day: date
    #: Kind and number, as people read it.
    document: str
    known: Receipt | None
    happened: bool = False
    #: Stock as found may be zero or negative, and is never refused for missing facts.
    as_found: bool = False
    booked: list[GoodsBooked] = field(default_factory=list)
    noted: list[DiscrepancyNoted] = field(default_factory=list)
    #: Lots that were known and of which something else is known now.
    learned: set[tuple[str, str]] = field(default_factory=set)


def receive_stock(ledger: Ledger, command: ReceiveStock, moment: Moment) -> tuple[Event, ...] | Refusal:
    """Decide stock.received.

    What happened is booked: goods whose facts are incomplete, or contradict the lot they name, go to quarantine with a
    discrepancy and overwrite nothing. A line of an unknown item or unit cannot be counted: it is kept whole in a
    discrepancy, the other lines are booked, and the same receipt may be sent again once the item is defined, because a
    line that is booked already is not booked twice. When asked, all of that is refused.
    """
    at = command.occurred_at or moment.recorded_at
    document = ReceiptKey(RECEIPT, command.receipt)
    known = ledger.receipt(document)
    delivery = _Delivery(
        Draft(ledger, moment), command.site, at.date(), f"{RECEIPT} {command.receipt}", known, happened=command.happened
    )
    refused = _book_all(delivery, command.lines)
    if refused is not None:
        return refused
    news = bool(delivery.booked) or (known is not None and command.final and not known.final)
    if not news:
        return tuple(delivery.noted)
    received = StockReceived(
        command.site, command.receipt, command.expected, command.final, command.by, at, tuple(delivery.booked)
    )
    # A hold that comes with goods, or a date nobody knew of, concerns what was promised of the lot before.
    losers = shut_out(delivery.draft, delivery.learned) if delivery.learned else []
    settled = settle(delivery.draft, losers, skus={line.row.sku for line in delivery.booked})
    return received, *delivery.noted, *settled


def open_balance(ledger: Ledger, command: OpenBalance, moment: Moment) -> tuple[Event, ...] | Refusal:
    """Decide balance.opened: stock as found, with its own dates, holds and promises; any quantity, also below zero."""
    at = command.occurred_at or moment.recorded_at
    known = ledger.receipt(ReceiptKey(BALANCE, command.balance))
    delivery = _Delivery(
        Draft(ledger, moment), command.site, at.date(), f"{BALANCE} {command.balance}", known, as_found=True
    )
    refused = _book_all(delivery, command.lines)
    if refused is not None:
        return refused
    if not delivery.booked:
        return ()
    opened = BalanceOpened(command.site, command.balance, command.by, at, tuple(delivery.booked))
    losers = take_back(delivery.draft, _missing(ledger, delivery.booked)) + shut_out(delivery.draft, delivery.learned)
    return opened, *settle(delivery.draft, losers, skus={line.row.sku for line in delivery.booked})


def _missing(ledger: Ledger, booked: list[GoodsBooked]) -> dict[RowKey, int]:
    """Return how much rows lack of what is promised of them, when stock as found is below zero."""
    missing: dict[RowKey, int] = {}
    for key in {line.row for line in booked}:
        row = ledger.stock.get(key)
        if row is not None:
            left = row.on_hand + sum(line.quantity for line in booked if line.row == key)
            missing[key] = max(row.reserved - max(left, 0), 0)
    return missing


def _book_all(delivery: _Delivery, lines: tuple[GoodsLine, ...]) -> Refusal | None:
    refused = _check_document(delivery, lines)
    for index, line in enumerate(lines):
        if refused is not None:
            return refused
        refused = _book(delivery, line, f"lines.{index}")
    return refused


def _check_document(delivery: _Delivery, lines: tuple[GoodsLine, ...]) -> Refusal | None:
    if not lines:
        return Refusal(Code.FIELD_MISSING, "lines", "There are no lines; send at least one.")
    seen: set[str] = set()
    for index, line in enumerate(lines):
        if line.line in seen:
            message = f"Line {line.line} is there twice; give each line an id of its own."
            return Refusal(Code.FIELD_INVALID, f"lines.{index}.line", message)
        seen.add(line.line)
    return site_unknown(delivery.draft.ledger, delivery.site, noted=delivery.noted if delivery.happened else None)


def site_unknown(ledger: Ledger, site: str, *, noted: list[DiscrepancyNoted] | None) -> Refusal | None:
    """Refuse a site that is not defined; where ``noted`` is given, because it has happened, note it there instead."""
    if site in ledger.sites.sites:
        return None
    message = f"Site {site} is not defined; define it."
    if noted is None:
        return Refusal(Code.FIELD_INVALID, "site", message)
    noted.append(DiscrepancyNoted(Code.FIELD_INVALID.value, message, {"site": site}))
    return None


def _book(delivery: _Delivery, line: GoodsLine, path: str) -> Refusal | None:
    """Book one line, or note why it cannot be; returns a refusal of the whole document."""
    refused = check_quantity(line.quantity, f"{path}.quantity", positive=not delivery.as_found)
    if refused is None and line.status not in _STATUSES:
        message = f"{line.status} is no status of stock; send one of {', '.join(sorted(_STATUSES))}."
        refused = Refusal(Code.FIELD_INVALID, f"{path}.status", message)
    if refused is not None:
        return refused
    item = delivery.draft.item(line.sku)
    factor = None if item is None else unit_factor(item, line.unit)
    if item is None or factor is None:
        return _uncountable(delivery, line, path, known=item is not None)
    amounts = _amounts(line, item, factor, path, positive=not delivery.as_found)
    if isinstance(amounts, Refusal):
        return amounts
    conflict = _conflict(delivery, line, item) or _serial_conflict(delivery, line, item, amounts.quantity)
    if conflict is not None and not delivery.happened and not delivery.as_found:
        return Refusal(conflict.code, f"{path}.{conflict.field}", conflict.message)
    row = _row(delivery, line, pack=amounts.pack, quarantined=conflict is not None)
    return _book_once(delivery, line, path, row=row, amounts=amounts, conflict=conflict)


def _uncountable(delivery: _Delivery, line: GoodsLine, path: str, *, known: bool) -> Refusal | None:
    """Keep goods that cannot be counted in a discrepancy, with everything the line says; refuse when only asked."""
    if known:
        code, name = Code.UNKNOWN_UNIT, "unit"
        message = f"{line.sku} has no unit {line.unit}; define the item with it and send this again."
    else:
        code, name = Code.UNKNOWN_ITEM, "sku"
        message = f"{line.sku} is not defined; define the item and send this again."
    if not delivery.happened:
        return Refusal(code, f"{path}.{name}", message)
    facts = {
        "line": line.line, "sku": line.sku, "unit": line.unit, "lot": line.lot, "location": line.location,
        "expires": line.expires, "made": line.made, "supplier": line.supplier, "status": line.status,
        "document": delivery.document, "site": delivery.site,
    }  # fmt: skip
    about = {fact: str(value) for fact, value in facts.items() if value is not None}
    delivery.noted.append(DiscrepancyNoted(code.value, message, about, line.quantity))
    return None


class _Amounts(NamedTuple):
    """A line's quantities in smallest units."""

    quantity: int
    promised: int
    pack: int | None


def _amounts(line: GoodsLine, item: Item, factor: int, path: str, *, positive: bool) -> _Amounts | Refusal:
    quantity = smallest(line.quantity, factor, f"{path}.quantity", positive=positive)
    if isinstance(quantity, Refusal):
        return quantity
    promised = smallest(line.promised_elsewhere, factor, f"{path}.promised_elsewhere", positive=False)
    if isinstance(promised, Refusal):
        return promised
    if promised < 0:
        message = f"{line.promised_elsewhere} promised elsewhere is below 0: more would be free than is there."
        return Refusal(Code.FIELD_INVALID, f"{path}.promised_elsewhere", message)
    if line.pack_size is None:
        return _Amounts(quantity, promised, None)
    pack = smallest(line.pack_size, 10**item.decimals, f"{path}.pack_size")
    return pack if isinstance(pack, Refusal) else _Amounts(quantity, promised, pack)


def _conflict(delivery: _Delivery, line: GoodsLine, item: Item) -> Conflict | None:
    if line.lot is not None:
        return contradiction(delivery.draft.lot(item.sku, line.lot), line)
    if item.tracking is Tracking.LOT and not delivery.as_found:
        return Conflict(
            Code.FIELD_MISSING, "lot", f"{item.sku} is tracked by lot and the line names none; send its lot."
        )
    return None


def _serial_conflict(delivery: _Delivery, line: GoodsLine, item: Item, quantity: int) -> Conflict | None:
    before = None if delivery.known is None else delivery.known.lines.get(line.line)
    if before is not None:
        # Its numbers are known from the first time; whatever was wrong with them then is wrong still.
        wrong = line.serials and before.row.status == Status.QUARANTINE != line.status
        return Conflict(Code.CONFLICTING_CONTENT, "serials", "It is booked, in quarantine.") if wrong else None
    lotless = line.lot is None and not delivery.as_found
    return arriving(delivery.draft, item, line.serials, quantity, wanted=lotless)


def _row(delivery: _Delivery, line: GoodsLine, *, pack: int | None, quarantined: bool) -> RowKey:
    status = line.status
    if status == Status.GOOD and (quarantined or (line.lot is None and line.hold is not None)):
        status = Status.QUARANTINE.value
    location = line.location or DOCK
    return RowKey(line.sku, line.lot, delivery.site, location, line.package, pack, status, line.returned)


def _book_once(
    delivery: _Delivery, line: GoodsLine, path: str, *, row: RowKey, amounts: _Amounts, conflict: Conflict | None
) -> Refusal | None:
    before = None if delivery.known is None else delivery.known.lines.get(line.line)
    if before == Booked(row, amounts.quantity):
        return None
    if before is not None:
        message = f"Line {line.line} of {delivery.document} is booked with other content; correct the receipt instead."
        if not delivery.happened:
            return Refusal(Code.CONFLICTING_CONTENT, f"{path}.line", message)
        about = {"line": line.line, "sku": line.sku, "document": delivery.document}
        delivery.noted.append(DiscrepancyNoted(Code.CONFLICTING_CONTENT.value, message, about, line.quantity))
        return None
    received = line.received or delivery.day
    lot = _learn(delivery, line, received) if conflict is None else delivery.draft.lot(line.sku, line.lot)
    delivery.draft.give(row, amounts.quantity - amounts.promised, received=received)
    serials = () if not line.serials else take_in(delivery.draft, line.serials, row)
    code = None if conflict is None else conflict.code.value
    why = None if conflict is None else conflict.message
    booked = GoodsBooked(line.line, row, amounts.quantity, lot, received, amounts.promised, code, why, serials)
    delivery.booked.append(booked)
    return None


def _learn(delivery: _Delivery, line: GoodsLine, received: date) -> Lot | None:
    if line.lot is None:
        return None
    hold = None if line.hold is None else Hold(f"{delivery.document}/{line.line}", line.hold, line.reason)
    known = delivery.draft.lot(line.sku, line.lot)
    lot = learn(known, line, sku=line.sku, lot=line.lot, received=received, hold=hold)
    if lot != known:
        delivery.draft.know_lot(lot)
        if known is not None:
            delivery.learned.add((lot.sku, lot.lot))
    return lot
