from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr, ValidationError

from lotstream.connect import Verdict
from lotstream.connect.counters import REJECTED
from lotstream.contracts.inbound_orders import OrderPlaced
from lotstream.errors import KafkaUnreachable
from lotstream.testing.desk import MemoryDesk
from lotstream_shopify.connector import ShopifyConnector, map_file
from lotstream_shopify.door import PATH, door
from lotstream_shopify.options import Shop, ShopifyOptions
from lotstream_shopify.signature import is_signed

SHOP = "acme-store.myshopify.com"
BODY = (Path(__file__).parent / "fixtures" / "test-order.json").read_bytes()
OPTIONS = ShopifyOptions(
    shops=(
        Shop(domain=SHOP, owner="acme", secrets=(SecretStr("new"), SecretStr("old"))),
        Shop(domain="other-store.myshopify.com", owner="other", secrets=(SecretStr("other"),)),
    ),
    body_bytes_max=len(BODY),
    deadline_s=5,
)


def signature(body: bytes, secret: str) -> str:
    """Return a signature as Shopify makes it."""
    return base64.b64encode(hmac.digest(secret.encode(), body, hashlib.sha256)).decode()


def headers(body: bytes = BODY, *, secret: str = "new", **changes: str | None) -> dict[str, str]:
    """Return the headers of a delivery; None leaves one out."""
    given = {
        "X-Shopify-Topic": "orders/create",
        "X-Shopify-Shop-Domain": SHOP,
        "X-Shopify-Webhook-Id": "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043",
        "X-Shopify-Hmac-SHA256": signature(body, secret),
        **{f"X-Shopify-{name.replace('_', '-')}": value for name, value in changes.items()},
    }
    return {name: value for name, value in given.items() if value is not None}


@pytest.fixture
def desk() -> MemoryDesk:
    """A desk in memory."""
    return MemoryDesk(ShopifyConnector(OPTIONS))


@pytest.fixture
async def http(desk: MemoryDesk) -> AsyncIterator[httpx.AsyncClient]:
    """A client that stands before the door."""
    transport = httpx.ASGITransport(door(OPTIONS, desk))
    async with httpx.AsyncClient(transport=transport, base_url="http://door") as client:
        yield client


@pytest.mark.parametrize("secret", ["new", "old"])
async def test_a_signed_order_is_kept_published_and_answered(
    http: httpx.AsyncClient, desk: MemoryDesk, secret: str
) -> None:
    """Each secret of the shop signs, so that one can be rotated; 200 says that the order is published."""
    answer = await http.post(PATH, content=BODY, headers=headers(secret=secret))
    assert (answer.status_code, answer.json()["verdict"]) == (200, "accepted")
    assert desk.exchanges.kept[1].delivery.body == BODY
    [message] = desk.publisher.published
    assert isinstance(message.body, OrderPlaced)
    assert message.body.owner == "acme"


async def test_the_signature_is_over_the_raw_body(http: httpx.AsyncClient, desk: MemoryDesk) -> None:
    """The same JSON written otherwise is not what was signed."""
    rewritten = json.dumps(json.loads(BODY)).encode()
    answer = await http.post(PATH, content=rewritten, headers=headers(BODY))
    assert answer.status_code == 401
    assert desk.exchanges.kept == {}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"secret": "wrong"}, "bad_signature"),
        ({"secret": "other"}, "bad_signature"),
        ({"Hmac_SHA256": ""}, "not_signed"),
        ({"Hmac_SHA256": None}, "not_signed"),
        ({"Hmac_SHA256": "ä"}, "bad_signature"),
        ({"Shop_Domain": "nobody.myshopify.com"}, "unknown_shop"),
        ({"Shop_Domain": None}, "unknown_shop"),
    ],
)
async def test_what_is_not_signed_by_its_shop_is_turned_away(
    http: httpx.AsyncClient,
    desk: MemoryDesk,
    changes: Any,  # noqa: ANN401 - any header
    reason: str,
) -> None:
    """401 with one answer for all reasons; nothing is kept, and the reason is counted."""
    before = REJECTED.labels("shopify", reason)._value.get()
    raw = [(name.encode(), value.encode()) for name, value in headers(**changes).items()]
    answer = await http.post(PATH, content=BODY, headers=raw)
    assert answer.status_code == 401
    assert answer.json() == {"ok": False, "error": "The delivery is not signed by a shop that is known here."}
    assert desk.exchanges.kept == {}
    assert REJECTED.labels("shopify", reason)._value.get() == before + 1


@pytest.mark.parametrize(
    "rename", [str.lower, str.upper, lambda name: name.removeprefix("X-")], ids=["lower", "upper", "without X-"]
)
async def test_headers_are_read_in_any_case_and_without_their_x(
    http: httpx.AsyncClient, rename: Callable[[str], str]
) -> None:
    """Header names are data that Shopify changes."""
    renamed = {rename(name): value for name, value in headers().items()}
    answer = await http.post(PATH, content=BODY, headers=renamed)
    assert (answer.status_code, answer.json()["verdict"]) == (200, "accepted")


async def test_a_delivery_given_again_is_answered_and_not_published_again(
    http: httpx.AsyncClient, desk: MemoryDesk
) -> None:
    """The same shop, topic, webhook id and bytes is the same delivery."""
    first = await http.post(PATH, content=BODY, headers=headers())
    second = await http.post(PATH, content=BODY, headers=headers())
    assert second.status_code == 200
    assert second.json() == first.json()
    assert len(desk.publisher.published) == 1


async def test_two_topics_under_one_id_are_two_deliveries(http: httpx.AsyncClient, desk: MemoryDesk) -> None:
    """What one action triggers may share ids; no topic hides another."""
    await http.post(PATH, content=BODY, headers=headers(Topic="orders/paid"))
    await http.post(PATH, content=BODY, headers=headers())
    verdicts = [exchange.settlement.verdict for exchange in desk.exchanges.kept.values()]
    assert verdicts == [Verdict.NOT_HANDLED, Verdict.ACCEPTED]


async def test_one_order_under_two_ids_has_one_message_id(http: httpx.AsyncClient, desk: MemoryDesk) -> None:
    """Ids beside the body are not signed; a delivery played again under another one is a copy for the hub."""
    await http.post(PATH, content=BODY, headers=headers())
    await http.post(PATH, content=BODY, headers=headers(Webhook_Id="another"))
    assert len({message.message_id for message in desk.publisher.published}) == 1


@pytest.mark.parametrize("topic", ["orders/edited", "app/uninstalled", None])
async def test_a_topic_that_is_not_acted_upon_costs_no_subscription(
    http: httpx.AsyncClient, desk: MemoryDesk, topic: str | None
) -> None:
    """It is kept, answered with 200 and settled as not handled."""
    answer = await http.post(PATH, content=BODY, headers=headers(Topic=topic))
    assert (answer.status_code, answer.json()["verdict"]) == (200, "not_handled")
    assert desk.exchanges.kept[1].delivery.body == BODY


async def test_a_signed_body_that_cannot_be_read_is_kept(http: httpx.AsyncClient, desk: MemoryDesk) -> None:
    """Giving it again would not help, so it is 200, refused, and replayable."""
    cut = BODY[:100]
    answer = await http.post(PATH, content=cut, headers=headers(cut))
    assert (answer.status_code, answer.json()["verdict"]) == (200, "refused")
    assert desk.exchanges.kept[1].delivery.body == cut


@pytest.mark.limit("body_bytes_max")
async def test_a_body_above_the_limit_is_not_read(http: httpx.AsyncClient, desk: MemoryDesk) -> None:
    """413, nothing kept."""
    large = BODY + b" "
    answer = await http.post(PATH, content=large, headers=headers(large))
    assert answer.status_code == 413
    assert desk.exchanges.kept == {}


async def test_a_broker_that_does_not_answer_makes_shopify_give_it_again(
    http: httpx.AsyncClient, desk: MemoryDesk
) -> None:
    """503 with the delivery kept and pending; the next attempt publishes it once."""
    desk.publisher.failure = KafkaUnreachable()
    assert (await http.post(PATH, content=BODY, headers=headers())).status_code == 503
    assert desk.exchanges.kept[1].is_pending
    assert (await http.post(PATH, content=BODY, headers=headers())).json() == {
        "ok": True,
        "exchange": 1,
        "verdict": "accepted",
    }
    assert len(desk.publisher.published) == 1


@pytest.mark.limit("deadline_s")
async def test_what_is_not_published_in_time_stays_pending(desk: MemoryDesk) -> None:
    """At the deadline Shopify is told to give it again; what was kept is taken up by itself."""
    options = OPTIONS.model_copy(update={"deadline_s": 0.05})
    desk.publisher.open.clear()
    transport = httpx.ASGITransport(door(options, desk))
    async with httpx.AsyncClient(transport=transport, base_url="http://door") as client:
        answer = await client.post(PATH, content=BODY, headers=headers())
    assert answer.status_code == 503
    desk.publisher.open.set()
    assert await desk.resume() == 1
    assert desk.exchanges.kept[1].settlement.verdict is Verdict.ACCEPTED


async def test_nothing_but_shopifys_own_headers_is_kept(http: httpx.AsyncClient, desk: MemoryDesk) -> None:
    """Neither the signature nor what a proxy adds is written to the database."""
    await http.post(PATH, content=BODY, headers={**headers(), "Authorization": "Bearer abc", "Cookie": "a=b"})
    assert {name for name, _ in desk.exchanges.kept[1].delivery.headers} == {"topic", "shop-domain", "webhook-id"}


def test_a_signature_is_base64_of_hmac_sha256() -> None:
    """A known vector: RFC 4231, test case 2, in base64."""
    body, secret = b"what do ya want for nothing?", "Jefe"
    value = base64.b64encode(bytes.fromhex("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")).decode()
    assert is_signed(body, value, secrets=["another", secret])
    assert is_signed(body, f" {value} ", secrets=[secret])
    assert not is_signed(body, value, secrets=["another"])
    assert not is_signed(body, value, secrets=[])
    assert not is_signed(body + b" ", value, secrets=[secret])


@pytest.mark.parametrize(
    "wrong",
    [
        {"domain": SHOP, "owner": "acme", "secrets": [""]},
        {"domain": SHOP, "owner": "acme", "secrets": []},
        {"domain": SHOP, "owner": "no owner", "secrets": ["s"]},
        {"domain": "https://acme", "owner": "acme", "secrets": ["s"]},
        {"domain": SHOP, "owner": "acme", "secrets": ["s"], "secret": "s"},
    ],
)
def test_a_shop_that_nobody_could_trust_is_refused_at_the_start(wrong: dict[str, object]) -> None:
    """An empty secret would let anybody in, a mistyped field would be passed over."""
    with pytest.raises(ValidationError):
        Shop.model_validate(wrong)


def test_a_shop_named_twice_is_refused() -> None:
    """Two entries of one shop would leave it open whose orders they are."""
    with pytest.raises(ValidationError, match="named twice"):
        ShopifyOptions(shops=(OPTIONS.shops[0], OPTIONS.shops[0]))


def test_secrets_do_not_show() -> None:
    """Neither options nor shops print what signs."""
    assert "new" not in repr(OPTIONS)


def test_a_file_can_be_mapped_without_any_set_up(tmp_path: Path) -> None:
    """What a body becomes can be seen before a shop is set up."""
    path = tmp_path / "body.json"
    path.write_bytes(BODY)
    mapped = map_file(path, "orders/create")
    assert (mapped["verdict"], mapped["messages"][0]["body"]["order"]) == ("accepted", "#1005")
    assert map_file(path, "orders/paid")["verdict"] == "not_handled"
    json.dumps(mapped)


def test_only_lines_of_the_shops_own_fulfilment_service_are_taken(tmp_path: Path) -> None:
    """Where the shop names its fulfilment service, lines of another one are left to it."""
    order = json.loads(BODY)
    order["line_items"].append({"id": 2, "sku": "B", "quantity": 1, "fulfillment_service": "acme-3pl"})
    path = tmp_path / "body.json"
    path.write_text(json.dumps(order))
    shop = Shop(domain=SHOP, owner="acme", secrets=(SecretStr("s"),), fulfillment_service="acme-3pl")
    [message] = map_file(path, "orders/create", shop=shop)["messages"]
    assert [line["line"] for line in message["body"]["lines"]] == ["2"]
