"""A rule that says no, in words that every edge of the platform can show."""

from collections.abc import Mapping
from typing import Any

from contracts.text import Text

_FRENCH: Mapping[str, str] = {
    "absence": "absence",
    "access code": "code d'accès",
    "agreement": "accord d'entreprise",
    "api-key": "clé d'API",
    "appointment": "rendez-vous",
    "article": "article",
    "asset": "équipement",
    "attachment": "pièce jointe",
    "contact": "contact",
    "contract": "contrat",
    "contract revision": "révision de contrat",
    "customer": "client",
    "dead letter": "lettre morte",
    "delivery": "envoi",
    "diagnosis": "diagnostic",
    "import": "import",
    "major-incident": "incident majeur",
    "kpi": "indicateur",
    "mail": "mail",
    "part": "pièce",
    "participant": "participant",
    "problem": "problème",
    "reservation": "réservation",
    "rest owed": "repos dû",
    "rota entry": "période d'astreinte",
    "rota proposal": "proposition d'astreintes",
    "skill proposal": "proposition de compétence",
    "swap": "échange",
    "site": "site",
    "staff member": "membre de l'équipe",
    "stock": "stock",
    "subscription": "abonnement",
    "technician": "technicien",
    "ticket": "ticket",
    "training": "formation",
    "training-offer": "formation à proposer",
    "visit": "visite",
    "work-type": "type d'intervention",
    "worklog": "saisie de temps",
}
"""What things are called in French; the English names are those that programs know."""


_THIS: Mapping[str, str] = {"visit": "Cette", "skill proposal": "Cette", "swap": "Cet"}


class Refusal(Exception):
    """A domain rule refused what was asked; nothing was changed.

    ``slug`` names the rule for programs (it ends up as the type of an RFC 9457 problem),
    ``detail`` says in a sentence what was refused and what to do next, ``members`` are
    JSON-ready extras such as ``state`` and ``possible``.
    """

    def __init__(self, slug: str, detail: Text, **members: Any) -> None:
        super().__init__(slug, detail)
        self.slug = slug
        self.detail = detail
        self.members = members

    def __str__(self) -> str:
        return f"{self.slug}: {self.detail.en}"


def nothing_there(kind: str, id: str) -> Text:
    """That no such thing exists."""
    return Text(
        f"There is no {kind} with the id {id!r}.",
        f"Aucun objet « {_FRENCH.get(kind, kind)} » ne porte l'identifiant {id!r}.",
    )


class UnknownReference(Refusal):
    """Something named does not exist here (yet): ``kind`` and ``id`` say what.

    Over HTTP it becomes a 422 once the read copy is known to be up to date; for an event it
    means waiting for the read copy to arrive.
    """

    def __init__(self, kind: str, id: str) -> None:
        super().__init__("unknown-reference", nothing_there(kind, id), kind=kind, id=id)
        self.kind = kind
        self.id = id


class NotFound(Refusal):
    """What the request addresses does not exist, or belongs to somebody else (404)."""

    def __init__(self, kind: str, id: str) -> None:
        super().__init__("not-found", nothing_there(kind, id), kind=kind, id=id)
        self.kind = kind
        self.id = id


def illegal_transition(kind: str, state: str, verb: str, possible: tuple[str, ...]) -> Refusal:
    """The refusal of a step that the present state does not allow (409)."""
    allowed = ", ".join(possible)
    this = f"{_THIS.get(kind, 'Ce')} {_FRENCH.get(kind, kind)} est à l'état {state}"
    return Refusal(
        "illegal-transition",
        Text(
            f"This {kind} is {state}: it cannot {verb}; possible now: {allowed or 'nothing'}.",
            f"{this} : {verb} est impossible ; possible maintenant : {allowed or 'rien'}.",
        ),
        state=state,
        possible=list(possible),
    )
