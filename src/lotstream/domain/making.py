"""Goods become other goods: what is taken is used up, and what is made stands in its place, in one decision.

Asked, only goods that are free and fit for use are taken. What has happened is booked whatever it was: goods nobody
knew of are found first, and each oddity is a discrepancy.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from lotstream.domain.books import Books
from lotstream.domain.checks import Verdicts
from lotstream.domain.codes import Code, NotUsed, Refusal
from lotstream.domain.commands import KitPiece
from lotstream.domain.draft import Draft
from lotstream.domain.events import Event, GoodsBooked, GoodsUsed, HoldPlaced
from lotstream.domain.kit_serials import Told, numbers_used
from lotstream.domain.model import (
    Hold,
    HoldKind,
    Item,
    Lot,
    LotName,
    Receipt,
    ReceiptKey,
    RowKey,
    Status,
    Tracking,
)
from lotstream.domain.moving import shut_out
from lotstream.domain.places import DOCK
from lotstream.domain.places_for import why_not_there
from lotstream.domain.quantities import smallest, unit_factor
from lotstream.domain.recalled_later import by_rules, note_recalled
from lotstream.domain.serial_holds import set_apart, units_held
from lotstream.domain.settling import settle
from lotstream.domain.shelves import rows_in
from lotstream.domain.usable import why_held
from lotstream.domain.weights import told_grams
from lotstream.domain.wording import amount

_HELD = frozenset({NotUsed.HOLD, NotUsed.QUARANTINE, NotUsed.RECALLED, NotUsed.LOCATION_NOT_PICKABLE})

Odd = Refusal | None
"""An objection that refuses a document; None when there is none, or it has happened."""


@dataclass(slots=True, kw_only=True)
class Making:
    """What is decided so far about one document by which goods become other goods."""

    draft: Draft
    site: str
    key: ReceiptKey
    at: datetime
    verdicts: Verdicts
    books: Books
    #: What is objected to where goods are put down: nothing is wrong with the goods.
    places: Verdicts = field(init=False)
    #: Why goods that nobody knew of were found.
    reason: str
    #: Ids of lines that are taken.
    taken: set[str] = field(default_factory=set)
    used: list[GoodsUsed] = field(default_factory=list)
    made: list[GoodsBooked] = field(default_factory=list)
    #: What went in although nobody can count how much: a recall of its lot has to find what was made of it.
    uncounted: list[RowKey] = field(default_factory=list)
    #: Objections to goods that nothing but recalls forbids to use: what is made of them is under these too.
    recalled: int = 0
    #: Recalls that lots are under because of what went into them, and were not before.
    reached: dict[LotName, tuple[Hold, ...]] = field(default_factory=dict)
    #: Lots that were known and of which other dates are known now, or that wait to be inspected.
    learned: set[LotName] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.places = Verdicts(self.verdicts.happened)

    def object(self, code: Code, path: str, message: str, *, sku: str, lot: str | None = None) -> None:
        """Object to something; raises `Refused` when it was only asked."""
        about = {self.key.kind: self.key.number, "sku": sku, "lot": lot}
        self.verdicts.object(code, path, message, about)

    def count(self, piece: KitPiece, item: Item | None, path: str) -> int | Refusal:
        """Return how much of an item a line means in smallest units, or why that is not clear."""
        if item is None:
            return Refusal(Code.UNKNOWN_ITEM, f"{path}.sku", f"{piece.sku} is not defined; check the item.")
        factor = unit_factor(item, piece.unit)
        if factor is None:
            return Refusal(Code.UNKNOWN_UNIT, f"{path}.unit", f"{item.sku} has no unit {piece.unit}; send one it has.")
        if item.tracking is Tracking.LOT and piece.lot is None:
            return Refusal(Code.FIELD_MISSING, f"{path}.lot", f"{item.sku} is tracked by lot; send the lot.")
        return smallest(piece.quantity, factor, f"{path}.quantity")

    def count_anyway(self, piece: KitPiece, item: Item | None, path: str) -> int | None:
        """Return how much a line means, None where nobody can count it; what is odd about it is objected to."""
        counted = self._taken(piece, path) or self.count(piece, item, path)
        factor = None if item is None else unit_factor(item, piece.unit)
        if isinstance(counted, Refusal) and counted.code is Code.FIELD_MISSING and factor is not None:
            self.object(counted.code, counted.field, counted.message, sku=piece.sku, lot=piece.lot)
            counted = smallest(piece.quantity, factor, f"{path}.quantity")
        if not isinstance(counted, Refusal):
            return counted
        said = {"line": piece.line, "quantity": f"{piece.quantity:f}", "unit": piece.unit}
        about = {self.key.kind: self.key.number, "sku": piece.sku, "lot": piece.lot, **said}
        self.verdicts.object(counted.code, counted.field, counted.message, about)
        return None

    def _taken(self, piece: KitPiece, path: str) -> Refusal | None:
        """Object to a line whose id another one has."""
        if piece.line not in self.taken:
            self.taken.add(piece.line)
            return None
        message = f"Line {piece.line} is there twice, or stands for the kits; give each line an id of its own."
        return Refusal(Code.FIELD_INVALID, f"{path}.line", message)

    def weighs_otherwise(self, known: Receipt, pieces: Iterable[KitPiece]) -> bool:
        """Tell whether a document that is booked is told again with another weight."""
        # Of lines that share an id the first one was booked.
        for piece in {piece.line: piece for piece in reversed([*pieces])}.values():
            item = self.draft.item(piece.sku)
            told_g = 0 if item is None else told_grams(item, piece.weight_kg)
            if told_g not in (0, known.weights.get(piece.line, 0)):
                return True
        return False

    def went_in(self) -> list[RowKey]:
        """Return the rows of all that went in, however much of it."""
        return [*(used.row for used in self.used), *self.uncounted]

    def note_uncounted(self, piece: KitPiece) -> None:
        """Take note of goods that went in and that nobody can count."""
        self.uncounted.append(RowKey(piece.sku, piece.lot, self.site, piece.location or DOCK, piece.package))

    def use(self, piece: KitPiece, item: Item, quantity: int, path: str) -> None:
        """Take goods from the row that is meant: of those that fit, the one with most that is promised to nobody."""
        row = self._row_meant(piece, item)
        candidate = self.draft.candidate(row)
        code, message = None, ""
        if piece.lot is not None and self.draft.lot(item.sku, piece.lot) is None:
            code, message = Code.UNKNOWN_LOT, f"Lot {piece.lot} of {item.sku} is not known; check its number."
        elif candidate.reason in _HELD:
            message = f"{item.sku} in {row.location} may not be used ({candidate.reason}); take other."
            code = Code.ON_HOLD
        elif candidate.reason is not None:
            code, message = Code.LOT_NOT_ALLOWED, f"{item.sku} in {row.location} is not good ({candidate.reason})."
        elif min(self.books.unreserved(row), max(self.draft.free(candidate), 0)) < quantity:
            message = f"Less than {amount(item, quantity)} of {item.sku} is free; take less."
            code = Code.NOT_AVAILABLE
        if code is not None:
            self.object(code, f"{path}lot", message, sku=item.sku, lot=row.lot)
            self.recalled += candidate.reason is NotUsed.RECALLED and self._is_only_recalled(candidate.lot)
        numbers = numbers_used(self.draft, self.verdicts, Told(piece.serials, row, quantity, path))
        self._take(piece.line, row, quantity, numbers)

    def put(
        self, line: str, row: RowKey, quantity: int, lot: Lot | None, *, serials: tuple[str, ...], path: str
    ) -> None:
        """Put down goods that were made, and object to where they must not lie; ``path`` leads to what says it."""
        wrong = why_not_there(self.draft.ledger, row, self._beside)
        if wrong is not None:
            about = {self.key.kind: self.key.number, "sku": row.sku, "lot": row.lot, "location": row.location}
            self.places.object(Code.LOT_NOT_ALLOWED, f"{path}location", wrong, about)
        booked = lot
        if lot is not None:
            self.learn(self._under_recalls(lot))
            fresh = self.reached.get(LotName(lot.sku, lot.lot), ())
            booked = replace(lot, holds=tuple(hold for hold in lot.holds if hold not in fresh))
        self.draft.give(row, quantity, received=self.at.date())
        self.made.append(GoodsBooked(line, row, quantity, booked, self.at.date(), serials=serials))

    def status_of(self, status: str, lot: str | None) -> str:
        """Return the condition of goods that are made: in quarantine where anything is odd that no recall says."""
        odd = len(self.verdicts.noted) - (self.recalled if lot is not None else 0)
        return Status.QUARANTINE.value if status == Status.GOOD and odd else status

    def _is_only_recalled(self, lot: Lot | None) -> bool:
        owners = why_held(None if lot is None else replace(lot, holds=()), self.draft.ledger.settings.holds)
        return lot is not None and owners is None and all(hold.kind is HoldKind.RECALL for hold in lot.holds)

    def _under_recalls(self, lot: Lot) -> Lot:
        """Return a lot under the recalls of all that went into it, and of what it is: lifting and closing finds it."""
        name, holds = LotName(lot.sku, lot.lot), {hold.id: hold for hold in lot.holds}
        lots = (self.draft.lot(used.row.sku, used.row.lot) for used in self.used)
        recalls = {hold.id: hold for hold in by_rules(self.draft, lot)}
        recalls |= {hold.id: hold for used in lots if used is not None for hold in used.holds if _recalls(hold)}
        fresh = tuple(hold for id_, hold in recalls.items() if id_ not in holds)
        if not fresh:
            return lot
        self.reached[name] = (*self.reached.get(name, ()), *fresh)
        return replace(lot, holds=(*lot.holds, *fresh))

    def _beside(self, site: str, place: str) -> list[RowKey]:
        """Return the rows with goods in a place, after what was used and made so far."""
        made = [one.row for one in self.made if (one.row.site, one.row.location) == (site, place)]
        return [*(key for key in rows_in(self.draft.ledger, site, place) if self.books.on_hand(key) > 0), *made]

    def learn(self, lot: Lot) -> None:
        """Take the facts of a lot as they are after this decision."""
        known = self.draft.lot(lot.sku, lot.lot)
        if known == lot:
            return
        self.draft.know_lot(lot)
        if known is not None and (known.expires, known.made, known.holds) != (lot.expires, lot.made, lot.holds):
            self.learned.add(LotName(lot.sku, lot.lot))

    def decided(self, done: Event) -> tuple[Event, ...]:
        """Return what was found for it, what was done, units set apart, what is odd, and who is served."""
        held = [(unit, made.row) for made in self.made for unit in units_held(self.draft, made)]
        apart = [set_apart(self.draft, unit, row) for unit, row in held]
        # A date that nobody knew of concerns what was promised of the lot before, and so does a hold.
        losers = shut_out(self.draft, self.learned) if self.learned else []
        settled = settle(self.draft, losers, skus={made.row.sku for made in self.made})
        held_too = [HoldPlaced(*name, hold) for name, holds in self.reached.items() for hold in holds]
        made = [one for one in self.made if one.lot is not None and LotName(one.lot.sku, one.lot.lot) in self.reached]
        noted = [*self.verdicts.noted, *self.places.noted]
        noted += note_recalled(self.draft, made, document=self.key.kind, number=self.key.number)
        return *self.books.found, done, *held_too, *apart, *noted, *settled

    def _take(self, line: str, row: RowKey, quantity: int, serials: tuple[str, ...]) -> None:
        """Take goods that are used; for the rest of the decision they are gone."""
        self.books.take(row, quantity, reserved=0, reason=self.reason)
        self.draft.give(row, -quantity)
        self.used.append(GoodsUsed(line, row, quantity, serials))

    def _row_meant(self, piece: KitPiece, item: Item) -> RowKey:
        fitting = [
            key
            for key in self.draft.rows_of(item.sku, self.site)
            if key.lot == piece.lot
            and piece.location in (None, key.location)
            and piece.package in (None, key.package)
            and key.status == Status.GOOD
        ]
        if fitting:
            return max(fitting, key=lambda key: (self.books.unreserved(key), [str(part) for part in key]))
        return RowKey(item.sku, piece.lot, self.site, piece.location or DOCK, piece.package)


def _recalls(hold: Hold) -> bool:
    return hold.kind is HoldKind.RECALL


def is_no_amount(refused: Refusal) -> bool:
    """Tell whether a quantity of kits was refused: half of a kit is none, and cannot have been made either."""
    return refused.field.endswith("quantity")
