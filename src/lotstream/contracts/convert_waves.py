"""From messages about waves to commands of the ledger."""

from __future__ import annotations

from lotstream.contracts.convert_heads import head_of
from lotstream.contracts.inbound_waves import WaveCancelled, WaveReleased
from lotstream.domain.commands import CancelWave, ReleaseWave
from lotstream.domain.model import OrderKey


def release_wave(body: WaveReleased) -> ReleaseWave:
    """Return the command to have tasks picked together."""
    return ReleaseWave(
        **head_of(body),
        wave=body.wave,
        orders=tuple(OrderKey(one.source, one.order) for one in body.orders),
    )


def cancel_wave(body: WaveCancelled) -> CancelWave:
    """Return the command to withdraw a wave."""
    return CancelWave(**head_of(body), wave=body.wave)
