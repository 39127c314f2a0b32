"""Made-up senders: orders, goods and the floor, with repeats, late and reordered records, and records nobody can read.

The same seed says the same. What is sent is a choice of what the plain reference knows; a sender does not know what the
hub has decided, so that a part of what it asks is refused, as on any day.
"""

from __future__ import annotations

import json
import random
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from lotstream.contracts.cloudevents import headers_for
from lotstream.contracts.inbound import type_of
from lotstream.contracts.produce import Record, inbound
from lotstream.contracts.topics import INBOUND
from lotstream.testing.load import FIRST_EXPIRY, SITE

SOURCE = "faults"
OWNERS = 12
SKUS = 8
#: One in so many orders wants goods that are defined only later.
LATE_ONE_IN = 60
#: Records and orders a sender still speaks of.
REMEMBERED_MAX = 400
#: Lines of the order whose messages no topic takes.
LINES_TOO_MANY = 1500
#: Bytes of the value that is larger than the hub reads, and smaller than its topic takes.
VALUE_TOO_LARGE = 140 * 1024
#: West of Greenwich, so that the day turns at another time than that of records and databases.
TIME_ZONE = "America/Toronto"
EXPIRED = date(2020, 1, 1)
PLACED = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Told:
    """An order that was sent: where, and the lines it has."""

    owner: str
    order: str
    #: Line, SKU and quantity.
    lines: tuple[tuple[str, str, int], ...]
    #: All of its goods were defined before it.
    known: bool = True


#: How often each thing is said.
WEIGHTS = {
    "place": 400, "receive": 150, "pick": 160, "ship": 300, "cancel": 40, "cancel_line": 20, "hold": 12, "lift": 12,
    "define_late": 5, "repeat": 40, "resend": 20, "overtaken": 15, "cancel_first": 15, "poison": 20, "too_large": 1,
}  # fmt: skip


class Shop:
    """Says one thing after another."""

    def __init__(self, seed: int, *, last_day: date | None = None) -> None:
        """Speak by a seed; one lot in twenty is good until ``last_day`` if one is given, and not the day after."""
        self._draw = random.Random(seed)
        self._last_day = last_day
        self._count = 0
        self._orders: deque[Told] = deque(maxlen=REMEMBERED_MAX)
        self._sent: deque[Record] = deque(maxlen=REMEMBERED_MAX)
        #: Goods that orders want and nobody has defined yet.
        self._undefined: deque[tuple[str, str]] = deque()
        self._lots: deque[tuple[str, str, str]] = deque(maxlen=REMEMBERED_MAX)
        self._holds: deque[tuple[str, str, str, str]] = deque()
        self.orders_placed = 0

    def opening(self) -> Iterator[Record]:
        """Yield what is there before the first order: goods, and some stock of each."""
        for owner in owners():
            for sku in range(SKUS):
                yield self._say("item.defined", {"owner": owner, "sku": _sku(sku), "base_unit": "each"})
            for sku in range(SKUS):
                lines = [{**self._goods(owner, _sku(sku), line), "received": "2026-01-02"} for line in (1, 2)]
                yield self._say("balance.opened", {"owner": owner, "site": SITE, "balance": f"B-{sku}", "lines": lines})

    def next(self) -> list[Record]:
        """Return what is said next, one record or several that belong together."""
        (name,) = self._draw.choices(list(WEIGHTS), list(WEIGHTS.values()))
        say: Callable[[], list[Record]] = getattr(self, name)
        return say()

    def place(self) -> list[Record]:
        """An order."""
        return [self._remember(self._order(self._draw.choice(owners()), self._number()))]

    def roll_call(self) -> Iterator[Record]:
        """Yield an order of every owner."""
        for owner in owners():
            yield self._order(owner, self._number())

    def _order(self, owner: str, order: str, *, version: int = 1) -> Record:
        skus = self._draw.sample(range(SKUS), self._draw.randint(1, 4))
        lines = [(str(line), _sku(sku), self._draw.randint(1, 5)) for line, sku in enumerate(skus, 1)]
        late = version == 1 and self._draw.randrange(LATE_ONE_IN) == 0
        if late:
            lines.append((str(len(lines) + 1), f"LATE-{self._count}", 2))
            self._undefined.append((owner, lines[-1][1]))
        self._orders.append(Told(owner, order, tuple(lines), known=not late))
        return self._placed(owner, order, lines, version=version)

    def _placed(self, owner: str, order: str, lines: list[tuple[str, str, int]], *, version: int) -> Record:
        self.orders_placed += 1
        return self._say(
            "order.placed",
            {
                "owner": owner,
                "source": SOURCE,
                "order": order,
                "version": str(version),
                # A late one was placed long before those that have arrived.
                "placed_at": (
                    PLACED + timedelta(seconds=max(0, self._count - self._draw.choice([0, 0, 500])))
                ).isoformat(),
                "priority": self._draw.choice([0, 0, 0, 5]),
                "lines": [{"line": line, "sku": sku, "quantity": str(quantity)} for line, sku, quantity in lines],
            },
        )

    def receive(self) -> list[Record]:
        """Goods came in."""
        owner = self._draw.choice(owners())
        lines = [self._goods(owner, _sku(sku), line) for line, sku in enumerate(self._draw.sample(range(SKUS), 2), 1)]
        body = {"owner": owner, "site": SITE, "happened": True, "receipt": self._number(), "lines": lines}
        day = date(2026, 2, 1) + timedelta(days=self._draw.randrange(60))
        return [self._say("stock.received", {**body, "occurred_at": f"{day}T08:00:00Z"})]

    def _goods(self, owner: str, sku: str, line: int) -> dict[str, object]:
        """Return goods of a new lot, or more of one that is known; one lot in twenty has expired."""
        number = self._draw.randrange(self._count + 1) if self._draw.random() < 0.3 else self._count
        lot = f"L{number}"
        self._lots.append((owner, sku, lot))
        expires = FIRST_EXPIRY + timedelta(days=number * 37 % 400)
        if number % 20 == 7:
            expires = EXPIRED
        elif number % 20 == 13:
            expires = self._last_day or expires
        return {
            "line": str(line), "sku": sku, "lot": lot, "quantity": str(self._draw.randint(3, 18)),
            "location": f"BIN-{self._draw.randint(1, 9)}", "expires": expires.isoformat(),
        }  # fmt: skip

    def pick(self) -> list[Record]:
        """Somebody asks to pick a part of a line."""
        told = self._some_order()
        line, _, wanted = self._draw.choice(told.lines)
        lines = [{"line": line, "quantity": str(self._draw.randint(1, wanted))}]
        body = {"owner": told.owner, "site": SITE, "happened": False, "source": SOURCE, "order": told.order}
        return [self._say("pick.confirmed", {**body, "lines": lines})]

    def ship(self) -> list[Record]:
        """Somebody asks to ship what there is of an order."""
        told = self._some_order()
        if self._draw.random() < 0.7 and told in self._orders:
            self._orders.remove(told)
        body = {"owner": told.owner, "site": SITE, "happened": False, "shipment": self._number()}
        return [self._say("shipment.confirmed", {**body, "orders": [{"source": SOURCE, "order": told.order}]})]

    def cancel(self, lines: tuple[str, ...] = ()) -> list[Record]:
        """An order, or some of its lines, is no longer wanted."""
        told = self._some_order()
        body: dict[str, object] = {"owner": told.owner, "source": SOURCE, "order": told.order}
        return [self._say("order.cancelled", {**body, "lines": lines} if lines and told.known else body)]

    def cancel_line(self) -> list[Record]:
        """The first line of an order is no longer wanted."""
        return self.cancel(("1",))

    def hold(self) -> list[Record]:
        """A lot is held or recalled."""
        owner, sku, lot = self._draw.choice(self._lots)
        hold = self._number()
        self._holds.append((owner, sku, lot, hold))
        kind = self._draw.choice(["hold", "quarantine", "recall"])
        return [self._say("hold.placed", {"owner": owner, "sku": sku, "lot": lot, "hold": hold, "kind": kind})]

    def lift(self) -> list[Record]:
        """The oldest hold is lifted."""
        if not self._holds:
            return self.hold()
        owner, sku, lot, hold = self._holds.popleft()
        return [self._say("hold.lifted", {"owner": owner, "sku": sku, "lot": lot, "hold": hold})]

    def define_late(self) -> list[Record]:
        """Goods that an order wanted long ago are defined."""
        if not self._undefined:
            return self.place()
        owner, sku = self._undefined.popleft()
        return [self._say("item.defined", {"owner": owner, "sku": sku, "base_unit": "each"})]

    def repeat(self) -> list[Record]:
        """The same message once more."""
        return [self._draw.choice(self._sent)] if self._sent else self.place()

    def resend(self) -> list[Record]:
        """The same order under another message id."""
        placed = [record for record in self._sent if ("ce_type", type_of("order.placed").encode()) in record.headers]
        if not placed:
            return self.place()
        record = self._draw.choice(placed)
        headers = [(name, value) for name, value in record.headers if name != "ce_id"]
        return [replace(record, headers=(("ce_id", f"again/{self._number()}".encode()), *headers))]

    def overtaken(self) -> list[Record]:
        """A newer version of an order arrives before the older one."""
        owner, order = self._draw.choice(owners()), self._number()
        newer = self._order(owner, order, version=2)
        older = self._placed(owner, order, [("1", _sku(0), 99)], version=1)
        return [newer, older]

    def cancel_first(self) -> list[Record]:
        """A cancellation arrives before its order."""
        owner, order = self._draw.choice(owners()), self._number()
        cancelled = self._say("order.cancelled", {"owner": owner, "source": SOURCE, "order": order})
        return [cancelled, self._order(owner, order)]

    def too_large(self) -> list[Record]:
        """An order whose messages are larger than any topic takes."""
        lines = [(f"{line:020d}", _sku(line % SKUS), 1) for line in range(LINES_TOO_MANY)]
        return [self._placed(self._draw.choice(owners()), self._number(), lines, version=1)]

    def poison(self) -> list[Record]:
        """A record that cannot be understood."""
        owner = self._draw.choice(owners())
        good = self._placed(owner, self._number(), [("1", _sku(0), 1)], version=1)
        self.orders_placed -= 1
        headers = headers_for("lotstream.order.guessed.v1", id=f"poison/{self._count}", source=SOURCE)
        return [
            self._draw.choice(
                [
                    replace(good, value=b'{"owner": '),
                    replace(good, value=b""),
                    replace(good, value=json.dumps({"owner": owner, "source": SOURCE}).encode()),
                    replace(good, value=good.value + b" " * VALUE_TOO_LARGE),
                    replace(good, key=b"somebody-else"),
                    replace(good, headers=tuple(headers)),
                ]
            )
        ]

    def _some_order(self) -> Told:
        if not self._orders:
            return Told(self._draw.choice(owners()), "never-placed", (("1", _sku(0), 1),))
        return self._draw.choice(self._orders)

    def _number(self) -> str:
        self._count += 1
        return f"N{self._count}"

    def _say(self, name: str, body: dict[str, object]) -> Record:
        self._count += 1
        return inbound(name, body, source=SOURCE, message_id=f"m/{self._count}")

    def _remember(self, record: Record) -> Record:
        self._sent.append(record)
        return record


def site() -> tuple[str, str, bytes]:
    """Return type, business key and body of the broadcast that defines the site everything happens at."""
    body = {"site": SITE, "time_zone": TIME_ZONE}
    return type_of("site.defined"), f"{SITE}/1", json.dumps(body).encode()


def today_at_site() -> date:
    """Return the date at the site."""
    return datetime.now(ZoneInfo(TIME_ZONE)).date()


def owners() -> list[str]:
    """Return whose stock it is."""
    return [f"owner-{number:02d}" for number in range(OWNERS)]


def _sku(number: int) -> str:
    return f"SKU-{number}"


def value_of(record: Record) -> bytes | None:
    """Return what is sent as the value: an empty one is sent as none at all."""
    return record.value or None


TOPIC = INBOUND.name
