"""What a recall tells: a letter for each who got any of the goods, and what people are told of it as a whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

import msgspec

from lotstream.contracts.quantities import base_text
from lotstream.contracts.sending import Outgoing, encode, item_of
from lotstream.contracts.sent_notices import AlertKind
from lotstream.contracts.topics import RECALL_LETTERS
from lotstream.contracts.write_notices import alert
from lotstream.domain.codes import NotUsed
from lotstream.domain.commands import Moment
from lotstream.domain.events import ConsigneesListed, RecallClosed, RecallOpened
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import LookedBack, LotGot, Recall, Recipient, SoldLot
from lotstream.domain.wording import goods_called

LETTER_TYPE: Final = "lotstream.recall_letter.v1"

CLOSED: Final = "recall_closed"
"""Code of an alert that a recall is closed: nothing is wrong."""

SKUS_TOLD_MAX: Final = 3
"""SKUs that an alert gives the quantity of."""

LOTS_TOLD_MAX: Final = 3
"""Lots that another owner who bought of them is told."""

_NOBODY: Final[Mapping[str, Any]] = {"name": None, "company": None, "street": [], "phone": None, "email": None}


def recall_letters(ledger: Ledger, event: ConsigneesListed, moment: Moment) -> Iterator[Outgoing]:
    """Yield a letter to each consignee; whose name is not at hand, as when a journal is played, is left out of it."""
    answers = [answer for answer in ledger.history.values() if isinstance(answer, LookedBack)]
    persons = answers[0].persons if answers else {}
    for consignee in event.consignees:
        to = consignee.to
        body = {
            "owner": ledger.owner,
            "recall": event.recall,
            "reason": event.reason,
            "subject": event.subject,
            "text": event.text,
            "consignee": to.id,
            "customer": to.customer,
            "ship_to": _address(to, persons.get(to.person or "")),
            "lots": [_lot(ledger, got) for got in to.lots],
            "orders": [{"source": key.source, "order": key.order} for key in to.orders],
            "orders_count": to.orders_count,
            "decision": moment.decision,
        }
        yield Outgoing(RECALL_LETTERS.name, to.id, LETTER_TYPE, encode(body))


def nameless(letter: bytes) -> bytes:
    """Return a letter without what is kept of persons alone: names are not in the journal, and may be erased."""
    body = msgspec.json.decode(letter)
    return encode({**body, "ship_to": {name: value for name, value in body["ship_to"].items() if name not in _NOBODY}})


def _address(to: Recipient, person: bytes | None) -> dict[str, Any]:
    known = _NOBODY if person is None else {**_NOBODY, **msgspec.json.decode(person)}
    place = {"city": to.city, "region": to.region, "postcode": to.postcode, "country": to.country}
    return {**known, "street": known["street"] or [], **place}


def _lot(ledger: Ledger, got: LotGot) -> dict[str, Any]:
    item, lot = item_of(ledger, got.sku), ledger.lots.get((got.sku, got.lot))
    return {
        "sku": got.sku,
        "lot": got.lot,
        "expires": None if lot is None else lot.expires,
        "quantity": base_text(got.quantity, item.decimals),
        "returned": base_text(got.returned, item.decimals),
        "unit": item.base_unit,
    }


def recall_opened(ledger: Ledger, event: RecallOpened, moment: Moment) -> Iterator[Outgoing]:
    """Yield what people are told when lots are recalled; a drill is told to nobody but who asked."""
    recall = event.recall
    if recall.drill:
        return
    lots = _count(len(recall.lots), "lot")
    if recall.descendants:
        lots += f" and {len(recall.descendants)} made of them"
    reached = recall.reached
    left = "nothing has left."
    if reached.orders:
        with_whom = f"{_count(reached.orders, 'order')} for {_count(reached.customers, 'customer')}"
        left = f"{_units(ledger, reached.units)} left with {with_whom}; {_count(recall.consignees, 'letter')} so far."
    message = f"Recall {recall.key.number}: {lots}. In the house: {_units(ledger, recall.held)}; {left}"
    for owner, units in reached.sold.items():
        message += f" {_units(ledger, units)} were sold to owner {owner}, where they are to be recalled too."
    if recall.listed_to is not None:
        message += " There are more to write to: tell the recall again under its number."
    yield _about(ledger, recall, moment, code=NotUsed.RECALLED.value, message=message)
    for owner in dict.fromkeys(one.owner for one in event.sold):
        yield _bought(ledger, recall, [one for one in event.sold if one.owner == owner], moment)


def _bought(ledger: Ledger, recall: Recall, sold: list[SoldLot], moment: Moment) -> Outgoing:
    """Return what another owner is told of recalled goods that he bought where they lay: his ledger is his own."""
    first, seller = sold[0], ledger.owner
    goods = [
        f"{base_text(one.quantity, item.decimals)} {item.base_unit} of {goods_called(one.to_sku, one.lot)}"
        for one in sold[:LOTS_TOLD_MAX] for item in (item_of(ledger, one.sku),)
    ]  # fmt: skip
    more = [f"{_count(len(sold) - LOTS_TOLD_MAX, 'more lot')}"] if len(sold) > LOTS_TOLD_MAX else []
    message = (
        f"Owner {seller} has recalled, under {recall.key.number}, goods that were bought of him: "
        f"{', '.join([*goods, *more])}. Recall them as well: what is left of them here is not held by it."
    )
    about = {"recall": f"{seller}/{recall.key.number}", "from_owner": seller}
    about |= {"sku": first.to_sku, "lot": first.lot} if len(sold) == 1 else {}
    about |= {} if recall.reason is None else {"reason": recall.reason}
    return alert(
        ledger, moment, kind=AlertKind.RECALL, code=NotUsed.RECALLED.value, message=message, about=about,
        quantity=None, owner=first.owner,
    )  # fmt: skip


def recall_closed(ledger: Ledger, event: RecallClosed, moment: Moment) -> Iterator[Outgoing]:
    """Yield how well a recall went."""
    recall = event.recall
    message = (
        f"Recall {recall.key.number} is closed: {recall.answered} of {_count(recall.consignees, 'consignee')} answered"
        f"{_part(recall.answered, recall.consignees)}, {_units(ledger, recall.recovered)} of "
        f"{_units(ledger, recall.reached.units)} were sent back or destroyed"
        f"{_part(_base_units(ledger, recall.recovered), _base_units(ledger, recall.reached.units))}."
    )
    yield _about(ledger, recall, moment, code=CLOSED, message=message)


def _about(ledger: Ledger, recall: Recall, moment: Moment, *, code: str, message: str) -> Outgoing:
    about = {"recall": recall.key.number} | ({} if recall.reason is None else {"reason": recall.reason})
    return alert(ledger, moment, kind=AlertKind.RECALL, code=code, message=message, about=about, quantity=None)


def _units(ledger: Ledger, units: Mapping[str, int]) -> str:
    """Return quantities of the first few SKUs as text."""
    parts = []
    for sku, quantity in [*units.items()][:SKUS_TOLD_MAX]:
        item = item_of(ledger, sku)
        parts.append(f"{base_text(quantity, item.decimals)} {item.base_unit} of {sku}")
    if len(units) > SKUS_TOLD_MAX:
        parts.append(f"goods of {_count(len(units) - SKUS_TOLD_MAX, 'more item')}")
    return ", ".join(parts) or "nothing"


def _base_units(ledger: Ledger, units: Mapping[str, int]) -> Decimal:
    return sum(
        (Decimal(quantity).scaleb(-item_of(ledger, sku).decimals) for sku, quantity in units.items()), Decimal(0)
    )


def _part(some: Decimal | int, of_all: Decimal | int) -> str:
    return f" ({Decimal(some * 100) / of_all:.1f} %)" if of_all else ""


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
