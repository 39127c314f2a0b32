"""Tasks of many orders were released together, withdrawn, or came to something else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from lotstream.domain.model import OrderKey, RowKey, Wave


class JoinedTask(NamedTuple):
    """A task of an order line, and the task of a wave that it is a part of."""

    line: str
    task: str
    #: The row it is promised from: a task that was taken along to another bin may be on several.
    row: RowKey
    wave_task: str
    #: The floor knew of it by itself before it joined, or is to know of it when it leaves.
    alone: bool = True


class WaveTask(NamedTuple):
    """A task of a wave, and the row it is for."""

    task: str
    row: RowKey
    #: It was not there before.
    new: bool = False


@dataclass(frozen=True, slots=True)
class TasksJoinedWave:
    """Tasks of an order, which nobody had begun, are parts of a wave's tasks from now on."""

    key: OrderKey
    wave: str
    tasks: tuple[JoinedTask, ...]


@dataclass(frozen=True, slots=True)
class WaveReleased:
    """The tasks that have joined a wave are told to the floor, one for each row."""

    wave: Wave
    by: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class WaveCancelled:
    """Tasks of a wave, which nobody had begun, are withdrawn."""

    wave: Wave
    tasks: tuple[WaveTask, ...]
    by: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class TasksLeftWave:
    """Tasks of an order are parts of a wave no longer."""

    key: OrderKey
    wave: str
    tasks: tuple[JoinedTask, ...]


@dataclass(frozen=True, slots=True)
class WaveTasksChanged:
    """Tasks of a wave come to something else, because of what was decided before in the same decision."""

    wave: str
    site: str
    tasks: tuple[WaveTask, ...]
