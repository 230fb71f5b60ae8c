"""Pages of reference data: a list to search, and a form that writes what the API takes.

Nothing is written here: the form sends the API's own request, so that what it may do, what it refuses and
what it leaves behind are the API's.
"""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from infra.chassis.http.auth import allow
from infra.chassis.http.call import call_of
from infra.chassis.http.paging import Paged
from infra.chassis.http.principal import Principal
from infra.chassis.http.problems import not_found
from infra.chassis.runtime import Kept, Runtime
from infra.chassis.service import Run
from infra.chassis.store.collection import Collection
from infra.chassis.web.forms import Choices, Form, Option, Say
from infra.chassis.web.pages import Pages, asks_for_part

ZONES: Sequence[str] = (
    *("Europe/Paris", "America/Guadeloupe", "America/Martinique", "America/Cayenne", "Indian/Reunion"),
    *("Indian/Mayotte", "Europe/Brussels", "Europe/Luxembourg", "Europe/Zurich", "Europe/London", "UTC"),
)
MOST_CHOICES = 1000


async def _no_choices(run: Runtime, principal: Principal, kept: Kept[Any] | None) -> Choices:
    return {}


async def _nothing_more(
    run: Runtime, principal: Principal, kept: Kept[Any] | None, say: Say
) -> Mapping[str, Any]:
    return {}


def _everything(principal: Principal) -> Mapping[str, Any]:
    return {}


async def _everybodys(run: Runtime, principal: Principal) -> Mapping[str, Any]:
    return {}


Values = Callable[[Kept[Any], Principal], Mapping[str, Any]]
Cells = Callable[[Kept[Any], Say, str], Sequence[str]]


@dataclass(frozen=True)
class Reference:
    """One kind of reference data and its pages at ``/admin/<service>/<name>``.

    ``values`` gives the API's own view as JSON. ``heads`` are the list's columns; ``cells`` gives one for
    each, the name first. ``called`` is the stored field that a search looks in. ``scope`` narrows what exists
    for a caller, ``among`` by what the database knows of him. ``choices`` and ``known`` are what fields
    offer; ``more`` is what ``template`` shows beside.
    ``path`` is the API's, where that is not ``/v1/<name>``.
    Without ``ids`` the API names new ones (POST) and takes ``changing`` of those that are there (PATCH).
    """

    service: str
    name: str
    title: str
    new: str
    empty: str
    collection: Collection[Any]
    form: Form
    verb: str
    values: Values
    heads: Sequence[str]
    cells: Cells
    called: str = "name"
    scope: Callable[[Principal], Mapping[str, Any]] = _everything
    among: Callable[[Runtime, Principal], Awaitable[Mapping[str, Any]]] = _everybodys
    choices: Callable[[Runtime, Principal, Kept[Any] | None], Awaitable[Choices]] = _no_choices
    known: Mapping[str, Sequence[Option]] = field(default_factory=dict)
    more: Callable[[Runtime, Principal, Kept[Any] | None, Say], Awaitable[Mapping[str, Any]]] = _nothing_more
    template: str = "admin-form.html"
    ids: bool = True
    changing: Form | None = None
    path: str | None = None

    @property
    def base(self) -> str:
        return f"/admin/{self.service}/{self.name}"


def reference_router(pages: Pages, *references: Reference) -> APIRouter:
    """The pages of these references."""
    router = APIRouter(include_in_schema=False)
    for each in references:
        _add_pages(router, pages, each)
    return router


def _add_pages(router: APIRouter, pages: Pages, of: Reference) -> None:
    who = Annotated[Principal, allow("screens:admin")]

    async def listed(
        request: Request,
        page: Paged,
        principal: who,
        run: Run,
        q: Annotated[str, Query(max_length=200)] = "",
    ) -> Response:
        caller: Principal = principal
        caller.require(of.verb)
        say = pages.words(call_of(request).language).gettext
        bound = dict(await of.among(run, caller))
        query = page.filter({"$and": [dict(of.scope(caller)), bound, _called(of.called, q)]})
        found = await run.find(of.collection, query, sort=page.sort, limit=page.fetch)
        shown = page.of(found, lambda kept: (kept.value.id, of.cells(kept, say, call_of(request).language)))
        return pages.page(
            request,
            "admin-rows.html" if asks_for_part(request) else "admin-list.html",
            title=say(of.title),
            add=say(of.new),
            empty=say(of.empty),
            base=of.base,
            heads=[say(head) for head in of.heads],
            rows=shown["items"],
            more=page.url(shown["next"]) if shown["next"] else None,
            begun=page.after is not None,
            asked=q,
            may_write=caller.may(of.verb),
        )

    async def row(
        request: Request,
        principal: who,
        run: Run,
        at: Annotated[str, Query(max_length=200)],
    ) -> Response:
        caller: Principal = principal
        caller.require(of.verb)
        say = pages.words(call_of(request).language).gettext
        choices = await of.choices(run, caller, None)
        try:
            group, made = of.form.row(at, choices, say)
        except (KeyError, ValueError, IndexError):
            raise not_found("row", at) from None
        return pages.page(request, "form-row.html", of=group, made=made, base=of.base)

    async def form(request: Request, id: str, run: Run, caller: Principal, wanted: str = "") -> Response:
        caller.require(of.verb)
        language = call_of(request).language
        say = pages.words(language).gettext
        kept = None if id == "new" else await _kept(run, of, id, caller)
        choices = await of.choices(run, caller, kept)
        values = of.form.start if kept is None else of.values(kept, caller)
        shown = of.form if kept is None or of.changing is None else of.changing
        fields = shown.fields(values, choices, say)
        known = (
            dict.fromkeys(of.form.suggests.values(), ()) | {"zones": [(z, z) for z in ZONES]} | dict(of.known)
        )
        return pages.page(
            request,
            of.template,
            title=say(of.title),
            heading=say(of.new) if kept is None else (of.cells(kept, say, language)[0] or id),
            base=of.base,
            api=of.path or f"/v1/{of.name}",
            service=of.service,
            method="PUT" if of.ids else "POST" if kept is None else "PATCH",
            id=None if kept is None else id,
            wanted=wanted,
            version=0 if kept is None else kept.version,
            fields=fields,
            known=known,
            may_write=True,
            **await of.more(run, caller, kept, say),
        )

    async def new(
        request: Request, principal: who, run: Run, id: Annotated[str, Query(max_length=64)] = ""
    ) -> Response:
        """``id`` is proposed as its identifier."""
        return await form(request, "new", run, principal, id)

    async def one(request: Request, id: str, principal: who, run: Run) -> Response:
        return await form(request, id, run, principal)

    router.add_api_route(of.base, listed, methods=["GET"], name=f"list of {of.name}", response_model=None)
    router.add_api_route(f"{of.base}/new", new, methods=["GET"], name=f"new {of.name}", response_model=None)
    router.add_api_route(
        f"{of.base}/row", row, methods=["GET"], name=f"row of {of.name}", response_model=None
    )
    router.add_api_route(
        f"{of.base}/{{id}}", one, methods=["GET"], name=f"form of {of.name}", response_model=None
    )


async def _kept(run: Runtime, of: Reference, id: str, principal: Principal) -> Kept[Any]:
    bound = dict(await of.among(run, principal))
    found = await run.find(of.collection, {"$and": [{"_id": id}, dict(of.scope(principal)), bound]}, limit=1)
    if not found:
        raise not_found(of.name, id)
    return found[0]


def _called(field: str, asked: str) -> Mapping[str, Any]:
    """Whatever holds what was typed in its name, or begins so in its identifier."""
    if not asked.strip():
        return {}
    typed = re.escape(asked.strip())
    return {
        "$or": [
            {field: {"$regex": typed, "$options": "i"}},
            {"_id": {"$regex": f"^{typed}", "$options": "i"}},
        ]
    }


async def options_of(
    run: Runtime, kind: Any, query: Mapping[str, Any], option: Callable[[Any], Option]
) -> list[Option]:
    """Each stored thing by its id with what it is called, for a field that names one; sorted by that."""
    found = await run.find(kind, query, limit=MOST_CHOICES)
    return sorted((option(kept.value) for kept in found), key=lambda each: each[1].casefold())
