"""Which connectors are installed: whoever has an entry point in the group ``lotstream.connectors``."""

from __future__ import annotations

from importlib.metadata import entry_points
from typing import Any, cast

from pydantic import ValidationError
from pydantic_settings import SettingsError

from lotstream.connect.connector import ENTRY_POINTS, Connector
from lotstream.errors import PackageMissing, SettingInvalid


def connector_names() -> list[str]:
    """Return the names of the installed connectors, sorted."""
    return sorted({point.name for point in entry_points(group=ENTRY_POINTS)})


def find_connector(name: str) -> type[Connector[Any]]:
    """Return a connector's class by its name; raises `PackageMissing` when none of that name is installed."""
    for point in entry_points(group=ENTRY_POINTS, name=name):
        return cast(type[Connector[Any]], point.load())
    installed = ", ".join(connector_names()) or "none"
    raise PackageMissing(
        f"There is no connector {name}; installed: {installed}.",
        what_to_do=f"Install the package that has it, for example `pip install lotstream-{name}`.",
    )


def make_connector(name: str) -> Connector[Any]:
    """Return a connector with the options of the environment; raises `SettingInvalid` naming every wrong one."""
    connector = find_connector(name)
    try:
        return connector(connector.Options())
    except ValidationError as error:
        raise SettingInvalid(_what_is_wrong(connector, error)) from error
    except SettingsError as error:  # a value that should be JSON and is not
        raise SettingInvalid(f"Connector {name} cannot start: {error}.") from error


def _what_is_wrong(connector: type[Connector[Any]], error: ValidationError) -> str:
    prefix = connector.Options.model_config.get("env_prefix", "")
    # Without the input: it may be a secret.
    problems = [
        f"{prefix}{'.'.join(map(str, problem['loc'])).upper()}: {problem['msg']}"
        for problem in error.errors(include_url=False, include_input=False, include_context=False)
    ]
    return f"Connector {connector.name} cannot start: {'; '.join(problems)}."
