"""How dead letters are shown: as rows, as lines for people, and as JSON."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Sequence
from typing import Final

from lotstream.contracts.cloudevents import read_headers
from lotstream.hub.replay import Letter
from lotstream.store.dead_letters import Action, DeadLetter

HEADINGS: Final = ("dead letter", "first seen", "reason", "field", "key", "type", "bytes", "state")
"""Columns of a list."""

VALUE_BYTES_SHOWN: Final = 4_000
"""Bytes of a value that are shown to people; --raw has all."""


def row(about: DeadLetter) -> tuple[object, ...]:
    """Return a dead letter as a row under `HEADINGS`."""
    return (
        about.place,
        about.first_seen.isoformat(timespec="seconds"),
        about.code,
        about.field,
        text(about.key),
        read_headers(about.headers).type,
        about.bytes,
        _state(about),
    )


def shown(about: DeadLetter) -> dict[str, object]:
    """Return all that is known of a dead letter but its bytes, for JSON."""
    envelope = read_headers(about.headers)
    return {
        "place": str(about.place),
        "log": about.place.log,
        "partition": about.place.partition,
        "offset": about.place.offset,
        "first_seen": about.first_seen.isoformat(),
        "recorded_at": about.recorded_at.isoformat(),
        "code": about.code,
        "field": about.field,
        "message": about.message,
        "owner": about.owner,
        "key": text(about.key),
        "source": envelope.source,
        "message_id": envelope.id,
        "type": envelope.type,
        "bytes": about.bytes,
        "state": about.state,
        "replay_of": None if about.replay_of is None else str(about.replay_of),
        "last": None if about.last is None else _action(about.last),
    }


def shown_whole(letter: Letter, history: Sequence[Action]) -> dict[str, object]:
    """Return a dead letter with its bytes, headers and history, for JSON; bytes in base64."""
    return {
        **shown(letter.about),
        "key_base64": _base64(letter.about.key),
        "headers": [{"name": name, "text": text(value)} for name, value in letter.about.headers],
        "value_base64": _base64(letter.value),
        "value_text": _utf8(letter.value),
        "history": [_action(action) for action in history],
    }


def lines(letter: Letter, history: Sequence[Action]) -> Iterator[str]:
    """Yield a dead letter for a person to read."""
    about = letter.about
    yield f"Dead letter {about.place}: {about.code}{f' in {about.field}' if about.field else ''}"
    yield f"  {about.message}"
    yield f"first seen  {about.first_seen.isoformat()}"
    if about.replay_of is not None:
        yield f"recorded    {about.recorded_at.isoformat()}, a replay of {about.replay_of}"
    yield f"key         {text(about.key)}"
    for name, value in about.headers:
        yield f"header      {name}: {text(value)}"
    for action in history:
        yield f"{action.state:<11} {_told(action)}"
    if not history:
        yield "open        nothing was done about it yet"
    yield from _value_lines(letter.value)


def text(value: bytes | None) -> str | None:
    """Return bytes as text, what is not UTF-8 as escapes."""
    return None if value is None else value.decode(errors="backslashreplace")


def _value_lines(value: bytes | None) -> Iterator[str]:
    if value is None:
        yield "value       none"
        return
    more = len(value) > VALUE_BYTES_SHOWN
    yield f"value       {len(value)} bytes{f', the first {VALUE_BYTES_SHOWN} of them; --raw has all' if more else ''}:"
    yield text(value[:VALUE_BYTES_SHOWN]) or ""


def _state(about: DeadLetter) -> str:
    last = about.last
    if last is None:
        return str(about.state)
    to = f" as {last.to}" if last.to is not None else ""
    came = f": {last.outcome}" if last.outcome else ""
    return f"{about.state}{to}{came}"


def _told(action: Action) -> str:
    why = f": {action.reason}" if action.reason else ""
    to = "" if action.to is None else f", as {action.to} ({action.outcome or 'not decided yet'})"
    return f"{action.at.isoformat(timespec='seconds')} by {action.by}{why}{to}"


def _action(action: Action) -> dict[str, object]:
    return {
        "action": action.state,
        "at": action.at.isoformat(),
        "by": action.by,
        "reason": action.reason,
        "replayed_as": None if action.to is None else str(action.to),
        "outcome": action.outcome,
        "code": action.code,
    }


def _base64(value: bytes | None) -> str | None:
    return None if value is None else b64encode(value).decode()


def _utf8(value: bytes | None) -> str | None:
    """Return a value as text when it is UTF-8, else None."""
    try:
        return None if value is None else value.decode()
    except UnicodeDecodeError:
        return None
