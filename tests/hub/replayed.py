"""What the journal of a hub in memory comes to, beside what its tables say: `lotstream verify` without a server."""

from __future__ import annotations

from collections.abc import Iterator

from lotstream.hub.verify.compare import Body, Table
from lotstream.hub.verify.replay import Replay, is_broadcast
from lotstream.hub.verify.state import _ROWS, EARLY_CANCEL, _orders
from lotstream.hub.verify.sums import check_lines, check_promises
from lotstream.store.codec import decode_event
from lotstream.store.verify_spool import Spool
from tests.hub.small_hub import SmallHub

#: Rows without any of these say nothing, and may stay or be gone.
SAYS_SOMETHING = {"stock": ("on_hand", "reserved", "promised_elsewhere"), "availability": ("quantity",)}


def differences(hub: SmallHub, owner: str) -> Iterator[object]:
    """Yield what of an owner does not follow from the journal of a hub with one partition."""
    with Spool() as spool:
        replay = Replay(spool)
        for row in sorted(hub.rows("journal"), key=lambda row: (row["offset"], row["index"])):
            event = decode_event(row["type"], row["body"])
            if is_broadcast(event):
                replay.hear(0, event)
            else:
                given = {"code": row["code"], "recorded_at": row["recorded_at"]}
                replay.settle(replay.play(0, row["owner"], event, **given))
        ledger = replay.ledgers[owner]
        for table, rows in _ROWS.items():
            found = dict(_found(hub, table, owner))
            for key, wanted in rows(ledger, replay):
                said = found.pop(tuple(key), None)
                # Lines of a cancellation are text in the table and a body in the journal's eyes.
                if said is None or (table is not EARLY_CANCEL and not all(map(_is_same, wanted, said))):
                    yield table.name, key, wanted, said
            yield from ((table.name, key, None, said) for key, said in found.items())
        yield from check_promises(ledger)
        yield from replay.sums[owner].check(ledger)
        for order in _orders(ledger, replay):
            yield from check_lines(owner, order)


def _found(hub: SmallHub, table: Table, owner: str) -> Iterator[tuple[tuple[object, ...], tuple[object, ...]]]:
    # Others are there as well: those whom the owner has sold goods.
    for row in hub.rows(table.name, owner=owner):
        if any(row[column] for column in SAYS_SOMETHING.get(table.name, ("owner",))):
            columns = [column for column in table.columns if column != "slot"]
            yield tuple(row[key] for key in table.keys), tuple(row[column] for column in columns)


def _is_same(wanted: object, found: object) -> bool:
    return wanted.says_same(str(found)) if isinstance(wanted, Body) else wanted == found
