"""Goods are made of others: lots go in, lots come out, and each lot made knows what it is made of and what it cost.

Asked, the right ingredients are taken, free and fit for use, and none may be missing. What has happened is booked
whatever it was, and what was made in an odd way goes to quarantine. A lot may go into itself: that is re-work.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Final, Generic, NamedTuple, TypeVar

from lotstream.domain.books import Books
from lotstream.domain.checks import Verdicts
from lotstream.domain.codes import Code, Refused, stop_if
from lotstream.domain.commands import GoodsLine, KitPiece, MadeLine, Moment, RecordProduction
from lotstream.domain.complete import day_there
from lotstream.domain.costing import add_cost, cost_of, paid_for, shares, total_of
from lotstream.domain.draft import Draft
from lotstream.domain.events import Event, ProductionRecorded
from lotstream.domain.genealogy import made_of
from lotstream.domain.goods import site_unknown
from lotstream.domain.goods_lines import check_status
from lotstream.domain.inspecting import await_inspection
from lotstream.domain.kit_serials import Told, numbers_made
from lotstream.domain.ledger import Ledger
from lotstream.domain.lot_facts import contradiction, learn, made_later
from lotstream.domain.making import Making
from lotstream.domain.model import Item, Lot, Receipt, ReceiptKey, RowKey
from lotstream.domain.places import DOCK
from lotstream.domain.quantities import in_base_units
from lotstream.domain.weights import FIELD

#: Kind of the documents that goods are made under, and how their lots came to be (`LotMore.came`).
PRODUCTION: Final = "production"
#: The two sides of it, as the message calls them.
USED: Final = "used"
MADE: Final = "made"
_REASON: Final = "made into other goods"


PieceT = TypeVar("PieceT", bound=KitPiece)


class _Counted(NamedTuple, Generic[PieceT]):
    """A line that could be counted."""

    path: str
    said: PieceT
    item: Item
    quantity: int


@dataclass(slots=True, kw_only=True)
class _Work(Making):
    """What is decided so far about one production."""

    command: RecordProduction
    ingredients: list[_Counted[KitPiece]] = field(default_factory=list)
    products: list[_Counted[MadeLine]] = field(default_factory=list)


def record_production(ledger: Ledger, command: RecordProduction, moment: Moment) -> tuple[Event, ...]:
    """Decide production.recorded; the same number told again changes nothing, with other content it is objected to."""
    verdicts = Verdicts(command.happened)
    stop_if(site_unknown(ledger, command.site, noted=verdicts.noted if command.happened else None))
    _check(command)
    work = _Work(
        draft=Draft(ledger, moment), site=command.site, key=ReceiptKey(PRODUCTION, command.production),
        at=command.occurred_at or moment.recorded_at, verdicts=verdicts, books=Books(ledger), reason=_REASON,
        command=command,
    )  # fmt: skip
    _count(work, command.used, USED, work.ingredients)
    _count(work, command.made, MADE, work.products)
    known = ledger.receipt(work.key)
    if known is not None:
        return _again(work, known)
    _check_recipes(work)
    _use_all(work)
    _make_all(work)
    if not (work.used or work.made):
        return tuple(verdicts.noted)
    used, made = tuple(work.used), tuple(work.made)
    number, cost = command.production, command.added_cost
    return work.decided(ProductionRecorded(command.site, number, command.by, work.at, used, made, cost))


def _check(command: RecordProduction) -> None:
    for name in (USED, MADE):
        if not getattr(command, name):
            raise Refused(Code.FIELD_MISSING, name, f"Nothing is {name}; send what is.")
    for index, line in enumerate(command.made):
        stop_if(check_status(line.status, f"made.{index}.status"))


def _count(work: _Work, lines: Iterable[PieceT], side: str, into: list[_Counted[PieceT]]) -> None:
    for index, said in enumerate(lines):
        item = work.draft.item(said.sku)
        counted = work.count_anyway(said, item, f"{side}.{index}")
        if counted is not None and item is not None:
            into.append(_Counted(f"{side}.{index}", said, item, counted))
        elif side == USED:
            work.note_uncounted(said)


def _check_recipes(work: _Work) -> None:
    """Object to what no recipe names, and to less than the recipes ask; where one product has none, all may go in."""
    recipes = [one.item.recipe for one in work.products]
    made = {one.item.sku for one in work.products}
    # Of what nobody knows is not known either what it may be made of.
    if recipes and all(recipe is not None for recipe in recipes):
        named = {sku for recipe in recipes for sku in recipe or ()} | made
        for one in work.ingredients:
            if one.item.sku not in named:
                message = f"{one.item.sku} is no ingredient of {', '.join(sorted(made))}; take what the recipe names."
                work.object(Code.LOT_NOT_ALLOWED, f"{one.path}.sku", message, sku=one.item.sku, lot=one.said.lot)
    _check_missing(work)


def _check_missing(work: _Work) -> None:
    used = Counter[str]()
    for one in work.ingredients:
        used[one.item.sku] += one.quantity
    for sku, needed in _needed(work, used).items():
        item = work.draft.item(sku)
        factor = 10 ** (0 if item is None else item.decimals)
        if used[sku] == 0 or used[sku] < needed * factor:
            least = f" at least {float(needed):g}" if needed else ""
            message = f"{sku} is missing: the recipe asks for{least or ' some of it'}; name all that went in."
            work.object(Code.FIELD_MISSING, "used", message, sku=sku)


def _needed(work: _Work, used: Counter[str]) -> dict[str, Fraction]:
    """Return what recipes ask of each ingredient, in its base units; what is worked over needs nothing again."""
    needed: dict[str, Fraction] = {}
    again = Counter(used)
    for one in work.products:
        fresh = max(one.quantity - again[one.item.sku], 0)
        again[one.item.sku] -= one.quantity - fresh
        for sku, each in (one.item.recipe or {}).items() if fresh else ():
            units = Fraction(fresh, 10**one.item.decimals) * Fraction(each)
            needed[sku] = needed.get(sku, Fraction(0)) + units
    return needed


def _use_all(work: _Work) -> None:
    for one in work.ingredients:
        work.use(one.said, one.item, one.quantity, f"{one.path}.")


def _make_all(work: _Work) -> None:
    """Put down what was made; lots are found out first, since whatever is odd about one concerns them all."""
    costs = _costs(work)
    lots: list[Lot | None] = []
    for one, cost in zip(work.products, costs, strict=True):
        lot = _lot(work, one, cost)
        lots.append(lot)
    _weights_missing(work)
    for one, lot in zip(work.products, lots, strict=True):
        said = one.said
        row = RowKey(one.item.sku, said.lot, work.site, said.location or DOCK, said.package)
        numbers = numbers_made(work.draft, work.verdicts, Told(said.serials, row, one.quantity, f"{one.path}."))
        status = work.status_of(said.status, said.lot)
        # A lot that was made twice in one production is known with all that went into it.
        known = lot if lot is None else work.draft.lots.get((lot.sku, lot.lot), lot)
        row = row._replace(status=status)
        work.put(said.line, row, one.quantity, known, serials=numbers, path=f"{one.path}.")


def _weights_missing(work: _Work) -> None:
    for one in work.products:
        if one.item.catch_weight and one.said.weight_kg is None:
            message = f"{one.item.sku} is weighed, and line {one.said.line} says no weight; send what it weighs."
            work.object(Code.FIELD_MISSING, f"{one.path}.{FIELD}", message, sku=one.item.sku, lot=one.said.lot)


def _lot(work: _Work, one: _Counted[MadeLine], cost: Decimal | None) -> Lot | None:
    """Return the lot of what was made, with what the production adds to it, but for dates that contradict it."""
    said = one.said
    if said.lot is None:
        return None
    known = work.draft.lot(one.item.sku, said.lot)
    line = _as_goods(work, one.item, said)
    conflict = contradiction(known, line) or made_later(line, day_there(work.draft, work.site, work.at.date()))
    if conflict is not None:
        work.object(conflict.code, f"{one.path}.{conflict.field}", conflict.message, sku=one.item.sku, lot=said.lot)
        line = replace(line, made=None, expires=None)
    day = work.at.date()
    lot = learn(known, line, sku=one.item.sku, lot=said.lot, received=day, hold=None, came=PRODUCTION)
    lot = add_cost(made_of(lot, work.went_in()), cost, one.quantity)
    lot = await_inspection(lot, known, one.item, at=work.draft.moment.recorded_at)
    work.learn(lot)
    return lot


def _as_goods(work: _Work, item: Item, said: MadeLine) -> GoodsLine:
    made = said.made or work.at.date()
    known = work.draft.lot(item.sku, said.lot)
    expires = said.expires
    if expires is None and item.shelf_life_days is not None and (known is None or known.expires is None):
        expires = made + timedelta(days=item.shelf_life_days)
    told = said.made if known is not None and known.made is not None else made
    return GoodsLine(
        said.line, item.sku, said.quantity, said.unit, said.location, lot=said.lot, made=told, expires=expires
    )


def _costs(work: _Work) -> list[Decimal | None]:
    """Return what each product has cost: as it is said, and of the rest its share by quantity in base units."""
    lots = ((work.draft.lot(used.row.sku, used.row.lot), used.quantity) for used in work.used)
    total = total_of([*(cost_of(lot, units) for lot, units in lots), work.command.added_cost or Decimal(0)])
    said = [None if (each := one.said.cost) is None else paid_for(each, one.said.quantity) for one in work.products]
    units = [in_base_units(one.item, one.quantity) for one in work.products]
    rest = None if total is None else total - sum(cost for cost in said if cost is not None)
    open_units = [part for part, cost in zip(units, said, strict=True) if cost is None]
    split = iter([None] * len(open_units) if rest is None else shares(max(rest, Decimal(0)), open_units))
    return [next(split) if cost is None else cost for cost in said]


def _again(work: _Work, known: Receipt) -> tuple[Event, ...]:
    """Return nothing for a production that is told again as it was; with other content it is objected to."""
    now = {one.said.line: (one.item.sku, one.said.lot, -one.quantity) for one in work.ingredients}
    now |= {one.said.line: (one.item.sku, one.said.lot, one.quantity) for one in work.products}
    same = now == {line: (one.row.sku, one.row.lot, one.quantity) for line, one in known.lines.items()}
    if same and not work.weighs_otherwise(known, (*work.command.used, *work.command.made)):
        return ()
    message = f"Production {work.key.number} is booked with other content; give this one another number."
    sku = work.command.made[0].sku
    work.object(Code.CONFLICTING_CONTENT, PRODUCTION, message, sku=sku)
    return tuple(work.verdicts.noted)
