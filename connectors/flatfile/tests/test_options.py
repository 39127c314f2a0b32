from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from lotstream.connect.delivery import Delivery
from lotstream.connect.preview import preview
from lotstream.testing.desk import MemoryDesk
from lotstream_flatfile.connector import FlatFileConnector
from lotstream_flatfile.options import FlatFileOptions


def read(content: str | bytes, **options: Any) -> dict[str, Any]:  # noqa: ANN401 - any option
    """Return what a file becomes under some options."""
    connector = FlatFileConnector(FlatFileOptions(owner="acme", inbox=Path("unused"), **options))
    body = content if isinstance(content, bytes) else content.encode()
    return preview(connector, Delivery("erp", "file.csv", "key", body, datetime(2026, 9, 1, tzinfo=UTC)))


def test_columns_can_keep_the_names_the_erp_gives_them() -> None:
    """Own names are mapped and others ignored by name, without regard to case and blanks."""
    file = "AUFTRAG;Artikel Nr;Menge;Sachbearbeiter\nA1;CER-001;2;Ada\n"
    columns = {"Auftrag": "order", "artikel_nr": "sku", "Menge": "quantity"}
    read_as = read(file, columns=columns, ignored_columns=("sachbearbeiter",))
    assert read_as["messages"][0]["body"]["lines"][0]["sku"] == "CER-001"
    assert read(file, columns=columns)["refusals"][0]["field"] == "row 1, column Sachbearbeiter"


def test_quantities_can_have_a_decimal_comma() -> None:
    """With the option 1,5 is one and a half, and 1.5 is refused instead of read as fifteen or one and a half."""
    line = read('order;sku;quantity\nA1;CER-001;"1,5"\n', decimal_comma=True)["messages"][0]["body"]["lines"][0]
    assert line["quantity"] == "1.5"
    assert read("order;sku;quantity\nA1;CER-001;1.500\n", decimal_comma=True)["verdict"] == "refused"


def test_times_without_an_offset_are_read_in_the_zone_that_is_named() -> None:
    """The zone's own offset of that day counts."""
    file = "order,sku,quantity,placed_at\nA1,CER-001,1,2026-01-15T08:00:00\nA2,CER-001,1,2026-07-15T08:00:00\n"
    placed = [m["body"]["placed_at"] for m in read(file, time_zone="Europe/Berlin")["messages"]]
    assert placed == ["2026-01-15T08:00:00+01:00", "2026-07-15T08:00:00+02:00"]


@pytest.mark.parametrize(("encoding", "name"), [("latin-1", "Jürgen"), ("cp1252", "Jürgen €")])
def test_a_file_that_is_not_utf_8_can_be_read_by_option(encoding: str, name: str) -> None:
    """The encoding is a choice, not a guess; UTF-8 is read as UTF-8 all the same."""
    file = f"order,name,sku,quantity\nA1,{name},CER-001,1\n"
    for body in (file.encode(encoding), file.encode()):
        read_as = read(body, other_encoding=encoding)
        assert read_as["messages"][0]["body"]["ship_to"]["name"] == name


@pytest.mark.limit("rows_max", seen="lotstream_connector_refusals_total")
def test_a_file_with_more_rows_than_the_limit_is_refused() -> None:
    """The limit is named in the sentence."""
    refused = read("order,sku,quantity\nA1,CER-001,1\nA2,CER-001,1\n", rows_max=1)["refusals"][0]
    assert (refused["code"], "more than 1;" in refused["message"]) == ("too_large", True)


def test_an_order_with_many_faults_tells_the_first_ones_and_counts_the_others() -> None:
    """A sentence stays readable however much is wrong."""
    rows = "".join("A1,CER-001,none\n" for _ in range(8))
    [refused] = read(f"order,sku,quantity\n{rows}")["refusals"]
    assert refused["message"].endswith(" 3 more.")
    assert refused["message"].count("column quantity") == 5


@pytest.mark.parametrize(
    "wrong",
    [
        {"columns": {"Auftrag": "ordre"}},
        {"time_zone": "Mars/Olympus"},
        {"time_zone": "../etc/passwd"},
        {"owner": "no owner"},
        {"other_encoding": "utf-16"},
        {"poll_s": 0},
    ],
)
def test_options_that_cannot_be_used_are_refused_at_the_start(wrong: dict[str, Any]) -> None:
    """A connector with a wrong option does not run at all."""
    with pytest.raises(ValidationError):
        FlatFileOptions.model_validate({"owner": "acme", "inbox": "in", **wrong})


async def test_orders_and_order_of_a_file_reach_the_hub_from_the_inbox(tmp_path: Path) -> None:
    """A dropped file is published order by order under the source that was set."""
    connector = FlatFileConnector(FlatFileOptions(owner="acme", source="erp-1", inbox=tmp_path))
    desk, inbox = MemoryDesk(connector), connector.inbox()
    (tmp_path / "orders.csv").write_text("order,sku,quantity\nA2,CER-001,1\nA1,CER-001,1\n")
    await inbox.look(desk)
    assert await inbox.look(desk) == 1
    assert [(m.source, m.message_id.split("/")[1]) for m in desk.publisher.published] == [
        ("erp-1", "A2"),
        ("erp-1", "A1"),
    ]


def test_a_ragged_row_refuses_every_order_it_may_be_a_line_of() -> None:
    """Where the order does not stand first, each order that the row names might lack a line."""
    file = "name,order,sku,quantity\nAda,A1,CER-001,1\nBob,A2,CER-001,1\nExample, Ada,A1,CER-001,1\n"
    read_as = read(file)
    assert [message["body"]["order"] for message in read_as["messages"]] == ["A2"]
    assert [(refusal["order"], refusal["field"]) for refusal in read_as["refusals"]] == [("A1", "row 4")]


def test_a_line_without_an_id_among_lines_with_one_is_a_fault() -> None:
    """Numbering one row by its place could give it the id of another one."""
    [refused] = read("order,line,sku,quantity\nA1,1,CER-001,1\nA1,,CER-001,1\n")["refusals"]
    assert (refused["code"], refused["field"]) == ("field_missing", "row 3, column line")


@pytest.mark.parametrize(("column", "cell"), [("customer", "C" * 129), ("street", "S" * 1001), ("po", "P" * 1001)])
def test_what_the_contract_refuses_is_named_by_its_column(column: str, cell: str) -> None:
    """A text that is too long for a message is found by row and column."""
    [refused] = read(f"order,sku,quantity,{column}\nA1,CER-001,1,{cell}\n")["refusals"]
    assert (refused["field"], refused["order"]) == (f"row 2, column {column}", "A1")
