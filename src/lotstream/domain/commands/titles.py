"""Goods change their owner."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from lotstream.domain.commands.goods import GoodsLine
from lotstream.domain.commands.stock import StockLine


@dataclass(frozen=True, slots=True)
class ReleaseTitle:
    """title.released: goods are another owner's from now on."""

    #: Whose goods they were.
    owner: str
    site: str
    happened: bool
    by: str | None
    occurred_at: datetime | None
    title: str
    to_owner: str
    lines: tuple[StockLine, ...]
    #: Our SKU → the other owner's; the same where none is named.
    to_skus: dict[str, str] = field(default_factory=dict)
    #: Hash of what was told, where goods are called otherwise now.
    content: str | None = None


@dataclass(frozen=True, slots=True)
class AcceptTitle:
    """title.accepted: goods of another owner are ours from now on."""

    site: str
    happened: bool
    by: str | None
    occurred_at: datetime | None
    title: str
    from_owner: str
    lines: tuple[GoodsLine, ...]
