"""What the connector has to be told: whose orders they are, and how the files are written."""

from __future__ import annotations

from enum import StrEnum
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator

from lotstream.connect import options_config
from lotstream.connect.inbox import InboxOptions
from lotstream.contracts.fields import Name, OwnerId
from lotstream_flatfile.cells import Reading
from lotstream_flatfile.columns import COLUMNS


class OtherEncoding(StrEnum):
    """How a file that is not UTF-8 may be read."""

    NONE = "none"
    LATIN_1 = "latin-1"
    WINDOWS_1252 = "cp1252"


class FlatFileOptions(InboxOptions):
    """Options of the flat-file connector."""

    model_config = options_config("flatfile")

    owner: OwnerId = Field(description="Whose orders the files are.")
    source: Name = Field(
        default="flatfile:erp",
        description="Source of the orders; with the order's number their key, so each ERP has its own.",
    )
    rows_max: int = Field(default=100_000, ge=1, description="Rows of one file; a longer one is refused.")
    decimal_comma: bool = Field(default=False, description="Quantities are written 12,5 instead of 12.5.")
    time_zone: str | None = Field(
        default=None,
        description="Where times without an offset are from, e.g. Europe/Berlin; without it they are refused.",
    )
    other_encoding: OtherEncoding = Field(
        default=OtherEncoding.NONE,
        description="How a file that is not UTF-8 is read: none (it is refused), latin-1 or cp1252.",
    )
    columns: dict[str, str] = Field(
        default={}, description='The file\'s own names of columns, as a JSON object: {"Auftrag": "order"}.'
    )
    ignored_columns: tuple[str, ...] = Field(
        default=(), description="Columns that are not read, as a JSON list; any other unknown column refuses the file."
    )

    def reading(self) -> Reading:
        """Return how cells are written."""
        return Reading(self.decimal_comma, ZoneInfo(self.time_zone) if self.time_zone else None)

    @field_validator("columns")
    @classmethod
    def _known_columns(cls, columns: dict[str, str]) -> dict[str, str]:
        if unknown := sorted(set(columns.values()) - set(COLUMNS)):
            raise ValueError(f"there is no column {', '.join(unknown)}")
        return columns

    @field_validator("time_zone")
    @classmethod
    def _known_time_zone(cls, time_zone: str | None) -> str | None:
        try:
            if time_zone is not None:
                ZoneInfo(time_zone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError("this is no time zone, write one such as Europe/Berlin") from error
        return time_zone
