from __future__ import annotations

from dataclasses import replace

from lotstream.ops.topics import Topic, differences

WANTED = Topic("orders", partitions=4, replication=2, config={"cleanup.policy": "delete"})


def test_the_same_topic_differs_in_nothing() -> None:
    """Settings that nobody asked for are free, and more replicas than asked for are welcome."""
    found = Topic("orders", partitions=4, replication=3, config={"cleanup.policy": "delete", "segment.ms": "1"})

    assert not list(differences([WANTED], {"orders": found}))


def test_everything_that_differs_is_named() -> None:
    """Partitions, too few replicas and a setting each give one difference."""
    found = Topic("orders", partitions=8, replication=1, config={})
    said = [str(difference) for difference in differences([WANTED], {"orders": found})]

    assert said == [
        "topic orders has partitions 8, needed is 4",
        "topic orders has replication 1, needed is 2",
        "topic orders has cleanup.policy None, needed is delete",
    ]


def test_a_missing_topic_is_one_difference() -> None:
    """Nothing is said about the settings of a topic that is not there."""
    (difference,) = differences([replace(WANTED, name="other")], {"orders": WANTED})

    assert str(difference) == "topic other is missing"
