"""Where an owner lives: the partition its key hashes to, and the slot its rows carry.

Kafka's default partitioner (murmur2, as in ``org.apache.kafka.common.utils.Utils``) decides the partition. A slot is
the same hash modulo 256: because the partition count is a power of two up to 256, every slot lies in one partition, so
that rows can be moved between databases by slot without hashing anything again.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

SLOTS: Final = 256
"""Slots, and the largest number of partitions."""

SLOTS_CACHED_MAX: Final = 65_536
"""Keys whose hash is remembered."""

_SEED: Final = 0x9747B28C
_MULTIPLIER: Final = 0x5BD1E995
_SHIFT: Final = 24
_MASK: Final = 0xFFFFFFFF


def murmur2(key: bytes) -> int:
    """Return the 32-bit murmur2 hash of a key, unsigned, as Kafka's Java client computes it."""
    value = _SEED ^ len(key)
    whole = len(key) & ~3
    for at in range(0, whole, 4):
        value = (value * _MULTIPLIER & _MASK) ^ _mixed(int.from_bytes(key[at : at + 4], "little"))
    if whole < len(key):
        value = (value ^ int.from_bytes(key[whole:], "little")) * _MULTIPLIER & _MASK
    value = (value ^ value >> 13) * _MULTIPLIER & _MASK
    return value ^ value >> 15


@lru_cache(maxsize=SLOTS_CACHED_MAX)
def slot(key: bytes) -> int:
    """Return the slot (0 to 255) of a key."""
    return (murmur2(key) & 0x7FFFFFFF) % SLOTS


def partition_of(key: bytes, partitions: int) -> int:
    """Return the partition that Kafka's default partitioner chooses; ``partitions`` is a power of two up to 256."""
    return slot(key) % partitions


def _mixed(word: int) -> int:
    word = word * _MULTIPLIER & _MASK
    return (word ^ word >> _SHIFT) * _MULTIPLIER & _MASK
