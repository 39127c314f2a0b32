"""What a delivery would become, without keeping or publishing anything."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from lotstream.connect.delivery import Delivery, Message, NotHandled, Refused, Translation, Verdict, verdict_of
from lotstream.connect.seams import Translator


def preview(connector: Translator, delivery: Delivery) -> dict[str, Any]:
    """Return verdict, messages, refusals and notes of a delivery as JSON values."""
    try:
        translation = connector.translate(delivery)
    except Refused as refused:
        return _shown(Verdict.REFUSED, Translation(refusals=(refused.refusal,)))
    except NotHandled as not_handled:
        return _shown(Verdict.NOT_HANDLED, Translation(notes=(str(not_handled),)))
    messages, refusals = len(translation.messages), len(translation.refusals)
    return _shown(verdict_of(messages=messages, refusals=refusals), translation)


def _shown(verdict: Verdict, translation: Translation) -> dict[str, Any]:
    return {
        "verdict": verdict.value,
        "messages": [message_json(message) for message in translation.messages],
        "refusals": [asdict(refusal) for refusal in translation.refusals],
        "notes": list(translation.notes),
    }


def message_json(message: Message) -> dict[str, Any]:
    """Return a message as JSON values."""
    return {
        "type": message.type,
        "source": message.source,
        "message_id": message.message_id,
        "body": message.body.model_dump(mode="json"),
    }
