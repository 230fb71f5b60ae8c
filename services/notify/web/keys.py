"""``/admin/notify/keys``: which machines come with which keys; a new one is shown once."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Annotated, Any
from urllib.parse import parse_qs

from fastapi import APIRouter, Request
from pydantic import ValidationError
from starlette.responses import Response

from contracts.text import Text
from contracts.values import rfc3339
from infra.chassis.http.auth import allow
from infra.chassis.http.principal import Principal
from infra.chassis.http.problems import Problem
from infra.chassis.http.roles import KEY_VERBS
from infra.chassis.http.wording import wording_of
from infra.chassis.runtime import new_id
from infra.chassis.service import Caused, Run
from infra.chassis.store.idempotency import KeyedBy
from infra.chassis.web.pages import asks_for_part
from services.notify.api.api_keys import ApiKeyBody, known_key, make, now_of, rotate
from services.notify.store.api_keys import ApiKeys, last_uses
from services.notify.store.copies import Customers
from services.notify.usecases.keep_api_keys import RevokeKey
from services.notify.web.pages import PAGES

PATH = "/admin/notify/keys"
MOST_SHOWN = 200
MOST_CUSTOMERS = 2_000
DAYS = (30, 90, 180, 365)
OVERLAP = timedelta(days=1)
USUAL = frozenset(("tickets:open", "tickets:read", "tickets:note", "sites:read", "work-types:read"))

router = APIRouter(include_in_schema=False)
Reader = Annotated[Principal, allow("api-keys:read")]
Writer = Annotated[Principal, allow("api-keys:write")]

Form = Mapping[str, Sequence[str]]


@router.get(PATH)
async def keys(request: Request, who: Reader, run: Run) -> Response:
    return await _page(request, who, run)


@router.post(PATH)
async def make_key(request: Request, who: Writer, run: Run, cause: Caused) -> Response:
    form = await _form(request)
    days = _first(form, "days")
    expires = now_of(run) + timedelta(days=int(days) if days.isdecimal() and len(days) < 4 else 0)
    said = {
        "name": _first(form, "name"),
        "verbs": list(form.get("verbs", ())),
        "expires_at": rfc3339(expires),
        "customer_id": _first(form, "customer_id") or None,
    }
    try:
        body = ApiKeyBody.model_validate(said)
    except ValidationError as error:
        raise _wrong(error) from None
    kept, _, secret = await make(run, who, body, cause, _keyed(form, who, "make"))
    return await _page(request, who, run, made=kept.value, secret=secret)


@router.post(PATH + "/{id}/rotate")
async def rotate_key(id: str, request: Request, who: Writer, run: Run, cause: Caused) -> Response:
    form = await _form(request)
    kept, _, secret = await rotate(run, who, id, OVERLAP, cause, _keyed(form, who, id))
    return await _page(request, who, run, made=kept.value, secret=secret)


@router.post(PATH + "/{id}/revoke")
async def revoke_key(id: str, request: Request, who: Writer, run: Run, cause: Caused) -> Response:
    await known_key(run, who, id)
    await run.do(RevokeKey(id, now_of(run)), cause)
    return await _page(request, who, run)


async def _page(request: Request, who: Principal, run: Run, **made: Any) -> Response:
    found = await run.find(
        ApiKeys, who.customer_filter(), sort=(("updated_at", -1), ("_id", -1)), limit=MOST_SHOWN
    )
    customers = await run.find(Customers, who.customer_filter("_id"), limit=MOST_CUSTOMERS)
    names = {each.value.customer_id: each.value.name for each in customers}
    now = now_of(run)
    return PAGES.page(
        request,
        "keys-part.html" if asks_for_part(request) else "keys.html",
        keys=[(kept.value, kept.value.state(now)) for kept in found],
        names=names,
        used=await last_uses(run, [kept.value.id for kept in found]),
        customers=sorted(names.items(), key=lambda each: each[1].casefold()),
        verbs=sorted(KEY_VERBS),
        usual=USUAL,
        days=DAYS,
        now=now,
        once=new_id(),
        of_the_firm=who.of_the_firm,
        may_write=who.may("api-keys:write"),
        **{"made": None, "secret": None, **made},
    )


async def _form(request: Request) -> Form:
    return parse_qs((await request.body()).decode("utf-8", "replace"))


def _first(form: Form, name: str) -> str:
    return form.get(name, ("",))[0].strip()


def _keyed(form: Form, who: Principal, what: str) -> KeyedBy | None:
    """The form's own key: sent twice it makes one."""
    once = _first(form, "once")[:64]
    said = sorted((name, tuple(values)) for name, values in form.items())
    return KeyedBy(who.caller, once, hashlib.sha256(f"{what} {said}".encode()).hexdigest()) if once else None


def _wrong(error: ValidationError) -> Problem:
    first = error.errors()[0]
    words = wording_of(first)
    place = first["loc"][0] if first["loc"] else ""
    return Problem("invalid-body", Text(f"{place}: {words.en}", f"{place} : {words.fr}"))
