"""What goods have to be when they come in: their item's facts are told, and they live long enough."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from lotstream.domain.codes import Code, NotUsed, Refusal
from lotstream.domain.commands import GoodsLine
from lotstream.domain.draft import Draft
from lotstream.domain.expiry import NEVER, life_reason
from lotstream.domain.ledger import Ledger
from lotstream.domain.lot_facts import EXPIRES_FROM, Conflict
from lotstream.domain.model import PLAIN, Item, Lot, Supplier, supplier_key

#: Papers are required by type: ``certificate:organic``.
CERTIFICATE: Final = "certificate:"
_FACTS: Final[dict[str, Callable[[Lot], object]]] = {
    "supplier": lambda lot: lot.supplier,
    "supplier_lot": lambda lot: lot.supplier_lot,
    "made": lambda lot: lot.made,
    "expires": lambda lot: lot.expires,
    "origin": lambda lot: (lot.more or PLAIN).origin,
    "facility": lambda lot: (lot.more or PLAIN).facility,
    # Goods that wait for their inspection are held, and let go when it passes (`lotstream.domain.inspecting`).
    "inspection": lambda _lot: True,
}


def check_required(required: tuple[str, ...], field: str) -> Refusal | None:
    """Refuse facts that nobody knows how to tell."""
    for index, fact in enumerate(required):
        if fact not in _FACTS and not (fact.startswith(CERTIFICATE) and len(fact) > len(CERTIFICATE)):
            known = ", ".join((*_FACTS, f"{CERTIFICATE}<type>"))
            return Refusal(Code.FIELD_INVALID, f"{field}.{index}", f"{fact} is no fact of goods; send some of {known}.")
    return None


def missing_fact(item: Item, lot: Lot, *, today: date) -> tuple[str, str] | None:
    """Return the first fact that an item's goods need and a lot does not have, as a field of a line and a sentence."""
    for fact in item.required:
        if not fact.startswith(CERTIFICATE):
            if not _FACTS[fact](lot):
                return fact, f"{item.sku} needs {fact.replace('_', ' ')} of each lot, which nobody has told; send it."
        elif not _has_paper(lot, fact.removeprefix(CERTIFICATE), today):
            paper = fact.removeprefix(CERTIFICATE)
            return "certificates", f"{item.sku} needs a certificate {paper} that counts today for each lot; send it."
    return None


def why_not_good(draft: Draft, item: Item, lot: str | None, *, site: str) -> str | None:
    """Return why goods in the house are not good by saying so, as a sentence; None where they may be.

    What is required of an item's lots is required of goods that are found again as of goods that come in.
    """
    known = draft.lot(item.sku, lot)
    if lot is None or not item.required:
        return None
    today = date.fromordinal(draft.today(site))
    missing = missing_fact(item, known or Lot(item.sku, lot), today=today)
    return None if missing is None else f"Lot {lot} is no stock yet: {missing[1]}"


def _has_paper(lot: Lot, type: str, today: date) -> bool:
    papers = (lot.more or PLAIN).documents
    return any(paper.type == type and _lives(paper.expires, today) for paper in papers)


def _lives(expires: date | None, today: date) -> bool:
    last = NEVER if expires is None else expires.toordinal()
    return life_reason(last, NEVER, ship=today.toordinal()) is None


def too_short(
    line: GoodsLine, lot: Lot | None, *, today: date, supplier: Supplier | None, expired_ok: bool
) -> Conflict | None:
    """Return why goods do not live long enough to be stock, or None: expired, or shorter than their supplier owes.

    Of goods without a lot nothing is known but what the line says, and no supplier owes them a life.
    """
    expires, made = (line.expires, line.made) if lot is None else (lot.expires, lot.made)
    rule = None if lot is None else supplier
    days = 0 if rule is None else rule.min_days_left_by_sku.get(line.sku, rule.min_days_left or 0)
    reason = life_reason(
        NEVER if expires is None else expires.toordinal(),
        NEVER if made is None else made.toordinal(),
        ship=today.toordinal(),
        days=days,
        percent=None if rule is None else rule.min_pct_left,
        expired_ok=expired_ok,
    )
    return None if reason is None else _unfit(line, reason, expires, supplier=None if lot is None else lot.supplier)


def _unfit(line: GoodsLine, reason: NotUsed, expires: date | None, *, supplier: str | None) -> Conflict:
    goods = line.sku if line.lot is None else f"Lot {line.lot} of {line.sku}"
    if reason is NotUsed.EXPIRED:
        return Conflict(Code.LOT_NOT_ALLOWED, "expires", f"{goods} expired on {expires}; send other goods.")
    if reason is NotUsed.SHORT_LIFE:
        message = f"{goods} expires on {expires}, earlier than what supplier {supplier} brings may; send other goods."
        return Conflict(Code.LOT_NOT_ALLOWED, "expires", message)
    fact = "made" if expires is not None else "expires"
    message = f"{goods} says no day for {fact}, by which the life is measured that supplier {supplier} owes; send it."
    return Conflict(Code.FIELD_MISSING, fact, message)


def with_shelf_life(item: Item, line: GoodsLine, known: Lot | None) -> GoodsLine:
    """Return a line with the expiry that follows from the day of making, where the item says so and nobody tells it."""
    made = line.made or (None if known is None else known.made)
    told = line.expires or (None if known is None else known.expires)
    if item.shelf_life_days is None or told is not None or made is None:
        return line
    if made.toordinal() + item.shelf_life_days > date.max.toordinal():
        return line
    expires = made + timedelta(days=item.shelf_life_days)
    return replace(line, expires=expires, details={**line.details, EXPIRES_FROM: "made"})


def day_there(draft: Draft, site: str, day: date) -> date:
    """Return the day on which something was done at a site: where it was so far, or a day ahead of who wrote it down.

    ``day`` is that of the message, in whatever time zone it was written.
    """
    today = date.fromordinal(draft.today(site))
    return today if today - day == timedelta(days=1) else day


def supplier_named(ledger: Ledger, name: str | None) -> Supplier | None:
    """Return what is known of a supplier that goods name; None where nobody has defined it."""
    return None if name is None else ledger.document(supplier_key(name), Supplier)
