"""From Kafka to a browser, on the real ones: subscribed over HTTP, encrypted, vouched for, and gone."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from infra.chassis.settings import Settings as Common
from services.notify.settings import Settings
from services.notify.store.deliveries import Deliveries
from tests.services.notify.browser_witness import Browser
from tests.services.notify.serving import KEY, Notify

PATH = "/v1/push/subscriptions"


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with Browser(KEY.public) as made:
        yield made


async def outcomes(notify: Notify) -> list[tuple[str, str]]:
    found = await notify.runtime.find(Deliveries, {"channel": "push"})
    return sorted((each.value.message.recipient.id, each.value.state) for each in found)


async def test_a_technician_is_told_on_his_telephone_until_it_is_gone(
    notify: Notify, browser: Browser
) -> None:
    lea = notify.bearer("technician", subject=notify.mine("lea"))
    key = await notify.http.get("/v1/push/key", headers=lea)
    assert key.json() == {"key": KEY.public}
    made = await notify.http.post(PATH, json=browser.subscription, headers=lea)
    again = await notify.http.post(PATH, json=browser.subscription, headers=lea)
    assert (made.status_code, again.status_code) == (201, 200), made.text
    assert made.json() == again.json()
    assert browser.subscription["endpoint"] not in made.text
    listed = await notify.http.get(PATH, headers=lea)
    assert listed.json() == {"items": [made.json()]}

    await notify.bench.publish(notify.dispatch(1), notify.dispatch(2, "marc"))
    [shown] = await browser.until(1)
    await notify.settle()
    assert shown.said.items() >= {"url": f"/m#v/{notify.mine('t1-1')}", "stays": True}.items()
    assert shown.said["title"].startswith("P1 INC-1")
    assert shown.headers.items() >= {"urgency": "high", "content-encoding": "aes128gcm"}.items()
    assert (0 < int(shown.headers["ttl"]) <= 86400, len(shown.headers["topic"])) == (True, 32)
    assert shown.claims["aud"] == browser.subscription["endpoint"].removesuffix("/push/secret")
    assert shown.claims["sub"].startswith("mailto:")
    assert await outcomes(notify) == [(notify.mine("lea"), "sent")]

    browser.then = 410
    await notify.bench.publish(notify.dispatch(3))
    await notify.settle()
    assert await outcomes(notify) == [(notify.mine("lea"), "failed"), (notify.mine("lea"), "sent")]
    assert (await notify.http.get(PATH, headers=lea)).json() == {"items": []}
    asked = browser.asked
    await notify.bench.publish(notify.dispatch(4))
    await notify.settle()
    assert browser.asked == asked


async def test_a_subscription_is_its_persons_and_goes_nowhere_inside(
    notify: Notify, browser: Browser
) -> None:
    lea = notify.bearer("technician", subject=notify.mine("lea"))
    anne = notify.bearer("requester", notify.mine("clinic"), notify.mine("anne"))
    made = await notify.http.post(PATH, json=browser.subscription, headers=lea)
    where = made.headers["Location"]
    assert (await notify.http.delete(where, headers=anne)).status_code == 404
    assert (await notify.http.post(PATH, json=browser.subscription, headers=anne)).status_code == 201
    assert (await notify.http.get(PATH, headers=lea)).json() == {"items": []}
    assert (await notify.http.delete(where, headers=anne)).status_code == 204
    assert (await notify.http.delete(where, headers=anne)).status_code == 404

    wrong: list[dict[str, Any]] = [
        {**browser.subscription, "endpoint": "https://10.0.0.7/push"},
        {**browser.subscription, "endpoint": "http://169.254.169.254/latest"},
        {**browser.subscription, "keys": {"p256dh": "AAAA", "auth": "AAAA"}},
    ]
    for each in wrong:
        refused = await notify.http.post(PATH, json=each, headers=lea)
        assert (refused.status_code, refused.json()["type"]) == (422, "/problems/push-address")
    nobody = await notify.http.post(PATH, json=browser.subscription, headers=notify.bearer("dispatcher"))
    assert nobody.json()["type"] == "/problems/token-without-subject"


def test_only_ones_own_machine_has_a_key_without_being_given_one() -> None:
    addresses = {"ASTREINTE_KAFKA": "k:9092", "ASTREINTE_MONGODB": "mongodb://m"}
    here = Settings.from_environment({**addresses, "ASTREINTE_PROFILE": "development"})
    assert here.push is not None
    assert isinstance(here, Common)
