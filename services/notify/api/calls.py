"""``/v1/calls/{token}``: what the voice gateway says of a call, at an address that only it was given."""

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel

from contracts.refusal import Refusal
from contracts.text import Text
from contracts.values import Language
from infra.chassis.http.json_body import parse_json
from infra.chassis.http.linked import fields_of
from infra.chassis.http.problems import not_found
from infra.chassis.runtime import Runtime
from infra.chassis.service import Caused, Run
from infra.chassis.store.unit import Cause
from services.notify.domain.delivery import CallAnswer, Delivery
from services.notify.domain.voice import KEYS
from services.notify.mail.compose import Sender
from services.notify.store.deliveries import Deliveries
from services.notify.usecases.look_up import LookUp
from services.notify.usecases.tell_by_voice import TakeCall
from services.notify.voice.calling import LANGUAGES, PATH, Voice, called, saying, thanks
from services.notify.voice.verifying import answer_of_json, answer_of_twilio, is_signed

ROUTE = f"{PATH}/{{token}}"
STREAMED = {ROUTE: 16 * 1024}
"""Gateways send forms as well as JSON."""

FORM = "application/x-www-form-urlencoded"
Token = Annotated[str, Path(min_length=1, max_length=400)]
_BODY: dict[str, Any] = {
    "security": [],
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["event"],
                    "properties": {
                        "event": {
                            "type": "string",
                            "description": "keypad, no-answer, busy, machine, completed or failed",
                        },
                        "digits": {"type": "string", "description": "with keypad: 1 accepts, 2 declines"},
                    },
                }
            }
        },
    },
}


class SayView(BaseModel):
    """What is said on the telephone before it hangs up; null where nobody is there any more."""

    say: str | None
    language: str


def calls_router(voice: Voice | None, sender: Sender) -> APIRouter:
    """``voice`` None: the firm calls nobody, and no address is one."""
    router = APIRouter(tags=["calls"])

    @router.post(ROUTE, response_model=SayView, openapi_extra=_BODY)
    async def take_call(token: Token, run: Run, cause: Caused, request: Request) -> Response:
        """He typed 1 (he goes), 2 (he does not), or nobody answered. What comes first holds."""
        id = called(sender.link_key, token, run.clock.now())
        if voice is None or id is None:
            raise not_found("call", "of this address")
        body = await request.body()
        url = f"{sender.links.rstrip('/')}{PATH}/{token}"
        now = run.system_clock.now().timestamp()
        if voice.secret and not is_signed(voice.secret, url, request.headers, body, now):
            raise _unsigned()
        form = request.headers.get("content-type", "").startswith(FORM)
        answer = answer_of_twilio(await fields_of(request)) if form else answer_of_json(parse_json(body))
        language, call = await _called(run, id)
        if not isinstance(answer, CallAnswer):
            return _said(None, language, form=form)
        if call.answer is not None and answer not in KEYS.values():
            return _said(None, language, form=form)
        await run.do(TakeCall(id, answer), replace(cause, actor="telephone"))
        if answer not in KEYS.values():
            return _said(None, language, form=form)
        late = call.is_late(run.clock.now())
        return _said(thanks(answer, language, late=late), language, form=form)

    return router


async def _called(run: Runtime, id: str) -> tuple[Language, Delivery]:
    kept = await run.read(Deliveries, id)
    if kept is None:
        raise not_found("call", "of this address")
    delivery = kept.value
    found = await run.do(LookUp(delivery.message), Cause("telephone", delivery.origin.correlation_id))
    person = found.result.recipient
    return person.language if person is not None else Language.FR, delivery


def _said(text: str | None, language: Language, *, form: bool) -> Response:
    if form:
        content = saying(text, language) if text is not None else _NOTHING
        return Response(content, media_type="text/xml")
    view = SayView(say=text, language=LANGUAGES[language])
    return Response(view.model_dump_json(), media_type="application/json")


def _unsigned() -> Refusal:
    return Refusal(
        "call-unsigned",
        Text(
            "This is not signed as the voice gateway signs (ASTREINTE_VOICE_SECRET).",
            "Ceci n'est pas signé comme signe la passerelle vocale (ASTREINTE_VOICE_SECRET).",
        ),
    )


_NOTHING = '<?xml version="1.0" encoding="UTF-8"?><Response/>'
