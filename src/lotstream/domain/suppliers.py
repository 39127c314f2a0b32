"""Suppliers are defined, in versions that only grow."""

from __future__ import annotations

from lotstream.domain.codes import Code, Refused, stop_if
from lotstream.domain.commands import DefineSupplier
from lotstream.domain.events import Event, SupplierDefined
from lotstream.domain.facts import check_version
from lotstream.domain.ledger import Ledger
from lotstream.domain.lines import check_minimum
from lotstream.domain.model import Supplier


def define_supplier(ledger: Ledger, command: DefineSupplier) -> tuple[Event, ...]:
    """Decide supplier.defined; what has come in already is not judged anew."""
    supplier = command.supplier
    known = ledger.document(supplier.key, Supplier)
    if supplier == known:
        return ()
    stop_if(check_minimum(supplier.min_days_left, supplier.min_pct_left, "supplier"))
    below = [sku for sku, days in supplier.min_days_left_by_sku.items() if days < 0]
    if below:
        message = "Minimum days are below 0; send 0 or more."
        raise Refused(Code.FIELD_INVALID, f"supplier.min_days_left_by_sku.{below[0]}", message)
    if known is not None:
        stop_if(check_version("supplier", supplier.id, new=supplier.version, old=known.version))
    return (SupplierDefined(supplier),)
