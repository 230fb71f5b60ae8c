"""What both sides of a visit have been told so far, so that each change is told once and no more."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from contracts.dispatch.events import (
    AppointmentChosen,
    AppointmentOffered,
    AppointmentReminded,
    CancelledBecause,
    DispatchDeclined,
    DispatchFailed,
    DispatchRevoked,
    InterventionClosed,
    TechnicianDispatched,
    TechnicianEnRoute,
    VisitCancelled,
    VisitFact,
    VisitPlanned,
    VisitRescheduled,
)
from contracts.dispatch.reports import ServiceReportMade, ServiceReportReminded
from contracts.values import Outcome
from services.notify.domain.appointment import confirmed, offered, reminder
from services.notify.domain.message import (
    Details,
    Message,
    MessageKind,
    Recipient,
    RecipientKind,
    Role,
    contact,
    technician,
)
from services.notify.domain.service_report import report_made, report_reminder

Assignment = VisitPlanned | VisitRescheduled | TechnicianDispatched

IN_VAIN = (Outcome.NO_ACCESS, Outcome.USER_ABSENT)
"""Nobody let the technician in."""

NEWS_FOR = timedelta(hours=1)
"""A departure learned of later than this (a phone without network) is not worth a message any more."""


@dataclass(frozen=True)
class Notice:
    """``technician_id`` was told to be there at ``start_at``, with his ``companions``; the requester was
    promised a window.

    ``settling``: the ids of messages that may not have been let go yet, and so are not part of that.
    ``sms`` and ``call``: the ids of the last SMS, and the last call, about it to the technician.
    """

    id: str
    technician_id: str | None = None
    start_at: datetime | None = None
    promised_from: datetime | None = None
    promised_to: datetime | None = None
    settling: tuple[str, ...] = ()
    sms: str | None = None
    call: str | None = None
    companions: tuple[str, ...] = ()

    def told(self, message: Message) -> "Notice":
        """Its reader knows now what the message says of when."""
        details = message.details
        if message.recipient.kind is RecipientKind.TECHNICIAN:
            return replace(self, start_at=details.start_at)
        return replace(self, promised_from=details.arrival_from, promised_to=details.arrival_to)

    def untold(self, message: Message, before: "Notice") -> "Notice":
        """Its reader still knows no more than ``before``; but who chose an appointment knows it."""
        if message.kind is MessageKind.APPOINTMENT_CONFIRMED:
            return self
        if message.recipient.kind is RecipientKind.TECHNICIAN:
            return replace(self, start_at=before.start_at)
        return replace(self, promised_from=before.promised_from, promised_to=before.promised_to)

    def learn(self, event: VisitFact, at: datetime, now: datetime) -> tuple["Notice", tuple[Message, ...]]:
        """What the event, which happened ``at``, changes in what people must know."""
        match event:
            case VisitPlanned() | VisitRescheduled() | TechnicianDispatched():
                return self._assigned(event)
            case DispatchRevoked() if event.technician_id == self.technician_id:
                return self._forget_technician(), self._call_off(event)
            case DispatchDeclined() if event.technician_id == self.technician_id:
                return self._forget_technician(), self._call_off(event, self.companions)
            case DispatchDeclined() if event.technician_id in self.companions:
                others = tuple(id for id in self.companions if id != event.technician_id)
                return replace(self, companions=others), ()
            case VisitCancelled():
                return Notice(self.id), (*self._call_off(event), *self._visit_cancelled(event))
            case DispatchFailed():
                return replace(self, promised_from=None, promised_to=None), self._delayed(event)
            case TechnicianEnRoute():
                return self, self._on_his_way(event) if now - at <= NEWS_FOR else ()
            case InterventionClosed():
                return Notice(self.id), self._in_vain(event)
            case AppointmentOffered():
                return self, offered(event)
            case AppointmentChosen():
                return self._chosen(event), confirmed(event)
            case AppointmentReminded():
                return self, reminder(event)
            case ServiceReportMade():
                return self, report_made(event)
            case ServiceReportReminded():
                return self, report_reminder(event)
        return self, ()

    def _assigned(self, event: Assignment) -> tuple["Notice", tuple[Message, ...]]:
        told = self
        crew = (event.technician_id, *event.companions)
        messages: list[Message] = list(self._call_off(event, (id for id in self._crew if id not in crew)))
        if self.technician_id not in (None, event.technician_id):
            told = told._forget_technician()
        if isinstance(event, TechnicianDispatched):
            messages += _to_crew(MessageKind.TECHNICIAN_DISPATCHED, event)
            told = replace(
                told,
                technician_id=event.technician_id,
                companions=event.companions,
                start_at=event.planned_start,
            )
        elif told.technician_id is not None and told.start_at != event.planned_start:
            messages += _to_crew(MessageKind.TECHNICIAN_RESCHEDULED, event)
            told = replace(told, start_at=event.planned_start, companions=event.companions)
        if (told.promised_from, told.promised_to) != (event.arrival_from, event.arrival_to):
            first = told.promised_from is None
            kind = MessageKind.VISIT_PLANNED if first else MessageKind.VISIT_RESCHEDULED
            messages += _to_requester(kind, event, _plan(event))
            told = replace(told, promised_from=event.arrival_from, promised_to=event.arrival_to)
        return told, tuple(messages)

    def _forget_technician(self) -> "Notice":
        return replace(self, technician_id=None, start_at=None, companions=())

    @property
    def _crew(self) -> tuple[str, ...]:
        return () if self.technician_id is None else (self.technician_id, *self.companions)

    def _call_off(self, event: VisitFact, whom: Iterable[str] | None = None) -> tuple[Message, ...]:
        """Those who had been told to go need not: all of them, or ``whom``."""
        reason = event.reason if isinstance(event, DispatchRevoked | VisitCancelled) else "reassigned"
        details = Details(event.number, site_ids=(event.site_id,), start_at=self.start_at, reason=reason)
        return tuple(
            _message(MessageKind.TECHNICIAN_REVOKED, technician(id), event, details)
            for id in (self._crew if whom is None else whom)
        )

    def _visit_cancelled(self, event: VisitCancelled) -> tuple[Message, ...]:
        """Not when the ticket itself ended: that has its own message."""
        if self.promised_from is None or event.reason is not CancelledBecause.WITHDRAWN:
            return ()
        return _to_requester(MessageKind.VISIT_CANCELLED, event, self._promise(event))

    def _delayed(self, event: DispatchFailed) -> tuple[Message, ...]:
        if self.promised_from is None:
            return ()
        return _to_requester(MessageKind.VISIT_DELAYED, event, self._promise(event))

    def _on_his_way(self, event: TechnicianEnRoute) -> tuple[Message, ...]:
        """Who asked, and who has to open the door."""
        details = replace(
            self._promise(event), technician_id=event.technician_id, expected_at=event.expected_at
        )
        return _to_both(MessageKind.TECHNICIAN_EN_ROUTE, event, details)

    def _in_vain(self, event: InterventionClosed) -> tuple[Message, ...]:
        """What proves that somebody came when it was said, where nobody let him in."""
        if event.outcome not in IN_VAIN:
            return ()
        details = replace(
            self._promise(event),
            technician_id=event.technician_id,
            arrived_at=event.arrived_at or event.ended_at,
            waiting_minutes=_waited(event),
            contact_attempts=event.contact_attempts,
        )
        return _to_both(MessageKind.VISIT_IN_VAIN, event, details)

    def _chosen(self, event: AppointmentChosen) -> "Notice":
        """Who chose knows what was promised; another who asked is told of the plan as ever."""
        if event.on_site_contact_id not in (None, event.requester_id) and event.requester_id is not None:
            return self
        return replace(self, promised_from=event.arrival_from, promised_to=event.arrival_to)

    def _promise(self, event: VisitFact) -> Details:
        return Details(
            event.number,
            site_ids=(event.site_id,),
            arrival_from=self.promised_from,
            arrival_to=self.promised_to,
        )


_OF_AN_APPOINTMENT = frozenset({MessageKind.APPOINTMENT_CONFIRMED, MessageKind.APPOINTMENT_REMINDER})


def overtakes(event: VisitFact, message: Message) -> bool:
    """Whether a message that has not been let go is not true any more, or is said anew."""
    match event:
        case DispatchRevoked() | DispatchDeclined():
            return message.recipient in [technician(id) for id in (event.technician_id, *event.companions)]
        case DispatchFailed():
            return message.recipient.kind is RecipientKind.CONTACT
        case ServiceReportMade():
            return message.details.report_version is not None
        case VisitPlanned() | VisitRescheduled() | TechnicianDispatched() if (
            message.kind in _OF_AN_APPOINTMENT
        ):
            told = message.details.arrival_from, message.details.arrival_to
            return told != (event.arrival_from, event.arrival_to)
    return isinstance(event, Assignment | VisitCancelled | InterventionClosed)


def _plan(event: Assignment) -> Details:
    dispatched = event if isinstance(event, TechnicianDispatched) else None
    return Details(
        event.number,
        summary=event.summary,
        site_ids=(event.site_id,),
        technician_id=event.technician_id,
        priority=event.priority,
        start_at=event.planned_start,
        arrival_from=event.arrival_from,
        arrival_to=event.arrival_to,
        acknowledge_by=dispatched.acknowledge_by if dispatched else None,
        link_until=dispatched.acknowledge_by if dispatched and dispatched.offered else None,
        duration_minutes=event.duration_minutes,
        briefing=event.briefing,
        access=event.access,
        parts=event.parts,
    )


def _to_crew(kind: MessageKind, event: Assignment) -> Iterator[Message]:
    """To who leads, who is the one to answer, and to each companion: with whom he goes."""
    plan = _plan(event)
    if not event.companions:
        yield _message(kind, technician(event.technician_id), event, plan)
        return
    leads = replace(plan, role=Role.LEADS, technician_id=event.companions[0])
    yield _message(kind, technician(event.technician_id), event, leads)
    for id in event.companions:
        beside = replace(plan, role=Role.ACCOMPANIES, acknowledge_by=None, link_until=None, parts=())
        yield _message(kind, technician(id), event, beside)


def _to_requester(kind: MessageKind, event: VisitFact, details: Details) -> tuple[Message, ...]:
    """The one who asked; who waits on the spot where nobody is known to have asked."""
    asker = event.requester_id or event.on_site_contact_id
    if asker is None:
        return ()
    details = replace(
        details, briefing=(), access=None, parts=(), acknowledge_by=None, start_at=None, link_until=None
    )
    return (_message(kind, contact(asker), event, details),)


def _to_both(kind: MessageKind, event: VisitFact, details: Details) -> tuple[Message, ...]:
    """Who asked, and who waits on the spot."""
    people = dict.fromkeys((event.requester_id, event.on_site_contact_id))
    return tuple(_message(kind, contact(id), event, details) for id in people if id is not None)


def _waited(event: InterventionClosed) -> int:
    """As he says, or else from his arrival to when he left."""
    if event.waiting_minutes is not None:
        return event.waiting_minutes
    return round((event.ended_at - (event.arrived_at or event.ended_at)).total_seconds() / 60)


def _message(kind: MessageKind, recipient: Recipient, event: VisitFact, details: Details) -> Message:
    return Message(
        kind,
        recipient,
        event.customer_id,
        event.ticket_id,
        event.visit_id,
        details,
        event.confidential,
        contract_ids=(event.contract_id,) if event.contract_id else (),
    )
