"""Picked goods go into cartons and onto pallets, and out of them again; what stands where does not change by it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from lotstream.domain.checks import Verdicts, numbers_held, terms_of, uncounted, why_not_leave
from lotstream.domain.codes import Code, Refusal, Refused, stop_if
from lotstream.domain.commands import Moment, PackedLine, PackPackage, UnpackPackage
from lotstream.domain.draft import Draft
from lotstream.domain.events import Event, PackagesChanged
from lotstream.domain.goods import site_unknown
from lotstream.domain.kit_lines import as_part
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import Content, NextNumber, Order, OrderKey, OrderLine, Package, PackageState, Reservation
from lotstream.domain.packages import SSCC_COUNTER, content_of_package, orders_packed, package_key
from lotstream.domain.packed_kits import PickedPart, kit_line, packed_kits
from lotstream.domain.quantities import check_quantity, smallest, unit_factor
from lotstream.domain.reservations import copy_order, note_packed
from lotstream.domain.sscc import is_wrong, sscc
from lotstream.domain.wording import only


@dataclass(slots=True)
class _Packing:
    """What is decided so far about one package."""

    draft: Draft
    command: PackPackage
    verdicts: Verdicts
    #: Copies of the orders whose goods go in, changed as they do.
    orders: dict[OrderKey, Order] = field(default_factory=dict)
    contents: list[Content] = field(default_factory=list)
    #: Packages that stand on it now.
    carried: list[Package] = field(default_factory=list)

    def object(self, code: Code, path: str, message: str, key: OrderKey | None = None) -> None:
        """Object to something about the package."""
        about: dict[str, str | None] = {"package": self.command.package}
        if key is not None:
            about |= {"order": key.order, "source": key.source}
        self.verdicts.object(code, path, message, about)


def pack_package(ledger: Ledger, command: PackPackage, moment: Moment) -> tuple[Event, ...]:
    """Decide package.packed.

    Goods that are picked and not packed go in, of kits all that belongs to them, and packages that stand nowhere yet. A
    package without a number gets the owner's next one. What is told again under the same number is passed over; other
    content is refused, or noted and not booked. Happened is booked as far as the goods are picked.
    """
    packing = _Packing(Draft(ledger, moment), command, Verdicts(command.happened))
    noted = packing.verdicts.noted
    stop_if(site_unknown(ledger, command.site, noted=noted if command.happened else None))
    _check(command)
    known = None if command.package is None else ledger.document(package_key(command.package), Package)
    if known is not None and known.state is not PackageState.GONE:
        if known.content == content_of_package(command):
            return ()
        message = f"Package {command.package} is {known.state.value} with other content; unpack it first."
        packing.object(Code.CONFLICTING_CONTENT, "package", message)
        return tuple(noted)
    for index, line in enumerate(command.lines):
        _put_in(packing, line, f"lines.{index}")
    for index, name in enumerate(dict.fromkeys(command.packages)):
        _put_on(packing, name, f"packages.{index}")
    return _packed(packing) if packing.contents or packing.carried else tuple(noted)


def _check(command: PackPackage) -> None:
    if not command.lines and not command.packages:
        raise Refused(Code.FIELD_MISSING, "lines", "Nothing is named that went in; send lines or packages.")
    if command.package in command.packages:
        raise Refused(Code.FIELD_INVALID, "packages", f"Package {command.package} cannot stand on itself.")
    if command.package is not None and is_wrong(command.package):
        message = f"The last digit of {command.package} is not its check digit; scan it again."
        raise Refused(Code.FIELD_INVALID, "package", message)


def _put_in(packing: _Packing, said: PackedLine, path: str) -> None:
    """Put picked goods of one order in."""
    name, known = said.key.order, packing.draft.ledger.order(said.key)
    wrong = None if said.quantity is None else check_quantity(said.quantity, f"{path}.quantity")
    if wrong is not None:
        _uncounted(packing, said, wrong)
        return
    if known is None:
        message = f"Order {name} is not known; check its number and source."
        packing.object(Code.UNKNOWN_ORDER, f"{path}.order", message, said.key)
        return
    order = packing.orders.setdefault(said.key, copy_order(known))
    parts = [
        (line, part)
        for line in order.lines
        for part in line.reservations
        if part.row.site == packing.command.site and part.picked > part.packed and _is_meant(line, part, said)
    ]
    kits = kit_line(said, parts)
    if kits is not None and said.quantity is not None:
        amounts = packed_kits(packing.draft, kits, said.quantity, parts, unit=said.unit, path=path)
        if isinstance(amounts, Refusal):
            _uncounted(packing, said, amounts)
            return
        for sku, units in amounts.items():
            mine = [(line, part) for line, part in parts if part.row.sku == sku]
            _put_goods(packing, order, mine, units, path)
        return
    if said.quantity is not None and len(skus := list(dict.fromkeys(part.row.sku for _, part in parts))) > 1:
        message = f"That is {', '.join(skus)}, picked for order {name}; say by line, sku, lot or task which is meant."
        packing.object(Code.FIELD_MISSING, f"{path}.sku", message, said.key)
        return
    wanted = _counted(packing, said, parts, path)
    if isinstance(wanted, Refusal):
        _uncounted(packing, said, wanted)
        return
    _put_goods(packing, order, parts, wanted, path)


def _uncounted(packing: _Packing, said: PackedLine, why: Refusal) -> None:
    about = {"order": said.key.order, "source": said.key.source, "line": said.line}
    told = {"quantity": str(said.quantity), "unit": said.unit, "package": packing.command.package}
    uncounted(packing.verdicts, why, about | told)


def _put_goods(packing: _Packing, order: Order, parts: list[PickedPart], wanted: int | None, path: str) -> None:
    """Put a quantity of picked goods in, or all of them; what has happened as far as they are picked."""
    loose = sum(part.picked - part.packed for _, part in parts)
    left = loose if wanted is None else wanted
    if left > loose or loose == 0:
        item = packing.draft.known_item(parts[0][1].row.sku) if parts else None
        message = f"{only(item, loose)} is picked for order {order.key.order} and loose; pick the goods first."
        packing.object(Code.NOT_RESERVED, f"{path}.quantity", message, order.key)
    for line, part in parts:
        quantity = min(left, part.picked - part.packed)
        if quantity:
            _put_part(packing, order, line, part, quantity, path=path)
        left -= quantity


def _is_meant(line: OrderLine, part: Reservation, said: PackedLine) -> bool:
    named = said.line in (None, line.line) and said.task in (None, part.task) and said.lot in (None, part.row.lot)
    return named and said.sku in (None, line.sku, part.row.sku)


def _counted(packing: _Packing, said: PackedLine, parts: list[PickedPart], path: str) -> int | Refusal | None:
    """Return how much of one SKU is said to go in, None for all."""
    if said.quantity is None or not parts:
        return None
    item = packing.draft.known_item(parts[0][1].row.sku)
    factor = unit_factor(item, said.unit)
    if factor is None:
        return Refusal(Code.UNKNOWN_UNIT, f"{path}.unit", f"{item.sku} has no unit {said.unit}; send one it has.")
    return smallest(said.quantity, factor, f"{path}.quantity")


def _put_part(packing: _Packing, order: Order, line: OrderLine, part: Reservation, quantity: int, *, path: str) -> None:
    meant = as_part(packing.draft, line, part.row.sku) if line.parts else line
    terms = terms_of(packing.draft, order, meant, site=part.row.site)
    objection = why_not_leave(packing.draft, terms, part.row, in_bin=False)
    if objection is not None:
        packing.object(objection[0], f"{path}.lot", objection[1], order.key)
    _check_units(packing, order, part, quantity, path=path)
    content = Content(order.key, line.line, part.task, part.row, part.staged_at, quantity)
    note_packed(order, content)
    packing.contents.append(content)


def _check_units(packing: _Packing, order: Order, part: Reservation, quantity: int, *, path: str) -> None:
    """Object to what can only be packed with units that were put on hold, one by one, since they were picked."""
    held = numbers_held(packing.draft, part.row.sku, part.serials)
    if not held or quantity <= part.picked - len(held) * 10 ** packing.draft.known_item(part.row.sku).decimals:
        return
    message = f"Serial {held[0]} of {part.row.sku} is on hold; have the hold lifted or leave it out."
    packing.object(Code.ON_HOLD, f"{path}.lot", message, order.key)


def _put_on(packing: _Packing, name: str, path: str) -> None:
    """Put a package on it."""
    package = packing.draft.ledger.document(package_key(name), Package)
    if package is None or package.state is not PackageState.OPEN or package.parent is not None:
        what = "not known" if package is None else package.state.value
        if package is not None and package.parent is not None:
            what = f"on pallet {package.parent}"
        message = f"Package {name} is {what}; name packages that stand loose."
        packing.object(Code.NOT_AVAILABLE, path, message)
        return
    packing.carried.append(package)


def _packed(packing: _Packing) -> tuple[Event, ...]:
    draft, command = packing.draft, packing.command
    named = _named(draft.ledger, command)
    if isinstance(named, Refusal):
        packing.object(named.code, named.field, named.message)
        return tuple(packing.verdicts.noted)
    name, counter = named
    inside = [
        content._replace(package=package.key.number) for package in packing.carried for content in package.contents
    ]
    package = Package(
        package_key(name),
        command.site,
        command.kind,
        content_of_package(command),
        contents=(*packing.contents, *inside),
        weight_kg=command.weight_kg,
    )
    carried = (replace(carton, parent=name) for carton in packing.carried)
    at = command.occurred_at or draft.moment.recorded_at
    changed = PackagesChanged((package, *carried), counter, command.by, at)
    return changed, *orders_packed(packing.orders, name, packing.contents), *packing.verdicts.noted


def _named(ledger: Ledger, command: PackPackage) -> tuple[str, NextNumber | None] | Refusal:
    """Return the number of a package, and the owner's next one where this one was given out."""
    if command.package is not None:
        return command.package, None
    prefix = ledger.settings.sscc_prefix
    if prefix is None:
        message = "The package has no number and the owner no prefix to make one of; send one, or set sscc_prefix."
        return Refusal(Code.FIELD_MISSING, "package", message)
    counter = ledger.document(SSCC_COUNTER, NextNumber) or NextNumber(SSCC_COUNTER, 1)
    name = sscc(prefix, ledger.settings.sscc_extension, counter.next)
    if name is None:
        return Refusal(Code.TOO_LARGE, "package", f"The numbers of prefix {prefix} are used up; set another one.")
    return name, replace(counter, next=counter.next + 1)


def unpack_package(ledger: Ledger, command: UnpackPackage, moment: Moment) -> tuple[Event, ...]:
    """Decide package.unpacked: what lay in it is picked and loose; cartons that stood on it stay packed."""
    verdicts = Verdicts(command.happened)
    stop_if(site_unknown(ledger, command.site, noted=verdicts.noted if command.happened else None))
    package = ledger.document(package_key(command.package), Package)
    if package is None or package.state is not PackageState.OPEN:
        what = "not known" if package is None else f"{package.state.value} already"
        code = Code.ALREADY_SHIPPED if package is not None else Code.NOT_AVAILABLE
        message = f"Package {command.package} is {what}; scan it again."
        verdicts.object(code, "package", message, {"package": command.package})
        return tuple(verdicts.noted)
    loose = [content for content in package.contents if content.package is None]
    orders: dict[OrderKey, Order] = {}
    for content in loose:
        order = ledger.orders.get(content.order)
        if order is not None:
            note_packed(orders.setdefault(order.key, copy_order(order)), content, sign=-1)
    at = command.occurred_at or moment.recorded_at
    changed = PackagesChanged(tuple(_after_unpacking(ledger, package)), None, command.by, at)
    return changed, *orders_packed(orders, command.package, loose, unpacked=True), *verdicts.noted


def _after_unpacking(ledger: Ledger, package: Package) -> Iterator[Package]:
    name = package.key.number
    yield replace(package, state=PackageState.GONE, contents=(), parent=None)
    names = dict.fromkeys(content.package for content in package.contents if content.package is not None)
    cartons = [ledger.document(package_key(carton), Package) for carton in names]
    yield from [replace(carton, parent=None) for carton in cartons if carton is not None]
    pallet = None if package.parent is None else ledger.document(package_key(package.parent), Package)
    if pallet is not None:
        yield replace(pallet, contents=tuple(content for content in pallet.contents if content.package != name))
