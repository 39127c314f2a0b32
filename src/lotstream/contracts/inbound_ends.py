"""Inbound messages about beginnings and ends: who is forgotten."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from lotstream.contracts.fields import Id, Inbound, Name, OwnerId
from lotstream.contracts.inbound_orders import OrderNamed
from lotstream.contracts.limits import ORDERS_MAX, PERSONS_MAX


class PersonErased(Inbound):
    """Names, addresses, telephones and mails of consignees are to be forgotten; what was shipped stays traceable."""

    owner: OwnerId = Field(description="Whose consignees.")
    request: Name = Field(description="Number of the request; the same request told again changes nothing.")
    persons: Annotated[tuple[Id, ...], Field(max_length=PERSONS_MAX)] = Field(
        default=(), description="Keys of persons, as `lotstream person find` tells them."
    )
    orders: Annotated[tuple[OrderNamed, ...], Field(max_length=ORDERS_MAX)] = Field(
        default=(), description="Orders whose consignees are meant, those of their former versions included."
    )
    customer: Name | None = Field(default=None, description="A customer of whom every order's consignee is meant.")
    by: Name | None = Field(default=None, description="Who asks for it.")
