"""Workers that die exactly between two steps: started again with a point at which they end themselves."""

from __future__ import annotations

import asyncio
import signal

from lotstream.ops.crash import CrashPoint
from lotstream.testing.faults.scene import Scene

#: Longest until a worker dies at its point, its start and whatever else ends it on the way included, in seconds.
ARMED_S = 60.0
#: Times that a worker passes a point before it dies there, at most.
PASSES_MAX = 8
NOT_REACHED = "worker kill -9, its point not reached"
"""What a crash at a point comes to when the worker did not come past it in time: a fault, but another one."""
POINTS = (
    CrashPoint.BEFORE_TRANSACTION,
    CrashPoint.INSIDE_TRANSACTION,
    CrashPoint.AFTER_COMMIT,
    CrashPoint.INSIDE_RELAY,
    CrashPoint.AFTER_RELAY,
    CrashPoint.IN_CLAIM,
)
"""Where a worker dies while it works; the point in a revocation is a fault of its own."""


async def crash_at(scene: Scene, point: CrashPoint) -> str | None:
    """A worker ends as by a power cut, exactly between two steps."""
    worker = scene.some_worker()
    await scene.crew.arm(worker, point, passes=1 if point is CrashPoint.IN_CLAIM else scene.draw.randint(1, PASSES_MAX))
    try:
        async with asyncio.timeout(ARMED_S):
            await scene.crew.wait_crashed(worker)
    except TimeoutError:
        return await _kill_instead(scene, worker)
    scene.well_from_now()
    return None


async def crash_in_revocation(scene: Scene) -> str | None:
    """A worker ends as by a power cut while it gives its partitions back, because it was asked to end."""
    worker = scene.some_worker()
    try:
        async with asyncio.timeout(ARMED_S):
            await scene.crew.arm(worker, CrashPoint.IN_REVOCATION, passes=1)
            while scene.crew.is_armed(worker):
                # One that is asked before it has anything to give back ends in order, and is started again armed.
                await scene.crew.wait_claimed(worker)
                if scene.crew.is_armed(worker):
                    await scene.crew.send(worker, signal.SIGTERM)
    except TimeoutError:
        return await _kill_instead(scene, worker)
    scene.well_from_now()
    return None


async def _kill_instead(scene: Scene, worker: str) -> str:
    scene.crew.disarm(worker)
    scene.well_from_now()
    await scene.crew.kill(worker)
    return NOT_REACHED
