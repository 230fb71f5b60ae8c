"""An advice as people read it: what is to be done, why, and what happens otherwise."""

from dataclasses import dataclass
from datetime import date

from contracts.text import Text
from services.inventory.domain.advice import Advice, AdviceKind
from services.inventory.domain.replacing import REASONS


@dataclass(frozen=True)
class Words:
    action: Text
    reason: Text
    risk: Text


def words_of(advice: Advice, today: date) -> Words:
    return _SAID[advice.kind](advice, date.fromisoformat(advice.due_on) < today)


def day_in_french(day: str) -> str:
    return date.fromisoformat(day).strftime("%d/%m/%Y")


def _warranty(advice: Advice, late: bool) -> Words:
    day, jour = advice.due_on, day_in_french(advice.due_on)
    return Words(
        Text(f"{advice.about}: extend the warranty", f"{advice.about} : prolonger la garantie"),
        Text(
            f"The warranty {'ended' if late else 'ends'} on {day}.",
            f"La garantie {'a pris' if late else 'prend'} fin le {jour}.",
        ),
        Text(
            "A fault is repaired at your cost, without a promised delay for parts.",
            "Une panne sera réparée à vos frais, sans délai garanti pour les pièces.",
        ),
    )


def _contract(advice: Advice, late: bool) -> Words:
    day, jour = advice.due_on, day_in_french(advice.due_on)
    return Words(
        Text(f"Renew the contract {advice.about}", f"Renouveler le contrat {advice.about}"),
        Text(
            f"The contract {'ended' if late else 'ends'} on {day}.",
            f"Le contrat {'a pris' if late else 'prend'} fin le {jour}.",
        ),
        Text(
            "Requests have no promised time any more, and are charged one by one.",
            "Les demandes n'auront plus de délai garanti et seront facturées à l'acte.",
        ),
    )


def _licence(advice: Advice, late: bool) -> Words:
    day, jour = advice.due_on, day_in_french(advice.due_on)
    return Words(
        Text(f"Renew the licence {advice.about}", f"Renouveler la licence {advice.about}"),
        Text(
            f"The licence {'ended' if late else 'ends'} on {day}.",
            f"La licence {'a pris' if late else 'prend'} fin le {jour}.",
        ),
        Text(
            "The software stops, or is used without a right to.",
            "Le logiciel s'arrêtera, ou sera utilisé sans droit.",
        ),
    )


def _support(advice: Advice, late: bool) -> Words:
    day, jour = advice.due_on, day_in_french(advice.due_on)
    reason = Text(
        f"Support of {advice.what} {'ended' if late else 'ends'} on {day}.",
        f"Le support de {advice.what} {'a pris' if late else 'prend'} fin le {jour}.",
    )
    more = advice.extended_until
    if more is not None and more > advice.due_on:
        reason = Text(
            f"{reason.en} Paid support exists until {more}.",
            f"{reason.fr} Un support payant existe jusqu'au {day_in_french(more)}.",
        )
    return Words(
        Text(f"{advice.about}: replace {advice.what}", f"{advice.about} : remplacer {advice.what}"),
        reason,
        Text(
            "Security holes are not mended any more, and insurers may refuse to pay.",
            "Les failles de sécurité ne sont plus corrigées, et un assureur peut refuser sa garantie.",
        ),
    )


def _replace(advice: Advice, late: bool) -> Words:
    said = [REASONS[each] for each in advice.reasons]
    en, fr = "; ".join(each.en for each in said), " ; ".join(each.fr for each in said)
    return Words(
        Text(f"{advice.about}: replace the machine", f"{advice.about} : remplacer l'équipement"),
        Text(f"{en[:1].upper()}{en[1:]}.", f"{fr[:1].upper()}{fr[1:]}."),
        Text(
            "It fails when it is needed, and its next repair costs more than it is worth.",
            "Il tombera en panne au mauvais moment, et la prochaine réparation coûtera plus qu'il ne vaut.",
        ),
    )


_SAID = {
    AdviceKind.WARRANTY_ENDS: _warranty,
    AdviceKind.CONTRACT_ENDS: _contract,
    AdviceKind.SUPPORT_ENDS: _support,
    AdviceKind.LICENCE_ENDS: _licence,
    AdviceKind.REPLACE: _replace,
}
