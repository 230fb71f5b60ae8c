"""Reasons as people say them, in French and English; moments come from the chassis."""

from collections.abc import Mapping

from contracts.values import Language
from infra.chassis.moments import clock, day, minutes, moment, window

__all__ = ["REASONS", "clock", "day", "minutes", "moment", "reason", "window"]

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
        "client-consent": "à votre demande",
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
        "client-consent": "as you asked",
        "duplicate": "a duplicate of another request",
    },
}


def reason(slug: str, language: Language) -> str:
    """A reason in words; one that has none yet is shown as it is."""
    return REASONS[language].get(slug, slug)
