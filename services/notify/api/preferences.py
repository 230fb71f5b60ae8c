"""``/v1/preferences``: how somebody wants to be told, by the kind of message."""

from typing import Annotated, Any, Self
from zoneinfo import available_timezones

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, StringConstraints, field_validator, model_validator

from contracts.text import InvalidValue
from contracts.values import Id
from infra.chassis.http.auth import allow
from infra.chassis.http.body import Body, said
from infra.chassis.http.etag import IfMatch, etag, not_modified
from infra.chassis.http.idempotency import Idempotency
from infra.chassis.http.principal import Principal
from infra.chassis.http.problems import not_found
from infra.chassis.runtime import Kept, Runtime
from infra.chassis.service import Caused, Run
from services.notify.api.persons import require_his, told_as_of
from services.notify.domain.message import MessageKind, Recipient, RecipientKind
from services.notify.domain.preferences import (
    ALWAYS_AT_ONCE,
    DIGEST_ZONE,
    KINDS,
    Preferences,
    Wish,
    preferences_id,
)
from services.notify.domain.quiet import QuietHours
from services.notify.store.preferences import PreferencesOf
from services.notify.usecases.put_preferences import PutPreferences

router = APIRouter(tags=["preferences"])

Reader = Annotated[Principal, allow("preferences:read")]
Writer = Annotated[Principal, allow("preferences:write")]
Clock = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Person = Annotated[Id | None, Query(description="Somebody else, for administrators; one's own without it")]
As = Annotated[RecipientKind | None, Query(alias="as", description="What that person is told as")]


class QuietBody(Body):
    """From ``begins`` to ``ends`` each day, over midnight where it ends earlier, in his own ``zone``."""

    begins: Clock
    ends: Clock
    zone: Annotated[str, said(64)] = DIGEST_ZONE.key

    @field_validator("zone")
    @classmethod
    def _known(cls, zone: str) -> str:
        if zone not in available_timezones():
            raise InvalidValue("a time zone such as Europe/Paris", "un fuseau tel que Europe/Paris")
        return zone

    @model_validator(mode="after")
    def _last(self) -> Self:
        if self.begins == self.ends:
            raise InvalidValue(
                "quiet hours end at another time than they begin",
                "des heures calmes ne finissent pas à l'heure où elles commencent",
            )
        return self

    def hours(self) -> QuietHours:
        return QuietHours(self.begins, self.ends, self.zone)


class PreferencesBody(Body):
    """``kinds`` maps a kind of message to ``at-once`` (by mail), ``sms`` (by mail and SMS), ``digest`` (one
    mail in the morning) or ``off``; what is left out is told at once.

    From eight in the evening to eight in the morning an SMS that is not urgent is left out. In ``quiet``
    hours he is told only what cannot wait, with the reason; the rest comes as one message when they are over.
    """

    kinds: dict[MessageKind, Wish]
    quiet: QuietBody | None = None


class QuietView(BaseModel):
    begins: str
    ends: str
    zone: str


class PreferencesView(BaseModel):
    """``always_at_once`` can neither wait nor be turned off, but told by SMS too. Of these, what is not for
    before the end of his ``quiet`` hours waits for it."""

    person: str
    told_as: RecipientKind
    kinds: dict[MessageKind, Wish]
    always_at_once: list[MessageKind]
    quiet: QuietView | None


@router.get("/v1/preferences", response_model=PreferencesView)
async def read_preferences(
    principal: Reader,
    run: Run,
    request: Request,
    response: Response,
    person: Person = None,
    told_as: As = None,
) -> Any:
    whose = await _whose(run, principal, person, told_as)
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
    whose = await _whose(run, principal, person, told_as)
    quiet = body.quiet.hours() if body.quiet is not None else None
    await run.do(PutPreferences(whose, body.kinds, expected, quiet), cause, key)
    kept = await run.read(PreferencesOf, preferences_id(whose))
    response.headers["ETag"] = etag(kept.version if kept else 0)
    return _view(kept, whose)


async def _whose(
    run: Runtime, principal: Principal, person: str | None, told_as: RecipientKind | None
) -> Recipient:
    """His own; an administrator may name anybody, who otherwise does not exist."""
    own = told_as_of(principal)
    if person is None or (person == principal.subject and told_as in (None, own)):
        return await require_his(run, principal)
    if principal.role != "admin":
        raise not_found("person", person)
    return Recipient(told_as or RecipientKind.STAFF, person)


def _view(kept: Kept[Preferences] | None, whose: Recipient) -> PreferencesView:
    wanted = kept.value if kept else Preferences(preferences_id(whose))
    kinds, quiet = KINDS[whose.kind], wanted.quiet
    return PreferencesView(
        person=whose.id,
        told_as=whose.kind,
        kinds={kind: wanted.wish(kind) for kind in kinds},
        always_at_once=[kind for kind in kinds if kind in ALWAYS_AT_ONCE],
        quiet=None if quiet is None else QuietView(begins=quiet.begins, ends=quiet.ends, zone=quiet.zone),
    )
