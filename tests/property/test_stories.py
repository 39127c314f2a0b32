"""The same stories in every run: after each message everything that has to hold does, and enough of it happens."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.property.happenings import HAPPENINGS
from tests.property.late import OF_COUNTS
from tests.property.stories import ANYTHING, tell
from tests.property.words_goods import OF_GOODS, OF_UNITS


def test_stories_of_goods_hold_and_get_as_far_as_they_are_told_for() -> None:
    """Returns, recalls of what was made, transfers, production, sales, other units and weights: all of it happens."""
    happened = Counter[str]()
    for seed in range(25):
        happened.update(tell(seed, OF_GOODS))
    assert min(happened[name] for name in HAPPENINGS) >= 3, happened


def test_stories_of_counts_hold_whatever_is_told_after_them() -> None:
    """What was counted stands through all that the floor tells late, of every kind and of goods in every condition."""
    happened = Counter[str]()
    for seed in range(20):
        happened.update(tell(seed, OF_COUNTS))
    assert happened["something was told late that was counted since"] >= 50, happened


@pytest.mark.parametrize("seed", range(10))
def test_a_story_of_units_holds(seed: int) -> None:
    """Units that have numbers are promised, picked, sold, held and sent away."""
    tell(seed, OF_UNITS)


@pytest.mark.parametrize("seed", range(10))
def test_a_story_of_everything_holds(seed: int) -> None:
    """Messages of every kind, in any order."""
    tell(seed, ANYTHING)
