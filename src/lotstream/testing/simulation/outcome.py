"""What living through a seed has shown, and what was arranged beside what the seed draws."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Final

from lotstream.testing.simulation.violations import Violated

Step = tuple[float, str, str, str]
"""(time in seconds, who, what, what came of it)."""


CHAOS_S: Final = 30.0
"""How long faults come in each seed, in made-up seconds."""

ORDERS: Final = 40
"""Orders placed in each seed."""


@dataclass(frozen=True, slots=True)
class Script:
    """What is arranged in a world, whatever its seed draws."""

    #: The place at which a process is killed; None for none.
    aim: str | None = None
    #: The step of the first process before which it is killed; None for none.
    crash_at: int | None = None
    #: Nothing goes wrong but what is arranged here.
    calm: bool = False
    #: How long faults come, in made-up seconds.
    seconds: float = CHAOS_S
    #: Orders placed meanwhile.
    orders: int = ORDERS
    #: Kinds of fault that come, all others being left out; none for whatever the seed draws.
    only: tuple[str, ...] = ()
    #: The call that is held up where calls are held up, and the call of somebody else right after which it arrives.
    late: tuple[str, str] | None = None

    def __str__(self) -> str:
        """Return the options that arrange the same on the command line."""
        said = {
            f"--aim '{self.aim}'": self.aim is not None,
            f"--crash-at {self.crash_at}": self.crash_at is not None,
            "--calm": self.calm,
            f"--seconds {self.seconds:g}": self.seconds != CHAOS_S,
            f"--orders {self.orders}": self.orders != ORDERS,
            f"--only {' '.join(self.only)}": bool(self.only),
            "--late " + " ".join(f"'{call}'" for call in self.late or ()): self.late is not None,
        }
        return "".join(f" {option}" for option, is_said in said.items() if is_said)


@dataclass(slots=True)
class Outcome:
    """What one seed has shown."""

    seed: int
    script: Script
    #: The first invariant that did not hold; None when all did.
    violation: Violated | None
    steps: list[Step]
    #: How often what happened: faults, crashes, records.
    counts: Counter[str]
    #: How often somebody stood at each await of the hub and each call over a seam.
    stood: Counter[str]
    #: How often a process was killed there.
    killed: Counter[str]
    #: Steps that the first process took.
    first_took: int
