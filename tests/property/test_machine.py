"""Any story of several owners at several sites: after each message everything that has to hold does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import TypeVar, get_args

from hypothesis import note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from lotstream.domain.commands import AnswerBroadcast, Command
from tests.property.telling import OWNERS, Telling
from tests.property.words_floor import OFTEN, TO_EVERYBODY, TO_ONE, AllWords

T = TypeVar("T")
EVERY_COMMAND = set(get_args(Command)) - {AnswerBroadcast}
#: How many stories are told for a hundred examples of other properties, and how many messages each has.
SHARE, STEPS = 0.25, 30


class Drawn:
    """Has Hypothesis choose, so that it can make a story short."""

    def __init__(self, data: st.DataObject) -> None:
        self._draw = data.draw

    def choice(self, choices: Sequence[T], /) -> T:
        """Return any of some choices, the first one when all are alike to the story."""
        return self._draw(st.sampled_from(choices))

    def randint(self, least: int, most: int, /) -> int:
        """Return a number between two, the smaller the better."""
        return self._draw(st.integers(least, most))


class AnyStory(RuleBasedStateMachine):
    """Tells messages of every kind; its rules are made of the words below."""

    def __init__(self) -> None:
        super().__init__()
        self.telling = Telling()

    def teardown(self) -> None:
        """Look at the story as a whole."""
        self.telling.end()


def _rule(word: str, *, to_one: bool) -> Callable[..., None]:
    @rule(data=st.data(), owner=st.sampled_from(OWNERS))
    def act(self: AnyStory, data: st.DataObject, owner: str) -> None:
        command = getattr(AllWords(Drawn(data), self.telling.house, owner), word)()
        note(f"{owner}: {command}")
        self.telling.tell(owner if to_one else None, command)

    act.__name__ = word
    return act


for _word in TO_EVERYBODY:
    setattr(AnyStory, _word, _rule(_word, to_one=False))
for _word in TO_ONE:
    for _again in range(OFTEN.get(_word, 1)):
        setattr(AnyStory, f"{_word}_{_again}", _rule(_word, to_one=True))


def test_stories_are_told_in_every_word() -> None:
    """No command is left out but what the hub answers itself with."""
    told: set[type] = set()
    for seed in range(200):
        words = AllWords(Random(seed), Telling().house, OWNERS[0])
        told.update(type(getattr(words, word)()) for word in (*TO_EVERYBODY, *TO_ONE))
        if told == EVERY_COMMAND:
            break
    assert told == EVERY_COMMAND


def test_every_story_holds() -> None:
    """Whatever is told in whatever order, for two owners at two sites: what has to hold does after each message."""
    assert settings.default is not None
    share = max(int(settings.default.max_examples * SHARE), 1)
    run_state_machine_as_test(AnyStory, settings=settings(max_examples=share, stateful_step_count=STEPS))
