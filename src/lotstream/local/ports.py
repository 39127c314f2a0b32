"""Free ports on the loopback interface, the same ones at each start when they can be had."""

from __future__ import annotations

import json
import random
import socket
from pathlib import Path

from lotstream.errors import LocalPortTaken

LOOPBACK = "127.0.0.1"

PORTS = range(20_000, 30_000)
"""Below the range from which Linux and macOS take the ports of outgoing connections: a Kafka that is started again on
its old port must not find it taken by some client's connection."""

TRIES_MAX = 100


def kept_ports(file: Path, names: tuple[str, ...]) -> dict[str, int]:
    """Return a free port for each name; those noted in ``file`` while they are free, else new ones, which are noted.

    Raises:
        LocalPortTaken: no free port was found.
    """
    noted: dict[str, int] = json.loads(file.read_text()) if file.exists() else {}
    if set(noted) != set(names) or not all(is_free(port) for port in noted.values()):
        noted = dict(zip(names, free_ports(len(names)), strict=True))
        file.write_text(json.dumps(noted))
    return noted


def free_ports(count: int) -> list[int]:
    """Return ports that nobody listens on right now.

    Raises:
        LocalPortTaken: a hundred tries did not find them.
    """
    tried = random.sample(PORTS, TRIES_MAX)
    found = [port for port in tried if is_free(port)][:count]
    if len(found) < count:
        raise LocalPortTaken(f"No free port was found between {PORTS.start} and {PORTS.stop} on {LOOPBACK}.")
    return found


def is_free(port: int) -> bool:
    """Say whether a server could listen on this port, as servers do: connections that linger do not count."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True
