"""Who may speak: a webhook is signed over its raw body with the app's client secret.

Shopify's documentation, "Verify deliveries": base64 of HMAC-SHA256. After a secret is rotated the old one may sign for
up to an hour, so a shop has several. Only the body is signed: shop, topic and id beside it are not.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable


def is_signed(body: bytes, signature: str, *, secrets: Iterable[str]) -> bool:
    """Tell whether a body is signed with one of the secrets; how wrong a signature is does not show in the time."""
    given = signature.strip().encode("utf-8", "replace")
    return any(hmac.compare_digest(given, _signature(body, secret)) for secret in secrets)


def _signature(body: bytes, secret: str) -> bytes:
    return base64.b64encode(hmac.digest(secret.encode(), body, hashlib.sha256))
