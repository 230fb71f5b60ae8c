"""What a visit refuses, in words."""

from datetime import datetime

from contracts.refusal import Refusal
from contracts.text import Text
from services.dispatch.domain.need import local_text
from services.dispatch.domain.technician import OwedRest, Technician


def given_to_another(state: str, technician_id: str) -> Refusal:
    """Whoever says it had the visit once; by now another is at work on it."""
    return Refusal(
        "given-to-another",
        Text(
            f"The visit is {state} and {technician_id}'s: tell the dispatcher what you did.",
            f"La visite est à l'état {state} et confiée à {technician_id} : "
            "dites au répartiteur ce que vous avez fait.",
        ),
        state=state,
    )


def on_hold(state: str, possible: tuple[str, ...]) -> Refusal:
    """Nobody is sent to a site on hold."""
    return Refusal(
        "on-hold",
        Text(
            "The ticket is on hold at this site and nobody is sent there: resume it first.",
            "Le ticket est en attente sur ce site et personne n'y est envoyé : reprenez-le d'abord.",
        ),
        state=state,
        possible=list(possible),
    )


def rest_owed(technician: Technician, rest: OwedRest) -> Text:
    """He is owed a rest then, by the rule that refuses."""
    until = local_text(rest.to_at, technician.time_zone)
    return Text(
        f"{technician.id} is owed rest after an intervention until {until} ({rest.rule}): choose a later "
        "start or another technician.",
        f"{technician.id} doit se reposer après une intervention jusqu'au {until} ({rest.rule}) : "
        "choisissez un horaire plus tardif ou un autre technicien.",
    )


def in_order(before: datetime | None, at: datetime, verb: str, earlier: str) -> None:
    """Refuse a step that would have happened before the one that it follows."""
    if before is not None and at < before:
        raise Refusal(
            "out-of-order",
            Text(
                f"The technician cannot {verb} at {at.isoformat()}, before {before.isoformat()}, when he "
                f"{earlier}: correct the time.",
                f"{verb} à {at.isoformat()} précède {earlier} à {before.isoformat()} : corrigez l'horaire.",
            ),
        )


def companion_missing(visit_id: str, technicians: int) -> Refusal:
    """So many are needed there at once."""
    return Refusal(
        "companion-missing",
        Text(
            f"{visit_id} takes {technicians} technicians at once: name who is there beside the one "
            "who leads, another than he.",
            f"{visit_id} demande {technicians} techniciens en même temps : nommez qui accompagne "
            "celui qui conduit la visite, un autre que lui.",
        ),
        visit_id=visit_id,
        technicians=technicians,
    )
