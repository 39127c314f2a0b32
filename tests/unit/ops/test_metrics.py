from __future__ import annotations

from prometheus_client import REGISTRY

from lotstream.ops import metrics

FORBIDDEN_LABELS = {"owner", "order", "sku", "lot", "customer", "message_id", "source"}

#: How many owners are shown is a setting.
MAY_HAVE = {"lotstream_kpi_": {"owner"}}


def test_names_follow_the_naming_practice() -> None:
    """Every metric begins with the prefix, explains itself and has no label with unbounded values."""
    ours = [family for family in REGISTRY.collect() if family.name.startswith("lotstream")]

    assert ours
    for family in ours:
        assert family.name.startswith("lotstream_"), family.name
        assert family.documentation.endswith("."), family.name
        labels = {label for sample in family.samples for label in sample.labels}
        assert labels & FORBIDDEN_LABELS <= MAY_HAVE.get(family.name[:14], set()), family.name


def test_counters_have_no_series_for_their_birthday() -> None:
    """No ``_created`` series is exposed."""
    metrics.CONSTRAINT_RETRIES.inc(0)

    assert not [
        sample for family in REGISTRY.collect() for sample in family.samples if sample.name.endswith("_created")
    ]


def test_a_revoked_partition_leaves_no_figures_behind() -> None:
    """Lag and relay series of a partition go when it is revoked, also when one of them was never measured."""
    metrics.LAG.labels("77").set(5)
    metrics.forget_partition(77)

    assert REGISTRY.get_sample_value("lotstream_lag_records", {"partition": "77"}) is None
