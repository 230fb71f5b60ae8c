"""``/v1/preferences``: how somebody wants to be told, by the kind of message."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel

from contracts.refusal import Refusal
from contracts.text import Text
from contracts.values import Id
from infra.chassis.http.auth import allow
from infra.chassis.http.body import Body
from infra.chassis.http.etag import IfMatch, etag, not_modified
from infra.chassis.http.idempotency import Idempotency
from infra.chassis.http.principal import Principal
from infra.chassis.http.problems import not_found
from infra.chassis.runtime import Kept
from infra.chassis.service import Caused, Run
from services.notify.domain.message import MessageKind, Recipient, RecipientKind
from services.notify.domain.preferences import (
    ALWAYS_AT_ONCE,
    KINDS,
    Preferences,
    Wish,
    preferences_id,
)
from services.notify.store.preferences import PreferencesOf
from services.notify.usecases.put_preferences import PutPreferences

router = APIRouter(tags=["preferences"])

Reader = Annotated[Principal, allow("preferences:read")]
Writer = Annotated[Principal, allow("preferences:write")]
Person = Annotated[Id | None, Query(description="Somebody else, for administrators; one's own without it")]
As = Annotated[RecipientKind | None, Query(alias="as", description="What that person is told as")]


class PreferencesBody(Body):
    """``kinds`` maps a kind of message to ``at-once`` (by mail), ``sms`` (by mail and SMS), ``digest`` (one
    mail in the morning) or ``off``; what is left out is told at once.

    From eight in the evening to eight in the morning an SMS that is not urgent is left out.
    """

    kinds: dict[MessageKind, Wish]


class PreferencesView(BaseModel):
    """``always_at_once`` can neither wait nor be turned off, but told by SMS too."""

    person: str
    told_as: RecipientKind
    kinds: dict[MessageKind, Wish]
    always_at_once: list[MessageKind]


@router.get("/v1/preferences", response_model=PreferencesView)
async def read_preferences(
    principal: Reader,
    run: Run,
    request: Request,
    response: Response,
    person: Person = None,
    told_as: As = None,
) -> Any:
    whose = _whose(principal, person, told_as)
    kept = await run.read(PreferencesOf, preferences_id(whose))
    version = kept.version if kept else 0
    response.headers["ETag"] = etag(version)
    return not_modified(request, version) or _view(kept, whose)


@router.put("/v1/preferences", response_model=PreferencesView)
async def put_preferences(
    body: PreferencesBody,
    expected: IfMatch,
    key: Idempotency,
    principal: Writer,
    cause: Caused,
    run: Run,
    response: Response,
    person: Person = None,
    told_as: As = None,
) -> Any:
    whose = _whose(principal, person, told_as)
    await run.do(PutPreferences(whose, body.kinds, expected), cause, key)
    kept = await run.read(PreferencesOf, preferences_id(whose))
    response.headers["ETag"] = etag(kept.version if kept else 0)
    return _view(kept, whose)


def _whose(principal: Principal, person: str | None, told_as: RecipientKind | None) -> Recipient:
    """His own; an administrator may name anybody, who otherwise does not exist."""
    own = _told_as(principal)
    if person is None or (person == principal.subject and told_as in (None, own)):
        if principal.subject is None:
            raise Refusal(
                "token-without-subject",
                Text(
                    "Your token names nobody: name the person with `person` and `as`, or use a token of his.",
                    "Votre jeton ne nomme personne : nommez-la par `person` et `as`, ou prenez son jeton.",
                ),
            )
        return Recipient(own, principal.subject)
    if principal.role != "admin":
        raise not_found("person", person)
    return Recipient(told_as or RecipientKind.STAFF, person)


def _told_as(principal: Principal) -> RecipientKind:
    if not principal.of_the_firm:
        return RecipientKind.CONTACT
    return RecipientKind.TECHNICIAN if principal.role == "technician" else RecipientKind.STAFF


def _view(kept: Kept[Preferences] | None, whose: Recipient) -> PreferencesView:
    wanted = kept.value if kept else Preferences(preferences_id(whose))
    kinds = KINDS[whose.kind]
    return PreferencesView(
        person=whose.id,
        told_as=whose.kind,
        kinds={kind: wanted.wish(kind) for kind in kinds},
        always_at_once=[kind for kind in kinds if kind in ALWAYS_AT_ONCE],
    )
