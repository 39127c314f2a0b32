"""How much each property is tried: LOTSTREAM_TEST_LENGTH is short (as without it), long or nightly.

`make test`, `make test-long` and `make nightly` set it.
"""

from __future__ import annotations

import os

from hypothesis import settings

EXAMPLES = {"short": 100, "long": 2_000, "nightly": 50_000}

for name, examples in EXAMPLES.items():
    # No deadline: how fast the machine is proves nothing about the property.
    settings.register_profile(name, max_examples=examples, deadline=None, print_blob=True)
settings.load_profile(os.environ.get("LOTSTREAM_TEST_LENGTH", "short"))
