"""Bringing the three orders to the three doors, as a shop, a trading partner and an ERP would."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
from pathlib import Path
from typing import Final

import httpx

from lotstream.local.demo.programs import SHOP, House

LOOK_S: Final = 0.05
ANSWER_S: Final = 10.0
"""Longest a webhook may take to be answered."""


async def post_webhook(house: House, body: bytes, *, secret: str) -> int:
    """Post an order as Shopify does, signed with a secret; returns the status it is answered with."""
    headers = {
        "content-type": "application/json",
        "x-shopify-topic": "orders/create",
        "x-shopify-shop-domain": SHOP,
        "x-shopify-webhook-id": hashlib.sha256(body).hexdigest()[:32],
        "x-shopify-hmac-sha256": signature(body, secret),
    }
    async with httpx.AsyncClient(timeout=ANSWER_S, trust_env=False) as client:
        while True:
            try:
                return (await client.post(house.webhook, content=body, headers=headers)).status_code
            except httpx.ConnectError:
                # The connector is still starting.
                await asyncio.sleep(LOOK_S)


def signature(body: bytes, secret: str) -> str:
    """Return base64 of HMAC-SHA256 over the raw body, as Shopify signs."""
    return base64.b64encode(hmac.digest(secret.encode(), body, hashlib.sha256)).decode()


async def drop(inbox: Path, name: str, body: bytes) -> None:
    """Drop a file into an inbox: written under a name that is passed over, then renamed."""
    part = inbox / f"{name}.part"
    await asyncio.to_thread(part.write_bytes, body)
    await asyncio.to_thread(part.rename, inbox / name)


async def taken(inbox: Path, name: str) -> str:
    """Wait until a dropped file was moved, and return the folder it went to: ``done`` or ``refused``."""
    while True:
        for folder in ("done", "refused"):
            if await asyncio.to_thread((inbox / folder / name).exists):
                return folder
        await asyncio.sleep(LOOK_S)


async def metrics(address: str) -> str:
    """Return the text of a worker's /metrics."""
    async with httpx.AsyncClient(timeout=ANSWER_S, trust_env=False) as client:
        answer = await client.get(address)
        return answer.raise_for_status().text
