"""A recall as people read it, and as JSON: its lots, where they lie, who got any of them, and how well it goes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from lotstream.cli.amounts import base_units
from lotstream.cli.output import say, table

if TYPE_CHECKING:
    from lotstream.domain.model import Consignee, Item, LookedBack, RecallRule, Recipient
    from lotstream.store.given import Given
    from lotstream.store.reads_recalls import LotSeen, RecallSeen, StockSeen

CONSIGNEE_COLUMNS: Final = ("consignee", "customer", "name", "address", "got", "orders", "answer", "recovered")
STOCK_COLUMNS: Final = ("site", "location", "sku", "lot", "status", "on hand", "promised")
GIVEN_COLUMNS: Final = ("owner", "title", "sku", "lot", "their sku", "quantity", "unit")


@dataclass(frozen=True, slots=True)
class Gathered:
    """Everything that a report is made of."""

    seen: RecallSeen
    lots: list[LotSeen]
    stock: list[StockSeen]
    #: Who was written to, by id.
    written: dict[str, Consignee]
    #: How far the lots have come by now, and everybody who got any of them.
    now: LookedBack
    recipients: list[Recipient]
    persons: Mapping[str, bytes] = field(default_factory=dict)
    items: Mapping[str, Item] = field(default_factory=dict)
    #: What was given to other owners, whose lots they are now.
    given: list[Given] = field(default_factory=list)
    #: Smallest units by SKU that left and were told lost on their way.
    lost: Mapping[str, int] = field(default_factory=dict)
    #: What it says of goods that are still to come.
    rules: list[RecallRule] = field(default_factory=list)


def shown(found: Gathered) -> dict[str, Any]:
    """Return a recall as JSON values, quantities as decimal strings of base units."""
    recall, seen = found.seen.recall, found.seen
    return {
        "owner": seen.owner,
        "recall": recall.key.number,
        "drill": recall.drill,
        "state": recall.state.value,
        "reason": recall.reason,
        "by": recall.by,
        "asked_at": seen.asked_at.isoformat(),
        "listed_at": seen.listed_at.isoformat(),
        "took_s": round((seen.listed_at - seen.asked_at).total_seconds(), 3),
        "complete": recall.listed_to is None,
        "scope": _scope(found),
        "lots": [_lot(found, lot) for lot in found.lots],
        "stock": [_stock(found, place) for place in found.stock],
        "waits_for": [_waits_for(rule) for rule in found.rules],
        "given": [_given(found, one) for one in found.given],
        "consignees": [_consignee(found, one) for one in found.recipients],
        "effectiveness": _effectiveness(found),
        "closed_at": None if recall.closed_at is None else recall.closed_at.isoformat(),
        "closed_by": recall.closed_by,
    }


def _scope(found: Gathered) -> dict[str, Any]:
    recall, reached = found.seen.recall, found.now.reached
    units, of_all = _base_units(found, reached.units), _base_units(found, reached.units_of_all)
    return {
        "held": _units(found, recall.held),
        "promised": _units(found, recall.promised),
        "open_orders": recall.open_orders,
        "left": _units(found, reached.units),
        "lost": _units(found, found.lost),
        "left_of_all_lots": _units(found, reached.units_of_all),
        "left_pct": _pct(units, of_all),
        "orders": reached.orders,
        "orders_pct": _pct(reached.orders, reached.orders_of_all),
        "customers": reached.customers,
        "customers_pct": _pct(reached.customers, reached.customers_of_all),
        "consignees": reached.recipients,
        "letters": 0 if recall.drill else recall.consignees,
    }


def _effectiveness(found: Gathered) -> dict[str, Any]:
    recall = found.seen.recall
    recovered, left = _base_units(found, recall.recovered), _base_units(found, found.now.reached.units)
    came_back: dict[str, int] = {}
    for recipient in found.recipients:
        for got in recipient.lots:
            came_back[got.sku] = came_back.get(got.sku, 0) + got.returned
    return {
        "answered": recall.answered,
        "answered_pct": _pct(recall.answered, recall.consignees),
        "recovered": _units(found, recall.recovered),
        "recovered_pct": _pct(recovered, left),
        "came_back": _units(found, {sku: units for sku, units in came_back.items() if units}),
    }


def _lot(found: Gathered, lot: LotSeen) -> dict[str, Any]:
    from lotstream.domain.model import LotName

    return {
        "sku": lot.sku,
        "lot": lot.lot,
        "made_of_it": LotName(lot.sku, lot.lot) in found.seen.recall.descendants,
        "expires": None if lot.expires is None else lot.expires.isoformat(),
        "made": None if lot.made is None else lot.made.isoformat(),
        "supplier": lot.supplier,
        "supplier_lot": lot.supplier_lot,
        "held": any(hold.id == found.seen.recall.key.number for hold in lot.holds),
        "documents": [{"type": paper.type, "number": paper.number} for paper in lot.more.documents],
    }


def _stock(found: Gathered, place: StockSeen) -> dict[str, Any]:
    return {
        "site": place.site, "location": place.location, "sku": place.sku, "lot": place.lot, "status": place.status,
        "on_hand": _amount(found, place.sku, place.on_hand), "promised": _amount(found, place.sku, place.reserved),
        "unit": _unit(found, place.sku),
    }  # fmt: skip


def _waits_for(rule: RecallRule) -> dict[str, str | None]:
    return {
        "sku": rule.sku, "supplier": rule.supplier, "supplier_lot": rule.supplier_lot,
        "made_from": None if rule.made_from is None else rule.made_from.isoformat(),
        "made_to": None if rule.made_to is None else rule.made_to.isoformat(),
    }  # fmt: skip


def _given(found: Gathered, one: Given) -> dict[str, Any]:
    return {
        "to_owner": one.to_owner, "title": one.title, "sku": one.sku, "lot": one.lot, "to_sku": one.to_sku,
        "quantity": _amount(found, one.sku, one.quantity), "unit": _unit(found, one.sku),
    }  # fmt: skip


def _consignee(found: Gathered, to: Recipient) -> dict[str, Any]:
    said = found.written.get(to.id)
    recovered = () if said is None else said.recovered
    return {
        "consignee": to.id,
        "customer": to.customer,
        **_address(found, to),
        "lots": [
            {
                "sku": got.sku, "lot": got.lot, "quantity": _amount(found, got.sku, got.quantity),
                "came_back": _amount(found, got.sku, got.returned), "unit": _unit(found, got.sku),
            }
            for got in to.lots
        ],
        "orders": [{"source": key.source, "order": key.order} for key in to.orders],
        "orders_count": to.orders_count,
        "written_to": said is not None,
        "answer": None if said is None else said.answer.value,
        "answered_at": None if said is None or said.answered_at is None else said.answered_at.isoformat(),
        "recovered": [
            {
                "sku": one.sku, "lot": one.lot, "returned": _amount(found, one.sku, one.returned),
                "destroyed": _amount(found, one.sku, one.destroyed),
            }
            for one in recovered
        ],
    }  # fmt: skip


def _address(found: Gathered, to: Recipient) -> dict[str, Any]:
    import json

    body = found.persons.get(to.person or "")
    person: dict[str, Any] = {} if body is None else json.loads(body)
    return {
        **{name: person.get(name) for name in ("name", "company", "phone", "email")},
        "street": person.get("street") or [],
        "city": to.city, "region": to.region, "postcode": to.postcode, "country": to.country,
    }  # fmt: skip


def _unit(found: Gathered, sku: str) -> str | None:
    return found.items[sku].base_unit if sku in found.items else None


def _amount(found: Gathered, sku: str, quantity: int) -> str:
    return base_units(found.items.get(sku), quantity)


def _units(found: Gathered, units: Mapping[str, int]) -> list[dict[str, Any]]:
    return [
        {"sku": sku, "quantity": _amount(found, sku, quantity), "unit": _unit(found, sku)}
        for sku, quantity in sorted(units.items())
    ]


def _base_units(found: Gathered, units: Mapping[str, int]) -> Decimal:
    """Return quantities of several items as one number, in base units."""
    return sum((Decimal(_amount(found, sku, quantity)) for sku, quantity in units.items()), Decimal(0))


def _pct(some: Decimal | int, of_all: Decimal | int) -> str | None:
    return None if of_all == 0 else f"{Decimal(some * 100) / of_all:.1f}"


def print_report(told: dict[str, Any], *, rows_max: int) -> None:
    """Print a recall for people."""
    for line in heading(told):
        say(line)
    if told["stock"]:
        say("\nIn the house:")
        table(STOCK_COLUMNS, ([place[name] for name in _STOCK_FIELDS] for place in told["stock"]))
    if told["given"]:
        say("\nGiven to other owners, who are to recall it as well (--owner, or --all-owners):")
        table(GIVEN_COLUMNS, ([one[name] for name in _GIVEN_FIELDS] for one in told["given"]))
    if told["consignees"]:
        say("\nGone to:")
        table(CONSIGNEE_COLUMNS, [_row(one) for one in told["consignees"][:rows_max]])
        if len(told["consignees"]) > rows_max:
            say(f"… and {len(told['consignees']) - rows_max} more: --rows-max, or --json has them all")


_GIVEN_FIELDS: Final = ("to_owner", "title", "sku", "lot", "to_sku", "quantity", "unit")
_STOCK_FIELDS: Final = ("site", "location", "sku", "lot", "status", "on_hand", "promised")


def heading(told: dict[str, Any]) -> Iterator[str]:
    """Yield what is said of a recall as a whole."""
    scope, effect = told["scope"], told["effectiveness"]
    what = "Drill" if told["drill"] else "Recall"
    why = f" ({told['reason']})" if told["reason"] else ""
    yield f"{what} {told['recall']} of {told['owner']}{why}: {told['state']}, took {told['took_s']:.1f} s"
    for lot in told["lots"]:
        yield f"  {_lot_in_words(lot, drill=told['drill'])}"
    for rule in told["waits_for"]:
        said = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in rule.items() if value)
        yield f"  and what comes in later of {said}"
    promised = f"{_joined(scope['promised'])} of it promised to {_count(scope['open_orders'], 'order')}"
    yield f"In the house {_joined(scope['held'])}, {promised if scope['promised'] else 'none of it promised'}"
    yield (
        f"Left: {_joined(scope['left'])}{_share(scope['left_pct'])} with {_count(scope['orders'], 'order')}"
        f"{_share(scope['orders_pct'])} for {_count(scope['customers'], 'customer')}{_share(scope['customers_pct'])}"
    )
    if scope["lost"]:
        yield f"Lost on the road, of what left: {_joined(scope['lost'])}"
    if not told["drill"]:
        yield (
            f"Letters: {scope['letters']}, answered {effect['answered']}{_share(effect['answered_pct'])}; sent back or "
            f"destroyed {_joined(effect['recovered'])}{_share(effect['recovered_pct'])}; "
            f"booked back {_joined(effect['came_back'])}"
        )
    if not told["complete"]:
        yield "The list goes on: give the command again under the same number."


def _lot_in_words(lot: dict[str, Any], *, drill: bool) -> str:
    known = [
        f"{name.replace('_', ' ')} {lot[name]}" for name in ("expires", "made", "supplier", "supplier_lot") if lot[name]
    ]
    known += ["made of it"] if lot["made_of_it"] else []
    known += [] if drill else ["held" if lot["held"] else "NOT HELD"]
    known += [f"{paper['type']} {paper['number']}" for paper in lot["documents"]]
    return f"{lot['sku']} lot {lot['lot']}{': ' if known else ''}{', '.join(known)}"


def _row(one: dict[str, Any]) -> tuple[object, ...]:
    street = ", ".join(one["street"])
    place = " ".join(part for part in (one["postcode"], one["city"], one["region"], one["country"]) if part)
    orders = ", ".join(order["order"] for order in one["orders"][:3])
    more = f" (+{one['orders_count'] - 3})" if one["orders_count"] > 3 else ""
    answer = one["answer"] if one["written_to"] else "not written to"
    return (
        one["consignee"], one["customer"], one["company"] or one["name"], ", ".join(filter(None, (street, place))),
        _joined(one["lots"], of="lot"), f"{orders}{more}", None if answer == "none" else answer,
        ", ".join(f"{lot['lot']}: {lot['returned']} back, {lot['destroyed']} destroyed" for lot in one["recovered"]),
    )  # fmt: skip


def _joined(amounts: Iterable[dict[str, Any]], *, of: str = "sku") -> str:
    parts = [f"{one['quantity']} {one['unit'] or ''}".rstrip() + f" of {one[of]}" for one in amounts]
    return ", ".join(parts) or "nothing"


def _share(pct: str | None) -> str:
    return "" if pct is None else f" ({pct} %)"


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
