"""What is known of a lot, and what a delivery adds to it or contradicts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from lotstream.domain.codes import Code
from lotstream.domain.commands import GoodsLine
from lotstream.domain.expiry import ends_before
from lotstream.domain.model import PLAIN, Hold, HoldKind, Inspection, Lot, LotDocument, LotMore

#: How goods came that were there at the beginning.
OPENED: Final = "balance"
ORIGIN: Final = "origin"
FACILITY: Final = "facility"
EXPIRES: Final = "expires"
CERTIFICATES: Final = "certificates"
#: Further facts, and documents, of one lot; what is beyond that is not kept with it.
LOT_DETAILS_MAX: Final = 50
LOT_DOCUMENTS_MAX: Final = 50
#: The last so many inspections of one lot.
LOT_INSPECTIONS_MAX: Final = 20
#: What most lots have that say no more than how they came; one object for all of them.
_CAME: Final[dict[tuple[str | None, bool], LotMore]] = {}


@dataclass(frozen=True, slots=True)
class Conflict:
    """Why goods cannot be booked as they were announced."""

    code: Code
    #: Field of the line that is wrong or missing.
    field: str
    message: str
    #: The goods deny what is known of their lot, or their line denies itself: nothing is learnt of it.
    contradicts: bool = False
    #: What of a line is not believed of a lot that nobody knew.
    unsaid: tuple[str, ...] = ()


def has_origin(lot: Lot | None) -> bool:
    """Tell whether it is known how a lot came into the house, and from whom or of which lots.

    Goods without a lot have no origin, and an opening balance is none: nobody saw those goods come.
    """
    if lot is None:
        return False
    more = lot.more or PLAIN
    return more.came not in {None, OPENED} and bool(lot.supplier or more.made_from)


#: The detail that says that a lot's expiry was worked out from the day it was made.
EXPIRES_FROM: Final = "expires_from"


def contradiction(known: Lot | None, line: GoodsLine) -> Conflict | None:
    """Return what in a line contradicts itself or the lot it names: a lot's facts are never overwritten by goods."""
    if line.made is not None and line.expires is not None and line.made > line.expires:
        message = f"Lot {line.lot} was made on {line.made}, after its expiry {line.expires}; correct one of them."
        return Conflict(Code.FIELD_INVALID, "made", message, contradicts=True, unsaid=("made", EXPIRES))
    for index, paper in enumerate(line.certificates):
        if counts_never(paper):
            wrong = f"certificates.{index}.expires"
            return Conflict(Code.FIELD_INVALID, wrong, why_never(paper), contradicts=True, unsaid=(CERTIFICATES,))
    for name in (ORIGIN, FACILITY):
        said, detail = getattr(line, name), line.details.get(name)
        if said is not None and detail not in (None, said):
            message = f"The {name} is said twice, {said} and {detail}; send one of them."
            return Conflict(Code.FIELD_INVALID, name, message, contradicts=True, unsaid=(name,))
    return None if known is None else _contradicts(known, line)


def made_later(line: GoodsLine, day: date) -> Conflict | None:
    """Return that goods came on a day before the one on which they say they were made."""
    if line.made is None or line.made <= day:
        return None
    goods = line.sku if line.lot is None else f"Lot {line.lot} of {line.sku}"
    message = f"{goods} came on {day} and says that it was made on {line.made}, after that; check the label."
    derived = (EXPIRES,) if line.details.get(EXPIRES_FROM) == "made" else ()
    return Conflict(Code.FIELD_INVALID, "made", message, contradicts=True, unsaid=("made", *derived))


def counts_never(paper: LotDocument) -> bool:
    """Tell whether a paper would have run out before the day it was given."""
    return ends_before(paper.issued, paper.expires)


def why_never(paper: LotDocument) -> str:
    """Return a sentence on a paper of which `counts_never`."""
    return f"{paper.type} {paper.number} counts until {paper.expires}, before it was given on {paper.issued}; check it."


def _contradicts(known: Lot, line: GoodsLine) -> Conflict | None:
    more = known.more or PLAIN
    facts = [(name, getattr(known, name), getattr(line, name)) for name in ("expires", "made", "supplier")]
    facts += [(ORIGIN, more.origin, origin_of(line)), (FACILITY, more.facility, facility_of(line))]
    for name, old, new in facts:
        if old is not None and new is not None and old != new:
            message = f"Lot {known.lot} of {known.sku} is known with {name} {old}, not {new}; check the goods."
            return Conflict(Code.CONFLICTING_CONTENT, name, message, contradicts=True)
    return None


def uncontradicted(line: GoodsLine, conflict: Conflict) -> GoodsLine:
    """Return a line of a new lot without what of it is not believed; the rest of it is known from now on."""
    details, said = line.details, dict[str, Any]()
    for name in conflict.unsaid:
        if name == CERTIFICATES:
            said[name] = tuple(paper for paper in line.certificates if not counts_never(paper))
        else:
            said[name] = None
            details = {key: text for key, text in details.items() if key != name}
    if EXPIRES in said:
        details = {key: text for key, text in details.items() if key != EXPIRES_FROM}
    return replace(line, details=details, **said)


def origin_of(line: GoodsLine) -> str | None:
    """Return where goods come from, as a line or its details say."""
    return line.origin or line.details.get(ORIGIN)


def facility_of(line: GoodsLine) -> str | None:
    """Return the plant that made goods, as a line or its details say."""
    return line.facility or line.details.get(FACILITY)


def failed(inspection: Inspection) -> Hold:
    """Return the hold on a lot that did not pass an inspection; the next one that it passes lifts it."""
    reason = f"It did not pass inspection {inspection.number}."
    return Hold(f"inspection/{inspection.number}", HoldKind.HOLD, reason, inspection.by, inspection.at)


def learn(
    known: Lot | None,
    line: GoodsLine,
    *,
    sku: str,
    lot: str,
    received: date,
    hold: Hold | None,
    came: str | None = None,
) -> Lot:
    """Return a lot's facts with what a line adds: missing facts, the earliest receipt date, a hold.

    ``came`` is the kind of the document that brought the goods.
    """
    before = None if known is None else known.more
    more = before if came is None else _came(before, came, several=known is not None)
    more = _more(more or PLAIN, line)
    if known is None:
        known = Lot(sku, lot)
    holds = known.holds
    if hold is not None and all(other.id != hold.id for other in holds):
        holds = (*holds, hold)
    return replace(
        known,
        expires=known.expires or line.expires,
        made=known.made or line.made,
        received=received if known.received is None else min(known.received, received),
        supplier=known.supplier or line.supplier,
        supplier_lot=known.supplier_lot or line.supplier_lot,
        holds=holds,
        more=shared(more),
    )


def with_more(lot: Lot, **facts: Any) -> Lot:  # noqa: ANN401 - the fields of `LotMore`
    """Return a lot with other facts of those that most lots do not have."""
    more = replace(lot.more or PLAIN, **facts)
    return replace(lot, more=shared(more))


def of_several(lot: Lot) -> Lot:
    """Return a lot of which more than one line says what it is."""
    more = lot.more or PLAIN
    return lot if more.several else replace(lot, more=shared(replace(more, several=True)))


def _came(before: LotMore | None, came: str, *, several: bool) -> LotMore:
    if before is None:
        return LotMore(came=came, several=several)
    # Of goods that were there at the beginning it is known from now on how they come.
    return replace(before, came=came if before.came in (None, OPENED) else before.came, several=several)


def _more(more: LotMore, line: GoodsLine) -> LotMore:
    origin, facility = more.origin or origin_of(line), more.facility or facility_of(line)
    if (origin, facility) != (more.origin, more.facility):
        more = replace(more, origin=origin, facility=facility)
    details = {**more.details, **{name: text for name, text in line.details.items() if name not in more.details}}
    details = {name: text for name, text in details.items() if name not in (ORIGIN, FACILITY)}
    if details != more.details:
        more = replace(more, details=dict(list(details.items())[:LOT_DETAILS_MAX]))
    known = {(paper.type, paper.number) for paper in more.documents}
    if line.inspection is not None and all(one.number != line.inspection.number for one in more.inspections):
        more = replace(more, inspections=(*more.inspections, line.inspection)[-LOT_INSPECTIONS_MAX:])
    papers = (*more.documents, *(paper for paper in line.certificates if (paper.type, paper.number) not in known))
    return replace(more, documents=papers[:LOT_DOCUMENTS_MAX]) if papers != more.documents else more


def shared(more: LotMore) -> LotMore | None:
    """Return the facts of a lot as they are kept: nothing for none, and one object for all that say as little."""
    if more == PLAIN:
        return None
    plain = _CAME.setdefault((more.came, more.several), LotMore(came=more.came, several=more.several))
    return plain if more == plain else more
