"""The days of the week, in order."""

from __future__ import annotations

from tests.acceptance.week.friday import friday
from tests.acceptance.week.monday import monday
from tests.acceptance.week.thursday import thursday
from tests.acceptance.week.tuesday import tuesday
from tests.acceptance.week.wednesday import wednesday
from tests.acceptance.week.weekend import saturday, sunday

WEEK = (monday, tuesday, wednesday, thursday, friday, saturday, sunday)
