"""Stories that a seed tells: the same ones in every run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from random import Random
from typing import Final

from tests.property.happenings import happenings
from tests.property.late import told_late
from tests.property.telling import OWNERS, Telling
from tests.property.weighed import weighed
from tests.property.words_floor import OFTEN, TO_EVERYBODY, TO_ONE
from tests.property.words_goods import GoodsWords

STEPS: Final = 40

ANYTHING: Final = (*TO_EVERYBODY, *(word for word in TO_ONE for _ in range(OFTEN.get(word, 1))))
"""Words of a story of everything."""


def tell(seed: int, words: Sequence[str]) -> Counter[str]:
    """Tell the story of a seed in some words; returns how often what happened in it."""
    chance, late, telling, found = Random(seed), Random(f"late {seed}"), Telling(), Counter[str]()
    for _ in range(STEPS):
        owner, word = chance.choice(OWNERS), chance.choice(words)
        command = weighed(chance, getattr(GoodsWords(chance, telling.house, owner), word)())
        command = told_late(late, command, telling.house.moment().recorded_at)
        found.update(happenings(telling.tell(None if word in TO_EVERYBODY else owner, command)))
    telling.end()
    found["something was told late that was counted since"] += telling.kept
    return found
