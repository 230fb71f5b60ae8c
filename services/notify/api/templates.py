"""``/v1/templates``: the firm's own words for a kind of message, by channel and language."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, StringConstraints

from contracts.notify.events import MessageChannel
from contracts.refusal import Refusal
from contracts.text import Text
from contracts.values import Language
from infra.chassis.http.auth import allow
from infra.chassis.http.body import Body, said
from infra.chassis.http.call import call_of
from infra.chassis.http.etag import IfMatch, etag
from infra.chassis.http.idempotency import Idempotency
from infra.chassis.http.principal import Principal
from infra.chassis.runtime import Runtime
from infra.chassis.service import Caused, Run
from services.notify.domain.message import MessageKind
from services.notify.domain.template import FirmTemplate, template_id
from services.notify.mail.compose import Sender, html_of_own
from services.notify.mail.own_words import LONGEST_SOURCE, CannotRender, Mistake, mistakes, render
from services.notify.mail.samples import original, sample
from services.notify.store.templates import Templates
from services.notify.usecases.write_template import WriteTemplate

Writer = Annotated[Principal, allow("templates:write")]
PATH = "/{kind}/{channel}/{language}"


class TemplateBody(Body):
    """A small part of Jinja: ``{{ word }}``, ``{% if %}``, ``{% for %}``. A ``subject`` is a mail's only."""

    subject: Annotated[str, StringConstraints(max_length=500)] = ""
    body: Annotated[str, said(LONGEST_SOURCE)]


class WordsView(BaseModel):
    subject: str
    body: str


class VersionView(BaseModel):
    number: int
    by: str
    at: datetime
    subject: str
    body: str


class TemplateView(BaseModel):
    """``version`` null: what came with the product holds, which ``original`` says. ``words`` may be said."""

    kind: MessageKind
    channel: MessageChannel
    language: Language
    version: int | None
    subject: str
    body: str
    original: WordsView
    words: list[str]
    versions: list[VersionView]


class ListedView(BaseModel):
    kind: MessageKind
    channel: MessageChannel
    language: Language
    version: int


class ListedViews(BaseModel):
    """Those that the firm has written itself; all others are as they came."""

    items: list[ListedView]


class MistakeView(BaseModel):
    """``part`` is ``subject`` or ``body``, ``line`` counts from 1."""

    part: str
    line: int
    message: str


class PreviewView(BaseModel):
    """With made-up people; ``html`` is a mail's only. Empty where there are ``errors``."""

    subject: str
    text: str
    html: str | None
    errors: list[MistakeView]


def templates_router(sender: Sender) -> APIRouter:
    router = APIRouter(prefix="/v1/templates", tags=["templates"])

    @router.get("", response_model=ListedViews)
    async def list_templates(principal: Writer, run: Run) -> Any:
        found = await run.find(Templates, {"current": {"$ne": None}}, limit=1000)
        return ListedViews(items=[_listed(each.value) for each in found])

    @router.get(PATH, response_model=TemplateView)
    async def read_template(
        kind: MessageKind,
        channel: MessageChannel,
        language: Language,
        principal: Writer,
        run: Run,
        response: Response,
    ) -> Any:
        return await _answer(run, response, kind, channel, language, sender)

    @router.put(PATH, response_model=TemplateView)
    async def put_template(
        kind: MessageKind,
        channel: MessageChannel,
        language: Language,
        body: TemplateBody,
        expected: IfMatch,
        key: Idempotency,
        principal: Writer,
        cause: Caused,
        run: Run,
        request: Request,
        response: Response,
    ) -> Any:
        """A new version, from the next message on. What cannot be used is refused, line by line."""
        preview = previewed(kind, channel, language, body, sender, call_of(request).language)
        if preview.errors:
            raise Refusal(
                "template-wrong",
                Text("The template cannot be used as it is.", "Le modèle est inutilisable en l'état."),
                errors=[each.model_dump() for each in preview.errors],
            )
        id = template_id(kind, channel, language)
        await run.do(WriteTemplate(id, body.subject, body.body, principal.actor, expected), cause, key)
        return await _answer(run, response, kind, channel, language, sender)

    @router.delete(PATH, response_model=TemplateView)
    async def back_to_original(
        kind: MessageKind,
        channel: MessageChannel,
        language: Language,
        expected: IfMatch,
        key: Idempotency,
        principal: Writer,
        cause: Caused,
        run: Run,
        response: Response,
    ) -> Any:
        """What came with the product holds again; the firm's versions stay to be read."""
        id = template_id(kind, channel, language)
        await run.do(WriteTemplate(id, "", None, principal.actor, expected), cause, key)
        return await _answer(run, response, kind, channel, language, sender)

    @router.post(f"{PATH}/preview", response_model=PreviewView)
    async def preview_template(
        kind: MessageKind,
        channel: MessageChannel,
        language: Language,
        body: TemplateBody,
        principal: Writer,
        run: Run,
        request: Request,
        response: Response,
    ) -> Any:
        """What it would say, and what is wrong with it; the ETag is of what it would replace."""
        kept = await run.read(Templates, template_id(kind, channel, language))
        response.headers["ETag"] = etag(kept.version if kept else 0)
        return previewed(kind, channel, language, body, sender, call_of(request).language)

    return router


def previewed(
    kind: MessageKind,
    channel: MessageChannel,
    language: Language,
    body: TemplateBody,
    sender: Sender,
    reader: str,
) -> PreviewView:
    """``reader`` is the language of what is said of mistakes."""
    told = sample(kind, language, sender)
    of_mail = channel is MessageChannel.MAIL
    parts = {"subject": body.subject, "body": body.body}
    found = [
        MistakeView(part=part, line=each.line, message=each.why.in_(reader))
        for part, source in parts.items()
        for each in mistakes(source, frozenset(told))
    ]
    if of_mail and not body.subject.strip():
        why = Text("a mail has a subject", "un courriel a un objet")
        found.append(MistakeView(part="subject", line=1, message=why.in_(reader)))
    if not found:
        try:
            subject = " ".join(render(body.subject, told).split()) if of_mail else ""
            text = render(body.body, told).strip()
            html = html_of_own(subject, text, told) if of_mail else None
            return PreviewView(subject=subject, text=text, html=html, errors=[])
        except CannotRender as error:
            mistake = Mistake(1, Text(str(error), f"il ne peut être rendu : {error}"))
            found.append(MistakeView(part="body", line=1, message=mistake.why.in_(reader)))
    return PreviewView(subject="", text="", html=None, errors=found)


async def _answer(
    run: Runtime,
    response: Response,
    kind: MessageKind,
    channel: MessageChannel,
    language: Language,
    sender: Sender,
) -> TemplateView:
    view, version = await shown_template(run, kind, channel, language, sender)
    response.headers["ETag"] = etag(version)
    return view


async def shown_template(
    run: Runtime, kind: MessageKind, channel: MessageChannel, language: Language, sender: Sender
) -> tuple[TemplateView, int]:
    """The template, and the version of what is kept of it (0: nothing)."""
    kept = await run.read(Templates, template_id(kind, channel, language))
    known = kept.value if kept else FirmTemplate(template_id(kind, channel, language))
    subject, body = original(kind, channel, language, sender)
    holds = known.holds
    view = TemplateView(
        kind=kind,
        channel=channel,
        language=language,
        version=known.current,
        subject=holds.subject if holds else subject,
        body=holds.body if holds else body,
        original=WordsView(subject=subject, body=body),
        words=sorted(sample(kind, language, sender)),
        versions=[
            VersionView(number=each.number, by=each.by, at=each.at, subject=each.subject, body=each.body)
            for each in known.versions
        ],
    )
    return view, kept.version if kept else 0


def _listed(template: FirmTemplate) -> ListedView:
    kind, channel, language = template.id.split(":")
    return ListedView(
        kind=MessageKind(kind),
        channel=MessageChannel(channel),
        language=Language(language),
        version=template.current or 0,
    )
