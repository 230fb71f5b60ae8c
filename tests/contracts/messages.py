"""One hand-written message of every event, and the golden files made from them.

``python -m tests.contracts.messages`` writes the golden messages that are missing. It never touches
one that is there: that is what producers have published.
"""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from contracts import examples
from contracts.catalogue import CATALOGUE
from contracts.dispatch import events as visits
from contracts.dispatch.states import TechnicianChanged
from contracts.envelope import Envelope, Payload, State, event_id
from contracts.inventory.assets import MaintenanceDue, TipSent, TrainingAsked, TrainingTold
from contracts.inventory.states import CurrentAssetChanged, PartChanged, SiteChanged, StockLevelChanged
from contracts.notify import events as deliveries
from contracts.ticket import events as lifecycle
from contracts.ticket.states import ContactChanged, ContractChanged, CustomerChanged
from contracts.values import (
    Answer,
    Channel,
    HoldReason,
    Impact,
    Language,
    Outcome,
    PartNeed,
    PartUsed,
    Priority,
    ServiceHealth,
    SiteAccess,
    TicketKind,
    Urgency,
    Window,
    WorkMode,
)
from tests.contracts.agreed_messages import agreements
from tests.contracts.appointment_messages import appointments
from tests.contracts.key_messages import SUBJECTS_OF_KEYS, keys
from tests.contracts.link_messages import links, majors
from tests.contracts.lone_work_messages import not_reported, silence
from tests.contracts.park_messages import park
from tests.contracts.report_messages import service_reports
from tests.contracts.reservation_messages import reserved
from tests.contracts.sla_messages import clocks
from tests.contracts.work_messages import work

TICKET = "0193a0c2-1111-7000-8000-000000000001"
VISIT = f"{TICKET}-1"
FOLDER = Path(examples.__file__).parent / "schemas" / "examples"


def at(hour: int, minute: int = 0) -> datetime:
    """A moment of Monday 2 March 2026."""
    return datetime(2026, 3, 2, hour, minute, tzinfo=UTC)


_ACCESS = SiteAccess(
    instructions="Badge à l'accueil", badge_lead_minutes=10, escort=True, permits=("électrique",)
)
_BRIEFING = (Answer(question="Le serveur répond-il au ping ?", answer="Non"),)
_TICKET: dict[str, Any] = {
    "ticket_id": TICKET,
    "number": "INC-000042",
    "customer_id": "clinique-pasteur",
    "summary": "Serveur de fichiers injoignable",
    "requester_id": "contact-anne",
    "site_ids": ("pasteur-nord", "pasteur-sud"),
    "on_site_contact_id": "contact-bruno",
    "opened_by": "contact-carl",
    "contract_ids": ("pasteur-2026",),
}
_NEED = lifecycle.VisitNeed(
    visit_id=VISIT,
    site_id="pasteur-nord",
    contract_id="pasteur-2026",
    respond_by=at(12),
    restore_by=at(16),
    skills={"server": 2, "network": 1},
    duration_minutes=90,
    parts=(PartNeed(sku="psu-550", quantity=1),),
    access=_ACCESS,
    preferred_windows=(Window(from_at=at(8), to_at=at(12)),),
)
_ORDER: dict[str, Any] = {
    "kind": TicketKind.INCIDENT,
    "category": "server-down",
    "priority": Priority.P1,
    "asset_id": "srv-files-01",
    "answers": _BRIEFING,
}
_VISIT: dict[str, Any] = {
    "visit_id": VISIT,
    "ticket_id": TICKET,
    "number": "INC-000042",
    "customer_id": "clinique-pasteur",
    "site_id": "pasteur-nord",
    "contract_id": "pasteur-2026",
    "requester_id": "contact-anne",
    "on_site_contact_id": "contact-bruno",
    "opened_by": "contact-carl",
}
_HIS: dict[str, Any] = {**_VISIT, "technician_id": "tech-lea"}
_ASSIGNMENT: dict[str, Any] = {
    **_HIS,
    "planned_start": at(9, 30),
    "planned_end": at(11),
    "arrival_from": at(9, 15),
    "arrival_to": at(9, 45),
    "priority": Priority.P1,
    "kind": TicketKind.INCIDENT,
    "summary": "Serveur de fichiers injoignable",
    "category": "server-down",
    "skills": {"server": 2, "network": 1},
    "duration_minutes": 90,
    "parts": (PartNeed(sku="psu-550", quantity=1),),
    "access": _ACCESS,
    "briefing": _BRIEFING,
}
_NOTIFICATION: dict[str, Any] = {
    "notification_id": "n-1",
    "channel": deliveries.MessageChannel.MAIL,
    "recipient_kind": "technician",
    "recipient_id": "tech-lea",
    "template": "technician-dispatched",
    "ticket_id": TICKET,
    "visit_id": VISIT,
}
_CALL: dict[str, Any] = {**_NOTIFICATION, "channel": deliveries.MessageChannel.VOICE}

MESSAGES: tuple[Payload, ...] = (
    deliveries.NotificationAnswered(**_CALL, accepted=True),
    lifecycle.TicketOpened(
        **_TICKET,
        **_ORDER,
        impact=Impact.HIGH,
        urgency=Urgency.HIGH,
        channel=Channel.PHONE,
        external_reference="CP-7781",
        declared_at=at(7, 55),
        opened_at=at(8),
        visits=(_NEED,),
    ),
    lifecycle.TicketTaken(**_TICKET, agent_id="agent-paul"),
    lifecycle.TicketTriaged(
        **_TICKET, impact=Impact.HIGH, urgency=Urgency.MEDIUM, category="server-down", priority=Priority.P2
    ),
    lifecycle.TicketNoted(**_TICKET, note_id="note-1", public=True),
    lifecycle.SatisfactionGiven(**_TICKET, visit_id="t-1", contract_id="pasteur-2026", mark=2, low=True),
    lifecycle.AttachmentAdded(
        **_TICKET, attachment_id="attachment-1", media_type="image/jpeg", size=48_211, public=True
    ),
    lifecycle.AttachmentRemoved(**_TICKET, attachment_id="attachment-1", public=True),
    *links(_TICKET),
    *work(_TICKET),
    lifecycle.TicketReprioritised(**_TICKET, previous_priority=Priority.P1, priority=Priority.P2),
    lifecycle.TicketRequalified(
        **_TICKET,
        impact=Impact.MEDIUM,
        urgency=Urgency.MEDIUM,
        category="server-slow",
        previous_priority=Priority.P2,
        priority=Priority.P3,
        reason="Le serveur était seulement lent",
    ),
    lifecycle.WorkStarted(**_TICKET, mode=WorkMode.ONSITE, site_id="pasteur-nord", visit_id=VISIT),
    lifecycle.TicketRestored(**_TICKET, site_id="pasteur-nord", visit_id=VISIT),
    lifecycle.VisitsRequested(
        **_TICKET,
        **_ORDER,
        visits=(_NEED.model_copy(update={"visit_id": f"{TICKET}-2", "follows": VISIT}),),
    ),
    lifecycle.VisitsWithdrawn(
        **_TICKET, visit_ids=(VISIT,), reason=lifecycle.WithdrawalReason.SOLVED_REMOTELY
    ),
    lifecycle.TicketHeld(
        **_TICKET,
        reason=HoldReason.WAITING_FOR_ACCESS,
        held_sites=("pasteur-nord",),
        until=at(14),
        visit_id=VISIT,
    ),
    lifecycle.TicketResumed(**_TICKET, resumed_sites=("pasteur-nord",)),
    lifecycle.ClientReminded(**_TICKET, held_sites=("pasteur-nord",), reminder=1, resolves_at=at(18)),
    *agreements(_TICKET, at),
    lifecycle.TicketResolved(**_TICKET, cause="Alimentation grillée", article_id="kb-12"),
    lifecycle.TicketClosed(**_TICKET),
    lifecycle.TicketReopened(**_TICKET, reason="Toujours en panne", service=ServiceHealth.DOWN),
    lifecycle.TicketCancelled(
        **_TICKET,
        reason=lifecycle.CancelReason.DUPLICATE,
        duplicate_of="0193a0c2-1111-7000-8000-000000000000",
    ),
    *clocks(_TICKET, at),
    *majors(at),
    visits.VisitPlanned(**_ASSIGNMENT),
    visits.TechnicianDispatched(**_ASSIGNMENT, acknowledge_by=at(8, 5), hours_from=at(8), remind_at=at(8, 3)),
    visits.VisitRescheduled(**_ASSIGNMENT, previous_technician_id="tech-marc", previous_start=at(8, 30)),
    visits.DispatchAcknowledged(**_HIS),
    visits.DispatchDeclined(**_HIS, reason="Véhicule en panne"),
    visits.DispatchRevoked(**_HIS, reason=visits.RevocationReason.NO_ANSWER),
    visits.TechnicianEnRoute(**_HIS, expected_at=at(9, 25)),
    visits.TechnicianArrived(**_HIS),
    visits.InterventionStarted(**_HIS),
    visits.InterventionPaused(**_HIS, reason="Attente d'une sauvegarde"),
    visits.InterventionResumed(**_HIS),
    visits.InterventionClosed(
        **_HIS,
        outcome=Outcome.FIXED,
        arrived_at=at(9, 20),
        started_at=at(9, 30),
        ended_at=at(10, 40),
        cause="Alimentation grillée",
        article_id="kb-12",
        parts_used=(PartUsed(sku="psu-550", quantity=1, serial_in="S-2", serial_out="S-1"),),
        travel_minutes=25,
        kilometres=18.5,
        waiting_minutes=5,
        signed=True,
        digest="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    ),
    visits.VisitCancelled(**_HIS, reason=visits.CancelledBecause.SOLVED_REMOTELY),
    visits.DispatchFailed(
        **_VISIT,
        priority=Priority.P1,
        summary="Serveur de fichiers injoignable",
        reasons=(
            visits.RuledOut(technician_id="tech-marc", rule="skill", detail="server 2 is needed, he has 1"),
        ),
    ),
    visits.DispatcherAsked(
        **_VISIT,
        technician_id="tech-lea",
        reason=visits.Attention.NO_ANSWER,
        priority=Priority.P1,
        summary="Serveur de fichiers injoignable",
    ),
    *appointments(_VISIT, at),
    *service_reports(_VISIT, at),
    silence(_VISIT, at),
    not_reported(_VISIT, at),
    *reserved(TICKET, VISIT),
    *park(),
    deliveries.NotificationSent(**_NOTIFICATION),
    deliveries.NotificationFailed(**_NOTIFICATION, reason="550 no such mailbox"),
    CustomerChanged(customer_id="clinique-pasteur", name="Clinique Pasteur"),
    ContractChanged(
        contract_id="pasteur-2026",
        customer_id="clinique-pasteur",
        name="Infogérance 2026",
        sites=("pasteur-nord",),
        managers=("manager-ines",),
        valid_from=date(2026, 1, 1),
        valid_to=date(2026, 12, 31),
    ),
    ContactChanged(
        contact_id="contact-anne",
        customer_id="clinique-pasteur",
        name="Anne Martin",
        email="anne@clinique.example",
        phone="+33 4 00 00 00 01",
        language=Language.FR,
        sites=("pasteur-nord",),
        role="Responsable informatique",
    ),
    TechnicianChanged(
        technician_id="tech-lea",
        name="Léa Bernard",
        email="lea@firm.example",
        phone="+33 6 00 00 00 02",
        skills={"server": 3, "network": 2},
        territory="rhone",
        agency="lyon",
    ),
    SiteChanged(
        site_id="pasteur-nord",
        customer_id="clinique-pasteur",
        name="Pasteur Nord",
        address="1 rue des Lilas",
        postcode="69001",
        commune="Lyon",
        latitude=45.77,
        longitude=4.83,
        time_zone="Europe/Paris",
        holidays="FR",
        territory="rhone",
        opening={"mon": (("08:00", "12:00"), ("14:00", "18:00"))},
        access=_ACCESS,
    ),
    CurrentAssetChanged(
        asset_id="srv-files-01",
        site_id="pasteur-nord",
        customer_id="clinique-pasteur",
        name="Serveur de fichiers",
        kind="server",
        manufacturer="Dell",
        model="R250",
        serial="ABC123",
        warranty_until=date(2027, 6, 30),
        contract_id="pasteur-2026",
    ),
    PartChanged(sku="psu-550", name="Alimentation 550 W"),
    StockLevelChanged(location="van:tech-lea", sku="psu-550", on_hand=2, reserved=1),
    *keys(at),
)

_SUBJECTS = {
    "ticket.lifecycle.v1": ("ticket_id", "ticket_id"),
    "ticket.sla.v1": ("ticket_id", "ticket_id"),
    "ticket.major-incidents.v1": ("major_id", "major_id"),
    "dispatch.visits.v1": ("visit_id", "ticket_id"),
    "inventory.reservations.v1": ("visit_id", "visit_id"),
    "inventory.assets.v1": ("asset_id", "asset_id"),
    "inventory.renewals.v1": ("ticket_id", "ticket_id"),
    "inventory.repairs.v1": ("repair_id", "repair_id"),
    "notify.deliveries.v1": ("notification_id", "notification_id"),
    "ticket.customers.v1": ("customer_id", "customer_id"),
    **SUBJECTS_OF_KEYS,
    "ticket.contracts.v1": ("contract_id", "contract_id"),
    "ticket.contacts.v1": ("contact_id", "contact_id"),
    "dispatch.technicians.v1": ("technician_id", "technician_id"),
    "inventory.sites.v1": ("site_id", "site_id"),
    "inventory.parts.v1": ("sku", "sku"),
    "inventory.assets-current.v1": ("asset_id", "asset_id"),
}


def envelope_of(payload: Payload, *, type_: str | None = None) -> Envelope:
    """An envelope as the producer of this payload would write it."""
    topic = CATALOGUE.topic_for(payload.__class__)
    subject, key = _subject_and_key(topic.name, payload)
    return Envelope(
        topic=topic.name,
        source=topic.source,
        id=event_id(subject, 3),
        type=type_ or payload.TYPE,
        major=payload.MAJOR,
        subject=subject,
        key=key,
        sequence=3,
        occurred_at=at(8),
        recorded_at=at(8, 1),
        actor="agent-paul",
        correlation_id="0193a0c2-2222-7000-8000-000000000001",
        causation_id=f"/astreinte/ticket/lifecycle#{TICKET}:1",
        customer=getattr(payload, "customer_id", None),
        traceparent="00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    )


def _subject_and_key(topic: str, payload: Payload) -> tuple[str, str]:
    if isinstance(payload, StockLevelChanged):
        place = f"{payload.location}/{payload.sku}"
        return place, place
    if isinstance(payload, MaintenanceDue):
        return payload.occurrence_id, payload.occurrence_id
    if isinstance(payload, TrainingAsked | TrainingTold):
        return payload.training_id, payload.training_id
    if isinstance(payload, TipSent):
        return payload.campaign_id, payload.campaign_id
    subject, key = _SUBJECTS[topic]
    return getattr(payload, subject), getattr(payload, key)


def records() -> dict[str, dict[str, Any]]:
    """Every golden file by its path below the examples' folder."""
    files = {}
    for payload in MESSAGES:
        model = payload.__class__
        consumers = CATALOGUE.topic_for(model).consumers[payload.TYPE]
        bodies: dict[str, tuple[Envelope, Any]] = {
            model.__name__: (envelope_of(payload), json.loads(payload.encode()))
        }
        if isinstance(payload, State):
            erased = model.__name__.removesuffix("Changed") + "Erased"
            bodies[erased] = (envelope_of(payload, type_=payload.ERASED), None)
        for name, (envelope, value) in bodies.items():
            for consumer in consumers:
                files[f"{consumer}/{name}.json"] = {
                    "topic": envelope.topic,
                    "key": envelope.key,
                    "headers": envelope.headers(),
                    "value": value,
                }
    return files


def main() -> None:
    for name, record in records().items():
        path = FOLDER / name
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
            print(f"wrote {name}")


if __name__ == "__main__":
    main()
