"""Who plays: every peer, in so many processes or threads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.peers.faust_take.peer import FaustTake
from benchmarks.peers.jdbc.peer import JavaJdbc, JavaJdbcRelay
from benchmarks.peers.kafka_streams.peer import KafkaStreams
from benchmarks.peers.lotstream_hub.peer import Lotstream
from benchmarks.peers.odoo_style.peer import OdooStyle
from benchmarks.peers.peer import Peer
from benchmarks.peers.quix.peer import Quix
from lotstream.errors import InputRefused

PEERS: dict[str, type[Peer]] = {
    peer.name: peer for peer in (Lotstream, JavaJdbc, JavaJdbcRelay, KafkaStreams, Quix, FaustTake, OdooStyle)
}
JAVA = frozenset({JavaJdbc.name, JavaJdbcRelay.name, KafkaStreams.name})
LOTSTREAM_WORKERS = (1, 2)


@dataclass(frozen=True)
class Entrant:
    """A peer in so many processes or threads."""

    peer: type[Peer]
    workers: int

    def __str__(self) -> str:
        return f"{self.peer.name}-{self.workers}"


def entrants(only: Sequence[str], workers: Sequence[int]) -> list[Entrant]:
    """Return who plays: lotstream with one and two workers, peers with ``workers``; by name, when names are given.

    Raises `InputRefused` for a name that is no peer's.
    """
    if unknown := sorted(set(only) - PEERS.keys()):
        raise InputRefused(f"There is no peer {', '.join(unknown)}; there are {', '.join(PEERS)}.")
    counts = {Lotstream.name: sorted({*LOTSTREAM_WORKERS, *workers})}
    return [
        Entrant(peer, count)
        for name, peer in PEERS.items()
        if not only or name in only
        for count in counts.get(name, sorted(set(workers)))
    ]
