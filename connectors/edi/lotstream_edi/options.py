"""What the connector has to be told: its inbox and its trading partners."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from lotstream.connect import ConnectorOptions, options_config
from lotstream.connect.inbox import InboxOptions

UNITS: Final = {
    "EA": "each",
    "CA": "case",
    "CS": "case",
    "CT": "carton",
    "BX": "box",
    "PK": "pack",
    "PL": "pallet",
    "DZ": "dozen",
    "LB": "pound",
    "KG": "kilogram",
}
"""Names of W0102 (element 355) when a partner's profile has no other. CS is a cassette in the list and a case in
everyday use."""

ITEM_QUALIFIERS: Final = ("SK", "VN", "VC", "VP", "VA", "IN")
"""Qualifiers (element 235) whose value is the owner's SKU, the first one present wins."""

FILE_BYTES_MAX: Final = 8 * 1024 * 1024
"""Largest file that is read unless the options say otherwise: some 6,000 orders of 14 lines, 300 MB of memory."""

ChoiceOfMismatch = Literal["refuse", "warn"]


class Partner(BaseModel):
    """One trading partner, known by the sender's qualifier and id in the ISA."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    owner: str = Field(min_length=1, description="Whose goods the partner's orders ask for.")
    units: dict[Annotated[str, StringConstraints(min_length=1)], Annotated[str, StringConstraints(min_length=1)]] = (
        Field(default={}, description="Names of units by W0102, beside or instead of the usual ones.")
    )
    item_qualifiers: tuple[str, ...] = Field(
        default=ITEM_QUALIFIERS, min_length=1, description="Qualifiers whose value is the SKU, most wanted first."
    )
    customer_party: str | None = Field(
        default=None, description="N101 of the party whose N104 is the owner's customer number, e.g. ST."
    )
    sites: dict[str, str] = Field(default={}, description="Sites by the N104 of N1*WH.")
    lot_may_be_date: bool = Field(
        default=False, description="Take eight digits that are a date as a lot number, with a warning."
    )
    mismatches: ChoiceOfMismatch = Field(
        default="refuse",
        description="What wrong counts and control numbers in SE, GE and IEA do: refuse the whole they close, or warn.",
    )

    def unit(self, code: str) -> str | None:
        """Return the name of a unit code, or None when neither the partner nor the usual table has one."""
        return self.units.get(code) or UNITS.get(code)


class Profiles(ConnectorOptions):
    """The trading partners."""

    model_config = options_config("edi")

    partners: dict[str, Partner] = Field(
        default={},
        description="The trading partners, as a JSON object: ISA05-ISA06 of the sender, e.g. `ZZ-ACME`, and an object "
        "with `owner` and, if wanted, `units`, `item_qualifiers`, `customer_party`, `sites`, `lot_may_be_date` and "
        "`mismatches`.",
    )


class EdiOptions(Profiles, InboxOptions):
    """Options of the EDI connector."""

    model_config = options_config("edi")

    file_bytes_max: int = Field(
        default=FILE_BYTES_MAX, ge=1, description="Largest file that is read; a larger one is refused unread."
    )
