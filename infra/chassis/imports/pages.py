"""``/admin/<service>/imports``: send a file, see what it would change, apply it, watch it being applied."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import parse_qs

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from contracts.routes import ROUTES
from infra.chassis.http.auth import allow
from infra.chassis.http.call import call_of
from infra.chassis.http.principal import Principal
from infra.chassis.imports.api import FORM_BYTES, import_view, known, lines_after, uploaded
from infra.chassis.imports.applying import Importing
from infra.chassis.imports.kept import Imports, Standing, line_of
from infra.chassis.imports.kind import ImportKind
from infra.chassis.service import Caused, Run
from infra.chassis.store.collection import Document
from infra.chassis.web.pages import Pages, asks_for_part

RECENT = 20
A_PAGE = 100
_API = "/v1/imports/"

Who = Annotated[Principal, allow("imports:run")]


@dataclass(frozen=True)
class Changed:
    title: str
    before: str
    after: str


@dataclass(frozen=True)
class Shown:
    """A line as the page lists it; ``faults`` are (column, what is wrong)."""

    n: int
    ref: str
    standing: str
    outcome: str | None
    changes: Sequence[Changed]
    faults: Sequence[tuple[str, str]]


def prefix_of(service: str) -> str:
    """Where a service's pages of imports are."""
    return f"/admin/{service}/imports"


def places() -> Mapping[str, str]:
    """Every kind that any service takes in, with its page."""
    return {
        path.removeprefix(_API): f"{prefix_of(service)}/{path.removeprefix(_API)}"
        for service, paths in ROUTES.items()
        for path in paths
        if path.startswith(_API)
    }


def streamed_pages(importing: Importing) -> dict[str, int]:
    """The addresses whose routes read a file as it comes."""
    return {f"{prefix_of(importing.service)}/{kind}": FORM_BYTES for kind in importing.kinds}


def imports_pages(importing: Importing, pages: Pages) -> APIRouter:
    """The pages of a service's kinds."""
    router = APIRouter(include_in_schema=False)
    prefix = prefix_of(importing.service)
    for kind in importing.kinds.values():
        _add(router, importing, kind, pages)
    first = next(iter(importing.kinds.values()))

    @router.get(prefix)
    async def begin(request: Request, who: Who) -> Response:
        return Response(status_code=303, headers={"Location": f"{prefix}/{first.name}"})

    return router


def _add(router: APIRouter, importing: Importing, kind: ImportKind, pages: Pages) -> None:
    path = f"{prefix_of(importing.service)}/{kind.name}"

    async def allowed(who: Who) -> Principal:
        who.require(kind.verb)
        return who

    His = Annotated[Principal, Depends(allowed)]  # noqa: N806

    @router.get(path)
    async def of_kind(request: Request, who: His, run: Run) -> Response:
        recent = await run.find(
            Imports, {"kind": kind.name}, sort=(("updated_at", -1), ("_id", -1)), limit=RECENT
        )
        return pages.page(
            request,
            "imports.html",
            kind=kind,
            places=places(),
            columns=kind.every,
            recent=[kept.value for kept in recent],
            now=run.clock.now(),
        )

    @router.post(path)
    async def send(request: Request, who: His, run: Run, cause: Caused) -> Response:
        file = await uploaded(request)
        value = await importing.look_at(run, kind, file.content, file.name, who, cause)
        return _go_to(request, f"{path}/{value.id}")

    @router.get(f"{path}/{{id}}")
    async def one(
        id: str,
        request: Request,
        who: His,
        run: Run,
        show: Standing | None = None,
        cursor: Annotated[int, Query(ge=0)] = 0,
    ) -> Response:
        value = (await known(run, kind, id)).value
        view = await import_view(run, value)
        found = await lines_after(run, id, show, cursor, A_PAGE + 1)
        language = call_of(request).language
        template = "import.html"
        if asks_for_part(request):
            template = "import-rows.html" if cursor else "import-part.html"
        return pages.page(
            request,
            template,
            kind=kind,
            places=places(),
            its=view,
            base=f"{path}/{id}",
            show=show,
            lines=[_shown(kind, each, language) for each in found[:A_PAGE]],
            more=found[A_PAGE - 1]["n"] if len(found) > A_PAGE else None,
            absent=[_title(kind, each, language) for each in value.absent],
            kept_no_more=not found and not cursor and show is None and sum(value.counts.values()) > 0,
        )

    @router.post(f"{path}/{{id}}/apply")
    async def apply(id: str, request: Request, who: His, run: Run, cause: Caused) -> Response:
        form = parse_qs((await request.body()).decode("utf-8", "replace"))
        value = (await known(run, kind, id)).value
        await importing.begin(run, kind, value, form.get("token", [""])[0], who, cause)
        return _go_to(request, f"{path}/{id}")


def _go_to(request: Request, address: str) -> Response:
    if asks_for_part(request):
        return Response(status_code=204, headers={"HX-Redirect": address, "Cache-Control": "no-store"})
    return Response(status_code=303, headers={"Location": address, "Cache-Control": "no-store"})


def _shown(kind: ImportKind, document: Document, language: str) -> Shown:
    line = line_of(document)
    return Shown(
        line.n,
        line.ref or "",
        str(line.standing),
        document["outcome"],
        [_changed(kind, each, language) for each in line.changes],
        [(_title(kind, each.column, language), each.why.in_(language)) for each in line.faults],
    )


def _changed(kind: ImportKind, change: Mapping[str, Any], language: str) -> Changed:
    column = kind.column(change["column"])
    assert column is not None, "a change is of a column"
    said = (column.said(change[when], language) for when in ("before", "after"))
    return Changed(column.title.in_(language), *said)


def _title(kind: ImportKind, path: str | None, language: str) -> str:
    column = None if path is None else kind.column(path)
    return column.title.in_(language) if column is not None else path or ""
