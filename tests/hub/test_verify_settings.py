from __future__ import annotations

from datetime import UTC, datetime

import pytest

from lotstream.domain.events import Event, OwnerClosed, OwnerHeld, SettingsChanged
from lotstream.domain.model import Hold, HoldKind, OwnerHold, Settings
from lotstream.hub.verify.replay import Replay
from lotstream.store.verify_spool import Spool

NOW = datetime(2026, 9, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "event",
    [
        SettingsChanged(Settings(allow_partial=False)),
        OwnerClosed(NOW, "moves"),
        OwnerHeld(OwnerHold(Hold("H-1", HoldKind.HOLD, "Audit"))),
    ],
)
def test_whatever_writes_an_owners_settings_has_them_compared(event: Event) -> None:
    """An owner who was closed, or whose goods were held, before anybody had said anything of him has a row too."""
    with Spool() as spool:
        replay = Replay(spool)
        ledger = replay.play(0, "acme", event, code="0.2.0", recorded_at=NOW)

        assert replay.defined == {"acme"}
        assert ledger.settings != Settings()
