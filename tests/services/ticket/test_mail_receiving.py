"""What becomes of a mail: whose it is, which ticket it is about, and what nobody answers."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from contracts.audience import Reach, Viewer
from contracts.mails import message_id, thread_of, ticket_of
from contracts.refusal import Refusal
from contracts.ticket.events import CancelReason, TicketNoted, TicketOpened
from contracts.values import Channel, HoldReason, Language, TicketState
from services.ticket.domain.attachment import Position
from services.ticket.domain.contact import Contact
from services.ticket.domain.customer import Customer
from services.ticket.domain.mail import Automatic, Desk, Mail, MailState, ReceivedMail, StoredFile
from services.ticket.store.attachments import Attachments
from services.ticket.store.contacts import Contacts
from services.ticket.store.copies import Sites
from services.ticket.store.customers import Customers
from services.ticket.store.mails import Mails
from services.ticket.store.tickets import Tickets
from services.ticket.store.timeline import Timeline
from services.ticket.usecases.cancel import CancelTicket
from services.ticket.usecases.close import CloseTicket
from services.ticket.usecases.hold import HoldTicket
from services.ticket.usecases.receive_mail import Accepted, ReceiveMail
from services.ticket.usecases.resolve import ResolveTicket
from tests.services.ticket.sample import AGENT, a_world, opened
from tests.world import World

DESK = Desk(
    name="support", category="laptop", trusted="mx.firm.example", own=frozenset(["desk@firm.example"])
)
LEA = Contact("lea", "pasteur", "Léa", "lea@pasteur.example", sites=("nord",), language=Language.EN)


def world() -> World:
    here = a_world()
    here.give(Contacts, LEA)
    here.give(Contacts, Contact("guy", "mairie", "Guy", "guy@mairie.example"))
    return here


def mail(n: int = 1, **said: Any) -> Mail:
    given = {"sender": "lea@pasteur.example", "sender_name": "Léa", "subject": "Écran", "text": "Noir."}
    given["digest"] = f"d{n}"
    return Mail(id=f"m{n}", message_id=f"<m{n}@pasteur.example>", **{**given, **said})


def take(here: World, sent: Mail, ticket: str = "t9", **more: Any) -> ReceivedMail:
    """It arrived a minute ago."""
    given = {
        "desk": DESK,
        "at": here.clock.now() - timedelta(minutes=1),
        "ticket_id": ticket,
        "number": f"T-2026-{ticket:0>6}",
    }
    return here.do(ReceiveMail(mail=sent, **{**given, **more}), actor="requester:lea")


def refused(here: World, sent: Mail, **more: Any) -> str:
    before = (len(here.all(Tickets)), len(here.all(Timeline)), len(here.all(Mails)))
    with pytest.raises(Refusal) as why:
        take(here, sent, **more)
    assert (len(here.all(Tickets)), len(here.all(Timeline)), len(here.all(Mails))) == before
    return why.value.slug


def test_a_contacts_mail_opens_a_ticket_as_of_when_our_server_had_it() -> None:
    here = world()
    hours_ago = here.clock.now() - timedelta(hours=9)
    assert take(here, mail(), at=hours_ago).state is MailState.OPENED
    ticket = here.have(Tickets, "t9")
    assert (ticket.channel, ticket.requester_id, ticket.site_ids) == (Channel.MAIL, "lea", ("nord",))
    assert (ticket.summary, ticket.description, ticket.declared_by) == ("Écran", "Noir.", None)
    assert ticket.declared_at == hours_ago
    [fact] = here.told(TicketOpened)
    assert fact.in_reply_to == "<m1@pasteur.example>"


def test_the_same_mail_has_its_effect_once_and_another_one_with_its_id_is_looked_at() -> None:
    here = world()
    first = take(here, mail())
    assert take(here, mail(), ticket="t10") == first
    assert refused(here, mail(digest="other")) == "same-message-id"
    assert [each.id for each in here.all(Tickets)] == ["t9"]


@pytest.mark.parametrize("by", ["reference", "opening", "number"])
def test_a_reply_is_the_clients_note_and_ends_what_waits_for_him(by: str) -> None:
    here = world()
    take(here, mail())
    here.advance(timedelta(minutes=5))
    here.do(HoldTicket(ticket_id="t9", viewer=AGENT, reason=HoldReason.WAITING_FOR_CLIENT))
    here.advance(timedelta(minutes=5))
    here.give(Tickets, replace(here.have(Tickets, "t9"), number="T-2026-000009"))
    ways: dict[str, dict[str, Any]] = {
        "reference": {"references": ("<x@y>", message_id("t9", "abc", "firm.example"))},
        "opening": {"references": ("<m1@pasteur.example>",)},
        "number": {"subject": "Re: t-2026-000009"},
    }
    received = take(here, mail(2, **ways[by]))
    assert (received.state, received.ticket_id) == (MailState.NOTED, "t9")
    ticket = here.have(Tickets, "t9")
    assert (ticket.state, ticket.holds) == (TicketState.NEW, ())
    note = here.told(TicketNoted)[-1]
    assert note.public
    [line] = [each for each in here.all(Timeline) if each.text == "Noir."]
    assert line.at == here.clock.now() - timedelta(minutes=1) + timedelta(milliseconds=999)


def test_nobody_writes_on_a_ticket_that_is_none_of_his() -> None:
    here = world()
    take(here, mail())
    answer = {"references": (message_id("t9", "abc", "firm.example"),)}
    assert refused(here, mail(2, sender="guy@mairie.example", **answer)) == "not-of-this-ticket"
    assert refused(here, mail(2, sender="x@evil.example", **answer)) == "sender-unknown"
    here.give(
        Tickets, replace(here.have(Tickets, "t9"), confidential=True, requester_id="dr", opened_by="dr")
    )
    assert refused(here, mail(2, **answer)) == "not-of-this-ticket"


def test_a_reply_to_what_is_resolved_is_looked_at_and_to_what_is_closed_a_new_ticket() -> None:
    here = world()
    take(here, mail())
    here.do(ResolveTicket(ticket_id="t9", viewer=AGENT, work_done="Changé"))
    answer = {"references": (message_id("t9", "abc", "firm.example"),)}
    here.advance(timedelta(minutes=5))
    assert take(here, mail(2, **answer)).ticket_id == "t9"
    assert here.have(Tickets, "t9").attention
    here.do(CloseTicket(ticket_id="t9", viewer=AGENT))
    received = take(here, mail(3, **answer), ticket="t10")
    assert (received.state, received.ticket_id) == (MailState.OPENED, "t10")
    number = here.have(Tickets, "t9").number
    assert here.have(Tickets, "t10").description == f"Follow-up to {number}, which is closed.\n\nNoir."


def test_somebody_of_a_known_domain_is_named_as_who_declared_it_and_a_stranger_is_not_taken() -> None:
    here = world()
    here.give(Customers, Customer("pasteur", "P", mail_domains=("pasteur.example",), mail_site="sud"))
    take(here, mail(sender="new@pasteur.example", sender_name="Nour"))
    ticket = here.have(Tickets, "t9")
    assert (ticket.declared_by, ticket.requester_id) == ("Nour <new@pasteur.example>", None)
    assert (ticket.customer_id, ticket.site_ids) == ("pasteur", ("sud",))
    assert "Nour" not in here.told(TicketOpened)[0].model_dump_json()
    assert "nour" not in here.told(TicketOpened)[0].model_dump_json().lower()
    assert refused(here, mail(2, sender="a@sub.pasteur.example")) == "sender-unknown"
    note = mail(3, sender="new@pasteur.example", sender_name="Nour", references=("<m1@pasteur.example>",))
    assert take(here, note).state is MailState.NOTED
    assert [each.text for each in here.all(Timeline) if each.text] == [
        "Nour <new@pasteur.example> :\n\nNoir."
    ]


def test_whoever_is_known_at_several_customers_is_asked_unless_the_ticket_or_the_mailbox_tells() -> None:
    here = world()
    here.give(Contacts, replace(LEA, id="lea2", customer_id="mairie", sites=("hotel-de-ville",)))
    assert refused(here, mail()) == "sender-of-several-customers"
    take(here, mail(), desk=replace(DESK, customer_id="mairie"))
    assert here.have(Tickets, "t9").customer_id == "mairie"
    answer = mail(2, references=("<m1@pasteur.example>",))
    assert take(here, answer).ticket_id == "t9"


@pytest.mark.parametrize(
    ("said", "slug"),
    [
        ({"automatic": Automatic.REPLY}, "automatic-reply"),
        ({"automatic": Automatic.BOUNCE}, "bounce"),
        ({"sender": "desk@firm.example"}, "own-address"),
        ({"verdicts": (("mx.firm.example", "dmarc", "fail"),)}, "sender-not-authentic"),
        (
            {"verdicts": (("mx.firm.example", "spf", "fail"), ("mx.firm.example", "dkim", "fail"))},
            "sender-not-authentic",
        ),
    ],
)
def test_what_is_suspicious_neither_opens_nor_ends_a_hold(said: dict[str, Any], slug: str) -> None:
    here = world()
    take(here, mail())
    here.do(HoldTicket(ticket_id="t9", viewer=AGENT, reason=HoldReason.WAITING_FOR_CLIENT))
    assert refused(here, mail(2, **said)) == slug
    assert refused(here, mail(2, references=("<m1@pasteur.example>",), **said)) == slug
    assert here.have(Tickets, "t9").holds


@pytest.mark.parametrize(
    "verdicts",
    [
        (("mx.evil.example", "dmarc", "fail"),),
        (("mx.firm.example", "spf", "fail"), ("mx.firm.example", "dkim", "pass")),
        (("mx.firm.example", "dmarc", "none"),),
    ],
)
def test_only_our_servers_verdict_counts(verdicts: Any) -> None:
    assert take(world(), mail(verdicts=verdicts)).state is MailState.OPENED


def test_a_machines_notification_opens_a_ticket_that_nobody_is_told_of() -> None:
    here = world()
    take(here, mail(automatic=Automatic.NOTIFICATION))
    ticket = here.have(Tickets, "t9")
    assert (ticket.requester_id, ticket.declared_by) == (None, "Léa <lea@pasteur.example>")
    assert here.told(TicketOpened)[0].in_reply_to is None
    here.do(HoldTicket(ticket_id="t9", viewer=AGENT, reason=HoldReason.WAITING_FOR_CLIENT))
    take(here, mail(2, automatic=Automatic.NOTIFICATION, references=("<m1@pasteur.example>",)))
    assert here.have(Tickets, "t9").holds, "no machine ends what waits for a person"


def test_too_many_of_one_sender_wait_for_somebody() -> None:
    assert refused(world(), mail(), recent=30) == "too-many-mails"


def test_where_it_is_has_to_be_known() -> None:
    here = world()
    here.give(Contacts, replace(LEA, sites=()))
    assert len([s for s in here.all(Sites) if s.customer_id == "pasteur"]) == 2
    assert refused(here, mail()) == "site-not-told"
    assert take(here, mail(), accepted=Accepted(customer_id="pasteur", site_id="sud")).ticket_id == "t9"


def test_each_file_is_kept_once_and_what_was_cut_off_is_the_firms() -> None:
    here = world()

    def file(n: int, sha: str, **more: Any) -> StoredFile:
        given = {"media_type": "image/png", "size": 3, "position": Position.NONE, "name": f"{n}.png"}
        return StoredFile(id=f"a{n}", file_id=f"f{n}", sha256=sha, **{**given, **more})

    take(here, mail(), files=(file(1, "x"), file(2, "x"), file(3, "y"), file(4, "z", public=False)))
    take(here, mail(2, references=("<m1@pasteur.example>",)), files=(file(5, "x"),))
    kept = here.all(Attachments)
    assert [(each.id, each.public) for each in kept] == [("a1", True), ("a3", True), ("a4", False)]
    assert {each.added_by for each in kept} == {"requester:lea"}


def test_a_message_id_names_its_ticket_and_nothing_else_does() -> None:
    assert ticket_of(message_id("0190-ab.c", "d1", "firm.example")) == "0190-ab.c"
    assert ticket_of(thread_of("t1", "firm.example")) == "t1"
    for other in ("<t1@x>", "<ticket.t1@x>", "ticket.t1.x@y", "<ticket..x@y>", "<ticket.t1.x@y>z"):
        assert ticket_of(other) is None


def test_a_cancelled_ticket_is_over_too() -> None:
    here = world()
    opened(here, id="t1", viewer=Viewer("lea", Reach.CUSTOMER, "pasteur"))
    here.do(CancelTicket(ticket_id="t1", viewer=AGENT, reason=CancelReason.CLIENT_CONSENT))
    assert take(here, mail(references=(message_id("t1", "x", "d"),))).ticket_id == "t9"
