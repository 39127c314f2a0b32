from __future__ import annotations

from dataclasses import dataclass
from random import Random

import pytest

from lotstream.testing.faults.breaking import KINDS
from lotstream.testing.faults.catalogue import CATALOGUE, Fault
from lotstream.testing.faults.deck import Deck
from lotstream.testing.faults.episodes import EPISODES, Episode

LONG_S = 1e6


@dataclass(frozen=True)
class Card:
    """A kind of its own length."""

    name: str
    takes_s: float = 1.0
    once: bool = False


def _draw(deck: Deck[Card], times: int, *, left_s: float = LONG_S) -> list[str]:
    drawn = [deck.next(left_s) for _ in range(times)]
    return [card.name for card in drawn if card is not None]


@pytest.mark.parametrize("seed", range(20))
def test_each_kind_comes_once_before_any_comes_again(seed: int) -> None:
    """Three rounds of the real kinds: each round has every fault, the first one every episode too."""
    deck: Deck[Fault | Episode] = Deck(KINDS, Random(seed))
    first = [deck.next(LONG_S) for _ in KINDS]
    assert {kind.name for kind in first if kind} == {kind.name for kind in KINDS}
    assert {*CATALOGUE, *EPISODES} == {*KINDS}
    again = [kind for kind in CATALOGUE if not kind.once]
    for _ in range(2):
        drawn = [deck.next(LONG_S) for _ in again]
        assert {kind.name for kind in drawn if kind} == {kind.name for kind in again}


def test_rounds_are_shuffled_by_the_seed() -> None:
    """Another seed is another order, the same seed the same, and no two rounds are alike."""
    cards = [Card(str(number)) for number in range(20)]
    drawn = _draw(Deck(cards, Random(1)), 40)
    assert drawn == _draw(Deck(cards, Random(1)), 40)
    assert drawn != _draw(Deck(cards, Random(2)), 40)
    assert drawn[:20] != drawn[20:]


def test_what_does_not_fit_is_not_made_up_for_by_repeats() -> None:
    """When the long one no longer fits the short ones come once each, and then nothing."""
    deck = Deck([Card("a"), Card("b"), Card("long", 40)], Random(1))
    assert sorted(_draw(deck, 5, left_s=39)) == ["a", "b"]
    assert _draw(deck, 1, left_s=40) == ["long"]
    assert sorted(_draw(deck, 2, left_s=39)) == ["a", "b"]


def test_what_came_to_nothing_is_tried_once_more_in_its_round() -> None:
    """Put back it comes last, the second time it is given up; the next round has it again."""
    cards = [Card(name) for name in "abc"]
    deck = Deck(cards, Random(1))
    first = deck.next(LONG_S)
    assert first is not None
    deck.put_back(first)
    others = _draw(deck, 2)
    assert first.name not in others
    assert _draw(deck, 1) == [first.name]
    deck.put_back(first)
    assert sorted(_draw(deck, 3)) == ["a", "b", "c"]


def test_a_deck_of_one_round_ends() -> None:
    """`--once` asks for every kind and no more."""
    deck = Deck([Card("a"), Card("b", once=True)], Random(1), rounds_max=1)
    assert sorted(_draw(deck, 5)) == ["a", "b"]


def test_what_is_done_once_in_a_run_leaves_nothing_when_it_is_alone() -> None:
    """A run of episodes alone ends with the first round instead of going round for ever."""
    assert _draw(Deck([Card("a", once=True)], Random(1)), 3) == ["a"]
