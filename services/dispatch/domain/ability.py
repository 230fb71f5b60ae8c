"""What keeps somebody from a visit whenever it is: a skill, its level, or a permit that the site asks for."""

from dataclasses import dataclass
from datetime import datetime

from contracts.refusal import Refusal
from contracts.text import Text
from services.dispatch.domain.technician import Technician, shortfall
from services.dispatch.domain.visit import Visit


@dataclass(frozen=True)
class Lack:
    """``rule`` is a slug, ``what`` the skill or the permit."""

    rule: str
    what: str


def permits_of(visit: Visit) -> tuple[str, ...]:
    """The permits that whoever goes there has to have; none where nobody goes."""
    access = visit.need.access
    return () if access is None or visit.where is None else access.permits


def lack_of(technician: Technician, visit: Visit, at: datetime) -> Lack | None:
    """The first thing that he lacks for a visit that ends at ``at``; None where he may make it."""
    missing = shortfall(technician.skills, visit.need.skills)
    if missing is not None:
        return Lack(*missing)
    for permit in permits_of(visit):
        held = [each for each in technician.certificates if each.name.casefold() == permit.casefold()]
        if not held:
            return Lack("permit-missing", permit)
        if not any(each.holds_on(technician.date_of(at)) for each in held):
            return Lack("permit-expired", permit)
    return None


def refused_for(lack: Lack, technician: Technician, visit: Visit) -> Refusal:
    """Why a dispatcher cannot give it to him by hand either."""
    if lack.rule.startswith("skill"):
        level = visit.need.skills[lack.what]
        text = Text(
            f"{technician.id} cannot serve this visit: {lack.what} is needed at level {level}; choose "
            "another technician.",
            f"{technician.id} ne peut pas faire cette visite : il faut {lack.what} au niveau {level} ; "
            "choisissez un autre technicien.",
        )
        return Refusal(lack.rule, text, technician_id=technician.id, skill=lack.what)
    text = Text(
        f"The site asks for the permit {lack.what}, which {technician.id} does not hold then: enter his "
        "certificate, or choose another technician.",
        f"Le site exige l'habilitation {lack.what}, que {technician.id} n'a pas à cette date : saisissez "
        "son titre ou choisissez un autre technicien.",
    )
    return Refusal(lack.rule, text, technician_id=technician.id, permit=lack.what)
