"""From an event on Kafka to a customer's own system, which checks it with the library of the standard."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from standardwebhooks import Webhook as Receiver

from infra.chassis.clock import SystemClock
from services.notify.domain.subscription import RETRY_AFTER
from tests.servers import until
from tests.services.notify.serving import Notify
from tests.services.notify.sms_witness import Got, Witness


@pytest.fixture
async def receiver() -> AsyncIterator[Witness]:
    async with Witness() as made:
        yield made


async def subscribed(notify: Notify, receiver: Witness, **more: Any) -> dict[str, Any]:
    body = {"url": f"http://127.0.0.1:{receiver.port}/hook", **more}
    answer = await notify.http.post("/v1/subscriptions", json=body, headers=clinic(notify))
    assert answer.status_code == 201, answer.text
    return {**answer.json(), "etag": answer.headers["etag"]}


def clinic(notify: Notify) -> dict[str, str]:
    return notify.bearer("portal", notify.mine("clinic"))


def verified(got: Got, secret: str) -> Any:
    return Receiver(secret).verify(got.content, got.headers)


async def test_events_of_the_customer_arrive_signed_and_no_others(notify: Notify, receiver: Witness) -> None:
    made = await subscribed(notify, receiver)
    assert made["secret"].startswith("whsec_")
    read = await notify.http.get(f"/v1/subscriptions/{made['id']}", headers=clinic(notify))
    assert read.json()["secret"] is None
    others = notify.dispatch(8, customer="school")
    await notify.bench.publish(others, notify.dispatch(1), notify.dispatch(2))
    got = await receiver.until(2)
    await notify.settle()
    events = [verified(each, made["secret"]) for each in got]
    assert {each["data"]["number"] for each in events} == {"INC-1", "INC-2"}
    assert events[0]["type"] == "technician-dispatched"
    log = await notify.http.get(f"/v1/subscriptions/{made['id']}/deliveries", headers=clinic(notify))
    assert {each["id"] for each in log.json()["items"]} == {each.headers["webhook-id"] for each in got}
    assert {each["state"] for each in log.json()["items"]} == {"sent"}


async def test_a_refused_one_comes_again_with_the_same_id_and_bytes_signed_anew(
    notify: Notify, receiver: Witness
) -> None:
    receiver.first = [(500, '"out of order"')]
    made = await subscribed(notify, receiver)
    await notify.bench.publish(notify.dispatch(1))

    async def refused() -> bool:
        log = await notify.http.get(f"/v1/subscriptions/{made['id']}/deliveries", headers=clinic(notify))
        return any(each["failure"] for each in log.json()["items"])

    await until(refused, within=10)
    shown = (await notify.http.get(f"/v1/subscriptions/{made['id']}", headers=clinic(notify))).json()
    assert shown["last_failure"] == 'NotTaken: 500 "out of order"'
    assert shown["failing_since"] is not None
    await receiver.until(1, within=RETRY_AFTER[0].total_seconds() + 10)
    first, second = receiver.got
    assert (first.content, first.headers["webhook-id"]) == (second.content, second.headers["webhook-id"])
    assert first.headers["webhook-timestamp"] != second.headers["webhook-timestamp"]
    verified(second, made["secret"])


async def test_a_test_message_and_a_replay_reach_it_whatever_was_sent_before(
    notify: Notify, receiver: Witness
) -> None:
    made = await subscribed(notify, receiver, types=["visit-planned"])
    path = f"/v1/subscriptions/{made['id']}"
    await notify.bench.publish(notify.dispatch(1))
    await notify.settle()
    assert receiver.got == []
    sent = await notify.http.post(f"{path}/test", headers=clinic(notify))
    [got] = await receiver.until(1)
    assert verified(got, made["secret"])["type"] == "webhook-test"
    assert got.headers["webhook-id"] == sent.json()["id"]
    everything = await notify.http.patch(
        path, json={"types": []}, headers={**clinic(notify), "If-Match": made["etag"]}
    )
    assert everything.status_code == 200
    hour_ago = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    again = await notify.http.post(f"{path}/replay", json={"from": hour_ago}, headers=clinic(notify))
    assert again.status_code == 202
    *_, event = await receiver.until(2)
    assert verified(event, made["secret"])["type"] == "technician-dispatched"
    too_far = {"from": (SystemClock().now() - timedelta(days=8)).isoformat()}
    refused = await notify.http.post(f"{path}/replay", json=too_far, headers=clinic(notify))
    assert (refused.status_code, refused.json()["type"].rpartition("/")[2]) == (422, "replay-too-far")


async def test_another_customers_subscription_does_not_exist(notify: Notify, receiver: Witness) -> None:
    made = await subscribed(notify, receiver)
    stranger = notify.bearer("portal", notify.mine("other"))
    path = f"/v1/subscriptions/{made['id']}"
    for asking in (
        notify.http.get(path, headers=stranger),
        notify.http.get(f"{path}/deliveries", headers=stranger),
        notify.http.post(f"{path}/rotate-secret", json={}, headers=stranger),
        notify.http.delete(path, headers=stranger),
    ):
        assert (await asking).status_code == 404
    assert (await notify.http.get("/v1/subscriptions", headers=stranger)).json()["items"] == []
    own = await notify.http.get("/v1/subscriptions", headers=clinic(notify))
    assert [each["id"] for each in own.json()["items"]] == [made["id"]]


async def test_what_makes_no_sense_is_refused_in_both_languages(notify: Notify, receiver: Witness) -> None:
    def problem(answer: Any) -> tuple[int, str]:
        return answer.status_code, answer.json()["type"].rpartition("/")[2]

    async def post(who: dict[str, str], **body: Any) -> Any:
        return await notify.http.post("/v1/subscriptions", json=body, headers=who)

    public = "https://clinic.example/hook"
    admin, french = notify.bearer("admin"), {**clinic(notify), "Accept-Language": "fr"}
    assert problem(await post(clinic(notify), url="https://10.0.0.1/")) == (422, "webhook-address")
    said = (await post(french, url="https://10.0.0.1/")).json()
    assert said["title"] == "Rien ne peut être envoyé à cette adresse"
    assert (await post(clinic(notify), url=public, types=["dispatch-declined"])).status_code == 422
    assert problem(await post(admin, url=public)) == (422, "customer-not-named")
    assert problem(await post(admin, url=public, customer_id="nobody")) == (422, "unknown-reference")
    assert problem(await post(clinic(notify), url=public, customer_id="x")) == (422, "customer-not-named")
    assert problem(await post(clinic(notify), url=public, confidential=True)) == (403, "forbidden-role")
    assert problem(await post(notify.bearer("dispatcher"), url=public)) == (403, "forbidden-role")


async def test_rotated_disabled_and_taken_away(notify: Notify, receiver: Witness) -> None:
    made = await subscribed(notify, receiver)
    path, who = f"/v1/subscriptions/{made['id']}", clinic(notify)
    rotated = await notify.http.post(f"{path}/rotate-secret", json={"both_for_hours": 1}, headers=who)
    assert rotated.json()["secret"] not in (None, made["secret"])
    await notify.bench.publish(notify.dispatch(1))
    [got] = await receiver.until(1)
    assert verified(got, made["secret"]) == verified(got, rotated.json()["secret"])
    stale = await notify.http.patch(path, json={"enabled": False}, headers={**who, "If-Match": made["etag"]})
    assert stale.status_code == 412
    off = await notify.http.patch(
        path, json={"enabled": False}, headers={**who, "If-Match": rotated.headers["etag"]}
    )
    assert off.json()["disabled_because"] == "by-hand"
    await notify.bench.publish(notify.dispatch(2))
    await notify.settle()
    assert len(receiver.got) == 1
    on = await notify.http.patch(
        path, json={"enabled": True}, headers={**who, "If-Match": off.headers["etag"]}
    )
    assert on.json()["enabled"]
    await receiver.until(2)
    assert (await notify.http.delete(path, headers=who)).status_code == 204
    assert (await notify.http.get(path, headers=who)).status_code == 404
