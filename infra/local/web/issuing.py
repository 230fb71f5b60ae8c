"""``/issuer``: the development issuer as OpenID Connect clients expect one, and a form for people."""

import base64
import hashlib
import ipaddress
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import parse_qsl, urlencode, urlsplit

from fastapi import APIRouter, Query, Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from contracts.text import InvalidValue, Text
from infra.chassis.http.problems import Problem
from infra.chassis.http.roles import CUSTOMER_SIDE, FIRM_SIDE
from infra.chassis.http.sessions import keep_session
from infra.chassis.web.signing_in import local_path
from infra.local.issuer import HOURS, DevelopmentIssuer
from infra.local.web.rendering import page

CODE_SECONDS = 60.0
_NO_TOKEN = Text("no token can be made of this", "aucun jeton ne peut en être fait")


@dataclass(frozen=True)
class _Code:
    token: str
    redirect_uri: str
    challenge: str | None
    until: float


def issuer_router(issuer: DevelopmentIssuer) -> APIRouter:
    """Key set, description, authorisation code with PKCE, token, and a form at ``/issuer``.

    Anybody who reaches this address gets any token, so it answers under loopback names only: a page
    of another site that rebinds its name to this machine gets nothing.
    """
    router = APIRouter(prefix="/issuer", include_in_schema=False)
    codes: dict[str, _Code] = {}

    @router.get("/jwks.json")
    async def jwks() -> Response:
        return JSONResponse(issuer.jwks)

    @router.get("/.well-known/openid-configuration")
    async def described(request: Request) -> Response:
        base = f"{request.url.scheme}://{request.url.netloc}/issuer"
        return JSONResponse(
            {
                "issuer": issuer.name,
                "jwks_uri": f"{base}/jwks.json",
                "authorization_endpoint": f"{base}/authorize",
                "token_endpoint": f"{base}/token",
                "response_types_supported": ["code"],
                "grant_types_supported": ["authorization_code", "client_credentials"],
                "code_challenge_methods_supported": ["S256"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["ES256"],
            }
        )

    @router.get("")
    async def form(request: Request) -> Response:
        _only_loopback(request)
        asked = request.query_params
        token, wrong = _made(issuer, asked) if "role" in asked else (None, None)
        return _form(request, token, wrong)

    @router.get("/authorize")
    async def authorize(
        request: Request,
        redirect_uri: str,
        response_type: Annotated[str, Query(pattern="^code$")] = "code",
        state: str | None = None,
        code_challenge: str | None = None,
        code_challenge_method: Annotated[str, Query(pattern="^S256$")] = "S256",
    ) -> Response:
        _only_loopback(request)
        if not _loopback(urlsplit(redirect_uri).hostname):
            raise _refused(
                Text(
                    "redirect_uri must be an address of this machine",
                    "redirect_uri doit être une adresse de cette machine",
                )
            )
        if "role" not in request.query_params:
            return _form(request, None, None)
        token, wrong = _made(issuer, request.query_params)
        if token is None:
            raise _refused(wrong or _NO_TOKEN)
        code = secrets.token_urlsafe(24)
        codes[code] = _Code(token, redirect_uri, code_challenge, time.monotonic() + CODE_SECONDS)
        answer = urlencode({"code": code} | ({"state": state} if state else {}))
        return RedirectResponse(f"{redirect_uri}{'&' if '?' in redirect_uri else '?'}{answer}", 303)

    @router.get("/enter")
    async def enter(request: Request, next: str = "/session") -> Response:
        """Signed in at once: under a name of its own (``dispatcher.localhost``) each role has its session."""
        _only_loopback(request)
        made, wrong = _made(issuer, request.query_params)
        if made is None:
            raise _refused(wrong or _NO_TOKEN)
        answer = RedirectResponse(local_path(next), 303)
        keep_session(answer, made, HOURS * 3600, secure=False)
        return answer

    @router.post("/token")
    async def token(request: Request) -> Response:
        _only_loopback(request)
        asked = dict(parse_qsl((await request.body()).decode("latin-1")))
        if asked.get("grant_type") == "client_credentials":
            made, wrong = _made(issuer, asked)
            if made is None:
                raise _refused(wrong or _NO_TOKEN)
            return _token(made)
        kept = codes.pop(asked.get("code", ""), None)
        if kept is None or kept.until < time.monotonic() or kept.redirect_uri != asked.get("redirect_uri"):
            raise _refused(
                Text(
                    "this code was used, is too old, or is another application's: authorize again",
                    "ce code a servi, est trop ancien ou vient d'une autre application : recommencez",
                )
            )
        if kept.challenge is not None and kept.challenge != _challenge(asked.get("code_verifier", "")):
            raise _refused(
                Text(
                    "the code_verifier does not fit the code_challenge",
                    "le code_verifier ne correspond pas au code_challenge",
                )
            )
        return _token(kept.token)

    return router


def _form(request: Request, token: str | None, wrong: Text | None) -> Response:
    asked = {"role": "", "customer": "", "subject": "", "redirect_uri": "", **request.query_params}
    return page(
        request,
        "issuer.html",
        status=422 if wrong else 200,
        client_roles=sorted(CUSTOMER_SIDE),
        firm_roles=sorted(FIRM_SIDE),
        asked=asked,
        token=token,
        wrong=wrong,
    )


def _made(issuer: DevelopmentIssuer, asked: Mapping[str, str]) -> tuple[str | None, Text | None]:
    try:
        token = issuer.token(
            asked.get("role", ""),
            asked.get("customer") or None,
            asked.get("subject") or None,
            scopes=asked.get("scope", "").split(),
        )
    except InvalidValue as error:
        return None, error.text
    return token, None


def _token(token: str) -> Response:
    return JSONResponse(
        {"access_token": token, "token_type": "Bearer", "expires_in": HOURS * 3600},
        headers={"Cache-Control": "no-store"},
    )


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


def _refused(why: Text) -> Problem:
    return Problem("refused", Text(f"{why.en[0].upper()}{why.en[1:]}.", f"Refusé : {why.fr}."), status=400)


def _only_loopback(request: Request) -> None:
    if not _loopback(request.url.hostname):
        raise _refused(
            Text(
                "the development issuer answers at 127.0.0.1 or localhost only",
                "l'émetteur de développement ne répond qu'à 127.0.0.1 ou localhost",
            )
        )


def _loopback(host: str | None) -> bool:
    if host == "localhost" or (host or "").endswith(".localhost"):  # RFC 6761, 6.3
        return True
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False
