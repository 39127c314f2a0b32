"""The sentences a person finds beside a refused file."""

from __future__ import annotations

from lotstream.connect.delivery import Refusal, Settlement, Verdict

_HEADINGS = {
    Verdict.REFUSED: "Nothing of this file was taken.",
    Verdict.NOT_HANDLED: "This file was kept, and nothing in it is acted upon.",
    Verdict.PARTLY_REFUSED: "Some orders of this file were taken, the following were not. "
    "The corrected file may be dropped again whole: what was taken already is recognised.",
}


def reason_text(settlement: Settlement) -> str:
    """Return why a file was not taken, or not wholly, one sentence a line."""
    lines = [_HEADINGS.get(settlement.verdict, "This file was not taken.")]
    lines += [_refusal_line(refusal) for refusal in settlement.refusals]
    lines += settlement.notes
    return "\n".join(lines) + "\n"


def too_large_text(size: int, limit: int) -> str:
    """Return why a file was refused unread."""
    return f"Nothing of this file was read: it has {size} bytes, more than the limit of {limit}; split it.\n"


def _refusal_line(refusal: Refusal) -> str:
    about = f"order {refusal.order}: " if refusal.order is not None else ""
    where = f" [{refusal.field}]" if refusal.field else ""
    return f"{about}{refusal.code}{where}: {refusal.message}"
