"""``/admin/notify/templates``: the firm's own words for each kind of message, seen before they are kept."""

from collections.abc import Callable, Mapping
from typing import Annotated

from fastapi import APIRouter, Request
from starlette.responses import Response

from contracts.notify.events import MessageChannel
from contracts.values import Language
from infra.chassis.http.auth import allow
from infra.chassis.http.call import call_of
from infra.chassis.http.principal import Principal
from infra.chassis.service import Run
from services.notify.api.templates import shown_template
from services.notify.domain.bounce import RefusedAddress
from services.notify.domain.message import MessageKind, RecipientKind
from services.notify.domain.preferences import KINDS
from services.notify.mail.compose import Sender
from services.notify.mail.wording import news
from services.notify.store.refused_addresses import RefusedAddresses
from services.notify.store.templates import Templates
from services.notify.web.pages import PAGES

Writer = Annotated[Principal, allow("templates:write")]
PAGE, ADDRESSES = "/admin/notify/templates", "/admin/notify/addresses"


def templates_pages(sender: Sender) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get(PAGE)
    async def templates(
        request: Request,
        who: Writer,
        run: Run,
        kind: MessageKind = MessageKind.TECHNICIAN_DISPATCHED,
        channel: MessageChannel = MessageChannel.MAIL,
        language: Language = Language.FR,
    ) -> Response:
        own = await run.find(Templates, {"current": {"$ne": None}}, limit=1000)
        template, version = await shown_template(run, kind, channel, language, sender)
        reader = call_of(request).language
        return PAGES.page(
            request,
            "templates.html",
            template=template,
            etag=version,
            kinds=_kinds(reader, PAGES.words(reader).gettext),
            channels=list(MessageChannel),
            languages=list(Language),
            own={each.value.id for each in own},
        )

    @router.get(ADDRESSES)
    async def addresses(request: Request, who: Writer, run: Run) -> Response:
        found = await run.find(RefusedAddresses, {"digest": {"$ne": ""}}, limit=200)
        return PAGES.page(
            request, "addresses.html", refused=[_refused(each.value) for each in found], now=run.clock.now()
        )

    return router


def _kinds(reader: str, _: Callable[[str], str]) -> Mapping[str, list[tuple[MessageKind, str]]]:
    """The kinds of messages by who is told, each with what it is called."""
    language = Language(reader)
    titles = {
        RecipientKind.TECHNICIAN: _("To technicians"),
        RecipientKind.CONTACT: _("To clients"),
        RecipientKind.STAFF: _("To the firm"),
    }
    kinds = {
        titles[whose]: [(kind, _name(kind, language)) for kind in KINDS[whose]]
        for whose in RecipientKind
        if whose in titles
    }
    return {**kinds, _("To everybody"): [(MessageKind.DIGEST, _name(MessageKind.DIGEST, language))]}


def _name(kind: MessageKind, language: Language) -> str:
    name = news(kind, language)
    return name[:1].upper() + name[1:]


def _refused(address: RefusedAddress) -> Mapping[str, object]:
    kind, _, person = address.id.partition(":")
    return {"kind": kind, "person": person, "since": address.since_at, "reason": address.reason}
