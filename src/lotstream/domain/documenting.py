"""Certificates and other papers of a lot come, are replaced, or are withdrawn; who needs them is served or moved."""

from __future__ import annotations

from lotstream.domain.codes import Code, Refused, granted
from lotstream.domain.commands import DocumentLot, Moment
from lotstream.domain.draft import Draft
from lotstream.domain.events import Event, LotDocumented
from lotstream.domain.holds import find_lot
from lotstream.domain.ledger import Ledger
from lotstream.domain.lot_facts import LOT_DOCUMENTS_MAX, counts_never, why_never, with_more
from lotstream.domain.model import LotDocument
from lotstream.domain.moving import shut_out
from lotstream.domain.papers_needed import papers_of
from lotstream.domain.settling import settle


def document_lot(ledger: Ledger, command: DocumentLot, moment: Moment) -> tuple[Event, ...]:
    """Decide lot.documented.

    A paper is known by its type and number, and one told again replaces what was known of it. Whoever waits for the lot
    because of a paper is served at once; who was promised goods that may no longer leave for want of one is given
    others, and what is picked of them stays and does not leave. The same told again changes nothing.
    """
    if not command.documents:
        raise Refused(Code.FIELD_MISSING, "documents", "It names no documents; send at least one.")
    never = [index for index, paper in enumerate(command.documents) if counts_never(paper) and not command.withdrawn]
    if never:
        why = why_never(command.documents[never[0]])
        raise Refused(Code.FIELD_INVALID, f"documents.{never[0]}.expires", why)
    lot = granted(find_lot(ledger, command.sku, command.lot))
    before = papers_of(lot)
    after = _documents_after(before, command)
    if len(after) > LOT_DOCUMENTS_MAX:
        message = f"Lot {lot.lot} would have {len(after)} documents, more than {LOT_DOCUMENTS_MAX}; withdraw old ones."
        raise Refused(Code.TOO_LARGE, "documents", message)
    if after == before:
        return ()
    draft = Draft(ledger, moment)
    draft.know_lot(with_more(lot, documents=after))
    at = command.occurred_at or moment.recorded_at
    event = LotDocumented(lot.sku, lot.lot, after, command.documents, command.withdrawn, command.by, at)
    losers = shut_out(draft, [(lot.sku, lot.lot)])
    return event, *settle(draft, losers, skus=[lot.sku])


def _documents_after(before: tuple[LotDocument, ...], command: DocumentLot) -> tuple[LotDocument, ...]:
    known = {(one.type, one.number): one for one in before}
    for one in command.documents:
        if command.withdrawn:
            known.pop((one.type, one.number), None)
        else:
            known[one.type, one.number] = one
    return tuple(known.values())
