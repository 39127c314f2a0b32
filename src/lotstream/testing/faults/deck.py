"""In which order things break: each kind once before any comes again, shuffled anew for every round."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random
from typing import Generic, Protocol, TypeVar


class Kind(Protocol):
    """Something that can be done to a hub."""

    @property
    def name(self) -> str:
        """How the table calls it."""
        ...

    @property
    def takes_s(self) -> float:
        """Rough length with recovery, in seconds."""
        ...

    @property
    def once(self) -> bool:
        """Say whether it is done in the first round alone."""
        ...


Each = TypeVar("Each", bound=Kind)


class Deck(Generic[Each]):
    """Draws from kinds; what does not fit into the time that is left stays, and its round does not end."""

    def __init__(self, kinds: Iterable[Each], draw: Random, *, rounds_max: int | None = None) -> None:
        """Take what there is to draw, and after how many rounds to end, if not for want of time alone."""
        self._kinds = list(kinds)
        self._draw = draw
        self._rounds_max = rounds_max
        self._rounds = 0
        self._left: list[Each] = []
        #: Put back in this round.
        self._tried_again: set[str] = set()

    def next(self, left_s: float) -> Each | None:
        """Return what is done next and ends within so many seconds; None when nothing of this round does."""
        if not self._left and not self._begin_round():
            return None
        for at, kind in enumerate(self._left):
            if kind.takes_s <= left_s:
                return self._left.pop(at)
        return None

    def put_back(self, kind: Each) -> None:
        """Try once more at the end of this round what came to nothing; the second time it is given up."""
        if kind.name not in self._tried_again:
            self._tried_again.add(kind.name)
            self._left.append(kind)

    def _begin_round(self) -> bool:
        if self._rounds == self._rounds_max:
            return False
        self._left = [kind for kind in self._kinds if self._rounds == 0 or not kind.once]
        self._draw.shuffle(self._left)
        self._rounds += 1
        self._tried_again.clear()
        return bool(self._left)
