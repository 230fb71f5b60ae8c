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


def _ends(en: str, fr: str, advice: Advice, late: bool) -> Text:
    return Text(
        f"{en} {'ended' if late else 'ends'} on {advice.due_on}.",
        f"{fr} {'a pris' if late else 'prend'} fin le {day_in_french(advice.due_on)}.",
    )


def _warranty(advice: Advice, late: bool) -> Words:
    return Words(
        Text(f"{advice.about}: extend the warranty", f"{advice.about} : prolonger la garantie"),
        _ends("The warranty", "La garantie", advice, late),
        Text(
            "A fault is repaired at your cost, without a promised delay for parts.",
            "Une panne sera réparée à vos frais, sans délai garanti pour les pièces.",
        ),
    )


def _contract(advice: Advice, late: bool) -> Words:
    return Words(
        Text(f"Renew the contract {advice.about}", f"Renouveler le contrat {advice.about}"),
        _ends("The contract", "Le contrat", advice, late),
        Text(
            "Requests have no promised time any more, and are charged one by one.",
            "Les demandes n'auront plus de délai garanti et seront facturées à l'acte.",
        ),
    )


def _licence(advice: Advice, late: bool) -> Words:
    return Words(
        Text(f"Renew the licence {advice.about}", f"Renouveler la licence {advice.about}"),
        _ends("The licence", "La licence", advice, late),
        Text(
            "The software stops, or is used without a right to.",
            "Le logiciel s'arrêtera, ou sera utilisé sans droit.",
        ),
    )


def _support(advice: Advice, late: bool) -> Words:
    reason = _ends(f"Support of {advice.what}", f"Le support de {advice.what}", advice, late)
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
