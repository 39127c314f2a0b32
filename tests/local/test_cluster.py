from __future__ import annotations

from pathlib import Path

import pytest

from lotstream.errors import LocalStackError
from lotstream.local.cluster import NODES, KafkaCluster, _nodes


def test_all_nodes_know_all_controllers_and_keep_their_ports(tmp_path: Path) -> None:
    """Each node has an id, ports and a folder of its own; a second start finds the same cluster."""
    nodes = _nodes(tmp_path)
    assert len({node.node_id for node in nodes}) == len({node.folder for node in nodes}) == NODES
    assert {node.voters for node in nodes} == {tuple(node.voter for node in nodes)}
    assert {node.cluster_id for node in nodes} == {nodes[0].cluster_id}
    assert [(node.replication, node.in_sync_min) for node in nodes] == [(3, 2)] * NODES
    assert _nodes(tmp_path) == nodes


async def test_nodes_of_a_cluster_that_is_not_started_cannot_be_started(tmp_path: Path) -> None:
    """A call in the wrong order is said in words."""
    with pytest.raises(LocalStackError, match="not started"):
        await KafkaCluster(tmp_path).stop_nodes([])
