"""``/v1/training-marks``: how a training was, by a link without a login."""

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, Field

from contracts.text import Text
from infra.chassis.http.body import Body, said
from infra.chassis.http.call import call_of
from infra.chassis.http.linked import Fields, sent, wants_page
from infra.chassis.http.problems import Problem
from infra.chassis.http.signed import what_is_signed
from infra.chassis.runtime import Runtime
from infra.chassis.service import Caused, Run
from infra.chassis.web.marking import PAGE_HEADERS, marking_page
from services.inventory.domain.training import Training
from services.inventory.store.trainings import Trainings
from services.inventory.usecases.train import MarkTraining

PATH = "/v1/training-marks/{token}"
STREAMED = {PATH: 16 * 1024}
"""A page's own form comes as forms do, a program's mark as JSON."""

router = APIRouter(tags=["trainings"])

Token = Annotated[str, Path(min_length=1, max_length=400)]
_NO_LOGIN: dict[str, Any] = {"security": []}
_BODY = {
    **_NO_LOGIN,
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["mark"],
                    "additionalProperties": False,
                    "properties": {
                        "mark": {"type": "integer", "minimum": 1, "maximum": 5},
                        "comment": {"type": ["string", "null"], "maxLength": 1000},
                    },
                }
            }
        },
    },
}
_WORDS = {
    "fr": {
        "title": "Cette formation vous a-t-elle été utile ?",
        "ask": "Quelle note donnez-vous, de 1 (pas du tout utile) à 5 (très utile) ?",
        "comment": "Un mot, une question restée sans réponse",
        "thanks": "Merci, votre note {mark} sur 5 est enregistrée. Vous pouvez encore la changer ici.",
    },
    "en": {
        "title": "Was this training useful to you?",
        "ask": "Which mark do you give, from 1 (not useful at all) to 5 (very useful)?",
        "comment": "A word, or a question that was left open",
        "thanks": "Thank you, your mark {mark} out of 5 is recorded. You can still change it here.",
    },
}


class TrainingMarkBody(Body):
    mark: Annotated[int, Field(ge=1, le=5)]
    comment: Annotated[str, said(1_000)] | None = None


class TrainingMarkView(BaseModel):
    """``asked`` is the mark of the link that was opened: nothing is recorded before it is sent with POST."""

    title: str
    asked: int | None
    mark: int | None
    comment: str | None


@router.get(PATH, response_model=TrainingMarkView, openapi_extra=_NO_LOGIN)
async def read_training_mark(
    token: Token, run: Run, request: Request, mark: Annotated[int | None, Query(ge=1, le=5)] = None
) -> Response:
    """What is asked, as a page for whoever followed the link. Nothing is recorded."""
    training, contact_id = await _asked(request, run, token)
    return _shown(request, training, contact_id, mark)


@router.post(PATH, response_model=TrainingMarkView, openapi_extra=_BODY)
async def mark_training(token: Token, run: Run, cause: Caused, request: Request) -> Response:
    """A mark from 1 to 5, which may be changed as long as the link is good."""
    training, contact_id = await _asked(request, run, token)
    body = await sent(request, TrainingMarkBody, _of_form)
    marking = MarkTraining(training.id, contact_id, body.mark, body.comment)
    done = await run.do(marking, replace(cause, actor="link"))
    return _shown(request, done.result, contact_id, None)


async def _asked(request: Request, run: Runtime, token: str) -> tuple[Training, str]:
    said_in_it = what_is_signed(request.app.state.link_key, token, run.clock.now()) or ""
    what, _, about = said_in_it.partition("/")
    id, _, contact_id = about.partition("/")
    kept = await run.read(Trainings, id) if what == "training" and contact_id else None
    if kept is None or contact_id not in kept.value.contact_ids:
        raise Problem(
            "no-such-link",
            Text(
                "This link is none of ours, or has expired: follow the one in our last mail.",
                "Ce lien n'est pas des nôtres, ou a expiré : suivez celui de notre dernier message.",
            ),
        )
    return kept.value, contact_id


def _of_form(fields: Fields) -> dict[str, Any]:
    mark = fields.get("mark", "")
    return {**fields, "mark": int(mark) if mark in ("1", "2", "3", "4", "5") else None}


def _shown(request: Request, training: Training, contact_id: str, asked: int | None) -> Response:
    given = training.mark_of(contact_id)
    if wants_page(request):
        language = call_of(request).language
        recorded = None if given is None else (given.mark, given.comment)
        page = marking_page(training.title, language, _WORDS[language], asked=asked, given=recorded)
        return Response(page, headers=PAGE_HEADERS, media_type="text/html")
    view = TrainingMarkView(
        title=training.title,
        asked=asked,
        mark=None if given is None else given.mark,
        comment=None if given is None else given.comment,
    )
    return Response(view.model_dump_json(), headers=PAGE_HEADERS, media_type="application/json")
