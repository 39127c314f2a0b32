"""What the floor is stopped for: the same check before goods are picked and before they are shipped."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from lotstream.domain.codes import Code, NotUsed, Refusal, Refused, stop_if
from lotstream.domain.draft import Draft
from lotstream.domain.events import DiscrepancyNoted
from lotstream.domain.model import Item, Lot, Order, OrderLine, RowKey, SerialKey
from lotstream.domain.quantities import UNCOUNTABLE
from lotstream.domain.terms import Terms
from lotstream.domain.usable import why_held
from lotstream.domain.wording import begun, goods_called


@dataclass(slots=True)
class Verdicts:
    """Objections to a floor message: asked, the first one refuses it; happened, each is noted."""

    happened: bool
    noted: list[DiscrepancyNoted] = field(default_factory=list)

    def object(self, code: Code, path: str, message: str, about: dict[str, str | None]) -> None:
        """Object to something; raises `Refused` when it was only asked."""
        if not self.happened:
            raise Refused(code, path, message)
        facts = {name: value for name, value in about.items() if value is not None}
        self.noted.append(DiscrepancyNoted(code.value, message, facts))


def uncounted(verdicts: Verdicts, why: Refusal, about: dict[str, str | None]) -> None:
    """Object to a quantity that cannot be counted; what nobody can count may have been moved all the same."""
    if why.code not in UNCOUNTABLE:
        stop_if(why)
    verdicts.object(why.code, why.field, why.message, about)


def why_not_leave(draft: Draft, terms: Terms, row: RowKey, *, in_bin: bool) -> tuple[Code, str] | None:
    """Return why goods of a row may not be picked or shipped for a line, as a code and a sentence; None if they may.

    Holds, bins and expiry are asked of the same functions as in allocation. ``in_bin`` is false for goods that stand at
    a staging place already: their bin no longer matters. A minimum of life is asked when goods are promised, since
    promises stay where they are: what aged meanwhile may leave, and `aged` is told to a person.
    """
    candidate = draft.candidate(row)
    stopped = why_stopped(draft, row, in_bin=in_bin)
    if stopped is not None:
        return stopped
    if terms.life(candidate) is NotUsed.EXPIRED:
        return Code.LOT_NOT_ALLOWED, f"{_name(row)} is expired by the day it would leave; take other stock."
    lacking = terms.papers_missing(candidate) if terms.papers else []
    if lacking:
        what = ", ".join(lacking)
        return Code.LOT_NOT_ALLOWED, (
            f"{_name(row)} has no {what} that counts on the day it would leave ({NotUsed.DOCUMENT_MISSING.value}); "
            "have it documented or take other stock."
        )
    return None


def why_stopped(draft: Draft, row: RowKey, *, in_bin: bool) -> tuple[Code, str] | None:
    """Return why goods of a row may be taken by nobody, whatever for: they, or the bin they lie in, are on hold."""
    candidate = draft.candidate(row)
    held = why_held(candidate.lot, draft.ledger.settings.holds)
    if held is not None:
        return Code.ON_HOLD, f"{_name(row)} is on hold ({held.value}); have the hold lifted or take other stock."
    if in_bin and candidate.reason is NotUsed.LOCATION_NOT_PICKABLE:
        return Code.ON_HOLD, f"{row.location} is on hold or not for picking; take other stock."
    return None


def numbers_held(draft: Draft, sku: str, numbers: Iterable[str]) -> list[str]:
    """Return those of some serial numbers whose units are on hold, one by one."""
    units = [draft.serial(SerialKey(number, sku)) for number in numbers]
    return [unit.key.number for unit in units if unit is not None and unit.holds]


def aged(draft: Draft, terms: Terms, row: RowKey, about: dict[str, str | None]) -> list[DiscrepancyNoted]:
    """Return what a person is told of goods that leave although they live less long than their line asks for."""
    life = terms.life(draft.candidate(row)) if terms.asks else None
    if life is None or life is NotUsed.EXPIRED:
        return []
    message = f"{_name(row)} lives less long than the line asks for ({life.value}); it was promised before."
    facts = {name: value for name, value in about.items() if value is not None}
    return [DiscrepancyNoted(Code.LOT_NOT_ALLOWED.value, message, facts)]


def _name(row: RowKey) -> str:
    return begun(goods_called(row.sku, row.lot))


def terms_of(draft: Draft, order: Order, line: OrderLine, *, site: str) -> Terms:
    """Return what a line accepts at a site today."""
    return Terms(
        draft.ledger.settings,
        order,
        line,
        item=draft.known_item(line.sku),
        customer=draft.customer(order.customer),
        today=draft.today(site),
        site=draft.ledger.sites.sites.get(site),
        last_shipped=draft.last_shipped,
    )


def goods_meant(draft: Draft, sku: str | None, lot: str | None) -> tuple[Item, Lot | None] | None:
    """Return the item (and lot) that a floor line means without an order line; None when that is not clear."""
    if sku is not None:
        item = draft.item(sku)
        return None if item is None else (item, draft.lot(sku, lot))
    found = [] if lot is None else list(draft.ledger.lots_called(lot))
    if len(found) != 1:
        return None
    return draft.known_item(found[0].sku), found[0]
