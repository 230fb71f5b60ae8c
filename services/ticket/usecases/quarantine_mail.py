"""A mail waits until somebody of the firm's has decided what it is, or nobody has for too long."""

from dataclasses import dataclass
from datetime import timedelta

from contracts.refusal import NotFound, Refusal
from contracts.text import Text
from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.unit import Unit
from services.ticket.domain.mail import MailState, ReceivedMail
from services.ticket.store.mails import Mails

FORGOTTEN = timedelta(days=90)
"""How long it is known that a mail was rejected, and by whom."""


@dataclass(frozen=True)
class QuarantineMail:
    """Whatever had become of it before stays: a mail that is found again changes nothing."""

    mail: ReceivedMail

    def loads(self) -> Loads:
        return (Ref(Mails, self.mail.id),)

    def decide(self, unit: Unit) -> ReceivedMail:
        before = unit.get(Mails, self.mail.id)
        if before is not None:
            return before
        unit.add(Mails, self.mail)
        return self.mail


@dataclass(frozen=True)
class EndQuarantine:
    """``REJECTED`` by somebody, or ``EXPIRED``."""

    id: str
    state: MailState

    def loads(self) -> Loads:
        return (Ref(Mails, self.id),)

    def decide(self, unit: Unit) -> ReceivedMail:
        mail = unit.get(Mails, self.id)
        if mail is None or (mail.state is MailState.EXPIRED and self.state is not mail.state):
            raise NotFound("mail", self.id)
        if mail.state is self.state:
            return mail
        if mail.state is not MailState.QUARANTINED:
            raise decided_already(mail)
        after = mail.decided(self.state, unit.cause.actor, unit.now, unit.now + FORGOTTEN)
        unit.save(Mails, after)
        return after


def decided_already(mail: ReceivedMail) -> Refusal:
    return Refusal(
        "mail-decided",
        Text(
            "Somebody has decided about this mail already: `state` says what, `ticket_id` where it went.",
            "Quelqu'un a déjà décidé de ce mail : `state` dit quoi, `ticket_id` où il est allé.",
        ),
        state=str(mail.state),
        ticket_id=mail.ticket_id,
    )
