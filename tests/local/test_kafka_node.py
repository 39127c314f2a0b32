"""The settings of a Kafka node, alone and as one of three."""

from __future__ import annotations

from pathlib import Path

from lotstream.local.kafka_node import KafkaNode, new_cluster_id


def test_a_node_alone_votes_for_itself(tmp_path: Path) -> None:
    """One node needs no other: it is the only voter and keeps one copy of everything."""
    settings = KafkaNode(tmp_path, 20_001, 20_002).properties()
    assert settings["controller.quorum.voters"] == "1@127.0.0.1:20002"
    assert settings["offsets.topic.replication.factor"] == "1"
    assert settings["transaction.state.log.min.isr"] == "1"
    assert settings["auto.create.topics.enable"] == "false"


def test_three_nodes_know_each_other(tmp_path: Path) -> None:
    """The same class makes the nodes of a larger cluster: same voters and cluster id, own id, ports and folder."""
    cluster_id = new_cluster_id()
    alone = [KafkaNode(tmp_path / str(i), 20_000 + i, 21_000 + i, node_id=i) for i in (1, 2, 3)]
    voters = tuple(node.voter for node in alone)
    second = KafkaNode(
        tmp_path / "2", 20_002, 21_002, node_id=2, voters=voters, cluster_id=cluster_id, replication=3, in_sync_min=2
    ).properties()
    assert second["controller.quorum.voters"] == "1@127.0.0.1:21001,2@127.0.0.1:21002,3@127.0.0.1:21003"
    assert second["node.id"] == "2"
    assert second["transaction.state.log.replication.factor"] == "3"
    assert second["min.insync.replicas"] == "2"


def test_a_cluster_id_is_what_kafka_takes() -> None:
    """Twenty-two characters of URL-safe base64, which a command line does not take for an option."""
    made = [new_cluster_id() for _ in range(200)]
    assert {len(each) for each in made} == {22}
    assert not [each for each in made if each.startswith("-")]
