"""``/session``: people sign in at the firm's OpenID Connect provider, by code flow with PKCE.

OpenID Connect Core 1.0, 3.1; RFC 7636. What the browser keeps is the provider's token, in a cookie that no
script reads; services verify it as any other bearer token, and nothing about it is stored.
"""

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from contracts.text import Text
from infra.chassis.http.call import call_of
from infra.chassis.http.issuer_keys import described_by
from infra.chassis.http.linked import fields_of
from infra.chassis.http.problems import Problem, not_ready
from infra.chassis.http.sessions import LANGUAGE_COOKIE, LANGUAGES, end_session, keep_session
from infra.chassis.http.tenants import Tenant
from infra.chassis.http.vouching import GLASS_FOR, BrokenGlass, Vouching
from infra.chassis.web.pages import THEMES, Pages
from infra.chassis.web.screens import screens_of

PREFIX = "/session"
PENDING_COOKIE = "astreinte-signing-in"
PENDING_SECONDS = 600
LOOK_SECONDS = 400 * 86400
_TIMEOUT_SECONDS = 5.0


@dataclass(frozen=True)
class _Pending:
    state: str
    verifier: str
    back_to: str
    issuer: str

    def as_text(self) -> str:
        whole = json.dumps([self.state, self.verifier, self.back_to, self.issuer])
        return base64.urlsafe_b64encode(whole.encode()).decode().rstrip("=")

    def is_answered_by(self, state: str) -> bool:
        return secrets.compare_digest(self.state.encode(), state.encode())

    @classmethod
    def read(cls, text: str) -> "_Pending | None":
        try:
            whole = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
            return cls(*map(str, whole))
        except (ValueError, TypeError):
            return None


def session_router(pages: Pages, tenants: Sequence[Tenant], glass: BrokenGlass) -> APIRouter:
    """Sign in and out, and how pages look to whoever opens them."""
    router = APIRouter(prefix=PREFIX, include_in_schema=False)
    by_issuer = {each.issuer: each for each in tenants}

    @router.get("")
    async def session(request: Request) -> Response:
        who = call_of(request).principal
        first = next(iter(screens_of(who)), "/portal")
        return RedirectResponse(f"{PREFIX}/sign-in" if who is None else first, 303)

    @router.get("/sign-in")
    async def sign_in(request: Request, next: str = PREFIX, at: str = "") -> Response:
        chosen = by_issuer.get(at) if at or len(tenants) > 1 else tenants[0]
        if chosen is None:
            return pages.page(request, "sign-in.html", tenants=tenants, next=next)
        described = await _description(chosen)
        pending = _Pending(
            secrets.token_urlsafe(24), secrets.token_urlsafe(48), local_path(next), chosen.issuer
        )
        asked = urlencode(
            {
                "response_type": "code",
                "client_id": chosen.client,
                "redirect_uri": _callback(request),
                "scope": "openid",
                "state": pending.state,
                "code_challenge": _challenge(pending.verifier),
                "code_challenge_method": "S256",
                "ui_locales": call_of(request).language,
            }
        )
        endpoint = described["authorization_endpoint"]
        answer = RedirectResponse(f"{endpoint}{'&' if '?' in endpoint else '?'}{asked}", 303)
        answer.set_cookie(
            PENDING_COOKIE,
            pending.as_text(),
            max_age=PENDING_SECONDS,
            path=PREFIX,
            secure=_authenticator(request).of_production,
            httponly=True,
            samesite="lax",
        )
        return answer

    @router.get("/callback")
    async def callback(
        request: Request, code: str = "", state: str = "", error: str = "", error_description: str = ""
    ) -> Response:
        pending = _Pending.read(request.cookies.get(PENDING_COOKIE, ""))
        if error:
            raise _not_signed_in(
                Text(
                    f"the provider answered: {error_description or error}",
                    f"le fournisseur répond : {error_description or error}",
                )
            )
        if pending is None or pending.issuer not in by_issuer or not pending.is_answered_by(state):
            raise _not_signed_in(
                Text(
                    "it was begun in another browser, or more than ten minutes ago",
                    "elle a été commencée dans un autre navigateur, ou il y a plus de dix minutes",
                )
            )
        token = await _token(by_issuer[pending.issuer], code, pending.verifier, _callback(request))
        authenticator = _authenticator(request)
        try:
            principal = await authenticator.principal(token)
        except Problem as refused:
            why = refused.detail
            raise _not_signed_in(Text(_as_clause(why.en), _as_clause(why.fr))) from refused
        answer = RedirectResponse(pending.back_to, 303)
        remaining = (principal.expires_at or 0) - authenticator.now()
        keep_session(answer, token, remaining, secure=authenticator.of_production)
        answer.delete_cookie(PENDING_COOKIE, path=PREFIX)
        return answer

    @router.get("/break-glass")
    async def glass_form(request: Request) -> Response:
        return pages.page(request, "break-glass.html", possible=glass.possible, wrong=False)

    @router.post("/break-glass")
    async def break_glass(request: Request) -> Response:
        authenticator = _authenticator(request)
        code = (await fields_of(request)).get("code", "")
        token = glass.session(code, authenticator.now())
        if token is None:
            return pages.page(request, "break-glass.html", status=403, possible=glass.possible, wrong=True)
        answer = RedirectResponse(PREFIX, 303)
        keep_session(answer, token, GLASS_FOR.total_seconds(), secure=authenticator.of_production)
        return answer

    @router.post("/sign-out")
    async def sign_out(request: Request) -> Response:
        answer = pages.page(request, "signed-out.html")
        end_session(answer, secure=_authenticator(request).of_production)
        return answer

    @router.post("/look")
    async def look(request: Request) -> Response:
        fields = await fields_of(request)
        answer = RedirectResponse(local_path(fields.get("next", "/")), 303)
        secure = _authenticator(request).of_production
        for name, value, known in (
            (LANGUAGE_COOKIE, fields.get("language"), LANGUAGES),
            ("theme", fields.get("theme"), THEMES),
        ):
            if value is not None and value in known:
                answer.set_cookie(name, value, max_age=LOOK_SECONDS, secure=secure, samesite="lax")
        return answer

    return router


def local_path(asked: str) -> str:
    """An address below our origin; whatever leads elsewhere is the beginning."""
    parts = urlsplit(asked)
    elsewhere = parts.scheme or parts.netloc or not asked.startswith("/") or asked.startswith(("//", "/\\"))
    return "/session" if elsewhere or any(ord(each) < 32 for each in asked) else asked


def _authenticator(request: Request) -> Vouching:
    authenticator: Vouching = request.app.state.authenticator
    return authenticator


def _callback(request: Request) -> str:
    return f"{request.url.scheme}://{request.url.netloc}{PREFIX}/callback"


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


async def _description(tenant: Tenant) -> Mapping[str, Any]:
    try:
        return await described_by(tenant.at or tenant.issuer)
    except (httpx.HTTPError, ValueError) as error:
        raise _unreachable() from error


async def _token(tenant: Tenant, code: str, verifier: str, redirect_uri: str) -> str:
    """The provider's token for a code; the ID token where its access tokens are no JWTs."""
    described = await _description(tenant)
    asked = {
        "grant_type": "authorization_code",
        "client_id": tenant.client,
        "code": code,
        "redirect_uri": redirect_uri,
        "code_verifier": verifier,
    }
    try:
        async with httpx.AsyncClient(timeout=_TIMEOUT_SECONDS, trust_env=False) as client:
            answer = await client.post(described["token_endpoint"], data=asked)
    except httpx.HTTPError as error:
        raise _unreachable() from error
    if answer.status_code != 200:
        raise _not_signed_in(Text("the provider took back its code", "le fournisseur a repris son code"))
    given = answer.json()
    for name in ("access_token", "id_token"):
        token = given.get(name)
        if isinstance(token, str) and token.count(".") == 2:
            return token
    raise _not_signed_in(
        Text("the provider gave no token of use", "le fournisseur n'a donné aucun jeton utile")
    )


def _not_signed_in(why: Text) -> Problem:
    return Problem(
        "not-signed-in",
        Text(
            f"You are not signed in: {why.en}. Open the page again and sign in anew.",
            f"La connexion n'a pas abouti : {why.fr}. Rouvrez la page et reconnectez-vous.",
        ),
    )


def _as_clause(sentence: str) -> str:
    return f"{sentence[0].lower()}{sentence[1:].rstrip('.')}"


def _unreachable() -> Problem:
    return not_ready(
        Text(
            "Nobody can sign in now: the identity provider does not answer. Try again in a moment.",
            "Connexion impossible : le fournisseur d'identité ne répond pas. Réessayez dans un instant.",
        )
    )
