from __future__ import annotations

import pytest

from lotstream.hub.kafka import PRODUCE_BATCH_BYTES, produce_batch_bytes
from lotstream.settings import Settings


@pytest.mark.parametrize(("topic_takes", "batch"), [(192 * 1024, 192 * 1024), (6 * 1024 * 1024, PRODUCE_BATCH_BYTES)])
def test_no_batch_is_larger_than_its_topic_takes(topic_takes: int, batch: int) -> None:
    """A topic's limit counts for whole batches: with a small one, catching up would be refused for ever."""
    assert produce_batch_bytes(Settings(outgoing_bytes_max=topic_takes)) == batch
