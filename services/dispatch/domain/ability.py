"""What keeps somebody from a visit whenever it is: a skill, a permit, papers, a language, or the customer."""

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime

from contracts.refusal import Refusal
from contracts.text import Text
from services.dispatch.domain.technician import Technician, shortfall
from services.dispatch.domain.visit import Visit
from services.dispatch.domain.wishes import speaks

ANOTHER_IS_BOUND = "another-is-bound"
"""The one rule of ``lack_of`` from which a dispatcher may release a visit by giving it to somebody else."""


@dataclass(frozen=True)
class Lack:
    """``rule`` is a slug, ``what`` the skill, the permit, the paper, the languages or the technician."""

    rule: str
    what: str


def permits_of(visit: Visit) -> tuple[str, ...]:
    """The permits that whoever goes there has to have; none where nobody goes."""
    access = visit.need.access
    return () if access is None or visit.where is None else access.permits


def asked_for(visit: Visit) -> Hashable:
    """All that ``lack_of`` looks at of a visit: who lacks nothing for one lacks nothing for its like."""
    wishes = visit.wishes
    bound = None if wishes.released else wishes.bound_to
    return tuple(visit.need.skills.items()), permits_of(visit), wishes.refused, wishes.languages, bound


def lack_of(technician: Technician, visit: Visit, at: datetime) -> Lack | None:
    """The first thing that he lacks for a visit that ends at ``at``; None where he may make it."""
    if technician.apprenticeship is not None:
        return Lack("apprentice", technician.apprenticeship.tutor_id)
    missing = shortfall(technician.skills, visit.need.skills)
    if missing is not None:
        return Lack(*missing)
    if (barred := kept_out(technician, visit, at)) is not None:
        return barred
    wishes = visit.wishes
    if wishes.languages and not any(speaks(technician.spoken, each) for each in wishes.languages):
        return Lack("language-missing", ", ".join(wishes.languages))
    if wishes.bound_to not in (None, technician.id) and not wishes.released:
        return Lack(ANOTHER_IS_BOUND, str(wishes.bound_to))
    return None


def lack_beside(technician: Technician, visit: Visit, at: datetime) -> Lack | None:
    """The first thing that he lacks to be there beside who leads; a visit is offered to one firm only."""
    if technician.partner is not None:
        return Lack("partner-beside", technician.partner.firm)
    return lack_of(technician, visit.beside, at)


def lack_in(technician: Technician, visit: Visit, at: datetime) -> Lack | None:
    """The first thing that he lacks for what he does in it: as a companion if he is one."""
    lacks = lack_beside if technician.id in visit.companions else lack_of
    return lacks(technician, visit, at)


def kept_out(technician: Technician, visit: Visit, at: datetime) -> Lack | None:
    """What keeps him from the site, whatever he would do there: a permit, papers, or the customer."""
    for permit in permits_of(visit):
        held = [each for each in technician.certificates if each.name.casefold() == permit.casefold()]
        if not held:
            return Lack("permit-missing", permit)
        if not any(each.holds_on(technician.date_of(at)) for each in held):
            return Lack("permit-expired", permit)
    for paper in technician.partner.papers if technician.partner is not None else ():
        if not paper.holds_on(technician.date_of(at)):
            return Lack("papers-expired", paper.name)
    if technician.id in visit.wishes.refused:
        return Lack("refused-by-customer", technician.id)
    return None


def refused_for(lack: Lack, technician: Technician, visit: Visit) -> Refusal:
    """Why a dispatcher cannot give it to him by hand either."""
    who, what = technician.id, lack.what
    if lack.rule == "apprentice":
        text = Text(
            f"{who} is an apprentice and only goes along with {what}: give the visit to {what} or to "
            "another.",
            f"{who} est apprenti et ne va en visite qu'avec {what} : confiez la visite à {what}, ou à un "
            "autre technicien.",
        )
        return Refusal(lack.rule, text, technician_id=who, tutor_id=what)
    if lack.rule == "partner-beside":
        text = Text(
            f"{who} is {what}'s, to whom it would have to be offered: name somebody of your own beside who "
            "leads.",
            f"{who} travaille pour {what}, à qui il faudrait la proposer : désignez quelqu'un de votre "
            "entreprise pour accompagner.",
        )
        return Refusal(lack.rule, text, technician_id=who)
    if lack.rule.startswith("skill"):
        level = visit.need.skills[what]
        text = Text(
            f"{who} cannot serve this visit: {what} is needed at level {level}; choose another technician.",
            f"{who} ne peut pas faire cette visite : il faut {what} au niveau {level} ; "
            "choisissez un autre technicien.",
        )
        return Refusal(lack.rule, text, technician_id=who, skill=what)
    if lack.rule.startswith("permit"):
        text = Text(
            f"The site asks for the permit {what}, which {who} does not hold then: enter his "
            "certificate, or choose another technician.",
            f"Le site exige l'habilitation {what}, que {who} n'a pas à cette date : saisissez "
            "son titre ou choisissez un autre technicien.",
        )
        return Refusal(lack.rule, text, technician_id=who, permit=what)
    if lack.rule == "papers-expired":
        text = Text(
            f"The papers of {who}'s firm do not hold on that day ({what}): enter the new ones, or choose "
            "another technician.",
            f"Les documents de l'entreprise de {who} ne sont pas valables ce jour-là ({what}) : saisissez "
            "les nouveaux ou choisissez un autre technicien.",
        )
        return Refusal(lack.rule, text, technician_id=who, paper=what)
    if lack.rule == "language-missing":
        text = Text(
            f"{who} speaks none of the languages of the site ({what}): choose another technician, or add "
            "the language to what he speaks.",
            f"{who} ne parle aucune des langues du site ({what}) : choisissez un autre technicien, ou "
            "ajoutez la langue à celles qu'il parle.",
        )
        return Refusal(lack.rule, text, technician_id=who, languages=list(visit.wishes.languages))
    text = Text(
        f"The customer has asked not to be sent {who}: choose another technician.",
        f"Le client a demandé qu'on ne lui envoie pas {who} : choisissez un autre technicien.",
    )
    return Refusal(lack.rule, text, technician_id=who)
