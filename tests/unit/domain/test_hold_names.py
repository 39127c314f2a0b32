"""Who placed a hold and when, and who lifted it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import pytest

from lotstream.domain.codes import Code
from lotstream.domain.commands import (
    Command,
    DefineItem,
    LiftBinHold,
    LiftHold,
    LiftOwnerHold,
    LiftSerialHold,
    PlaceBinHold,
    PlaceHold,
    PlaceOwnerHold,
    PlaceSerialHold,
)
from lotstream.domain.events import HoldLifted, HoldPlaced
from lotstream.domain.model import Hold, HoldKind, Item, Location, SerialKey, Tracking
from lotstream.hub.lot_rows import lot_rows
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import World, goods, only

AT = datetime(2026, 9, 1, 8, 30, tzinfo=UTC)
SAID = AT - timedelta(hours=1)


class Target(NamedTuple):
    """Something that can be held, with the messages that do it."""

    place: Command
    #: By nobody, and by somebody.
    lift: Command
    by: Command


def _hold(by: str | None, at: datetime | None = None) -> Hold:
    return Hold("H", HoldKind.HOLD, "smells", by, at)


def _targets(by: str | None, at: datetime | None = None) -> dict[str, Target]:
    """Return everything a hold lies on, placed by somebody."""
    return {
        "lot": Target(
            PlaceHold("H", HoldKind.HOLD, "PUMP", "L1", "smells", by, at), LiftHold("H", "PUMP", "L1"),
            LiftHold("H", "PUMP", "L1", "qa-2", AT),
        ),
        "serial": Target(
            PlaceSerialHold(_hold(by, at), "PUMP", "S1"), LiftSerialHold(None, "PUMP", "S1"),
            LiftSerialHold(None, "PUMP", "S1", "qa-2", AT),
        ),
        "bin": Target(
            PlaceBinHold(_hold(by, at), SITE, "BIN"), LiftBinHold(None, SITE, "BIN"),
            LiftBinHold(None, SITE, "BIN", "qa-2", AT),
        ),
        "supplier": Target(
            PlaceOwnerHold(_hold(by, at), "S-1"), LiftOwnerHold(None, "S-1"), LiftOwnerHold(None, "S-1", "qa-2", AT)
        ),
        "owner": Target(
            PlaceOwnerHold(_hold(by, at), None), LiftOwnerHold("H", None), LiftOwnerHold("H", None, "qa-2", AT)
        ),
    }  # fmt: skip


NAMES = tuple(_targets(None))


@pytest.fixture
def world() -> World:
    """An owner with two pumps of a lot."""
    world = World()
    world.told(DefineItem(Item("PUMP", tracking=Tracking.SERIAL)))
    world.stock(goods("L1", 2, sku="PUMP", supplier="S-1", serials=("S1", "S2")))
    return world


def _placed(world: World, name: str) -> Hold:
    """Return the one hold that lies on a target."""
    held = {
        "lot": world.ledger.lots["PUMP", "L1"].holds,
        "serial": world.warehouse.serial(SerialKey("S1", "PUMP")).holds,
        "bin": world.ledger.sites.locations.get((SITE, "BIN"), Location(SITE, "BIN")).holds,
        "supplier": tuple(known.hold for known in world.ledger.settings.holds),
        "owner": tuple(known.hold for known in world.ledger.settings.holds),
    }
    (hold,) = held[name]
    return hold


@pytest.mark.parametrize("name", NAMES)
def test_a_hold_placed_by_name_is_lifted_by_name(world: World, name: str) -> None:
    """Whoever let goods go that somebody held has to be known too; the lifting without a name changes nothing."""
    target = _targets("qa-1", SAID)[name]
    world.told(target.place)
    assert _placed(world, name) == Hold("H", HoldKind.HOLD, "smells", "qa-1", SAID)
    assert world.refused(target.lift) == (Code.FIELD_MISSING, "by")
    (event, *_) = world.told(target.by)
    assert (getattr(event, "by", None), getattr(event, "at", None)) == ("qa-2", AT)
    assert world.told(target.lift) == ()


@pytest.mark.parametrize("name", NAMES)
def test_a_hold_that_nobody_signed_ends_as_before(world: World, name: str) -> None:
    """Senders that name nobody lift their holds without a name; when it was placed is known from the record."""
    target = _targets(None)[name]
    world.told(target.place)
    placed = _placed(world, name)
    assert placed.by is None
    assert placed.at is not None
    (event, *_) = world.told(target.lift)
    assert getattr(event, "by", "?") is None
    assert getattr(event, "at", None) is not None


def test_only_what_is_lifted_counts(world: World) -> None:
    """A hold that somebody signed does not keep one that nobody signed; lifting all of them needs a name again."""
    world.told(PlaceHold("H1", HoldKind.HOLD, "PUMP", "L1", by="qa-1"))
    world.told(PlaceHold("H2", HoldKind.HOLD, "PUMP", "L1"))
    assert world.refused(LiftHold(None, "PUMP", "L1")) == (Code.FIELD_MISSING, "by")
    assert only(world.told(LiftHold("H2", "PUMP", "L1")), HoldLifted).holds == ("H2",)
    assert [hold.id for hold in world.ledger.lots["PUMP", "L1"].holds] == ["H1"]


def test_the_history_of_a_lot_says_who(world: World) -> None:
    """The rows of placing and lifting have who, when and why, also those of a single unit."""
    messages = [_targets("qa-1", SAID)[name] for name in ("lot", "serial")]
    events = [event for target in messages for command in (target.place, target.by) for event in world.told(command)]
    rows = [
        row
        for event in events
        for row in lot_rows(event, owner="acme", partition=0, offset=0, first=0, recorded_at=AT + timedelta(days=1))
    ]
    assert [(row.move.kind, row.by, row.at, row.move.reason) for row in rows] == [
        ("held", "qa-1", SAID, "smells"),
        ("released", "qa-2", AT, None),
        ("held", "qa-1", SAID, "smells"),
        ("released", "qa-2", AT, None),
    ]
    old = HoldPlaced("PUMP", "L1", Hold("H", HoldKind.HOLD))
    (row,) = lot_rows(old, owner="acme", partition=0, offset=0, first=0, recorded_at=AT)
    assert (row.by, row.at) == (None, AT)
