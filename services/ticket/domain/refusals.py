"""What a ticket refuses, in words."""

from collections.abc import Sequence
from datetime import datetime

from contracts.refusal import Refusal
from contracts.text import Text


def appointment_without_time() -> Refusal:
    return Refusal(
        "appointment-without-time",
        Text(
            "An appointment needs `until`: say when it is.",
            "Un rendez-vous demande `until` : dites quand il a lieu.",
        ),
    )


def hold_ends_before_it_begins() -> Refusal:
    return Refusal(
        "hold-ends-before-it-begins",
        Text(
            "`until` must lie after the beginning of the hold.",
            "`until` doit être postérieur au début de l'attente.",
        ),
    )


def worklog_ends_before_it_begins() -> Refusal:
    return Refusal(
        "worklog-ends-before-it-begins",
        Text("`to` must lie after `from`.", "`to` doit être postérieur à `from`."),
    )


def worklog_too_long(most_hours: int) -> Refusal:
    return Refusal(
        "worklog-too-long",
        Text(
            f"A worklog tells of at most {most_hours} hours: log each stretch of work by itself.",
            f"Un temps passé couvre au plus {most_hours} heures : saisissez chaque période à part.",
        ),
    )


def site_finished(sites: Sequence[str]) -> Refusal:
    return Refusal(
        "site-finished",
        Text(
            f"Work at {', '.join(sites)} is finished: leave it out.",
            f"Le travail sur {', '.join(sites)} est terminé : retirez-le de la liste.",
        ),
        sites=list(sites),
    )


def site_not_held(sites: Sequence[str]) -> Refusal:
    return Refusal(
        "site-not-held",
        Text(
            f"{', '.join(sites)} is not on hold: leave it out.",
            f"{', '.join(sites)} n'est pas en attente : retirez-le de la liste.",
        ),
        sites=list(sites),
    )


def taken_already(agent_id: str) -> Refusal:
    return Refusal(
        "taken-already",
        Text(
            f"{agent_id} has this ticket: take another one, or have it handed over to you.",
            f"{agent_id} a ce ticket : prenez-en un autre, ou faites-vous-le transmettre.",
        ),
        agent_id=agent_id,
    )


def duplicate_of_what() -> Refusal:
    return Refusal(
        "duplicate-of-what",
        Text(
            "`duplicate_of` goes with the reason `duplicate`, and only with it.",
            "`duplicate_of` va avec le motif `duplicate`, et seulement avec lui.",
        ),
    )


def duplicate_of_itself() -> Refusal:
    return Refusal(
        "duplicate-of-itself",
        Text(
            "A ticket is not its own duplicate: name the other one.",
            "Un ticket n'est pas son propre doublon : nommez l'autre.",
        ),
    )


def in_order(verb: str, at: datetime, since: datetime | None) -> None:
    """Refuse what would have happened before that which it ends."""
    if since is not None and at < since:
        raise Refusal(
            "out-of-order",
            Text(
                f"The ticket cannot {verb} at {at.isoformat()}: what this ends began at "
                f"{since.isoformat()}. Correct occurred_at.",
                f"{verb} est impossible à {at.isoformat()} : ce que cela termine a commencé à "
                f"{since.isoformat()}. Corrigez occurred_at.",
            ),
        )
