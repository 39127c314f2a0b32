"""How often and how long something is tried again before it counts as failed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tenacity import (
    AsyncRetrying,
    retry_if_exception,
    stop_after_attempt,
    stop_after_delay,
    wait_random_exponential,
)


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Attempts with growing, random pauses between them; whichever limit is met first ends them."""

    attempts_max: int = 5
    #: From the first attempt to the last.
    total_s_max: float = 60.0
    pause_s_min: float = 0.2
    pause_s_max: float = 5.0

    def attempts(self, may_pass: Callable[[BaseException], bool]) -> AsyncRetrying:
        """Return attempts that go on after errors which may pass, and raise the last one."""
        return AsyncRetrying(
            retry=retry_if_exception(may_pass),
            stop=stop_after_attempt(self.attempts_max) | stop_after_delay(self.total_s_max),
            wait=wait_random_exponential(multiplier=self.pause_s_min, max=self.pause_s_max),
            reraise=True,
        )
