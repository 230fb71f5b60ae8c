"""A client's machine comes with a key: every service knows it, only its own customer's things, and for so
long as nobody revokes it."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from aiokafka import AIOKafkaConsumer, TopicPartition
from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument
from playwright.async_api import expect

from infra.chassis.http.sessions import SESSION_COOKIE
from tests.flows.browser import Screens, barriers
from tests.flows.firm import Firm, Json, done, problem
from tests.flows.platform import Platform
from tests.flows.waiting import until

AS_IT_IS: CodecOptions[RawBSONDocument] = CodecOptions(document_class=RawBSONDocument)
VERBS = ["tickets:open", "tickets:read", "visits:read", "sites:read", "subscriptions:read"]


def body(name: str, **more: Any) -> Json:
    expires = (datetime.now(UTC) + timedelta(days=300)).isoformat()
    return {"name": name, "verbs": VERBS, "expires_at": expires, **more}


async def made(answer: httpx.Response) -> Json:
    assert answer.status_code == 201, answer.text
    key: Json = answer.json()
    return key


async def get(platform: Platform, path: str, key: str) -> httpx.Response:
    return await platform.client.get(path, headers={"Authorization": f"Bearer {key}"})


async def is_answered(platform: Platform, path: str, key: str, status: int) -> httpx.Response:
    """What a service answers once it has heard of the key."""
    found: list[httpx.Response] = []

    async def so() -> bool:
        found.append(await get(platform, path, key))
        return found[-1].status_code == status

    await until(so, within=10)
    return found[-1]


async def test_a_key_opens_its_customers_things_everywhere_until_it_is_revoked(
    firm: Firm, platform: Platform
) -> None:
    acme, other = await firm.customer(), await firm.customer("other")
    ours, theirs = await firm.site(acme), await firm.site(other)
    refused = await acme.portal.post("/v1/api-keys", body("by itself"))
    problem(refused, 403, "forbidden-role")
    problem(
        await firm.admin.post("/v1/api-keys", body("too much", customer_id=acme.id, verbs=["staff:write"])),
        *(422, "invalid-body"),
    )
    late = (datetime.now(UTC) + timedelta(days=400)).isoformat()
    problem(
        await firm.admin.post("/v1/api-keys", body("late", customer_id=acme.id, expires_at=late)),
        *(422, "api-key-expiry"),
    )
    problem(
        await acme.manager.post("/v1/api-keys", body("theirs", customer_id=other.id)),
        *(422, "customer-not-named"),
    )
    asked = body("portal")
    first = await made(await acme.manager.post("/v1/api-keys", asked, key=firm.id("once")))
    again = await made(await acme.manager.post("/v1/api-keys", asked, key=firm.id("once")))
    assert (again["id"], again["key"]) == (first["id"], None)
    key, path = first["key"], f"/v1/api-keys/{first['id']}"
    assert key.startswith(first["prefix"])
    shown = done(await acme.manager.get(path))
    assert (shown["key"], shown["state"], shown["verbs"]) == (None, "active", VERBS)
    problem(await other.manager.get(path), 404, "not-found")

    for known in ("/v1/tickets", "/v1/visits", f"/v1/sites/{ours}", "/v1/subscriptions"):
        await is_answered(platform, known, key, 200)
    problem(await get(platform, f"/v1/sites/{theirs}", key), 404, "not-found")
    listed = done(await get(platform, "/v1/sites", key))["items"]
    assert {each["customer_id"] for each in listed} == {acme.id}
    problem(await get(platform, "/v1/articles", key), 403, "forbidden-key")
    by_cookie = await platform.client.get("/v1/tickets", headers={"Cookie": f"{SESSION_COOKIE}={key}"})
    problem(by_cookie, 401, "invalid-token")

    async def is_known_as_used() -> bool:
        return bool(done(await acme.manager.get(path))["last_used_on"])

    await until(is_known_as_used, within=10)
    elsewhere = platform.db("notify")["key_uses_of_inventory"]
    assert await elsewhere.find_one({"_id": first["id"]}) is not None
    second = await made(await acme.manager.post(f"{path}/rotate", {"overlap_minutes": 60}))
    for each in (key, second["key"]):
        await is_answered(platform, f"/v1/sites/{ours}", each, 200)
    problem(await acme.manager.post(f"{path}/rotate", {}), 409, "api-key-not-active")
    assert done(await acme.manager.post(f"{path}/revoke"))["state"] == "revoked"
    for known in ("/v1/tickets", "/v1/visits", f"/v1/sites/{ours}", "/v1/subscriptions"):
        problem(await is_answered(platform, known, key, 401), 401, "api-key-revoked")
    done(await get(platform, f"/v1/sites/{ours}", second["key"]))

    ended = await made(await firm.admin.post("/v1/api-keys", body("short", customer_id=acme.id)))
    await made(await firm.admin.post(f"/v1/api-keys/{ended['id']}/rotate", {"overlap_minutes": 0}))
    problem(await is_answered(platform, f"/v1/sites/{ours}", ended["key"], 401), 401, "api-key-expired")
    for secret in (key, second["key"], ended["key"]):
        assert await where_it_stands(platform, secret) == []


async def where_it_stands(platform: Platform, secret: str) -> list[str]:
    """Every database, topic and log that holds a key, or more of it than it is recognised by."""
    looked_for = secret[len("astr_") + 9 :].encode()
    found = []
    for service in ("ticket", "dispatch", "inventory", "notify"):
        db = platform.db(service)
        for name in await db.list_collection_names():
            async for document in db[name].with_options(codec_options=AS_IT_IS).find():
                if looked_for in document.raw:
                    found.append(f"{service}.{name}")
    consumer = AIOKafkaConsumer(bootstrap_servers=platform.kafka, group_id=None)
    await consumer.start()
    try:
        partitions = [TopicPartition("notify.api-keys.v1", n) for n in range(3)]
        consumer.assign(partitions)
        await consumer.seek_to_beginning()
        ends = await consumer.end_offsets(partitions)
        seen = 0
        while any([await consumer.position(each) < ends[each] for each in partitions]):
            for records in (await consumer.getmany(timeout_ms=200)).values():
                seen += len(records)
                found += ["topic" for each in records if looked_for in (each.value or b"")]
        assert seen, "otherwise this holds for a topic that is empty"
    finally:
        await consumer.stop()
    if looked_for in platform.log.read_bytes():
        found.append("log")
    return found


async def test_a_key_is_made_shown_once_and_revoked_on_its_page(firm: Firm, screens: Screens) -> None:
    acme = await firm.customer()
    async with screens.open("/admin/notify/keys", acme.manager) as page:
        await expect(page.get_by_text("No machine has a key yet")).to_be_visible()
        assert await barriers(page) == []
        await page.get_by_label("Name").fill("Intranet")
        await page.get_by_role("button", name="Make the key").click()
        secret = page.locator(".secret")
        await expect(secret).to_have_text(re.compile(r"^astr_[0-9A-Za-z]{49}$"))
        assert await barriers(page) == []
        key = await secret.inner_text()
        await page.reload()
        await expect(page.get_by_role("row", name="Intranet")).to_contain_text("in use")
        assert key not in await page.content()
        page.on("dialog", lambda dialog: dialog.accept())
        await page.get_by_role("button", name="Revoke Intranet").click()
        await expect(page.get_by_role("row", name="Intranet")).to_contain_text("revoked")
