"""What goes to the firm's SMS gateway over HTTP, and what its answers mean."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from infra.chassis.settings import SettingsError
from infra.chassis.store.deliveries import Rejected
from services.notify.settings import Settings
from services.notify.sms.gateway import Gateway, Sender, Sms
from tests.services.notify.sms_witness import Witness

ADDRESSES = {"ASTREINTE_KAFKA": "kafka:9092", "ASTREINTE_MONGODB": "mongodb://mongo"}
SMS = Sms("+33612345678", 'P1 à vous : "Nord" {to}', "n-1")


@pytest.fixture
async def witness() -> AsyncIterator[Witness]:
    async with Witness() as made:
        yield made


async def send(witness: Witness, sms: Sms = SMS, url: str = "", **settings: str) -> None:
    sender = Sender(Gateway.parse(url or witness.url, **settings))
    try:
        await sender.send(sms)
    finally:
        await sender.close()


async def test_without_a_template_it_is_a_small_json_object(witness: Witness) -> None:
    await send(witness, sender="Firm")
    [got] = witness.taken
    assert got.body == {"to": SMS.to, "from": "Firm", "text": SMS.text, "id": "n-1"}
    assert got.key == "n-1"


async def test_a_template_fits_it_to_what_the_gateway_takes(witness: Witness) -> None:
    body = {
        "recipients": [{"phone_number": "{to}"}],
        "text": "{text}",
        "type": "sms_premium",
        "purpose": "alert",
        "with_replies": False,
        "sender": "{from}",
        "request_id": "astreinte-{id}",
    }
    headers = {"api-key": "secret", "api-login": "desk@firm.example"}
    await send(witness, body=json.dumps(body), headers=json.dumps(headers))
    [got] = witness.taken
    assert got.body == {
        **body,
        "recipients": [{"phone_number": SMS.to}],
        "text": SMS.text,
        "sender": "Astreinte",
        "request_id": "astreinte-n-1",
    }
    assert headers.items() <= got.headers.items()


async def test_a_form_and_an_account_in_the_address_do_for_gateways_of_that_kind(witness: Witness) -> None:
    body = {"To": "{to}", "From": "{from}", "Body": "{text}"}
    address = witness.url.replace("http://", "http://AC1:to%40ken@")
    await send(witness, url=address, body=json.dumps(body), format="form", sender="+33700000000")
    [got] = witness.taken
    assert got.body == {"To": [SMS.to], "From": ["+33700000000"], "Body": [SMS.text]}
    assert got.headers["authorization"] == "Basic QUMxOnRvQGtlbg=="


@pytest.mark.parametrize(
    ("answer", "accepted", "fine"),
    [
        ('{"status": 100}', '{"/status": 100}', True),
        ('{"status": 201, "message": "no credit"}', '{"/status": 100}', False),
        ('{"invalidReceivers": []}', '{"/invalidReceivers": []}', True),
        ('{"invalidReceivers": ["+33612345678"]}', '{"/invalidReceivers": []}', False),
        ('[{"status": "queued"}]', '{"/0/status": "queued"}', True),
        ("[]", '{"/0/status": "queued"}', False),
        ('{"a/b": {"~": 1}}', '{"/a~1b/~0": 1}', True),
        ("OK", '{"/status": 100}', False),
    ],
)
async def test_a_gateway_that_refuses_with_200_is_understood(
    witness: Witness, answer: str, accepted: str, fine: bool
) -> None:
    witness.then = (200, answer)
    if fine:
        await send(witness, accepted=accepted)
        return
    with pytest.raises(Rejected, match="gateway-refused: 200"):
        await send(witness, accepted=accepted)


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 422])
async def test_a_refusal_is_final_and_says_what_the_gateway_said(witness: Witness, status: int) -> None:
    witness.then = (status, '{\n "message": "unknown number"}')
    with pytest.raises(Rejected, match=rf'gateway-refused: {status} {{ "message": "unknown number"}}'):
        await send(witness)


@pytest.mark.parametrize("status", [408, 409, 429, 500, 502, 503, 302])
async def test_what_may_pass_is_tried_again(witness: Witness, status: int) -> None:
    witness.then = (status, "later")
    with pytest.raises(httpx.HTTPStatusError, match=f"{status} later"):
        await send(witness)


async def test_a_gateway_that_is_away_may_be_back(witness: Witness) -> None:
    await witness.close()
    with pytest.raises(httpx.ConnectError):
        await send(witness)


def settings(**said: str) -> Settings:
    return Settings.from_environment(
        ADDRESSES | {f"ASTREINTE_SMS_{name}": value for name, value in said.items()}
    )


def test_a_firm_without_a_gateway_has_none() -> None:
    assert settings().sms is None
    assert settings(URL="", FROM="").sms is None


def test_a_gateway_is_what_the_environment_says_and_its_secrets_are_never_shown() -> None:
    found = settings(
        URL="https://AC1:token@sms.example/send", FROM="Firm", COUNTRY="BE", HEADERS='{"key": "hidden"}'
    ).sms
    assert found is not None
    assert (found.url, found.sender, found.country) == ("https://sms.example/send", "Firm", "BE")
    assert found.account == ("AC1", "token")
    assert "token" not in repr(found)
    assert "hidden" not in repr(found)


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ({"URL": "sms.example"}, "SMS_URL"),
        ({"URL": "ftp://sms.example"}, "SMS_URL"),
        ({"FROM": "Firm"}, "SMS_FROM"),
        ({"URL": "http://s", "FROM": "Much too long"}, "SMS_FROM"),
        ({"URL": "http://s", "COUNTRY": "fr"}, "SMS_COUNTRY"),
        ({"URL": "http://s", "FORMAT": "xml"}, "SMS_FORMAT"),
        ({"URL": "http://s", "BODY": "{"}, "SMS_BODY"),
        ({"URL": "http://s", "BODY": '{"to": "{to}"}'}, "SMS_BODY"),
        ({"URL": "http://s", "FORMAT": "form", "BODY": '{"to": ["{to}"], "text": "{text}"}'}, "SMS_BODY"),
        ({"URL": "http://s", "HEADERS": '{"key": 1}'}, "SMS_HEADERS"),
        ({"URL": "http://s", "HEADERS": "key: 1"}, "SMS_HEADERS"),
        ({"URL": "http://s", "ACCEPTED": "[]"}, "SMS_ACCEPTED"),
    ],
)
def test_a_setting_that_makes_no_sense_is_named(said: dict[str, Any], name: str) -> None:
    with pytest.raises(SettingsError, match=f"ASTREINTE_{name}"):
        settings(**said)
