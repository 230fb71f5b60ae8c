"""A service's pages: templates in the reader's language, their files, their policy, and what is refused.

A page, whole::

    PAGES = Pages("services.ticket.web", "/desk", "/sla")
    router = APIRouter(include_in_schema=False)

    @router.get("/sla")
    async def clocks(request: Request, who: Annotated[Principal, allow("screens:sla")], run: Run) -> Response:
        return PAGES.page(request, "sla.html", clocks=await clocks_of(run, who))

``sla.html`` extends ``base.html``. A part of a page for htmx is a template that extends nothing.
"""

import gzip
import json
import secrets
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from gettext import NullTranslations
from importlib.resources import files
from typing import Any
from urllib.parse import quote

from babel.dates import format_date
from babel.numbers import format_decimal
from fastapi import APIRouter, Request
from jinja2 import (
    ChoiceLoader,
    Environment,
    PackageLoader,
    StrictUndefined,
    select_autoescape,
)
from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse, Response

from contracts.text import Text
from infra.chassis.http.call import call_of
from infra.chassis.http.problems import Problem, Renderer
from infra.chassis.web.administering import ENTITIES, parts_of
from infra.chassis.web.assets import Assets
from infra.chassis.web.catalogues import SHARED, words
from infra.chassis.web.saying import exactly, from_now, minutes_said, moment_said
from infra.chassis.web.screens import screens_of

SIGN_IN = "/session/sign-in"
ZIPPED_FROM = 1024
THEMES = ("light", "dark")


class Pages:
    """The pages below some prefixes; ``package`` holds ``templates/``, ``static/`` and ``locale/fr.po``."""

    def __init__(self, package: str, *prefixes: str) -> None:
        self.prefixes = prefixes
        self._packages = (package, SHARED)
        self.assets = Assets((SHARED, package))
        with_templates = [each for each in self._packages if (files(each) / "templates").is_dir()]
        self._loader = ChoiceLoader([PackageLoader(each) for each in with_templates])
        self._environments: dict[str, Environment] = {}
        self.router = APIRouter(include_in_schema=False)
        for prefix in prefixes:
            self.router.add_api_route(
                f"{prefix}/-/{{digest}}/{{name:path}}", self._file, methods=["GET"], name=f"files of {prefix}"
            )

    def owns(self, path: str) -> bool:
        """Whether a path is one of these pages' or their files'."""
        return self._prefix_of(path) is not None

    def words(self, language: str) -> NullTranslations:
        """The sentences of templates and routes in that language."""
        return words(language, self._packages)

    def page(
        self,
        request: HTTPConnection,
        template: str,
        /,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        **context: Any,
    ) -> Response:
        """A page, or a part of one, in the reader's language and under the policy of pages."""
        call = call_of(request)
        nonce = secrets.token_urlsafe(16)
        prefix = self._prefix_of(call.path) or self.prefixes[0]
        html = (
            self._environment(call.language)
            .get_template(template)
            .render(
                nonce=nonce,
                asset=partial(self._address, prefix),
                lang=call.language,
                theme=_theme(request),
                here=_here(request),
                path=call.path,
                who=call.principal,
                screens=screens_of(call.principal),
                **context,
            )
        )
        answer = HTMLResponse(html, status)
        answer.headers.update(self._policy(nonce, call.language))
        answer.headers.update(headers or {})
        if len(answer.body) > ZIPPED_FROM and "gzip" in request.headers.get("accept-encoding", ""):
            zipped = gzip.compress(bytes(answer.body), 5, mtime=0)
            headers_of_both = {k: v for k, v in answer.headers.items() if k != "content-length"}
            answer = HTMLResponse(zipped, status, {**headers_of_both, "Content-Encoding": "gzip"})
        return answer

    def refused(self, request: HTTPConnection, problem: Problem, renderer: Renderer) -> Response:
        """What went wrong as a page, or as a part of one; who is not signed in is led to where he can be."""
        call = call_of(request)
        part = asks_for_part(request)
        told = renderer.render(
            problem, language=call.language, instance=call.path, correlation_id=call.correlation_id
        )
        if told.status_code == 401 and not part and call.method == "GET":
            return Response(
                status_code=303, headers={"Location": sign_in_address(request), "Cache-Control": "no-store"}
            )
        known = renderer.types.get(problem.slug)
        shown = {
            **json.loads(bytes(told.body)),
            "remedy": known.remedy.in_(call.language) if known is not None else "",
        }
        extra = {k: v for k, v in told.headers.items() if k in {"retry-after", "allow"}}
        return self.page(
            request,
            "trouble.html" if part else "refused.html",
            status=told.status_code,
            headers=extra,
            problem=shown,
            sign_in=sign_in_address(request),
        )

    def _environment(self, language: str) -> Environment:
        """Made when somebody first reads that language: a service that starts waits for neither."""
        if language not in self._environments:
            self._environments[language] = self._made(language)
        return self._environments[language]

    def _made(self, language: str) -> Environment:
        made = Environment(
            loader=self._loader,
            extensions=["jinja2.ext.i18n"],
            autoescape=select_autoescape(),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        spoken = self.words(language)
        made.policies["ext.i18n.trimmed"] = True
        made.install_gettext_translations(spoken, newstyle=True)  # type: ignore[attr-defined]
        made.filters["minutes"] = partial(_minutes, spoken)
        made.filters["day"] = partial(_day, language)
        made.filters["decimal"] = partial(_decimal, language)
        made.globals["parts_of"] = parts_of
        made.globals["entity_called"] = lambda entity: spoken.gettext(ENTITIES.get(entity, entity))
        made.globals["from_now"] = partial(_from_now, spoken)
        made.globals["moment"] = partial(_moment, spoken, language)
        made.globals["exactly"] = partial(_exactly, language)
        return made

    async def _file(self, request: Request, digest: str, name: str) -> Response:
        asset = self.assets.get(name)
        if asset is None:
            raise Problem("not-found", Text("There is no such file.", "Ce fichier n'existe pas."))
        headers = dict(self.assets.headers(digest))
        if asset.zipped is not None and "gzip" in request.headers.get("accept-encoding", ""):
            return Response(
                asset.zipped, media_type=asset.media_type, headers={**headers, "Content-Encoding": "gzip"}
            )
        return Response(asset.plain, media_type=asset.media_type, headers=headers)

    def _address(self, prefix: str, name: str) -> str:
        if name not in self.assets:
            raise LookupError(f"no page's file is called {name}")
        return f"{prefix}/-/{self.assets.digest}/{name}"

    def _policy(self, nonce: str, language: str) -> Mapping[str, str]:
        return {
            "Content-Security-Policy": (
                f"default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic'; "
                f"style-src 'self' 'nonce-{nonce}'; img-src 'self' data: blob:; "
                "connect-src 'self'; font-src 'self'; manifest-src 'self'; worker-src 'self'; "
                "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
            ),
            "Content-Language": language,
            "Cross-Origin-Opener-Policy": "same-origin",
            "Referrer-Policy": "same-origin",
            "Permissions-Policy": "camera=(self), geolocation=(self), microphone=()",
            "Cache-Control": "no-store",
            "Vary": "Accept-Encoding, Accept-Language, Cookie, HX-Request",
        }

    def _prefix_of(self, path: str) -> str | None:
        return next((each for each in self.prefixes if path == each or path.startswith(f"{each}/")), None)


def asks_for_part(request: HTTPConnection) -> bool:
    """Whether htmx asks for a part of a page; where it restores a page that was left it wants all of it."""
    return "hx-request" in request.headers and "hx-history-restore-request" not in request.headers


def sign_in_address(request: HTTPConnection) -> str:
    """Where to sign in, and to come back from to the page that was asked for."""
    return f"{SIGN_IN}?next={quote(_here(request), safe='')}"


def _here(request: HTTPConnection) -> str:
    """The page's own address, below the origin: for a part of one, the page that it is on."""
    url = request.url
    return f"{url.path}?{url.query}" if url.query else url.path


def _theme(request: HTTPConnection) -> str:
    chosen = request.cookies.get("theme", "")
    return chosen if chosen in THEMES else ""


def _minutes(spoken: NullTranslations, minutes: float) -> str:
    return minutes_said(minutes, spoken)


def _decimal(language: str, value: float | Decimal, digits: int = 1) -> str:
    return format_decimal(value, f"#,##0.{'0' * digits}", locale=language)


def _day(language: str, day: str | date) -> str:
    written = date.fromisoformat(day) if isinstance(day, str) else day
    return format_date(written, "medium", locale=language)


def _from_now(spoken: NullTranslations, at: datetime, now: datetime) -> str:
    return from_now(at, now, spoken)


def _moment(spoken: NullTranslations, language: str, at: datetime, now: datetime, zone: str = "UTC") -> str:
    return moment_said(at, now, zone, spoken, language)


def _exactly(language: str, at: datetime, zone: str = "UTC") -> str:
    return exactly(at.astimezone(UTC), zone, language)
