from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from lotstream.connect import Refused
from lotstream.connect.scans import (
    ScannedTask,
    in_grams,
    pick_confirmed,
    pick_scanned,
    receipt_line,
    sku_of,
    skus_by_gtin,
)
from lotstream.contracts.inbound_goods import StockReceivedLine
from lotstream.standards.gs1 import Scan, ScanFault, read_scan

GTIN = "09506000134352"
SSCC = "106141412345678908"
SKUS = skus_by_gtin([("CER-001", ["9506000134352"]), ("SOAP", ("036000291452", "96385074"))])
TASK = ScannedTask(
    "acme", "TOR", happened=False, scanner="scanner:4", number="0815", source="shop", order="#1", task="9a"
)


def label(text: str, *accept: ScanFault) -> Scan:
    """Read a label's printed text."""
    return read_scan(text, today=date(2026, 11, 22), accept=accept)


def line(text: str, *accept: ScanFault, **options: Any) -> StockReceivedLine:  # noqa: ANN401 - passed on
    """Return the line of a receipt that a label is."""
    return receipt_line(label(text, *accept), line="1", sku="CER-001", **options)


def refused(text: str, **options: Any) -> tuple[str, str | None]:  # noqa: ANN401
    """Return code and field with which a label is not taken as a line."""
    with pytest.raises(Refused) as error:
        line(text, **options)
    return error.value.refusal.code, error.value.refusal.field


@pytest.mark.parametrize(
    ("text", "sku"),
    [
        (f"(01){GTIN}(10)L", "CER-001"),
        (f"(00){SSCC}(02){GTIN}(37)4", "CER-001"),
        ("036000291452", "SOAP"),
        ("(01)00000096385074", "SOAP"),
    ],
)
def test_goods_are_known_by_their_number_however_it_is_written(text: str, sku: str) -> None:
    """Numbers of 8, 12, 13 and 14 digits are one, and a pallet is known by what it holds."""
    assert sku_of(label(text), SKUS) == sku


@pytest.mark.parametrize(
    ("text", "code"),
    [("(01)00036000291469", "unknown_item"), (f"(00){SSCC}", "field_missing"), ("(10)L", "field_missing")],
)
def test_goods_nobody_knows_are_named(text: str, code: str) -> None:
    """A number that no item has, and a label that names no goods, are refused with what to do."""
    with pytest.raises(Refused) as error:
        sku_of(label(text), SKUS)
    assert (error.value.refusal.code, error.value.refusal.field) == (code, "gtin")


def test_a_case_becomes_a_line_of_a_receipt() -> None:
    """One scan gives lot, dates, quantity one of the unit that its number stands for, and what else the label says."""
    text = f"(01){GTIN}(10)L24A(11)261101(15)271130(17)271231(21)S-9(422)056(240)RED"
    assert line(text, unit="case", more={"location": "A-01", "supplier": "V-1"}) == StockReceivedLine(
        line="1", sku="CER-001", quantity=Decimal(1), unit="case", lot="L24A", supplier_lot="L24A", supplier="V-1",
        made=date(2026, 11, 1), expires=date(2027, 12, 31), location="A-01",
        details={"best_before": "2027-11-30", "origin": "056", "serial": "S-9", "gs1_240": "RED"},
    )  # fmt: skip


def test_a_pallet_becomes_a_line_of_its_content() -> None:
    """Number, count, lot and dates of the content, on the package that the label names."""
    assert line(f"(00){SSCC}(02){GTIN}(37)24(10)L1(17)271231", unit="case") == StockReceivedLine(
        line="1", sku="CER-001", quantity=Decimal(24), unit="case", lot="L1", supplier_lot="L1",
        expires=date(2027, 12, 31), package=SSCC,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("dates", "expires", "details"),
    [
        ("(17)271231", date(2027, 12, 31), {}),
        ("(7003)2712311200", date(2027, 12, 31), {"gs1_7003": "2712311200"}),
        ("(15)271130", date(2027, 11, 30), {"best_before": "2027-11-30", "expires_from": "best_before"}),
        ("(16)271001", date(2027, 10, 1), {"sell_by": "2027-10-01", "expires_from": "sell_by"}),
        (
            "(15)271130(16)271001",
            date(2027, 11, 30),
            {"best_before": "2027-11-30", "sell_by": "2027-10-01", "expires_from": "best_before"},
        ),
        ("(17)271231(16)271001", date(2027, 12, 31), {"sell_by": "2027-10-01"}),
    ],
)
def test_the_last_day_of_use_is_the_expiry_else_best_before_else_sell_by(
    dates: str, expires: date, details: dict[str, str]
) -> None:
    """Which of them it was taken from is kept."""
    received = line(f"(01){GTIN}{dates}")
    assert (received.expires, received.details) == (expires, details)


def test_what_was_accepted_goes_with_the_goods() -> None:
    """That a month was taken for its last day can be seen in the receipt."""
    received = line(f"(01){GTIN}(17)271200", ScanFault.DAY_ZERO)
    assert (received.expires, received.details) == (date(2027, 12, 31), {"scan_accepted": "day_zero"})


@pytest.mark.parametrize(
    ("text", "options", "quantity", "details"),
    [
        (f"(01){GTIN}", {}, 1, {}),
        (f"(01){GTIN}(30)12", {}, 12, {}),
        (f"(02){GTIN}(37)12", {}, 12, {}),
        (f"(02){GTIN}", {"quantity": Decimal(7)}, 7, {}),
        (f"(01){GTIN}(3103)001500", {"unit": "kg"}, Decimal("1.5"), {"weight_kg": "1.5"}),
        (f"(01){GTIN}(3201)000010", {"unit": "KGM"}, Decimal("0.453592"), {"weight_kg": "0.45359237"}),
        (f"(01){GTIN}(3103)001500", {"unit": "each"}, 1, {"weight_kg": "1.5"}),
        (f"(01){GTIN}(3103)001500(30)3", {"unit": "each"}, 3, {"weight_kg": "1.5"}),
    ],
)
def test_the_quantity_is_what_the_label_counts_or_weighs(
    text: str, options: dict[str, Any], quantity: Decimal, details: dict[str, str]
) -> None:
    """Counts are units; a weight is the quantity of goods that are kept in kilograms, and always a detail."""
    received = line(text, **options)
    assert (received.quantity, received.details) == (quantity, details)


@pytest.mark.parametrize(
    ("text", "options", "code", "field"),
    [
        (f"(01){GTIN}(3103)001500", {}, "field_missing", "unit"),
        (f"(02){GTIN}", {}, "field_missing", "quantity"),
        (f"(01){GTIN}(30)0", {}, "not_positive", "quantity"),
        (f"(01){GTIN}", {"more": {"location": ""}}, "field_invalid", "location"),
    ],
)
def test_a_quantity_is_never_guessed(text: str, options: dict[str, Any], code: str, field: str) -> None:
    """A weight without a unit, a pallet without a count and a count of nothing are asked about."""
    assert refused(text, **options) == (code, field)


def test_a_refused_line_speaks_of_the_scan() -> None:
    """What the contract does not take is to be scanned again, and no order is spoken of."""
    with pytest.raises(Refused, match="correct it and send the scan again"):
        line(f"(01){GTIN}", unit="x" * 200)


def test_a_serial_number_is_one_where_units_are_numbered() -> None:
    """Else it is a detail: a case of twelve has a number of its own and is no unit."""
    numbered = line(f"(01){GTIN}(21)S-1", numbered=True)
    assert (numbered.serials, numbered.details) == (("S-1",), {})
    assert line(f"(01){GTIN}", numbered=True).serials == ()
    assert line(f"(01){GTIN}(21)S-1").details == {"serial": "S-1"}


def test_who_gets_the_goods_is_not_kept_with_them() -> None:
    """Names, streets, postcodes and phones on a parcel's label go into no lot, nor do words of a link's address."""
    private = (
        "(4300)Muster(4301)Erika(4302)Gasse1(4308)0123(4309)01234567890123456789(420)12345(421)05612345(7254)Erika"
    )
    assert line(f"(01){GTIN}{private}(400)PO1").details == {"gs1_400": "PO1"}
    assert line(f"https://x/01/{GTIN}?name=Erika").details == {}


def test_a_scan_becomes_the_message_of_a_pick() -> None:
    """The message names lot and goods that were scanned, and reads back as the contract has it."""
    message = pick_scanned(label(f"(01){GTIN}(10)L24B"), TASK)

    assert (message.type, message.source, message.message_id) == ("pick.scanned", "scanner:4", "pick.scanned/0815")
    assert message.body.model_dump(mode="json", exclude_defaults=True) == {
        "owner": "acme", "site": "TOR", "happened": False, "source": "shop", "order": "#1", "task": "9a",
        "scanned": "L24B", "gtin": GTIN,
    }  # fmt: skip


def test_a_label_of_other_goods_is_no_scan_of_the_task() -> None:
    """Where the task's numbers are known they are compared, padded or not; a label without one passes."""
    task = ScannedTask("acme", "TOR", happened=True, scanner="s", number="1", gtins=("9506000134352",))

    for right in (f"(01){GTIN}(10)L", "(10)L"):
        assert pick_scanned(label(right), task).message_id == "pick.scanned/1"
    with pytest.raises(Refused) as error:
        pick_scanned(label("(01)00036000291452(10)L"), task)
    assert error.value.refusal.code == "wrong_item"


def test_a_pick_needs_a_lot() -> None:
    """A label without a lot cannot say which lot is taken."""
    with pytest.raises(Refused) as error:
        pick_scanned(label(f"(01){GTIN}"), TASK)
    assert (error.value.refusal.code, error.value.refusal.field) == ("field_missing", "scanned")


@pytest.mark.parametrize(
    ("ai", "kg"),
    [("(3103)012500", "12.5"), ("(3105)123456", "1.235"), ("(3205)010005", "0.045"), ("(3201)000100", "4.536")],
)
def test_a_label_says_what_weighed_goods_weigh(ai: str, kg: str) -> None:
    """Net weight goes into the line of an item that is weighed, pounds exactly converted, in whole grams."""
    read = line(f"(01){GTIN}{ai}(10)L", weighed=True)
    assert (read.quantity, read.weight_kg, read.details) == (Decimal(1), Decimal(kg), {})


def test_half_a_gram_counts_as_one() -> None:
    """And the other weights of a label stay what they are where its item is not weighed."""
    assert in_grams(Decimal("0.0005")) == Decimal("0.001")
    assert in_grams(Decimal("0.00049")) == Decimal("0.000")
    assert line(f"(01){GTIN}(3103)012500(10)L", unit="case").details == {"weight_kg": "12.5"}


def test_a_label_of_weighed_goods_becomes_a_pick() -> None:
    """What was taken for the task is the label's lot, one of it, with its weight; others are picked without one."""
    picked = label(f"(01){GTIN}(3103)002345(10)L24B")
    message = pick_confirmed(picked, TASK, weighed=True)
    (taken,) = message.body.model_dump(exclude_none=True, exclude_unset=True)["lines"]
    assert taken == {"task": "9a", "lot": "L24B", "quantity": Decimal(1), "weight_kg": Decimal("2.345")}
    assert (message.type, message.message_id) == ("pick.confirmed", "pick.confirmed/0815")
    plain = pick_confirmed(picked, replace(TASK, quantity=Decimal(2), unit="case"))
    assert plain.body.model_dump()["lines"][0]["weight_kg"] is None
