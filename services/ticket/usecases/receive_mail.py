"""A mail becomes a ticket, or the client's note on one, with its files: all of it in one write, once."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from contracts.audience import Reach, Viewer
from contracts.mails import ticket_of
from contracts.refusal import UnknownReference
from contracts.text import Text
from contracts.values import Channel, Language, TicketState
from infra.chassis.store.collection import Loads, Ref, Where
from infra.chassis.store.unit import Unit
from services.ticket.domain.attachment import MAX_ATTACHMENTS
from services.ticket.domain.contact import Contact
from services.ticket.domain.mail import (
    Automatic,
    Desk,
    Mail,
    MailState,
    ReceivedMail,
    StoredFile,
    key_of,
    not_of_this_ticket,
    same_message_id,
    sender_of_several,
    sender_unknown,
    site_not_told,
    suspicion,
)
from services.ticket.domain.patience import USUAL, Patience
from services.ticket.domain.ticket import Ticket
from services.ticket.store.attachments import Attachments
from services.ticket.store.contacts import Contacts
from services.ticket.store.copies import Sites
from services.ticket.store.customers import Customers
from services.ticket.store.mails import Mails
from services.ticket.store.tickets import Tickets
from services.ticket.usecases.attach import AddAttachment
from services.ticket.usecases.note import NoteTicket
from services.ticket.usecases.open_ticket import OpenTicket
from services.ticket.usecases.opening import Request

REMEMBERED = timedelta(days=400)
"""How long a mail is known again, and answers to it find its ticket."""
NOBODY = "mail:unknown"
"""Stands for a sender who is no contact: no contact's id has a colon."""


@dataclass(frozen=True, kw_only=True)
class Accepted:
    """That somebody of the firm's has looked at a mail in quarantine, and whose he says it is."""

    customer_id: str
    contact_id: str | None = None
    site_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class ReceiveMail:
    """``ticket_id`` and ``number`` are new, if it takes them. ``recent``: its sender's within the hour.

    ``at`` is when our server had it. Why it is not taken is a ``Refusal``, and nothing is stored.
    """

    mail: Mail
    desk: Desk
    at: datetime
    ticket_id: str
    number: str
    files: tuple[StoredFile, ...] = ()
    recent: int = 0
    accepted: Accepted | None = None
    patience: Patience = USUAL

    SEVERAL = True

    def loads(self) -> Loads:
        return (
            Ref(Mails, self.mail.id),
            Where(Contacts, "email", self.mail.sender),
            Where(Customers, "mail_domains", self.mail.domain),
            *(Where(Mails, "message_id", each) for each in self.mail.references),
        )

    def decide(self, unit: Unit) -> ReceivedMail:
        mail, before = self.mail, unit.get(Mails, self.mail.id)
        if before is not None and (before.state is not MailState.QUARANTINED or self.accepted is None):
            if before.digest != mail.digest:
                raise same_message_id()
            return before
        if self.accepted is None and (suspicious := suspicion(mail, self.desk, self.recent)) is not None:
            raise suspicious
        answered = self._answered(unit)
        customer_id, contact = self._sender(unit, answered)
        speaks = mail.automatic is Automatic.NO and contact is not None
        viewer = Viewer(contact.id if speaks and contact else NOBODY, Reach.CUSTOMER, customer_id)
        if answered is not None and not viewer.sees(answered.parties):
            raise not_of_this_ticket(answered.number)
        at = min(self.at, unit.now)
        if answered is not None and not _is_over(answered):
            ticket_id = self._note(unit, answered, viewer, contact, at)
            state = MailState.NOTED
        else:
            ticket_id = self._open(unit, answered, viewer, contact, at)
            state = MailState.OPENED
        forget_at = unit.now + REMEMBERED
        if before is not None:
            received = replace(
                before.decided(state, unit.cause.actor, unit.now, forget_at), ticket_id=ticket_id
            )
            unit.save(Mails, received)
            return received
        received = ReceivedMail(
            id=mail.id,
            digest=mail.digest,
            mailbox=self.desk.name,
            state=state,
            at=at,
            taken_at=unit.now,
            forget_at=forget_at,
            message_id=mail.message_id,
            sender_key=key_of(mail.sender),
            ticket_id=ticket_id,
        )
        unit.add(Mails, received)
        return received

    def _sender(self, unit: Unit, answered: Ticket | None) -> tuple[str, Contact | None]:
        """Whose he is, and who. Where he is somebody's of several customers' the ticket he answers tells."""
        if self.accepted is not None:
            customer_id = unit.require(Customers, self.accepted.customer_id, as_="customer").id
            contact_id = self.accepted.contact_id
            if contact_id is None:
                return customer_id, None
            contact = unit.require(Contacts, contact_id, as_="contact")
            if contact.customer_id != customer_id:
                raise UnknownReference("contact", contact_id)
            return customer_id, contact
        only = self.desk.customer_id
        people = {c.customer_id: c for c in unit.where(Contacts, "email", self.mail.sender)}
        domains = {c.id for c in unit.where(Customers, "mail_domains", self.mail.domain)}
        found = {id for id in (people or domains) if only in (None, id)}
        if not found:
            raise sender_unknown()
        if answered is not None and answered.customer_id in found:
            found = {answered.customer_id}
        if len(found) > 1:
            raise sender_of_several()
        customer_id = found.pop()
        return customer_id, people.get(customer_id)

    def _answered(self, unit: Unit) -> Ticket | None:
        """The ticket that it is about: by the mail it answers, else by the number in its subject."""
        for reference in self.mail.references:
            named = ticket_of(reference)
            told = (m.ticket_id for m in unit.where(Mails, "message_id", reference))
            for ticket_id in (named, *told):
                if ticket_id is not None and (ticket := unit.get(Tickets, ticket_id)) is not None:
                    return ticket
        for number in self.mail.numbers:
            for ticket in unit.where(Tickets, "number", number):
                return ticket
        return None

    def _note(self, unit: Unit, ticket: Ticket, viewer: Viewer, contact: Contact | None, at: datetime) -> str:
        """A note of the client's, and his files. Servers date mails by the second: it came within it."""
        at = max(min(at + timedelta(milliseconds=999), unit.now), ticket.declared_at)
        who = () if contact is not None else (f"{self.mail.declared_by} :",)
        common = {"ticket_id": ticket.id, "viewer": viewer, "occurred_at": at, "witnessed": True}
        machine = self.mail.automatic is not Automatic.NO
        if machine:
            # What a machine says ends no hold: it stands there as the firm's own finding.
            common["viewer"] = viewer = Viewer(NOBODY, Reach.FIRM)
        left_out = self._attach(unit, ticket.id, viewer, at)
        text = self.mail.words(*who, *left_out)
        note = NoteTicket(**common, text=text, public=True, by_machine=machine)  # type: ignore[arg-type]
        note.decide(unit)
        return ticket.id

    def _open(
        self, unit: Unit, over: Ticket | None, viewer: Viewer, contact: Contact | None, at: datetime
    ) -> str:
        mail, desk = self.mail, self.desk
        language = Language.FR if contact is None else contact.language
        before = () if over is None else (_FOLLOWS.in_(language).format(number=over.number),)
        known = viewer.subject != NOBODY
        request = Request(
            kind=desk.kind,
            summary=mail.summary,
            description=mail.words(*before),
            category=desk.category,
            impact=desk.impact,
            urgency=desk.urgency,
            sites=self._sites(unit, str(viewer.customer_id), contact, over),
            customer_id=viewer.customer_id,
            asset_id=None if over is None else over.asset_id,
            confidential=over is not None and over.confidential,
            channel=Channel.MAIL,
            declared_by=None if known else mail.declared_by,
            occurred_at=at,
            witnessed=True,
            in_reply_to=mail.reply_to if known else None,
        )
        opening = OpenTicket(
            id=self.ticket_id, number=self.number, request=request, viewer=viewer, patience=self.patience
        )
        opening.decide(unit)
        self._attach(unit, self.ticket_id, viewer, at)
        return self.ticket_id

    def _sites(
        self, unit: Unit, customer_id: str, contact: Contact | None, over: Ticket | None
    ) -> tuple[str, ...]:
        if self.accepted is not None and self.accepted.site_id is not None:
            return (self.accepted.site_id,)
        if over is not None:
            return over.site_ids
        if contact is not None and len(contact.sites) == 1:
            return contact.sites
        customer = unit.require(Customers, customer_id, as_="customer")
        if customer.mail_site is not None:
            return (customer.mail_site,)
        sites = unit.where(Sites, "customer_id", customer_id)
        if len(sites) != 1:
            raise site_not_told()
        return (sites[0].site_id,)

    def _attach(self, unit: Unit, ticket_id: str, viewer: Viewer, at: datetime) -> tuple[str, ...]:
        """Each file once, however often a signature brings its logo; what says which had no room."""
        there = [a for a in unit.where(Attachments, "ticket_id", ticket_id) if a.removed_at is None]
        room, seen = MAX_ATTACHMENTS - len(there), {each.sha256 for each in there}
        left_out: list[str] = []
        for file in self.files:
            if file.sha256 in seen:
                continue
            if not room:
                left_out.append(file.name)
                continue
            AddAttachment(
                ticket_id=ticket_id,
                viewer=viewer if file.public else Viewer(NOBODY, Reach.FIRM),
                occurred_at=at,
                witnessed=True,
                id=file.id,
                file_id=file.file_id,
                name=file.name,
                media_type=file.media_type,
                size=file.size,
                sha256=file.sha256,
                position=file.position,
                public=file.public,
            ).decide(unit)
            seen.add(file.sha256)
            room -= 1
        return (f"[… {', '.join(left_out)}]"[:1000],) if left_out else ()


def _is_over(ticket: Ticket) -> bool:
    """Whether nobody looks at it any more: what is said of it now is a request of its own."""
    merged = ticket.duplicate_of is not None
    return ticket.state is TicketState.CLOSED or (ticket.state is TicketState.CANCELLED and not merged)


_FOLLOWS = Text("Follow-up to {number}, which is closed.", "Suite du {number}, qui est clos.")
