"""Which field of a message a refusal is about, where the whole body is one fact: an item, a customer, settings."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from lotstream.contracts.decode import Decoded
from lotstream.contracts.inbound import type_of
from lotstream.domain.codes import Refusal

#: What a command calls the fact that is the message's body.
_FACTS: Final = {
    type_of(name): fact
    for name, fact in (
        ("owner.defined", "settings"),
        ("settings.changed", "settings"),
        ("item.defined", "item"),
        ("customer.defined", "customer"),
        ("supplier.defined", "supplier"),
        ("site.defined", "site"),
        ("location.defined", "location"),
    )
}


def as_sent(decoded: Decoded, refusal: Refusal) -> Refusal:
    """Return a refusal with its field as the sender wrote it: ``version``, not ``item.version``."""
    what, _, field = refusal.field.partition(".")
    return replace(refusal, field=field) if field and what == _FACTS.get(decoded.type) else refusal
