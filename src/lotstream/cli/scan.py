"""``lotstream scan``: what a label says, or why it cannot be taken as it is."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lotstream.cli.options import Json
from lotstream.cli.output import print_json, table

if TYPE_CHECKING:
    from lotstream.standards.scan import Scan, ScanError, ScanFault

#: What a person calls each thing on a label, in the order it is shown.
WORDS = {
    "sscc": "pallet or carton (SSCC)",
    "gtin": "trade item (GTIN)",
    "content_gtin": "trade item inside (GTIN)",
    "content_count": "how many inside",
    "count": "count",
    "lot": "lot",
    "serial": "serial number",
    "expires": "last day of use",
    "best_before": "best before",
    "sell_by": "sell by",
    "made": "made",
    "packed": "packed",
    "due": "due",
    "weight_kg": "net weight, kg",
    "origin": "country of origin (ISO 3166)",
}

FROM_STDIN = "-"


def register(app: typer.Typer) -> None:
    """Add the command ``scan``."""
    app.command("scan")(scan)


def scan(
    text: Annotated[
        str, typer.Argument(help="What the scanner sends, what is printed, or a link; {GS} for FNC1, - to read stdin.")
    ],
    accept: Annotated[
        list[str] | None,
        typer.Option("--accept", help="Fault that is taken as it reads, e.g. day_zero; may be given more than once."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Read a GS1 label: GS1-128, DataMatrix or QR code, text in brackets, or Digital Link.

    Nothing is sent and no server is asked. Exits 8 and names the fault when the label cannot be taken as it is.
    """
    read = read_label(sys.stdin.readline() if text == FROM_STDIN else text, accept or (), as_json=as_json)
    if as_json:
        print_json(shown(read))
    else:
        _show(read)


def read_label(code: str, accept: Sequence[str], *, as_json: bool) -> Scan:
    """Return what a label says; where it cannot be taken as it is, show the fault and raise `ScanError`."""
    from datetime import UTC, datetime

    from lotstream.standards.gs1 import ScanError, read_scan

    try:
        return read_scan(code, today=datetime.now(UTC).date(), accept=_faults(accept))
    except ScanError as error:
        if as_json:
            print_json(_refused(error))
        else:
            _show_readings(error)
        raise


def _faults(names: Sequence[str]) -> list[ScanFault]:
    from lotstream.errors import InputRefused
    from lotstream.standards.scan import ScanFault

    known = [fault.value for fault in ScanFault]
    if wrong := [name for name in names if name not in known]:
        raise InputRefused(f"There is no fault {wrong[0]}.", what_to_do=f"Accept one of {', '.join(known)}.")
    return [ScanFault(name) for name in names]


def shown(scan: Scan) -> dict[str, Any]:
    """Return a scan as JSON values, what the label has not left out."""
    fields = {name: value for name in WORDS if (value := getattr(scan, name)) is not None}
    return {
        "form": scan.form.value,
        **fields,
        "other": scan.other,
        "accepted": [fault.value for fault in scan.accepted],
        "printed": scan.printed,
    }


def _refused(error: ScanError) -> dict[str, Any]:
    return {
        "fault": error.fault.value,
        "ai": error.ai,
        "value": error.value,
        "message": str(error),
        "reading": shown(error.reading) if error.reading else None,
        "meant": shown(error.meant) if error.meant else None,
    }


def _show(scan: Scan) -> None:
    rows = [(words, value) for name, words in WORDS.items() if (value := getattr(scan, name)) is not None]
    rows += [(f"({key})" if key.isdigit() else key, value) for key, value in scan.other.items()]
    table((scan.form.value.replace("_", " "), scan.printed), rows)


def _show_readings(error: ScanError) -> None:
    print(f"Fault: {error.fault.value}", file=sys.stderr)
    if error.reading is not None and error.meant is not None:
        print(f"As it stands:  {error.reading.printed}", file=sys.stderr)
        print(f"Perhaps meant: {error.meant.printed}", file=sys.stderr)
