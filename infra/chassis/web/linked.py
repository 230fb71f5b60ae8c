"""The pages that a link in a mail leads to, without a login: one look, and nothing loaded from anywhere."""

import base64
import hashlib
from collections.abc import Mapping
from html import escape
from importlib.resources import files

STYLE = "".join(
    (files("infra.chassis.web") / name).read_text(encoding="utf-8") for name in ("tokens.css", "linked.css")
)


def linked_page(title: str, language: str, about: str, body: str, *, script: str = "") -> str:
    """``about`` says what it is about, in a line of text; ``body`` is HTML, its texts escaped."""
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{escape(title)}</title>'
        f'<link rel="icon" href="data:,"><style>{STYLE}</style></head><body><main>'
        f'<p class="about">{escape(about)}</p><h1>{escape(title)}</h1>{body}</main>'
        f"{f'<script>{script}</script>' if script else ''}</body></html>"
    )


def linked_headers(script: str = "") -> Mapping[str, str]:
    """What a browser may do on such a page: its own style and ``script``, and its own form."""
    scripts = f" script-src {_hash(script)};" if script else ""
    return {
        "Content-Security-Policy": f"default-src 'none'; img-src data:; style-src {_hash(STYLE)};{scripts} "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
        "X-Robots-Tag": "noindex",
    }


def said(text: str, *, done: bool = True) -> str:
    """A sentence that says how it stands: a thing done, or one to know."""
    sign, kind = ("✓", "done") if done else ("!", "risk")
    return f'<p class="said {kind}" role="status"><span aria-hidden="true">{sign}</span> {escape(text)}</p>'


def _hash(content: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"
