"""Promise exact lots and bins to the lines of an order, and say why these and not others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice

from lotstream.domain.candidate import Candidate
from lotstream.domain.codes import NotUsed
from lotstream.domain.draft import Draft
from lotstream.domain.events import Considered, LineDecision
from lotstream.domain.kit_lines import decide_kit
from lotstream.domain.model import Order, OrderLine, Reservation, ShipPolicy
from lotstream.domain.quantities import whole_packs
from lotstream.domain.queue import Segment
from lotstream.domain.serials import decide_number
from lotstream.domain.shelf import Shelf
from lotstream.domain.sums import backordered
from lotstream.domain.terms import Terms

#: Stock rows kept with a decision as those looked at first.
CONSIDERED_MAX = 8

Take = tuple[Candidate, int]


class Passed:
    """Candidates a line passed over: the first few by name, all of them by count."""

    __slots__ = ("counts", "first")

    def __init__(self, counts: dict[str, int]) -> None:
        self.counts = counts
        self.first: list[tuple[Candidate, NotUsed]] = []

    def count(self, reason: NotUsed, rows: int) -> None:
        """Count candidates that were not used."""
        if rows:
            self.counts[reason] = self.counts.get(reason, 0) + rows

    def note(self, candidate: Candidate, reason: NotUsed) -> None:
        """Take note of a candidate that was not used."""
        self.count(reason, 1)
        if len(self.first) < CONSIDERED_MAX:
            self.first.append((candidate, reason))

    def note_short(self, segment: Segment, *, start: int, terms: Terms) -> None:
        """Take note of the candidates before ``start`` in the order of use, all of which expire too early."""
        candidates = segment.candidates
        expired = 0 if terms.expired_ok else len(candidates) - 1 - segment.start(terms.ship)
        short = len(candidates) - 1 - start - expired
        self.count(NotUsed.EXPIRED, expired)
        self.count(NotUsed.SHORT_LIFE, short)
        room = CONSIDERED_MAX - len(self.first)
        for candidate in islice(reversed(candidates), min(room, expired + short)):
            self.first.append((candidate, terms.life(candidate) or NotUsed.SHORT_LIFE))


def decide_order(
    draft: Draft, order: Order, site: str, *, lines: Iterable[OrderLine] | None = None
) -> tuple[LineDecision, ...]:
    """Decide the open lines of an order at a site (or those of them given), in the order they were written.

    An order to be shipped complete is given everything it still wants or nothing.
    """
    complete = order.ship_policy is ShipPolicy.COMPLETE
    mark = draft.mark()
    decisions = [
        decide_line(draft, order, line, wanted=wanted, site=site)
        for line in (order.lines if complete or lines is None else lines)
        if (wanted := backordered(line)) > 0
    ]
    if complete and any(decision.backordered for decision in decisions):
        draft.undo(mark)
        wants = {line.line: backordered(line) for line in order.lines}
        decisions = [_taken_back(decision, wants[decision.line]) for decision in decisions]
    return tuple(decisions)


def decide_line(draft: Draft, order: Order, line: OrderLine, *, wanted: int, site: str) -> LineDecision:
    """Promise up to ``wanted`` smallest units of a site's stock to a line."""
    if line.parts:
        return decide_kit(decide_line, draft, order, line, wanted=wanted, site=site)
    if line.serial is not None:
        return decide_number(draft, order, line, wanted=wanted, site=site)
    settings = draft.ledger.settings
    item = draft.known_item(line.sku)
    shelf = draft.shelf(line.sku, site)
    terms = Terms(
        settings,
        order,
        line,
        item=item,
        customer=draft.customer(order.customer),
        today=shelf.today,
        site=draft.ledger.sites.sites.get(site),
        last_shipped=draft.ledger.last_shipped,
    )
    multiple = line.unit_factor if settings.whole_unit and line.unit != item.base_unit else 1
    single = terms.lots_max == 1
    if multiple == 1 and not single and not terms.asks and not draft.alters(shelf):
        decision = _from_the_first(draft, line, shelf, terms, wanted=wanted)
        if decision is not None:
            return decision
    passed = Passed(draft.counts(shelf))
    have = line.ordered - line.cancelled - wanted
    if single:
        goal = whole(wanted, multiple, have=have)
        takes = one_lot(draft, shelf, terms, goal=goal, only=line.reservations, passed=passed)
    else:
        takes = greedy(draft, usable(draft, shelf, terms, passed), terms, goal=wanted, passed=passed)
    got = sum([quantity for _, quantity in takes])
    while (kept := whole(got, multiple, have=have)) < got:
        takes, got = cut_back(takes, got - kept)
    if not settings.allow_partial and kept < wanted:
        takes, kept = [], 0
    for candidate, quantity in takes:
        draft.take(candidate, quantity)
    return LineDecision(
        line.line,
        tuple([Reservation(draft.new_task(), candidate.key, quantity) for candidate, quantity in takes]),
        wanted - kept,
        terms.policy,
        terms.policy_from,
        considered(draft, shelf, terms, takes=takes, passed=passed),
        _by_reason(passed.counts),
    )


def _by_reason(counts: dict[str, int]) -> dict[str, int]:
    """Return counts in an order of their own: that of the shelf hangs on the order in which its rows were loaded."""
    return dict(sorted(counts.items())) if len(counts) > 1 else counts.copy()


def _from_the_first(draft: Draft, line: OrderLine, shelf: Shelf, terms: Terms, *, wanted: int) -> LineDecision | None:
    """Decide a line that asks for nothing, where the first candidate alone can give it all it wants; else None.

    Nine lines of ten end here, at a fraction of what it costs to set out on a walk. It decides what `greedy` would.
    """
    for segment in shelf.queue(terms.policy).segments:
        if segment.candidates:
            break
    else:
        return None
    first = segment.candidates[-1]
    free = draft.free(first)
    if free < wanted or first.key.pack_size is not None or shelf.stands_aside:
        return None
    draft.take(first, wanted)
    return LineDecision(
        line.line,
        (Reservation(draft.new_task(), first.key, wanted),),
        0,
        terms.policy,
        terms.policy_from,
        (first.used(wanted, free),),
        _by_reason(shelf.counts),
    )


def whole(quantity: int, multiple: int, *, have: int) -> int:
    """Return the most of a quantity that makes whole multiples together with what a line has already."""
    if multiple == 1:
        return quantity
    return max(quantity - (have + quantity) % multiple, 0)


def usable(draft: Draft, shelf: Shelf, terms: Terms, passed: Passed) -> Iterator[Candidate]:
    """Return the candidates a line looks at, in the order of use; what expires too early is passed over in one step."""
    if terms.lot is not None:
        passed.count(NotUsed.OTHER_LOT, len(shelf.queue(terms.policy)) - shelf.usable_of(terms.lot))
        return iter(draft.of_lot(shelf, terms.policy, terms.lot))
    altered = draft.altered_candidates(shelf, terms.policy)
    if altered is not None:
        return altered
    segments = shelf.queue(terms.policy).segments
    if len(segments) == 1 and not terms.cutoff:
        return draft.walk(segments[0], len(segments[0].candidates) - 1)
    return _queued(draft, segments, terms, passed)


def _queued(draft: Draft, segments: list[Segment], terms: Terms, passed: Passed) -> Iterator[Candidate]:
    for segment in segments:
        start = len(segment.candidates) - 1
        if terms.cutoff and (first := segment.start(terms.cutoff)) < start:
            passed.note_short(segment, start=first, terms=terms)
            start = first
        yield from draft.walk(segment, start)


def greedy(draft: Draft, candidates: Iterable[Candidate], terms: Terms, *, goal: int, passed: Passed) -> list[Take]:
    """Take from candidates in the order of use until a goal is reached; of packed goods whole packs, never more."""
    takes: list[Take] = []
    for candidate in candidates:
        if terms.asks and (reason := terms.refuse(candidate)) is not None:
            passed.note(candidate, reason)
            continue
        take = min(draft.free(candidate), goal)
        if take > 0 and candidate.key.pack_size is not None:
            take -= take % candidate.key.pack_size
            if take == 0:
                passed.note(candidate, NotUsed.PACK_SIZE)
        if take > 0:
            takes.append((candidate, take))
            goal -= take
            if goal == 0:
                break
    return takes


def one_lot(
    draft: Draft, shelf: Shelf, terms: Terms, *, goal: int, only: Sequence[Reservation], passed: Passed
) -> list[Take]:
    """Take a whole goal from the first lot in the order of use that can fill it; else nothing.

    A line that has something already stays with the lot of that.
    """
    tried: set[str | None] = set()
    for candidate in usable(draft, shelf, terms, passed) if goal else ():
        lot = candidate.key.lot
        # A row that this decision has emptied does not put its lot first: the next request would not see it either.
        if lot in tried or draft.free(candidate) <= 0:
            continue
        tried.add(lot)
        if only and only[0].row.lot != lot:
            passed.note(candidate, NotUsed.LOT_LIMIT)
            continue
        takes = greedy(draft, draft.of_lot(shelf, terms.policy, lot), terms, goal=goal, passed=passed)
        if sum(quantity for _, quantity in takes) == goal:
            return takes
        if takes:
            passed.note(candidate, NotUsed.LOT_TOO_SMALL)
    return []


def cut_back(takes: list[Take], surplus: int) -> tuple[list[Take], int]:
    """Give at least a surplus back from the end of the order of use, packs as a whole; returns what stays."""
    kept = list(takes)
    while surplus > 0:
        candidate, quantity = kept.pop()
        less = min(whole_packs(surplus, candidate.key.pack_size), quantity)
        if less < quantity:
            kept.append((candidate, quantity - less))
        surplus -= less
    return kept, sum(quantity for _, quantity in kept)


def considered(
    draft: Draft, shelf: Shelf, terms: Terms, *, takes: list[Take], passed: Passed
) -> tuple[Considered, ...]:
    """Return the candidates looked at first, in the order of use, with what became of them."""
    used = [
        (candidate, candidate.used(quantity, draft.free(candidate) + quantity))
        for candidate, quantity in takes[:CONSIDERED_MAX]
    ]
    room = CONSIDERED_MAX - len(used)
    others = [
        (candidate, candidate.not_used(reason, draft.free(candidate))) for candidate, reason in passed.first[:room]
    ]
    aside = islice(draft.aside(shelf, terms.policy), room - len(others))
    others += [
        (candidate, candidate.not_used(candidate.reason, draft.free(candidate)))
        for candidate in aside
        if candidate.reason is not None
    ]
    if not others:
        return tuple([record for _, record in used])
    key = shelf.queue(terms.policy).key
    found = used + others
    return tuple([record for _, record in sorted(found, key=lambda entry: key(entry[0]))])


def _taken_back(decision: LineDecision, wanted: int) -> LineDecision:
    looked_at = tuple(replace(record, taken=0) for record in decision.considered)
    return replace(decision, reserved=(), backordered=wanted, considered=looked_at)
