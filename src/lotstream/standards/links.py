"""GS1 Digital Links: web addresses that hold the same data as a label (GS1 Digital Link URI Syntax)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

from lotstream.standards.elements import Element, known_ai, named_element
from lotstream.standards.scan import ScanError, ScanFault

#: What begins a link.
SCHEMES: Final = ("https://", "http://")
#: Keys that a link may be about (section 4.3); all else qualifies one of them.
_KEYS: Final = frozenset(
    {"00", "01", "253", "255", "401", "402", "414", "417", "8003", "8004", "8006", "8010", "8013", "8017", "8018"}
)
#: Names that stood for AIs up to version 1.1 of the standard.
_NAMES: Final = {
    "gtin": "01", "sscc": "00", "itip": "8006", "gln": "414", "glnx": "254", "cpv": "22", "lot": "10", "ser": "21",
    "exp": "17",
}  # fmt: skip
#: What a compressed link ends in: Base64 for addresses, in which capitals stand beside small letters or digits.
_COMPRESSED: Final = re.compile(r"(?=.*[A-Z])(?=.*[a-z0-9])[\w-]{8,}", re.ASCII)


def linked_elements(text: str) -> Iterator[Element | tuple[str, str]]:
    """Yield the pieces of a link: elements, and keys of its query that are none, with their values.

    The host does not matter, nor what stands before the key. An AI may stand in path or query, in any order.
    Raises `ScanError` where the link has no GS1 data that can be read.
    """
    try:
        link = urlsplit(text)
    except ValueError as error:
        raise ScanError(ScanFault.UNREADABLE, f"{text!r} is no web address: {error}.", value=text) from error
    yield from _in_path(link.path)
    # A plus sign is one: it is not the space of a web form, which no GS1 value could hold. A semicolon of a value is
    # always written %3B; one that stands by itself parts attributes as the ampersand does.
    query = link.query.replace("+", "%2B").replace(";", "&")
    for key, value in parse_qsl(query, keep_blank_values=True):
        known = known_ai(_NAMES.get(key, key))
        yield (key, value) if known is None else named_element(known, value)


def _in_path(path: str) -> Iterator[Element]:
    # Split before it is decoded: a lot may hold a slash, written %2F.
    parts = path.rstrip("/").split("/")
    keyed = [_NAMES.get(part, part) for part in parts]
    keys = [at for at, part in enumerate(keyed) if part in _KEYS]
    # What stands before the key is the host's own, and may look like one: /01/shop/01/…
    start = next((at for at in keys if _is_value(keyed[at], parts[at + 1 : at + 2])), keys[0] if keys else None)
    pairs = parts[start:] if start is not None else []
    if start is None or len(pairs) % 2:
        raise _no_data(path, parts[-1])
    for name, value in zip(keyed[start::2], pairs[1::2], strict=True):
        known = known_ai(name)
        if known is None:
            message = f"{name!r} in the link's path is no application identifier."
            raise ScanError(ScanFault.UNREADABLE, message, value=path)
        yield named_element(known, unquote(value))


def _is_value(key: str, following: list[str]) -> bool:
    """Tell whether what follows a key in a path reads as a value of it, whatever its check digit says."""
    known = known_ai(key)
    if known is None or not following:
        return False
    try:
        named_element(known, unquote(following[0]))
    except ScanError as error:
        return error.fault is ScanFault.WRONG_CHECK_DIGIT
    return True


def _no_data(path: str, last: str) -> ScanError:
    if _COMPRESSED.fullmatch(last):
        message = f"The link looks compressed ({last!r}), and compressed links are not read."
        return ScanError(ScanFault.COMPRESSED, message, value=last)
    message = f"The link's path {path!r} does not name goods as /01/… or a pallet as /00/…, each AI with its value."
    return ScanError(ScanFault.UNREADABLE, message, value=path)
