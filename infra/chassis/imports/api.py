"""``/v1/imports/<kind>``: a template, a dry run of a file, its lines, and applying what they showed."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, StringConstraints
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from contracts.text import Text
from contracts.values import Id, Instant
from infra.chassis.http.auth import allow
from infra.chassis.http.body import Body
from infra.chassis.http.call import call_of
from infra.chassis.http.paging import Paged
from infra.chassis.http.principal import Principal
from infra.chassis.http.problems import Problem, not_found
from infra.chassis.imports.applying import Importing
from infra.chassis.imports.kept import LINES, Import, Imports, Outcome, Standing, State, line_of, outcomes_of
from infra.chassis.imports.kind import Fault, ImportKind
from infra.chassis.imports.sheet import MAX_BYTES
from infra.chassis.imports.template import template
from infra.chassis.runtime import Kept, Runtime
from infra.chassis.service import Caused, Run
from infra.chassis.store.collection import Document
from infra.chassis.workbook import XLSX

FORM_BYTES = MAX_BYTES + 64 * 1024
FILE_FORM: Mapping[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "additionalProperties": False,
                    "properties": {"file": {"type": "string", "format": "binary", "minLength": 1}},
                }
            }
        },
    }
}

Who = Annotated[Principal, allow("imports:run")]


class ChangeView(BaseModel):
    """A field by its column, in JSON as the body of the PUT says it; null is empty."""

    column: str
    before: Any
    after: Any


class FaultView(BaseModel):
    """``column`` is null for what is wrong with the line as a whole."""

    column: str | None
    detail: str


class LineView(BaseModel):
    """``line`` as programs for tables count it. ``outcome`` is null until it has been applied."""

    line: int
    id: str | None
    standing: Standing
    outcome: Outcome | None
    changes: list[ChangeView]
    errors: list[FaultView]


class LineListView(BaseModel):
    items: list[LineView]
    next: str | None


class CountsView(BaseModel):
    new: int
    changed: int
    unchanged: int
    refused: int


class DoneView(BaseModel):
    """Lines that have come to something since it was begun, of ``of``."""

    of: int
    applied: int
    refused: int


class ImportView(BaseModel):
    """``token`` stands for the file and what it was compared with; applying takes it."""

    id: str
    kind: str
    file: str
    sha256: str
    state: State
    author: str
    at: Instant
    applied_at: Instant | None
    token: str
    counts: CountsView
    unknown_headings: list[str]
    absent_columns: list[str]
    done: DoneView


class ImportListView(BaseModel):
    items: list[ImportView]
    next: str | None


class ApplyBody(Body):
    """``token`` as the dry run gave it."""

    token: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{40}$")]


@dataclass(frozen=True)
class Uploaded:
    name: str
    content: bytes


async def uploaded(request: Request) -> Uploaded:
    """The one file of a form; a ``Problem`` where there is none."""
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise no_file()
    try:
        async with request.form(max_files=1, max_fields=2, max_part_size=1024) as form:
            file = form.get("file")
            if not isinstance(file, UploadFile) or not file.filename or not file.size:
                raise no_file()
            return Uploaded(file.filename, await file.read())
    except HTTPException:
        raise no_file() from None


def no_file() -> Problem:
    return Problem(
        "no-file",
        Text(
            "Send multipart/form-data with one part `file`: a workbook (xlsx) or a table in text (csv).",
            "Envoyez multipart/form-data avec une partie `file` : un classeur (xlsx) ou un tableau (csv).",
        ),
    )


def streamed(importing: Importing) -> dict[str, int]:
    """The addresses whose routes read a file as it comes."""
    return {f"/v1/imports/{kind}": FORM_BYTES for kind in importing.kinds}


def imports_router(importing: Importing) -> APIRouter:
    """The routes of each of a service's kinds."""
    router = APIRouter(tags=["imports"])
    for kind in importing.kinds.values():
        _add(router, importing, kind)
    return router


def _add(router: APIRouter, importing: Importing, kind: ImportKind) -> None:
    path = f"/v1/imports/{kind.name}"

    async def allowed(who: Who) -> Principal:
        who.require(kind.verb)
        return who

    His = Annotated[Principal, Depends(allowed)]  # noqa: N806

    @router.get(
        f"{path}/template.xlsx",
        response_class=Response,
        responses={200: {"description": "A workbook to fill in", "content": {XLSX: {}}}},
    )
    async def read_template(who: His, request: Request) -> Response:
        """A workbook with the columns, what they take, and a sheet that explains them."""
        return template_answer(kind, call_of(request).language)

    @router.post(path, status_code=201, openapi_extra=dict(FILE_FORM))
    async def check(
        who: His,
        run: Run,
        cause: Caused,
        request: Request,
        response: Response,
        dry_run: Annotated[bool, Query(description="false: apply at once, where no line is refused")] = True,
    ) -> ImportView:
        """What each line of a file would do. Nothing is stored of it until it is applied."""
        file = await uploaded(request)
        value = await importing.look_at(run, kind, file.content, file.name, who, cause)
        if not dry_run and not value.counts[Standing.REFUSED]:
            value = await importing.begin(run, kind, value, value.token, who, cause)
        response.headers["Location"] = f"{path}/{value.id}"
        return await import_view(run, value)

    @router.get(path, response_model=ImportListView)
    async def list_imports(page: Paged, who: His, run: Run) -> Any:
        found = await run.find(Imports, page.filter(kind=kind.name), sort=page.sort, limit=page.fetch)
        done = {each.value.id: await outcomes_of(run.db, each.value.id) for each in found}
        return page.of(found, lambda kept: view_with(kept.value, done[kept.value.id]).model_dump(mode="json"))

    @router.get(f"{path}/{{id}}")
    async def read_import(id: Id, who: His, run: Run) -> ImportView:
        """How far it is."""
        return await import_view(run, (await known(run, kind, id)).value)

    @router.get(f"{path}/{{id}}/lines")
    async def list_lines(
        id: Id,
        who: His,
        run: Run,
        request: Request,
        standing: Standing | None = None,
        cursor: Annotated[str | None, Query(pattern=r"^[0-9]{1,9}$")] = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> LineListView:
        """Lines in their order; `standing=refused`: those with errors only. They are kept for 30 days."""
        await known(run, kind, id)
        after = 0 if cursor is None else int(cursor)
        found = await lines_after(run, id, standing, after, limit + 1)
        shown = found[:limit]
        following = str(shown[-1]["n"]) if len(found) > limit else None
        say = partial(_line_view, language=call_of(request).language)
        return LineListView(items=[say(each) for each in shown], next=following)

    @router.post(f"{path}/{{id}}/apply", status_code=202)
    async def apply(id: Id, body: ApplyBody, who: His, run: Run, cause: Caused) -> ImportView:
        """Apply exactly what was shown; the refused lines are left out. It goes on in the background, and
        asking for it again changes nothing. Where something has changed since it was shown, it is refused."""
        value = (await known(run, kind, id)).value
        return await import_view(run, await importing.begin(run, kind, value, body.token, who, cause))


def template_answer(kind: ImportKind, language: str) -> Response:
    name = f"{kind.name}.xlsx"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Content-Language": language}
    return Response(template(kind, language), headers=headers, media_type=XLSX)


async def known(run: Runtime, kind: ImportKind, id: str) -> Kept[Import]:
    """An import of that kind, or the 404."""
    kept = await run.read(Imports, id)
    if kept is None or kept.value.kind != kind.name:
        raise not_found("import", id)
    return kept


async def lines_after(
    run: Runtime, id: str, standing: Standing | None, after: int, most: int
) -> list[Document]:
    """Stored lines in their order; ``refused`` are also those that were refused when they were applied."""
    query: Document = {"import_id": id, "n": {"$gt": after}}
    if standing is Standing.REFUSED:
        query["$or"] = [{"standing": str(standing)}, {"outcome": str(Outcome.REFUSED)}]
    elif standing is not None:
        query["standing"] = str(standing)
    return await run.collection(LINES).find(query).sort("n", 1).limit(most).to_list(None)


async def import_view(run: Runtime, value: Import) -> ImportView:
    return view_with(value, await outcomes_of(run.db, value.id))


def view_with(value: Import, outcomes: Mapping[str, int]) -> ImportView:
    return ImportView(
        id=value.id,
        kind=value.kind,
        file=value.file,
        sha256=value.sha256,
        state=value.state,
        author=value.author,
        at=value.at,
        applied_at=value.applied_at,
        token=value.token,
        counts=CountsView(**value.counts),
        unknown_headings=list(value.unknown),
        absent_columns=list(value.absent),
        done=DoneView(
            of=value.to_apply,
            applied=outcomes[Outcome.APPLIED],
            refused=outcomes[Outcome.REFUSED],
        ),
    )


def _line_view(document: Document, language: str) -> LineView:
    line = line_of(document)
    return LineView(
        line=line.n,
        id=line.ref,
        standing=line.standing,
        outcome=document["outcome"],
        changes=[ChangeView(**each) for each in line.changes],
        errors=[_fault_view(each, language) for each in line.faults],
    )


def _fault_view(fault: Fault, language: str) -> FaultView:
    return FaultView(column=fault.column, detail=fault.why.in_(language))
