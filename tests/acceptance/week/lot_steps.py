"""Steps of an owner's lots: they are held, recalled, put right."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from tests.acceptance.week.hub import Refused
from tests.acceptance.week.records import FAR, QUARANTINE, Row
from tests.acceptance.week.said import day, filled
from tests.acceptance.week.telling import Telling


class LotSteps(Telling):
    """What happens to lots."""

    # ---- holds ------------------------------------------------------------------------------------------------------

    def hold(self, hold: str, sku: str, lot: str, *, kind: str = "hold", **more: object) -> None:
        """Hold a lot: what is promised of it and not picked goes to other lots."""
        self._tell("hold.placed", {"hold": hold, "kind": kind, "sku": sku, "lot": lot, "reason": "Taste", **more})
        self.books.lots[sku, lot].holds[hold] = kind
        self._withdraw(sku, lot, picked_too=kind == "recall")

    def lift_refused(self, hold: str, sku: str, lot: str, *, why: Refused) -> None:
        """Try to let a lot go in a way that is refused."""
        self._tell("hold.lifted", {"hold": hold, "sku": sku, "lot": lot}, refused=why)

    def lift(self, hold: str, sku: str, lot: str, **more: object) -> None:
        """Let a lot go."""
        self._tell("hold.lifted", {"hold": hold, "sku": sku, "lot": lot, **more})
        del self.books.lots[sku, lot].holds[hold]
        self.books.fill([sku])

    def hold_supplier(self, hold: str, supplier: str) -> None:
        """Hold all that came from a supplier."""
        self._tell("hold.placed", {"hold": hold, "supplier": supplier, "reason": "Audit"})
        self.books.suppliers_held[hold] = supplier
        self._withdraw_unusable()

    def lift_supplier(self, hold: str, supplier: str) -> None:
        """Let a supplier's goods go."""
        self._tell("hold.lifted", {"hold": hold, "supplier": supplier})
        del self.books.suppliers_held[hold]
        self.fill_all()

    def hold_everything(self, hold: str) -> None:
        """Hold all the owner has."""
        self._tell("hold.placed", {"hold": hold, "everything": True, "reason": "Unpaid"})
        self.books.owner_held.add(hold)
        self._withdraw_unusable()

    def lift_everything(self, hold: str) -> None:
        """Let all the owner has go."""
        self._tell("hold.lifted", {"hold": hold, "everything": True})
        self.books.owner_held.discard(hold)
        self.fill_all()

    def drill(self, recall: str, lots: list[tuple[str, str]]) -> None:
        """Find out how far lots have come, and change nothing."""
        named = [{"sku": sku, "lot": lot} for sku, lot in lots]
        self._tell("lot.recalled", {"recall": recall, "lots": named, "drill": True, "by": "qa-1"})

    def recall(self, recall: str, lots: list[tuple[str, str]], *, why: Refused | None = None) -> None:
        """Recall lots and all that was made of them: what is picked of them is taken back too."""
        named = [{"sku": sku, "lot": lot} for sku, lot in lots]
        body = {"recall": recall, "reason": "Metal found", "lots": named, "by": "qa-1", "subject": "Recall"}
        self._tell("lot.recalled", body, refused=why)
        if why is None:
            self._recall(recall, lots)

    def recall_supplied(self, recall: str, supplier: str, supplier_lot: str) -> None:
        """Recall what a supplier sent under a number of its own; again: write to whoever got more since."""
        body = {"recall": recall, "reason": "Letter", "supplier": supplier, "supplier_lot": supplier_lot, "by": "qa-1"}
        self._tell("lot.recalled", body)
        known = self.books.lots.items()
        self._recall(
            recall, [name for name, lot in known if (lot.supplier, lot.supplier_lot) == (supplier, supplier_lot)]
        )

    def answer(self, letter: dict[str, Any], answer: str, *, more: int = 0, why: Refused | None = None) -> None:
        """Have somebody who got a letter say what he did with all of it; ``more``: and with some that he never got."""
        got = [(lot["sku"], lot["lot"], int(lot["quantity"]) + more) for lot in letter["lots"]]
        said = [{"sku": sku, "lot": lot, answer: str(units)} for sku, lot, units in got]
        body = {"recall": letter["recall"], "consignee": letter["consignee"], "answer": answer, "by": "desk"}
        counted = answer in {"returned", "destroyed"}
        self._tell("recall.answered", {**body, "lots": said if counted else []}, refused=why)
        if why is None:
            recovered = sum(units for _, _, units in got) if counted else 0
            self.books.answered[letter["recall"]].append(recovered)

    def close_recall(self, recall: str) -> None:
        """Say that nothing more is expected of a recall."""
        self._tell("recall.closed", {"recall": recall, "by": "qa-1"})
        self._note("recall_closed")

    def hold_serial(self, hold: str, sku: str, number: str, row: Row) -> None:
        """Hold one unit: it is set apart where it lies."""
        self._tell("hold.placed", {"hold": hold, "sku": sku, "serial": number, "reason": "Cracked"})
        self.books.go(row, row._replace(status=QUARANTINE), 1, change="status_changed", document=hold)

    def lift_serial(self, hold: str, sku: str, number: str, row: Row) -> None:
        """Let a unit go."""
        self._tell("hold.lifted", {"hold": hold, "sku": sku, "serial": number})
        self.books.go(row._replace(status=QUARANTINE), row, 1, change="status_changed")
        self.books.fill([sku])

    def inspect_lot(self, number: str, sku: str, lot: str, *, passed: bool, why: Refused | None = None) -> None:
        """Look at a lot: one that fails is held until one passes."""
        body = {"inspection": number, "sku": sku, "lot": lot, "result": "passed" if passed else "failed", "by": "qa-1"}
        self._tell("lot.inspected", body, refused=why)
        if why is not None:
            return
        holds = self.books.lots[sku, lot].holds
        self.books.changed["inspected", number] += 1
        if passed:
            for name in [name for name in holds if name.startswith("inspection/")]:
                del holds[name]
            self.books.fill([sku])
        else:
            holds[f"inspection/{number}"] = "hold"
            self._withdraw(sku, lot, picked_too=False)

    def document(
        self, sku: str, lot: str, kind: str, number: str, expires: date | None, *, withdrawn: bool = False
    ) -> None:
        """Give a lot a paper, or take it away."""
        paper = filled({"type": kind, "number": number, "expires": day(expires)})
        body = {"sku": sku, "lot": lot, "documents": [paper], "withdrawn": withdrawn, "by": "qa-1"}
        self._tell("lot.documented", body)
        self.books.changed["documented", None] += 1
        papers = self.books.lots[sku, lot].papers
        if withdrawn:
            del papers[kind]
        else:
            papers[kind] = expires
        self._withdraw_unusable()
        self.books.fill([sku])

    # ---- lots put right ---------------------------------------------------------------------------------------------

    def correct(
        self, number: str, sku: str, lot: str, *, to_lot: str | None = None, expires: date | None = None,
        cost: str | None = None, why: Refused | None = None,
    ) -> None:  # fmt: skip
        """Put right what was known of a lot; ``why`` it is refused."""
        said = {"to_lot": to_lot, "expires": day(expires), "cost": cost, "reason": "supplier's letter", "by": "qa-1"}
        self._tell("lot.corrected", {"correction": number, "sku": sku, "lot": lot, **filled(said)}, refused=why)
        if why is not None:
            return
        self._note_gone(sku, lot)
        known = self.books.lots[sku, lot]
        if expires is not None:
            self.books.live_until(known, expires)
        if cost is not None:
            known.cost = Decimal(cost) * known.cost_units
        if to_lot is not None:
            self.books.renumber(sku, lot, to_lot, document=number)
        self.books.changed["corrected", number] += 1
        self._withdraw_unusable()
        self.books.fill([sku])

    def merge(
        self, number: str, sku: str, lots: list[str], into: str, *, take: str | None = None, why: Refused | None = None
    ) -> None:
        """Make lots one."""
        body = {"merge": number, "sku": sku, "lots": lots, "into": into, "take": take, "by": "qa-1"}
        self._tell("lot.merged", filled(body), refused=why)
        if why is not None:
            return
        books, now = self.books, self.books.lots[sku, into]
        for name in lots:
            was = books.lots[sku, name]
            now.expires = min(was.expires or FAR, now.expires or FAR)
            now.received = min(was.received or FAR, now.received or FAR)
            now.aliases |= {name, *was.aliases}
            books.become(sku, name, into, change="lot_merged", document=number)
            del books.lots[sku, name]
        books.changed["merged", number] += 1
        self._withdraw_unusable()
        books.fill([sku])

    def split(self, number: str, row: Row, to: str, units: int, *, why: Refused | None = None) -> None:
        """Have free goods of a lot be a lot of their own."""
        lines = [{"location": row.place, "quantity": str(units)}]
        body = {"split": number, "site": row.site, "sku": row.sku, "lot": row.lot, "by": "qa-1"}
        self._tell("lot.split", {**body, "parts": [{"lot": to, "lines": lines}]}, refused=why)
        if why is not None:
            return
        books, lot = self.books, self.books.lot_of(row)
        part = books.know(
            row.sku, to, expires=lot.expires, made=lot.made, supplier=lot.supplier, received=lot.received, came="split"
        )
        part.parents = {(row.sku, str(row.lot))}
        part.cost += books.cost(row.sku, row.lot, units) or 0
        part.cost_units += units if lot.cost_units else 0
        books.come(row, -units, change="lot_split", document=number)
        books.come(row._replace(lot=to), units, change="lot_split", document=number)
        books.changed["split", number] += 1
        books.fill([row.sku])

    def _note_gone(self, sku: str, lot: str) -> None:
        """Note that some of a lot has left, by every number it left under."""
        for name in {lot, *self.books.lots[sku, lot].aliases}:
            if self.books.gone(sku, name):
                self._note("already_shipped", sku, name)

    def _recall(self, recall: str, lots: list[tuple[str, str]]) -> None:
        family = {one for name in lots for one in self.books.family(name, forward=True)}
        for name in family:
            self.books.lots[name].holds[recall] = "recall"
        self._note("recalled")
        self.books.write_to(recall, family)
        for sku, lot in sorted(family):
            self._withdraw(sku, lot, picked_too=True)
