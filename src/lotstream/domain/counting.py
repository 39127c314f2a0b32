"""Stock turns out to be more or less: adjusted by so much, or counted as so much."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Final

from lotstream.domain.checks import Verdicts
from lotstream.domain.codes import COUNT_DIFFERENCE, Code, Refused
from lotstream.domain.commands import ApproveCount, CountStock, Moment, StockLine
from lotstream.domain.draft import Draft
from lotstream.domain.events import CountKept, DiscrepancyNoted, Event, RowWeight, StockCounted
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import CountedLine, CountPending, CountState, CountTold, Moved, ReceiptKey, RowKey, Since
from lotstream.domain.paper import COUNT, Meant, Paper, begin, book_once, understand
from lotstream.domain.places import DOCK, is_transit
from lotstream.domain.quantities import in_base_units
from lotstream.domain.second_counts import check_second, has_to_wait, pending_key, settled, since
from lotstream.domain.second_weights import check_weights, weighed_again
from lotstream.domain.stock_changes import Changes, check_place, decided, more_to, take, where_found
from lotstream.domain.told_late import BACK_MAX, counts_known
from lotstream.domain.weighed_counts import weigh_rows
from lotstream.domain.weights import kilograms, told_grams
from lotstream.domain.wording import amount

AS_OF_MAX: Final = BACK_MAX
"""How long ago a count may have been made that is told now."""


#: SKU, lot, location, package, pack and condition that a line counts.
_CountedOf = tuple[str, str | None, str, str | None, int | None, str | None]


def count_stock(ledger: Ledger, command: CountStock, moment: Moment) -> tuple[Event, ...]:
    """Decide stock.counted: the bin has what was counted, and knows nothing of what was picked from it.

    With ``as_of`` it had that much then: what came to the bin of the lot since, less what left it, is added. Where less
    is there than is promised of it the back of the queue loses first; those who lose are settled in the same decision.
    A count that differs by as much as the owner's settings say waits for somebody else to count.
    """
    paper = begin(ledger, command, moment, kind=COUNT, number=command.count)
    _check_as_of(command.as_of, moment)
    counts = _Counts(Changes(paper), command.as_of)
    _count_all(counts, command.lines)
    kept = ledger.document(pending_key(command.count), CountPending)
    if kept is not None and kept.state is not CountState.APPROVED:
        # Also where it differs by less by now: it waits for somebody, or was rejected.
        return _kept_again(counts, kept)
    if not _has_to_wait(counts):
        return _counted(counts)
    if kept is not None:
        return _kept_again(counts, kept)
    pending = CountPending(
        pending_key(command.count), command.site, command.by, command.as_of or paper.at, _lines(counts)
    )
    return CountKept(command.site, command.count, command.by, paper.at, pending), *paper.verdicts.noted


def approve_count(ledger: Ledger, command: ApproveCount, moment: Moment) -> tuple[Event, ...]:
    """Decide count.approved: somebody else has counted.

    What was counted at first is booked with what has moved since, or forgotten. Who counted first may not approve, and
    where the second count is told it has to be the same.
    """
    pending = ledger.document(pending_key(command.count), CountPending)
    verdicts = Verdicts(command.happened)
    if pending is not None and _is_settled_so(pending, command):
        return check_weights(ledger, command, ledger.receipt(ReceiptKey(COUNT, command.count)), verdicts)
    pending = weighed_again(ledger, command, check_second(ledger, command, pending), verdicts)
    at = command.occurred_at or moment.recorded_at
    told = settled(command, pending, at)
    if not command.approved:
        return (told,)
    lines = tuple(_said_of(ledger, line) for line in pending.lines)
    document = CountStock(pending.site, True, command.by, at, command.count, lines, pending.as_of)
    key = ReceiptKey(COUNT, command.count)
    paper = Paper(Draft(ledger, moment), document, key, ledger.receipt(key), at, Verdicts(True, verdicts.noted))
    waited = {line.line: line.difference for line in pending.lines}
    counts = _Counts(Changes(paper), pending.as_of, waited)
    _count_all(counts, lines)
    return (told, *_counted(counts))


@dataclass(slots=True)
class _Counts:
    """What the lines of a count find."""

    changes: Changes
    #: When it was counted; None: now.
    as_of: datetime | None
    #: Of a count that waited, by how much each line differed when it was told.
    waited: dict[str, int] = field(default_factory=dict)
    #: What each line says, and what was known to be there.
    lines: list[tuple[CountedLine, int]] = field(default_factory=list)
    #: What was counted of the same goods, by their labels, until the first line of them is booked.
    together: dict[_CountedOf, dict[str | None, int]] = field(default_factory=dict)
    #: What the same goods weigh, by their labels.
    heavy: dict[_CountedOf, dict[str | None, Decimal | None]] = field(default_factory=dict)
    #: What rows weigh that were weighed.
    weighed: list[RowWeight] = field(default_factory=list)
    #: Lines that another one has counted again.
    superseded: list[str] = field(default_factory=list)


def _check_as_of(as_of: datetime | None, moment: Moment) -> None:
    if as_of is None or moment.recorded_at - AS_OF_MAX <= as_of <= moment.recorded_at:
        return
    message = f"{as_of:%Y-%m-%d %H:%M} is not within the last {AS_OF_MAX.days} days; count the bins anew."
    raise Refused(Code.FIELD_INVALID, "as_of", message)


def _count_all(counts: _Counts, lines: tuple[StockLine, ...]) -> None:
    """Count line by line; goods that have several labels, of lots that are one by now, are as many as of all labels.

    Where lines of one label count the same the last one is right; where one of them cannot be counted none of them is
    booked, since what it says would be missing.
    """
    found, unclear = list[Meant](), list[StockLine]()
    for index, said in enumerate(lines):
        meant = understand(counts.changes.paper, said, f"lines.{index}", positive=False, amount="counted")
        if meant is not None and _may_be_counted(counts, meant):
            found.append(meant)
            counts.together.setdefault(_counted_of(meant), {})[said.label] = meant.quantity
            counts.heavy.setdefault(_counted_of(meant), {})[said.label] = said.weight_kg
        else:
            unclear.append(said)
    last = {(_counted_of(meant), meant.said.label): meant for meant in found}
    for meant in found:
        if not _is_part(counts, meant, unclear):
            _count(counts, meant, superseded=last[_counted_of(meant), meant.said.label] is not meant)


def _is_part(counts: _Counts, meant: Meant, unclear: list[StockLine]) -> bool:
    """Object to a line that counts a part of goods of which another line cannot be counted."""
    other = next((said for said in unclear if _same_goods(meant, said)), None)
    if other is None:
        return False
    message = f"Line {other.line} counts the same goods and cannot be counted; send both again."
    counts.changes.paper.object(Code.FIELD_INVALID, f"{meant.path}.counted", message, meant.said)
    return True


def _same_goods(meant: Meant, said: StockLine) -> bool:
    mine = meant.said
    return said.sku in (None, meant.item.sku) and said.location in (None, meant.location) and (
        (said.lot, said.package, said.pack_size, said.status) == (mine.lot, mine.package, mine.pack_size, mine.status)
    )  # fmt: skip


def _may_be_counted(counts: _Counts, meant: Meant) -> bool:
    """Object to less than nothing; False for a line that can only be noted as a discrepancy."""
    if meant.quantity < 0:
        message = f"{meant.said.quantity:f} were counted; nobody counts less than nothing."
        counts.changes.paper.object(Code.NOT_POSITIVE, f"{meant.path}.counted", message, meant.said)
        return False
    return _check_looked_back(counts, meant)


def _counted_of(meant: Meant) -> _CountedOf:
    """Return what a line counts, as other lines of the same goods say it too."""
    said = meant.said
    return meant.item.sku, said.lot, meant.location, said.package, meant.pack, said.status


def _counted(counts: _Counts) -> tuple[Event, ...]:
    paper = counts.changes.paper
    if not paper.booked:
        return tuple(paper.verdicts.noted)
    # Counts are looked for by when they were booked: a difference is not known before it was counted.
    at = max(paper.at, counts.as_of or paper.at)
    told = StockCounted(
        paper.document.site, paper.key.number, paper.document.by, at, paper.booked, tuple(counts.changes.made),
        tuple(counts.weighed), {line.line: line.weight_g for line, _ in counts.lines if line.weight_g}, counts.as_of,
        tuple(line.line for line, _ in counts.lines if line.status is None), tuple(counts.superseded),
    )  # fmt: skip
    return decided(counts.changes, told)


def _has_to_wait(counts: _Counts) -> bool:
    """Tell whether somebody else has to count before the count may be booked."""
    draft = counts.changes.paper.draft
    rule = draft.ledger.settings.count_approval
    return rule is not None and has_to_wait(draft, rule, counts.lines)


def _lines(counts: _Counts) -> tuple[CountedLine, ...]:
    return tuple(line for line, _ in counts.lines)


def _kept_again(counts: _Counts, kept: CountPending) -> tuple[Event, ...]:
    """Return nothing for a count that is told again; with other content it is objected to."""
    told, before = ([one._replace(difference=0) for one in lines] for lines in (_lines(counts), kept.lines))
    if told == before:
        return ()
    paper, number = counts.changes.paper, kept.key.number
    message = f"Count {number} was told with other content; give this one another number."
    paper.verdicts.object(Code.CONFLICTING_CONTENT, COUNT, message, {COUNT: number})
    return tuple(paper.verdicts.noted)


def _is_settled_so(pending: CountPending, command: ApproveCount) -> bool:
    state = CountState.APPROVED if command.approved else CountState.REJECTED
    return (pending.state, pending.second) == (state, command.by)


def _said_of(ledger: Ledger, line: CountedLine) -> StockLine:
    """Return what a line of a count said that had to wait."""
    item = ledger.items[line.sku]
    pack = None if line.pack_size is None else in_base_units(item, line.pack_size)
    return StockLine(
        line.line, line.sku, line.lot, line.location, in_base_units(item, line.counted), package=line.package,
        pack_size=pack, status=line.status, reason=line.reason, label=line.label,
        weight_kg=kilograms(line.weight_g) if line.weight_g else None,
    )  # fmt: skip


def _count(counts: _Counts, meant: Meant, *, superseded: bool) -> None:
    changes, paper = counts.changes, counts.changes.paper
    named = meant.row(paper.document.site)
    if not book_once(paper, meant, named):
        return
    check_place(paper, meant)
    rows = paper.rows(meant)
    known = sum(paper.there(key) for key in rows)
    labels = None if superseded else counts.together.pop(_counted_of(meant), None)
    counts.superseded += [meant.said.line] if superseded else []
    if counts.as_of is not None and (later := _counted_later(paper, meant, counts.as_of)) is not None:
        _leave(counts, meant, later, known)
        return
    now = known if labels is None else _now(counts, meant, sum(labels.values()), known)
    counts.lines.append((_line(meant, difference=now - known), known))
    if labels is None:
        # It is in what another line has brought.
        return
    for key in rows:
        changes.add(meant, key, max(-paper.there(key), 0))
    more = now - sum(paper.there(key) for key in rows)
    if more > 0:
        row = more_to(paper, meant, _not_on_the_way(where_found(rows, named)))
        changes.add(meant, row, more)
    else:
        take(changes, meant, rows, -more)
    moved = 0 if counts.as_of is None else now - sum(labels.values())
    weighed = weigh_rows(paper, meant, [*counts.heavy[_counted_of(meant)].values()], moved=moved)
    counts.weighed += weighed


def _counted_later(paper: Paper, meant: Meant, as_of: datetime) -> CountTold | None:
    """Return a count by which more is known of all that a line counts, since it was counted later and told before."""
    said = meant.said
    told = counts_known(paper.draft.ledger, meant.item.sku, said.lot, as_of) or []
    asked = paper.document.site, meant.location, said.package, meant.pack, said.status
    for count in told:
        place, parts = count[4:6], zip(count[6:], asked[2:], strict=True)
        if count.as_of > as_of and place == asked[:2] and all(one in (None, other) for one, other in parts):
            return count
    return None


def _leave(counts: _Counts, meant: Meant, later: CountTold, known: int) -> None:
    """Leave goods as they are that were counted again since."""
    paper = counts.changes.paper
    counts.lines.append((_line(meant, difference=0), known))
    message = f"Count {later.number} found later what is in {meant.location}, and was told before; that stands."
    about = {COUNT: paper.key.number, "line": meant.said.line, "sku": meant.item.sku, "location": meant.location}
    about |= {} if meant.said.lot is None else {"lot": meant.said.lot}
    paper.verdicts.noted.append(DiscrepancyNoted(COUNT_DIFFERENCE, message, about))


def _not_on_the_way(row: RowKey) -> RowKey:
    """Return where goods are that were found: what is more than left with a transfer is no part of it."""
    return row._replace(location=DOCK) if is_transit(row.location) else row


def _check_looked_back(counts: _Counts, meant: Meant) -> bool:
    """Object to a count of the past of which nobody knows what has moved since: that is known of bins as a whole."""
    if counts.as_of is None or counts.waited:
        return True
    said, field, what = meant.said, "location", "where it was counted"
    if said.location is not None:
        field, what = "package", "what of it moved since"
        if said.package is None and said.pack_size is None:
            return True
    message = f"Of {meant.item.sku} it is not known {what}; count the bin as a whole, by name."
    code = Code.FIELD_MISSING if field == "location" else Code.FIELD_INVALID
    counts.changes.paper.object(code, f"{meant.path}.{field}", message, said)
    return False


def _now(counts: _Counts, meant: Meant, counted: int, known: int) -> int:
    """Return what a bin has now of what was counted, with all that came to it and left it since."""
    if counts.as_of is None:
        return counted
    paper, said = counts.changes.paper, meant.said
    if counts.waited and (said.package is not None or said.pack_size is not None):
        # What moved of a package is not known: it differs from the books by as much as it did.
        return max(known + counts.waited[said.line], 0)
    ledger = paper.draft.ledger
    asked = Since(meant.item.sku, said.lot, paper.document.site, meant.location, said.status, counts.as_of)
    now = counted + sum(ledger.answer(question, Moved).quantity for question in since(ledger, asked))
    if now >= 0:
        return now
    message = f"{amount(meant.item, -now)} more left {meant.location} since than was counted; count it anew."
    about = {COUNT: paper.key.number, "line": said.line, "sku": meant.item.sku, "location": meant.location}
    about |= {} if said.lot is None else {"lot": said.lot}
    paper.verdicts.noted.append(DiscrepancyNoted(Code.NOT_AVAILABLE.value, message, about))
    return 0


def _line(meant: Meant, *, difference: int) -> CountedLine:
    said = meant.said
    return CountedLine(
        said.line, meant.item.sku, said.lot, meant.location, said.package, meant.pack, said.status, meant.quantity,
        difference, said.reason, said.label, told_grams(meant.item, said.weight_kg),
    )  # fmt: skip
