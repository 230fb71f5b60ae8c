"""Mails as people read them, and the real SMTP that carries them."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import aiosmtplib
import pytest

from contracts.mails import ticket_of
from contracts.ticket.events import Wording
from contracts.values import Language
from infra.chassis.store.deliveries import Rejected
from services.notify.domain.delivery import Delivery
from services.notify.domain.message import MessageKind
from services.notify.mail.compose import Names, Sender, compose, message_id
from services.notify.mail.smtp import Mailer, Server
from services.notify.store.deliveries import Deliveries
from tests.services.notify.people import (
    ANNE,
    CLINIC,
    LEA,
    MARC,
    NORTH,
    Office,
    TechnicianDispatched,
    at,
    moved,
)
from tests.services.notify.sink import Sink, html_of, text_of

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
FIRM = Sender("Dépannage Rhône", "astreinte@firm.example", "http://firm.example")


def deliveries(**changes: Any) -> dict[str, Delivery]:
    office = Office()
    office.hears(moved(TechnicianDispatched, at(9, 30), **changes))
    return {each.message.kind: each for each in office.all(Deliveries)}


def to_technician(**changes: Any) -> Delivery:
    return deliveries(**changes)["technician-dispatched"]


def names_for(technician: object = LEA) -> Names:
    return Names(technician, CLINIC, LEA, (NORTH,))  # type: ignore[arg-type]


def test_a_technician_reads_where_when_what_how_to_get_in_and_by_when_to_answer() -> None:
    mail = compose(to_technician(), names_for(), FIRM, NOW)
    assert mail["Subject"] == "P1 INC-000042 : intervention à Pasteur Nord, lundi 2 mars 2026 à 10 h 30"
    for part in (text_of(mail), html_of(mail)):
        assert "Pasteur Nord, 1 rue des Lilas, 69001 Lyon" in part
        assert "lundi 2 mars 2026 entre 10 h 15 et 10 h 45" in part
        assert "Le serveur répond-il au ping ? Non" in part
        assert "Accompagnement obligatoire" in part
        assert "1 × psu-550" in part
        assert "Numéro à rappeler : INC-000042." in part
        assert "avant 09 h 05" in part


def test_a_technician_who_reads_english_gets_english() -> None:
    mail = compose(to_technician(), names_for(MARC), FIRM, NOW)
    assert mail["Content-Language"] == "en"
    assert "Monday 2 March 2026 between 10:15 and 10:45" in text_of(mail)
    assert "You must be escorted" in text_of(mail)


def test_times_are_those_of_the_place() -> None:
    there = NORTH.model_copy(update={"time_zone": "Indian/Reunion"})
    mail = compose(to_technician(), Names(LEA, CLINIC, LEA, (there,)), FIRM, NOW)
    assert "lundi 2 mars 2026 entre 13 h 15 et 13 h 45" in text_of(mail)


def test_the_requester_learns_the_window_and_nothing_of_the_briefing() -> None:
    mail = compose(deliveries()["visit-planned"], Names(ANNE, CLINIC, LEA, (NORTH,)), FIRM, NOW)
    assert "Un technicien passera lundi 2 mars 2026 entre 10 h 15 et 10 h 45." in text_of(mail)
    assert "ping" not in text_of(mail)


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize(
    "kind",
    [
        kind
        for kind in MessageKind
        if kind.startswith(("ticket-", "visit-"))
        or kind in ("technician-en-route", "client-reminded", "quote-sent", "repair-progressed")
    ],
)
def test_a_client_is_given_the_number_to_quote(kind: MessageKind, language: Language) -> None:
    written = deliveries()["visit-planned"]
    told = replace(written, message=replace(written.message, kind=kind))
    reader = ANNE.model_copy(update={"language": language})
    mail = compose(told, Names(reader, CLINIC, LEA, (NORTH,)), FIRM, NOW)
    quoted = "indiquez le numéro INC-000042" if language is Language.FR else "please quote INC-000042"
    for part in (text_of(mail), html_of(mail)):
        assert quoted in part


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        (Language.FR, "de le faire pour 1280,50 EUR"),
        (Language.EN, "to do it for 1280.50 EUR"),
    ],
)
def test_a_quote_says_what_it_costs(language: Language, sentence: str) -> None:
    written = deliveries()["visit-planned"]
    details = replace(written.message.details, amount="1280.50", currency="EUR", until_at=NOW)
    told = replace(written, message=replace(written.message, kind=MessageKind.QUOTE_SENT, details=details))
    reader = ANNE.model_copy(update={"language": language})
    assert sentence in text_of(compose(told, Names(reader, CLINIC, LEA, (NORTH,)), FIRM, NOW))


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("kind", list(MessageKind))
def test_every_kind_of_message_can_be_written_in_every_language(
    kind: MessageKind, language: Language
) -> None:
    base = to_technician()
    title = Wording(fr="Fibre coupée", en="Fibre cut")
    delivery = Delivery(
        base.id,
        replace(base.message, kind=kind, details=replace(base.message.details, title=title, text=title)),
        base.origin,
        base.queued_at,
    )
    reader = LEA.model_copy(update={"language": language})
    mail = compose(delivery, Names(reader, CLINIC, LEA, (NORTH,)), FIRM, NOW)
    about_no_ticket = (MessageKind.MAJOR_INCIDENT_DECLARED, MessageKind.MAJOR_UPDATE_DUE, MessageKind.TIP)
    of_a_ticket = kind not in about_no_ticket and not kind.startswith("training-")
    assert ("INC-000042" if of_a_ticket else title.in_(language)) in mail["Subject"]
    for part in (text_of(mail), html_of(mail)):
        assert "http" not in part
        assert "/v1/" not in part, "an address for programs opens nothing for people"
    assert len(text_of(mail)) > 60
    assert "{" not in text_of(mail) + mail["Subject"]
    assert f'lang="{language}"' in html_of(mail)


def test_what_people_typed_cannot_become_markup_or_headers() -> None:
    nasty = "<b>x</b>\r\nBcc: everybody@example.org"
    delivery = deliveries(summary="<script>alert(1)</script>")["visit-planned"]
    reader = ANNE.model_copy(update={"name": nasty})
    place = NORTH.model_copy(update={"name": nasty})
    mail = compose(delivery, Names(reader, CLINIC, LEA, (place,)), FIRM, NOW)
    assert mail["Bcc"] is None
    assert "\n" not in mail["Subject"]
    assert "<script>" not in html_of(mail)
    assert "<b>" not in html_of(mail)


@pytest.mark.parametrize("address", ["nobody", "a b@c", "x@y\r\nBcc: z@z.example", ""])
def test_an_address_that_is_none_is_refused_for_good(address: str) -> None:
    with pytest.raises(Rejected, match="bad-address"):
        compose(to_technician(), names_for(LEA.model_copy(update={"email": address})), FIRM, NOW)


def test_every_attempt_carries_the_same_message_id() -> None:
    first, second = (compose(to_technician(), names_for(), FIRM, now) for now in (NOW, datetime.now(UTC)))
    assert first["Message-ID"] == second["Message-ID"] == message_id(to_technician(), FIRM)


def test_a_mail_names_its_ticket_and_stands_in_the_conversation_that_asked_for_it() -> None:
    delivery = to_technician()
    first = compose(delivery, names_for(), FIRM, NOW)
    ticket_id = delivery.message.ticket_id
    assert ticket_of(first["Message-ID"]) == ticket_of(first["References"]) == ticket_id
    assert (first["In-Reply-To"], first["Auto-Submitted"]) == (None, "auto-generated")
    details = replace(delivery.message.details, in_reply_to="<asked@clinic.example>")
    asked = replace(delivery, message=replace(delivery.message, details=details))
    answer = compose(asked, names_for(), FIRM, NOW)
    assert (answer["In-Reply-To"], answer["Auto-Submitted"]) == ("<asked@clinic.example>", "auto-replied")
    assert answer["References"].split() == [first["References"], "<asked@clinic.example>"]


async def test_mails_arrive_over_one_connection_that_is_kept() -> None:
    async with Sink() as sink:
        mailer = Mailer(Server("127.0.0.1", sink.port))
        for _ in range(3):
            await mailer.send(compose(to_technician(), names_for(), FIRM, NOW), FIRM.address)
        assert len(sink.mails) == 3
        assert sink.connections == 1
        assert sink.mails[0]["To"] == "Léa Bernard <lea@firm.example>"
        await mailer.close()


async def test_a_server_that_went_away_and_came_back_gets_the_next_mail() -> None:
    async with Sink() as sink:
        mailer = Mailer(Server("127.0.0.1", sink.port))
        mail = compose(to_technician(), names_for(), FIRM, NOW)
        await mailer.send(mail, FIRM.address)
        [idle] = mailer._idle
        idle.client.close()
        await mailer.send(mail, FIRM.address)
        assert len(sink.mails) == 2
        await mailer.close()


async def test_a_permanent_refusal_is_told_from_a_passing_one() -> None:
    async with Sink() as sink:
        mailer = Mailer(Server("127.0.0.1", sink.port))
        mail = compose(to_technician(), names_for(), FIRM, NOW)
        sink.answer = lambda mail: "451 try later"
        with pytest.raises(aiosmtplib.SMTPDataError):
            await mailer.send(mail, FIRM.address)
        sink.answer = lambda mail: "554 never"
        with pytest.raises(Rejected, match="554 never"):
            await mailer.send(mail, FIRM.address)
        sink.refuse_recipient = "550 no such mailbox"
        with pytest.raises(Rejected, match="550 no such mailbox"):
            await mailer.send(mail, FIRM.address)
        sink.refuse_recipient, sink.answer = None, lambda mail: None
        await mailer.send(mail, FIRM.address)
        assert len(sink.mails) == 1
        await mailer.close()


@pytest.mark.parametrize(
    ("text", "server"),
    [
        ("127.0.0.1:1025", Server("127.0.0.1", 1025)),
        ("smtp://mail.firm.example", Server("mail.firm.example", 25)),
        ("smtps://u%40f:p%3Aw@mail.firm.example", Server("mail.firm.example", 465, "u@f", "p:w", tls=True)),
    ],
)
def test_a_mail_server_is_named_by_address_or_url(text: str, server: Server) -> None:
    assert Server.parse(text) == server


@pytest.mark.parametrize("text", ["", ":25", "http://x", "smtp://"])
def test_what_names_no_mail_server_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="names no mail server"):
        Server.parse(text)
