"""One life in which nothing goes wrong, lived again and again: each time its first process dies at another step."""

from __future__ import annotations

from typing import Final

from lotstream.testing.simulation.outcome import Script
from lotstream.testing.simulation.runner import Life, Summary, simulate, simulate_on_cores

SHORT_S: Final = 4.0
"""How long orders come in such a life, in made-up seconds."""

ORDERS: Final = 8
"""Orders placed in it."""


def crash_everywhere(seed: int, *, every: int = 1, cores: int | None = None) -> Summary:
    """Kill the first process of a seed before each of its steps in turn, or before one of so many."""
    calm = Script(calm=True, seconds=SHORT_S, orders=ORDERS)
    steps = simulate(seed, calm).first_took
    lives: list[Life] = [
        (seed, Script(calm=True, crash_at=step, seconds=SHORT_S, orders=ORDERS)) for step in range(1, steps + 1, every)
    ]
    return simulate_on_cores(lives, cores=cores)
