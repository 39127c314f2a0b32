"""An option that was left out while only one value fits it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from lotstream.errors import ExitCode, InputRefused, LotstreamError


class MoreThanOne(LotstreamError):
    """More than one thing fits what was asked for."""

    exit_code: ClassVar[ExitCode] = ExitCode.USAGE


def only_one(name: str, candidates: Sequence[str], *, option: str, what: str) -> str:
    """Return the only candidate; raises `MoreThanOne` naming them all, or `InputRefused` when there is none."""
    if not candidates:
        raise InputRefused(f"There is no {what} here.", what_to_do=f"Check {option}, or that the worker has caught up.")
    if len(candidates) > 1:
        raise MoreThanOne(
            f"More than one {name} fits: {', '.join(candidates)}.", what_to_do=f"Say which with {option}."
        )
    return candidates[0]
