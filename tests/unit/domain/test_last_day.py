"""The last day on which goods may be shipped is the last on which nothing objects to it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lotstream.domain.codes import NotUsed
from lotstream.domain.expiry import NEVER, days_left, ends_by, has_expired, last_ship_day, life_reason

DAYS = st.integers(0, 60)


@given(life=DAYS, days=DAYS, percent=st.none() | st.decimals(0, 100, places=1), transit=st.integers(0, 5))
def test_it_is_the_day_before_the_first_objection(life: int, days: int, percent: Decimal | None, transit: int) -> None:
    """On the last day goods may be shipped, on the next they may not, whatever is asked of their life."""
    made, expires = 1000, 1000 + life
    asked = {"days": days, "percent": percent, "transit": transit}
    last = last_ship_day(expires, made, **asked)  # type: ignore[arg-type]
    assert last is not None
    assert life_reason(expires, made, ship=last, **asked) is None  # type: ignore[arg-type]
    assert life_reason(expires, made, ship=last + 1, **asked) is not None  # type: ignore[arg-type]


@pytest.mark.parametrize(("expires", "percent"), [(NEVER, None), (1010, Decimal(50))])
def test_of_an_unknown_life_there_is_no_last_day(expires: int, percent: Decimal | None) -> None:
    """Without an expiry, or without the day of making where a percentage is asked for, nobody can say."""
    assert last_ship_day(expires, NEVER, percent=percent) is None
    if percent is not None:
        assert life_reason(expires, NEVER, ship=1000, percent=percent) is NotUsed.UNKNOWN_LIFE


def test_the_last_day_is_a_day_of_life() -> None:
    """On it nothing is left and it has not expired; the day after it has; what has no last day never does."""
    last = date(2026, 9, 1)
    assert [days_left(last.toordinal(), last.toordinal() + day) for day in (-1, 0, 1)] == [1, 0, -1]
    assert [has_expired(last, last.toordinal() + day) for day in (0, 1)] == [False, True]
    assert [ends_by(last, last.toordinal() + day) for day in (-1, 0)] == [False, True]
    assert not has_expired(None, NEVER)
    assert not ends_by(None, NEVER)
