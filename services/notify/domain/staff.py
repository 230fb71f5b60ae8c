"""The firm's own people who are told something without being sent anywhere."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from contracts.dispatch.events import VisitFact
from contracts.ticket.events import SatisfactionGiven
from contracts.ticket.sla import SlaFact
from contracts.values import Language
from services.notify.domain.message import Details, Message, MessageKind, staff

Concerning = VisitFact | SlaFact | SatisfactionGiven


class StaffRole(StrEnum):
    """What somebody of the firm's side is, as his token says."""

    AGENT = "agent"
    TECHNICIAN = "technician"
    DISPATCHER = "dispatcher"
    CONTRACT_MANAGER = "contract-manager"
    STOCK_KEEPER = "stock-keeper"
    ADMIN = "admin"


@dataclass(frozen=True)
class StaffMember:
    """The id is the subject of his token. ``on_duty`` None: nobody said."""

    id: str
    name: str
    role: StaffRole
    email: str | None = None
    phone: str | None = None
    language: Language = Language.FR
    on_duty: bool | None = None


def to_staff(
    people: Iterable[StaffMember],
    kind: MessageKind,
    event: Concerning,
    details: Details,
    visit_id: str | None,
) -> tuple[Message, ...]:
    """The same message to each of them, about what an event is about."""
    return tuple(
        Message(
            kind,
            staff(each.id),
            event.customer_id,
            event.ticket_id,
            visit_id,
            details,
            event.confidential,
            contract_ids=(event.contract_id,) if event.contract_id else (),
        )
        for each in people
    )


def on_duty(people: Iterable[StaffMember]) -> tuple[StaffMember, ...]:
    """Those of them who are; where nobody is said to be, whoever is not said to be off."""
    known = tuple(people)
    return tuple(each for each in known if each.on_duty) or tuple(
        each for each in known if each.on_duty is None
    )
