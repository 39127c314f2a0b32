"""Keys go where Kafka's clients put them."""

from __future__ import annotations

import pytest
from aiokafka.partitioner import DefaultPartitioner
from aiokafka.partitioner import murmur2 as kafka_murmur2
from hypothesis import given
from hypothesis import strategies as st

from lotstream.domain.slots import SLOTS, murmur2, partition_of, slot

POWERS = [2**power for power in range(9)]


@given(st.binary(max_size=64))
def test_hash_is_kafkas(key: bytes) -> None:
    """Any key has the hash that Kafka's client computes, whatever its length."""
    assert murmur2(key) == kafka_murmur2(key) & 0xFFFFFFFF


@given(st.binary(min_size=1, max_size=64), st.sampled_from(POWERS))
def test_partition_is_kafkas(key: bytes, partitions: int) -> None:
    """Any key goes to the partition that a producer with Kafka's default partitioner chooses."""
    everywhere = list(range(partitions))
    assert partition_of(key, partitions) == DefaultPartitioner()(key, everywhere, everywhere)


@given(st.binary(max_size=64), st.sampled_from(POWERS))
def test_slot_lies_in_one_partition(key: bytes, partitions: int) -> None:
    """The slot alone says the partition, for every partition count."""
    assert 0 <= slot(key) < SLOTS
    assert slot(key) % partitions == partition_of(key, partitions)


@pytest.mark.parametrize(
    ("key", "hashed"), [(b"21", -973932308), (b"foobar", -790332482), (b"a-little-bit-long-string", -985981536)]
)
def test_hash_of_known_keys(key: bytes, hashed: int) -> None:
    """Values of Kafka's own unit test of its partitioner (UtilsTest.testMurmur2, Apache Kafka)."""
    assert murmur2(key) == hashed & 0xFFFFFFFF
