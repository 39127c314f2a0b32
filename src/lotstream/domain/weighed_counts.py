"""Bins that are weighed when they are counted: from then on their rows weigh what was found."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from lotstream.domain.codes import Code, Refusal
from lotstream.domain.events import RowWeight
from lotstream.domain.model import RowKey
from lotstream.domain.paper import Meant, Paper
from lotstream.domain.weights import FIELD, grams, not_weighed, shares


def weigh_rows(paper: Paper, meant: Meant, told: Sequence[Decimal | None], *, moved: int) -> list[RowWeight]:
    """Return what rows weigh that were counted, by how much is in each; nothing where nobody weighed them.

    ``told`` is what they weigh under each of their labels, where lots are one by now; ``moved`` is how much came there
    since, or left.
    """
    if not any(told):
        return []
    rows = [key for key in paper.rows(meant) if paper.there(key) > 0]
    wrong = not_weighed(meant.item, meant.path) or _unclear(meant, rows, told, moved=moved)
    if wrong is not None:
        paper.object(wrong.code, wrong.field, wrong.message, meant.said)
        return []
    found = shares(sum(grams(one) for one in told if one is not None), [paper.there(key) for key in rows])
    return [RowWeight(key, one) for key, one in zip(rows, found, strict=True)]


def _unclear(meant: Meant, rows: Sequence[RowKey], told: Sequence[Decimal | None], *, moved: int) -> Refusal | None:
    """Object to a weight of which nobody can say what weighs it now."""
    field = f"{meant.path}.{FIELD}"
    if not all(told):
        message = "The goods have several labels, and some of them no weight; weigh them together."
        return Refusal(Code.FIELD_MISSING, field, message)
    if not rows:
        return Refusal(Code.FIELD_INVALID, field, "Nothing was found there, which weighs nothing; leave it out.")
    if moved:
        message = "Goods came there or left since it was weighed; weigh what is there now."
        return Refusal(Code.FIELD_INVALID, field, message)
    return None
