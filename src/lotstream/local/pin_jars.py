"""Write the list of pinned jars, for a new version of Kafka: ``python -m lotstream.local.pin_jars``."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path

from lotstream.local.jars import COORDINATES, Jar, file_sha256

HEADING = f"""\
# The jars of {COORDINATES}: sha256, then group:artifact:version.
# Made with: python -m lotstream.local.pin_jars
"""


def resolve() -> list[Jar]:
    """Return every jar the coordinates need, downloaded to Maven's own cache and summed."""
    import jgo

    return [
        Jar(file_sha256(artifact.resolve()), artifact.groupId, artifact.artifactId, artifact.version)
        for artifact in jgo.resolve(COORDINATES)
    ]


def as_text(jars: Iterable[Jar]) -> str:
    """Return the list, sorted by coordinates."""
    ordered = sorted(jars, key=lambda jar: (jar.group, jar.artifact))
    lines = (f"{jar.sha256}  {jar.group}:{jar.artifact}:{jar.version}\n" for jar in ordered)
    return HEADING + "".join(lines)


def main() -> None:
    """Resolve the coordinates and replace the list in the package."""
    target = Path(str(files("lotstream.local") / "kafka_jars.txt"))
    target.write_text(as_text(resolve()), encoding="ascii")


if __name__ == "__main__":
    main()
