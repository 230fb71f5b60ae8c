"""Reasons and kinds of news as people say them, in French and English."""

from collections.abc import Mapping

from contracts.dispatch.events import ContactChannel
from contracts.values import Language
from services.notify.domain.quiet import Disturbs

REASONS: Mapping[Language, Mapping[str, str]] = {
    Language.FR: {
        "no-answer": "pas de réponse dans le délai",
        "reassigned": "confiée à quelqu'un d'autre",
        "rescheduled": "déplacée",
        "absence": "absence",
        "parts-short": "pièce manquante",
        "withdrawn": "la visite n'est plus demandée",
        "late": "ce qui précède dure trop longtemps",
        "absent": "technicien absent",
        "unfit": "compétences ou horaires qui ne conviennent plus",
        "on-hold": "demande en attente",
        "ticket-cancelled": "la demande est annulée",
        "solved-remotely": "résolue à distance",
        "no-slot-suits": "aucun des créneaux proposés ne lui convient",
        "no-slot-free": "aucun créneau n'est libre",
        "no-visit-asked": "il a choisi une heure, mais la demande n'attend plus de visite",
        "client-consent": "à votre demande",
        "quiet-hours": "pendant vos heures calmes",
        "duplicate": "doublon d'une autre demande",
    },
    Language.EN: {
        "no-answer": "no answer in time",
        "reassigned": "given to somebody else",
        "rescheduled": "moved",
        "absence": "absence",
        "parts-short": "a part is missing",
        "withdrawn": "the visit is not wanted any more",
        "late": "what comes before it takes too long",
        "absent": "the technician is away",
        "unfit": "skills or hours do not fit any more",
        "on-hold": "the request is on hold",
        "ticket-cancelled": "the request is cancelled",
        "solved-remotely": "solved remotely",
        "no-slot-suits": "none of the times offered suits",
        "no-slot-free": "no time is free",
        "no-visit-asked": "he chose a time, but the request waits for no visit any more",
        "client-consent": "as you asked",
        "quiet-hours": "in your quiet hours",
        "duplicate": "a duplicate of another request",
    },
}


def reason(slug: str, language: Language) -> str:
    """A reason in words; one that has none yet is shown as it is."""
    return REASONS[language].get(slug, slug)


_NEWS: Mapping[str, tuple[str, str]] = {
    "technician-dispatched": ("intervention à confirmer", "a visit to accept"),
    "technician-revoked": ("intervention retirée", "a visit called off"),
    "appointment-offered": ("rendez-vous à choisir", "an appointment to choose"),
    "dispatch-failed": ("visite sans technicien", "a visit that nobody can make"),
    "dispatcher-asked": ("décision à prendre", "a decision to take"),
    "intervention-unsafe": ("intervention dangereuse", "an unsafe visit"),
    "major-incident-declared": ("incident majeur déclaré", "major incident declared"),
    "major-update-due": ("incident majeur : nouvelles attendues", "major incident: an update is due"),
    "digest": ("récapitulatif", "summary"),
    "technician-rescheduled": ("visite déplacée", "visit moved"),
    "ticket-received": ("demande reçue", "request received"),
    "client-reminded": ("votre réponse est attendue", "your answer is awaited"),
    "repair-progressed": ("machine à l’atelier", "a machine in the workshop"),
    "quote-sent": ("devis à accepter", "a quote to approve"),
    "ticket-resolved": ("résolue", "resolved"),
    "ticket-closed": ("clôturée", "closed"),
    "ticket-cancelled": ("annulée", "cancelled"),
    "major-incident-updated": ("incident majeur", "major incident"),
    "visit-planned": ("passage prévu", "visit planned"),
    "visit-rescheduled": ("passage déplacé", "visit moved"),
    "visit-delayed": ("passage retardé", "visit delayed"),
    "visit-cancelled": ("passage annulé", "visit cancelled"),
    "appointment-confirmed": ("rendez-vous confirmé", "appointment confirmed"),
    "appointment-reminder": ("rappel de rendez-vous", "appointment reminder"),
    "visit-in-vain": ("passage sans accès", "nobody let us in"),
    "service-report": ("rapport d’intervention", "service report"),
    "report-to-sign": ("rapport à signer", "a report to sign"),
    "report-reminder": ("rapport à signer : rappel", "a report to sign: reminder"),
    "appointment-declined": ("client à rappeler pour un rendez-vous", "call a client about an appointment"),
    "technician-en-route": ("technicien en route", "technician on his way"),
    "work-not-reported": ("compte rendu attendu", "a report is awaited"),
    "lone-work-over": ("alerte levée", "alarm over"),
    "sla-at-risk": ("délai menacé", "deadline at risk"),
    "sla-breached": ("délai dépassé", "deadline missed"),
    "low-mark": ("client mécontent", "a client is not satisfied"),
    "volume-used": ("votre volume presque épuisé", "your volume nearly used up"),
    "tip": ("conseil", "a tip"),
    "training-invited": ("invitation à une formation", "an invitation to a training"),
    "training-moved": ("formation déplacée", "a training moved"),
    "training-called-off": ("formation annulée", "a training called off"),
    "training-reminded": ("rappel de formation", "a training soon"),
    "training-held": ("une formation à noter", "a training to mark"),
    "volume-reached": ("volume presque épuisé", "volume nearly used up"),
    "webhook-disabled": ("vos webhooks désactivés", "your webhooks disabled"),
    "client-webhook-disabled": ("webhooks d'un client désactivés", "a client's webhooks disabled"),
    "address-refused": ("adresse à corriger", "an address to correct"),
    "sla-corrected": ("délai finalement tenu", "deadline kept after all"),
}


_DISTURBS: Mapping[Disturbs, tuple[str, str]] = {
    Disturbs.URGENT: ("c'est urgent", "it is urgent"),
    Disturbs.DANGER: ("il y va de la sécurité de quelqu'un", "somebody's safety is at stake"),
    Disturbs.MAJOR: ("c'est un incident majeur", "it is a major incident"),
    Disturbs.ON_DUTY: ("vous êtes de service", "you are on duty"),
    Disturbs.ANSWER_DUE: ("une réponse est attendue avant", "an answer is due before they end"),
    Disturbs.STARTS_SOON: ("cela commence avant leur fin", "it begins before they end"),
    Disturbs.AT_THE_DOOR: ("quelqu'un arrive", "somebody is on his way"),
}


def disturbs(why: Disturbs, language: Language) -> str:
    """Why a message came in somebody's quiet hours."""
    french, english = _DISTURBS[why]
    if language is Language.FR:
        return f"Envoyé pendant vos heures calmes : {french}."
    return f"Sent in your quiet hours: {english}."


_CHANNELS: Mapping[ContactChannel, tuple[str, str]] = {
    ContactChannel.DOORBELL: ("sonnette", "doorbell"),
    ContactChannel.PHONE: ("téléphone", "telephone"),
    ContactChannel.SMS: ("SMS", "text message"),
    ContactChannel.MAIL: ("courriel", "e-mail"),
    ContactChannel.RECEPTION: ("accueil", "reception"),
}


def channel(by: ContactChannel, language: Language) -> str:
    """How somebody was tried to be reached."""
    french, english = _CHANNELS[by]
    return french if language is Language.FR else english


def news(kind: str, language: Language) -> str:
    """A kind of message in two words, for the digest."""
    french, english = _NEWS.get(kind, (kind, kind))
    return french if language is Language.FR else english
