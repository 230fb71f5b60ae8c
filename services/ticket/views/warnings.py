"""What will not work until something is filled in."""

from pydantic import BaseModel

from services.ticket.domain.ticket import Ticket

_NO_CONTRACT = {
    "fr": "Aucun contrat ne couvre ce site : ni priorité contractuelle ni délai garanti n'y courent.",
    "en": "No contract covers this site: neither a contract's priorities nor a deadline run there.",
}
_NOBODY = {
    "fr": "Aucun demandeur n'est connu : personne chez le client ne sera prévenu.",
    "en": "No requester is known: nobody at the client's will be told.",
}


class Shortcoming(BaseModel):
    """``type`` is stable, ``detail`` is for people; ``site_id`` where it concerns one site."""

    type: str
    detail: str
    site_id: str | None = None


def warnings_of(ticket: Ticket, language: str) -> list[Shortcoming]:
    found = [
        Shortcoming(type="no-contract", detail=_NO_CONTRACT[language], site_id=site)
        for site in dict.fromkeys(visit.site_id for visit in ticket.visits if visit.contract_id is None)
    ]
    if ticket.requester_id is None and ticket.on_site_contact_id is None:
        found.append(Shortcoming(type="no-requester", detail=_NOBODY[language]))
    return found
