"""Records that are larger than a setting says."""

from __future__ import annotations

import pytest
from aiokafka import TopicPartition

from lotstream.contracts.cloudevents import headers_for
from lotstream.contracts.topics import INBOUND
from lotstream.domain.codes import DeadLetterCode
from lotstream.hub.records import read_records
from lotstream.settings import Settings
from tests.hub.small_hub import SmallHub, owners_in


@pytest.mark.limit("message_bytes_max")
def test_a_record_above_message_bytes_max_is_not_read() -> None:
    """It is condemned as too large and counted; the next one, within the limit, is read."""
    hub = SmallHub()
    (owner,) = owners_in(0, 1)
    hub.append(
        0, key=owner.encode(), value=b" " * 1025, headers=headers_for("lotstream.item.defined.v1", id="1", source="x")
    )
    hub.send("item.defined", {"owner": owner, "sku": "SOAP"})
    limit = Settings(message_bytes_max=1024).message_bytes_max
    large, small = read_records({TopicPartition(INBOUND.name, 0): hub.log[0]}, partitions=2, bytes_max=limit)
    assert large.undecodable is not None
    assert (large.undecodable.code, large.decoded) == (DeadLetterCode.TOO_LARGE, None)
    assert (small.undecodable, small.decoded is not None) == (None, True)
