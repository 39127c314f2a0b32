"""The floor names the bin of a task of a wave that names none: what is picked for each order is brought there first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from lotstream.domain.bins_named import Bringing, Spot, Want, bring, counted, no_bin
from lotstream.domain.by_lot import is_by_lot
from lotstream.domain.codes import stop_if
from lotstream.domain.commands import PickLine
from lotstream.domain.model import Order, OrderKey, OrderLine
from lotstream.domain.unpromised import PICKED, is_meant
from lotstream.domain.wave_parts import WavePart
from lotstream.domain.wave_work import Work


def bins_for_wave(work: Work, site: str, lines: Iterable[PickLine]) -> Bringing:
    """Bring what tasks of a wave are for to the bins that lines name, whoever comes first his part first."""
    bringing = Bringing(work.draft, work.books, work.verdicts, site, PICKED)
    for index, told in enumerate(lines):
        path = f"lines.{index}"
        parts = open_parts(work, site, told)
        if told.task is None or not parts:
            continue
        if told.location is None and not work.verdicts.happened:
            stop_if(no_bin(site, path))
        if told.location is not None:
            _bring(bringing, work, parts, told, path)
    return bringing


def open_parts(work: Work, site: str, told: PickLine) -> list[WavePart]:
    """Return the promises, not picked, of a task of a wave that names no bin, in whatever bin they are."""
    anywhere = replace(told, location=None, package=None)
    return [
        one
        for one in work.parts(told.task)
        if is_by_lot(one.task) and one.part.quantity > one.part.picked and is_meant(one.part.row, anywhere, site)
    ]


def _bring(bringing: Bringing, work: Work, parts: list[WavePart], told: PickLine, path: str) -> None:
    work.draft.orders.update(work.orders)
    left = counted(work.draft, parts[0].part.row.sku, told)
    shares: dict[tuple[OrderKey, str], int] = {}
    whose: dict[tuple[OrderKey, str], tuple[Order, OrderLine]] = {}
    for order, line, part, _ in parts:
        share = min(part.quantity - part.picked, left)
        left -= share
        shares[order.key, line.line] = shares.get((order.key, line.line), 0) + share
        whose[order.key, line.line] = order, line
    spot = Spot(told.location or "", told.package)
    for name, share in shares.items():
        order, line = whose[name]
        mine = [one.part for one in parts if (one.order.key, one.line.line) == name]
        goods = list(dict.fromkeys((part.row.sku, part.row.lot) for part in mine))
        tasks = frozenset(part.task for part in mine)
        want = Want(order, line, tasks, goods, spot, share, f"{path}.location")
        if share:
            bring(bringing, want)
