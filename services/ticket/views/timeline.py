"""The timeline as people read it: what happened, in their language."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from contracts.ticket.events import Wording
from contracts.values import Instant
from services.ticket.domain.ticket import Ticket
from services.ticket.domain.timeline import Line

_SENTENCES = {
    "ticket-opened": ("Demande enregistrée", "Request recorded"),
    "ticket-taken": ("Prise en charge par un agent", "Taken by an agent"),
    "ticket-triaged": ("Demande qualifiée", "Triaged"),
    "ticket-reprioritised": ("Priorité modifiée", "Priority changed"),
    "ticket-requalified": ("Demande requalifiée", "Requalified"),
    "ticket-noted": ("Note", "Note"),
    "satisfaction-given": ("Satisfaction du client", "The client's satisfaction"),
    "attachment-added": ("Pièce jointe ajoutée", "File attached"),
    "attachment-removed": ("Pièce jointe retirée", "Attachment removed"),
    "ticket-linked": ("Lien avec un autre ticket", "Linked with another ticket"),
    "major-incident-updated": ("Incident majeur : point d'information", "Major incident: an update"),
    "work-logged": ("Temps passé", "Time spent"),
    "work-started": ("Travail commencé", "Work started"),
    "ticket-restored": ("Service rétabli", "Service restored"),
    "visits-requested": ("Intervention à prévoir", "A visit is needed"),
    "visits-withdrawn": ("Intervention plus nécessaire", "A visit is not needed any more"),
    "ticket-held": ("Mise en attente", "Put on hold"),
    "ticket-resumed": ("Reprise", "Resumed"),
    "client-reminded": ("Relance du client", "The client was reminded"),
    "time-excluded": ("Temps exclu du décompte", "Time left out of the clocks"),
    "coverage-corrected": ("Couverture corrigée", "Coverage corrected"),
    "quote-sent": ("Devis envoyé", "Quote sent"),
    "quote-approved": ("Devis accepté", "Quote approved"),
    "quote-refused": ("Devis refusé", "Quote refused"),
    "repair-progressed": ("À l'atelier", "In the workshop"),
    "ticket-resolved": ("Résolue", "Resolved"),
    "ticket-closed": ("Clôturée", "Closed"),
    "ticket-reopened": ("Rouverte", "Reopened"),
    "ticket-cancelled": ("Annulée", "Cancelled"),
    "visit-planned": ("Intervention planifiée", "Visit planned"),
    "visit-rescheduled": ("Intervention déplacée", "Visit rescheduled"),
    "technician-dispatched": ("Technicien envoyé", "Technician dispatched"),
    "dispatch-acknowledged": ("Le technicien a accepté", "The technician accepted"),
    "dispatch-declined": ("Le technicien a décliné", "The technician declined"),
    "dispatch-revoked": ("Envoi annulé", "The technician need not go any more"),
    "technician-en-route": ("Technicien en route", "Technician en route"),
    "technician-arrived": ("Technicien sur place", "Technician on site"),
    "intervention-started": ("Intervention commencée", "Intervention started"),
    "intervention-paused": ("Intervention en pause", "Intervention paused"),
    "intervention-resumed": ("Intervention reprise", "Intervention resumed"),
    "intervention-closed": ("Intervention terminée", "Intervention closed"),
    "visit-cancelled": ("Intervention annulée", "Visit cancelled"),
    "appointment-offered": ("Créneaux proposés", "Appointments offered"),
    "appointment-chosen": ("Rendez-vous choisi", "Appointment chosen"),
    "appointment-declined": ("Aucun créneau ne convient", "No appointment suits"),
    "appointment-reminded": ("Rappel du rendez-vous", "Reminded of the appointment"),
    "service-report-made": ("Rapport d'intervention établi", "Service report made"),
    "service-report-reminded": ("Rappel : rapport à signer", "Reminded: report to sign"),
    "dispatch-failed": ("Aucun technicien disponible", "No technician can serve the visit"),
    "parts-reserved": ("Pièces réservées", "Parts reserved"),
    "parts-short": ("Pièces manquantes", "Parts missing"),
    "parts-issued": ("Pièces sorties du stock", "Parts issued"),
    "parts-released": ("Pièces remises à disposition", "Parts available again"),
    "sla-at-risk": ("Délai contractuel menacé", "A deadline is at risk"),
    "sla-breached": ("Délai contractuel dépassé", "A deadline was missed"),
    "sla-corrected": ("Délai contractuel recalculé", "A deadline was worked out again"),
}


_CORRECTED = ("Demande corrigée", "Request corrected")
_REPORTS = {
    "corrected": ("Rapport d'intervention corrigé", "Service report corrected"),
    "signed-from-afar": ("Rapport d'intervention signé à distance", "Service report signed from afar"),
    "refused-from-afar": ("Signature du rapport refusée", "Signature of the service report refused"),
}
_REPAIRS = {
    "received": ("Reçu à l'atelier", "Taken into the workshop"),
    "quoted": ("À l'atelier : devis établi", "In the workshop: quoted"),
    "approved": ("À l'atelier : réparation acceptée", "In the workshop: the repair can begin"),
    "refused": ("À l'atelier : réparation refusée", "In the workshop: the repair was refused"),
    "on-bench": ("À l'atelier : en réparation", "In the workshop: on the bench"),
    "repaired": ("À l'atelier : réparé, à tester", "In the workshop: mended, to be tested"),
    "ready": ("À l'atelier : prêt", "In the workshop: ready"),
    "returned": ("Rendu par l'atelier", "Given back by the workshop"),
    "disposed": ("Mis au rebut par l'atelier", "Disposed of by the workshop"),
}


class LineView(BaseModel):
    """``title`` says in a few words what ``event`` means; ``text`` is what a person wrote."""

    id: str
    at: Instant
    recorded_at: Instant
    actor: str
    event: str
    title: str
    public: bool
    site_id: str | None
    visit_id: str | None
    text: str | None
    details: dict[str, Any]


def line_view(line: Line, language: str) -> LineView:
    french, english = _SENTENCES.get(line.event, (line.event, line.event))
    if "change" in (line.details or {}):
        french, english = _CORRECTED
    if line.event == "service-report-made":
        french, english = _REPORTS.get((line.details or {}).get("because", ""), (french, english))
    if line.event == "repair-progressed":
        french, english = _REPAIRS.get((line.details or {}).get("stage", ""), (french, english))
    return LineView(
        id=line.id,
        at=line.at,
        recorded_at=line.recorded_at,
        actor=line.actor,
        event=line.event,
        title=french if language == "fr" else english,
        public=line.public,
        site_id=line.site_id,
        visit_id=line.visit_id,
        text=line.text or _written(line, language),
        details=dict(line.details or {}),
    )


def _written(line: Line, language: str) -> str | None:
    """What was written in several languages, in the reader's."""
    text = (line.details or {}).get("text")
    return Wording.model_validate(text).in_(language) if isinstance(text, Mapping) else None


def opening_line(ticket: Ticket) -> Line:
    """The first line: the opening is the ticket itself, so it is made from it."""
    return Line(
        id=f"{ticket.id}:0",
        ticket_id=ticket.id,
        n=0,
        event="ticket-opened",
        at=ticket.declared_at,
        recorded_at=ticket.opened_at,
        actor=ticket.opened_by,
        public=True,
        text=ticket.summary,
        details={"channel": ticket.channel.value, "declared_by": ticket.declared_by},
    )
