"""Every step a scenario may have, by its verb: a new verb is one function and one row in the table of its room."""

from __future__ import annotations

from lotstream.testing import scenarios_steps_floor as floor
from lotstream.testing import scenarios_steps_goods as goods
from lotstream.testing import scenarios_steps_orders as orders
from lotstream.testing.scenarios_scene import Step

STEPS: dict[str, Step] = {**orders.STEPS, **goods.STEPS, **floor.STEPS}
