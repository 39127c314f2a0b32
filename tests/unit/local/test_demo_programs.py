"""The processes of the demo: one that ends before its time is named, and all are ended at the end."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import psutil
import pytest

from lotstream.errors import DemoFailed
from lotstream.local.demo.programs import House, Running, programs
from lotstream.local.supervise import Program
from lotstream.settings import Settings

FOREVER = "import signal; signal.pause()"


def python(house: House, name: str, code: str) -> Program:
    """Return a program of one line of Python."""
    return Program(name, (sys.executable, "-I", "-S", "-c", code), dict(os.environ), log=house.log(name))


async def test_a_program_that_ends_before_its_time_fails_the_demo(tmp_path: Path) -> None:
    """The failure names the program, its exit code and the last lines of its log."""
    house = House.made_in(tmp_path)
    broken = python(house, "worker", "import sys; sys.exit('the last line')")
    async with Running(house, [broken, python(house, "simulator", FOREVER)]) as running:
        with pytest.raises(DemoFailed, match=r"worker ended with exit code 1(.|\n)*the last line"):
            await running.all_well()


async def test_all_programs_are_ended_with_the_block(tmp_path: Path) -> None:
    """A failure inside the block ends the programs as a good end does."""
    house = House.made_in(tmp_path)
    with pytest.raises(RuntimeError, match="in the middle"):
        async with Running(house, [python(house, name, FOREVER) for name in ("one", "two")]):
            raise RuntimeError("in the middle")
    assert not [child for child in psutil.Process().children() if FOREVER in child.cmdline()]


def test_settings_of_another_hub_do_not_reach_the_demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its processes get the demo's servers and options, whatever is set for a real installation."""
    monkeypatch.setenv("LOTSTREAM_KAFKA_BOOTSTRAP", "production:9092")
    monkeypatch.setenv("LOTSTREAM_EDI_FILE_BYTES_MAX", "1")
    monkeypatch.setenv("OTHER", "kept")
    settings = Settings(kafka_bootstrap="127.0.0.1:1", postgres_url="postgresql://127.0.0.1:2/x")
    wanted = programs(House.made_in(tmp_path), settings, owner="demo-foods")
    assert [program.name for program in wanted] == [
        "worker", "connector shopify", "connector edi", "connector flatfile", "simulator",
    ]  # fmt: skip
    for program in wanted:
        assert program.env is not None
        assert program.env["LOTSTREAM_KAFKA_BOOTSTRAP"] == "127.0.0.1:1"
        assert "LOTSTREAM_EDI_FILE_BYTES_MAX" not in program.env
        assert program.env["OTHER"] == "kept"
