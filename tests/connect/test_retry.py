from __future__ import annotations

import pytest

from lotstream.connect.retry import RetryPolicy


class Refusing:
    """A broker that refuses, and how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0

    async def give(self, policy: RetryPolicy) -> None:
        async for attempt in policy.attempts(lambda _: True):
            with attempt:
                self.asked += 1
                raise ConnectionError


@pytest.mark.parametrize(
    ("policy", "tried"),
    [
        (RetryPolicy(attempts_max=3, pause_s_min=0.001, pause_s_max=0.001), 3),
        (RetryPolicy(attempts_max=1_000_000, total_s_max=0.0, pause_s_min=0.001, pause_s_max=0.001), 1),
    ],
)
async def test_whichever_limit_is_met_first_ends_the_attempts(policy: RetryPolicy, tried: int) -> None:
    """Attempts end after so many, or after so long, and the last error comes out."""
    broker = Refusing()
    with pytest.raises(ConnectionError):
        await broker.give(policy)
    assert broker.asked == tried
