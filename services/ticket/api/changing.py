"""``PATCH /v1/tickets/{id}``: correct what a ticket says (JSON merge patch, RFC 7396)."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from pydantic import ConfigDict, Field

from contracts.text import Text
from contracts.values import Id
from infra.chassis.http.auth import allow
from infra.chassis.http.body import Body
from infra.chassis.http.etag import IfMatchRequired
from infra.chassis.http.idempotency import Idempotency
from infra.chassis.http.principal import Principal
from infra.chassis.http.problems import invalid_body
from infra.chassis.http.wording import wording_of
from infra.chassis.runtime import new_id
from infra.chassis.service import Caused, Run
from infra.chassis.store.writing import UniqueViolation
from services.ticket.api.bodies import Custom, Description, PersonBody, Reference, Summary, WindowBody
from services.ticket.api.clocks import Terms
from services.ticket.api.verbs import NOTHING, Doing
from services.ticket.usecases.change import ChangeTicket
from services.ticket.views.ticket import TicketView

router = APIRouter(prefix="/v1/tickets", tags=["tickets"])

_TRIAGE = Text("POST …/triage changes it", "POST …/triage le change")
_HAND_OVER = Text("POST …/hand-over changes it", "POST …/hand-over le change")
_FIXED = Text(
    "It cannot be changed: cancel this ticket and open another",
    "Elle ne peut pas être modifiée : annulez ce ticket et ouvrez-en un autre",
)
OWNED: Mapping[str, Text] = {
    "impact": _TRIAGE,
    "urgency": _TRIAGE,
    "category": _TRIAGE,
    "priority": Text(
        "It follows from impact and urgency: POST …/triage changes them",
        "Elle découle de l'impact et de l'urgence : POST …/triage les change",
    ),
    "state": Text(
        "A verb changes it: see `possible`, and POST …/<verb>",
        "Un verbe le change : voyez `possible`, puis POST …/<verbe>",
    ),
    "agent_id": _HAND_OVER,
    "holds": Text("POST …/hold and …/resume change them", "POST …/hold et …/resume les changent"),
    "resolution": Text("POST …/resolve writes it", "POST …/resolve l'écrit"),
    "visits": Text("POST /v1/visits/{id}/<verb> changes them", "POST /v1/visits/{id}/<verbe> les change"),
    "sites": Text(
        "Open another ticket for another site, or cancel this one",
        "Ouvrez un autre ticket pour un autre site, ou annulez celui-ci",
    ),
    "parent_id": Text("PUT …/parent sets it, and DELETE", "PUT …/parent le fixe, DELETE le retire"),
    "kind": _FIXED,
    "requester": _FIXED,
    "channel": _FIXED,
    "customer_id": _FIXED,
}
"""Whose verb it is to change what a ticket shows and PATCH does not take."""


class ChangeTicketBody(Body):
    """What is left out stays; null removes what may be missing; ``custom`` is merged member by member."""

    model_config = ConfigDict(extra="allow", frozen=True, json_schema_extra={"additionalProperties": False})

    summary: Summary = ""
    description: Description = ""
    on_site_contact: PersonBody | None = None
    asset: Id | None = None
    preferred_windows: Annotated[tuple[WindowBody, ...], Field(max_length=20)] | None = None
    confidential: bool = False
    external_reference: Reference | None = None
    custom: Custom | None = None

    def changes(self) -> dict[str, Any]:
        """The ticket's fields that it sets, by name."""
        given = self.model_fields_set & type(self).model_fields.keys()
        values = {
            "summary": self.summary,
            "description": self.description,
            "asset": self.asset,
            "preferred_windows": tuple(each.window() for each in self.preferred_windows or ()),
            "confidential": self.confidential,
            "external_reference": self.external_reference,
            "custom": self.custom or {},
        }
        changes = {name: value for name, value in values.items() if name in given}
        if "asset" in changes:
            changes["asset_id"] = changes.pop("asset")
        if "custom" in given and self.custom is None:
            changes["custom"] = None
        if "on_site_contact" in given and self.on_site_contact is None:
            changes["on_site_contact_id"] = None
        return changes


async def _changing(
    id: Id,
    run: Run,
    cause: Caused,
    key: Idempotency,
    expected: IfMatchRequired,
    request: Request,
    terms: Terms,
) -> Doing:
    return Doing(id, run, cause, key, expected, request, terms)


@router.patch("/{id}", response_model=TicketView)
async def change_ticket(
    who: Annotated[Principal, allow("tickets:change")],
    do: Annotated[Doing, Depends(_changing)],
    body: ChangeTicketBody,
) -> Response:
    """Correct an open ticket. What a verb owns is refused with the verb's name."""
    _check_names(body.model_extra or {})
    asked = {
        "changes": body.changes(),
        "on_site_contact": body.on_site_contact.person() if body.on_site_contact else None,
        "new_id": new_id(),
    }
    try:
        return await do(who, ChangeTicket, NOTHING, **asked)
    except UniqueViolation:
        # Somebody wrote the same contact or reference meanwhile: now it is found.
        return await do(who, ChangeTicket, NOTHING, **asked)


def _check_names(unknown: Mapping[str, Any]) -> None:
    if unknown:
        undeclared = wording_of({"type": "extra_forbidden", "msg": "Extra inputs are not permitted"})
        raise invalid_body(*((f"/{name}", OWNED.get(name, undeclared)) for name in unknown))
