"""Any story of several owners at several sites: after each message everything that has to hold does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import TypeVar, get_args

from hypothesis import event, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from lotstream.domain.commands import AnswerBroadcast, ChangeSettings, Command
from lotstream.domain.model import PackRule, Policy, Settings, ZoneRule, ZoneUse
from tests.property.happenings import happenings
from tests.property.telling import OWNERS, Telling
from tests.property.vocabulary import PACKED
from tests.property.weighed import weighed
from tests.property.words_floor import OF_CHOICES, OFTEN, TO_EVERYBODY, TO_ONE, AllWords
from tests.property.words_goods import OF_GOODS, OF_UNITS, GoodsWords

T = TypeVar("T")
EVERY_COMMAND = set(get_args(Command)) - {AnswerBroadcast}
#: How many stories are told for a hundred examples of other properties, and how many messages each has.
SHARE, SHARE_OF_UNITS, STEPS = 0.25, 0.1, 30
#: How zones may be used in stories of choices, and ties broken.
ZONES: tuple[tuple[ZoneRule, ...], ...] = (
    (), (ZoneRule("A2"), ZoneRule("B1"), ZoneRule("AISLE")), (ZoneRule("A2", ZoneUse.EMPTY_BIN), ZoneRule("AISLE")),
)  # fmt: skip
TIES: tuple[tuple[str, ...], ...] = (("received", "lot", "location"), ("smallest_qty",), ())


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


class AStory(RuleBasedStateMachine):
    """Tells messages; its rules are made of the words of a vocabulary."""

    def __init__(self) -> None:
        super().__init__()
        self.telling = Telling()

    def teardown(self) -> None:
        """Look at the story as a whole."""
        self.telling.end()


class AnyStory(AStory):
    """Tells messages of every kind."""


class StoryOfUnits(AStory):
    """Tells of serial numbers, which meet too seldom among everything else."""


class StoryOfGoods(AStory):
    """Tells of what becomes of goods: returns, recalls, transfers, production, sales, other units."""


class StoryOfChoices(AStory):
    """Tells of packs, zones, lots and kits under rules that are drawn before: each choice is made once more."""

    @initialize(
        pack_rule=st.sampled_from(PackRule), zones=st.sampled_from(ZONES), policy=st.sampled_from(Policy),
        tie_break=st.sampled_from(TIES),
    )  # fmt: skip
    def begin(
        self, pack_rule: PackRule, zones: tuple[ZoneRule, ...], policy: Policy, tie_break: tuple[str, ...]
    ) -> None:
        """Lay packs down, and say how they are used."""
        chosen = Settings(pack_rule=pack_rule, zone_rules=zones, policy=policy, tie_break=tie_break)
        for owner in OWNERS:
            self.telling.tell(owner, ChangeSettings(chosen))
            self.telling.tell(owner, PACKED)


def _rule(word: str, *, to_one: bool, words: type[AllWords] = AllWords) -> Callable[..., None]:
    @rule(data=st.data(), owner=st.sampled_from(OWNERS))
    def act(self: AStory, data: st.DataObject, owner: str) -> None:
        command = weighed(Drawn(data), getattr(words(Drawn(data), self.telling.house, owner), word)())
        note(f"{owner}: {command}")
        for happening in happenings(self.telling.tell(owner if to_one else None, command)):
            # Counted by `pytest --hypothesis-show-statistics`.
            event(happening)

    act.__name__ = word
    return act


for _word in TO_EVERYBODY:
    setattr(AnyStory, _word, _rule(_word, to_one=False))
for _word in TO_ONE:
    for _again in range(OFTEN.get(_word, 1)):
        setattr(AnyStory, f"{_word}_{_again}", _rule(_word, to_one=True))
for _story, _words in ((StoryOfUnits, OF_UNITS), (StoryOfGoods, OF_GOODS)):
    for _at, _word in enumerate(_words):
        setattr(_story, f"{_word}_{_at}", _rule(_word, to_one=True, words=GoodsWords))
for _word in OF_CHOICES:
    for _again in range(OFTEN.get(_word, 1)):
        setattr(StoryOfChoices, f"{_word}_{_again}", _rule(_word, to_one=True))


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


def test_every_story_of_units_holds() -> None:
    """Units are promised by number or not, picked, shipped, held and taken back: each is in one order at a time."""
    assert settings.default is not None
    share = max(int(settings.default.max_examples * SHARE_OF_UNITS), 1)
    run_state_machine_as_test(StoryOfUnits, settings=settings(max_examples=share, stateful_step_count=STEPS))


def test_every_story_of_choices_holds() -> None:
    """Packs that cover, zones, lines of a few lots and kits get what the plain reference gives them."""
    assert settings.default is not None
    share = max(int(settings.default.max_examples * SHARE_OF_UNITS), 1)
    run_state_machine_as_test(StoryOfChoices, settings=settings(max_examples=share, stateful_step_count=STEPS))


def test_every_story_of_goods_holds() -> None:
    """Goods come back, go to other sites and owners, are made of others, recalled and counted otherwise: none twice."""
    assert settings.default is not None
    share = max(int(settings.default.max_examples * SHARE_OF_UNITS), 1)
    run_state_machine_as_test(StoryOfGoods, settings=settings(max_examples=share, stateful_step_count=STEPS))
