"""``lotstream person show``: all that is kept of somebody who asks, to be given to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from lotstream.cli.environment import read_settings, run
from lotstream.cli.options import Json
from lotstream.cli.output import complain, print_json, say, table
from lotstream.errors import InputRefused

if TYPE_CHECKING:
    from lotstream.store.reads_persons import OrderFor, PersonFound, PersonReads

PERSONS_MAX: Final = 1000
"""Persons of one request."""

ORDERS_MAX: Final = 1000
"""Orders that are shown unless more are asked for."""

PERSON_COLUMNS: Final = ("person", "name", "company", "street", "phone", "email")
ORDER_COLUMNS: Final = ("source", "order", "placed on", "customer", "state", "went to", "shipped")

KEPT_FOR_A_TIME: Final = (
    "Topics, dead letters and deliveries as they came in have such data as well until their retention is over: see "
    "docs/concepts/personal-data.md."
)

Told = tuple[list["PersonFound"], list["OrderFor"]]


def register(app: typer.Typer) -> None:
    """Add the command to the group ``person``."""
    (group,) = [one.typer_instance for one in app.registered_groups if one.name == "person" and one.typer_instance]
    group.command("show")(show)


def show(
    owner: Annotated[str, typer.Option("--owner", help="Whose consignee.")],
    person: Annotated[list[str] | None, typer.Option("--person", help="Key of a person; may be repeated.")] = None,
    order: Annotated[list[str] | None, typer.Option("--order", help="An order; may be repeated.")] = None,
    source: Annotated[str | None, typer.Option("--source", help="Where those orders came from.")] = None,
    reference: Annotated[
        list[str] | None,
        typer.Option(
            "--reference",
            help="An order by what others call it: NAME=VALUE, as in its references; wants --source, may be repeated.",
        ),
    ] = None,
    customer: Annotated[str | None, typer.Option("--customer", help="A customer: persons of all its orders.")] = None,
    orders_max: Annotated[int, typer.Option("--orders-max", help="Most orders that are shown.", min=1)] = ORDERS_MAX,
    as_json: Json = False,
) -> None:
    """Show all that is kept of persons: their data, the orders that name them or named them, and what left for those.

    That is the answer to somebody who asks what is known of them, as JSON or as text. Nothing is changed by it.
    """
    if not (person or order or reference or customer):
        raise InputRefused(
            "It is not clear who is meant.", what_to_do="Name some of --person, --order, --reference and --customer."
        )
    persons, orders = run(
        _read(owner, person or [], order or [], source, _pairs(reference, source), customer, orders_max)
    )
    if as_json:
        print_json(
            {
                "owner": owner,
                "persons": [{"person": one.person, "erased": one.data is None, **(one.data or {})} for one in persons],
                "orders": [_order(one) for one in orders],
                "also": KEPT_FOR_A_TIME,
            }
        )
    else:
        _print(persons, orders)
    if len(orders) == orders_max:
        complain(f"Only the first {orders_max} orders are shown.", "Ask for more with --orders-max.")


def _pairs(references: list[str] | None, source: str | None) -> list[tuple[str, str, str]]:
    """Return references as source, name and value; raises `InputRefused` for what is none."""
    found = []
    for one in references or []:
        name, equals, value = one.partition("=")
        if not (name and equals and value):
            raise InputRefused(f"{one} is no reference.", what_to_do="Write NAME=VALUE, e.g. shopify_order_id=280263.")
        if source is None:
            raise InputRefused(
                "A reference is one of a source.", what_to_do="Say with --source where the order came from."
            )
        found.append((source, name, value))
    return found


async def _read(
    owner: str, persons: list[str], orders: list[str], source: str | None, references: list[tuple[str, str, str]],
    customer: str | None, orders_max: int,
) -> Told:  # fmt: skip
    from lotstream.store.reads_persons import PersonReads

    settings = read_settings()
    async with PersonReads(settings.postgres_url, timeout_s=settings.postgres_timeout_s) as reads:
        keys = [*persons]
        for one in orders:
            keys += [found.person for found in await reads.by_order(owner, one, source=source)]
        for where, name, value in references:
            keys += await _referenced(reads, owner, where, name, value)
        if customer is not None:
            keys += [found.person for found in await reads.by_customer(owner, customer, rows_max=PERSONS_MAX)]
        known = await reads.by_key(owner, sorted({*keys}))
        named = await reads.orders_for(owner, [one.person for one in known], rows_max=orders_max)
        theirs = {key for one in named for key in (one.order.person, *one.order.persons_before)}
        return [one for one in known if one.data is not None or one.person in theirs], named


async def _referenced(reads: PersonReads, owner: str, source: str, name: str, value: str) -> list[str]:
    orders = await reads.orders_called(owner, source, name, value)
    return [found.person for order in orders for found in await reads.by_order(owner, order, source=source)]


def _order(one: OrderFor) -> dict[str, Any]:
    order = one.order
    return {
        "source": order.key.source, "order": order.key.order, "placed_at": order.placed_at, "state": order.state,
        "customer": order.customer, "city": order.city, "region": order.region, "postcode": order.postcode,
        "country": order.country, "references": order.references,
        "persons": [key for key in (order.person, *order.persons_before) if key is not None],
        "lines": [{"line": line.line, "sku": line.sku} for line in order.lines],
        "shipped": [
            {"shipment": left.shipment, "at": left.at, "sku": left.sku, "lot": left.lot} for left in one.left
        ],
    }  # fmt: skip


def _print(persons: list[PersonFound], orders: list[OrderFor]) -> None:
    if not persons:
        say("Nobody is known by that.")
        return
    table(PERSON_COLUMNS, (_person(one) for one in persons))
    say("\nNamed by these orders, now or before:")
    table(ORDER_COLUMNS, (_row(one) for one in orders))
    say(f"\n{KEPT_FOR_A_TIME}")


def _person(found: PersonFound) -> tuple[Any, ...]:
    data = found.data
    if data is None:
        return (found.person, "(erased)", None, None, None, None)
    street = ", ".join(data.get("street") or ())
    return (found.person, data.get("name"), data.get("company"), street, data.get("phone"), data.get("email"))


def _row(one: OrderFor) -> tuple[Any, ...]:
    order = one.order
    place = " ".join(part for part in (order.postcode, order.city, order.country) if part)
    gone = ", ".join(dict.fromkeys(left.shipment for left in one.left))
    return order.key.source, order.key.order, order.placed_at.date(), order.customer, order.state, place, gone
