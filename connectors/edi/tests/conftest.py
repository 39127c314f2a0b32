"""How tests of orders ask: one 940 in, its intake out."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from lotstream_edi import samples
from lotstream_edi.envelope import read
from lotstream_edi.intake import take_in
from lotstream_edi.options import Partner
from lotstream_edi.outcome import SetIntake

Taken = Callable[..., SetIntake]


@pytest.fixture
def take() -> Taken:
    """Take in one 940, given as segments, under the profile of the options given."""

    def taken(
        segments: Sequence[str] = samples.ORDER, *, usage: str = "P", version: str = "004010", **profile: object
    ) -> SetIntake:
        text = samples.interchange(samples.group(samples.transaction_set(segments), version=version), usage=usage)
        intake = take_in(read(text.encode()), {"ZZ-SENDER": Partner.model_validate({"owner": "acme", **profile})})
        return intake.interchanges[0].groups[0].sets[0]

    return taken
