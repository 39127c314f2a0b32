"""An order arrives again: equal, older, in conflict, or changed."""

from __future__ import annotations

from lotstream.domain.ahead import first_day
from lotstream.domain.checks import terms_of
from lotstream.domain.codes import Code, NotUsed, Refusal, Refused, stop_if
from lotstream.domain.draft import Draft
from lotstream.domain.erasing import persons_left
from lotstream.domain.events import DiscrepancyNoted, Event, Freed, LineDecision, OrderChanged
from lotstream.domain.filling import AT_ONCE, assign, fill
from lotstream.domain.heads import only_head_differs, rest_differs, wants_otherwise, with_head_of
from lotstream.domain.keeping import joined, takes_one_lot, unmet
from lotstream.domain.kit_lines import as_part, give_back_latest
from lotstream.domain.kits import anything_shipped
from lotstream.domain.model import Order, OrderLine, OrderState, Reservation
from lotstream.domain.noticing import note_held
from lotstream.domain.reservations import (
    copy_line,
    copy_order,
    drop_freed,
    drop_loss,
    give_back,
    give_back_all,
    line_called,
    note_reserved,
    staged_key,
)
from lotstream.domain.sums import OVER, Stage, promised, stage_of, state_of
from lotstream.domain.terms import lots_max
from lotstream.domain.todays import is_ahead, is_over
from lotstream.domain.versions import compare_versions


def place_again(draft: Draft, known: Order, order: Order) -> tuple[Event, ...]:
    """Decide an order that is known already; ``order`` is what the message says now.

    Equal content is a repeat, whatever its version says; only a newer version is taken note of. An older version is
    refused, and so is the same version with other content. Where one of the two has no version, other content is a
    conflict that a person has to look at: the order is held as it is, keeps what it has, and waits for order.released
    or for a message with a newer version. Of what is packed or partly shipped only the head may still change.
    """
    newer = compare_versions(order.version, known.version)
    if newer is None and order.version is not None:
        newer = 1
    if order.content == known.content:
        return _repeated(known, order) if newer == 1 and known.state not in OVER else ()
    if newer == -1:
        message = f"Version {order.version} is older than {known.version}, which is recorded; nothing was changed."
        raise Refused(Code.STALE_VERSION, "version", message)
    if newer == 0:
        message = f"Version {order.version} is recorded with other content; send the change with a newer version."
        raise Refused(Code.CONFLICTING_CONTENT, "version", message)
    refused = too_late(known) or _packed_otherwise(known, order)
    may_not_move = refused is not None or _is_anything_packed(known)
    if may_not_move and newer == 1 and known.state not in OVER and only_head_differs(known, order):
        return _change_head(draft, known, order)
    stop_if(refused)
    return _in_conflict(draft, known) if newer is None else change(draft, known, order)


def too_late(order: Order) -> Refusal | None:
    """Refuse a change or a cancellation that an order is too far on for."""
    name = order.key.order
    if order.state is OrderState.CLOSED or any(anything_shipped(line) for line in order.lines):
        return Refusal(Code.ALREADY_SHIPPED, "order", f"Order {name} has been shipped; ask for a return instead.")
    if order.state is OrderState.PACKED:
        return _is_packed(order)
    if order.state in OVER:
        message = f"Order {name} is {order.state.value}; place what is wanted under a new number."
        return Refusal(Code.CONFLICTING_CONTENT, "order", message)
    return None


def _packed_otherwise(known: Order, order: Order) -> Refusal | None:
    """Refuse a newer version that wants a packed line, or the order, otherwise while others are being picked."""
    packed = [line for line in known.lines if stage_of(line) is Stage.PACKED]
    if packed and rest_differs(known, order):
        return _is_packed(known)
    if any(wants_otherwise(line, line_called(order, line.line)) for line in packed):
        return _is_packed(known)
    return None


def _is_anything_packed(order: Order) -> bool:
    return any(part.packed for line in order.lines for part in line.reservations)


def _is_packed(order: Order) -> Refusal:
    return Refusal(Code.ALREADY_PICKED, "order", f"Order {order.key.order} is packed; have it unpacked first.")


def _change_head(draft: Draft, known: Order, order: Order) -> tuple[Event, ...]:
    """Take over the head of a newer version of an order that is packed or partly shipped.

    What is not picked and does not live until a later ship date is given back, and the order looks for other goods.
    """
    after = draft.orders[known.key] = with_head_of(known, order)
    parts = [(line, part) for line in after.lines for part in line.reservations if part.quantity > part.picked]
    unfit = [(line, part) for line, part in parts if _refused(draft, known, after, line, part)]
    freed = [loss for line, part in unfit for loss in give_back(line, part.quantity - part.picked, [part])]
    drop_freed(after, freed)
    hand_back(draft, freed)
    after.state = state_of(after, decided=True)
    return OrderChanged(after, tuple(freed)), *fill(draft, {loss.row.sku for loss in freed})


def _refused(
    draft: Draft, known: Order, after: Order, line: OrderLine, part: Reservation, *, before: OrderLine | None = None
) -> bool:
    """Tell whether a changed order no longer takes what is promised to a line of it.

    Where it asks for what it asked for before (``before``: the line as it was, where that is another), what is promised
    stays, although it may be too old meanwhile to be promised anew: the change is not about that. The expired goes.
    """
    row, was = part.row, before or line
    mine = as_part(draft, line, row.sku) if line.parts else line
    then = as_part(draft, was, row.sku) if was.parts else was
    terms = terms_of(draft, after, mine, site=row.site)
    reason = terms.refuse(draft.candidate(row))
    aged = reason is not None and terms.take_the_same_as(terms_of(draft, known, then, site=row.site))
    return reason is not None and (reason is NotUsed.EXPIRED or not aged)


def _repeated(known: Order, order: Order) -> tuple[Event, ...]:
    after = copy_order(known)
    after.version = order.version
    return (OrderChanged(after),)


def _in_conflict(draft: Draft, known: Order) -> tuple[Event, ...]:
    name = known.key.order
    message = f"Order {name} came again without a version and with other content; release it as it is, or change it."
    noted = DiscrepancyNoted(Code.CONFLICTING_CONTENT.value, message, {"order": name, "source": known.key.source})
    if known.held == Code.CONFLICTING_CONTENT:
        return (noted,)
    after = copy_order(known)
    after.held, after.held_message, after.state = Code.CONFLICTING_CONTENT.value, message, OrderState.HELD
    note_held(after, known, draft.moment.recorded_at)
    return OrderChanged(after), noted


def change(draft: Draft, known: Order, after: Order) -> tuple[Event, ...]:
    """Replace an order by its newer version.

    What is promised stays where it still fits; what does not fit, or is no longer wanted, is given back, unpicked goods
    first. Lines that are gone are cancelled. What the order wants more, and then whoever waits for what it gave back,
    is served at once where the owner allocates at once; an order that now leaves later than its horizon gives back all
    and waits for its day. A change never costs an order its place in the queue.
    """
    after.placed_at = min(after.placed_at, known.placed_at)
    after.arrival, after.shipments, after.persons_before = known.arrival, known.shipments, persons_left(known, after)
    if after.site is None and any(line.reservations for line in known.lines):
        after.site, after.site_chosen = known.site, known.site_chosen
    after.ahead = _waits_for_its_day(draft, known, after)
    freed: list[Freed] = []
    for line in after.lines:
        freed += _carry_over(draft, known, after, line)
    freed += _gone(known, after)
    hand_back(draft, freed)
    draft.orders[known.key] = after
    decisions: tuple[LineDecision, ...] = ()
    at_once = draft.ledger.settings.allocate == AT_ONCE and not after.ahead
    if after.held is None and at_once and not is_over(draft, after):
        after.site, after.site_chosen, decisions = assign(draft, after)
        note_reserved(after, decisions)
    freed, decisions = _keep_rules(draft, after, freed, decisions)
    decided = bool(decisions) or known.state not in (OrderState.RECEIVED, OrderState.HELD)
    after.state = state_of(after, decided=decided and not after.ahead)
    skus = {loss.row.sku for loss in freed}
    return OrderChanged(after, tuple(freed), decisions), *fill(draft, skus, without=known.key)


def _waits_for_its_day(draft: Draft, known: Order, after: Order) -> bool:
    """Tell whether a changed order waits for its day: it did before, or it has moved to a later one.

    What somebody has let in before its day stays in, whatever else of it changes, and so does what is being picked.
    """
    if after.held is not None or not is_ahead(draft, after):
        return False
    parts = [part for line in known.lines for part in line.reservations]
    if known.ahead or (not parts and known.state in (OrderState.RECEIVED, OrderState.HELD)):
        return True
    settings, customer = draft.ledger.settings, draft.customer
    before = first_day(settings, customer(known.customer), known)
    later = first_day(settings, customer(after.customer), after) > before
    return later and not any(part.picked for part in parts)


def _keep_rules(
    draft: Draft, after: Order, freed: list[Freed], decisions: tuple[LineDecision, ...]
) -> tuple[list[Freed], tuple[LineDecision, ...]]:
    """Give back what the changed order may not keep a part of, and look once for another lot for all of a line."""
    back = unmet(draft, after)
    drop_freed(after, back)
    hand_back(draft, back)
    given = {loss.line for loss in back}
    lines = [line for line in after.lines if line.line in given and takes_one_lot(draft, after, line)]
    if lines and decisions:
        after.site, after.site_chosen, again = assign(draft, after, lines=lines)
        note_reserved(after, again)
        decisions = joined(after, decisions, again)
    return freed + back, decisions


def _carry_over(draft: Draft, known: Order, after: Order, line: OrderLine) -> list[Freed]:
    """Move what is promised from the line as it was to the line as it is; returns what has to be given back."""
    before = line_called(known, line.line)
    if before is None or not before.reservations:
        return []
    if before.sku != line.sku or before.parts != line.parts:
        return give_back_all(before)
    kept = copy_line(before)
    freed = _unfit(draft, known, after, line, kept)
    for loss in freed:
        drop_loss(kept, loss)
    line.reservations = kept.reservations
    surplus = promised(line) - line.ordered
    if surplus > 0 or line.parts:
        site = before.reservations[0].row.site
        for loss in give_back_latest(draft, after, line, max(surplus, 0), site=site):
            drop_loss(line, loss)
            freed.append(loss)
    return freed


def _unfit(draft: Draft, known: Order, after: Order, line: OrderLine, kept: OrderLine) -> list[Freed]:
    if after.test or after.ahead or line.quantity_sent is not None:
        return give_back_all(kept)
    freed: list[Freed] = []
    lots = list(dict.fromkeys([(part.row.sku, part.row.lot) for part in kept.reservations]))
    most = lots_max(line, draft.customer(after.customer))
    for reservation in kept.reservations:
        row = reservation.row
        other_lot = most is not None and row.lot not in [lot for sku, lot in lots if sku == row.sku][:most]
        other_lot = other_lot or line.serial not in (None, *reservation.serials)
        if reservation.packed:
            # It is refused at the ramp if it may not leave; nobody opens a carton for a date.
            continue
        unfit = other_lot or _refused(draft, known, after, line, reservation, before=kept)
        if (after.site or row.site) != row.site or unfit:
            freed += give_back_all(kept, only=[reservation])
    return freed


def _gone(known: Order, after: Order) -> list[Freed]:
    """Add the lines that the newer version no longer has, as cancelled; returns what they give back."""
    freed: list[Freed] = []
    for line in known.lines:
        if line_called(after, line.line) is None:
            freed += give_back_all(line)
            gone = copy_line(line)
            gone.reservations = []
            gone.cancelled, gone.quantity_sent, gone.pack_size_sent = gone.ordered - gone.shipped, None, None
            after.lines.append(gone)
    return freed


def hand_back(draft: Draft, freed: list[Freed]) -> None:
    """Make freed goods free for the rest of a decision: unpicked ones in their bin, picked ones where they stand."""
    for loss in freed:
        if loss.quantity > loss.picked:
            draft.give(loss.row, loss.quantity - loss.picked)
        if loss.picked:
            draft.give(staged_key(loss.row, loss.staged_at), loss.picked)
