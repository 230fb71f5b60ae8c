"""Why not the others: for each technician the first rule that speaks against him, in words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from contracts.dispatch.events import RuledOut
from contracts.values import Language
from services.dispatch.domain.ability import lack_of
from services.dispatch.domain.need import local_text
from services.dispatch.domain.technician import Technician
from services.dispatch.domain.visit import Visit
from services.dispatch.planning.candidate import Candidate
from services.dispatch.planning.fitness import preference
from services.dispatch.planning.roster import Roster

TEXTS: Mapping[str, Mapping[Language, str]] = {
    "skill-missing": {
        Language.FR: "n'a pas la compétence {skill}",
        Language.EN: "does not have the skill {skill}",
    },
    "skill-level": {
        Language.FR: "compétence {skill} au niveau {has}, il faut le niveau {needs}",
        Language.EN: "has {skill} at level {has}, level {needs} is needed",
    },
    "permit-missing": {
        Language.FR: "n'a pas l'habilitation {permit} exigée par le site",
        Language.EN: "does not hold the permit {permit} that the site asks for",
    },
    "permit-expired": {
        Language.FR: "son habilitation {permit} est expirée",
        Language.EN: "his permit {permit} has expired",
    },
    "apprentice": {
        Language.FR: "apprenti : ne va en visite qu'avec {technician}",
        Language.EN: "is an apprentice and only goes along with {technician}",
    },
    "papers-expired": {
        Language.FR: "un document de son entreprise est expiré : {paper}",
        Language.EN: "a paper of his firm has expired: {paper}",
    },
    "refused-by-customer": {
        Language.FR: "le client ne veut pas de ce technicien",
        Language.EN: "the customer has asked not to be sent him",
    },
    "language-missing": {
        Language.FR: "ne parle aucune des langues du site ({languages})",
        Language.EN: "speaks none of the languages of the site ({languages})",
    },
    "waits-for-visit": {
        Language.FR: "la visite {visit} passe avant et n'est ni faite ni planifiée",
        Language.EN: "visit {visit} comes first and is neither done nor planned",
    },
    "another-is-bound": {
        Language.FR: "les visites de la demande sont à un même technicien : {technician}",
        Language.EN: "one technician makes the visits of the request: {technician}",
    },
    "declined-before": {
        Language.FR: "a déjà refusé cette visite",
        Language.EN: "has declined this visit before",
    },
    "no-answer": {
        Language.FR: "n'a pas répondu quand cette visite lui a été confiée",
        Language.EN: "did not answer when he was given this visit",
    },
    "part-missing": {
        Language.FR: "ni sa camionnette ni un dépôt n'a les pièces nécessaires",
        Language.EN: "neither his van nor a depot has the parts needed",
    },
    "no-companion": {
        Language.FR: "personne ne peut l'accompagner d'ici le {until}",
        Language.EN: "nobody can go with him before {until}",
    },
    "companion": {
        Language.FR: "accompagne {technician}",
        Language.EN: "goes with {technician}",
    },
    "off-shift": {
        Language.FR: "ne travaille pas d'ici le {until}",
        Language.EN: "does not work before {until}",
    },
    "absent": {
        Language.FR: "absent jusqu'au {until}",
        Language.EN: "absent until {until}",
    },
    "daily-rest": {
        Language.FR: "doit se reposer jusqu'au {until} après une intervention d'astreinte",
        Language.EN: "is owed rest until {until} after an intervention on call",
    },
    "weekly-rest": {
        Language.FR: "en repos hebdomadaire jusqu'au {until} après une intervention d'astreinte",
        Language.EN: "is owed his weekly rest until {until} after an intervention on call",
    },
    "no-time-before-deadline": {
        Language.FR: "n'a pas de créneau avant l'échéance du {until}",
        Language.EN: "has no free time before the deadline of {until}",
    },
    "no-time-for-appointment": {
        Language.FR: "n'a pas de créneau pour le rendez-vous pris, jusqu'au {until}",
        Language.EN: "has no free time for the appointment, which ends {until}",
    },
    "no-time": {
        Language.FR: "n'a pas de créneau libre assez long d'ici le {until}",
        Language.EN: "has no free stretch that is long enough before {until}",
    },
    "territory": {
        Language.FR: "travaille sur le territoire {has}, le site est sur {needs}",
        Language.EN: "works in the territory {has}, the site is in {needs}",
    },
    "part-not-on-van": {
        Language.FR: "n'a pas les pièces dans sa camionnette",
        Language.EN: "does not have the parts on his van",
    },
    "less-wished": {
        Language.FR: "possible, mais le client en préfère un autre ou parle une autre langue",
        Language.EN: "possible, but the client prefers another or speaks another language",
    },
    "later": {
        Language.FR: "possible, mais seulement le {start}",
        Language.EN: "possible, but only on {start}",
    },
    "as-good": {
        Language.FR: "possible, et aussi bien placé",
        Language.EN: "possible, and as well placed",
    },
    "farther": {
        Language.FR: "possible, mais avec {minutes} minutes de route en plus",
        Language.EN: "possible, but with {minutes} more minutes of travel",
    },
}

ADVANTAGES: Mapping[Language, str] = {
    Language.FR: "sur place le {start}, {travel} min de route, détour de {added} min",
    Language.EN: "on site on {start}, {travel} min of travel, {added} min of detour",
}


WITH: Mapping[Language, str] = {Language.FR: "avec {names}", Language.EN: "with {names}"}

PREFERRED: Mapping[Language, str] = {Language.FR: "préféré du client", Language.EN: "preferred by the client"}

NAMES = {
    "apprentice": "technician",
    "papers-expired": "paper",
    "language-missing": "languages",
    "refused-by-customer": "technician",
    "another-is-bound": "technician",
}
"""What the texts call what is lacking."""


@dataclass(frozen=True)
class Against:
    """The first rule against one technician."""

    technician_id: str
    rule: str
    members: Mapping[str, str | int] = field(default_factory=dict)

    def text(self, language: Language) -> str:
        return TEXTS[self.rule][language].format(**self.members)

    def ruled_out(self) -> RuledOut:
        """As it travels in a fact: the rule for programs, the words for people."""
        return RuledOut(
            technician_id=self.technician_id,
            rule=self.rule,
            detail=self.text(Language.FR),
            detail_en=self.text(Language.EN),
        )


def against(
    roster: Roster, visit: Visit, now: datetime, candidates: Iterable[Candidate], chosen: int
) -> list[Against]:
    """The first reason against each technician who is not among the first ``chosen`` candidates."""
    ranked = list(candidates)
    best = ranked[0] if ranked else None
    by_id = {candidate.technician_id: candidate for candidate in ranked}
    first = {candidate.technician_id for candidate in ranked[:chosen]}
    beside = {each.technician_id: one.technician_id for one in ranked[:chosen] for each in one.beside}
    return [
        Against(id, "companion", {"technician": roster.technicians[beside[id]].name})
        if id in beside
        else _first(roster, visit, now, technician, by_id.get(id), best)
        for id, technician in sorted(roster.technicians.items())
        if id not in first
    ]


def advantage(
    candidate: Candidate,
    visit: Visit,
    language: Language,
    *,
    on_van: bool = True,
    names: Sequence[str] = (),
) -> str:
    """Why this one, in words; ``names`` are those of who would go with him."""
    reason = ADVANTAGES[language].format(
        start=local_text(candidate.start_at, visit.place.time_zone),
        travel=round(candidate.travel_seconds / 60),
        added=round(candidate.added_travel_minutes),
    )
    if names:
        reason = f"{reason}, {WITH[language].format(names=', '.join(names))}"
    if candidate.technician_id in visit.wishes.preferred:
        reason = f"{reason}, {PREFERRED[language]}"
    return reason if on_van else f"{reason}, {TEXTS['part-not-on-van'][language]}"


def _first(
    roster: Roster,
    visit: Visit,
    now: datetime,
    technician: Technician,
    candidate: Candidate | None,
    best: Candidate | None,
) -> Against:
    at = now if candidate is None else candidate.end_at
    lack = lack_of(technician, visit, at)
    if lack is not None and not lack.rule.startswith("skill"):
        return Against(technician.id, lack.rule, {NAMES.get(lack.rule, "permit"): lack.what})
    if lack is not None:
        has, needs = technician.skills.get(lack.what, 0), visit.need.skills[lack.what]
        members: dict[str, str | int] = {"skill": lack.what, "has": has, "needs": needs}
        return Against(technician.id, lack.rule, members)
    refusal = roster.refusal(technician.id, visit)
    if refusal is not None:
        return Against(technician.id, refusal)
    waits = roster.requests.turn(visit, now).waits
    if waits:
        return Against(technician.id, "waits-for-visit", {"visit": waits[0]})
    late = candidate is not None and candidate.late_minutes > 0
    if candidate is None or (late and best is not None and best.late_minutes == 0):
        return _no_time(roster, visit, now, technician)
    territory = visit.place.territory if visit.where is not None else None
    if territory is not None and technician.territory not in (None, territory):
        return Against(technician.id, "territory", {"has": technician.territory or "", "needs": territory})
    assert best is not None
    stock = roster.stock
    if stock.carries(best.technician_id, visit) and not stock.carries(technician.id, visit):
        return Against(technician.id, "part-not-on-van")
    wished = preference(roster.technicians[best.technician_id], visit)
    if wished < preference(technician, visit):
        return Against(technician.id, "less-wished")
    if candidate.start_at > best.start_at:
        start = local_text(candidate.start_at, visit.place.time_zone)
        return Against(technician.id, "later", {"start": start})
    more = max(0, round(candidate.added_travel_minutes - best.added_travel_minutes))
    return Against(technician.id, "farther", {"minutes": more}) if more else Against(technician.id, "as-good")


def _no_time(roster: Roster, visit: Visit, now: datetime, technician: Technician) -> Against:
    need = visit.need
    deadlines = [at for at in (need.respond_by_at, need.restore_by_at) if at is not None and at > now]
    until = min(deadlines, default=roster.until)
    since = max(now, visit.not_before_at or now)
    if visit.promised is not None:
        since, until = max(since, visit.promised.from_at), visit.promised.to_at
    members = {"until": local_text(until, visit.place.time_zone)}
    if visit.need.technicians > 1:
        by_himself = replace(visit, need=replace(need, technicians=1))
        if roster.candidates(by_himself, now, only=technician.id, limit=1):
            return Against(technician.id, "no-companion", members)
    if since < until and not technician.on_shift(since, until):
        return Against(technician.id, "off-shift", members)
    rest = technician.rest_in(since, until)
    if since < until and rest is not None and not technician.available(since, until):
        return Against(technician.id, rest.rule, {"until": local_text(rest.to_at, visit.place.time_zone)})
    if since < until and not technician.available(since, until):
        back = technician.next_hours(since)
        shown = members if back is None else {"until": local_text(back, visit.place.time_zone)}
        return Against(technician.id, "absent", shown)
    if visit.promised is not None:
        return Against(technician.id, "no-time-for-appointment", members)
    return Against(technician.id, "no-time-before-deadline" if deadlines else "no-time", members)
