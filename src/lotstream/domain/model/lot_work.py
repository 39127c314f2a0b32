"""Kinds of what is done to lots under a number, so that it is done once."""

from __future__ import annotations

from typing import Final

LOT_CORRECTION: Final = "lot_correction"
LOT_MERGE: Final = "lot_merge"
LOT_SPLIT: Final = "lot_split"
