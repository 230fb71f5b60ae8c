"""Who is called by night, how often, and what his answer does."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from contracts.dispatch.events import DispatchAcknowledged, DispatchRevoked, TechnicianDispatched
from contracts.notify.events import MessageChannel, NotificationAnswered
from contracts.refusal import Refusal
from contracts.values import Language, Priority
from infra.chassis.settings import SettingsError
from infra.chassis.store.deliveries import Lease, Outcome
from services.notify.domain.delivery import CallAnswer, Delivery, DeliveryState
from services.notify.domain.next_step import next_step
from services.notify.domain.timing import Timing
from services.notify.domain.voice import AGAIN_AFTER, is_called
from services.notify.settings import Settings
from services.notify.store.copies import Technicians
from services.notify.store.deliveries import Deliveries
from services.notify.usecases.release_message import ReleaseMessage
from services.notify.usecases.settle_delivery import SettleDelivery
from services.notify.usecases.take_delivery import TakeDelivery
from services.notify.usecases.tell_by_voice import TakeCall
from services.notify.voice.calling import asking, callback, called, saying
from services.notify.voice.verifying import (
    OTHER_KEY,
    answer_of_json,
    answer_of_twilio,
    is_signed,
    twilio_signature,
)
from services.notify.webhooks.signing import headers_of, secret_of
from tests.services.notify.people import LEA, Office, at, example, moved
from tests.services.notify.test_sms import SENDER
from tests.world import MONDAY_NINE

CALLS = Timing(sms=True, voice=True)
PARIS = ZoneInfo("Europe/Paris")
OVER = MONDAY_NINE + timedelta(minutes=3)
LATER = MONDAY_NINE + timedelta(days=1000)
NIGHT = datetime(2026, 3, 3, 2, 0, tzinfo=PARIS)


def told(priority: Priority = Priority.P1, *, on_call: bool = True, **changes: Any) -> TechnicianDispatched:
    timed = {"acknowledge_by": OVER, "hours_from": MONDAY_NINE, "remind_at": MONDAY_NINE, **changes}
    return moved(TechnicianDispatched, at(9, 30), priority=priority, on_call=on_call, **timed)


@pytest.mark.parametrize(
    ("event", "now", "rings"),
    [
        (told(), MONDAY_NINE, True),
        (told(on_call=False), MONDAY_NINE, False),
        (told(on_call=False, acknowledge_by=None), NIGHT, True),
        (told(Priority.P2), MONDAY_NINE, True),
        (told(Priority.P3), MONDAY_NINE, False),
        (told(Priority.P3, acknowledge_by=None), NIGHT, False),
        (told(), OVER, False),
    ],
    ids=[
        "on call", "on his shift", "by night", "P2", "not urgent", "not urgent by night", "too late",
    ],
)  # fmt: skip
def test_urgent_work_wakes_who_is_on_call(event: TechnicianDispatched, now: datetime, rings: bool) -> None:
    assert is_called(event, now, PARIS) is rings


def office(phone: str | None = "04 78 12 34 56", timing: Timing = CALLS) -> Office:
    made = Office(timing)
    made.give(Technicians, LEA.model_copy(update={"phone": phone}), "tech-lea")
    return made


def calls(here: Office) -> list[Delivery]:
    found = [each for each in here.all(Deliveries) if each.channel is MessageChannel.VOICE]
    return sorted(found, key=lambda each: each.call)


def ring(here: Office, call: Delivery) -> None:
    if here.do(TakeDelivery(call.id, Lease("a", LATER, LATER + timedelta(seconds=30)))):
        here.do(SettleDelivery(call.id, Outcome("a")))


def pass_by(here: Office, time: timedelta) -> None:
    here.advance(time)
    for each in here.all(Deliveries):
        here.do(ReleaseMessage(each.id, CALLS))


def test_he_is_called_once_for_one_dispatch_beside_mail_and_sms() -> None:
    here = office("06 12 34 56 78")
    event = told()
    here.hears_again(event, here.hears(event))
    assert len(calls(here)) == 1
    assert {each.channel for each in here.all(Deliveries)} == {
        MessageChannel.MAIL, MessageChannel.SMS, MessageChannel.VOICE,
    }  # fmt: skip


def test_nobody_is_called_without_a_telephone_or_a_gateway() -> None:
    for here in (office(None), office(timing=Timing(sms=True))):
        here.hears(told())
        assert calls(here) == []


@pytest.mark.parametrize(("answer", "goes"), [(CallAnswer.ACCEPTED, True), (CallAnswer.DECLINED, False)])
def test_what_he_types_is_told_to_whoever_sent_him(answer: CallAnswer, goes: bool) -> None:
    here = office()
    event = told()
    here.hears(event)
    [call] = calls(here)
    ring(here, call)
    here.do(TakeCall(call.id, answer))
    [fact] = here.told(NotificationAnswered)
    assert (fact.accepted, fact.visit_id, fact.recipient_id) == (goes, event.visit_id, "tech-lea")
    pass_by(here, AGAIN_AFTER)
    [call] = calls(here)
    assert next_step(call).en.startswith("Nothing:")


def test_the_first_answer_holds_and_the_same_again_is_refused() -> None:
    here = office()
    here.hears(told())
    [call] = calls(here)
    ring(here, call)
    here.do(TakeCall(call.id, CallAnswer.ACCEPTED))
    for answer in (CallAnswer.ACCEPTED, CallAnswer.DECLINED):
        with pytest.raises(Refusal) as refused:
            here.do(TakeCall(call.id, answer))
        assert refused.value.slug == "call-answered"
    assert len(here.told(NotificationAnswered)) == 1


@pytest.mark.parametrize(
    "silence", [CallAnswer.NO_ANSWER, CallAnswer.MACHINE, CallAnswer.BUSY, CallAnswer.NOTHING_TYPED]
)
def test_who_does_not_answer_is_called_once_more_and_then_it_is_the_next_ones(silence: CallAnswer) -> None:
    here = office()
    here.hears(told())
    ring(here, calls(here)[0])
    here.do(TakeCall(calls(here)[0].id, silence))
    _, second = calls(here)
    assert second.settles_at == MONDAY_NINE + AGAIN_AFTER
    pass_by(here, AGAIN_AFTER)
    ring(here, calls(here)[1])
    here.do(TakeCall(second.id, silence))
    assert (len(calls(here)), here.told(NotificationAnswered)) == (2, [])
    assert "goes to somebody else" in next_step(calls(here)[1]).en


@pytest.mark.parametrize("event", [DispatchAcknowledged, DispatchRevoked])
def test_a_second_call_that_has_become_needless_is_not_made(event: type[Any]) -> None:
    here = office()
    here.hears(told())
    ring(here, calls(here)[0])
    here.do(TakeCall(calls(here)[0].id, CallAnswer.NO_ANSWER))
    here.hears(example(event))
    assert calls(here)[1].state is DeliveryState.OVERTAKEN
    pass_by(here, AGAIN_AFTER)
    assert calls(here)[1].state is DeliveryState.OVERTAKEN


def test_silence_on_a_call_that_is_over_calls_nobody_any_more() -> None:
    here = office()
    here.hears(told())
    [first] = calls(here)
    ring(here, first)
    here.hears(example(DispatchRevoked))
    here.do(TakeCall(first.id, CallAnswer.NO_ANSWER))
    assert len(calls(here)) == 1


def test_nobody_is_called_when_his_time_to_answer_is_over() -> None:
    here = office()
    here.hears(told())
    here.clock.set(OVER)
    ring(here, calls(here)[0])
    assert calls(here)[0].state is DeliveryState.OVERTAKEN


def test_the_address_of_an_answer_is_signed_and_ends() -> None:
    here = office()
    here.hears(told())
    [call] = calls(here)
    key = "k" * 32
    sender = type(SENDER)("Firm", "firm@firm.example", "http://firm.example", key)
    address = callback(call, sender)
    token = address.removeprefix("http://firm.example/v1/calls/")
    assert called(key, token, MONDAY_NINE) == call.id
    assert called(key, token, OVER + timedelta(minutes=6)) is None
    assert called("another", token, MONDAY_NINE) is None
    assert called(key, token[:-2] + "AA", MONDAY_NINE) is None


def test_what_is_said_holds_no_markup_of_a_clients() -> None:
    said = asking('</Say><Dial>+33899</Dial> "A&B"', Language.EN, 'https://x/?a="1"&b=2')
    assert said.count("<Dial>") == 0
    assert "&lt;Dial&gt;" in said
    assert saying("Merci", Language.FR).endswith("<Hangup/></Response>")


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ({"event": "keypad", "digits": "1"}, CallAnswer.ACCEPTED),
        ({"event": "keypad", "digits": "2"}, CallAnswer.DECLINED),
        ({"event": "keypad", "digits": "9"}, OTHER_KEY),
        ({"event": "keypad"}, OTHER_KEY),
        ({"event": "no-answer"}, CallAnswer.NO_ANSWER),
        ({"event": "machine"}, CallAnswer.MACHINE),
        ({"event": "ringing"}, None),
        ({"event": ["keypad"]}, None),
        ([], None),
    ],
)
def test_our_own_form_of_an_answer(said: Any, answer: CallAnswer | str | None) -> None:
    assert answer_of_json(said) == answer


@pytest.mark.parametrize(
    ("fields", "answer"),
    [
        ({"Digits": "1", "CallStatus": "in-progress"}, CallAnswer.ACCEPTED),
        ({"Digits": "2"}, CallAnswer.DECLINED),
        ({"CallStatus": "completed"}, CallAnswer.NOTHING_TYPED),
        ({"CallStatus": "completed", "AnsweredBy": "machine_start"}, CallAnswer.MACHINE),
        ({"CallStatus": "busy"}, CallAnswer.BUSY),
        ({"CallStatus": "ringing"}, None),
    ],
)
def test_twilios_form_of_an_answer(fields: dict[str, str], answer: CallAnswer | None) -> None:
    assert answer_of_twilio(fields) == answer


def test_twilios_own_example_of_a_signature_comes_out_letter_by_letter() -> None:
    body = (
        b"CallSid=CA1234567890ABCDE&Caller=%2B14158675309&Digits=1234&From=%2B14158675309&To=%2B18005551212"
    )
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    signature = twilio_signature("12345", url, body)
    assert signature == "RSOYDt4T1cUTdK1PDd93/VVr8B8="
    assert is_signed("12345", url, {"x-twilio-signature": signature}, body, 0)
    assert not is_signed("12345", url, {"x-twilio-signature": signature}, body + b"&x=1", 0)
    assert not is_signed("12345", url, {}, body, 0)


def test_a_json_answer_is_signed_as_webhooks_are_and_not_for_long() -> None:
    secret, body = secret_of(b"s" * 32), b'{"event": "keypad", "digits": "1"}'
    signed = headers_of("1", 1_000, body, [secret])
    assert is_signed(secret, "", signed, body, 1_100)
    assert not is_signed(secret, "", signed, body, 2_000)
    assert not is_signed(secret_of(b"t" * 32), "", signed, body, 1_100)


def test_settings_of_a_voice_gateway_name_what_is_wrong() -> None:
    base = {"ASTREINTE_KAFKA": "k:9092", "ASTREINTE_MONGODB": "mongodb://m"}
    gateway = {**base, "ASTREINTE_VOICE_URL": "https://voice.example/calls", "ASTREINTE_VOICE_FROM": "+33188"}
    with pytest.raises(SettingsError, match="ASTREINTE_LINK_KEY"):
        Settings.from_environment(gateway)
    linked = {**gateway, "ASTREINTE_LINK_KEY": "k" * 32}
    assert Settings.from_environment(linked).voice is not None
    with pytest.raises(SettingsError, match=r"ASTREINTE_VOICE_BODY says \{callback\} or \{twiml\} nowhere"):
        Settings.from_environment({**linked, "ASTREINTE_VOICE_BODY": '{"to": "{to}", "say": "{text}"}'})
    with pytest.raises(SettingsError, match="ASTREINTE_VOICE_FROM is set, but no ASTREINTE_VOICE_URL"):
        Settings.from_environment({**base, "ASTREINTE_VOICE_FROM": "+33188"})
