"""Who a browser is signed in as: a token in a cookie that only our origin's own pages may act with."""

from collections.abc import Collection, Mapping
from urllib.parse import urlsplit

from starlette.responses import Response

from contracts.text import Text
from infra.chassis.http.problems import Problem

SESSION_COOKIE = "astreinte"
LANGUAGE_COOKIE = "language"
LANGUAGES = frozenset(("en", "fr"))
_SAME = frozenset((b"same-origin", b"none"))


def session_name(*, secure: bool) -> str:
    """Under ``__Host-`` no sibling domain and no plain connection can set it (RFC 6265bis, 4.1.3.2)."""
    return f"__Host-{SESSION_COOKIE}" if secure else SESSION_COOKIE


def session_token(headers: Mapping[bytes, bytes], *, secure: bool) -> str:
    """The token of the request's session, or nothing."""
    return cookie(headers, session_name(secure=secure))


def cookie(headers: Mapping[bytes, bytes], name: str, among: Collection[str] | None = None) -> str:
    """A cookie's value, or nothing where there is none (or none ``among`` those)."""
    for each in headers.get(b"cookie", b"").decode("latin-1").split(";"):
        found, _, value = each.strip().partition("=")
        if found == name and (among is None or value in among):
            return value
    return ""


def keep_session(answer: Response, token: str, seconds: float, *, secure: bool) -> None:
    """Sign the browser in for so long."""
    answer.set_cookie(
        session_name(secure=secure),
        token,
        max_age=max(0, int(seconds)),
        secure=secure,
        httponly=True,
        samesite="lax",
    )


def end_session(answer: Response, *, secure: bool) -> None:
    """Sign the browser out."""
    answer.delete_cookie(session_name(secure=secure), secure=secure, httponly=True, samesite="lax")


def check_same_origin(headers: Mapping[bytes, bytes]) -> None:
    """403 where another site had the browser ask for a change.

    Browsers say so themselves (Fetch Metadata, and ``Origin`` where they are older), and no page can
    make them say otherwise. A request that says nothing comes from none, and has no business with a
    cookie.
    """
    site = headers.get(b"sec-fetch-site")
    if site is not None:
        if site in _SAME:
            return
    elif (origin := headers.get(b"origin")) is not None and (
        urlsplit(origin.decode("latin-1")).netloc == headers.get(b"host", b"").decode("latin-1")
    ):
        return
    raise Problem(
        "cross-site",
        Text(
            "This change was not asked for by one of our pages: open the page and do it there.",
            "Ce changement ne vient pas d'une de nos pages : ouvrez la page et faites-le là.",
        ),
    )
