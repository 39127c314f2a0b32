"""What happens at beginnings and ends."""

from __future__ import annotations

from dataclasses import dataclass

from lotstream.domain.model import Notice


@dataclass(frozen=True, slots=True)
class PersonsErased:
    """The data of persons is deleted; their keys stay, so that all that was sent to them can be told apart."""

    notice: Notice
    persons: tuple[str, ...]
    by: str | None = None
