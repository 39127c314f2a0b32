"""The containers are described as they have to be; no engine is needed to see that."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from lotstream.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
CONTAINERFILE = (ROOT / "deploy" / "container" / "Containerfile").read_text()


def test_kafka_postgres_and_a_worker_are_there() -> None:
    """The file has both servers, the steps that prepare them, and a worker."""
    assert set(SERVICES) == {"kafka", "postgres", "prepare-database", "prepare-topics", "worker"}


@pytest.mark.parametrize("name", SERVICES)
def test_ports_are_published_on_loopback_only(name: str) -> None:
    """No port can be reached from another machine."""
    assert all(port.startswith("127.0.0.1:") for port in SERVICES[name].get("ports", ()))


@pytest.mark.parametrize("name", SERVICES)
def test_what_a_service_waits_for_exists(name: str) -> None:
    """Dependencies name services, and one that is waited for as healthy has a health check."""
    for other, how in SERVICES[name].get("depends_on", {}).items():
        assert other in SERVICES
        assert how["condition"] != "service_healthy" or "healthcheck" in SERVICES[other]


@pytest.mark.parametrize("name", SERVICES)
def test_settings_in_the_file_exist(name: str) -> None:
    """A LOTSTREAM_ variable in the file is a setting that there is, with a value it can have."""
    variables = {
        key.removeprefix("LOTSTREAM_").lower(): value
        for key, value in SERVICES[name].get("environment", {}).items()
        if key.startswith("LOTSTREAM_")
    }

    assert set(variables) <= set(Settings.model_fields)
    Settings.model_validate(variables)


def test_images_have_a_version() -> None:
    """Every image that is fetched has a version, so that tomorrow's is today's."""
    fetched = [service["image"] for service in SERVICES.values() if "build" not in service]

    assert fetched
    assert all(re.search(r":[\d.]+", image) for image in fetched)


def test_volumes_are_declared() -> None:
    """Each named volume that is mounted is declared."""
    mounted = {volume.split(":")[0] for service in SERVICES.values() for volume in service.get("volumes", ())}

    assert mounted == set(COMPOSE["volumes"])


def test_the_container_file_copies_what_there_is() -> None:
    """Every path the container file copies from the repository exists."""
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", CONTAINERFILE, re.MULTILINE)

    assert copied
    assert [path for line in copied for path in line.split() if not (ROOT / path).exists()] == []
    assert (ROOT / SERVICES["worker"]["build"]["dockerfile"]).is_file()


def test_the_image_runs_as_nobody_in_particular() -> None:
    """The image does not run as root, and what is installed in it is checked against hashes."""
    assert re.search(r"^USER (?!root)", CONTAINERFILE, re.MULTILINE)
    assert CONTAINERFILE.count("--require-hashes") == 2
