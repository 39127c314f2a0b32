"""Messages of every kind about one small house, drawn from a seed: most of them sensible, many of them at odds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import Any, Final, NamedTuple, TypeVar

from tests.hub.small_hub import SITE

T = TypeVar("T")
Body = dict[str, Any]
OWNER: Final = "acme"
EAST: Final = "EAST"
"""A site beside the usual one."""
TODAY: Final = date(2026, 9, 1)


class Task(NamedTuple):
    """A pick task that somebody was given: of an order, or of a wave."""

    order: Body
    task: Body


class AnyMessage:
    """Draws messages one after the other; names are few, so that they speak of the same things."""

    def __init__(self, seed: int) -> None:
        self.draw = Random(seed)
        self._number = 0
        #: Tasks that may be answered.
        self.tasks: list[Task] = []

    def next(self) -> tuple[str, Body]:
        """Return the name and the body of a message."""
        name = self.draw.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
        say: Callable[[], Body] = getattr(self, f"_{name.replace('.', '_')}")
        return name, say()

    def begin(self) -> list[tuple[str, Body]]:
        """Return what is told first: settings, items, customers and some goods."""
        items: list[Body] = [
            {"sku": "LOTS", "units": {"case": "4"}},
            {"sku": "LOOSE", "tracking": "none"},
            {"sku": "UNITS", "tracking": "serial"},
            {"sku": "KIT", "kit": {"LOTS": "2", "LOOSE": "1"}},
        ]
        customers: list[Body] = [
            {"customer": "LAST", "no_older_than_last_shipped": True},
            {"customer": "FEW", "max_lots": 2, "exclude_returned": True},
        ]
        return [
            ("settings.changed", self._settings_changed()),
            *[("item.defined", {"owner": OWNER, **item}) for item in items],
            *[("customer.defined", {"owner": OWNER, **customer}) for customer in customers],
            *[("stock.received", self._stock_received()) for _ in range(4)],
        ]

    # ---- What messages are made of ----------------------------------------------------------------------------------

    def _mostly(self, usual: T, *others: T) -> T:
        return usual if self.draw.random() < 0.8 else self.draw.choice(others)

    def _several(self, one: Callable[[int], Body]) -> list[Body]:
        return [one(line) for line in range(1, self.draw.randint(1, 3) + 1)]

    def _floor(self) -> Body:
        return {"owner": OWNER, "site": self._mostly(SITE, EAST, "FAR"), "happened": self.draw.random() < 0.45}

    def _named(self, kind: str) -> str:
        self._number += 1
        return self._mostly(f"{kind}-{self._number}", f"{kind}-{self.draw.randint(1, self._number)}")

    def _order(self) -> Body:
        return {"source": "shop", "order": f"O-{self.draw.randint(1, 7)}"}

    def _sku(self) -> str:
        return self.draw.choices(["LOTS", "LOOSE", "UNITS", "KIT", "NEW"], [8, 4, 4, 3, 1])[0]

    def _lot(self) -> str | None:
        return self._mostly(self.draw.choice(["L1", "L2", "L3"]), None, "L9")

    def _bin(self) -> str:
        return self._mostly(self.draw.choice(["B1", "B2", "B3"]), "CAGE")

    def _package(self) -> str:
        return f"P-{self.draw.randint(1, 9)}"

    def _few(self, most: int = 8) -> int:
        return self.draw.randint(1, most)

    def _serials(self, count: int) -> list[str]:
        return self.draw.sample([f"N{number}" for number in range(1, 9)], count)

    def _with_serials(self, line: Body, *, chance: float = 0.7) -> Body:
        if line.get("sku") == "UNITS" and self.draw.random() < chance:
            count = self.draw.randint(1, 2)
            line |= {"quantity": count, "serials": self._serials(count)}
        return line

    def _goods(self, line: int) -> Body:
        expires = self._mostly(str(TODAY + timedelta(days=10 * self.draw.randint(0, 4))), None)
        goods = {"line": str(line), "sku": self._sku(), "quantity": self._few(12), "location": self._bin()}
        goods |= {"lot": self._lot(), "expires": expires}
        if goods["sku"] == "UNITS":
            return self._with_serials(goods)
        packed = {"pack_size": self._mostly(None, "4"), "package": self._mostly(None, "PALLET")}
        return goods | packed | {"unit": self._mostly(None, "case")}

    def _stock_line(self, quantity: int, **more: object) -> Body:
        return {"line": "1", "sku": self._sku(), "lot": self._lot(), "location": self._mostly(self._bin(), None),
                "quantity": quantity, **more}  # fmt: skip

    def _task(self) -> Task:
        nothing = Task(self._order(), {"task": "none", "line": "1", "sku": "LOTS", "quantity": "1"})
        return self.draw.choice(self.tasks or [nothing])

    # ---- Messages ---------------------------------------------------------------------------------------------------

    def _settings_changed(self) -> Body:
        channels = [{"name": "shop"}, {"name": "outlet", "min_days_left": 15}]
        return {
            "owner": OWNER, "sites": [SITE, EAST], "allocate": self._mostly("at_once", "on_request"),
            "pack_rule": self._mostly("never_over", "cover", "partial_packs"), "over_pick_pct": self._mostly("0", "50"),
            "short_pick": self._mostly("reallocate", "hold"), "reallocate": self._mostly("auto", "manual"),
            "allow_partial": self._mostly(True, False), "sscc_prefix": self._mostly("0614141", None),
            "channels": self._mostly(channels, []), "availability_every_s": 1,
            "allocate_days_ahead": self._mostly(7, None, 2), "held_notice_hours": self._mostly(3, None),
        }  # fmt: skip

    def _item_defined(self) -> Body:
        self._number += 1
        return {"owner": OWNER, "sku": self.draw.choice(["NEW", "LOTS"]), "version": 1 + self._number,
                "units": {"case": "4"}}  # fmt: skip

    def _customer_defined(self) -> Body:
        self._number += 1
        days = self._mostly(None, 0, 20)
        return {"owner": OWNER, "customer": "LATE", "version": self._number, "allocate_days_ahead": days}

    def _stock_received(self) -> Body:
        return {**self._floor(), "receipt": self._named("R"), "expected": self._mostly(None, "ASN-1", "ASN-2"),
                "final": self._mostly(False, True), "lines": self._several(self._goods)}  # fmt: skip

    def _balance_opened(self) -> Body:
        lines = [self._goods(1) | {"promised_elsewhere": self._mostly(None, "1")}]
        return {"owner": OWNER, "site": SITE, "balance": self._named("BAL"), "lines": lines}

    def _wanted(self, line: int) -> Body:
        sku = self._sku()
        return {
            "line": str(line), "sku": sku, "quantity": self._few(), "unit": self._mostly(None, "case"),
            "lot": self._mostly(None, "L1"), "single_lot": self._mostly(False, True),
            "serial": self._mostly(None, *self._serials(1)) if sku == "UNITS" else None,
            "max_lots": self._mostly(None, 2),
        }  # fmt: skip

    def _order_placed(self) -> Body:
        return {
            "owner": OWNER, **self._order(), "version": self.draw.choice([None, "1", "2", "3"]),
            "customer": self._mostly(None, "LAST", "FEW", "LATE"), "lines": self._several(self._wanted),
            "ship_policy": self._mostly("partial", "complete", "once"), "priority": self._mostly(0, 3),
            "ship_date": self._mostly(None, "2026-09-10"), "cancel_after": self._mostly(None, "2026-09-03"),
            "allocate_days_ahead": self._mostly(None, 8), "site": self._mostly(None, EAST),
        }  # fmt: skip

    def _order_cancelled(self) -> Body:
        return {"owner": OWNER, **self._order(), "version": self._mostly(None, "2"), "lines": self._mostly([], ["1"])}

    def _order_released(self) -> Body:
        return {"owner": OWNER, **self._order()}

    def _order_unreserved(self) -> Body:
        return {"owner": OWNER, **self._order(), "lines": self._mostly([], ["1"])}

    def _order_closed(self) -> Body:
        return {"owner": OWNER, **self._order()}

    def _stock_reserved(self) -> Body:
        return {"owner": OWNER, **self._order(), "line": self.draw.choice(["1", "2"]), "lot": self._lot(),
                "quantity": self._few(3), "location": self._mostly(None, self._bin())}  # fmt: skip

    def _allocation_requested(self) -> Body:
        return {"owner": OWNER, "orders": self._mostly([], [self._order()])}

    def _target(self) -> Body:
        lot = {"lot": self.draw.choice(["L1", "L2"]), "sku": self._mostly("LOTS", None)}
        unit = {"serial": self._serials(1)[0], "sku": "UNITS"}
        return self.draw.choice([lot, unit, {"supplier": "SUP"}, {"everything": True}])

    def _hold_placed(self) -> Body:
        kind = self.draw.choice(["hold", "quarantine", "recall"])
        return {"owner": OWNER, "hold": self.draw.choice(["H1", "H2"]), "kind": kind, **self._target()}

    def _hold_lifted(self) -> Body:
        return {"owner": OWNER, "hold": self._mostly(None, "H1"), **self._target()}

    def _lot_recalled(self) -> Body:
        return {"owner": OWNER, "recall": self._named("RC"), "lots": [{"lot": "L3", "sku": self._mostly("LOTS", None)}]}

    def _stock_adjusted(self) -> Body:
        line = self._stock_line(self.draw.randint(-6, 6))
        return {**self._floor(), "adjustment": self._named("ADJ"), "lines": [line]}

    def _stock_counted(self) -> Body:
        line = self._stock_line(0)
        line["counted"] = line.pop("quantity") + self.draw.randint(0, 9)
        return {**self._floor(), "count": self._named("CNT"), "lines": [line]}

    def _stock_moved(self) -> Body:
        line = self._stock_line(self._few(), to=self._bin())
        return {**self._floor(), "move": self._named("MV"), "lines": [line]}

    def _stock_status_changed(self) -> Body:
        line = self._stock_line(self._few(4), to_status=self.draw.choice(["damaged", "good", "quarantine"]))
        return {**self._floor(), "change": self._named("ST"), "lines": [line]}

    def _goods_returned(self) -> Body:
        line = self._with_serials(self._stock_line(self._few(3)))
        return {**self._floor(), "return": self._named("RMA"), **self._order(), "lines": [line]}

    def _pick_confirmed(self) -> Body:
        order, task = self._task()
        line = self._with_serials({"sku": task["sku"], "quantity": self._mostly(task["quantity"], self._few())})
        line |= {"task": self._mostly(task["task"], None), "line": self._mostly(task.get("line"), "2")}
        line |= {"sku": self._mostly(None, self._sku()), "lot": self._mostly(None, self._lot())}
        return {**self._floor(), **order, "staged_at": self._mostly(None, "T1", "T2"), "lines": [line]}

    def _pick_started(self) -> Body:
        order, task = self._task()
        return {**self._floor(), **order, "tasks": self._mostly([], [task["task"]])}

    def _pick_undone(self) -> Body:
        order, task = self._task()
        line = {"task": task["task"], "quantity": self._mostly(None, self._few(3))}
        return {**self._floor(), **order, "lines": self._mostly([], [line])}

    def _pick_shorted(self) -> Body:
        order, task = self._task()
        return {**self._floor(), **order, "lines": [{"task": task["task"], "picked": self.draw.randint(0, 3)}]}

    def _pick_scanned(self) -> Body:
        order, task = self._task()
        scanned = {"scanned": self.draw.choice(["L1", "L2", "L3"]), "quantity": self._mostly(None, self._few(3))}
        return {**self._floor(), **order, "task": self._mostly(task["task"], None), "line": task.get("line"), **scanned}

    def _wave_released(self) -> Body:
        orders = {order["order"]: order for order in (self._order(), self._order(), self._order())}
        return {**self._floor(), "wave": self._named("W"), "orders": list(orders.values())}

    def _wave_cancelled(self) -> Body:
        waves = [task.order["wave"] for task in self.tasks if "wave" in task.order]
        return {**self._floor(), "wave": self.draw.choice(waves or ["W-1"])}

    def _package_packed(self) -> Body:
        line = {**self._order(), "line": self._mostly(None, "1"), "quantity": self._mostly(None, self._few(3))}
        return {
            **self._floor(), "package": self._mostly(self._package(), None), "lines": self._mostly([line], []),
            "kind": self.draw.choice(["carton", "pallet"]),
            "packages": self._mostly([], [self._package(), self._package()]),
        }  # fmt: skip

    def _package_unpacked(self) -> Body:
        return {**self._floor(), "package": self._package()}

    def _shipped_order(self, _: int) -> Body:
        line = {"line": self.draw.choice(["1", "2"]), "quantity": self._few(4), "lot": self._mostly(None, self._lot())}
        line = self._with_serials(line | {"sku": self._mostly(None, self._sku())})
        return {**self._order(), "lines": self._mostly([], [line])}

    def _shipment_confirmed(self) -> Body:
        orders = {part["order"]: part for part in self._several(self._shipped_order)}
        packages = [{"sscc": self._package()} for _ in range(self._mostly(0, 1, 2))]
        shipment = f"S-{self.draw.randint(1, 8)}"
        return {**self._floor(), "shipment": shipment, "orders": list(orders.values()), "packages": packages}

    def _shipment_corrected(self) -> Body:
        return self._shipment_confirmed()

    def _shipment_voided(self) -> Body:
        return {**self._floor(), "shipment": f"S-{self.draw.randint(1, 8)}"}

    def _kit_assembled(self) -> Body:
        kits = self._few(3)
        used = [{"line": "1", "sku": "LOTS", "lot": self._lot(), "quantity": 2 * kits},
                {"line": "2", "sku": "LOOSE", "quantity": kits}]  # fmt: skip
        return {**self._floor(), "assembly": self._named("AS"), "sku": "KIT", "lot": self._mostly("LK", None),
                "location": "B1", "quantity": kits, "lines": used}  # fmt: skip

    def _kit_broken(self) -> Body:
        kits = self._few(2)
        made = [{"line": "1", "sku": "LOTS", "lot": self._lot(), "quantity": 2 * kits, "location": "B2"},
                {"line": "2", "sku": "LOOSE", "quantity": kits, "location": "B2"}]  # fmt: skip
        return {**self._floor(), "breaking": self._named("BR"), "sku": "KIT", "lot": self._mostly("LK", None),
                "location": self._mostly("B1", None), "quantity": kits, "lines": made}  # fmt: skip

    def _putaway_done(self) -> Body:
        line = self._stock_line(self._few(), to=self._bin())
        return {**self._floor(), "putaway": self._named("PA"), "lines": [line]}

    def _task_done(self) -> Body:
        return {**self._floor(), "task": self._named("TK"), "kind": "count"}

    def _condition_recorded(self) -> Body:
        hold = self._mostly(None, True)
        return {**self._floor(), "condition": self._named("TL"), "kind": "temperature", "value": "9",
                "location": self._bin(), "hold": hold}  # fmt: skip

    def _lot_inspected(self) -> Body:
        result = self._mostly("passed", "failed")
        return {
            "owner": OWNER,
            "inspection": self._named("QI"),
            "sku": "LOTS",
            "lot": self._lot() or "L1",
            "result": result,
        }

    def _lot_documented(self) -> Body:
        paper = {"type": "organic", "number": self.draw.choice(["P1", "P2"])}
        return {"owner": OWNER, "sku": "LOTS", "lot": self._lot() or "L1", "documents": [paper]}

    def _receipt_expected(self) -> Body:
        return {"owner": OWNER, "site": SITE, "expected": f"ASN-{self.draw.randint(1, 3)}",
                "lines": [{"line": "1", "sku": "LOTS", "quantity": self._few()}]}  # fmt: skip

    def _receipt_closed(self) -> Body:
        return {**self._floor(), "receipt": self._named("R"), "expected": self._mostly(None, "ASN-1")}

    def _receipt_corrected(self) -> Body:
        line = {"line": "1", "quantity": self._few(), "lot": self._mostly(None, "L1", "L2"),
                "status": self._mostly(None, "good"), "misread": self._mostly([], ["S1"]),
                "serials": self._mostly([], ["S2"])}  # fmt: skip
        return {**self._floor(), "receipt": self._named("R"), "correction": f"C-{self.draw.randint(1, 9)}",
                "lines": [line]}  # fmt: skip

    def _supplier_defined(self) -> Body:
        return {"owner": OWNER, "supplier": "V1", "version": self.draw.randint(1, 9), "min_days_left": self._few()}

    def _production_recorded(self) -> Body:
        used = [{"line": "1", "sku": "LOTS", "lot": self._lot(), "quantity": self._few(3)}]
        made = [{"line": "2", "sku": "LOTS", "lot": self._lot(), "quantity": self._few(3), "location": "B2",
                 "cost": self._mostly(None, 2)}]  # fmt: skip
        return {**self._floor(), "production": self._named("PR"), "used": used, "made": made}

    def _item_renamed(self) -> Body:
        return {"owner": OWNER, "sku": self._mostly("LOOSE", "LOTS"), "to_sku": self._named("SKU")}

    def _item_rebased(self) -> Body:
        return {"owner": OWNER, "sku": self._mostly("LOOSE", "LOTS"), "version": self.draw.randint(1, 9),
                "base_unit": self._named("U"), "numerator": self._mostly(2, 1),
                "denominator": self._mostly(1, 2)}  # fmt: skip

    def _lot_merged(self) -> Body:
        return {"owner": OWNER, "merge": self._named("LM"), "sku": "LOTS", "lots": [self._named("LN")],
                "into": self._named("LN"), "take": self._mostly("earliest", None)}  # fmt: skip

    def _lot_split(self) -> Body:
        part = {"lot": self._named("SP"), "lines": [{"location": self._bin(), "quantity": self._few(3)}]}
        return {"owner": OWNER, "site": "EAST", "split": self._named("LS"), "sku": "LOTS",
                "lot": self._mostly("L1", "L2"), "parts": [part]}  # fmt: skip

    def _lot_corrected(self) -> Body:
        facts: list[Body] = [{"to_lot": self._lot()}, {"to_lot": self._named("LN")}, {"cost": 3}, {"origin": "CA"}]
        return {"owner": OWNER, "correction": self._named("LC"), "sku": "LOTS", "lot": self._lot() or "L1",
                **self.draw.choice(facts)}  # fmt: skip

    def _count_approved(self) -> Body:
        return {**self._floor(), "count": self._named("C"), "approved": self._mostly(True, False)}

    def _recall_answered(self) -> Body:
        return {"owner": OWNER, "recall": self._named("RC"), "consignee": "C-1", "answer": "none"}

    def _recall_closed(self) -> Body:
        return {"owner": OWNER, "recall": self._named("RC"), "by": "desk"}

    def _return_expected(self) -> Body:
        lines = [{"line": "1", "sku": self._sku(), "quantity": self._few(3)}]
        return {"owner": OWNER, "site": SITE, "return": self._named("RMA"), "lines": lines}

    def _return_inspected(self) -> Body:
        lines = [
            {"line": "1", "return_line": "1", "quantity": self._few(2), "disposition": self._mostly("restock", "scrap")}
        ]
        return {**self._floor(), "return": self._named("RMA"), "inspection": self._named("RI"), "lines": lines}

    def _shipment_progressed(self) -> Body:
        return {**self._floor(), "shipment": self._named("S"), "state": self._mostly("in_transit", "delivered", "lost")}

    def _goods_away(self) -> list[Body]:
        return [{"line": "1", "sku": "LOTS", "lot": self._lot(), "location": self._bin(), "quantity": self._few(3)}]

    def _title_released(self) -> Body:
        return {**self._floor(), "title": self._named("T"), "to_owner": "zenith", "lines": self._goods_away()}

    def _title_accepted(self) -> Body:
        return {**self._floor(), "title": self._named("TA"), "from_owner": "zenith", "lines": self._goods_away()}

    def _transfer_shipped(self) -> Body:
        return {**self._floor(), "transfer": self._named("TR"), "to_site": "EAST", "lines": self._goods_away()}

    def _transfer_received(self) -> Body:
        lines = [{"line": "1", "quantity": self._few(3)}]
        return {**self._floor(), "transfer": self._named("TR"), "final": self._mostly(False, True), "lines": lines}

    def _owner_closed(self) -> Body:
        return {"owner": OWNER, "by": "desk"}

    def _shipment_imported(self) -> Body:
        lines = [{"line": str(line), "sku": self._sku(), "lot": self._lot(), "quantity": self._few(5)}
                 for line in range(1, 1 + self._few(2))]  # fmt: skip
        return {"owner": OWNER, "site": SITE, "source": "old", "order": f"OLD-{self.draw.randint(1, 4)}",
                "shipment": self._named("OS"), "shipped_at": "2026-01-05T12:00:00Z", "lines": lines}  # fmt: skip

    def _snapshot_requested(self) -> Body:
        return {"owner": OWNER, "snapshot": self._named("SN"), "site": self._mostly(None, SITE, "FAR")}

    def _comparison_recorded(self) -> Body:
        lines = [{"sku": self._sku(), "lot": self._lot(), "quantity": self._few(12)} for _ in range(self._few(3))]
        return {"owner": OWNER, "site": self._mostly(SITE, "FAR"), "comparison": self._named("CP"), "lines": lines,
                "covers": self._mostly("lines", "skus", "site")}  # fmt: skip

    def _person_erased(self) -> Body:
        return {"owner": OWNER, "request": self._named("ER"), "orders": [self._order()]}


WEIGHTS: Final = {
    "settings.changed": 0.3, "item.defined": 0.5, "customer.defined": 0.3, "stock.received": 5, "balance.opened": 2,
    "order.placed": 10, "order.cancelled": 2, "order.released": 1, "order.unreserved": 2, "order.closed": 1,
    "stock.reserved": 3, "allocation.requested": 3, "hold.placed": 1, "hold.lifted": 2, "lot.recalled": 0.3,
    "count.approved": 0.3, "recall.answered": 0.2, "recall.closed": 0.2, "return.expected": 0.5,
    "return.inspected": 0.5, "shipment.progressed": 0.5, "title.released": 0.5, "title.accepted": 0.5,
    "transfer.shipped": 1, "transfer.received": 1,
    "stock.adjusted": 2, "stock.counted": 2, "stock.moved": 3, "stock.status_changed": 1, "goods.returned": 3,
    "pick.confirmed": 9, "pick.started": 1, "pick.undone": 2, "pick.shorted": 2, "pick.scanned": 2,
    "package.packed": 5, "package.unpacked": 2, "shipment.confirmed": 5, "shipment.corrected": 2, "shipment.voided": 3,
    "kit.assembled": 2, "kit.broken": 1, "wave.released": 2, "wave.cancelled": 0.5,
    "lot.inspected": 1, "putaway.done": 1, "task.done": 0.5, "condition.recorded": 0.5, "lot.documented": 1,
    "supplier.defined": 0.3, "receipt.expected": 0.5, "receipt.closed": 1, "receipt.corrected": 1,
    "lot.corrected": 1, "lot.merged": 0.5, "item.renamed": 0.2, "item.rebased": 0.3, "lot.split": 1,
    "production.recorded": 2,
    "person.erased": 0.2, "owner.closed": 0.02, "shipment.imported": 0.5,
    "snapshot.requested": 0.3, "comparison.recorded": 0.5,
}  # fmt: skip
"""How often each kind of message comes."""
