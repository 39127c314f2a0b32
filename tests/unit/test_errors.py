from __future__ import annotations

import pkgutil
import re
from collections.abc import Iterator
from importlib import import_module

import lotstream
from lotstream import errors
from lotstream.errors import LotstreamError

#: Modules that are programs, run by their path.
PROGRAMS = ("__main__", "local.watchdog", "local.leash")


def test_every_error_stands_in_the_tree() -> None:
    """The tree at the head of the errors names every error there is, each below the one it is a kind of."""
    for module in pkgutil.walk_packages(lotstream.__path__, "lotstream."):
        if not module.name.endswith(PROGRAMS):
            import_module(module.name)
    assert sorted(drawn()) == sorted(there(LotstreamError))


def drawn() -> Iterator[tuple[str, str]]:
    """Yield (error, what it is a kind of) as the tree has them."""
    above: dict[int, str] = {}
    for mark, name in re.findall(r"^ +([+.-]) (\w+)", errors.__doc__ or "", re.MULTILINE):
        depth = "+-.".index(mark)
        yield name, above.get(depth - 1, LotstreamError.__name__)
        above[depth] = name


def there(error: type[LotstreamError]) -> Iterator[tuple[str, str]]:
    """Yield (error, what it is a kind of) for all that is below an error, those of tests left out."""
    for kind in error.__subclasses__():
        if kind.__module__.startswith("lotstream."):
            yield kind.__name__, error.__name__
            yield from there(kind)
