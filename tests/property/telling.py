"""A story told to a watched house: after each message everything that has to hold is looked at."""

from __future__ import annotations

from lotstream.domain.codes import Refusal
from lotstream.domain.commands import (
    Command,
    ConfirmPick,
    ContinueDay,
    MoveStock,
    PackPackage,
    ProgressShipment,
    ReportShort,
    RequestAllocation,
    ReserveStock,
    ScanLot,
    TickClock,
    UndoPick,
    WorkOnWave,
)
from lotstream.domain.events import Event
from lotstream.domain.model import PackRule
from tests.property.happened import check_refused
from tests.property.house import House, Watched, same
from tests.property.invariants import Story
from tests.property.vocabulary import FACTS, PLACES, STOCK

OWNERS = ("acme", "best")
#: Said twice they mean two things, or have no number by which a repeat could be known.
MEANT_TWICE = (ConfirmPick, ContinueDay, ReportShort, ReserveStock, ScanLot, TickClock, UndoPick, WorkOnWave)


class Telling:
    """Two owners at two sites, and all that they are told."""

    def __init__(self) -> None:
        self.watched = Watched(*OWNERS)
        self.house = self.watched.house
        self._stories = {owner: Story(self.house, owner) for owner in OWNERS}
        for told in PLACES:
            self.watched.begin(None, told)
        for owner in OWNERS:
            for command in (*FACTS, *STOCK):
                self._stories[owner].check(command, self.watched.begin(owner, command))

    def tell(self, owner: str | None, command: Command) -> tuple[Event, ...] | Refusal:
        """Tell a message, and look whether everything holds that has to."""
        events = self.watched.tell(owner, command, once=self._is_known_again)
        if isinstance(events, Refusal):
            check_refused(command, events)
        for name, story in self._stories.items():
            if owner in (None, name):
                story.check(command, () if isinstance(events, Refusal) else events)
        return events

    @property
    def kept(self) -> int:
        """How often something was told late that was counted since."""
        return sum(story.counts.kept for story in self._stories.values())

    def end(self) -> None:
        """Check that each owner has what it would have if the others had never told anything."""
        for owner in OWNERS:
            alone = House(owner)
            for record in self.house.log:
                if record.owner in (None, owner):
                    decided = alone.decide(record.owner, record.command, record.moment)
                    assert isinstance(decided, Refusal) == (record.events is None), record
                    if not isinstance(decided, Refusal):
                        alone.play(record.owner, decided)
            assert same(alone.written(owner), self.house.written(owner)), "alone it has something else"

    def _is_known_again(self, command: Command) -> bool:
        if isinstance(command, RequestAllocation):
            # What is decided anew, or chosen by whole bins and packs, may come out better with what it has by then.
            choices = [books.ledger.settings for books in self.house.books.values()]
            return not any(one.reassign_partial or one.zone_rules or one.pack_rule is PackRule.COVER for one in choices)
        if isinstance(command, MoveStock) and any(line.location is None for line in command.lines):
            # Where it lies is where it lay before, or where it came to.
            return False
        if isinstance(command, ProgressShipment) and command.occurred_at is None:
            # It is so still, later than before.
            return False
        return not isinstance(command, MEANT_TWICE) and not (isinstance(command, PackPackage) and not command.package)
