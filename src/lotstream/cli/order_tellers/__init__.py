"""What each event about an order is in plain words: one teller per event, by room."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from lotstream.cli.order_tellers import floor, orders
from lotstream.cli.order_tellers.words import Story

TELLERS: dict[type, Callable[[Story, Any], Iterator[str]]] = orders.TELLERS | floor.TELLERS
"""Event → its story: the first line says what happened, further ones what of it."""


def tell(story: Story, event: object) -> Iterator[str]:
    """Return an event in words; one that a newer version has decided is named in words at least."""
    teller = TELLERS.get(type(event))
    return iter([_named(event)]) if teller is None else teller(story, event)


def _named(event: object) -> str:
    letters = [f" {letter.lower()}" if letter.isupper() else letter for letter in type(event).__name__]
    return f"{''.join(letters).strip().capitalize()}."
