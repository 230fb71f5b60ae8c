"""The pages of the local origin: templates, languages and the policy that they are served under."""

from typing import Any

from fastapi import Request
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from starlette.responses import HTMLResponse

from infra.chassis.http.call import language_of
from infra.local.web.wording import WORDS

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

_TEMPLATES = Environment(
    loader=PackageLoader("infra.local.web"),
    autoescape=select_autoescape(),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def language(request: Request) -> str:
    """What the ``lang`` parameter asks for, else what the browser prefers."""
    asked = request.query_params.get("lang")
    return (
        asked if asked is not None and asked in WORDS else language_of(request.headers.get("accept-language"))
    )


def page(request: Request, template: str, /, *, status: int = 200, **context: Any) -> HTMLResponse:
    """A page in the reader's language; ``w`` in a template are its words."""
    lang = language(request)
    other = "en" if lang == "fr" else "fr"
    html = _TEMPLATES.get_template(template).render(
        lang=lang,
        w=WORDS[lang],
        other=other,
        other_url=str(request.url.include_query_params(lang=other).replace(scheme="", netloc="")),
        here=request.url.path,
        **context,
    )
    headers = {
        "Content-Security-Policy": POLICY,
        "Content-Language": lang,
        "Vary": "Accept-Language",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
    }
    return HTMLResponse(html, status, headers)
