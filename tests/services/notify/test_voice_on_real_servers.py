"""From Kafka to a telephone and back: a gateway on a real socket calls, and what is typed is an event."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from contracts.dispatch.events import TechnicianDispatched
from contracts.values import Priority
from services.notify.mail.compose import Sender
from services.notify.sms.gateway import Gateway
from services.notify.store.deliveries import Deliveries
from services.notify.voice.calling import FITS, Voice
from services.notify.voice.verifying import twilio_signature
from services.notify.webhooks.signing import headers_of, secret_of
from tests.servers import RealServers, until
from tests.services.notify.people import LEA
from tests.services.notify.serving import Notify, serving
from tests.services.notify.sms_witness import Got, Witness
from tests.world import MONDAY_NINE

SECRET = secret_of(b"v" * 32)
LINKS = "https://firm.example"


@pytest.fixture
async def gateway() -> AsyncIterator[Witness]:
    async with Witness() as made:
        yield made


@pytest.fixture
async def notify(
    servers: RealServers, unique: str, tmp_path: Path, gateway: Witness
) -> AsyncIterator[Notify]:
    voice = Voice(Gateway.parse(gateway.url, FITS, sender="+33188000000"), SECRET)
    sender = Sender("Firm", "firm@firm.example", LINKS, "k" * 32)
    async with serving(servers, unique, tmp_path, voice=voice, sender=sender) as made:
        yield made


def by_night(notify: Notify, number: int) -> TechnicianDispatched:
    return notify.dispatch(number).model_copy(
        update={
            "priority": Priority.P1,
            "on_call": True,
            "acknowledge_by": MONDAY_NINE + timedelta(minutes=3),
        }
    )


async def rings(notify: Notify, gateway: Witness) -> Got:
    """The call of this test's visit: what other tests have published calls, too."""
    own: list[str] = []

    async def made() -> bool:
        query = {"channel": "voice", "message.visit_id": notify.mine("t1-1"), "state": "sent"}
        own[:] = [each.value.id for each in await notify.runtime.find(Deliveries, query)]
        return bool(own)

    await until(made, within=15)
    return next(each for each in gateway.taken if each.key == own[0])


async def answers(notify: Notify, call: Got, said: dict[str, str], *, secret: str = SECRET) -> Any:
    """The gateway says what came of it, signed."""
    body = json.dumps(said).encode()
    now = int(notify.runtime.system_clock.now().timestamp())
    headers = {**headers_of("1", now, body, [secret]), "content-type": "application/json"}
    return await notify.http.post(urlsplit(call.body["callback"]).path, content=body, headers=headers)


async def test_a_telephone_rings_and_what_he_types_is_published_once(
    notify: Notify, gateway: Witness
) -> None:
    lea = LEA.model_copy(update={"technician_id": notify.mine("lea"), "phone": "04 78 12 34 56"})
    await notify.bench.publish(lea)
    await notify.settle()
    await notify.bench.publish(by_night(notify, 1))
    call = await rings(notify, gateway)
    assert (call.body["to"], call.body["from"], call.body["language"]) == (
        "+33478123456",
        "+33188000000",
        "fr-FR",
    )
    assert "Pour accepter, tapez 1." in call.body["text"]
    assert call.key == call.body["id"]

    forged = await answers(notify, call, {"event": "keypad", "digits": "1"}, secret=secret_of(b"w" * 32))
    assert (forged.status_code, forged.json()["type"]) == (403, "/problems/call-unsigned")
    ringing = await answers(notify, call, {"event": "ringing"})
    assert (ringing.status_code, ringing.json()["say"]) == (200, None)
    taken = await answers(notify, call, {"event": "keypad", "digits": "1"})
    assert taken.json() == {
        "say": "Merci, c'est noté. Le détail est dans votre courriel.",
        "language": "fr-FR",
    }
    replayed = await answers(notify, call, {"event": "keypad", "digits": "2"})
    assert (replayed.status_code, replayed.json()["type"]) == (409, "/problems/call-answered")
    over = await answers(notify, call, {"event": "completed"})
    assert (over.status_code, over.json()["say"]) == (200, None)

    dispatcher = notify.bearer("dispatcher")
    query = {"visit": notify.mine("t1-1"), "template": "technician-dispatched"}
    shown = (await notify.http.get("/v1/deliveries", params=query, headers=dispatcher)).json()["items"]
    [of_call] = [each for each in shown if each["channel"] == "voice"]
    assert (of_call["state"], of_call["answer"]) == ("sent", "accepted")


async def test_an_answering_machine_makes_it_ring_once_more_and_twilios_form_will_do(
    notify: Notify, gateway: Witness
) -> None:
    lea = LEA.model_copy(update={"technician_id": notify.mine("lea"), "phone": "06 12 34 56 78"})
    await notify.bench.publish(lea)
    await notify.settle()
    await notify.bench.publish(by_night(notify, 1))
    call = await rings(notify, gateway)
    path = urlsplit(call.body["callback"]).path
    body = b"CallStatus=completed&AnsweredBy=machine_start"
    form = {"content-type": "application/x-www-form-urlencoded"}
    assert (await notify.http.post(path, content=body, headers=form)).status_code == 403
    signed = {**form, "x-twilio-signature": twilio_signature(SECRET, LINKS + path, body)}
    answer = await notify.http.post(path, content=body, headers=signed)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/xml; charset=utf-8")
    found = await notify.runtime.find(
        Deliveries, {"channel": "voice", "message.visit_id": notify.mine("t1-1")}
    )
    assert sorted((each.value.call, each.value.state.value) for each in found) == [(1, "sent"), (2, "queued")]

    elsewhere = path[:-3] + "AAA"
    assert (await notify.http.post(elsewhere, content=body, headers=signed)).status_code == 404
