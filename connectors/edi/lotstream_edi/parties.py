"""Who a 940 names: where the goods go, and the ids of everybody else."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from lotstream_edi.findings import Finding, FindingCode, warning
from lotstream_edi.shape_940 import Party

SHIP_TO: Final = ("ST", "CN")
"""N101 of the place the goods go to, most wanted first; some senders have a consignee only."""

PHONE: Final = frozenset({"TE", "PH", "HP", "WP", "CP"})
EMAIL: Final = "EM"


@dataclass(slots=True)
class ShipTo:
    """The address of an order as values of its message, and what of it could not be carried."""

    values: dict[str, Any] | None = None
    party: Party | None = None
    findings: list[Finding] = field(default_factory=list)


def ship_to(parties: list[Party]) -> ShipTo:
    """Return where the goods go: N1*ST, else N1*CN."""
    for code in SHIP_TO:
        named = [party for party in parties if party.code == code]
        if named:
            findings = [_second(party) for party in named[1:]]
            return ShipTo(_address(named[0], findings), named[0], findings)
    missing = warning(
        FindingCode.SHIP_TO_MISSING, "No N1*ST or N1*CN says where the goods go; the order has no address."
    )
    return ShipTo(findings=[missing])


def references(parties: list[Party]) -> dict[str, str]:
    """Return qualifier and id of every party that has an id, by ``N1*<code>``."""
    named = ((party, party.n1.element(3)) for party in parties if party.id)
    return {f"N1*{party.code}": f"{qualifier}-{party.id}" if qualifier else party.id for party, qualifier in named}


def id_of(parties: list[Party], code: str) -> str | None:
    """Return N104 of the first party with a code, or None."""
    return next((party.id for party in parties if party.code == code and party.id), None)


def _address(party: Party, findings: list[Finding]) -> dict[str, Any]:
    n4 = next(iter(party.all("N4")), None)
    extra = [segment.element(place) for segment in party.all("N2") for place in (1, 2)]
    street = [segment.element(place) for segment in party.all("N3") for place in (1, 2)]
    values: dict[str, Any] = {
        "name": party.n1.element(2) or None,
        "company": ", ".join(filter(None, extra)) or None,
        "street": tuple(filter(None, street)),
        "city": (n4.element(1) or None) if n4 else None,
        "region": (n4.element(2) or None) if n4 else None,
        "postcode": (n4.element(3) or None) if n4 else None,
        "country": (n4.element(4) or None) if n4 else None,
    }
    return values | _contact(party, findings)


def _contact(party: Party, findings: list[Finding]) -> dict[str, Any]:
    """Return phone and mail of the PER segments; a contact of another name is not carried."""
    found: dict[str, Any] = {"phone": None, "email": None}
    for per in party.all("PER"):
        for place in (3, 5, 7):
            qualifier, value = per.element(place), per.element(place + 1)
            field_name = "email" if qualifier == EMAIL else "phone" if qualifier in PHONE else None
            if field_name and value and found[field_name] is None:
                found[field_name] = value
        if per.element(2) and per.element(2).casefold() != party.n1.element(2).casefold():
            findings.append(
                warning(
                    FindingCode.PERSON_NOT_CARRIED,
                    "PER02 names a contact beside N102; the order carries one name, that of N102.",
                    at=per,
                    element=2,
                )
            )
    return found


def _second(party: Party) -> Finding:
    return warning(
        FindingCode.SEGMENT_REPEATED,
        f"Segment {party.n1.number} is a second N1*{party.code}; the first one is where the goods go.",
        at=party.n1,
        element=1,
        value=party.code,
    )
