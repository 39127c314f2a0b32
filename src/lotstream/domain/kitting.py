"""Kits are put together and taken apart: components become kits, or kits components, in one decision.

Asked, only the right components, in the right quantities, free and fit for use, are taken. What has happened is booked
whatever it was: goods nobody knew of are found first, each oddity is a discrepancy, and what was made in an odd way
goes to quarantine.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

from lotstream.domain.books import Books
from lotstream.domain.checks import Verdicts
from lotstream.domain.codes import Code, Refusal, Refused, stop_if
from lotstream.domain.commands import AssembleKit, BreakKit, GoodsLine, KitPiece, Moment, PieceMade
from lotstream.domain.complete import day_there
from lotstream.domain.costing import add_cost, cost_of, total_of
from lotstream.domain.draft import Draft
from lotstream.domain.events import Event, KitAssembled, KitBroken
from lotstream.domain.genealogy import made_of
from lotstream.domain.goods import site_unknown
from lotstream.domain.inspecting import await_inspection
from lotstream.domain.kit_lines import parts_of
from lotstream.domain.kit_serials import Told, numbers_made
from lotstream.domain.ledger import Ledger
from lotstream.domain.lot_facts import contradiction, learn, made_later, with_more
from lotstream.domain.making import Making, is_no_amount
from lotstream.domain.model import Item, KitPart, Lot, Receipt, ReceiptKey, RowKey, Status, Tracking
from lotstream.domain.places import DOCK
from lotstream.domain.quantities import check_quantity, smallest, unit_factor
from lotstream.domain.wording import amount

#: Kinds of documents that kits are made and broken under.
ASSEMBLY = "assembly"
BREAKING = "breaking"
#: Line of a document that stands for the kits.
KITS = "kits"
#: How the lot of kits came to be (`LotMore.came`).
KIT = "kit"
_REASON = "made into kits"

PieceT = TypeVar("PieceT", bound=KitPiece)


@dataclass(slots=True, kw_only=True)
class _Work(Making):
    """What is decided so far about one document of kits."""

    command: AssembleKit | BreakKit
    item: Item
    parts: tuple[KitPart, ...]
    #: Smallest units of the kit.
    kits: int


def assemble_kit(ledger: Ledger, command: AssembleKit, moment: Moment) -> tuple[Event, ...]:
    """Decide kit.assembled: components are used up, and kits of one lot stand in their place."""
    work = _begin(ledger, command, moment, kind=ASSEMBLY, number=command.assembly)
    if not isinstance(work, _Work):
        return work
    _use_pieces(work, command.lines)
    _make_kits(work, command)
    return _decided(work, KitAssembled)


def break_kit(ledger: Ledger, command: BreakKit, moment: Moment) -> tuple[Event, ...]:
    """Decide kit.broken: kits are used up, and all of their components lie there by themselves."""
    work = _begin(ledger, command, moment, kind=BREAKING, number=command.breaking)
    if not isinstance(work, _Work):
        return work
    piece = KitPiece(
        KITS, command.sku, command.lot, command.location, command.quantity, command.unit, command.package,
        command.serials,
    )  # fmt: skip
    work.use(piece, work.item, work.kits, "")
    _lay_out(work, command.lines)
    return _decided(work, KitBroken)


def _begin(
    ledger: Ledger, command: AssembleKit | BreakKit, moment: Moment, *, kind: str, number: str
) -> _Work | tuple[Event, ...]:
    """Return the work on kits that can be counted; a refusal, or the discrepancy when it has happened."""
    draft, verdicts = Draft(ledger, moment), Verdicts(command.happened)
    stop_if(site_unknown(ledger, command.site, noted=verdicts.noted if command.happened else None))
    if not command.lines:
        raise Refused(Code.FIELD_MISSING, "lines", "No components are named; send them.")
    stop_if(check_quantity(command.quantity, "quantity"))
    counted = _count(draft, command)
    if isinstance(counted, Refusal):
        if is_no_amount(counted):
            stop_if(counted)
        about: dict[str, str | None] = {kind: number, "sku": command.sku, "lot": command.lot}
        verdicts.object(counted.code, counted.field, counted.message, about)
        return tuple(verdicts.noted)
    item, parts, kits = counted
    at = command.occurred_at or moment.recorded_at
    work = _Work(
        draft=draft, site=command.site, key=ReceiptKey(kind, number), at=at, verdicts=verdicts, books=Books(ledger),
        reason=_REASON, taken={KITS}, command=command, item=item, parts=parts, kits=kits,
    )  # fmt: skip
    known = ledger.receipt(work.key)
    return work if known is None else _again(work, known)


def _count(draft: Draft, command: AssembleKit | BreakKit) -> tuple[Item, tuple[KitPart, ...], int] | Refusal:
    item = draft.item(command.sku)
    if item is None:
        return Refusal(Code.UNKNOWN_ITEM, "sku", f"{command.sku} is not defined; define the item and send this again.")
    if not item.kit:
        return Refusal(Code.FIELD_INVALID, "sku", f"{item.sku} is no kit; define what it is made of.")
    parts, factor = parts_of(draft, item), unit_factor(item, command.unit)
    if isinstance(parts, Refusal):
        return Refusal(parts.code, "sku", parts.message)
    if factor is None:
        return Refusal(Code.UNKNOWN_UNIT, "unit", f"{item.sku} has no unit {command.unit}; send one it has.")
    kits = smallest(command.quantity, factor, "quantity")
    if isinstance(kits, Refusal):
        return kits
    if kits % parts[0].kit:
        return Refusal(Code.NOT_A_MULTIPLE, "quantity", f"{command.quantity:f} are no whole kits; send whole ones.")
    if item.tracking is Tracking.LOT and command.lot is None:
        return Refusal(Code.FIELD_MISSING, "lot", f"{item.sku} is tracked by lot; send the lot of the kits.")
    return item, parts, kits


def _pieces(work: _Work, lines: tuple[PieceT, ...]) -> list[tuple[str, PieceT, Item, int]]:
    """Return the components named, counted; wrong ones and wrong quantities are objected to."""
    wanted = {part.sku: work.kits // part.kit * part.each for part in work.parts}
    pieces: list[tuple[str, PieceT, Item, int]] = []
    for index, piece in enumerate(lines):
        path, item = f"lines.{index}", work.draft.item(piece.sku)
        if item is not None and piece.sku not in wanted:
            _is_no_part(work, piece, path)
        counted = work.count_anyway(piece, item, path)
        if counted is not None and item is not None:
            pieces.append((path, piece, item, counted))
            wanted[piece.sku] = wanted.get(piece.sku, 0) - counted
        elif isinstance(work.command, AssembleKit):
            work.note_uncounted(piece)
    _check_sums(work, wanted)
    return pieces


def _is_no_part(work: _Work, piece: KitPiece, path: str) -> None:
    message = f"{piece.sku} is no component of {work.item.sku}; take what the kit is made of."
    work.object(Code.LOT_NOT_ALLOWED, f"{path}.sku", message, sku=piece.sku, lot=piece.lot)


def _check_sums(work: _Work, left: dict[str, int]) -> None:
    for part in work.parts:
        units, item = left[part.sku], work.draft.known_item(part.sku)
        if units > 0:
            message = f"{amount(item, units)} of {part.sku} is missing for so many kits; name all that went in."
            work.object(Code.FIELD_MISSING, "lines", message, sku=part.sku)
        elif units < 0:
            message = f"{amount(item, -units)} of {part.sku} is more than so many kits hold; send what they do."
            work.object(Code.FIELD_INVALID, "lines", message, sku=part.sku)


def _use_pieces(work: _Work, lines: tuple[KitPiece, ...]) -> None:
    pieces = _pieces(work, lines)
    for path, piece, item, quantity in pieces:
        work.use(piece, item, quantity, f"{path}.")


def _make_kits(work: _Work, command: AssembleKit) -> None:
    """Put the kits down; their lot lives as long as the first of its components to expire, unless it is said."""
    lots = [work.draft.lot(used.row.sku, used.row.lot) for used in work.used]
    known = work.draft.lot(command.sku, command.lot)
    days = [lot.expires for lot in lots if lot is not None and lot.expires is not None]
    earliest: date | None = min(days, default=None)
    expires = command.expires or (earliest if known is None or known.expires is None else None)
    line = GoodsLine(
        KITS, command.sku, command.quantity, command.unit, command.location, lot=command.lot, made=command.made,
        expires=expires,
    )  # fmt: skip
    conflict = None if command.lot is None else contradiction(known, line)
    conflict = conflict or made_later(line, day_there(work.draft, work.site, work.at.date()))
    if conflict is not None:
        work.object(conflict.code, conflict.field, conflict.message, sku=command.sku, lot=command.lot)
    place, day = command.location or DOCK, work.at.date()
    row = RowKey(command.sku, command.lot, command.site, place, command.package)
    numbers = numbers_made(work.draft, work.verdicts, Told(command.serials, row, work.kits, ""))
    row = row._replace(status=work.status_of(Status.GOOD.value, command.lot))
    lot = None
    if command.lot is not None:
        # Dates that contradict what is known change nothing; what went into the kits did all the same.
        line = line if conflict is None else replace(line, made=None, expires=None)
        lot = _made(learn(known, line, sku=command.sku, lot=command.lot, received=day, hold=None), work)
        lot = await_inspection(lot, known, work.item, at=work.draft.moment.recorded_at)
    work.put(KITS, row, work.kits, lot, serials=numbers, path="")


def _made(lot: Lot, work: _Work) -> Lot:
    """Return the lot of the kits with what went into them, and what that has cost."""
    came = KIT if lot.more is None or lot.more.came is None else lot.more.came
    cost = total_of(cost_of(work.draft.lot(used.row.sku, used.row.lot), used.quantity) for used in work.used)
    return add_cost(with_more(made_of(lot, work.went_in()), came=came), cost, work.kits)


def _lay_out(work: _Work, lines: tuple[PieceMade, ...]) -> None:
    """Put down the components that came out of kits; each belongs to a lot that is known."""
    pieces = _pieces(work, lines)
    for path, piece, item, quantity in pieces:
        lot = work.draft.lot(item.sku, piece.lot)
        if piece.lot is not None and lot is None:
            message = f"Lot {piece.lot} of {item.sku} is not known; check its number."
            work.object(Code.UNKNOWN_LOT, f"{path}.lot", message, sku=item.sku, lot=piece.lot)
            lot = made_of(Lot(item.sku, piece.lot), (used.row for used in work.used))
        row = RowKey(item.sku, piece.lot, work.command.site, piece.location or DOCK, piece.package, None, piece.status)
        numbers = numbers_made(work.draft, work.verdicts, Told(piece.serials, row, quantity, f"{path}."))
        if piece.status == Status.GOOD and work.verdicts.noted:
            row = row._replace(status=Status.QUARANTINE.value)
        work.put(piece.line, row, quantity, lot, serials=numbers, path=f"{path}.")


def _decided(work: _Work, event: type[KitAssembled | KitBroken]) -> tuple[Event, ...]:
    command = work.command
    return work.decided(event(command.site, work.key.number, command.by, work.at, tuple(work.used), tuple(work.made)))


def _again(work: _Work, known: Receipt) -> tuple[Event, ...]:
    """Return nothing for a document that is told again as it was; with other content it is objected to."""
    sign = 1 if isinstance(work.command, AssembleKit) else -1
    now: dict[str, tuple[str, str | None, int]] = {KITS: (work.item.sku, work.command.lot, sign * work.kits)}
    for piece in work.command.lines:
        item = work.draft.item(piece.sku)
        factor = None if item is None else unit_factor(item, piece.unit)
        quantity = None if factor is None else smallest(piece.quantity, factor, piece.line)
        if isinstance(quantity, int) and piece.line not in now:
            now[piece.line] = (piece.sku, piece.lot, -sign * quantity)
    same = now == {line: (one.row.sku, one.row.lot, one.quantity) for line, one in known.lines.items()}
    if same and not work.weighs_otherwise(known, work.command.lines):
        return ()
    message = f"The {work.key.kind} {work.key.number} is booked with other content; give this one another number."
    work.object(Code.CONFLICTING_CONTENT, work.key.kind, message, sku=work.command.sku)
    return tuple(work.verdicts.noted)
