"""``lotstream person``: whom the hub knows, and having it forget them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final
from uuid import uuid4

import typer

from lotstream.cli.agreeing import Yes, agree
from lotstream.cli.asking import Wait, ask
from lotstream.cli.environment import read_settings, run
from lotstream.cli.options import Json
from lotstream.cli.output import complain, print_json, say, table
from lotstream.errors import InputRefused

if TYPE_CHECKING:
    from lotstream.store.reads_persons import PersonFound, PersonReads

ROWS_MAX: Final = 200
"""Persons that are shown unless more are asked for."""

PART: Final = 1000
"""Persons that one request names."""

COLUMNS: Final = ("person", "name", "company", "street", "phone", "email")

Whose = Annotated[str, typer.Option("--owner", help="Whose consignees.")]
Customer = Annotated[str | None, typer.Option("--customer", help="A customer: persons of all its orders.")]


def register(app: typer.Typer) -> None:
    """Add the group ``person``."""
    person = typer.Typer(help="Find personal data, and have it erased.", no_args_is_help=True)
    person.command("find")(find)
    person.command("erase")(erase)
    app.add_typer(person, name="person")


def find(
    owner: Whose,
    order: Annotated[str | None, typer.Option("--order", help="An order, as its sender wrote it.")] = None,
    source: Annotated[str | None, typer.Option("--source", help="Where that order came from.")] = None,
    customer: Customer = None,
    text: Annotated[str | None, typer.Option("--text", help="A part of a name, street, telephone or mail.")] = None,
    rows_max: Annotated[int, typer.Option("--rows-max", help="Most persons that are shown.", min=1)] = ROWS_MAX,
    as_json: Json = False,
) -> None:
    """Show the persons that an order or a customer's orders name, now or before, or whose data has a text in it."""
    if [order, customer, text].count(None) != 2:
        raise InputRefused(
            "It is not clear whom to look for.", what_to_do="Name one of --order, --customer and --text."
        )
    found = run(_find(owner, order, source, customer, text, rows_max))
    if as_json:
        print_json([{"person": one.person, "erased": one.data is None, **(one.data or {})} for one in found])
    else:
        table(COLUMNS, (_row(one) for one in found))
    if len(found) == rows_max:
        complain(f"Only the first {rows_max} persons are shown.", "Ask for more with --rows-max.")


def erase(
    owner: Whose,
    person: Annotated[list[str] | None, typer.Option("--person", help="Key of a person; may be repeated.")] = None,
    order: Annotated[list[str] | None, typer.Option("--order", help="An order; may be repeated.")] = None,
    source: Annotated[
        str | None,
        typer.Option("--source", help="Where those orders came from; alone: persons of all orders from there."),
    ] = None,
    customer: Customer = None,
    request: Annotated[
        str | None, typer.Option("--request", help="Number of the request; the same one again changes nothing.")
    ] = None,
    by: Annotated[str | None, typer.Option("--by", help="Who asks for it.")] = None,
    yes: Yes = False,
    wait: Wait = 30.0,
    as_json: Json = False,
) -> None:
    """Have the hub forget persons for good: their names, addresses, telephones and mails.

    What was shipped to them stays traceable by customer, city and postcode. Raw deliveries, dead letters and topics
    that had the data lose it with their retention.
    """
    if not (person or order or customer or source):
        raise InputRefused("Nobody is named.", what_to_do="Say --person, --order, --customer or --source.")
    number = request or f"erase-{uuid4().hex[:12]}"
    if source is not None and not (person or order or customer):
        done = _erase_source(owner, source, number, by, yes=yes, wait_s=wait)
        _tell_source(done, as_json=as_json)
        return
    orders = run(_orders(owner, order or [], source)) if order else []
    named = run(_named(owner, order or [], source)) if order else []
    persons = list(dict.fromkeys([*(person or []), *named]))
    count = f"{len(persons)} person{'' if len(persons) == 1 else 's'}"
    also = f" and everybody whom orders of customer {customer} name" if customer else ""
    agree(f"Forget {count} of {owner}{also} for good?", yes=yes)
    body = {"owner": owner, "request": number, "persons": persons, "orders": orders, "customer": customer, "by": by}
    decided = ask("person.erased", body, wait_s=wait)
    if as_json:
        print_json({**body, "decided": decided})
    else:
        say(f"request {number} {'is done' if decided else 'is sent'}: {count} of {owner}{also}")


def _erase_source(owner: str, source: str, number: str, by: str | None, *, yes: bool, wait_s: float) -> dict[str, Any]:
    """Have everybody forgotten whom orders of a source name, so many at a time; who is forgotten is left out."""
    agree(f"Forget everybody whom orders of {owner} from {source} name for good?", yes=yes)
    done: dict[str, Any] = {"owner": owner, "request": number, "source": source, "persons": 0, "decided": None}
    after, part = "", 0
    while persons := run(_from(owner, source, after)):
        part, after = part + 1, persons[-1]
        body = {"owner": owner, "request": f"{number}/{part}", "persons": persons, "by": by}
        done["decided"] = ask("person.erased", body, wait_s=wait_s)
        done["persons"] += len(persons)
    return done


def _tell_source(done: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(done)
    elif not done["persons"]:
        say(f"Nobody is known whom orders of {done['owner']} from {done['source']} name.")
    else:
        state = "done" if done["decided"] else "sent"
        say(f"request {done['request']} is {state}: {done['persons']} persons of {done['owner']}")


async def _from(owner: str, source: str, after: str) -> list[str]:
    async with _reads() as reads:
        return await reads.by_source(owner, source, after=after, rows_max=PART)


async def _find(
    owner: str, order: str | None, source: str | None, customer: str | None, text: str | None, rows_max: int
) -> list[PersonFound]:  # fmt: skip
    async with _reads() as reads:
        if order is not None:
            return (await reads.by_order(owner, order, source=source))[:rows_max]
        if customer is not None:
            return await reads.by_customer(owner, customer, rows_max=rows_max)
        return await reads.by_text(owner, text or "", rows_max=rows_max)


async def _named(owner: str, orders: list[str], source: str | None) -> list[str]:
    """Return the persons that orders ever named: the journal knows versions from before the hub kept that."""
    async with _reads() as reads:
        return [one.person for order in orders for one in await reads.by_order(owner, order, source=source)]


async def _orders(owner: str, orders: list[str], source: str | None) -> list[dict[str, str]]:
    """Return orders with their sources; raises `InputRefused` for one that is not there, `MoreThanOne` for several."""
    from lotstream.cli.candidates import only_one
    from lotstream.store.reads import Reads

    settings, found = read_settings(), []
    async with Reads(settings.postgres_url, timeout_s=settings.postgres_timeout_s) as reads:
        for order in orders:
            sources = [key.source for _, key in await reads.orders_called(order, owner=owner, source=source)]
            found.append(
                {"source": only_one("source", sources, option="--source", what=f"order {order}"), "order": order}
            )
    return found


def _reads() -> PersonReads:
    from lotstream.store.reads_persons import PersonReads

    settings = read_settings()
    return PersonReads(settings.postgres_url, timeout_s=settings.postgres_timeout_s)


def _row(found: PersonFound) -> tuple[Any, ...]:
    data = found.data
    if data is None:
        return (found.person, "(erased)", None, None, None, None)
    street = ", ".join(data.get("street") or ())
    return (found.person, data.get("name"), data.get("company"), street, data.get("phone"), data.get("email"))
