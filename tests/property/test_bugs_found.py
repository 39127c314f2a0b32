"""Bugs put into the real rules, one at a time: stories of the kind that every run tells find each of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import pytest

from lotstream.domain import (
    arriving,
    going_out,
    rebasing,
    recalling,
    return_inspecting,
    returning,
    serial_floor,
    serial_holds,
    serials,
)
from lotstream.domain.applying import stock as applying_stock
from lotstream.domain.applying import titles as applying_titles
from lotstream.domain.arrival import bin_of
from lotstream.domain.codes import Code, Refusal
from lotstream.domain.genealogy import descendants
from lotstream.domain.goods import Delivery
from lotstream.domain.making import Making
from lotstream.domain.model import TITLE, TransferLine
from lotstream.domain.recounting import Factor
from lotstream.domain.serials import Objection, why_not_take
from tests.property.stories import tell
from tests.property.words_goods import OF_GOODS, OF_UNITS

Bug = Callable[[pytest.MonkeyPatch], None]

STORIES_MAX: Final = 150
"""Stories in which a bug is looked for; most are found in a few."""


def inspect_goods_twice(patch: pytest.MonkeyPatch) -> None:
    """What was looked at of a return is forgotten, so that it is restocked once more."""
    whole = return_inspecting._look_at

    def look(done: Any, *said: Any) -> Refusal | None:  # noqa: ANN401 - whatever it takes
        before = [*done.came]
        refused = whole(done, *said)
        done.came[:] = before
        return refused

    patch.setattr(return_inspecting, "_look_at", look)


def take_goods_back_twice(patch: pytest.MonkeyPatch) -> None:
    """What has come back of an order is forgotten, so that it comes back once more."""
    for module in (returning, applying_stock):
        patch.setattr(module, "note_returned", lambda *_: None)


def restock_what_never_left(patch: pytest.MonkeyPatch) -> None:
    """More than has left comes back as good."""
    whole = returning._book

    def book(back: Any, said: Any, row: Any, quantity: int, **more: Any) -> None:  # noqa: ANN401 - whatever it takes
        whole(back, said, row._replace(status="good"), quantity, **more)

    patch.setattr(returning, "_book", book)


def miss_a_descendant(patch: pytest.MonkeyPatch) -> None:
    """A recall leaves out the last lot that was made of its own."""
    patch.setattr(recalling, "descendants", lambda *asked: descendants(*asked)[:-1])


def receive_a_transfer_twice(patch: pytest.MonkeyPatch) -> None:
    """What has arrived of a transfer is still on the way."""
    patch.setattr(TransferLine, "under_way", property(lambda line: line.quantity))


def receive_more_than_was_sent(patch: pytest.MonkeyPatch) -> None:
    """All that somebody says has arrived is taken off those on the way."""
    whole = arriving._move_in
    patch.setattr(arriving, "_move_in", lambda arrival, meant, _units: whole(arrival, meant, meant.quantity))
    patch.setattr(arriving, "_find", lambda arrival, meant, _units: bin_of(arrival, meant, None))


def make_goods_of_held_ones(patch: pytest.MonkeyPatch) -> None:
    """Nobody minds that what goes into other goods is on hold."""
    whole = Making.object

    def lenient(self: Making, code: Code, *said: Any, **about: Any) -> Refusal | None:  # noqa: ANN401 - as above
        return None if code is Code.ON_HOLD else whole(self, code, *said, **about)

    patch.setattr(Making, "object", lenient)


def get_a_title_twice(patch: pytest.MonkeyPatch) -> None:
    """That a line of a title is booked is forgotten."""
    whole = Delivery.before
    patch.setattr(Delivery, "before", lambda self, line: None if self.key.kind == TITLE else whole(self, line))


def keep_what_was_sold(patch: pytest.MonkeyPatch) -> None:
    """Who sells goods has them still."""
    patch.setattr(applying_titles, "change_row", lambda *_, **__: None)


def lose_a_remainder(patch: pytest.MonkeyPatch) -> None:
    """What does not come out in another unit is rounded, of what is there as of what was moved before."""
    patch.setattr(Factor, "is_exact", lambda *_: True)
    patch.setattr(rebasing, "_check_past", lambda *_: None)


def steal_a_unit(patch: pytest.MonkeyPatch) -> None:
    """A pick or a shipment takes the unit that another order was promised by its number."""
    _be_lenient(patch, serial_floor)


def send_a_unit_away(patch: pytest.MonkeyPatch) -> None:
    """A unit that an order was promised by its number is sold, or sent to another site."""
    _be_lenient(patch, going_out)


def promise_a_unit_twice(patch: pytest.MonkeyPatch) -> None:
    """That a unit is promised by its number is forgotten."""
    patch.setattr(serials, "promised_to", lambda *_: None)


def leave_a_unit_lying(patch: pytest.MonkeyPatch) -> None:
    """Nobody is promised a unit by its number although it is there and free."""
    patch.setattr(serials, "_is_there", lambda *_: False)


def promise_a_unit_on_hold(patch: pytest.MonkeyPatch) -> None:
    """A unit on hold stays among the others, and may be promised by its number."""
    whole = serial_holds.set_apart
    patch.setattr(serial_holds, "set_apart", lambda draft, held, _row: whole(draft, held, None))
    patch.setattr(serials, "strongest", lambda _: None)


def _be_lenient(patch: pytest.MonkeyPatch, module: Any) -> None:  # noqa: ANN401 - a module
    def lenient(*args: Any, **more: Any) -> Objection | None:  # noqa: ANN401 - whatever the guard takes
        found = why_not_take(*args, **more)
        return None if found is not None and found[0] is Code.NOT_AVAILABLE else found

    patch.setattr(module, "why_not_take", lenient)


OF_GOODS_BUGS: Final[tuple[Bug, ...]] = (
    inspect_goods_twice, take_goods_back_twice, restock_what_never_left, miss_a_descendant, receive_a_transfer_twice,
    receive_more_than_was_sent, make_goods_of_held_ones, get_a_title_twice, keep_what_was_sold, lose_a_remainder,
)  # fmt: skip
OF_UNITS_BUGS: Final[tuple[Bug, ...]] = (
    steal_a_unit, send_a_unit_away, promise_a_unit_twice, leave_a_unit_lying, promise_a_unit_on_hold,
)  # fmt: skip


def _found_in(words: Sequence[str]) -> int | None:
    """Return the seed of the first story in which something does not hold; None when all do."""
    for seed in range(STORIES_MAX):
        try:
            tell(seed, words)
        except AssertionError:
            return seed
    return None


@pytest.mark.parametrize("bug", OF_GOODS_BUGS, ids=lambda bug: bug.__name__)
def test_a_bug_in_what_becomes_of_goods_is_found(bug: Bug, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some story of goods says so when they are there twice, or lost, or used although they are on hold."""
    bug(monkeypatch)
    assert _found_in(OF_GOODS) is not None


@pytest.mark.parametrize("bug", OF_UNITS_BUGS, ids=lambda bug: bug.__name__)
def test_a_bug_in_what_becomes_of_units_is_found(bug: Bug, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some story of units says so when one is taken that another order was promised, or a promise is wrong."""
    bug(monkeypatch)
    assert _found_in(OF_UNITS) is not None
