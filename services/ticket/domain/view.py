"""A view: filters of tickets under a name, in an order, with columns, of one person or shared."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from contracts.refusal import Refusal
from contracts.text import Text
from contracts.values import Language

SHIPPED = "shipped."
"""How the ids of the views begin that everybody of the firm has and nobody can change."""


class Sharing(StrEnum):
    FIRM = "firm"
    CUSTOMER = "customer"


@dataclass(frozen=True)
class Asker:
    """``customer_id`` is none for the firm. ``steward``: changes what others of his side have shared."""

    subject: str
    customer_id: str | None
    steward: bool = False


@dataclass(frozen=True)
class View:
    """``filters`` are as the API validated them, as JSON; without ``columns`` it has all of them."""

    id: str
    owner: str
    customer_id: str | None
    name: Mapping[Language, str]
    filters: Mapping[str, Any]
    order: str | None = None
    columns: tuple[str, ...] = ()
    shared: Sharing | None = None

    def is_of(self, asker: Asker) -> bool:
        return (self.owner, self.customer_id) == (asker.subject, asker.customer_id)

    def exists_for(self, asker: Asker) -> bool:
        """Subjects are names within a customer: there, another customer's view is never one's own."""
        return self.customer_id == asker.customer_id and (self.shared is not None or self.is_of(asker))

    def changed(self, new: "View", asker: Asker) -> "View":
        """The view as ``asker`` puts it; it stays its owner's."""
        if not self.exists_for(asker):
            raise _taken(self.id)
        self.check_owner(asker)
        return replace(new, owner=self.owner, customer_id=self.customer_id)

    def check_owner(self, asker: Asker) -> None:
        """The refusal of a change of what another has shared."""
        if not (self.is_of(asker) or asker.steward):
            raise Refusal(
                "not-your-view",
                Text(
                    f"{self.owner} has shared this view and may change it: save yours under another id.",
                    f"Cette vue est partagée par {self.owner}, qui seul la change : enregistrez la vôtre"
                    " sous un autre identifiant.",
                ),
                view=self.id,
            )


def check_not_shipped(id: str) -> None:
    """The refusal to change a view that ships."""
    if id.startswith(SHIPPED):
        raise Refusal(
            "view-ships",
            Text(
                f"Ids that begin with {SHIPPED!r} are of views that nobody changes: take another.",
                f"Les identifiants en {SHIPPED!r} sont ceux de vues que personne ne change : prenez-en"
                " un autre.",
            ),
            view=id,
        )


def _taken(id: str) -> Refusal:
    return Refusal(
        "already-exists",
        Text(
            f"The id {id!r} is taken: save the view under another one.",
            f"L'identifiant {id!r} est pris : enregistrez la vue sous un autre.",
        ),
        id=id,
    )


def _shipped(id: str, fr: str, en: str, order: str, **filters: Any) -> View:
    name = {Language.FR: fr, Language.EN: en}
    return View(SHIPPED + id, "", None, name, filters, order, (), Sharing.FIRM)


_DAY = 24 * 60

SHIPPED_VIEWS = (
    _shipped("at-risk", "En risque aujourd'hui", "At risk today", "due", due_within_minutes=_DAY),
    _shipped("mine", "Les miens", "Mine", "due", agent="me"),
    _shipped(
        "reopened",
        "Rouverts cette semaine",
        "Reopened this week",
        "updated",
        reopened_within_minutes=7 * _DAY,
    ),
    _shipped("unassigned", "À prendre, urgents d'abord", "Unassigned, urgent first", "due", unassigned=True),
    _shipped(
        "waiting-for-client",
        "En attente du client depuis 3 jours",
        "Waiting for the client for 3 days",
        "updated",
        held="waiting-for-client",
        held_for_minutes=3 * _DAY,
    ),
)
"""What the firm has from the start, by id."""
