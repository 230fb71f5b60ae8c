"""Whether the work is in the contract, and why, in words."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from contracts.values import Coverage, Instant, Language
from infra.chassis.moments import day
from services.ticket.domain.coverage import Because, SiteCoverage
from services.ticket.domain.covering import known_coverage
from services.ticket.domain.ticket import Ticket

_UTC = ZoneInfo("UTC")

_WHY = {
    Because.COVERED: ("Le contrat couvre ce travail.", "The contract covers this work."),
    Because.NO_CONTRACT: ("Aucun contrat ne couvre ce site.", "No contract covers this site."),
    Because.KIND: (
        "Le contrat ne couvre pas ce type de demande.",
        "The contract does not cover requests of this kind.",
    ),
    Because.CATEGORY: (
        "Le contrat ne couvre pas ce genre de travail.",
        "The contract does not cover work of this category.",
    ),
    Because.HOURS: (
        "La demande a été déclarée hors des heures couvertes par le contrat.",
        "The request was declared outside the hours that the contract covers.",
    ),
    Because.ASSET: (
        "Cet équipement n'est pas au contrat.",
        "This asset is not under the contract.",
    ),
    Because.NO_ASSET: (
        "Le contrat ne couvre que ses équipements, et la demande n'en nomme aucun sur ce site.",
        "The contract only covers its own assets, and the request names none at this site.",
    ),
    Because.WARRANTY: (
        "L'équipement est sous garantie du constructeur jusqu'au {until}.",
        "The asset is under its manufacturer's warranty until {until}.",
    ),
    Because.CORRECTED: (
        "Décidé par le gestionnaire du contrat.",
        "Decided by the contract's manager.",
    ),
}


class CoverageCorrectionView(BaseModel):
    by: str
    at: Instant
    reason: str


class CoverageView(BaseModel):
    """``coverage`` is what holds, null where nothing is known, and ``because`` why; ``originally`` is what
    was decided at the opening, ``corrected`` who judged otherwise. ``awaits_approval``: of a quote."""

    site_id: str
    coverage: Coverage | None
    because: Because | None
    sentence: str | None
    contract_id: str | None
    originally: Coverage | None
    corrected: CoverageCorrectionView | None
    awaits_approval: bool


def coverage_views(ticket: Ticket, language: str) -> list[CoverageView]:
    known = known_coverage(ticket)
    decided = {each.site_id: each for each in known.sites}
    found = []
    for site in ticket.site_ids:
        first, correction = decided.get(site), known.corrected_at(site)
        because = Because.CORRECTED if correction is not None else None if first is None else first.because
        found.append(
            CoverageView.model_construct(
                site_id=site,
                coverage=known.at(site),
                because=because,
                sentence=None if because is None else _sentence(because, first, language),
                contract_id=None if first is None else first.contract_id,
                originally=None if first is None else first.coverage,
                corrected=None
                if correction is None
                else CoverageCorrectionView(by=correction.author, at=correction.at, reason=correction.reason),
                awaits_approval=site in known.unapproved,
            )
        )
    return found


def _sentence(because: Because, decided: SiteCoverage | None, language: str) -> str:
    french, english = _WHY[because]
    until = ""
    if decided is not None and decided.until is not None:
        last = datetime.combine(date.fromisoformat(decided.until), time(), _UTC)
        until = day(last, _UTC, Language(language))
    return (french if language == "fr" else english).format(until=until)
