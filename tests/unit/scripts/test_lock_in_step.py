"""A lock that does not answer what is asked for is found, without the network."""

from __future__ import annotations

import re
from typing import Any

from scripts import lock_in_step as lock

HASH = "    --hash=sha256:" + "0" * 64


def pins(text: str) -> list[re.Match[str]]:
    """Return the pins of a lock's text."""
    return list(lock.PIN.finditer(text))


def project(*needed: str) -> dict[str, Any]:
    """Return a project that needs these packages."""
    return {"build-system": {"requires": []}, "project": {"name": "ours", "dependencies": list(needed)}}


def test_a_fitting_lock_has_no_problems() -> None:
    """A pin within the range asked for answers it, whatever the spelling of the name."""
    locked = pins(f"faust-streaming==0.15.3 \\\n{HASH}\nPyYAML==6.0.3 ; python_version > '3' \\\n{HASH}\n")

    assert len(locked) == 2
    assert not list(
        lock.asked_and_not_pinned([project("faust_streaming==0.15.3", "pyyaml>=6")], ours=set(), pins=locked)
    )
    assert not list(lock.unsound_pins(locked, ours={"ours"}))


def test_what_is_missing_or_outside_its_range_is_named() -> None:
    """A requirement without a pin and one whose pin is too old are two problems."""
    locked = pins(f"httpx==0.27.0 \\\n{HASH}\n")
    problems = list(lock.asked_and_not_pinned([project("httpx>=0.28", "anyio")], ours=set(), pins=locked))

    assert ["has 0.27.0" in problems[0], "does not have" in problems[1]] == [True, True]


def test_a_pin_without_a_hash_is_named() -> None:
    """Every file that is installed has to be checked against a hash."""
    assert list(lock.unsound_pins(pins("httpx==0.28.1\n"), ours=set())) == ["requirements.lock: httpx has no hash"]


def test_our_own_packages_do_not_belong_there() -> None:
    """A lock that names us would install us from somewhere else."""
    assert list(lock.unsound_pins(pins(f"ours==1.0 \\\n{HASH}\n"), ours={"ours"}))


def test_the_containers_lock_is_a_part_of_the_lock() -> None:
    """A version that only the container has is named."""
    whole = pins(f"httpx==0.28.1 \\\n{HASH}\n")
    other = pins(f"httpx==0.28.2 \\\n{HASH}\n")

    assert list(lock.not_part_of(whole, whole)) == []
    assert len(list(lock.not_part_of(whole, other))) == 1


def test_a_group_with_a_lock_of_its_own_is_held_against_that_one() -> None:
    """What benchmarks install beside us is not asked of our lock, and its own lock has to answer it."""
    apart = {**project(), "dependency-groups": {"peers": ["quixstreams>=3.28"]}}
    newer = {**project(), "dependency-groups": {"peers": ["quixstreams>=99"]}}
    name = lock.OWN_LOCKS["peers"]

    assert list(lock.asked_and_not_pinned([apart], ours=set(), pins=[])) == []
    assert list(lock.group_problems([apart], "peers", name, ours=set())) == []
    assert len(list(lock.group_problems([newer], "peers", name, ours=set()))) == 1
