"""What is decided so far about one message that names a wave in place of an order."""

from __future__ import annotations

from dataclasses import dataclass, field, fields

from lotstream.domain.books import Books
from lotstream.domain.checks import Verdicts
from lotstream.domain.codes import Code, Refusal
from lotstream.domain.commands import PickLine, ShortLine, UndoneLine
from lotstream.domain.draft import Draft
from lotstream.domain.events import Event
from lotstream.domain.model import Order, OrderKey
from lotstream.domain.unpromised import Picking
from lotstream.domain.wave_parts import WavePart, parts_of
from lotstream.domain.wording import in_words

Outcome = tuple[Event, ...] | Refusal


@dataclass(slots=True)
class Work:
    """What is decided so far about one message."""

    draft: Draft
    wave: str
    verdicts: Verdicts
    books: Books
    #: Copies of the orders with anything in the wave, changed as they are picked; those that are held come last.
    orders: dict[OrderKey, Order]
    pickings: dict[OrderKey, Picking] = field(default_factory=dict)

    def parts(self, task: str | None) -> list[WavePart]:
        """Return the promises of a task as they are now, in the order in which they are served; None: of all tasks."""
        return [one for one in parts_of(self.orders.values(), self.wave) if task in (None, one.task)]

    def object(self, code: Code, path: str, message: str, task: str | None = None) -> None:
        """Object to something that is no single order's."""
        self.verdicts.object(code, path, message, {"wave": self.wave, "task": task})


def says_which(work: Work, line: PickLine | ShortLine | UndoneLine, path: str) -> bool:
    """Object to what does not say which task of the wave is meant; True where the task is clear all the same."""
    wrong = check_line(line.line, line.task, path)
    if wrong is not None:
        said = {one.name: in_words(getattr(line, one.name)) or None for one in fields(line)}
        work.verdicts.object(wrong.code, wrong.field, wrong.message, {"wave": work.wave, **said})
    return line.task is not None


def check_line(line: str | None, task: str | None, path: str) -> Refusal | None:
    """Refuse what does not say which task of the wave is meant."""
    if line is not None:
        message = "A task of a wave is for lines of many orders; leave the line out, or name its order."
        return Refusal(Code.FIELD_INVALID, f"{path}.line", message)
    if task is None:
        return Refusal(Code.FIELD_MISSING, f"{path}.task", "Name the task of the wave that it is about.")
    return None
